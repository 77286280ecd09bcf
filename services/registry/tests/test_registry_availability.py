"""Who counts as online: rules and backoff with values, then the registry on a real bus with a device that is asked."""

from __future__ import annotations

import math
from typing import Any

import pytest
from services.registry.tests.registry_home import Home

from zigbus.contract import operations, storage
from zigbus.contract.base import FailureCode, RequestFailed
from zigbus.contract.devices import DeviceDescription, LogicalType
from zigbus.contract.events import DeviceAnnounced
from zigbus.contract.household import Availability, Group, GroupMember
from zigbus.contract.requests import ReadAttributes, ReadAttributesResult
from zigbus.waiting import until
from zigbus_registry.availability import Watched, group_availability, is_active, rules_for

LAMP, SENSOR = "0x0017880100000001", "0x0017880100000002"
SETTINGS: dict[str, Any] = {
    "enabled": True,
    "active": {"timeout": 10, "max_jitter": 30000, "backoff": True, "pause_on_backoff_gt": 0},
    "passive": {"timeout": 1500},
}


def device(ieee: str = LAMP, kind: LogicalType = LogicalType.ROUTER, source: int | None = 1) -> DeviceDescription:
    return DeviceDescription(ieee=ieee, coordinator="main", nwk=1, logical_type=kind, power_source=source)


@pytest.mark.parametrize(
    ("kind", "source", "active"),
    [
        (LogicalType.ROUTER, None, True),
        (LogicalType.ROUTER, 1, True),
        (LogicalType.ROUTER, 3, False),
        (LogicalType.ROUTER, 0x83, False),  # battery with a backup supply
        (LogicalType.END_DEVICE, 1, True),
        (LogicalType.END_DEVICE, 0, False),
        (LogicalType.END_DEVICE, 3, False),
        (LogicalType.END_DEVICE, None, False),
    ],
)
def test_only_what_has_a_supply_has_to_answer(kind: LogicalType, source: int | None, active: bool) -> None:
    assert is_active(device(kind=kind, source=source)) is active


@pytest.mark.parametrize(
    ("options", "enabled", "watched"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"availability": True}, False, True),
        ({"availability": {"timeout": 3}}, False, True),
        ({"availability": False}, True, False),
        ({"disabled": True}, True, False),
    ],
)
def test_the_option_of_a_device_wins_over_the_setting(options: dict[str, Any], enabled: bool, watched: bool) -> None:
    assert (rules_for(device(), options, {**SETTINGS, "enabled": enabled}) is not None) is watched


def test_timeouts_are_minutes_and_the_own_ones_win() -> None:
    usual, own = rules_for(device(), {}, SETTINGS), rules_for(device(), {"availability": {"timeout": 0.5}}, SETTINGS)
    passive = rules_for(device(source=3), {}, SETTINGS)
    assert usual is not None
    assert own is not None
    assert passive is not None
    assert (usual.timeout_s, usual.max_jitter_s) == (600, 30)
    assert (own.timeout_s, own.max_jitter_s, own.backoff) == (30, 30, True)
    assert (passive.active, passive.timeout_s) == (False, 90_000)


def watched(**own: Any) -> Watched:
    rules = rules_for(device(), {"availability": own} if own else {}, SETTINGS)
    assert rules is not None
    found = Watched(rules, last_seen_s=0.0, online=True)
    found.rest(0.0, jitter=0.0)
    return found


def test_a_device_that_does_not_answer_is_asked_more_and_more_rarely() -> None:
    lamp, waits = watched(), []
    for _ in range(4):
        waits.append(lamp.due_s)
        lamp.missed(0.0, jitter=0.0)
        lamp.online = False
    assert waits == [601, 901.5, 1803, 3606]
    lamp.heard(5000.0, jitter=0.0)
    assert lamp.due_s == 5601


def test_pings_pause_at_the_wanted_factor_until_the_device_is_heard() -> None:
    lamp = watched(pause_on_backoff_gt=1.5)
    lamp.missed(0.0, jitter=0.0)
    assert lamp.due_s == 901.5
    lamp.missed(0.0, jitter=0.0)
    assert lamp.due_s == math.inf
    lamp.heard(10.0, jitter=0.0)
    assert lamp.due_s == 611


