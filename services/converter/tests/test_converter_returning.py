"""Devices that announce themselves, leave and come back."""

from __future__ import annotations

import asyncio

import msgspec
import pytest
from services.converter.tests.converter_home import COORDINATOR, SWITCH, Home, endpoint, switch

from zigbus.bus.nats_server import NatsServer
from zigbus.contract import storage
from zigbus.contract.devices import DeviceDescription, InterviewState, LogicalType, Reporting
from zigbus.contract.events import AttributeValue, DeviceAnnounced, DeviceLeft
from zigbus.contract.household import Availability
from zigbus.contract.requests import ConfigureReporting, ReadAttributes, ReportingItem, WriteAttributes
from zigbus.waiting import until
from zigbus_converter.conversations import now_s

LAMP = "0x000d6ffffe100001"
RELAY_ON = "18SS0a00001001"
STATE_READ = (6, (0,))


def lamp() -> DeviceDescription:
    """Return an IKEA lamp with white spectrum that reports its state."""
    reporting = Reporting(cluster=6, attribute=0, min_interval_s=0, max_interval_s=3600)
    form = endpoint(0, 3, 4, 5, 6, 8, 0x300, outputs=(5, 0x19, 0x20, 0x1000), device_type=0x0220)
    return DeviceDescription(
        ieee=LAMP,
        coordinator=COORDINATOR,
        nwk=0x5D01,
        logical_type=LogicalType.ROUTER,
        interview=InterviewState.SUCCESSFUL,
        endpoints={1: msgspec.structs.replace(form, reportings=(reporting,))},
        manufacturer="IKEA of Sweden",
        model="TRADFRI bulb E27 WS opal 980lm",
        power_source=1,
    )


def announced(ieee: str) -> DeviceAnnounced:
    """Return the event of a device that says it is there."""
    return DeviceAnnounced(coordinator=COORDINATOR, ieee=ieee, received_at_s=now_s(), published_at_s=now_s(), nwk=1)


def left(ieee: str, *, requested: bool) -> DeviceLeft:
    """Return the event of a device that left."""
    return DeviceLeft(
        coordinator=COORDINATOR, ieee=ieee, received_at_s=now_s(), published_at_s=now_s(), requested=requested
    )


def reads(home: Home) -> list[tuple[int, tuple[int, ...]]]:
    """Return what the converter read over the air so far, by cluster."""
    return [(ask.cluster, ask.attributes) for ask in home.calls if isinstance(ask, ReadAttributes)]


async def test_a_lamp_that_announces_itself_is_read_back_and_set_up_again(home: Home, nats_server: NatsServer) -> None:
    await home.start(lamp())
    home.reads = {(6, 0): AttributeValue(id=0, type=0x10, value=True)}
    async with home.converter(nats_server.url):
        await home.definition(LAMP, configured=True)
        await home.set(LAMP, {"color_options": {"execute_if_off": True}})
        home.calls.clear()
        await home.hear(announced(LAMP))
        await until(lambda: len(reads(home)) == 3, 60, "state, brightness and colour temperature read")
    assert [cluster for cluster, _ in reads(home)] == [6, 8, 0x300]
    again = [ask for ask in home.calls if isinstance(ask, ConfigureReporting)]
    item = ReportingItem(attribute=0, type=0x10, min_interval_s=0, max_interval_s=3600)
    assert [(ask.cluster, ask.items) for ask in again] == [(6, (item,))]
    written = [ask for ask in home.calls if isinstance(ask, WriteAttributes)]
    assert [(ask.cluster, ask.attributes[0].value) for ask in written] == [(0x300, 1)]


async def test_a_lamp_that_is_off_is_only_asked_for_its_state(home: Home, nats_server: NatsServer) -> None:
    await home.start(lamp())
    async with home.converter(nats_server.url):
        await home.definition(LAMP, configured=True)
        await home.set(LAMP, {"state": "OFF"})
        home.calls.clear()
        await asyncio.gather(*(home.hear(announced(LAMP)) for _ in range(3)))
        await until(lambda: bool(reads(home)), 60, "state read")
        await home.hear(announced(LAMP))
        await until(lambda: len(reads(home)) == 2, 60, "state read again")
    assert reads(home) == [STATE_READ, STATE_READ], "one read for announcements that follow each other closely"


async def test_a_lamp_that_can_be_reached_again_is_read_back(home: Home, nats_server: NatsServer) -> None:
    await home.start(lamp())
    availability = home.bus.bucket(storage.AVAILABILITY)
    await availability.put(LAMP, Availability(available=False))
    async with home.converter(nats_server.url):
        await home.definition(LAMP, configured=True)
        await home.set(LAMP, {"state": "OFF"})
        home.calls.clear()
        await availability.put(LAMP, Availability(available=True))
        await until(lambda: reads(home) == [STATE_READ], 60, "state read")


@pytest.mark.parametrize("requested", [False, True])
async def test_a_device_that_comes_back_has_its_old_state_unless_it_was_removed(
    home: Home, nats_server: NatsServer, requested: bool
) -> None:
    await home.start(switch())
    states = await home.bus.table(storage.STATE)
    devices = home.bus.bucket(storage.DEVICES)
    async with home.converter(nats_server.url):
        await home.report(SWITCH, "18SS0a0000296608", 1, 2)
        await until(lambda: SWITCH in states)
        before = states[SWITCH].state
        await devices.delete(SWITCH)
        await home.hear(left(SWITCH, requested=requested))
        await until(lambda: SWITCH not in states)
        await devices.put(SWITCH, switch())
        await home.definition(SWITCH, configured=False)
        await home.report(SWITCH, RELAY_ON, 2, 6)
        await until(lambda: SWITCH in states and states[SWITCH].state.get("state") == "ON")
    assert states[SWITCH].state == {"state": "ON"} | ({} if requested else before)
