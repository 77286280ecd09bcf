"""Whether a device can be reached: who is watched, when it is asked, what its silence means (contract/behaviour.md 13).

Decides with values alone; the clock, the random numbers and the asking are `availability_watch`'s.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from zigbus.contract.base import Json, JsonObject
from zigbus.contract.devices import DeviceDescription, LogicalType

MINUTE_S = 60.0
GRACE_S = 1.0  # over the timeout, so that what was heard in time is seen in time (13.5)
LONGEST_WAIT_S = 2_147_483.647  # 13.6
FIRST_BACKOFF, BACKOFF = 1.5, 2.0  # factors after a ping that failed: 10, 15, 30, 60 min (13.6)
BACKUP_SUPPLY = 0x80  # bit of the attribute power source (ZCL 3.2.2.2.8)
UNKNOWN, BATTERY = 0, 3  # values of it


@dataclass(frozen=True, slots=True)
class Rules:
    """How one device is watched."""

    active: bool  # it is asked when it is silent; others just count as gone
    timeout_s: float
    max_jitter_s: float = 0.0
    backoff: bool = True
    pause_on_backoff_gt: float = 0.0  # no more pings at this factor; 0: never pause


def rules_for(device: DeviceDescription, options: JsonObject, settings: JsonObject) -> Rules | None:
    """Return how a device is watched, None if it is not.

    `options` are its effective ones, `settings` the section `availability` (timeouts in minutes, jitter in ms).
    """
    own = options.get("availability")
    wanted = settings["enabled"] if own is None else own is not False
    if not wanted or options.get("disabled") or device.logical_type is LogicalType.COORDINATOR:
        return None
    active = is_active(device)
    ours: Mapping[str, Json] = own if isinstance(own, dict) else {}
    rule = {key: value for key, value in ours.items() if value is not None}
    timeout = rule.get("timeout", settings["active" if active else "passive"]["timeout"])
    rule = {**settings["active"], **rule}
    return Rules(
        active=active,
        timeout_s=timeout * MINUTE_S,
        max_jitter_s=rule["max_jitter"] / 1000,
        backoff=rule["backoff"],
        pause_on_backoff_gt=rule["pause_on_backoff_gt"],
    )


def is_active(device: DeviceDescription) -> bool:
    """Tell whether a device has to answer at any time: it has a supply other than a battery (13.2)."""
    source = None if device.power_source is None else device.power_source & ~BACKUP_SUPPLY
    if device.logical_type is LogicalType.ROUTER:
        return source != BATTERY
    return source not in (None, UNKNOWN, BATTERY)


@dataclass(slots=True)
class Watched:
    """One device that is watched. Times are Unix times in seconds."""

    rules: Rules
    last_seen_s: float
    due_s: float = math.inf  # when its silence has lasted long enough to do something
    online: bool = False  # as clients know it
    backoff: float = 1.0
    paused: bool = False

    def is_available(self, now_s: float) -> bool:
        """Tell whether it was heard within the timeout (13.3)."""
        return now_s - self.last_seen_s < self.rules.timeout_s

    def rest(self, now_s: float, jitter: float) -> None:
        """Wait for the next sign of life; `jitter` is a random number from 0 to 1."""
        wait_s = self.rules.timeout_s + GRACE_S
        if self.rules.active:
            factor = self.backoff if self.rules.backoff else 1.0
            wait_s = min((wait_s + jitter * self.rules.max_jitter_s) * factor, LONGEST_WAIT_S)
        self.due_s = math.inf if self.paused else now_s + wait_s

    def heard(self, at_s: float, jitter: float) -> None:
        """It gave a sign of life (13.4)."""
        self.last_seen_s = max(self.last_seen_s, at_s)
        self.backoff, self.paused = 1.0, False
        self.rest(at_s, jitter)

    def missed(self, now_s: float, jitter: float) -> None:
        """It did not answer a ping (13.6). Call before `online` takes on what follows from it."""
        if self.rules.backoff:
            limit = self.rules.pause_on_backoff_gt
            if 0 < limit <= self.backoff:
                self.paused = True
            else:
                self.backoff *= FIRST_BACKOFF if self.online else BACKOFF
        self.rest(now_s, jitter)


def group_availability(members: Iterable[str], watched: Mapping[str, Watched]) -> bool | None:
    """Tell whether a group can be reached: any member can (13.8). None if it has none or one is not watched (13.1)."""
    found = [watched.get(ieee) for ieee in members]
    if not found or any(member is None for member in found):
        return None
    return any(member.online for member in found if member is not None)
