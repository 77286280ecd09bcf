"""Colours in the notations that clients use, and the way from one to another. Pure arithmetic.

Spaces: xy is CIE 1931 chromaticity (0-1); rgb is red, green, blue (0-1) of the wide-gamut D65 primaries that lamps are
built around; hue is 0-360 degrees, saturation and value are 0-100 %. Colour temperature is in mired (1,000,000 / K).
The matrices are the published "Wide RGB D65" pair, gamma is that of sRGB (IEC 61966-2-1).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from zigbus.contract.base import Json
from zigbus_converter.parts.base import invalid, rounded

Triple = tuple[float, float, float]

# Ratios of polynomials in 1000 K / T for u and v (CIE 1960) of the Planckian locus, least-squares fits of our own over
# 1,000-20,000 K; x and y come out within 0.00002 of the tabulated locus.
_LOCUS_U = (
    (0.179838992, 0.779484726, 2.74992727, 6.6280033, 0.307108281),
    (1, 3.9530944, 13.5039858, 3.45501737, 1.84714268),
)
_LOCUS_V = (
    (0.263597997, 0.17485486, 7.11807652, 0.552135347, 23.7479228),
    (1, -0.183898137, 23.0709003, -8.60763405, 74.5533629),
)
_LOCUS_KELVIN = (1000, 20000)


@dataclass(frozen=True, slots=True)
class Xy:
    """A chromaticity."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Hsv:
    """Hue, saturation, value; what a client left out is None."""

    hue: float | None
    saturation: float | None = None
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Rgb:
    """Red, green, blue, 0-1."""

    red: float
    green: float
    blue: float


Colour = Xy | Hsv | Rgb


# ---- reading what clients write --------------------------------------------------------------------------------------


def parse(value: Json) -> Colour:
    """Return the first notation that a client's colour fits, in zigbee2mqtt's order of looking."""
    if isinstance(value, str) and value.startswith("#"):
        return _from_hex(value)
    if isinstance(value, Mapping):
        colour = _parse_xy_or_rgb(value) or _parse_cylinder(value)
        if colour is not None:
            return colour
    raise invalid("Value does not contain valid color definition", value=value)


def _has(value: Mapping[str, Any], *keys: str) -> bool:
    return all(value.get(key) is not None for key in keys)


def _parse_xy_or_rgb(value: Mapping[str, Any]) -> Colour | None:
    if _has(value, "x", "y"):
        return Xy(_real(value["x"]), _real(value["y"]))
    if _has(value, "r", "g", "b"):
        return Rgb(_real(value["r"]) / 255, _real(value["g"]) / 255, _real(value["b"]) / 255)
    if _has(value, "rgb"):
        red, green, blue = _three(value["rgb"])
        return Rgb(red / 255, green / 255, blue / 255)
    if _has(value, "hex"):
        return _from_hex(str(value["hex"]))
    return None


def _parse_cylinder(value: Mapping[str, Any]) -> Hsv | None:
    if _has(value, "h", "s", "l"):
        return _from_hsl(_real(value["h"]), _real(value["s"]), _real(value["l"]))
    if _has(value, "hsl"):
        return _from_hsl(*_three(value["hsl"]))
    for third in ("b", "v"):
        if _has(value, "h", "s", third):
            return _hsv(_real(value["h"]), _real(value["s"]), _real(value[third]))
        if _has(value, f"hs{third}"):
            return _hsv(*_three(value[f"hs{third}"]))
    for hue, saturation in (("h", "s"), ("hue", "saturation")):
        if _has(value, hue) or _has(value, saturation):
            return _hsv(_optional(value.get(hue)), _optional(value.get(saturation)), _optional(value.get("value")))
    return None


def _hsv(hue: float | None, saturation: float | None, value: float | None) -> Hsv:
    return Hsv(None if hue is None else hue % 360, saturation, value)


