"""On/off, level and colour: endpoints with level or colour are lamps, the others switches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from zigbus_converter.generated.pieces import Piece, call, piece
from zigbus_converter.generated.place import Place
from zigbus_converter.parts import hue
from zigbus_converter.parts.light import light
from zigbus_converter.parts.switch import on_off
from zigbus_converter.parts.zcl import (
    COLOUR,
    COLOUR_CAPABILITIES,
    COLOUR_TEMPERATURE_MAX,
    COLOUR_TEMPERATURE_MIN,
    LEVEL,
)

SIGNIFY = 0x100B
EVERYTHING = 31  # capabilities of a colour lamp that does not tell them
USUAL_RANGE = (150, 500)  # of colour temperature in mired
SWITCH_KEYS = ("state", "on", "off", "power_on_behavior")
LAMP_KEYS = ("state", "on", "off", "brightness", "level_config", "power_on_behavior")
TEMPERATURE_KEYS = ("color_temp", "color_temp_startup")
COLOUR_KEYS = ("color", "color_mode")


class Abilities(NamedTuple):
    """What the colour cluster of a lamp can do; `temperature` in mired."""

    temperature: tuple[int, int] | None = None
    xy: bool = False
    hue: bool = False
    enhanced: bool = False


def switches_and_lamps(place: Place) -> Iterator[Piece]:
    """Yield one piece for all switches, and one for the lamps of each kind."""
    lamps = [n for n in place.endpoints if place.has(n, LEVEL) or place.has(n, COLOUR)]
    plain = [n for n in place.endpoints if n not in lamps]
    if plain:
        names = place.names_of(plain)
        unnamed = SWITCH_KEYS if names is None else ()
        yield piece(call(on_off, endpoints=names), "onOff", _named(names), unnamed=unnamed)
    kinds: dict[Abilities, list[int]] = {}
    for number in lamps:
        kinds.setdefault(_abilities(place, number), []).append(number)
    for abilities, numbers in kinds.items():
        alone = place.names_of(lamps) is None
        yield _lamp(place, abilities, None if alone else tuple(map(str, numbers)))


def _abilities(place: Place, endpoint: int) -> Abilities:
    if not place.has(endpoint, COLOUR):
        return Abilities()
    told = place.value(endpoint, COLOUR, COLOUR_CAPABILITIES.id, EVERYTHING)
    temperature = None
    if told & 1 << 4:
        low = place.value(endpoint, COLOUR, COLOUR_TEMPERATURE_MIN.id, USUAL_RANGE[0])
        temperature = (low, place.value(endpoint, COLOUR, COLOUR_TEMPERATURE_MAX.id, USUAL_RANGE[1]))
    xy = bool(told & 1 << 3)
    return Abilities(temperature, xy, xy and bool(told & 1), xy and bool(told & 1 << 1))


def _lamp(place: Place, abilities: Abilities, names: tuple[str, ...] | None) -> Piece:
    arguments: dict[str, Any] = _named(names)
    unnamed: tuple[str, ...] = LAMP_KEYS if names is None else ()
    if abilities.temperature is not None:
        arguments["colorTemp"] = {"range": list(abilities.temperature)}
        unnamed = (*unnamed, *TEMPERATURE_KEYS) if unnamed else ()
    if abilities.xy:
        modes: dict[str, Any] = {"modes": ["xy", "hs"]} if abilities.hue else {}
        modes |= {"enhancedHue": True} if abilities.enhanced else {}
        arguments["color"] = modes or True
        unnamed = (*unnamed, *COLOUR_KEYS) if unnamed else ()
    if (abilities.xy or abilities.temperature) and unnamed:
        unnamed = (*unnamed, "color_mode", "color_options")
    if place.device.manufacturer_code == SIGNIFY and names is None:
        made = call(hue.light, temperature=abilities.temperature, colour=abilities.xy or None)
        return Piece((made,), "light", arguments, library="philips", meta=hue.META)
    made = call(
        light,
        temperature=abilities.temperature,
        colour=abilities.xy or None,
        hue=abilities.hue or None,
        enhanced_hue=abilities.enhanced or None,
        endpoints=names,
    )
    return piece(made, "light", arguments, unnamed=unnamed)


def _named(names: tuple[str, ...] | None) -> dict[str, Any]:
    return {} if names is None else {"endpointNames": list(names)}
