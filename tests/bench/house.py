"""A home of many devices: how long it takes to start and to be announced, and whether reports wait meanwhile."""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from tests.bench.load import Load, ReportRun
from tests.harness import Heard, Stack
from tests.harness.stack import BASE
from zigbus.waiting import until
from zigbus_simulator import DeviceSpec, Simulator, home, sensors

RATE = 100.0  # reports per second
DISCOVERY = "homeassistant/"
LAMPS = 3  # of ten devices: what has many entities
JOIN_WITHIN_S = 600.0
DISCOVERED_WITHIN_S = 60.0
RENAMES = 20


@dataclass
class Watch:
    """What comes, by kind: how often, when first, when last."""

    wanted: frozenset[str] = frozenset()  # topics of states that a start must show
    counts: Counter[str] = field(default_factory=Counter)
    first_s: dict[str, float] = field(default_factory=dict)
    last_s: dict[str, float] = field(default_factory=dict)
    interviewed: set[str] = field(default_factory=set)
    devices: int = 0  # entries of the last `bridge/devices`
    devices_bytes: int = 0
    shown: set[str] = field(default_factory=set)
    complete_s: float = 0.0  # when the last wanted state was shown

    def __call__(self, heard: Heard) -> None:
        kind = self._kind(heard)
        self.counts[kind] += 1
        self.first_s.setdefault(kind, heard.at_s)
        self.last_s[kind] = heard.at_s

    def _kind(self, heard: Heard) -> str:
        topic = heard.topic
        if topic == f"{BASE}/bridge/devices":
            self.devices, self.devices_bytes = heard.payload.count(b'"ieee_address"'), len(heard.payload)
            return "devices"
        if topic == f"{BASE}/bridge/event":
            data = heard.json["data"]
            if data.get("status") == "successful":
                self.interviewed.add(data["friendly_name"])
            return "event"
        if topic.startswith(DISCOVERY):
            return "discovery"
        if topic.startswith(f"{BASE}/bridge/"):
            return "bridge"
        if topic in self.wanted and topic not in self.shown:
            self.shown.add(topic)
            self.complete_s = heard.at_s
        return "state"


def household(count: int) -> tuple[list[DeviceSpec], list[DeviceSpec]]:
    """Sensors, and lamps of two makes, `count` together."""
    lamps = count * LAMPS // 10
    models = home.devices("bulb_ct", "bulb_color")
    return (
        [msgspec.structs.replace(spec, name=f"sensor{i}") for i, spec in enumerate(sensors(count - lamps))],
        [
            msgspec.structs.replace(models[i % len(models)], name=f"lamp{i}", ieee=f"0x000d6fff00{i:06x}", nwk=None)
            for i in range(lamps)
        ],
    )


async def measure_home(count: int, seconds: float = 10.0) -> dict[str, Any]:
    """Join a home, then measure it at rest, while devices are renamed, and during a start with discovery."""
    reporting, lamps = household(count)
    specs = [*reporting, *lamps]
    names = {spec.ieee: {"friendly_name": spec.name} for spec in specs}
    result: dict[str, Any] = {"devices": count}
    with tempfile.TemporaryDirectory(prefix="zigbus-bench-") as folder:
        async with (
            Simulator(devices=specs) as simulator,
            Stack(Path(folder), simulator, {"devices": names}) as stack,
        ):
            load = Load(stack, simulator, [spec.name for spec in reporting])
            result["join_s"] = await _join(stack, simulator, load, [spec.name for spec in specs])
            await load.reports(RATE, max(seconds, count / RATE))  # every sensor has a state now
            async with _watched(load) as watch:
                run = await load.reports(RATE, seconds)
            result["at_rest"] = {**_figures(run), "bridge_devices": watch.counts["devices"]}
            result["renaming"] = await _while_renaming(stack, load, [spec.name for spec in lamps], seconds)
            result["start"] = await _restart(stack, load, [spec.name for spec in reporting], count, seconds)
            result["discovery"] = await _discovery(stack, load, seconds)
    return result


async def _join(stack: Stack, simulator: Simulator, load: Load, names: list[str]) -> float:
    start = time.monotonic()
    await stack.request("permit_join", {"time": 254})
    async with _diverted(stack) as watch:
        for name in names:
            simulator.device(name).join()
            await asyncio.sleep(0.02)  # not all at one moment: the air has room for one
        await until(lambda: watch.interviewed >= set(names), JOIN_WITHIN_S, "all devices interviewed")
    return round(time.monotonic() - start, 1)


