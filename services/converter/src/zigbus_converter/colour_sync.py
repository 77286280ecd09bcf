"""Keeps the representations of a light's colour in step: x/y, hue/saturation and colour temperature.

Only representations that clients already know are recalculated, so that a lamp does not grow keys it never had.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zigbus.contract.base import Json, JsonObject
from zigbus_converter.colour import Hsv, Xy, hsv_to_xy, mired_to_xy, rgb_to_hsv, xy_to_mired, xy_to_rgb
from zigbus_converter.parts.base import clamped, rounded

MODES = {0: "hs", 1: "xy", 2: "color_temp"}  # ZCL ColorMode
KEYS = ("color_mode", "color", "color_temp")
Range = tuple[int | None, int | None]  # colour temperature limits in mired, as far as they are known


def synced(new: Mapping[str, Json], old: Mapping[str, Json], limits: Range, enabled: bool = True) -> JsonObject:
    """Return `new`'s colour keys and what follows from them for the representations in `new` and `old`.

    `enabled` False (option `color_sync`) returns just the colour keys of `new`.
    """
    if not enabled:
        return {key: new[key] for key in KEYS if new.get(key) is not None}
    said = [state["color_mode"] for state in (new, old) if "color_mode" in state]  # null once a lamp said nonsense
    mode = said[0] if said else _mode_of(new)
    result: JsonObject = {"color_mode": mode} if said or mode else {}
    colour: JsonObject = {}
    if mode == "color_temp":
        mired = new.get("color_temp", old.get("color_temp"))
        if mired is not None:
            result["color_temp"] = mired
            colour = _from_xy(mired_to_xy(mired), _known(new, old, "x", "y"), _known(new, old, "hue", "saturation"))
    elif mode in ("hs", "xy"):
        colour, xy = _from_colour(mode, new, old)
        if xy is not None and ("color_temp" in new or "color_temp" in old):
            result["color_temp"] = limited(rounded(xy_to_mired(xy)), limits)
    if colour:
        result["color"] = colour
    return result


def limited(mired: float, limits: Range) -> float:
    """Return a colour temperature within the limits of a lamp, as far as they are known."""
    low, high = limits
    return clamped(mired, mired if low is None else low, mired if high is None else high)


def _mode_of(new: Mapping[str, Json]) -> str | None:
    colour = new.get("color")
    if colour is not None:
        return "hs" if "hue" in colour else "xy"
    return "color_temp" if new.get("color_temp") is not None else None


def _colour(state: Mapping[str, Json]) -> Mapping[str, Any]:
    colour = state.get("color")
    return colour if isinstance(colour, Mapping) else {}


def _known(new: Mapping[str, Json], old: Mapping[str, Json], *keys: str) -> bool:
    return any(all(key in _colour(state) for key in keys) for state in (new, old))


def _from_colour(mode: str, new: Mapping[str, Json], old: Mapping[str, Json]) -> tuple[JsonObject, Xy | None]:
    """Return the colour object of one mode with the other notation, and the chromaticity if it is complete."""
    keys = ("hue", "saturation") if mode == "hs" else ("x", "y")
    merged = {**_colour(old), **_colour(new)}
    colour = {key: merged[key] for key in keys if merged.get(key) is not None}
    if len(colour) < 2:
        return colour, None
    if mode == "xy":
        xy = Xy(colour["x"], colour["y"])
        return colour | _from_xy(xy, wants_xy=False, wants_hs=_known(new, old, "hue", "saturation")), xy
    xy = hsv_to_xy(Hsv(colour["hue"], colour["saturation"]))
    return colour | _from_xy(xy, wants_xy=_known(new, old, "x", "y"), wants_hs=False), xy


def _from_xy(xy: Xy, wants_xy: bool, wants_hs: bool) -> JsonObject:
    colour: JsonObject = {"x": rounded(xy.x, 4), "y": rounded(xy.y, 4)} if wants_xy else {}
    if wants_hs:
        hsv = rgb_to_hsv(xy_to_rgb(xy))
        colour["hue"] = rounded(hsv.hue or 0) % 360
        colour["saturation"] = rounded(hsv.saturation or 0)
    return colour
