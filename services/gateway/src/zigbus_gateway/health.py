"""`bridge/health`: how the machine, our processes, the broker's line and the devices are (mqtt.md 3.8)."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from zigbus.contract.base import JsonObject
from zigbus.contract.census import DeviceCounts, ServiceStatus

KIBIBYTE, MEBIBYTE = 1024, 1024 * 1024


class Line(Protocol):
    """The connection to the broker, as far as it is reported."""

    @property
    def connected(self) -> bool:
        """Whether the broker is there."""

    @property
    def waiting(self) -> int:
        """Publications that the broker does not have yet."""

    @property
    def published(self) -> int:
        """Messages that the broker got."""

    @property
    def received(self) -> int:
        """Messages that came from it."""


@dataclass(frozen=True, slots=True)
class Machine:
    """The computer that everything runs on."""

    load: tuple[float, float, float]  # average over 1, 5 and 15 minutes
    memory_octets: int
    free_octets: int

    @classmethod
    def measured(cls) -> Machine:
        """Ask the kernel; what it does not say is 0."""
        try:
            lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
            facts = {line.partition(":")[0]: int(line.split()[1]) * KIBIBYTE for line in lines}
        except (OSError, IndexError, ValueError):
            facts = {}
        return cls(os.getloadavg(), facts.get("MemTotal", 0), facts.get("MemFree", 0))


def health_payload(machine: Machine, services: Iterable[ServiceStatus], line: Line, now_s: float) -> JsonObject:
    """Return the report. Processes are ours together; `services` tells them apart."""
    listed = list(services)
    resident = sum(service.memory_octets for service in listed)
    used = machine.memory_octets - machine.free_octets
    oldest_s = min((service.started_at_s for service in listed), default=now_s)
    return {
        "response_time": round(now_s * 1000),
        "os": {
            "load_average": list(machine.load),
            "memory_used_mb": _mebibytes(used),
            "memory_percent": _percent(used, machine),
        },
        "process": {
            "uptime_sec": int(now_s - oldest_s),
            "memory_used_mb": _mebibytes(resident),
            "memory_percent": _percent(resident, machine),
        },
        "mqtt": {
            "connected": line.connected,
            "queued": line.waiting,
            "published": line.published,
            "received": line.received,
        },
        "devices": {
            ieee: _device(counts, now_s) for service in listed for ieee, counts in sorted(service.devices.items())
        },
        "services": {
            service.service: {"up": True, "memory_used_mb": _mebibytes(service.memory_octets)}
            for service in sorted(listed, key=lambda service: service.service)
        },
    }


def _device(counts: DeviceCounts, now_s: float) -> JsonObject:
    lasted_s = 0.0 if counts.first_at_s is None else now_s - counts.first_at_s
    return {
        "messages": counts.messages,
        "messages_per_sec": round(counts.messages / lasted_s, 4) if lasted_s > 0 else 0,
        "leave_count": counts.leaves,
        "network_address_changes": counts.nwk_changes,
    }


def _mebibytes(octets: int) -> float:
    return round(octets / MEBIBYTE, 2)


def _percent(octets: int, machine: Machine) -> float:
    return round(100 * octets / machine.memory_octets, 4) if machine.memory_octets else 0.0