def _real(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise invalid("Value does not contain valid color definition", value=value) from None


def _optional(value: Any) -> float | None:
    return None if value is None else _real(value)


def _three(text: Any) -> Triple:
    fields = str(text).split(",")
    if len(fields) != 3:
        raise invalid("Value does not contain valid color definition", value=text)
    return _real(fields[0]), _real(fields[1]), _real(fields[2])


def _from_hex(text: str) -> Rgb:
    try:
        number = int(text.removeprefix("#"), 16)
    except ValueError:
        raise invalid("Value does not contain valid color definition", value=text) from None
    return Rgb((number >> 16 & 255) / 255, (number >> 8 & 255) / 255, (number & 255) / 255)


def _from_hsl(hue: float, saturation: float, lightness: float) -> Hsv:
    value = lightness + saturation * min(lightness, 100 - lightness) / 100
    return _hsv(hue, 200 * (1 - lightness / value) if value else 0, value)


# ---- from one space to another ---------------------------------------------------------------------------------------


def linear(colour: Rgb) -> Rgb:
    """Undo the gamma that screens and colour pickers apply."""
    return Rgb(*(_linear(part) for part in (colour.red, colour.green, colour.blue)))


def _linear(part: float) -> float:
    return ((part + 0.055) / 1.055) ** 2.4 if part > 0.04045 else part / 12.92


def rgb_to_xy(colour: Rgb) -> Xy:
    """Return the chromaticity of linear red, green, blue; black gives 0, 0."""
    red, green, blue = colour.red, colour.green, colour.blue
    big_x = 0.664511 * red + 0.154324 * green + 0.162028 * blue
    big_y = 0.283881 * red + 0.668433 * green + 0.047685 * blue
    big_z = 0.000088 * red + 0.07231 * green + 0.986039 * blue
    total = big_x + big_y + big_z
    return Xy(big_x / total, big_y / total) if total else Xy(0, 0)


def xy_to_rgb(colour: Xy) -> Rgb:
    """Return linear red, green, blue at full brightness; parts outside the gamut are cut to it."""
    if colour.y == 0:
        return Rgb(0, 0, 0)
    inverse = 1 / colour.y
    big_x, big_z = inverse * colour.x, inverse * (1 - colour.x - colour.y)
    parts = (
        1.656492 * big_x - 0.354851 - 0.255038 * big_z,
        -0.707196 * big_x + 1.655397 + 0.036152 * big_z,
        0.051713 * big_x - 0.121364 + 1.01153 * big_z,
    )
    largest = max(*parts, 1.0)
    return Rgb(*(max(part / largest, 0.0) for part in parts))


def hsv_to_rgb(colour: Hsv) -> Rgb:
    """Return red, green, blue; what is missing counts as hue 0 and 100 %."""
    hue = 0.0 if colour.hue is None else colour.hue
    saturation = (100.0 if colour.saturation is None else colour.saturation) / 100
    value = (100.0 if colour.value is None else colour.value) / 100
    return Rgb(*(value - value * saturation * _distance(hue / 60 + offset) for offset in (5, 3, 1)))


def _distance(sector: float) -> float:
    """How far one primary is from its part of the colour wheel: 0 inside, 1 opposite."""
    sector %= 6
    return max(0.0, min(sector, 4 - sector, 1.0))


def rgb_to_hsv(colour: Rgb) -> Hsv:
    """Return hue, saturation and value of red, green, blue."""
    parts = (colour.red, colour.green, colour.blue)
    largest, span = max(parts), max(parts) - min(parts)
    if span == 0:
        return Hsv(0, 0, largest * 100)
    which = parts.index(largest)
    ahead, behind = parts[(which + 1) % 3], parts[(which + 2) % 3]
    sector = 2 * which if which or ahead >= behind else 6  # this order of operations rounds as clients are used to
    return Hsv((ahead - behind + span * sector) / (6 * span) * 360, span / largest * 100, largest * 100)


def hsv_to_xy(colour: Hsv) -> Xy:
    """Return the chromaticity of a hue and saturation."""
    return rgb_to_xy(hsv_to_rgb(colour))


def to_xy(colour: Colour) -> Xy:
    """Return what is sent to a lamp that takes x and y: client colours are rounded to 4 decimals, red and blue have gamma."""
    if isinstance(colour, Xy):
        return colour
    xy = rgb_to_xy(linear(colour)) if isinstance(colour, Rgb) else hsv_to_xy(colour)
    return Xy(rounded(xy.x, 4), rounded(xy.y, 4))


def xy_to_mired(colour: Xy) -> float:
    """Return the correlated colour temperature (McCamy 1992)."""
    if colour.y == 0.1858:
        return math.inf
    slope = (colour.x - 0.332) / (0.1858 - colour.y)
    kelvin = abs(437 * slope**3 + 3601 * slope**2 + 6861 * slope + 5517)
    return 1_000_000 / kelvin if kelvin else math.inf


def on_locus(mired: float) -> bool:
    """Tell whether a black body of this temperature has a colour that we know."""
    low, high = _LOCUS_KELVIN
    return mired > 0 and low <= rounded(1_000_000 / mired) < high + 10


@lru_cache(1024)
def mired_to_xy(mired: float) -> Xy:
    """Return the chromaticity of a black body, in steps of 10 K between 1,000 and 20,000 K."""
    low, high = _LOCUS_KELVIN
    kelvin = max(low, min(high, rounded(1_000_000 / mired) // 10 * 10)) if mired > 0 else high
    inverse = 1000 / kelvin
    u, v = _ratio(_LOCUS_U, inverse), _ratio(_LOCUS_V, inverse)
    scale = 2 * u - 8 * v + 4
    return Xy(3 * u / scale, 2 * v / scale)


def _ratio(polynomials: tuple[tuple[float, ...], tuple[float, ...]], at: float) -> float:
    upper, lower = (sum(factor * at**power for power, factor in enumerate(terms)) for terms in polynomials)
    return upper / lower
