"""Devices that only the catalogue knows, in the running converter: order, commands, timers, restarts, kills."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import msgspec
import pytest
from services.converter.tests.converter_home import COORDINATOR, Home, endpoint, knob
from services.converter.tests.test_converter_killed import Converter, turned
from services.converter.tests.zhc_home import VALVE, catalogue, device, valve

from zigbus.bus.nats_server import NatsServer
from zigbus.contract import operations, storage
from zigbus.contract.base import Failure, FailureCode, Reply, RequestFailed
from zigbus.contract.definitions import DefinitionRecord
from zigbus.contract.devices import DeviceDescription, LogicalType
from zigbus.contract.household import Group, GroupMember
from zigbus.contract.requests import GroupCommand, InvokeCommand, ReadAttributes, SetRequest, WriteAttributes
from zigbus.waiting import until

STICK = "0x00124b0012345678"
DATAPOINTS = 0xEF00
LOCKED, UNLOCKED = "09SS02 0001 07 01 0001 01", "09SS02 0001 07 01 0001 00"
KILLS = 4


def warm(tenths: int) -> str:
    """The valve says how warm it is."""
    return f"09SS02 0001 05 02 0004 {tenths:08x}"


async def recorded(home: Home, ieee: str = VALVE) -> DefinitionRecord:
    """Wait for the entry of a device in DEFINITIONS."""
    table = await home.bus.table(storage.DEFINITIONS)
    await until(lambda: ieee in table and table[ieee].model is not None, 20, "definition")
    record: DefinitionRecord = table[ieee]
    return record


@pytest.fixture(autouse=True)
def _built() -> None:
    catalogue()


async def test_a_device_of_the_catalogue_is_supported_with_all_that_it_shows(
    home: Home, nats_server: NatsServer
) -> None:
    await home.start(valve())
    async with home.converter(nats_server.url):
        record = await recorded(home)
    assert (record.supported, record.source, record.vendor, record.model) == (True, "native", "AVATTO", "ME167_1")
    assert record.exposes[-1].property == "linkquality"
    assert "child_lock" in {expose.property for expose in record.exposes}


async def test_reports_come_out_in_order_and_sets_go_to_the_device(home: Home, nats_server: NatsServer) -> None:
    await home.start(valve())
    async with home.converter(nats_server.url):
        for number in range(20):
            home.report(VALVE, warm(number), 1, DATAPOINTS)
        await home.expect(VALVE, *({"local_temperature": n / 10 if n % 10 else n // 10} for n in range(20)))
        result = await home.set(VALVE, {"child_lock": "LOCK"})
        await home.expect(VALVE, {"child_lock": "LOCK"})
    assert [outcome.failure for outcome in result.keys] == [None]
    sent = [call for call in home.calls if isinstance(call, InvokeCommand) and call.command == 0]
    assert sent[-1].payload.endswith(bytes.fromhex("0701000101"))


async def test_the_set_up_runs_when_the_device_is_heard(home: Home, nats_server: NatsServer) -> None:
    await home.start(valve())
    async with home.converter(nats_server.url):
        home.report(VALVE, LOCKED, 1, DATAPOINTS)
        await home.definition(VALVE, configured=True)
    assert any(isinstance(call, ReadAttributes) and call.cluster == 0 for call in home.calls)


async def test_definitions_write_the_address_of_the_coordinator_into_devices(
    home: Home, nats_server: NatsServer
) -> None:
    stick = DeviceDescription(ieee=STICK, coordinator=COORDINATOR, nwk=0, logical_type=LogicalType.COORDINATOR)
    ends = {1: endpoint(0, 6), 2: endpoint(6, 0x0500), 3: endpoint(6)}
    plug = msgspec.structs.replace(device("SLC631", "OWON", router=True), endpoints=ends)
    await home.start(stick, plug)
    async with home.converter(nats_server.url):
        await home.definition(VALVE, configured=True)
    written = [ask for ask in home.calls if isinstance(ask, WriteAttributes) and ask.cluster == 0x0500]
    assert [(ask.endpoint, ask.attributes[0].id, ask.attributes[0].value) for ask in written] == [(2, 0x10, STICK)]


async def test_a_command_that_the_radio_could_not_send_fails_its_key(home: Home, nats_server: NatsServer) -> None:
    plug = device("TS0501B", "_TZB210_rkgngb5o", 3, 4, 5, 6, 8, router=True)
    failure = Failure(code=FailureCode.REJECTED, text="The device refused")

    def refuse(ask: object) -> Reply:
        raise RequestFailed(failure)

    await home.start(plug)
    async with home.converter(nats_server.url):
        await recorded(home, plug.ieee)
        home.answer = refuse
        result = await home.set(plug.ieee, {"state": "ON"})
    assert [outcome.failure for outcome in result.keys] == [failure]


async def test_a_group_of_lamps_of_the_catalogue_gets_one_groupcast(home: Home, nats_server: NatsServer) -> None:
    lamps = [
        device(model, "Maker", 3, 4, 5, 6, 8, ieee=f"0x00124b000000000{place}", router=True)
        for place, model in enumerate(("C201", "DR3000"))
    ]
    await home.start(*lamps)
    members = tuple(GroupMember(ieee=lamp.ieee, endpoint=1) for lamp in lamps)
    await home.bus.bucket(storage.GROUPS).put("7", Group(id=7, members=members))
    async with home.converter(nats_server.url):
        for lamp in lamps:
            await recorded(home, lamp.ieee)
        result = await home.bus.call(
            operations.SET, SetRequest(group=7, payload={"state": "ON", "brightness": 80}), group=7
        )
        await until(lambda: all(home.changed(lamp.ieee) for lamp in lamps), 10, "the state of both lamps")
    assert [outcome.failure for outcome in result.keys] == [None, None]
    heard = [call for call in home.calls if isinstance(call, GroupCommand)]
    assert [(ask.group, ask.cluster, ask.command) for ask in heard] == [(7, 8, 4)]
    assert home.changed(lamps[1].ieee)[-1] == {"state": "ON", "brightness": 80}


async def test_a_later_start_knows_what_was_stored(home: Home, nats_server: NatsServer) -> None:
    await home.start(valve())
    async with home.converter(nats_server.url):
        await home.report(VALVE, LOCKED, 1, DATAPOINTS)
        await home.expect(VALVE, {"child_lock": "LOCK"})
    position = await home.report(VALVE, warm(215), 1, DATAPOINTS)
    async with home.converter(nats_server.url):
        await home.expect(VALVE, {"local_temperature": 21.5})
        await home.worked_in(VALVE, position)
    assert (await home.stored(VALVE)).state == {"child_lock": "LOCK", "local_temperature": 21.5}


async def test_native_definitions_go_before_the_catalogue(home: Home, nats_server: NatsServer) -> None:
    await home.start(knob())
    async with home.converter(nats_server.url):
        await home.report(knob().ieee, turned(3), 71, 0xFCC0)
        await until(lambda: home.changed(knob().ieee), 10, "an action")
    assert home.changed(knob().ieee)[0]["action_rotation_time"] == 3


async def test_without_a_catalogue_other_definitions_work_and_the_log_says_so_once(
    home: Home,
    nats_server: NatsServer,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("ZIGBUS_CATALOGUE", str(tmp_path))
    lamp = device("no.such.lamp", "Nobody", 3, 6, router=True)
    await home.start(valve(), lamp)
    async with home.converter(nats_server.url):
        assert (await recorded(home, lamp.ieee)).source == "generated"
    assert capsys.readouterr().out.count("catalogue_missing") == 1


@pytest.mark.slow
async def test_killing_the_process_loses_and_doubles_no_report_of_the_catalogue(
    home: Home, nats_server: NatsServer
) -> None:
    valves = tuple(f"0xa4c138000000000{n}" for n in range(3))
    await home.start(*(msgspec.structs.replace(valve(), ieee=ieee) for ieee in valves))
    converter, enough = Converter(nats_server.url), asyncio.Event()
    feeding = asyncio.create_task(feed(home, valves, enough))
    for _ in range(KILLS):
        await converter.start()
        try:
            seen = len(home.updates)
            await until(lambda seen=seen: len(home.updates) > seen, 60, "first update after a start")  # type: ignore[misc]
            await asyncio.sleep(random.random() * 0.4)  # the random point
        finally:
            await converter.end(kill=True)
    enough.set()
    sent = await feeding + 1
    await converter.start()
    try:
        for ieee in valves:  # only a process that runs publishes this one
            await home.report(ieee, warm(sent), 1, DATAPOINTS, sequence=sent % 256)
        await until(lambda: all(temperatures(home, ieee)[-1:] == [sent] for ieee in valves), 60, "the last report")
    finally:
        assert await converter.end(kill=False) == 0
    for ieee in valves:
        assert temperatures(home, ieee) == list(range(1, sent + 1)), ieee


async def feed(home: Home, valves: tuple[str, ...], enough: asyncio.Event) -> int:
    """Every valve says numbers in turn until it is enough. Returns the last one."""
    number = 0
    while not enough.is_set():
        number += 1
        for ieee in valves:
            home.report(ieee, warm(number), 1, DATAPOINTS, sequence=number % 256)
        await asyncio.sleep(0.02 + random.random() * 0.01)  # the pace of the devices
    return number


def temperatures(home: Home, ieee: str) -> list[int]:
    """The numbers that were published for a valve, in order."""
    return [
        round(changed["local_temperature"] * 10) for changed in home.changed(ieee) if "local_temperature" in changed
    ]