async def _while_renaming(stack: Stack, load: Load, lamps: list[str], seconds: float) -> dict[str, Any]:
    """Rename some devices, one after the other, while reports come."""
    renamed = lamps[:RENAMES]

    async def rename() -> None:
        for name in renamed:
            await asyncio.sleep(seconds / (len(renamed) + 1))
            stack.recorder.publish(
                f"{BASE}/bridge/request/device/rename", json.dumps({"from": name, "to": f"{name}_renamed"})
            )

    async with _watched(load) as watch:
        run = await _both(load.reports(RATE, seconds), rename)
    return {**_figures(run), "renames": len(renamed), "bridge_devices": watch.counts["devices"]}


async def _restart(stack: Stack, load: Load, names: list[str], count: int, seconds: float) -> dict[str, Any]:
    """Stop everything and start it; reports come as soon as the bridge says that it is online."""
    await stack.stop()
    stack.recorder.messages.clear()
    started_s = time.monotonic()
    await stack.start()
    online_s = time.monotonic()
    async with _watched(load, frozenset(f"{BASE}/{name}" for name in names)) as watch:
        for message in stack.recorder.messages:
            watch(message)
        run = await load.reports(RATE, seconds)
    assert watch.devices == count + 1, "with the coordinator"
    assert watch.shown == watch.wanted
    return {
        **_figures(run),
        "online_s": round(online_s - started_s, 2),
        "announced_s": round(max(watch.first_s["devices"], watch.complete_s) - started_s, 2),
        "bridge_devices": watch.counts["devices"],
        "bridge_devices_kib": watch.devices_bytes // 1024,
    }


async def _discovery(stack: Stack, load: Load, seconds: float) -> dict[str, Any]:
    """Switch Home Assistant's discovery on, while reports come; it begins 5 s later, with what the broker holds."""
    async with _watched(load) as watch:
        ask = {"options": {"homeassistant": {"enabled": True}}}
        stack.recorder.publish(f"{BASE}/bridge/request/options", json.dumps(ask))
        run = await load.reports(RATE, seconds + 5.0)
        stack.recorder.divert(watch)
        await stack.said("home_assistant_told", DISCOVERED_WITHIN_S)
        stack.recorder.divert(None)
    return {
        **_figures(run),
        "bridge_devices": watch.counts["devices"],
        "messages": watch.counts["discovery"],
        "took_s": round(watch.last_s.get("discovery", 0.0) - watch.first_s.get("discovery", 0.0), 2),
    }


def _figures(run: ReportRun) -> dict[str, Any]:
    return {
        "sent": run.sent,
        "lost": run.sent - run.delivered,
        "p50_ms": round(run.percentile(0.5), 2),
        "p99_ms": round(run.percentile(0.99), 2),
        "cpu_ms": {name: round(ms) for name, ms in run.cpu_ms.items()},
    }


async def _both(first: Awaitable[ReportRun], second: Callable[[], Awaitable[None]]) -> ReportRun:
    beside = asyncio.ensure_future(second())
    run = await first
    await beside
    return run


@asynccontextmanager
async def _watched(load: Load, wanted: frozenset[str] = frozenset()) -> AsyncIterator[Watch]:
    """Watch what comes while reports are sent."""
    watch = load.on_message = Watch(wanted)
    yield watch
    load.on_message = lambda heard: None


@asynccontextmanager
async def _diverted(stack: Stack) -> AsyncIterator[Watch]:
    """Watch what comes, and keep none of it."""
    watch = Watch()
    stack.recorder.divert(watch)
    yield watch
    stack.recorder.divert(None)


def house_table(result: dict[str, Any]) -> str:
    """The result as Markdown."""
    rest, renaming, start, discovery = result["at_rest"], result["renaming"], result["start"], result["discovery"]
    lines = [
        f"| home of {result['devices']} devices, 100 reports/s | sent | lost | p50 ms | p99 ms | `bridge/devices` published |",
        "|---|---|---|---|---|---|",
    ]
    rows = (
        ("at rest", rest),
        (f"while {renaming['renames']} devices are renamed", renaming),
        ("from the moment that a start says online", start),
        ("while discovery is switched on", discovery),
    )
    for name, row in rows:
        keys = ("sent", "lost", "p50_ms", "p99_ms", "bridge_devices")
        lines.append(f"| {name} | " + " | ".join(str(row[key]) for key in keys) + " |")
    lines += [
        "",
        f"All joined and interviewed after {result['join_s']} s. Start to online {start['online_s']} s, to everything announced "
        f"{start['announced_s']} s (`bridge/devices` has {start['bridge_devices_kib']} KiB), discovery of {discovery['messages']} "
        f"messages in {discovery['took_s']} s",
    ]
    return "\n".join(lines)
