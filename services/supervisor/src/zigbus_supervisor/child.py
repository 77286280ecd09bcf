"""What a process of the home is, as data, and when it is started again."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Literal

SETTLED_AFTER_S = 10.0  # a process that ran this long was well: its next start is at once again
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 10.0


class StopStage(IntEnum):
    """Stages of stopping, one after another: who says goodbye first, what others need last."""

    FRONTEND = 0  # tells the clients, which needs the broker and the bus
    SERVICE = 1
    SURROUNDINGS = 2  # what stands in for the stick
    SERVER = 3  # broker and bus


@dataclass(frozen=True)
class Probe:
    """How to ask whether a process does its job.

    `http`: `/readyz` at a port on loopback; `tcp`: the port accepts connections; `process`: it runs, nothing is asked.
    """

    kind: Literal["http", "tcp", "process"]
    port: int = 0


@dataclass(frozen=True)
class Child:
    """One process that the supervisor keeps running."""

    name: str
    command: tuple[str, ...]
    probe: Probe
    stop_stage: StopStage = StopStage.SERVICE
    environment: Mapping[str, str] = field(default_factory=dict)  # on top of the supervisor's own
    needs: tuple[str, ...] = ()  # names of processes that must be ready before this one starts
    orphan_signal: int = signal.SIGKILL  # what the kernel sends it if the supervisor is killed


@dataclass(frozen=True)
class RestartPolicy:
    """Pauses before a start: none after a long run or an orderly end, then doubling."""

    failures: int = 0  # starts in a row that did not settle

    def after(self, ran_s: float, code: int) -> RestartPolicy:
        """Return the policy after a run of `ran_s` seconds that ended with an exit code (negative: by a signal)."""
        settled = ran_s >= SETTLED_AFTER_S or code == 0
        return RestartPolicy(1 if settled else self.failures + 1)

    @property
    def pause_s(self) -> float:
        """Seconds to wait before the next start. The first one is at once."""
        if self.failures <= 1:
            return 0.0
        return min(FIRST_PAUSE_S * 2.0 ** (self.failures - 2), LONGEST_PAUSE_S)


def ending(code: int) -> str:
    """Say in words how a process ended."""
    if code >= 0:
        return f"ended with code {code}"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"
