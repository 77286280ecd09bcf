"""A service answers for itself when all are asked how they are."""

from __future__ import annotations

import os
import time
from pathlib import Path

from zigbus.bus import Bus
from zigbus.contract import subjects
from zigbus.contract.base import Ieee
from zigbus.contract.census import Census, DeviceCounts, ServiceStatus

PAGE_OCTETS = os.sysconf("SC_PAGE_SIZE")


class Counts:
    """What a service counts of each device. Only radios do."""

    def __init__(self) -> None:
        self._of: dict[Ieee, list[float]] = {}  # ieee -> messages, time of the first one, leaves, changes of nwk

    def heard(self, ieee: Ieee, at_s: float) -> None:
        """A message of the device came at this Unix time."""
        counts = self._of.get(ieee)
        if counts is None:
            counts = self._of[ieee] = [0, 0.0, 0, 0]
        if not counts[0]:
            counts[1] = at_s
        counts[0] += 1

    def left(self, ieee: Ieee) -> None:
        """The device left the network."""
        self._of.setdefault(ieee, [0, 0.0, 0, 0])[2] += 1

    def moved(self, ieee: Ieee) -> None:
        """The device has another network address."""
        self._of.setdefault(ieee, [0, 0.0, 0, 0])[3] += 1

    def take(self, *, reset: bool) -> dict[Ieee, DeviceCounts]:
        """Return the counts; `reset`: begin anew."""
        counted = {
            ieee: DeviceCounts(
                messages=int(messages),
                first_at_s=first_s if messages else None,
                leaves=int(leaves),
                nwk_changes=int(moves),
            )
            for ieee, (messages, first_s, leaves, moves) in self._of.items()
        }
        if reset:
            self._of.clear()
        return counted


async def answer_census(bus: Bus, service: str, counts: Counts) -> None:
    """Answer from now on."""
    started_s = time.time()

    def status(ask: Census) -> ServiceStatus:
        return ServiceStatus(
            service=service,
            started_at_s=started_s,
            memory_octets=resident_octets(),
            devices=counts.take(reset=ask.reset),
        )

    await bus.answer_all(subjects.CENSUS, Census, status)


def resident_octets() -> int:
    """Return the memory that this process holds, 0 where the kernel does not say (no /proc)."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * PAGE_OCTETS
    except (OSError, IndexError, ValueError):
        return 0
