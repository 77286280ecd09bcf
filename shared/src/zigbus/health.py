"""Whether a service is alive and doing its job. Parts report, readiness is their conjunction."""

from __future__ import annotations

import time
from dataclasses import dataclass

import structlog

log = structlog.get_logger()

ALIVE_WITHIN_S = 15.0  # the loop beats every second; a loop that was held up longer hangs


@dataclass(frozen=True)
class PartHealth:
    """One part of a service: is it well, since when, and if not, why."""

    ok: bool
    reason: str
    since_s: float  # Unix time


class Health:
    """The health of one service."""

    def __init__(self) -> None:
        self.parts: dict[str, PartHealth] = {}
        self._beat = time.monotonic()

    def report(self, part: str, ok: bool, reason: str = "") -> None:
        """Say how a part is. State changes are logged; reports that change nothing are free."""
        before = self.parts.get(part)
        if before is not None and (before.ok, before.reason) == (ok, reason):
            return
        self.parts[part] = PartHealth(ok, reason, time.time())
        if before is not None and before.ok != ok:
            held_s = round(time.time() - before.since_s, 1)
            if ok:
                log.info("recovered", part=part, after_s=held_s)
            else:
                log.warning("not_ready", part=part, reason=reason)

    def beat(self) -> None:
        """The event loop runs."""
        self._beat = time.monotonic()

    @property
    def alive(self) -> bool:
        """Whether the event loop has run lately."""
        return time.monotonic() - self._beat < ALIVE_WITHIN_S

    @property
    def ready(self) -> bool:
        """Whether every part is well; the bus alone is not enough, the service has parts of its own to report."""
        own = self.parts.keys() - {"bus"}
        return self.alive and bool(own) and all(part.ok for part in self.parts.values())

    def describe(self) -> dict[str, object]:
        """The parts as JSON for `/readyz`."""
        return {
            "ready": self.ready,
            "parts": {
                name: {"ok": p.ok, "reason": p.reason, "since_s": round(p.since_s, 3)} for name, p in self.parts.items()
            },
        }
