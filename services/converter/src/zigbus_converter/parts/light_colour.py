"""Colour and colour temperature of lights: sets, moves, steps, and what the lamp reports of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from zigbus.contract.base import Json, JsonObject
from zigbus_converter.colour import Colour, Hsv, Xy, mired_to_xy, on_locus, parse, to_xy
from zigbus_converter.colour_sync import KEYS, MODES, Range, limited, synced
from zigbus_converter.definition import Ask, Device, Frame
from zigbus_converter.effects import Conversation, Effects, Invoke, Merge, Wait
from zigbus_converter.parts.base import (
    invalid,
    invoke,
    known,
    loose_number,
    number,
    payload_effects,
    read,
    scaled,
    suffix,
    taken,
    tidy,
    u8,
    u16,
    write,
)
from zigbus_converter.parts.light_level import MOVE_TO_LEVEL, WITH_ON_OFF, options_field, transition_of
from zigbus_converter.parts.zcl import (
    COLOUR,
    COLOUR_MODE,
    COLOUR_OPTIONS,
    COLOUR_TEMPERATURE,
    COLOUR_TEMPERATURE_MAX,
    COLOUR_TEMPERATURE_MIN,
    CURRENT_HUE,
    CURRENT_SATURATION,
    CURRENT_X,
    CURRENT_Y,
    ENHANCED_HUE,
    LEVEL,
    START_UP_COLOUR_TEMPERATURE,
    Attribute,
)

MOVE_TO_HUE, MOVE_HUE, STEP_HUE = 0x00, 0x01, 0x02
MOVE_TO_SATURATION, MOVE_SATURATION, STEP_SATURATION = 0x03, 0x04, 0x05
MOVE_TO_HUE_AND_SATURATION, MOVE_TO_COLOUR, MOVE_TO_TEMPERATURE = 0x06, 0x07, 0x0A
ENHANCED_MOVE_TO_HUE, ENHANCED_MOVE_TO_HUE_AND_SATURATION = 0x40, 0x43
MOVE_TEMPERATURE, STEP_TEMPERATURE = 0x4B, 0x4C

STOPPED, RISING, FALLING = 0, 1, 3  # move and step modes of the colour cluster
MOVE_WORDS = {"stop": STOPPED, "release": STOPPED, "0": STOPPED, "up": RISING, "1": RISING, "down": FALLING}
WIDEST: tuple[float, float] = (0, 600)  # limits of a temperature move or step, mired
LEGACY_LIMITS = (153, 370)  # those of a move that is asked for with a word
LEGACY_RATE = 55
SETTLE_S = 0.1  # a lamp's colour is right that long after a stop or a step
PREVIOUS = 65535
FIXED_PRESETS = {"warm": 454, "neutral": 370, "cool": 250}


class Abilities(NamedTuple):
    """Which notations a lamp takes."""

    xy: bool = False
    hue: bool = False
    enhanced_hue: bool = False
    temperature: bool = False
    red_fix: bool = False  # the lamp ignores the red that clients send most
    via_colour: bool = False  # colour temperatures are sent as x and y


def limits_of(device: Device, endpoint: int) -> Range:
    """Return the colour temperature limits that the lamp told."""
    low = device.attribute(endpoint, COLOUR, COLOUR_TEMPERATURE_MIN.id)
    high = device.attribute(endpoint, COLOUR, COLOUR_TEMPERATURE_MAX.id)
    return low, high


def _sync(ask: Ask, new: JsonObject) -> Merge:
    old = {key: value for key in KEYS if (value := known(ask, key)) is not None}
    enabled = ask.device.options.get("color_sync") is not False
    return Merge(synced(new, old, limits_of(ask.device, ask.endpoint), enabled))


# ---- colour ----------------------------------------------------------------------------------------------------------


def send_colour(ask: Ask, abilities: Abilities) -> Conversation:
    """Set a colour in the notation that the lamp takes."""
    colour = parse(ask.value)
    if isinstance(colour, Hsv) and abilities.hue:
        yield from _send_hue_saturation(ask, colour, abilities)
        shown = {"hue": colour.hue, "saturation": colour.saturation}
        tidied = {key: tidy(value) for key, value in shown.items() if value is not None}
        yield _sync(ask, {"color_mode": "hs", "color": tidied})
        return
    yield from _send_xy(ask, colour, abilities)


def _send_xy(ask: Ask, colour: Colour, abilities: Abilities) -> Conversation:
    xy = to_xy(colour)
    if abilities.red_fix and xy == Xy(0.701, 0.299):
        xy = Xy(0.7006, 0.2993)
    yield _move_to_xy(ask, xy)
    yield _sync(ask, {"color_mode": "xy", "color": {"x": tidy(xy.x), "y": tidy(xy.y)}})


def _move_to_xy(ask: Ask, xy: Xy) -> Invoke:
    coordinates = u16(scaled(xy.x, 1, 65535)) + u16(scaled(xy.y, 1, 65535))
    return invoke(
        ask, COLOUR, MOVE_TO_COLOUR, coordinates + u16(transition_of(ask, ask.key).tenths) + options_field(ask)
    )


def _send_hue_saturation(ask: Ask, colour: Hsv, abilities: Abilities) -> Conversation:
    tail = u16(transition_of(ask, ask.key).tenths) + options_field(ask)
    if colour.value is not None and isinstance(ask.value, Mapping):
        level = u8(scaled(colour.value, 100, 254))
        yield invoke(ask, LEVEL, MOVE_TO_LEVEL + WITH_ON_OFF, level + tail)
    enhanced = abilities.enhanced_hue
    hue = b""
    if colour.hue is not None:
        hue = u16(scaled(colour.hue, 360, 65535)) if enhanced else u8(scaled(colour.hue, 360, 254))
    saturation = b"" if colour.saturation is None else u8(scaled(colour.saturation, 100, 254))
    if hue and saturation:
        command = ENHANCED_MOVE_TO_HUE_AND_SATURATION if enhanced else MOVE_TO_HUE_AND_SATURATION
        yield invoke(ask, COLOUR, command, hue + saturation + tail)
    elif hue:
        direction = ask.value.get("direction") if isinstance(ask.value, Mapping) else None
        command = ENHANCED_MOVE_TO_HUE if enhanced else MOVE_TO_HUE
        yield invoke(ask, COLOUR, command, hue + u8(direction or 0) + tail)
    else:
        yield invoke(ask, COLOUR, MOVE_TO_SATURATION, saturation + tail)


def colour_attributes(ask: Ask, abilities: Abilities) -> tuple[Attribute, ...]:
    """Return what to read for a get: the notations that the message names, or all that the lamp has."""
    colour = ask.message.get("color")
    asked = colour if isinstance(colour, Mapping) else None

    def wanted(key: str) -> bool:
        return not colour or (asked is not None and asked.get(key) is not None)

    attributes = [COLOUR_MODE]
    attributes += [attribute for key, attribute in (("x", CURRENT_X), ("y", CURRENT_Y)) if wanted(key)]
    if abilities.hue:
        hue = ENHANCED_HUE if abilities.enhanced_hue else CURRENT_HUE
        attributes += [
            attribute for key, attribute in (("hue", hue), ("saturation", CURRENT_SATURATION)) if wanted(key)
        ]
    if abilities.temperature:
        attributes.append(COLOUR_TEMPERATURE)
    return tuple(attributes)


# ---- colour temperature ----------------------------------------------------------------------------------------------


def preset_of(value: Json, limits: Range) -> Json:
    """Return the mired that a preset stands for; every other value as it is."""
    presets = {"warmest": limits[1], **FIXED_PRESETS, "coolest": limits[0]}
    return presets.get(value, value) if isinstance(value, str) else value


def send_temperature(ask: Ask, abilities: Abilities) -> Conversation:
    """Set a colour temperature in mired, by preset or in percent, within the limits of the lamp."""
    limits = limits_of(ask.device, ask.endpoint)
    if ask.key == "color_temp_percent":
        low = 154 if limits[0] is None else limits[0]
        high = 500 if limits[1] is None else limits[1]
        mired = low + scaled(number(ask.value, ask.key), 100, high - low)
    else:
        mired = loose_number(preset_of(ask.value, limits), ask.key)
    mired = tidy(limited(mired, limits))
    if abilities.via_colour:
        yield _move_to_xy(ask, mired_to_xy(mired))
    else:
        tail = u16(transition_of(ask, ask.key).tenths) + options_field(ask)
        yield invoke(ask, COLOUR, MOVE_TO_TEMPERATURE, u16(mired) + tail)
    yield _sync(ask, {"color_mode": "color_temp", "color_temp": mired})


def send_start_up_temperature(ask: Ask) -> Conversation:
    """Write the colour temperature after power-up; 65535 or "previous" restores the last one."""
    limits = limits_of(ask.device, ask.endpoint)
    wish = PREVIOUS if ask.value == "previous" else preset_of(ask.value, limits)
    mired = loose_number(wish, ask.key)
    if mired != PREVIOUS:
        mired = tidy(limited(mired, limits))
    yield write(ask.endpoint, START_UP_COLOUR_TEMPERATURE, int(mired))
    yield taken("color_temp_startup", mired)


def send_temperature_step(ask: Ask) -> Conversation:
    """Change the colour temperature by so many mired and read what came of it."""
    value = loose_number(ask.value, ask.key)
    transition = transition_of(ask, ask.key).tenths
    payload = u8(RISING if value > 0 else FALLING) + u16(abs(value)) + u16(transition)
    payload += u16(WIDEST[0]) + u16(WIDEST[1]) + options_field(ask)
    yield invoke(ask, COLOUR, STEP_TEMPERATURE, payload)
    yield from _read_back(ask, SETTLE_S + transition / 10, COLOUR_TEMPERATURE)


def send_temperature_move(ask: Ask) -> Conversation:
    """Let the colour temperature run; 0 or "stop" ends it and reads what came of it."""
    mode, rate, limits = _temperature_move(ask)
    payload = u8(mode) + u16(rate) + u16(limits[0]) + u16(limits[1]) + options_field(ask)
    yield invoke(ask, COLOUR, MOVE_TEMPERATURE, payload)
    if mode == STOPPED:
        yield from _read_back(ask, SETTLE_S, COLOUR_TEMPERATURE, COLOUR_MODE)


def _temperature_move(ask: Ask) -> tuple[int, float, tuple[float, float]]:
    """Return mode, rate (mired per second) and limits (mired) of a move."""
    value = ask.value
    if isinstance(value, str):
        mode = MOVE_WORDS.get(value.lower())
        if mode is None:
            raise invalid(f"{ask.key}: invalid string value '{value}'", key=ask.key, value=value)
        rate = ask.message.get("rate")
        pace = LEGACY_RATE if rate is None else loose_number(rate, "rate")
        return mode, 1 if mode == STOPPED else pace, LEGACY_LIMITS
    low, high = WIDEST
    if isinstance(value, Mapping):
        low = low if value.get("minimum") is None else loose_number(value["minimum"], f"{ask.key}.minimum")
        high = high if value.get("maximum") is None else loose_number(value["maximum"], f"{ask.key}.maximum")
        value = loose_number(value.get("rate"), f"{ask.key}.rate")
    if low >= high:
        raise invalid(f"{ask.key}: minimum ({low}) must be less than maximum ({high})", key=ask.key)
    pace = number(value, ask.key)
    if pace == 0:
        return STOPPED, 1, (low, high)
    return RISING if pace > 0 else FALLING, abs(pace), (low, high)


# ---- hue and saturation ----------------------------------------------------------------------------------------------


def send_hue_saturation_step(ask: Ask) -> Conversation:
    """Change hue or saturation by a number of units (of 254) and read what came of it."""
    is_hue = ask.key == "hue_step"
    value = loose_number(ask.value, ask.key)
    transition = transition_of(ask, ask.key).tenths
    payload = (
        u8(RISING if value > 0 else FALLING) + u8(min(abs(value), 255)) + u8(min(transition, 255)) + options_field(ask)
    )
    yield invoke(ask, COLOUR, STEP_HUE if is_hue else STEP_SATURATION, payload)
    attribute = CURRENT_HUE if is_hue else CURRENT_SATURATION
    yield from _read_back(ask, SETTLE_S + transition / 10, attribute, COLOUR_MODE)


def send_hue_saturation_move(ask: Ask) -> Conversation:
    """Let hue or saturation run; 0 or "stop" ends it and reads what came of it."""
    value = 0 if ask.value == "stop" else loose_number(ask.value, ask.key)
    yield from move_hue_or_saturation(ask, value, is_hue=ask.key == "hue_move")


def move_hue_or_saturation(ask: Ask, value: float, *, is_hue: bool) -> Conversation:
    """Start a run of hue or saturation (units per second), or end it with 0."""
    mode = STOPPED if value == 0 else RISING if value > 0 else FALLING
    payload = u8(mode) + u8(1 if value == 0 else min(abs(value), 255)) + options_field(ask)
    yield invoke(ask, COLOUR, MOVE_HUE if is_hue else MOVE_SATURATION, payload)
    if value == 0:
        yield from _read_back(ask, SETTLE_S, CURRENT_HUE if is_hue else CURRENT_SATURATION, COLOUR_MODE)


def _read_back(ask: Ask, after_s: float, *attributes: Attribute) -> Conversation:
    """Read what a move or step came to: the colour mode may have changed with it. Groups cannot be read."""
    if ask.group is None:
        yield Wait(seconds=after_s)
        yield read(ask.endpoint, *attributes)


# ---- options, reports ------------------------------------------------------------------------------------------------


def send_colour_options(ask: Ask) -> Conversation:
    """Write whether colour commands count while the lamp is off."""
    if not isinstance(ask.value, Mapping):
        raise invalid(f"'{ask.key}' is not an object, got ({ask.value})", key=ask.key, value=ask.value)
    yield write(ask.endpoint, COLOUR_OPTIONS, 1 if ask.value.get("execute_if_off") else 0)
    yield taken("color_options", ask.value)


def receive_colour(frame: Frame, device: Device) -> Effects:
    """Publish what a frame says of the colour, with the other notations brought into step."""
    payload: JsonObject = {}
    for key, attribute in (("color_temp", COLOUR_TEMPERATURE), ("color_temp_startup", START_UP_COLOUR_TEMPERATURE)):
        value = frame.value(attribute.id)
        if value is not None:
            payload[key] = value
    mode = frame.value(COLOUR_MODE.id)
    if mode is not None:
        payload["color_mode"] = MODES.get(mode, mode)
    colour = _heard_colour(frame)
    if colour:
        payload["color"] = colour
    options = frame.value(COLOUR_OPTIONS.id)
    if options is not None:
        payload["color_options"] = {"execute_if_off": bool(options & 1)}
    tail = suffix(device, frame.endpoint)
    temperature = payload.get("color_temp")
    old = {key: device.state[key + tail] for key in KEYS if key + tail in device.state}
    enabled = device.options.get("color_sync") is not False
    mode = payload.get("color_mode", old.get("color_mode", "color_temp"))
    if enabled and temperature is not None and mode == "color_temp" and not on_locus(temperature):
        return ()  # nonsense, of which no colour follows
    return payload_effects(payload | synced(payload, old, limits_of(device, frame.endpoint), enabled))


COLOUR_PARTS = {
    CURRENT_X.id: ("x", 65535, 1, 4),
    CURRENT_Y.id: ("y", 65535, 1, 4),
    CURRENT_SATURATION.id: ("saturation", 254, 100, 0),
    CURRENT_HUE.id: ("hue", 254, 360, 0),
    ENHANCED_HUE.id: ("hue", 65535, 360, 1),
}
"""Attribute -> key, full scale of the device and of clients, digits."""


def _heard_colour(frame: Frame) -> JsonObject:
    colour: JsonObject = {}
    for attribute, (key, full, most, digits) in COLOUR_PARTS.items():
        value = frame.value(attribute)
        if value is not None:
            colour[key] = scaled(value, full, most, digits)
    return colour
