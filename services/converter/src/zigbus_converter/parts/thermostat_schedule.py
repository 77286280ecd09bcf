"""Weekly schedules of thermostats: setpoints by day and time, as commands of the thermostat cluster (ZCL rev 8, 6.3.2.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from zigbus.contract.base import Json, JsonObject
from zigbus.contract.definitions import Expose
from zigbus_converter import expose
from zigbus_converter.definition import Ask, Device, Frame, Part, Receiver, Sender
from zigbus_converter.effects import Conversation, Effects, Merge
from zigbus_converter.expose import ALL, SET, composite, enum, numeric
from zigbus_converter.parts.base import (
    COMMANDS,
    Reported,
    clamped,
    invalid,
    invoke,
    number,
    rounded,
    set_up,
    tidy,
    u8,
    u16,
)
from zigbus_converter.parts.zcl import E8, THERMOSTAT, U8, Attribute

SET_SCHEDULE, GET_SCHEDULE, CLEAR_SCHEDULE = 0x01, 0x02, 0x03
SCHEDULE_ANSWER = 0x00
HEAT, COOL = 1, 2  # bits of the mode field: which setpoints follow each time
DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "away_or_vacation")
EVERY_DAY = 0xFF
SIZES = (Attribute(THERMOSTAT, 0x0021, U8), Attribute(THERMOSTAT, 0x0022, U8), Attribute(THERMOSTAT, 0x0020, E8))

Mode = Literal["heat", "cool"]


# ---- wire ------------------------------------------------------------------------------------------------------------


def decode(payload: bytes) -> JsonObject:
    """Return the schedule of an answer: count u8, days map8, mode map8, then per transition minutes u16 and setpoints s16."""
    count, days, mode = payload[0], payload[1], payload[2]
    transitions: list[Json] = []
    position = 3
    size = 2 + 2 * bool(mode & HEAT) + 2 * bool(mode & COOL)
    while len(transitions) < count and position + size <= len(payload):
        transitions.append(_transition(payload[position : position + size], mode))
        position += size
    return {"days": [day for bit, day in enumerate(DAYS) if days >> bit & 1], "transitions": transitions}


def _transition(octets: bytes, mode: int) -> JsonObject:
    entry: JsonObject = {"time": int.from_bytes(octets[:2], "little")}
    setpoints = [int.from_bytes(octets[at : at + 2], "little", signed=True) for at in range(2, len(octets), 2)]
    if mode & HEAT:
        entry["heating_setpoint"] = tidy(setpoints[0] / 100)
    if mode & COOL:
        entry["cooling_setpoint"] = tidy(setpoints[-1] / 100)
    return entry


def encode(schedule: Mapping[str, Any]) -> bytes:
    """Return the payload that sets a schedule. Clients write it short (`"monday"`, `"18:00"`) or long, as it is exposed."""
    transitions = schedule.get("transitions")
    if not isinstance(transitions, list):
        raise invalid("weekly_schedule: transitions is not a list", value=transitions)
    mode = 0
    octets = b""
    for entry in transitions:
        octets += u16(_minutes(_first(entry, "transitionTime", "transition_time", "time")))
        for bit, names in ((HEAT, ("heatSetpoint", "heat_setpoint")), (COOL, ("coolSetpoint", "cool_setpoint"))):
            degrees = _first(entry, *names)
            if degrees is not None:
                mode |= bit
                octets += int(rounded(number(degrees, names[0]) * 100)).to_bytes(2, "little", signed=True)
    return u8(len(transitions)) + u8(_days(schedule.get("dayofweek"))) + u8(mode) + octets


def _first(entry: Mapping[str, Any], *keys: str) -> Any:
    return next((entry[key] for key in keys if entry.get(key) is not None), None)


def _minutes(time: Any) -> int:
    """Return minutes after midnight of `19:30`, of `{"hour": 19, "minute": 30}` or of themselves."""
    try:
        if isinstance(time, str):
            hour, minute = time.split(":")
            return int(hour) * 60 + int(minute)
        if isinstance(time, Mapping):
            return int(time["hour"]) * 60 + int(time["minute"])
        return int(clamped(number(time, "time"), 0, 0xFFFF))
    except (ValueError, KeyError, TypeError):
        raise invalid(f"weekly_schedule: {time} is not a time, must be HH:MM", value=str(time)) from None


def _days(days: Any) -> int:
    mask = 0
    for day in [days] if isinstance(days, str) else days or ():
        name = str(day.get("day") if isinstance(day, Mapping) else day).lower()
        if name not in DAYS:
            raise invalid(f"weekly_schedule: {name} is not a day, must be one of {', '.join(DAYS)}", value=name)
        mask |= 1 << DAYS.index(name)
    return mask


# ---- the part --------------------------------------------------------------------------------------------------------


def _receive(frame: Frame, device: Device) -> Effects:
    if frame.command == SCHEDULE_ANSWER and frame.from_server and len(frame.payload) >= 3:
        yield Merge({"weekly_schedule": decode(frame.payload)})


def _send(ask: Ask) -> Conversation:
    if not isinstance(ask.value, Mapping):
        raise invalid(f"'{ask.key}' is not an object, got ({ask.value})", key=ask.key, value=ask.value)
    yield invoke(ask, THERMOSTAT, SET_SCHEDULE, encode(ask.value))


def _get(ask: Ask) -> Conversation:
    yield invoke(ask, THERMOSTAT, GET_SCHEDULE, u8(EVERY_DAY) + u8(HEAT | COOL))


def _clear(ask: Ask) -> Conversation:
    yield invoke(ask, THERMOSTAT, CLEAR_SCHEDULE)


RECEIVER = Receiver(THERMOSTAT, COMMANDS, _receive)
SENDERS = (Sender(("weekly_schedule",), set=_send, get=_get), Sender(("clear_weekly_schedule",), set=_clear))
READ_SIZES = set_up(*(Reported(size) for size in SIZES), report=False)


def weekly_schedule(*modes: Mode) -> Expose:
    """Return the schedule as a feature of a `climate` expose."""
    week = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "away_or_vacation")
    day = composite("day", (enum("day", week, SET),), SET, property="dayofweek")
    days = expose.list_of("dayofweek", day, SET, description="Days of this schedule")
    time = composite(
        "time", (numeric("hour", SET), numeric("minute", SET)), SET, property="transitionTime", description="When"
    )
    features = [time]
    if "heat" in modes:
        features.append(numeric("heatSetpoint", SET, label="Heat setpoint", description="Setpoint of heating"))
    if "cool" in modes:
        features.append(numeric("coolSetpoint", SET, label="Cool setpoint", description="Setpoint of cooling"))
    changes = expose.list_of("transitions", composite("transition", features, SET), SET)
    limits = msgspec.structs.replace
    return composite(
        "schedule",
        (
            limits(days, label="Day of week", length_min=1, length_max=8),
            limits(changes, length_min=1, length_max=10),
        ),
        ALL,
        property="weekly_schedule",
    )


def schedules(*, settable: bool = True, read_sizes: bool = True) -> Part:
    """Return the part behind the feature. `settable` False: the thermostat only tells its schedule."""
    return Part(
        receivers=(RECEIVER,), senders=SENDERS if settable else (), configure=(READ_SIZES,) if read_sizes else ()
    )
