"""Kinds of Tuya datapoints that many devices share: numbers, words, covers, phases, protections."""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Callable, Mapping
from typing import Any

from zigbus.contract.base import Json, JsonObject
from zigbus_converter.definition import Ask, Device
from zigbus_converter.parts.base import clamped, invalid, looked_up, loose_number, scaled, tidy, type_name
from zigbus_converter.parts.tuya_points import Choice, Kind, Said, Unreadable, Value

# ---- what values are in JavaScript -------------------------------------------------------------------------------------


def number_of(value: Value) -> float:
    """Return a value as a number the way clients of zigbee2mqtt know it: texts are read, what is none is NaN."""
    if isinstance(value, bytes):
        return number_of(value.decode("utf-8", "replace"))
    if isinstance(value, str):
        try:
            return float(value) if value.strip() else 0
        except ValueError:
            return math.nan
    return int(value)


def same(value: Value, meaning: bool | int | str) -> bool:
    """Tell whether a value is that of a table: true is not 1."""
    return isinstance(value, bool) == isinstance(meaning, bool) and value == meaning


def holds(value: Value) -> bool:
    """Tell whether a value counts as true: all but false, 0 and an empty text."""
    return isinstance(value, bytes) or bool(value)


def published(value: Value) -> Json:
    """Return a value as it is published when nothing is made of it."""
    return {"type": "Buffer", "data": list(value)} if isinstance(value, bytes) else value


def octets_of(value: Value) -> bytes:
    """Return the octets of a raw value; texts hold them in base64. Raises Unreadable for a number."""
    if isinstance(value, bytes):
        return value
    if not isinstance(value, str):
        raise Unreadable(f"no octets: {value!r}")
    try:
        return base64.b64decode(value + "=" * (-len(value) % 4), validate=False)
    except binascii.Error:
        return b""


def _at(octets: bytes, *places: int) -> int:
    """Return octets, the highest first, as a number; what is missing is 0."""
    number = 0
    for place in places:
        number = number << 8 | (octets[place] if place < len(octets) else 0)
    return number


# ---- numbers -----------------------------------------------------------------------------------------------------------


def _any_value(value: Json, ask: Ask) -> Said:
    if isinstance(value, list) and all(isinstance(item, int) for item in value):
        return bytes(item & 0xFF for item in value)
    if isinstance(value, bool | int | float | str):
        return value
    raise invalid(f"Cannot send {type_name(value)} for '{ask.key}'", key=ask.key)


def computed(heard: Callable[[float], float], said: Callable[[float], float] | None) -> Kind:
    """Return a number that is computed both ways."""

    def hear(value: Value, device: Device) -> Json:
        return tidy(heard(number_of(value)))

    def say(value: Json, ask: Ask) -> Said:
        assert said is not None
        return said(loose_number(value, ask.key))

    return Kind(hear, None if said is None else say)


def divided(divisor: float) -> Kind:
    """Return a number in parts of a unit: 215 with divisor 10 is 21.5."""
    return computed(lambda raw: raw / divisor, lambda value: value * divisor)


def divided_when_heard(divisor: float) -> Kind:
    """Return a number that the device sends in parts of a unit, but takes in whole ones."""
    return computed(lambda raw: raw / divisor, lambda value: value)


def divided_within(divisor: float, low: float, high: float) -> Kind:
    """Return a number in parts of a unit; what is out of its limits counts as the limit."""
    return computed(lambda raw: clamped(raw / divisor, low, high), lambda value: clamped(value, low, high) * divisor)


def in_range(low: float, high: float, sent_low: float, sent_high: float) -> Kind:
    """Return a number that is stretched from the device's range to the client's."""
    return computed(
        lambda raw: low + scaled(raw - sent_low, sent_high - sent_low, high - low),
        lambda value: sent_low + scaled(value - low, high - low, sent_high - sent_low),
    )


def _wrapping(limit: int, modulus: int) -> Kind:
    return computed(
        lambda raw: raw - modulus if raw > limit else raw, lambda value: value + modulus if value < 0 else value
    )


PLAIN = Kind(lambda value, device: published(value), _any_value)
NUMBER = Kind(PLAIN.heard, lambda value, ask: loose_number(value, ask.key))
HALVES, TENTHS, HUNDREDTHS, THOUSANDTHS = (divided(divisor) for divisor in (2, 10, 100, 1000))
TENS = divided(0.1)
TENTHS_WHEN_HEARD = divided_when_heard(10)
LEVEL = in_range(0, 254, 0, 1000)
LESS_ONE = computed(lambda raw: raw + 1, lambda value: value - 1)
CALIBRATION_12_BITS = _wrapping(4000, 4096)
CALIBRATION_8_BITS = _wrapping(200, 256)
POWER = computed(lambda raw: raw - 0x1999999C if raw > 0x0FFFFFFF else raw, None)


