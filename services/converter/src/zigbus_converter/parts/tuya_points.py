"""Tuya datapoints: devices that send everything as numbered values in cluster 0xEF00.

A definition is a table: number, property, kind. A kind knows both directions; `tuya_kinds` has those that many share.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from zigbus.contract.base import Json, JsonObject
from zigbus_converter.definition import Ask, Device, Frame, Part, Receiver, Sender
from zigbus_converter.effects import Conversation, Effects, Invoke, Log, Publish, Remember
from zigbus_converter.parts.base import COMMANDS, invalid, payload_effects, rounded, taken, u16
from zigbus_converter.parts.zcl import TUYA

RAW, BOOLEAN, VALUE, STRING, ENUM, BITMAP = range(6)
REQUEST = 0x00
HEARD = (0x01, 0x02, 0x05, 0x06)  # response, report, active status report, its alternative
USUAL_SEQUENCE = 1  # devices do not look at it
SEQUENCE = "tuya_sequence"  # memory: the next sequence number, of devices whose requests are counted all the same

Value = bool | int | str | bytes


class Choice(int):
    """A number that is sent as an enumeration."""


class Bits(int):
    """A number that is sent as a bitmap."""


Said = Value | float | Choice | Bits


class Unreadable(ValueError):
    """A datapoint holds what its kind does not know; the frame is not published."""


class Heard(NamedTuple):
    """One datapoint of a frame."""

    number: int
    type: int
    value: Value


@dataclass(frozen=True, slots=True)
class Kind:
    """What a datapoint means, in both directions; `said` None: it cannot be set.

    `heard` raises Unreadable for what it does not know. `first`: published before it, as a message of its own. The type
    on the wire follows from what `said` returns.
    """

    heard: Callable[[Value, Device], Json] | None = None
    said: Callable[[Json, Ask], Said] | None = None
    first: Callable[[Value, Device], JsonObject] | None = None


class Point(NamedTuple):
    """One row of a table. Without a name the kind gives an object of several properties."""

    number: int
    name: str | None
    kind: Kind
    optimistic: bool = True  # a set value is published before the device confirms it


# ---- wire ------------------------------------------------------------------------------------------------------------


def decode(payload: bytes) -> Iterator[Heard]:
    """Yield the datapoints of a frame: sequence u16, then number u8, type u8, length u16 (big-endian), value.

    A datapoint that is cut short ends the frame.
    """
    position = 2
    while position + 4 <= len(payload):
        size = int.from_bytes(payload[position + 2 : position + 4], "big")
        octets = payload[position + 4 : position + 4 + size]
        if len(octets) < size:
            return
        yield Heard(payload[position], payload[position + 1], _value(payload[position + 1], octets))
        position += 4 + size


def _value(kind: int, octets: bytes) -> Value:
    if kind == BOOLEAN:
        return octets[:1] == b"\x01"
    if kind in (VALUE, BITMAP):
        return int.from_bytes(octets[-4:], "big", signed=len(octets) >= 4)
    if kind == ENUM:
        return octets[0] if octets else 0
    return octets.decode("latin-1") if kind == STRING else octets


def typed(value: Said) -> tuple[int, bytes]:
    """Return the type of a value on the wire and its octets."""
    if isinstance(value, bytes):
        return RAW, value
    if isinstance(value, str):
        return STRING, value.encode("latin-1", "replace")
    if isinstance(value, bool):
        return BOOLEAN, bytes((value,))
    if isinstance(value, Choice | Bits):
        return (ENUM if isinstance(value, Choice) else BITMAP), bytes((value & 0xFF,))
    if not math.isfinite(value):
        raise invalid(f"{value} is not a number", value=None)
    return VALUE, (int(rounded(value)) & 0xFFFFFFFF).to_bytes(4, "big")


def encode(point: int, value: Said, sequence: int = USUAL_SEQUENCE) -> bytes:
    """Return the payload of a request that sets one datapoint."""
    kind, octets = typed(value)
    return u16(sequence) + bytes((point, kind)) + len(octets).to_bytes(2, "big") + octets


# ---- the part --------------------------------------------------------------------------------------------------------

More = Callable[[Heard, Device], JsonObject | None]


def datapoints(table: Iterable[Point], *, more: More | None = None, counted: bool = False) -> Part:
    """Return the part of a table; of two rows with the same number the first one is heard. `counted`: so are requests.

    `more` may make something else of a datapoint (or of one that the table lacks); None leaves it to the table.
    """
    points = tuple(table)
    by_number = {point.number: point for point in reversed(points)}

    def receive(frame: Frame, device: Device) -> Effects:
        if frame.command not in HEARD:
            return
        payload: JsonObject = {}
        for heard in decode(frame.payload):
            special = None if more is None else more(heard, device)
            point = by_number.get(heard.number)
            if special is not None:
                payload |= special
            elif point is None:
                fields: JsonObject = {"datapoint": heard.number, "type": heard.type}
                yield Log(level="debug", event="datapoint_unknown", fields=fields)
            elif point.kind.heard is not None:
                if point.kind.first is not None:
                    yield Publish(point.kind.first(heard.value, device))
                try:
                    value: Any = point.kind.heard(heard.value, device)
                except Unreadable as error:
                    yield Log(level="debug", event="datapoint_unreadable", fields={"error": str(error)})
                    return
                payload |= value if point.name is None else {point.name: value}
        yield from payload_effects(payload)

    senders = tuple(
        _sender(point, counted) for point in points if point.kind.said is not None and point.name is not None
    )
    return Part(receivers=(Receiver(TUYA, COMMANDS, receive, once_per_sequence=True),), senders=senders)


def _sender(point: Point, counted: bool) -> Sender:
    name, said = point.name or "", point.kind.said
    assert said is not None

    def send(ask: Ask) -> Conversation:
        sequence = int(ask.device.memory.get(SEQUENCE) or 0) if counted else USUAL_SEQUENCE
        if counted:
            yield Remember(key=SEQUENCE, value=(sequence + 1) % 0xFFFF)
        yield send_point(ask, point.number, said(ask.value, ask), sequence)
        if point.optimistic:
            yield taken(name, ask.value)

    return Sender((name,), set=send)


def send_point(ask: Ask, point: int, value: Said, sequence: int = USUAL_SEQUENCE) -> Invoke:
    """Return the effect that sets one datapoint."""
    return Invoke(
        endpoint=ask.endpoint,
        cluster=TUYA,
        command=REQUEST,
        payload=encode(point, value, sequence),
        disable_default_response=True,
    )
