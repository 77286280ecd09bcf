"""CPU time and memory of the processes below the supervisor, by service."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True)
class Usage:
    """What one process used."""

    cpu_s: float
    rss_mib: float


def usage_by_service(supervisor_pid: int) -> dict[str, Usage]:
    """Return CPU seconds so far and resident memory of the supervisor and all its children, by their command."""
    root = psutil.Process(supervisor_pid)
    found: dict[str, Usage] = {"supervisor": _usage(root)}
    for child in root.children(recursive=True):
        try:
            found[_name(child)] = _usage(child)
        except psutil.Error:
            continue
    return found


def _usage(process: psutil.Process) -> Usage:
    times = process.cpu_times()
    return Usage(times.user + times.system, process.memory_info().rss / 2**20)


def _name(process: psutil.Process) -> str:
    """The service of a process: `python -m zigbus.cli radio` is `radio`."""
    words = process.cmdline()
    for i, word in enumerate(words[:-1]):
        if word == "zigbus.cli" or Path(word).name == "zigbus":
            return words[i + 1]
    return Path(words[0]).name if words else str(process.pid)


class CpuMeter:
    """CPU milliseconds per service between two moments."""

    def __init__(self, supervisor_pid: int) -> None:
        self._pid = supervisor_pid
        self._before = usage_by_service(supervisor_pid)
        self._at = time.monotonic()

    def since(self) -> dict[str, float]:
        """Return milliseconds used by each service since this meter was made."""
        now = usage_by_service(self._pid)
        return {name: (usage.cpu_s - self._before.get(name, Usage(0, 0)).cpu_s) * 1000 for name, usage in now.items()}
