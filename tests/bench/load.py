"""Load on the stack: reports at a rate or as fast as it goes, and commands; latency from write to receipt."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from tests.bench.processes import CpuMeter
from tests.harness import Heard, Stack
from tests.harness.stack import BASE
from tests.harness.status import Status
from zigbus.waiting import until
from zigbus.zcl.types import INT16
from zigbus_simulator import HeardFrame, Simulator

TEMPERATURE = 0x0402
DRAIN_S = 15.0
HOPS = (
    ("radio", "serial_to_radio"),
    ("converter", "radio_to_converter"),
    ("gateway", "converter_to_gateway"),
    ("gateway", "gateway_to_broker"),
)
FLAT_OUT_IN_FLIGHT = 200  # reports on their way at once when no rate is given: a stick's own buffers are smaller


@dataclass
class ReportRun:
    """One burst of reports."""

    rate: float | None  # reports per second, None = as fast as it goes
    sent: int = 0
    delivered: int = 0
    seconds: float = 0.0
    latencies_ms: list[float] = field(default_factory=list)
    cpu_ms: dict[str, float] = field(default_factory=dict)
    hops_ms: dict[str, float] = field(default_factory=dict)  # mean time of each hop, as the services measure it

    def percentile(self, share: float) -> float:
        """Latency in ms that `share` of the reports did not exceed."""
        ordered = sorted(self.latencies_ms)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


class Load:
    """Sends numbered temperatures through a stack and matches what arrives."""

    def __init__(self, stack: Stack, simulator: Simulator, sensors: list[str]) -> None:
        self._stack, self._simulator, self._sensors = stack, simulator, sensors
        self._on_the_way: dict[tuple[str, int], float] = {}
        self._run = ReportRun(None)
        self._number = 0
        self._topics = {f"{BASE}/{name}": name for name in sensors}
        self.on_message: Callable[[Heard], None] = lambda heard: None  # is shown every message while reports run

    async def reports(self, rate: float | None, seconds: float) -> ReportRun:
        """Send for `seconds` and wait until all has arrived or nothing comes any more."""
        self._run = run = ReportRun(rate)
        assert self._stack.process is not None
        self._stack.recorder.divert(self._heard)
        hops = await self._hops()
        meter, start = CpuMeter(self._stack.process.pid), time.monotonic()
        await (self._paced(rate, seconds) if rate else self._flat_out(seconds))
        try:
            await until(lambda: not self._on_the_way, DRAIN_S)
        except TimeoutError:
            self._on_the_way.clear()
        run.seconds = time.monotonic() - start
        run.cpu_ms = meter.since()
        run.hops_ms = {hop: mean_ms(hops[hop], after) for hop, after in (await self._hops()).items()}
        self._stack.recorder.divert(None)
        return run

    async def _hops(self) -> dict[str, tuple[float, float]]:
        """Sum in seconds and count of each hop so far."""
        found = {}
        for service, hop in HOPS:
            status = Status(self._stack, service)
            label = f'{{hop="{hop}"}}'
            found[hop] = (
                await status.count(f"zigbus_hop_seconds_sum{label}"),
                await status.count(f"zigbus_hop_seconds_count{label}"),
            )
        return found

    async def _paced(self, rate: float, seconds: float) -> None:
        start = time.monotonic()
        for i in range(int(rate * seconds)):
            pause_s = start + i / rate - time.monotonic()
            if pause_s > 0:
                await asyncio.sleep(pause_s)
            elif i % 20 == 0:
                await asyncio.sleep(0)
            self._send()

    async def _flat_out(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            while len(self._on_the_way) < FLAT_OUT_IN_FLIGHT:
                self._send()
            await asyncio.sleep(0.001)

    def _send(self) -> None:
        self._number += 1
        name = self._sensors[self._number % len(self._sensors)]
        value = -2000 + self._number // len(self._sensors) % 8000
        self._on_the_way[name, value] = time.monotonic()
        self._run.sent += 1
        self._simulator.device(name).report(1, TEMPERATURE, {0x0000: (INT16, value)})

    def _heard(self, message: Heard) -> None:
        self.on_message(message)
        name = self._topics.get(message.topic)
        if name is None:
            return
        sent_at = self._on_the_way.pop((name, round(message.json.get("temperature", 0) * 100)), None)
        if sent_at is not None:
            self._run.delivered += 1
            self._run.latencies_ms.append((message.at_s - sent_at) * 1000)


def mean_ms(before: tuple[float, float], after: tuple[float, float]) -> float:
    """Mean in milliseconds of what a histogram counted between two readings, 0 if nothing."""
    count = after[1] - before[1]
    return (after[0] - before[0]) / count * 1000 if count else 0.0


async def command_latencies(stack: Stack, simulator: Simulator, bulb: str, count: int) -> list[float]:
    """Milliseconds from the MQTT set to the on/off command reaching the radio, one command at a time."""
    latencies = []
    for i in range(count):
        command = 1 if i % 2 == 0 else 0
        before = len(simulator.heard_zcl(bulb, cluster=0x0006, command=command))
        start = time.monotonic()
        stack.recorder.publish(f"{BASE}/{bulb}/set", json.dumps({"state": "ON" if command else "OFF"}))
        mark = len(stack.recorder.messages)
        frames = await simulator.until(partial(_later, simulator, bulb, command, before), timeout_s=5)
        latencies.append((frames[0].at_s - start) * 1000)
        await stack.recorder.expect(f"{BASE}/{bulb}", since=mark)  # the next one meets a device that is free
    return latencies


def _later(simulator: Simulator, bulb: str, command: int, before: int) -> list[HeardFrame]:
    """The frames of this command that were heard after the first `before`."""
    return simulator.heard_zcl(bulb, cluster=0x0006, command=command)[before:]
