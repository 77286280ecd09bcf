"""The serial line: frames, noise, one client at a time, faults."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zigbus_simulator import Simulator
from zigbus_simulator.mt import MAX_PAYLOAD, Deframer, Kind, MtFrame, Subsystem, encode

PING = encode(Kind.REQUEST, Subsystem.SYS, 0x01)
Connect = Callable[[], "asyncio.Future[Any]"]


@given(st.integers(0, 31), st.integers(0, 255), st.binary(max_size=MAX_PAYLOAD), st.integers(1, 40))
def test_a_frame_survives_any_division_into_pieces(subsystem: int, command: int, payload: bytes, size: int) -> None:
    octets = encode(Kind.REQUEST, subsystem, command, payload)
    deframer = Deframer()
    frames = [frame for i in range(0, len(octets), size) for frame in deframer.feed(octets[i : i + size])]
    assert frames == [MtFrame(Kind.REQUEST, subsystem, command, payload)]


@given(st.binary(max_size=40).filter(lambda noise: 0xFE not in noise))
def test_noise_before_a_frame_is_skipped(noise: bytes) -> None:
    deframer = Deframer()
    assert [frame.command for frame in deframer.feed(noise + PING)] == [0x01]
    assert deframer.skipped == len(noise)


def test_a_frame_with_a_wrong_checksum_is_dropped_and_the_next_one_read() -> None:
    deframer = Deframer()
    assert len(list(deframer.feed(PING[:-1] + b"\x00" + PING))) == 1
    assert deframer.bad_checksums == 1


@given(st.binary(max_size=300))
def test_no_octets_make_the_deframer_raise(data: bytes) -> None:
    list(Deframer().feed(data))


async def test_a_second_client_takes_the_line_over(sim: Simulator, connect: Connect) -> None:
    first = await connect()
    await first.ask(Subsystem.SYS, 0x01)
    second = await connect()
    assert await first.closed()
    assert await second.ask(Subsystem.SYS, 0x01)
    assert sim.connections == 2


async def test_a_client_that_was_cut_off_can_come_back(sim: Simulator, connect: Connect) -> None:
    first = await connect()
    await first.ask(Subsystem.SYS, 0x01)
    sim.drop_client()
    assert await first.closed()
    await sim.until(lambda: not sim.connected)
    assert await (await connect()).ask(Subsystem.SYS, 0x01)


async def test_a_pulled_stick_comes_back_at_the_same_port(sim: Simulator, connect: Connect) -> None:
    port = sim.port
    await sim.close_port()
    with pytest.raises(OSError, match=str(port)):
        await connect()
    await sim.open_port()
    assert sim.port == port
    assert await (await connect()).ask(Subsystem.SYS, 0x01)


async def test_a_hung_stick_answers_again_when_it_recovers(sim: Simulator, connect: Connect) -> None:
    client = await connect()
    sim.hang()
    asking = asyncio.ensure_future(client.ask(Subsystem.SYS, 0x01))
    client.writer.write(PING)
    sim.hang(False)
    client.writer.write(PING)
    assert await asking


async def test_noise_from_the_stick_is_followed_by_good_frames(sim: Simulator, connect: Connect) -> None:
    client = await connect()
    await client.ask(Subsystem.SYS, 0x01)
    sim.garbage(b"\x00\x01\x02")
    assert await client.ask(Subsystem.SYS, 0x01)


async def test_the_pseudo_terminal_speaks_the_same(sim: Simulator) -> None:
    path = sim.pty()
    descriptor = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    received = bytearray()
    arrived = asyncio.Event()

    def read() -> None:
        received.extend(os.read(descriptor, 4096))
        arrived.set()

    asyncio.get_running_loop().add_reader(descriptor, read)
    try:
        os.write(descriptor, PING)
        async with asyncio.timeout(60):
            await arrived.wait()
    finally:
        asyncio.get_running_loop().remove_reader(descriptor)
        os.close(descriptor)
    (frame,) = Deframer().feed(bytes(received))
    assert (frame.kind, frame.subsystem, frame.command) == (Kind.RESPONSE, Subsystem.SYS, 0x01)
