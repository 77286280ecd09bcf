"""CPU time that one report takes through native parts: from the event to what is published, without bus and storage."""

from __future__ import annotations

import statistics
import struct
import time
from collections.abc import Callable

from zigbus.contract.base import Json
from zigbus.contract.devices import DeviceDescription
from zigbus.contract.events import AttributeReport, AttributeValue, CommandReceived, ZclEvent
from zigbus_converter.bench import SETTINGS, Bench, described
from zigbus_converter.frames import frame_of
from zigbus_converter.receive import receive

BOOL, UINT8, UINT16, INT16, UINT48 = 0x10, 0x20, 0x21, 0x29, 0x25
ROUNDS = 20  # the median of so many is the result
REPORTS = 500  # of one round


def conversion_us(rounds: int = ROUNDS, reports: int = REPORTS) -> dict[str, float]:
    """Microseconds of CPU per report, by kind of device: medians."""
    return {name: _median_us(*case(), rounds, reports) for name, case in CASES.items()}


def _median_us(device: DeviceDescription, event: Callable[[int], ZclEvent], rounds: int, reports: int) -> float:
    bench = Bench(device)
    events = [event(i) for i in range(reports)]
    taken, position = [], 0
    for _ in range(rounds):
        started = time.process_time()
        for heard in events:
            position += 1
            receive(bench.entity, frame_of(heard, position), heard.received_at_s, SETTINGS)
        taken.append((time.process_time() - started) / reports * 1e6)
    assert bench.entity.state, "nothing was converted"
    return round(statistics.median(taken), 1)


def _report(device: DeviceDescription, cluster: int, *values: tuple[int, int, Json], i: int) -> AttributeReport:
    return AttributeReport(
        coordinator="main",
        ieee=device.ieee,
        received_at_s=1e9 + i,
        endpoint=1,
        cluster=cluster,
        sequence=i % 256,
        lqi=120,
        attributes=tuple(AttributeValue(id=id, type=type, value=value) for id, type, value in values),
    )


def _weather() -> tuple[DeviceDescription, Callable[[int], ZclEvent]]:
    device = described("lumi.weather", {1: ((0, 3, 0x402, 0x403, 0x405), ())}, manufacturer="LUMI", code=0x1037)
    return device, lambda i: _report(device, 0x402, (0, INT16, 2000 + i), i=i)


def _lamp() -> tuple[DeviceDescription, Callable[[int], ZclEvent]]:
    device = described(
        "TRADFRI bulb E27 WS opal 980lm",
        {1: ((0, 3, 4, 5, 6, 8, 0x300), (0x19,))},
        manufacturer="IKEA of Sweden",
        code=0x117C,
    )
    return device, lambda i: _report(device, 8, (0, UINT8, 1 + i % 254), i=i)


def _plug() -> tuple[DeviceDescription, Callable[[int], ZclEvent]]:
    device = described(
        "TS0121", {1: ((0, 3, 4, 5, 6, 0x702, 0xB04), (0x19,))}, manufacturer="_TZ3000_8nkb7mof", code=0x1002
    )
    measured = ((0x0505, UINT16, 230), (0x0508, UINT16, 40), (0x050B, INT16, 9))
    return device, lambda i: _report(device, 0xB04, *measured, i=i)


def _remote() -> tuple[DeviceDescription, Callable[[int], ZclEvent]]:
    device = described(
        "TRADFRI remote control", {1: ((0, 1, 3), (3, 4, 6, 8, 5))}, manufacturer="IKEA of Sweden", code=0x117C
    )

    def heard(i: int) -> ZclEvent:
        if i % 2:
            return _report(device, 1, (0x21, UINT8, i % 200), i=i)
        return CommandReceived(
            coordinator="main",
            ieee=device.ieee,
            received_at_s=1e9 + i,
            endpoint=1,
            cluster=6,
            sequence=i % 256,
            payload=struct.pack(""),
            command=2,
        )

    return device, heard


CASES: dict[str, Callable[[], tuple[DeviceDescription, Callable[[int], ZclEvent]]]] = {
    "temperature sensor": _weather,
    "lamp": _lamp,
    "metering plug": _plug,
    "remote": _remote,
}