def read_only(kind: Kind) -> Kind:
    """Return a kind that cannot be set."""
    return Kind(kind.heard, None, kind.first)


# ---- words -------------------------------------------------------------------------------------------------------------


def words(table: Mapping[str, bool | int], otherwise: Json = None) -> Kind:
    """Return a choice. `otherwise`: what every other value is published as; without it such a frame is dropped."""

    def hear(value: Value, device: Device) -> Json:
        word = next((word for word, meaning in table.items() if same(value, meaning)), otherwise)
        if word is None:
            raise Unreadable(f"{value!r} is not in {dict(table)}")
        return word

    return Kind(hear, lambda value, ask: looked_up(value, table))


def choices(*names: str, first: int = 0) -> Kind:
    """Return a choice that is sent as an enumeration, counted from `first`."""
    return words({name: Choice(first + place) for place, name in enumerate(names)})


def numbered(*names: str) -> Kind:
    """Return a choice that is sent as a number, counted from 0."""
    return words({name: place for place, name in enumerate(names)})


def is_value(meaning: bool | int) -> Kind:
    """Return whether the device sends this one value."""
    return Kind(lambda value, device: same(value, meaning))


def always(value: Json) -> Kind:
    """Return what is published whatever the device sends."""
    return Kind(lambda raw, device: value)


ON_OFF = words({"ON": True, "OFF": False})


def loose(on: str, off: str) -> Kind:
    """Return two words of which the second stands for everything that is not the first."""
    return Kind(lambda value, device: on if holds(value) else off, lambda value, ask: value == on)


ON_OFF_LOOSE, LOCK_LOOSE = loose("ON", "OFF"), loose("LOCK", "UNLOCK")
ON_OFF_CHOICE = words({"ON": Choice(1), "OFF": Choice(0)})
OFF_ON_CHOICE = words({"ON": Choice(0), "OFF": Choice(1)})
LOCK = words({"LOCK": True, "UNLOCK": False})
TRUE_FALSE = words({"true": True, "false": False})
IS_0, IS_1 = is_value(0), is_value(1)
NOT_0 = Kind(lambda value, device: holds(value))
OPPOSITE = Kind(lambda value, device: not holds(value), lambda value, ask: not value)
REFRESH = Kind(lambda value, device: "idle", lambda value, ask: value == "refresh")

POWER_ON = choices("off", "on", "previous")
POWER_ON_NUMBER = numbered("off", "on", "previous")
SWITCH_TYPE = choices("momentary", "toggle", "state")
SWITCH_TYPE_2 = choices("toggle", "state", "momentary")
SWITCH_MODE = choices("switch", "scene")
SWITCH_MODE_2 = choices("switch", "curtain")
BACKLIGHT = choices("off", "normal", "inverted")
BACKLIGHT_LEVEL = choices("off", "low", "medium", "high")
LIGHT_TYPE = numbered("led", "incandescent", "halogen")
LIGHT_MODE = choices("normal", "on", "off", "flash")
TEMPERATURE_UNIT = numbered("celsius", "fahrenheit")
TEMPERATURE_UNIT_CHOICE = choices("celsius", "fahrenheit")
BATTERY_STATE = numbered("low", "medium", "high")
ALARM_MODE = choices("arm", "silent", "disarm")
CLIMATE_ALARM = choices("lower_alarm", "upper_alarm", "cancel")
FERTILITY = choices("normal", "lower", "low", "middle", "high", "higher")
SELF_TEST = numbered("checking", "success", "failure", "others")


def _error_first(value: Value, device: Device) -> JsonObject:
    return {"error": published(value)}


ERROR_OR_LOW_BATTERY = Kind(lambda value, device: same(value, 1), None, _error_first)


# ---- covers ------------------------------------------------------------------------------------------------------------


def _is_turned(device: Device, counts_closed: bool) -> bool:
    return bool(device.options.get("invert_cover")) != counts_closed


def _position(counts_closed: bool) -> Kind:
    """Return a position; `counts_closed`: the device's 100 is closed."""

    def hear(value: Value, device: Device) -> Json:
        return tidy(100 - number_of(value)) if _is_turned(device, counts_closed) else published(value)

    def say(value: Json, ask: Ask) -> Said:
        position = loose_number(value, ask.key)
        return 100 - position if _is_turned(ask.device, counts_closed) else position

    def state(value: Value, device: Device) -> JsonObject:
        position = hear(value, device)
        return {"state": "CLOSE" if position == 0 and not isinstance(position, bool) else "OPEN"}

    return Kind(hear, say, state)


