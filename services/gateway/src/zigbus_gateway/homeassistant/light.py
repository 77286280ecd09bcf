"""Lights, single and in groups."""

from __future__ import annotations

from collections.abc import Sequence

from zigbus.contract.base import JsonObject
from zigbus.contract.definitions import Expose
from zigbus_gateway.homeassistant.draft import (
    Draft,
    Subject,
    at_endpoint,
    feature,
    name_at,
    property_of,
    text,
    unique,
)

FULL_BRIGHTNESS = 254  # ZCL's level


def light(exposes: Sequence[Expose], subject: Subject) -> list[Draft]:
    """A light that can do what one of `exposes` can, in the range that all of them have."""
    endpoint, state = subject.endpoint_of(exposes[0]), feature(exposes[0], "state")
    if state is None:
        return []
    payload: JsonObject = {
        "name": name_at(endpoint),
        "schema": "json",
        "state_topic": subject.state_topic(endpoint),
        "command_topic": subject.command_topic(endpoint),
        "brightness": _has(exposes, "brightness"),
        "brightness_scale": FULL_BRIGHTNESS,
        "supported_color_modes": _color_modes(exposes),
        **_color_temperatures(exposes),
        **_effects(subject),
    }
    return [Draft("light", at_endpoint("light", endpoint), payload, {property_of(state): None})]


def _has(exposes: Sequence[Expose], name: str) -> bool:
    return any(feature(expose, name) is not None for expose in exposes)


def _color_modes(exposes: Sequence[Expose]) -> list[str]:
    """`xy` unless a definition names `hs` first; Home Assistant allows brightness only alone."""
    xy, hs = _has(exposes, "color_xy"), _has(exposes, "color_hs")
    hs_first = any(_named_first(expose, "color_hs", "color_xy") for expose in exposes)
    modes = {
        "xy": xy and not hs_first,
        "hs": hs and (hs_first or not xy),
        "color_temp": _has(exposes, "color_temp"),
    }
    return [mode for mode, there in modes.items() if there] or ["brightness"]


def _named_first(expose: Expose, first: str, second: str) -> bool:
    names = [part.name for part in expose.features or ()]
    return first in names and second in names and names.index(first) < names.index(second)


def _color_temperatures(exposes: Sequence[Expose]) -> JsonObject:
    """What every one of them can show."""
    found = [part for part in (feature(expose, "color_temp", kind="numeric") for expose in exposes) if part]
    lowest = [part.value_min for part in found if part.value_min is not None]
    highest = [part.value_max for part in found if part.value_max is not None]
    return ({"min_mireds": max(lowest)} if lowest else {}) | ({"max_mireds": min(highest)} if highest else {})


def _effects(subject: Subject) -> JsonObject:
    lists = [expose.values or () for expose in subject.exposes if expose.type == "enum" and expose.name == "effect"]
    effects = unique(text(value) for values in lists for value in values)
    return {"effect": True, "effect_list": effects} if effects else {}
