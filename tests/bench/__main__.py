"""Measures the running stack with a simulated home: `python -m tests.bench [--quick] [--home N] [--json FILE]`.

Latency is from writing the serial bytes to receiving the MQTT message, by one clock. The simulated stick, the broker and the
recorder run on the same cores as the stack. Nothing here fails because something is slow: a benchmark is not a test.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

import msgspec

from tests.bench.catalogue import catalogue_table, measure_catalogue
from tests.bench.conversion import conversion_us
from tests.bench.house import house_table, measure_home
from tests.bench.load import Load, ReportRun, command_latencies
from tests.bench.processes import usage_by_service
from tests.bench.restarts import ready_after_kill_s
from tests.harness import Stack
from tests.harness.stack import BASE
from zigbus.waiting import until
from zigbus_converter.zhc.catalogue import CatalogueMissing
from zigbus_simulator import Simulator, home, sensors

RATES: tuple[float | None, ...] = (20.0, 100.0, 300.0, None)


async def measure(devices: int, seconds: float, repeat: int, commands: int) -> dict[str, Any]:
    """Start everything, join the home, run all rates `repeat` times, and return the results."""
    specs = [msgspec.structs.replace(spec, name=f"sensor{i}") for i, spec in enumerate(sensors(devices))]
    bulb = home.devices("bulb_ct")[0]
    names = {spec.ieee: {"friendly_name": spec.name} for spec in (*specs, bulb)}
    with tempfile.TemporaryDirectory(prefix="zigbus-bench-") as folder:
        async with (
            Simulator(devices=[*specs, bulb]) as simulator,
            Stack(Path(folder), simulator, {"devices": names}) as stack,
        ):
            await join_all(stack, simulator, [*(spec.name for spec in specs), bulb.name])
            load = Load(stack, simulator, [spec.name for spec in specs])
            await load.reports(20.0, 2.0)  # warm up
            runs = [await load.reports(rate, seconds) for _ in range(repeat) for rate in RATES]
            latencies = await command_latencies(stack, simulator, bulb.name, commands)
            assert stack.process is not None
            memory = {name: round(usage.rss_mib, 1) for name, usage in usage_by_service(stack.process.pid).items()}
            restarts = await ready_after_kill_s(stack)
    return {
        "devices": devices,
        "reports": [summary(rate, runs) for rate in RATES],
        "commands": command_summary(latencies),
        "rss_mib": memory,
        "ready_after_kill_s": restarts,
        "conversion_us": conversion_us(),
    }


async def join_all(stack: Stack, simulator: Simulator, names: list[str]) -> None:
    """Let all devices join and wait until they are interviewed."""
    await stack.request("permit_join", {"time": 254})
    for name in names:
        simulator.device(name).join()
    topic = f"{BASE}/bridge/devices"

    def interviewed() -> bool:
        return sum(
            1 for e in stack.recorder.last(topic) or [] if e["interview_completed"] and e.get("definition")
        ) >= len(names)

    await until(interviewed, 180, "all devices interviewed")
    await stack.request("permit_join", {"time": 0})


def summary(rate: float | None, runs: list[ReportRun]) -> dict[str, Any]:
    """Medians over the runs of one rate."""
    mine = [run for run in runs if run.rate == rate]
    middle = statistics.median
    return {
        "rate": rate or "flat out",
        "sent": sum(run.sent for run in mine),
        "lost": sum(run.sent - run.delivered for run in mine),
        "per_second": round(middle(run.delivered / run.seconds for run in mine)),
        "p50_ms": round(middle(run.percentile(0.5) for run in mine), 2),
        "p95_ms": round(middle(run.percentile(0.95) for run in mine), 2),
        "p99_ms": round(middle(run.percentile(0.99) for run in mine), 2),
        "cpu_ms_per_report": round(middle(sum(run.cpu_ms.values()) / run.sent for run in mine), 3),
        "hops_ms": {hop: round(middle(run.hops_ms[hop] for run in mine), 2) for hop in mine[0].hops_ms},
        "cpu_ms_by_service": {
            name: round(middle(run.cpu_ms.get(name, 0.0) / run.sent for run in mine), 3) for name in mine[0].cpu_ms
        },
    }


def command_summary(latencies: list[float]) -> dict[str, Any]:
    """Percentiles of the commands."""
    ordered = sorted(latencies)
    return {
        "count": len(ordered),
        **{f"p{p}_ms": round(ordered[min(len(ordered) - 1, len(ordered) * p // 100)], 2) for p in (50, 95, 99)},
    }


def table(result: dict[str, Any]) -> str:
    """The result as Markdown."""
    lines = [
        "| reports/s | sent | lost | delivered/s | p50 ms | p95 ms | p99 ms | CPU ms per report |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in result["reports"]:
        keys = ("rate", "sent", "lost", "per_second", "p50_ms", "p95_ms", "p99_ms", "cpu_ms_per_report")
        lines.append("| " + " | ".join(str(row[key]) for key in keys) + " |")
    hops = result["reports"][1]["hops_ms"]
    lines += ["", "Mean time of each hop at 100/s, ms: " + ", ".join(f"{hop} {ms}" for hop, ms in hops.items())]
    by_service = result["reports"][1]["cpu_ms_by_service"]
    lines += ["", "| service | CPU ms per report at 100/s | RSS MiB |", "|---|---|---|"]
    lines += [f"| {name} | {by_service.get(name, 0.0)} | {rss} |" for name, rss in sorted(result["rss_mib"].items())]
    commands = result["commands"]
    lines += [
        "",
        f"MQTT set → frame at the stick, {commands['count']} commands: p50 {commands['p50_ms']} ms, p95 {commands['p95_ms']} ms, p99 {commands['p99_ms']} ms",
    ]
    restarts = ", ".join(f"{name} {s}" for name, s in result["ready_after_kill_s"].items())
    conversion = ", ".join(f"{name} {us}" for name, us in result["conversion_us"].items())
    return "\n".join(
        [
            *lines,
            "",
            f"Ready again after SIGKILL, s: {restarts}",
            "",
            f"CPU of one report through native parts, median in µs: {conversion}",
        ]
    )


def main() -> int:
    """Parse the arguments, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--devices", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=10.0, help="length of one burst")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--commands", type=int, default=200)
    parser.add_argument("--home", type=int, default=300, help="devices of the big home, 0 = leave it out")
    parser.add_argument("--quick", action="store_true", help="a few seconds, to see that it runs")
    parser.add_argument("--json", type=Path, help="also write the result here")
    args = parser.parse_args()
    if args.quick:
        args.devices, args.seconds, args.repeat, args.commands, args.home = 5, 1.0, 1, 10, 5
    result = asyncio.run(measure(args.devices, args.seconds, args.repeat, args.commands))
    sys.stdout.write(table(result) + "\n")
    if args.home:
        result["home"] = asyncio.run(measure_home(args.home, args.seconds))
        sys.stdout.write("\n" + house_table(result["home"]) + "\n")
    try:
        result["catalogue"] = measure_catalogue(quick=args.quick)
    except CatalogueMissing as missing:
        sys.stderr.write(f"{missing}\n")
    else:
        sys.stdout.write("\n" + catalogue_table(result["catalogue"]) + "\n")
    if args.json:
        args.json.write_text(json.dumps(result, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