POSITION, POSITION_COUNTS_CLOSED = _position(False), _position(True)
COVER_ACTION = choices("OPEN", "STOP", "CLOSE", "CONTINUE")
COVER_LIMIT = choices("set_up", "set_down", "delete_up", "delete_down", "delete_both")
MOTOR_STATE = choices("opening", "closing", "stopped")
MOTOR_DIRECTION = choices("normal", "reversed")
MOTOR_SIDE = choices("left", "right")
CLICK_CONTROL = choices("up", "down")


# ---- electricity -------------------------------------------------------------------------------------------------------


def _phase(
    voltage: tuple[int, ...],
    current: tuple[int, ...],
    power: tuple[int, ...] = (),
    suffix: str = "",
    *,
    signed: bool = False,
) -> Kind:
    """Return voltage, current and power in one raw value, each from these octets."""

    def hear(value: Value, device: Device) -> Json:
        octets = octets_of(value)
        payload: JsonObject = {
            f"voltage{suffix}": tidy(_at(octets, *voltage) / 10),
            f"current{suffix}": tidy(_at(octets, *current) / 1000),
        }
        if power:
            watts = _at(octets, *power)
            payload[f"power{suffix}"] = watts - 0x999A if signed and watts > 0x7FFF else watts
        return payload

    return Kind(hear)


PHASE_1 = _phase((13, 14), (11, 12))
PHASE_2 = _phase((0, 1), (3, 4), (6, 7))
PHASE_3 = PHASE_4 = _phase((0, 1), (2, 3, 4), (5, 6, 7))
PHASE_5 = _phase((2, 3), (5, 6), (8, 9))


def phase(name: str) -> Kind:
    """Return voltage, current and power of one of three phases; what is fed in counts as negative."""
    return _phase((0, 1), (3, 4), (6, 7), f"_{name}", signed=True)


def protections(alarms: Mapping[int, str]) -> Kind:
    """Return thresholds and whether they cut off: groups of alarm u8, breaker u8, threshold u16."""

    def hear(value: Value, device: Device) -> Json:
        octets = octets_of(value)
        payload: JsonObject = {}
        for start in range(0, len(octets), 4):
            name = alarms.get(octets[start])
            if name is not None:
                payload[f"{name}_breaker"] = {0: "OFF", 1: "ON"}.get(_at(octets, start + 1))
                payload[f"{name}_threshold"] = _at(octets, start + 2, start + 3)
        return payload

    return Kind(hear)


OVERLOAD = protections({3: "overload", 4: "leakage", 5: "high_temperature"})
OVER_CURRENT = protections({1: "over_current", 3: "over_voltage", 4: "under_voltage", 8: "insufficient_balance"})


def _water(value: Value, device: Device) -> Json:
    octets = value if isinstance(value, bytes) else b""
    return tidy(_at(octets, 4, 5, 6, 7) / 1000) if len(octets) >= 8 else 0


WATER_CONSUMPTION = Kind(_water)


# ---- climate -----------------------------------------------------------------------------------------------------------


def mode_and_preset(sets: str) -> Kind:
    """Return one choice that is both mode and preset; `sets`: which of the two this row takes."""
    heard = {0: ("auto", "auto"), 1: ("manual", "auto"), 2: ("off", "off"), 3: ("on", "heat")}
    presets = {"auto": Choice(0), "manual": Choice(1), "off": Choice(2), "on": Choice(3)}
    modes = {"auto": Choice(1), "off": Choice(2), "heat": Choice(3)}

    def hear(value: Value, device: Device) -> Json:
        if not isinstance(value, int) or isinstance(value, bool):
            raise Unreadable(f"no mode: {value!r}")
        preset, mode = heard.get(value, (None, None))
        return {"preset": preset, "system_mode": mode}

    return Kind(hear, lambda value, ask: looked_up(value, presets if sets == "preset" else modes))


def modes(heard: Mapping[int, tuple[Json, Json, Json]], said: Mapping[str, Any]) -> Kind:
    """Return one choice that stands for running mode, mode and preset."""

    def hear(value: Value, device: Device) -> Json:
        if not isinstance(value, int) or isinstance(value, bool) or value not in heard:
            raise Unreadable(f"no mode: {value!r}")
        running, mode, preset = heard[value]
        return {"running_mode": running, "system_mode": mode, "preset": preset}

    return Kind(hear, lambda value, ask: looked_up(value, said))


def _text_heard(value: Value, device: Device) -> Json:
    text = value.strip() if isinstance(value, str) else ""
    try:
        return bytes.fromhex(text).decode("utf-16-be", "replace").strip() if len(text) % 2 == 0 else ""
    except ValueError:
        return ""


def _text_said(value: Json, ask: Ask) -> Said:
    return str(value).strip().encode("utf-16-be", "replace").hex()


HEX_TEXT = Kind(_text_heard, _text_said)
