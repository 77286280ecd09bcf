"""Thermostats: the attributes of the thermostat cluster as properties, and the `climate` expose made of them.

A definition names what the device has; every attribute that is heard is published, shown or not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from zigbus.contract.base import Json, JsonObject
from zigbus.contract.definitions import Expose
from zigbus_converter import expose
from zigbus_converter.definition import Ask, ConfigureStep, Device, Frame, Part, Receiver, Sender, SetFunction
from zigbus_converter.effects import Conversation, Effects
from zigbus_converter.expose import ALL, STATE, STATE_GET, enum, numeric
from zigbus_converter.parts import usual
from zigbus_converter.parts.base import (
    HOUR,
    REPORTS,
    Reported,
    bind,
    endpoint_for,
    getter,
    looked_up,
    named,
    number,
    payload_effects,
    rounded,
    scaled,
    set_up,
    taken,
    tidy,
    write,
)
from zigbus_converter.parts.zcl import E8, MAP8, MAP16, S8, S16, THERMOSTAT, U8, U16, USER_INTERFACE, UTC, Attribute

CLOCK_START = datetime(2000, 1, 1)  # noqa: DTZ001 - local time, as the thermostat counts
ABSOLUTE_ZERO = -27315  # hundredths of a degree: below it a value says "off" or "unknown"

SYSTEM_MODES = {
    "off": 0,
    "auto": 1,
    "cool": 3,
    "heat": 4,
    "emergency_heating": 5,
    "precooling": 6,
    "fan_only": 7,
    "dry": 8,
    "sleep": 9,
}
RUNNING_MODES = {"off": 0, "cool": 3, "heat": 4}
CONTROL_SEQUENCES = {
    "cooling_only": 0,
    "cooling_with_reheat": 1,
    "heating_only": 2,
    "heating_with_reheat": 3,
    "cooling_and_heating_4-pipes": 4,
    "cooling_and_heating_4-pipes_with_reheat": 5,
}
PROGRAMMING_MODES = {"setpoint": 0, "schedule": 1, "schedule_with_preheat": 3, "eco": 4}
CHANGE_SOURCES = {"manual": 0, "schedule": 1, "externally": 2}
LOUVER_POSITIONS = {"fully_closed": 1, "fully_open": 2, "quarter_open": 3, "half_open": 4, "three_quarters_open": 5}
KEYPAD_LOCKOUTS = {"unlock": 0, "lock1": 1, "lock2": 2, "lock3": 3, "lock4": 4, "lock5": 5}


class Property(NamedTuple):
    """One attribute as a property. `heard` returns None for values that are not published."""

    attribute: Attribute
    heard: Callable[[Any], Json]
    said: Callable[[Json], int] | None = None


def _hundredths(raw: float) -> Json:
    """Return degrees; what is no temperature is published as null, so that clients see that it is gone."""
    return tidy(raw / 100)


def _possible(raw: float) -> Json:
    """Return degrees; some valves send what is below absolute zero when they are off."""
    return tidy(raw / 100) if raw >= ABSOLUTE_ZERO else None


def _tenths(raw: float) -> Json:
    return tidy(raw / 10)


def half_degrees(value: Json) -> int:
    """Return a temperature in hundredths, rounded to half degrees, which is what thermostats take."""
    return int(rounded(number(value, "setpoint") * 2)) * 50


def _words(table: Mapping[str, int]) -> tuple[Callable[[Any], Json], Callable[[Json], int]]:
    return lambda raw: named(raw, table), lambda value: looked_up(value, table)


RUNNING_STATES = {
    **dict.fromkeys((0x0000, 0x8000), "idle"),
    **dict.fromkeys((0x01, 0x05, 0x08, 0x09, 0x21, 0x41, 0x8001), "heat"),
    **dict.fromkeys((0x02, 0x06, 0x0A, 0x0C, 0x0E, 0x0F, 0x16, 0x22, 0x42), "cool"),
    0x04: "fan_only",
}  # relays: bit 0 and 3 heat, 1 and 4 cool, 2, 5 and 6 blow; only combinations that thermostats are known to send


def _sensing(raw: int) -> Json:
    places = ("local_temperature", "outdoor_temperature", "occupancy")
    return {name: "remotely" if raw >> bit & 1 else "internally" for bit, name in enumerate(places)}


def _local_time(seconds: int) -> Json:
    """Return a time that the thermostat counts from 2000 by its own clock, with our offset from UTC."""
    return (CLOCK_START + timedelta(seconds=seconds)).astimezone().isoformat(timespec="seconds")


def _temperature(number_: int, heard: Callable[[Any], Json] = _possible, *, settable: bool = True) -> Property:
    return Property(Attribute(THERMOSTAT, number_, S16), heard, half_degrees if settable else None)


PROPERTIES: dict[str, Property] = {
    "local_temperature": _temperature(0x0000, settable=False),
    "outdoor_temperature": _temperature(0x0001, settable=False),
    "occupancy": Property(Attribute(THERMOSTAT, 0x0002, MAP8), lambda raw: bool(raw & 1)),
    "abs_min_heat_setpoint_limit": _temperature(0x0003, settable=False),
    "abs_max_heat_setpoint_limit": _temperature(0x0004, settable=False),
    "abs_min_cool_setpoint_limit": _temperature(0x0005, settable=False),
    "abs_max_cool_setpoint_limit": _temperature(0x0006, settable=False),
    "pi_cooling_demand": Property(Attribute(THERMOSTAT, 0x0007, U8), lambda raw: raw),
    "pi_heating_demand": Property(Attribute(THERMOSTAT, 0x0008, U8), lambda raw: raw),
    "local_temperature_calibration": Property(
        Attribute(THERMOSTAT, 0x0010, S8), _tenths, lambda value: int(rounded(number(value, "calibration") * 10))
    ),
    "occupied_cooling_setpoint": _temperature(0x0011, _hundredths),
    "occupied_heating_setpoint": _temperature(0x0012),
    "unoccupied_cooling_setpoint": _temperature(0x0013, _hundredths),
    "unoccupied_heating_setpoint": _temperature(0x0014, _hundredths),
    "min_heat_setpoint_limit": _temperature(0x0015),
    "max_heat_setpoint_limit": _temperature(0x0016),
    "min_cool_setpoint_limit": _temperature(0x0017),
    "max_cool_setpoint_limit": _temperature(0x0018),
    "min_setpoint_dead_band": Property(Attribute(THERMOSTAT, 0x0019, S8), _possible),
    "remote_sensing": Property(Attribute(THERMOSTAT, 0x001A, MAP8), _sensing),
    "control_sequence_of_operation": Property(Attribute(THERMOSTAT, 0x001B, E8), *_words(CONTROL_SEQUENCES)),
    "system_mode": Property(Attribute(THERMOSTAT, 0x001C, E8), *_words(SYSTEM_MODES)),
    "running_mode": Property(Attribute(THERMOSTAT, 0x001E, E8), _words(RUNNING_MODES)[0]),
    "temperature_setpoint_hold": Property(
        Attribute(THERMOSTAT, 0x0023, E8), lambda raw: raw == 1, lambda value: int(bool(value))
    ),
    "temperature_setpoint_hold_duration": Property(
        Attribute(THERMOSTAT, 0x0024, U16), lambda raw: raw, lambda value: int(number(value, "duration"))
    ),
    "programming_operation_mode": Property(Attribute(THERMOSTAT, 0x0025, MAP8), *_words(PROGRAMMING_MODES)),
    "running_state": Property(Attribute(THERMOSTAT, 0x0029, MAP16), RUNNING_STATES.get),
    "setpoint_change_source": Property(Attribute(THERMOSTAT, 0x0030, E8), _words(CHANGE_SOURCES)[0]),
    "setpoint_change_amount": Property(Attribute(THERMOSTAT, 0x0031, S16), _hundredths),
    "setpoint_change_source_timestamp": Property(Attribute(THERMOSTAT, 0x0032, UTC), _local_time),
    "ac_louver_position": Property(
        Attribute(THERMOSTAT, 0x0045, E8),
        {**dict(zip(LOUVER_POSITIONS.values(), LOUVER_POSITIONS, strict=True)), 0: "fully_closed"}.get,
        _words(LOUVER_POSITIONS)[1],
    ),
}
WORDS = frozenset((
    "control_sequence_of_operation", "system_mode", "running_mode", "programming_operation_mode", "running_state",
    "setpoint_change_source", "ac_louver_position",
))  # fmt: skip
BY_ATTRIBUTE = {prop.attribute.id: name for name, prop in PROPERTIES.items()}
KEYPAD_LOCKOUT = Attribute(USER_INTERFACE, 0x0001, E8)
DEMANDS = ("pi_heating_demand", "pi_cooling_demand")


# ---- exposes ---------------------------------------------------------------------------------------------------------


def local_temperature(access: int = STATE_GET) -> Expose:
    """Return the measured temperature."""
    about = "Current temperature measured on the device"
    return numeric("local_temperature", access, unit="°C", description=about)


def setpoint(name: str, low: float, high: float, step: float, access: int = ALL) -> Expose:
    """Return a setpoint with its limits."""
    return numeric(name, access, unit="°C", minimum=low, maximum=high, step=step, description="Temperature setpoint")


def calibration(low: float, high: float, step: float, access: int = ALL) -> Expose:
    """Return the correction of the measured temperature."""
    about = "Added to the measured temperature"
    return numeric(
        "local_temperature_calibration", access, unit="°C", minimum=low, maximum=high, step=step, description=about
    )


def system_mode(*modes: str, access: int = ALL) -> Expose:
    """Return the mode."""
    return enum("system_mode", modes, access, description="Mode of this device")


def running_state(*states: str, access: int = STATE_GET) -> Expose:
    """Return what the device does now."""
    return enum("running_state", states, access, description="What the device does at present")


def preset(*presets: str, access: int = ALL, description: str = "Mode of this device") -> Expose:
    """Return the program."""
    return enum("preset", presets, access, description=description)


def heating_demand(access: int = STATE) -> Expose:
    """Return how far the valve is open."""
    about = "Position of the valve: 0 is closed, 100 fully open"
    return numeric(
        "pi_heating_demand",
        access,
        unit="%",
        minimum=0,
        maximum=100,
        label="PI heating demand",
        description=about,
    )


# ---- the part --------------------------------------------------------------------------------------------------------


def receive_thermostat(frame: Frame, device: Device) -> Effects:
    """Publish every property that a frame carries. Demands are per cent, or 255ths where the definition says so."""
    payload: JsonObject = {}
    for number_ in frame.attributes:
        name = BY_ATTRIBUTE.get(number_)
        raw = None if name is None else frame.value(number_)
        value = None if name is None or raw is None else PROPERTIES[name].heard(raw)
        if value is None and raw is not None and name in WORDS:
            return ()  # a word that nobody knows: clients are used to hear nothing of such a frame
        if name is None or value is None:
            continue
        if name in DEMANDS and device.definition.meta.get("demand_of_255"):
            value = scaled(value, 255, 100)
        payload[name] = value
    return payload_effects(payload)


def sender_of(name: str) -> Sender:
    """Return the sender of one property."""
    prop = PROPERTIES[name]
    return Sender((name,), set=_setter(name, prop), get=getter(prop.attribute))


def _setter(name: str, prop: Property) -> SetFunction | None:
    said = prop.said
    if said is None:
        return None

    def send(ask: Ask) -> Conversation:
        fahrenheit = ask.device.options.get("thermostat_unit") == "fahrenheit" and said is half_degrees
        raw = int(rounded(number(ask.value, name) * 100)) if fahrenheit else said(ask.value)
        yield write(endpoint_for(ask, THERMOSTAT), prop.attribute, raw)
        yield taken(name, ask.value)

    return send


USUAL_CHANGES = {"local_temperature": 10, "occupied_heating_setpoint": 10, "unoccupied_heating_setpoint": 10}
USUAL_CHANGES |= {"occupied_cooling_setpoint": 10, "unoccupied_cooling_setpoint": 10, "pi_heating_demand": 0}
USUAL_CHANGES |= {"system_mode": 0, "running_state": 0, "running_mode": 0, "local_temperature_calibration": 0}


def thermostat(
    climate: tuple[Expose, ...],
    *others: Expose,
    reported: tuple[str, ...] = (),
    read_once: tuple[str, ...] = (),
    bind_first: bool = True,
) -> Part:
    """Return a thermostat.

    `climate`: the features of its `climate` expose; `others`: properties shown beside it; `reported`: properties whose
    reporting is set up, every hour and on change; `read_once`: properties that are read at set-up.
    """
    names = [feature.name or "" for feature in (*climate, *others)]
    steps: list[ConfigureStep] = [bind(THERMOSTAT)] if bind_first else []
    for name in reported:
        item = Reported(PROPERTIES[name].attribute, 0, HOUR, USUAL_CHANGES.get(name, 1))
        steps.append(set_up(item))
    steps += [set_up(Reported(PROPERTIES[name].attribute), report=False) for name in read_once]
    return Part(
        exposes=(expose.climate(climate), *others),
        receivers=(Receiver(THERMOSTAT, REPORTS, receive_thermostat),),
        senders=tuple(sender_of(name) for name in names if name in PROPERTIES),
        configure=tuple(steps),
        options=(usual.THERMOSTAT_UNIT,),
    )
