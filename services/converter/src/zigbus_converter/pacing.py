"""Debounce and throttle: what is published now, what waits, until when (behaviour 5). No clock: times are passed in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from zigbus.contract.base import Json, JsonObject
from zigbus_converter.cache import texts

DISTINCT_S = 1e-6  # Unix time in a double has steps of 2.4e-7 s


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """What a device holds back. A throttle whose window is open and holds nothing has no payload."""

    kind: Literal["debounce", "throttle"]
    deadline_s: float  # Unix time
    payload: JsonObject | None = None


class Pace(msgspec.Struct, frozen=True):
    """The pacing options of a device, read once."""

    debounce_s: float = 0.0
    throttle_s: float = 0.0
    ignore: tuple[str, ...] = ()


def pace_of(options: Mapping[str, Json]) -> Pace:
    """Read `debounce`, `throttle` and `debounce_ignore`; debounce wins over throttle."""
    debounce_s = _seconds(options.get("debounce"))
    throttle_s = 0.0 if debounce_s else _seconds(options.get("throttle"))
    return Pace(debounce_s, throttle_s, texts(options.get("debounce_ignore")))


def submit(
    waiting: Waiting | None, payload: JsonObject, now_s: float, pace: Pace
) -> tuple[list[JsonObject], Waiting | None]:
    """Take a new payload. Returns what is published now, in order, and what waits afterwards."""
    if pace.debounce_s:
        return _debounce(waiting, payload, now_s, pace)
    held = [] if waiting is None or waiting.payload is None else [waiting.payload]
    if not pace.throttle_s:
        return [*held, payload], None
    if waiting is None or waiting.kind == "debounce" or now_s >= waiting.deadline_s:
        return [*held, payload], Waiting(kind="throttle", deadline_s=now_s + pace.throttle_s)
    return [], Waiting(kind="throttle", deadline_s=waiting.deadline_s, payload=payload)


def due(waiting: Waiting, pace: Pace) -> tuple[JsonObject | None, Waiting | None]:
    """The deadline has come. Returns what is published, and what waits afterwards."""
    if waiting.kind == "throttle" and waiting.payload is not None and pace.throttle_s:
        return waiting.payload, Waiting(kind="throttle", deadline_s=waiting.deadline_s + pace.throttle_s)
    return waiting.payload, None


def overtaken(waiting: Waiting | None, published: Mapping[str, Json]) -> Waiting | None:
    """Something else was published: its keys leave what waits, so that an old value cannot follow a newer one (5.3)."""
    if waiting is None or not waiting.payload or waiting.payload.keys().isdisjoint(published):
        return waiting
    left = {key: value for key, value in waiting.payload.items() if key not in published}
    return Waiting(kind=waiting.kind, deadline_s=waiting.deadline_s, payload=left)


def _debounce(
    waiting: Waiting | None, payload: JsonObject, now_s: float, pace: Pace
) -> tuple[list[JsonObject], Waiting]:
    held = {} if waiting is None else waiting.payload or {}
    now: list[JsonObject] = []
    deadline_s = now_s + pace.debounce_s
    if any(key in held and key in payload and held[key] != payload[key] for key in pace.ignore):
        now, held = [held], {}
        if waiting is not None:  # one frame may bring both; what waits is named by its deadline, so no two may be equal
            deadline_s = max(deadline_s, waiting.deadline_s + DISTINCT_S)
    return now, Waiting(kind="debounce", deadline_s=deadline_s, payload={**held, **payload})


def _seconds(value: Json) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) and value > 0 else 0.0
