"""The cache of one device: what is remembered, what never is, how objects merge (behaviour 3)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from zigbus.contract.base import Json, JsonObject

# Behaviour 3.2; `click` and `duration` are of the 1.x line and stay in our list.
NEVER_STORED = (
    "action", "action_.*", "button", "button_left", "button_right", "click", "duration", "elapsed", "forgotten", "from_side",
    "group_capacity", "group_list", "illuminance_lux", "keyerror", "no_occupancy_since", "step_mode", "step_size", "to_side",
    "transition_time",
)  # fmt: skip


class KeyFilter:
    """Tells whether a key matches any of some regular expressions as a whole. Remembers its answers."""

    __slots__ = ("_known", "_pattern")

    def __init__(self, patterns: Iterable[str]) -> None:
        self._pattern = re.compile("|".join(f"(?:{p})" for p in patterns if _is_valid(p)) or r"(?!)")
        self._known: dict[str, bool] = {}

    def __contains__(self, key: str) -> bool:
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._pattern.fullmatch(key) is not None
        return known


def never_stored(options: Mapping[str, Json]) -> KeyFilter:
    """The keys that a device with these options never caches (`filtered_cache` adds to the fixed list)."""
    return KeyFilter((*NEVER_STORED, *texts(options.get("filtered_cache"))))


def texts(value: Json) -> tuple[str, ...]:
    """The texts in an option that should be a list of texts; anything else in it is ignored."""
    return tuple(v for v in value if isinstance(v, str)) if isinstance(value, list | tuple) else ()


def merged(state: Mapping[str, Json], payload: Mapping[str, Json], forget: KeyFilter) -> JsonObject:
    """Return the cache after `payload`: objects merge, all else is replaced, null is a value like any other."""
    result = dict(state)
    for key, value in payload.items():
        if key not in forget:
            result[key] = _merged_value(result.get(key), value)
    return result


def _merged_value(old: Json, new: Json) -> Json:
    if isinstance(old, dict) and isinstance(new, dict):
        return {**old, **{key: _merged_value(old.get(key), value) for key, value in new.items()}}
    return new


def _is_valid(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True
