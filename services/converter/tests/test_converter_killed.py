"""The converter's process is killed at random points: nothing is lost, nothing comes twice."""

from __future__ import annotations

import asyncio
import os
import random
import sys

import msgspec
import pytest
from services.converter.tests.converter_home import Home, knob

from zigbus.bus.nats_server import NatsServer
from zigbus.contract import storage
from zigbus.waiting import until

PLAIN = tuple(f"0x54ef44100000000{n}" for n in range(4))
DEBOUNCED = tuple(f"0x54ef44100000001{n}" for n in range(2))
KNOBS = (*PLAIN, *DEBOUNCED)
KILLS = 12


class Converter:
    """The service as its own process."""

    def __init__(self, url: str) -> None:
        self._environment = {
            **os.environ,
            "ZIGBUS_NATS_URL": url,
            "ZIGBUS_METRICS_PORT": "0",
            "ZIGBUS_LOG_LEVEL": "warning",
        }
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start the process."""
        program = "import sys; from zigbus_converter.main import main; sys.exit(main([]))"
        self._process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, env=self._environment)

    async def end(self, *, kill: bool) -> int:
        """Kill the process or stop it in order; returns its exit code."""
        assert self._process is not None
        (self._process.kill if kill else self._process.terminate)()
        return await self._process.wait()


def turned(number: int) -> str:
    """A turn of the knob whose time says which one it is."""
    return f"1c5f11SS0a 3a022002 310223{number.to_bytes(4, 'little').hex()}"


def heartbeat(number: int) -> str:
    """A report of the battery voltage in mV."""
    return f"1c5f11SS0a f70041 04 0121{number.to_bytes(2, 'little').hex()}"


async def feed(home: Home, enough: asyncio.Event) -> int:
    """Every device sends its turns and voltages, numbered, until it is enough. Returns how many of each."""
    number = 0
    while not enough.is_set():
        for ieee in KNOBS:
            home.report(ieee, turned(number), 71, 0xFCC0, sequence=number % 256)
            home.report(ieee, heartbeat(number), 1, 0xFCC0, sequence=(number + 128) % 256)
        number += 1
        await asyncio.sleep(0.02 + random.random() * 0.01)  # the pace of the devices
    return number


@pytest.mark.slow
async def test_killing_the_process_at_random_points_loses_nothing_and_doubles_nothing(
    home: Home, nats_server: NatsServer
) -> None:
    await home.start(*(msgspec.structs.replace(knob(), ieee=ieee) for ieee in KNOBS))
    for ieee in DEBOUNCED:
        await home.options(ieee, debounce=0.05, debounce_ignore=["action_rotation_time"])
    enough, converter = asyncio.Event(), Converter(nats_server.url)
    feeding = asyncio.create_task(feed(home, enough))
    for _ in range(KILLS):
        await converter.start()
        try:
            await more_updates(home)
            await asyncio.sleep(random.random() * 0.4)  # the random point
        finally:
            await converter.end(kill=True)
    enough.set()
    sent = await feeding
    states = await home.bus.table(storage.STATE)
    await converter.start()
    try:
        last = {ieee: await home.report(ieee, heartbeat(sent), 1, 0xFCC0) for ieee in KNOBS}
        await until(lambda: all(ieee in states and states[ieee].event_position == last[ieee] for ieee in KNOBS), 60)
        await until(lambda: all(times(home, ieee)[-1] == sent - 1 for ieee in KNOBS), 60, "the last turn of every knob")
    finally:
        code = await converter.end(kill=False)
    assert code == 0
    for ieee in KNOBS:
        assert times(home, ieee) == list(range(sent)), ieee
        sequences = [update.sequence for update in home.updates if update.ieee == ieee]
        assert sequences == sorted(set(sequences)), ieee
        assert states[ieee].state["voltage"] == sent


async def more_updates(home: Home) -> None:
    """Wait until something is published."""
    seen = len(home.updates)
    await until(lambda: len(home.updates) > seen, 60, "first update after a start")


def times(home: Home, ieee: str) -> list[int]:
    """The numbers of the turns that were published for a device, in order."""
    return [number for changed in home.changed(ieee) if (number := changed.get("action_rotation_time")) is not None]
