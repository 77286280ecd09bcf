"""The running registry: settings on the bus, newcomers, requests, files that cannot be written, restarts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from services.registry.tests.registry_home import COORDINATOR, Home

from zigbus.contract import operations, storage, subjects
from zigbus.contract import requests as r
from zigbus.contract.base import FailureCode, RequestFailed
from zigbus.contract.events import DeviceAnnounced, DeviceLeft, InterviewChanged
from zigbus.contract.household import (
    ConverterSettings,
    GatewaySettings,
    ImportedState,
    LearnedSettings,
    PublicSettings,
    RadioSettings,
)
from zigbus.contract.updates import EntityState
from zigbus.waiting import until
from zigbus_registry import folder as folder_module

LAMP = "0x000d6ffffe100001"
PLUG = "0x00158d0002000a01"
KEY = [1, 3, 5, 7, 9, 11, 13, 15, 0, 2, 4, 6, 8, 10, 12, 13]
SETTINGS = f"""\
# my home
version: 5
mqtt:
  server: mqtt://127.0.0.1:1883  # in the cellar
  keepalive: 30
serial:
  port: tcp://127.0.0.1:6638
advanced:
  network_key: {KEY}
  last_seen: epoch
blocklist: ['0x00158d00000000FF', nonsense]
device_options:
  retain: true
  qos: 1
devices:
  '{LAMP}':
    friendly_name: lamp  # by the door
    qos: 2
groups:
  '7':
    friendly_name: all
