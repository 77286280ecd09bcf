"""Two gateways: one is active, the other stands by and takes over when it hangs or dies."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from tests.harness.stack import BASE, ZIGBUS, Stack

from zigbus.waiting import until
from zigbus_simulator import Simulator, home
from zigbus_supervisor import surroundings

SENSOR = "sensor"


@pytest_asyncio.fixture
async def stack(tmp_path: Path) -> AsyncIterator[Stack]:
    (spec,) = home.devices("weather")
    devices = {spec.ieee: {"friendly_name": SENSOR}}
    async with Simulator(devices=[spec]) as simulator, Stack(tmp_path, simulator, {"devices": devices}) as running:
        await running.request("permit_join", {"time": 254})
        simulator.device("weather").join()
        await running.recorder.expect(
            f"{BASE}/bridge/event", lambda event: event["data"].get("status") == "successful", timeout_s=120
        )
        yield running


@contextlib.asynccontextmanager
async def second_gateway(stack: Stack) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run one more gateway on the same bus, nobody's child but ours."""
    log = stack.data.parent / "second.log"
    with log.open("wb") as file:
        process = await asyncio.create_subprocess_exec(
            str(ZIGBUS),
            "gateway",
            stdout=file,
            stderr=file,
            env={
                **os.environ,
                "ZIGBUS_NATS_URL": surroundings.url_file(stack.data).read_text().strip(),
                "ZIGBUS_METRICS_PORT": "0",
                "ZIGBUS_DATA": str(stack.data.parent / "second"),
            },
        )
    try:
        await until(lambda: "standing_by" in log.read_text(), what="the second gateway stands by")
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def temperature_arrives(stack: Stack, hundredths: int) -> None:
    """Let the sensor say a temperature, and wait for the one message about it."""
    mark = len(stack.recorder.messages)
    stack.simulator.device("weather").tell(1, 0x0402, {0x0000: hundredths})
    await stack.recorder.expect(f"{BASE}/{SENSOR}", lambda p: p["temperature"] == hundredths / 100, since=mark)


async def test_a_gateway_that_hangs_or_dies_is_replaced_by_the_one_that_stands_by(stack: Stack) -> None:
    await temperature_arrives(stack, 2000)
    async with second_gateway(stack) as second:
        hanging = stack.pid_of("gateway")
        assert hanging is not None
        mark = len(stack.recorder.messages)
        os.kill(hanging, signal.SIGSTOP)
        try:
            await stack.online(since=mark)
            await temperature_arrives(stack, 2100)
        finally:
            os.kill(hanging, signal.SIGCONT)
        await until(lambda: stack.pid_of("gateway") not in (None, hanging), what="the first one begins again")
        await stack.said("standing_by")
        assert [m.json["state"] for m in stack.recorder.of(f"{BASE}/bridge/state", mark)] == ["online"]
        await temperature_arrives(stack, 2200)

        mark = len(stack.recorder.messages)
        second.kill()
        await second.wait()
        await stack.online(since=mark)
        await temperature_arrives(stack, 2300)
    shown = [message.json["temperature"] for message in stack.recorder.of(f"{BASE}/{SENSOR}") if message.json]
    assert shown == sorted(shown), "nothing was shown late"
