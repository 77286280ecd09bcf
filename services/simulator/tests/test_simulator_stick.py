"""The stick: memory, forming, resuming, commands it does not know."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zigbus_simulator import Simulator, home
from zigbus_simulator.coordinator import Coordinator
from zigbus_simulator.mt import Kind, MtFrame, Status, Subsystem
from zigbus_simulator.nv import Item, Nib, Nv, Table
from zigbus_simulator.octets import u16, u32
from zigbus_simulator.subsystems.mt_commands import MT_COMMANDS

Connect = Callable[[], "asyncio.Future[Any]"]
IEEE = "0x00124b0029e1a7c3"
ROW = bytes((1,)) + u16(Table.NWK_SECURITY) + u16(0)


async def test_an_unknown_command_is_answered_with_an_rpc_error(sim: Simulator, connect: Connect) -> None:
    client = await connect()
    assert await client.ask(Subsystem.UTIL, 0x77) == bytes((2, Kind.REQUEST | Subsystem.UTIL, 0x77))
    assert sim.stick.unsupported == [(Subsystem.UTIL, 0x77)]


async def test_the_version_is_that_of_a_z_stack_3(connect: Connect) -> None:
    answer = await (await connect()).ask(Subsystem.SYS, 0x02)
    assert answer == bytes((2, 1, 2, 7, 1)) + u32(20230507)


async def test_an_item_can_be_created_written_read_and_deleted(connect: Connect) -> None:
    client = await connect()
    item = u16(0x0F00)
    assert await client.ask(Subsystem.SYS, 0x13, item) == u16(0)
    assert await client.ask(Subsystem.SYS, 0x07, item + u16(4) + b"\x02ab") == bytes((Status.NV_ITEM_UNINIT,))
    assert await client.ask(Subsystem.SYS, 0x1D, item + u16(2) + b"\x02cd") == bytes((Status.SUCCESS,))
    assert await client.ask(Subsystem.SYS, 0x08, item + b"\0") == b"\0\x04abcd"
    assert await client.ask(Subsystem.SYS, 0x1C, item + u16(1)) == b"\0\x03bcd"
    assert await client.ask(Subsystem.SYS, 0x12, item + u16(9)) == bytes((Status.NV_BAD_ITEM_LENGTH,))
    assert await client.ask(Subsystem.SYS, 0x12, item + u16(4)) == bytes((Status.SUCCESS,))
    assert await client.ask(Subsystem.SYS, 0x08, item + b"\0") == bytes((Status.INVALID_PARAMETER, 0))


async def test_rows_of_the_extended_tables_can_be_read_and_written(connect: Connect) -> None:
    client = await connect()
    assert await client.ask(Subsystem.SYS, 0x32, ROW) == u32(12)
    assert await client.ask(Subsystem.SYS, 0x34, ROW + u16(0) + b"\x04" + u32(77)) == bytes((Status.SUCCESS,))
    assert await client.ask(Subsystem.SYS, 0x33, ROW + u16(0) + b"\x04") == b"\0\x04" + u32(77)
    missing = bytes((1,)) + u16(0x00AA) + u16(5)
    assert await client.ask(Subsystem.SYS, 0x33, missing + u16(0) + b"\x04") == bytes((Status.NV_OPER_FAILED, 0))
    assert await client.ask(Subsystem.SYS, 0x30, missing + u32(8)) == bytes((Status.NV_ITEM_UNINIT,))
    assert await client.ask(Subsystem.SYS, 0x35, missing + b"\x02hi") == bytes((Status.SUCCESS,))
    assert await client.ask(Subsystem.SYS, 0x31, missing) == bytes((Status.SUCCESS,))


async def test_a_network_is_formed_once_and_resumed_ever_after(sim: Simulator, connect: Connect) -> None:
    client = await connect()
    assert await client.ask(Subsystem.ZDO, 0x40, u16(100)) == b"\x01"
    await sim.until(lambda: sim.started)
    formed = sim.network
    await client.reset()
    assert not sim.started
    assert await client.ask(Subsystem.ZDO, 0x40, u16(100)) == b"\x00"
    await sim.until(lambda: sim.started)
    assert sim.network == formed


async def test_commissioning_says_whether_it_formed_or_resumed(sim: Simulator, connect: Connect) -> None:
    client = await connect()
    await client.ask(Subsystem.APP_CNF, 0x08, b"\x01" + u32(1 << 20))
    outcomes = []
    for _ in range(2):
        await client.ask(Subsystem.APP_CNF, 0x05, b"\x04")
        while (told := await client.hear(Subsystem.APP_CNF, 0x80))[2] != 0:
            pass
        outcomes.append(told[0])
        await client.reset()
    assert outcomes == [0x00, 0x08]
    assert sim.network is not None
    assert sim.network.channel == 20


async def test_network_and_devices_outlive_the_simulator(tmp_path: Path) -> None:
    nv, store = tmp_path / "nv.json", tmp_path / "devices.json"
    async with Simulator(nv=nv, store=store, devices=home.devices("knob", "weather")) as first:
        first.stick.start()
        await first.until(lambda: first.started)
        network = first.network
        first.device("weather").join(force=True)
        first.device("weather").set(1, 0x0402, 0, 1234)
    async with Simulator(nv=nv, store=store, devices=home.devices("knob", "weather")) as second:
        assert second.network == network
        assert (second.device("weather").joined, second.device("knob").joined) == (True, False)
        assert second.device("weather").get(1, 0x0402, 0) == 1234


async def test_a_start_up_option_makes_the_stick_forget_its_network(sim: Simulator, host: Any) -> None:
    device = sim.device("weather")
    device.join(force=True)
    await host.ask(Subsystem.SYS, 0x09, u16(Item.STARTUP_OPTION) + b"\0\x01\x03")
    await host.reset()
    assert sim.network is None
    assert sim.stick.row_of(device) is None
    assert not device.joined


async def test_a_joined_device_is_in_the_stick_s_tables_until_it_leaves(sim: Simulator, host: Any) -> None:
    device = sim.device("weather")
    device.join(force=True)
    await host.hear(Subsystem.ZDO, 0xCA)
    index = sim.stick.row_of(device)
    assert index is not None
    assert sim.stick.nv.rows[Table.TCLK, index][8:16] == bytes.fromhex(device.ieee[2:])[::-1]
    device.leave()
    await host.hear(Subsystem.ZDO, 0xC9)
    assert sim.stick.row_of(device) is None


def test_the_network_information_base_survives_a_round_trip() -> None:
    nib = Nib(channel=25, pan_id=0x1A62, extended_pan_id=0x1122334455667788, update_id=3, manager=7)
    assert len(nib.pack()) == 116
    assert Nib.unpack(nib.pack()) == nib
    assert Nib.unpack(b"short") == Nib()


def test_a_damaged_memory_file_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "nv.json"
    path.write_text("{")
    with pytest.raises(ValueError, match="truncated"):
        Nv(path, IEEE)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from([1, 4, 5, 6, 7, 15]), st.integers(0, 255), st.binary(max_size=60))
def test_any_request_gets_one_response(subsystem: int, command: int, payload: bytes) -> None:
    written: list[bytes] = []
    stick = Coordinator(Nv(None, IEEE), lambda delay_s, run: None, MT_COMMANDS)
    stick.write = written.append
    stick.receive(MtFrame(Kind.REQUEST, subsystem, command, payload))
    assert [octets[2] & 0xE0 for octets in written] == [Kind.RESPONSE]