"""


async def entry(home: Home, spec: storage.BucketSpec, key: str) -> Any:
    return await home.bus.bucket(spec).get(key)


async def fails(home: Home, operation: Any, ask: Any) -> tuple[FailureCode, str]:
    with pytest.raises(RequestFailed) as caught:
        await home.bus.call(operation, ask)
    return caught.value.failure.code, caught.value.failure.text


async def started(home: Home, text: str = SETTINGS) -> None:
    home.file.write_text(text)
    await home.start()
    await home.ready()
    await home.add_coordinator()


async def with_lamp_and_plug(home: Home) -> None:
    await started(home)
    await home.join(LAMP)
    await home.join(PLUG)
    await until(lambda: len(home.events) == 2)


# ---- settings ----------------------------------------------------------------------------------------------------------


async def test_every_service_finds_its_settings_on_the_bus(home: Home) -> None:
    await started(home)
    radio = await home.bus.settings("radio", RadioSettings)
    assert (radio.serial.port, radio.network.network_key, radio.network.channel) == (
        "tcp://127.0.0.1:6638",
        tuple(KEY),
        11,
    )
    assert radio.blocklist == ("0x00158d00000000ff",)
    assert (await home.bus.settings("converter", ConverterSettings)).last_seen_updates
    gateway = await home.bus.settings("gateway", GatewaySettings)
    assert (gateway.mqtt.server, gateway.mqtt.keepalive_s, gateway.last_seen) == ("mqtt://127.0.0.1:1883", 30, "epoch")
    public = await home.bus.settings("public", PublicSettings)
    assert public.config["devices"] == {LAMP: {"friendly_name": "lamp", "qos": 2}}
    assert "network_key" not in public.config["advanced"]
    assert public.schema["properties"]["mqtt"]["properties"]["server"]["requiresRestart"] is True


async def test_names_options_and_groups_of_the_file_are_on_the_bus(home: Home) -> None:
    await started(home)
    assert (await entry(home, storage.NAMES, LAMP)).friendly_name == "lamp"
    assert (await entry(home, storage.NAMES, "7")).friendly_name == "all"
    assert (await entry(home, storage.OPTIONS, LAMP)).own == {"qos": 2}
    assert (await entry(home, storage.OPTIONS, LAMP)).effective == {"retain": True, "qos": 2}
    assert (await entry(home, storage.OPTIONS, "7")).effective == {}
    assert (await entry(home, storage.GROUPS, "7")).id == 7


async def test_a_start_without_a_file_makes_one(home: Home) -> None:
    await home.start()
    await home.ready()
    assert "version: 5\n" in home.file.read_text()


async def test_invalid_settings_are_a_state_that_ends_when_the_file_is_corrected(home: Home) -> None:
    home.file.write_text(SETTINGS.replace("epoch", "sometimes"))
    await home.start()
    await until(lambda: "advanced/last_seen must be equal" in home.health.parts.get("settings", _NOTHING).reason)
    assert not home.health.ready
    home.file.write_text(SETTINGS)
    await home.ready()


async def test_migration_leaves_backups_and_notes_and_keeps_comments(home: Home) -> None:
    old = "# mine\npermit_join: true\nmqtt:\n  server: mqtt://x  # here\ndevice_options: {legacy: false}\n"
    home.file.write_text(old)
    (home.data / "state.json").write_text(json.dumps({LAMP: {"state": "ON", "update": {"state": "idle"}}}))
    await home.start()
    await home.ready()
    assert (home.data / "configuration_backup_v1.yaml").read_text() == old
    assert "version: 4" in (home.data / "configuration_backup_v4.yaml").read_text()
    assert "[REMOVAL] `permit_join`" in (home.data / "migration-1-to-2.log").read_text()
    text = home.file.read_text()
    assert text.startswith("# mine\nmqtt:\n  server: mqtt://x  # here\ndevice_options: {legacy: false}\n")
    assert "version: 5\n" in text
    imported = await home.bus.settings("imported_state", ImportedState)
    assert imported.states == {LAMP: {"state": "ON"}}


# ---- who comes and goes ------------------------------------------------------------------------------------------------


async def test_a_new_device_has_name_and_entry_before_it_is_announced(home: Home) -> None:
    await started(home)
    revision = await home.join(PLUG)
    await until(lambda: home.events)
    event = home.events[0]
    assert (event.kind, event.ieee, event.friendly_name, event.at_s) == ("device_joined", PLUG, PLUG, 1.5)
    assert event.revisions["DEVICES"] == revision
    names = await home.bus.table(storage.NAMES)
    assert names.revision >= event.revisions["NAMES"]
    assert names[PLUG].friendly_name == PLUG
    assert f"  '{PLUG}':\n    friendly_name: '{PLUG}'\n" in home.file.read_text()
    assert "friendly_name: lamp  # by the door" in home.file.read_text()


async def test_events_are_told_in_order_and_with_the_name(home: Home) -> None:
    await started(home)
    revision = await home.join(LAMP)
    base: dict[str, Any] = {"coordinator": "main", "ieee": LAMP, "received_at_s": 2.0}
    await home.tell(InterviewChanged(**base, status="started", device_revision=revision), "interview")
    await home.tell(DeviceAnnounced(**base, nwk=5), "announce")
    await home.tell(InterviewChanged(**base, status="successful", device_revision=revision), "interview")
    await home.leave(LAMP)
    await until(lambda: len(home.events) == 5)
    assert [(event.kind, event.status) for event in home.events] == [
        ("device_joined", None),
        ("device_interview", "started"),
        ("device_announce", None),
        ("device_interview", "successful"),
        ("device_leave", None),
    ]
    assert {event.friendly_name for event in home.events} == {"lamp"}
    assert "friendly_name: lamp" in home.file.read_text()


async def test_a_device_of_the_network_without_any_event_gets_a_name(home: Home) -> None:
    await home.add_coordinator()
    await home.join(PLUG)
    home.file.write_text(SETTINGS)
    await home.bus._connection.jetstream().purge_stream("ZIGBEE")  # the event is too old to be kept
    await home.start()
    names = await home.bus.table(storage.NAMES)
    await until(lambda: PLUG in names and COORDINATOR in names)
    assert names[COORDINATOR].friendly_name == "Coordinator"


async def test_events_of_the_time_when_the_registry_was_dead_are_told_once(home: Home) -> None:
    await started(home)
    await home.join(LAMP)
    await until(lambda: len(home.events) == 1)
    await home.kill()
    await home.join(PLUG)
    await home.start()
    await until(lambda: len(home.events) == 2)
    await home.leave(PLUG)
    await until(lambda: len(home.events) == 3)
    assert [(event.kind, event.ieee) for event in home.events] == [
        ("device_joined", LAMP),
        ("device_joined", PLUG),
        ("device_leave", PLUG),
    ]


# ---- requests ----------------------------------------------------------------------------------------------------------


async def test_a_renamed_device_has_its_name_everywhere(home: Home) -> None:
    await with_lamp_and_plug(home)
    answer = await home.bus.call(operations.RENAME, r.Rename(old="lamp", new=" hall/lamp "))
    assert (answer.old, answer.new) == ("lamp", "hall/lamp")
    names = await home.bus.table(storage.NAMES)
    assert (names[LAMP].friendly_name, names.revision) == ("hall/lamp", answer.revisions["NAMES"])
    assert (await home.bus.settings("public", PublicSettings)).config["devices"][LAMP]["friendly_name"] == "hall/lamp"
    assert "friendly_name: hall/lamp # by the door" in home.file.read_text()


async def test_the_device_that_joined_last_can_be_renamed_without_knowing_it(home: Home) -> None:
    await started(home)
    assert await fails(home, operations.RENAME, r.Rename(old=None, new="x")) == (
        FailureCode.NOT_FOUND,
        "No device has joined since start",
    )
    await home.join(PLUG)
    await until(lambda: home.events)
    assert (await home.bus.call(operations.RENAME, r.Rename(old=None, new="plug"))).old == PLUG


@pytest.mark.parametrize(
    ("ask", "code", "text"),
    [
        (r.Rename(old="lamp", new=5), FailureCode.INVALID, "to is not a string, got number (5)"),
        (r.Rename(old="lamp", new=None), FailureCode.INVALID, "to is not a string, got object (null)"),
        (r.Rename(old="nobody", new="x"), FailureCode.NOT_FOUND, "Device 'nobody' does not exist"),
        (r.Rename(old="nobody", new="x", kind="group"), FailureCode.NOT_FOUND, "Group 'nobody' does not exist"),
        (r.Rename(old="Coordinator", new="x"), FailureCode.NOT_FOUND, "Device 'Coordinator' does not exist"),
        (
            r.Rename(old="lamp", new="bad/1"),
            FailureCode.INVALID,
            "Friendly name cannot end with a \"/DIGIT\" ('bad/1')",
        ),
        (r.Rename(old="lamp", new=" "), FailureCode.INVALID, "friendly_name must be at least 1 char long"),
        (r.Rename(old="lamp", new="all"), FailureCode.CONFLICT, "friendly_name 'all' is already in use"),
        (r.Rename(old="lamp", new="7"), FailureCode.CONFLICT, "friendly_name '7' is already in use"),
        (r.Rename(old="lamp", new=PLUG), FailureCode.CONFLICT, f"friendly_name '{PLUG}' is already in use"),
    ],
)
async def test_a_name_that_cannot_be_given_is_refused_in_the_contracts_words(
    home: Home, ask: r.Rename, code: FailureCode, text: str
) -> None:
    await with_lamp_and_plug(home)
    assert await fails(home, operations.RENAME, ask) == (code, text)


async def test_options_are_merged_and_null_deletes(home: Home) -> None:
    await with_lamp_and_plug(home)
    first = await home.bus.call(
        operations.SET_OPTIONS,
        r.SetOptions(id=LAMP, options={"transition": 1, "friendly_name": "x", "homeassistant": None}),
    )
    assert (first.before, first.after) == ({"qos": 2}, {"qos": 2, "transition": 1, "homeassistant": None})
    assert not first.restart_required
    second = await home.bus.call(operations.SET_OPTIONS, r.SetOptions(id="lamp", options={"qos": None}))
    assert (second.name, second.after) == ("lamp", {"transition": 1, "homeassistant": None})
    assert (await entry(home, storage.OPTIONS, LAMP)).effective == {
        "retain": True,
        "qos": 1,
        "transition": 1,
        "homeassistant": None,
    }


async def test_an_option_that_needs_a_restart_says_so_from_then_on(home: Home) -> None:
    await with_lamp_and_plug(home)
    assert (
        await home.bus.call(operations.SET_OPTIONS, r.SetOptions(id="lamp", options={"disabled": True}))
    ).restart_required
    assert (
        await home.bus.call(operations.SET_OPTIONS, r.SetOptions(id="lamp", options={"retain": True}))
    ).restart_required
    public = await home.bus.table(storage.SETTINGS, kind=PublicSettings, key_filter="public")
    assert public["public"].restart_required


async def test_an_option_that_the_next_start_would_refuse_is_refused_now(home: Home) -> None:
    await with_lamp_and_plug(home)
    code, text = await fails(home, operations.SET_OPTIONS, r.SetOptions(id="lamp", options={"qos": 9}))
    assert (code, text) == (FailureCode.INVALID, f"devices/{LAMP}/qos must be equal to one of the allowed values")
    assert (await entry(home, storage.OPTIONS, LAMP)).own == {"qos": 2}


async def test_settings_count_at_once_but_those_that_would_disturb_wait_for_a_restart(home: Home) -> None:
    await started(home)
    change = {"advanced": {"log_level": "warning", "last_seen": None}, "mqtt": {"base_topic": "home", "user": "me"}}
    answer = await home.bus.call(operations.CHANGE_SETTINGS, r.ChangeSettings(options=change))
    gateway = await home.bus.settings("gateway", GatewaySettings)
    public = await home.bus.settings("public", PublicSettings)
    assert answer.restart_required
    assert (gateway.log_level, gateway.last_seen) == ("warning", "disable")
    assert (gateway.mqtt.base_topic, gateway.mqtt.user, gateway.mqtt.keepalive_s) == ("zigbee2mqtt", None, 30)
    assert (public.restart_required, public.config["mqtt"]["base_topic"]) == (True, "home")
    assert "# in the cellar" in home.file.read_text()
    await home.stop()
    await home.start()
    await home.ready()
    assert (await home.bus.settings("gateway", GatewaySettings)).mqtt.base_topic == "home"
    assert not (await home.bus.settings("public", PublicSettings)).restart_required


async def test_settings_that_the_next_start_would_refuse_change_nothing(home: Home) -> None:
    await started(home)
    before = home.file.read_text()
    code, text = await fails(
        home, operations.CHANGE_SETTINGS, r.ChangeSettings(options={"advanced": {"log_level": "loud"}})
    )
    assert (code, text) == (
        FailureCode.INVALID,
        "advanced/log_level must be equal to one of the allowed values",
    )
    assert home.file.read_text() == before


async def test_a_removed_device_is_gone_from_network_and_settings_without_a_leave_event(home: Home) -> None:
    await with_lamp_and_plug(home)

    async def leave(ask: r.LeaveRequest) -> None:
        await home.tell(DeviceLeft(coordinator="main", ieee=ask.ieee, received_at_s=3.0), "leave")

    await home.serve_radio(leave)
    answer = await home.bus.call(operations.REMOVE_DEVICE, r.RemoveDevice(id="lamp", block=True))
    assert (answer.ieee, answer.name) == (LAMP, "lamp")
    assert await entry(home, storage.NAMES, LAMP) is None
    assert (await home.bus.settings("radio", RadioSettings)).blocklist == ("0x00158d00000000ff", LAMP)
    assert LAMP not in home.file.read_text().partition("devices:")[2]
    await home.tell(DeviceAnnounced(coordinator="main", ieee=PLUG, received_at_s=4.0, nwk=6), "announce")
    await until(lambda: len(home.events) == 3)
    assert home.events[2].kind == "device_announce"


async def test_a_removed_device_that_joins_again_starts_anew(home: Home) -> None:
    await with_lamp_and_plug(home)
    await home.serve_radio()
    await home.bus.call(operations.REMOVE_DEVICE, r.RemoveDevice(id="lamp", force=True))
    await home.join(LAMP)
    await until(lambda: len(home.events) == 3)
    assert home.events[2].friendly_name == LAMP
    await home.leave(LAMP)
    await until(lambda: len(home.events) == 4)


async def test_a_removal_can_keep_the_settings(home: Home) -> None:
    await with_lamp_and_plug(home)
    await home.serve_radio()
    await home.bus.call(operations.REMOVE_DEVICE, r.RemoveDevice(id=LAMP, keep_config=True))
    assert (await entry(home, storage.NAMES, LAMP)).friendly_name == "lamp"


async def test_a_device_that_cannot_be_removed_stays(home: Home) -> None:
    await with_lamp_and_plug(home)

    async def asleep(ask: r.LeaveRequest) -> None:
        raise RequestFailed.of(FailureCode.DELIVERY_FAILED, "no route", ieee=ask.ieee)

    await home.serve_radio(asleep)
    assert await fails(home, operations.REMOVE_DEVICE, r.RemoveDevice(id="lamp")) == (
        FailureCode.DELIVERY_FAILED,
        "no route",
    )
    assert (await entry(home, storage.NAMES, LAMP)).friendly_name == "lamp"
    await home.leave(LAMP)
    await until(lambda: len(home.events) == 3)


async def test_the_network_is_opened_through_all_or_one(home: Home) -> None:
    await with_lamp_and_plug(home)
    asked = await home.serve_radio()
    assert (await home.bus.call(operations.OPEN_NETWORK, r.OpenNetwork(time_s=60))).via is None
    answer = await home.bus.call(operations.OPEN_NETWORK, r.OpenNetwork(time_s=0, via=LAMP))
    assert (answer.via, answer.revisions) == ("lamp", {"DEVICES": 7})
    assert asked == [r.PermitJoin(time_s=60), r.PermitJoin(time_s=0, via=LAMP)]


async def test_a_network_is_not_opened_for_too_long_or_through_nobody(home: Home) -> None:
    await with_lamp_and_plug(home)
    too_long = r.OpenNetwork(time_s=255)
    assert await fails(home, operations.OPEN_NETWORK, too_long) == (
        FailureCode.INVALID,
        "Cannot permit join for more than 254 seconds.",
    )
    nobody = r.OpenNetwork(time_s=5, via="nobody")
    assert await fails(home, operations.OPEN_NETWORK, nobody) == (
        FailureCode.NOT_FOUND,
        "Device 'nobody' does not exist",
    )
    assert (await fails(home, operations.OPEN_NETWORK, r.OpenNetwork(time_s=5)))[0] is FailureCode.UNAVAILABLE


async def test_interview_health_and_check_reach_the_radio(home: Home) -> None:
    await with_lamp_and_plug(home)
    assert not (await home.bus.call(operations.HEALTH, r.CheckHealth())).healthy
    await home.serve_radio()
    assert (await home.bus.call(operations.HEALTH, r.CheckHealth())).healthy
    interview = await home.bus.call(operations.INTERVIEW_ENTITY, r.InterviewEntity(id="lamp"))
    assert (interview.ieee, interview.revisions) == (LAMP, {"DEVICES": 8})
    checked = await home.bus.call(operations.CHECK_COORDINATORS, r.CheckCoordinators())
    assert checked.missing_routers == {"0x00158d0001a2b3c4": "0x00158d0001a2b3c4"}


async def test_a_restart_is_told_to_all(home: Home) -> None:
    await started(home)
    told: list[str] = []
    await home.bus.subscribe(subjects.RESTART, r.RestartAll, lambda subject, _: told.append(subject))
    await home.bus.call(operations.RESTART_ALL, r.RestartAll())
    await until(lambda: told)


# ---- trouble -----------------------------------------------------------------------------------------------------------


async def test_changes_of_a_file_that_cannot_be_written_survive_a_restart(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_only(path: Path, content: bytes) -> None:
        raise OSError(30, "Read-only file system", str(path))

    home.file.write_text(SETTINGS)
    with monkeypatch.context() as patch:
        patch.setattr(folder_module.DataFolder.__init__, "__kwdefaults__", {"parts": None, "write": read_only})
        await home.start()
        await home.ready()
        await home.add_coordinator()
        await home.join(LAMP)
        await until(lambda: home.events)
        await home.bus.call(operations.RENAME, r.Rename(old="lamp", new="sun"))
        assert home.file.read_text() == SETTINGS
        assert not (await home.bus.settings("public", PublicSettings)).writable
        await home.stop()
        await home.start()
        await home.ready()
        assert (await entry(home, storage.NAMES, LAMP)).friendly_name == "sun"
        await home.stop()
    await home.start()
    await until(lambda: "friendly_name: sun" in home.file.read_text())
    learned = await home.bus.table(storage.SETTINGS, kind=LearnedSettings, key_filter="learned")
    await until(lambda: learned["learned"].changes == ())


async def test_entries_that_the_bus_lost_are_put_back(home: Home) -> None:
    await started(home)
    await home.bus.bucket(storage.NAMES).delete(LAMP)
    names = await home.bus.table(storage.NAMES)
    await until(lambda: LAMP in names)


async def test_an_unchanged_start_writes_nothing_to_the_bus(home: Home) -> None:
    await started(home)
    names = await home.bus.table(storage.NAMES)
    await until(lambda: COORDINATOR in names)
    await home.stop()
    settings = await home.bus.table(storage.SETTINGS, kind=PublicSettings, key_filter="public")
    revisions = names.revision, settings.revision
    await home.start()
    await home.ready()
    assert (names.revision, settings.revision) == revisions


# ---- state.json --------------------------------------------------------------------------------------------------------


async def test_states_are_written_to_the_file_on_stop(home: Home) -> None:
    await with_lamp_and_plug(home)
    await home.bus.bucket(storage.STATE).put(
        LAMP, EntityState(state={"state": "ON", "color": {"x": 0.1}}, memory={"secret": 1})
    )
    await home.bus.bucket(storage.STATE).put("0x00158d0009999999", EntityState(state={"state": "OFF"}))
    states = await home.bus.table(storage.STATE)
    await until(lambda: len(states) == 2)
    await home.stop()
    assert (home.data / "state.json").read_text() == (
        f'{{\n    "{LAMP}": {{\n        "state": "ON",\n        "color": {{\n            "x": 0.1\n        }}\n    }}\n}}'
    )


async def test_a_changed_state_is_in_the_file_within_five_seconds(home: Home) -> None:
    await started(home)
    await home.bus.bucket(storage.STATE).put(LAMP, EntityState(state={"state": "ON"}))
    await until((home.data / "state.json").exists, timeout_s=60)


async def test_states_of_a_taken_over_folder_are_handed_to_the_converter(home: Home) -> None:
    (home.data / "state.json").write_text(
        json.dumps({LAMP: {"state": "ON"}, PLUG: {"state": "OFF"}, "7": {"state": "ON"}})
    )
    await home.bus.bucket(storage.STATE).put(PLUG, EntityState(state={"state": "ON"}))
    await started(home)
    assert (await home.bus.settings("imported_state", ImportedState)).states == {LAMP: {"state": "ON"}}
    await home.stop()
    assert json.loads((home.data / "state.json").read_text())[LAMP] == {"state": "ON"}


async def test_a_broken_state_file_counts_as_empty(home: Home) -> None:
    (home.data / "state.json").write_text('{"0x')
    await started(home)
    assert (await home.bus.settings("imported_state", ImportedState)).states == {}


async def test_nothing_is_kept_if_the_settings_say_so(home: Home) -> None:
    await started(home, SETTINGS.replace("last_seen: epoch", "cache_state_persistent: false"))
    await home.bus.bucket(storage.STATE).put(LAMP, EntityState(state={"state": "ON"}))
    await home.stop()
    assert not (home.data / "state.json").exists()


class _Nothing:
    reason = ""


_NOTHING: Any = _Nothing()
