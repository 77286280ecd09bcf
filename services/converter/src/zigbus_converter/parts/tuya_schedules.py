"""Schedules of Tuya thermostats: one text per day, `06:00/20.0 08:00/16.5 …`, in the encodings that devices have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from zigbus.contract.base import Json
from zigbus_converter.definition import Ask, Device
from zigbus_converter.parts.base import invalid
from zigbus_converter.parts.tuya_points import Kind, Said, Unreadable, Value


class Change(NamedTuple):
    """From this time on this temperature, in tenths of a degree."""

    hour: int
    minute: int
    tenths: int


def changes_of(text: Json) -> Iterator[Change]:
    """Yield the changes of a text. Raises RequestFailed if it is not a schedule."""
    for item in str(text).split(" "):
        clock, slash, degrees = item.partition("/")
        hour, colon, minute = clock.partition(":")
        try:
            change = Change(int(hour), int(minute), int(float(degrees) * 10 // 1))
        except ValueError:
            change = Change(-1, 0, 0)
        if not slash or not colon or not (0 <= change.hour <= 24 and 0 <= change.minute <= 60):
            raise invalid(f"Invalid schedule: {item} is not HH:MM/DEGREES", value=item)
        yield change


def _within(change: Change, low: int, high: int) -> Change:
    if not low <= change.tenths <= high:
        raise invalid(f"Invalid schedule: {change.tenths / 10} degrees are out of range", value=change.tenths)
    return change


def _exactly(text: Json, count: int, low: int, high: int) -> list[Change]:
    changes = [_within(change, low, high) for change in changes_of(text)]
    if len(changes) != count:
        raise invalid(f"Invalid schedule: there must be {count} changes", value=text)
    return changes


def _raw(value: Value, least: int) -> bytes:
    if not isinstance(value, bytes) or len(value) < least:
        raise Unreadable(f"no schedule: {value!r}")
    return value


# ---- one datapoint a day -----------------------------------------------------------------------------------------------


def day(count: int = 4, number: int = 0) -> Kind:
    """Return a day: its number, then hour u8, minute u8, tenths u16 for each of `count` changes."""

    def hear(value: Value, device: Device) -> Json:
        octets = _raw(value, 1 + 4 * count)
        changes = (octets[at : at + 4] for at in range(1, 1 + 4 * count, 4))
        return " ".join(f"{c[0]:02}:{c[1]:02}/{int.from_bytes(c[2:], 'big') / 10:.1f}" for c in changes)

    def say(value: Json, ask: Ask) -> Said:
        octets = bytes((number,))
        for change in _exactly(value, count, 50, 350):
            octets += bytes((change.hour, change.minute)) + change.tenths.to_bytes(2, "big")
        return octets

    return Kind(hear, say)


def packed_day(number: int | None = None) -> Kind:
    """Return a day of six changes: minutes after midnight in 12 bits after 0xC, 0x40, tenths u8. `number` stands before it."""

    def hear(value: Value, device: Device) -> Json:
        octets = _raw(value, 25)
        texts = []
        for at in range(1, 24, 4):
            minutes = (octets[at] - 0xC0) << 8 | octets[at + 1]
            texts.append(f"{minutes // 60:02}:{minutes % 60:02}/{octets[at + 3] / 10:.1f}")
        return " ".join(texts)

    def say(value: Json, ask: Ask) -> Said:
        octets = b"" if number is None else bytes((number,))
        for change in _exactly(value, 6, 50, 300):
            minutes = change.hour * 60 + change.minute
            octets += bytes((0xC0 + (minutes >> 8 & 0x0F), minutes & 0xFF, 0x40, change.tenths & 0xFF))
        return octets

    return Kind(hear, say)


HEAD_OF_PAIRS = 7  # what devices send there; nobody knows what it means


def _pairs_heard(value: Value, device: Device) -> Json:
    if not isinstance(value, bytes) or len(value) < 4:
        return ""
    pairs = ((value[at], value[at + 1]) for at in range(2, min(2 + value[1], len(value) - 1), 2))
    return " ".join(f"{time // 10:02}:{time % 10 * 10:02}/{half / 2:.1f}" for time, half in pairs)


def _pairs_said(value: Json, ask: Ask) -> Said:
    changes = list(changes_of(" ".join(str(value).split())))
    octets = bytes((HEAD_OF_PAIRS, 2 * len(changes)))
    for change in changes:
        if change.hour > 23 or change.minute > 59:
            raise invalid(f"Invalid schedule: {change.hour}:{change.minute} is no time", value=value)
        octets += bytes((change.hour * 10 + change.minute // 10, round(change.tenths / 5)))
    return octets


PAIRS = Kind(_pairs_heard, _pairs_said)
"""A day of pairs: time in tens of minutes (hour times ten), half degrees."""