def test_without_backoff_the_pings_keep_their_distance() -> None:
    lamp = watched(backoff=False)
    lamp.missed(0.0, jitter=0.5)
    assert lamp.due_s == 601 + 15


def test_a_group_is_online_with_any_member_and_unknown_without_or_with_one_unwatched() -> None:
    on, off = watched(), watched()
    off.online = False
    assert group_availability([LAMP, SENSOR], {LAMP: on, SENSOR: off}) is True
    assert group_availability([SENSOR], {SENSOR: off}) is False
    assert group_availability([], {}) is None
    assert group_availability([LAMP, SENSOR], {LAMP: on}) is None


Shown = list[tuple[str, bool | None]]  # every change of the bucket: key, available


async def prepared(home: Home, settings: str) -> Shown:
    home.file.write_text(f"mqtt: {{server: 'mqtt://localhost'}}\n{settings}")
    await home.add_coordinator()
    shown: Shown = []

    def changed(key: str, value: Availability | None, _: int) -> None:
        shown.append((key, None if value is None else value.available))

    await home.bus.table(storage.AVAILABILITY, changed)
    return shown


async def test_a_silent_lamp_is_asked_twice_goes_offline_with_its_group_and_comes_back(home: Home) -> None:
    asked: list[ReadAttributes] = []

    async def silent(ask: ReadAttributes) -> ReadAttributesResult:
        asked.append(ask)
        raise RequestFailed.of(FailureCode.TIMEOUT, "no answer")

    await home.bus.serve(operations.READ, silent, coordinator="main")
    await home.bus.bucket(storage.GROUPS).put("7", Group(id=7, members=(GroupMember(ieee=LAMP, endpoint=1),)))
    shown = await prepared(
        home,
        "availability: {enabled: true, active: {timeout: 10, max_jitter: 1000}}\n"
        f"devices: {{'{LAMP}': {{friendly_name: lamp, availability: {{timeout: 0.002, max_jitter: 1}}}}}}\n"
        "groups: {'7': {friendly_name: room}}\n",
    )
    await home.start()
    await home.ready()
    await home.join(LAMP)
    await until(lambda: {(LAMP, True), ("7", True)} <= set(shown), 30.0, "online")
    await until(lambda: shown[-2:] == [(LAMP, False), ("7", False)], 60.0, "offline")
    assert len(asked) >= 2
    assert (asked[0].cluster, asked[0].attributes) == (0, (0,))
    shown.clear()
    await home.tell(DeviceAnnounced(coordinator="main", ieee=LAMP, received_at_s=3.5, nwk=1), "announce")
    await until(lambda: shown[:2] == [(LAMP, True), ("7", True)], 30.0, "back")


async def test_a_sensor_is_not_asked_but_counts_as_gone_after_its_timeout(home: Home) -> None:
    shown = await prepared(
        home,
        "availability: {enabled: true}\n"
        f"devices: {{'{SENSOR}': {{friendly_name: sensor, availability: {{timeout: 0.002}}}}}}\n",
    )
    await home.bus.bucket(storage.DEVICES).put(SENSOR, device(SENSOR, LogicalType.END_DEVICE, 3))
    await home.start()
    await home.ready()
    await until(lambda: (SENSOR, False) in shown, 30.0, "never heard")
    shown.clear()
    await home.tell(DeviceAnnounced(coordinator="main", ieee=SENSOR, received_at_s=3.5, nwk=1), "announce")
    await until(lambda: shown == [(SENSOR, True), (SENSOR, False)], 30.0, "heard, then silent")


async def test_nobody_is_watched_while_the_feature_is_off_and_what_was_shown_goes(home: Home) -> None:
    await home.bus.bucket(storage.AVAILABILITY).put(LAMP, Availability(available=True))
    shown = await prepared(home, f"devices: {{'{LAMP}': {{friendly_name: lamp}}}}\n")
    await home.bus.bucket(storage.DEVICES).put(LAMP, device())
    await home.start()
    await home.ready()
    await until(lambda: shown == [(LAMP, True), (LAMP, None)], 30.0, "entry removed")
