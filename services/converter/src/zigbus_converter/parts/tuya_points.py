"""Tuya datapoints: devices that send everything as numbered values in cluster 0xEF00.

A definition is a table: number, property, kind. A kind knows the type on the wire and both directions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from zigbus.contract.base import Json, JsonObject
from zigbus_converter.definition import Ask, Device, Frame, Part, Receiver, Sender
from zigbus_converter.effects import Conversation, Effects, Invoke, Log, Remember
from zigbus_converter.parts.base import (
    COMMANDS,
    invalid,
    looked_up,
    named,
    number,
    payload_effects,
    rounded,
    taken,
    tidy,
    u16,
)
from zigbus_converter.parts.zcl import TUYA

RAW, BOOLEAN, VALUE, STRING, ENUM, BITMAP = range(6)
REQUEST = 0x00
HEARD = (0x01, 0x02, 0x05, 0x06)  # response, report, active status report, its alternative
SEQUENCE = "tuya_sequence"  # memory: the last sequence number that was sent

Value = bool | int | str | bytes


class Heard(NamedTuple):
    """One datapoint of a frame."""

    number: int
    type: int
    value: Value


@dataclass(frozen=True, slots=True)
class Kind:
    """What a datapoint means: its type when sent, and the conversions. `said` None: it cannot be set."""

    type: int
    heard: Callable[[Any], Json]
    said: Callable[[Json], Value] | None = None


class Point(NamedTuple):
    """One row of a table."""

    number: int
    name: str
    kind: Kind


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
        return any(octets)
    if kind == VALUE:
        return int.from_bytes(octets, "big", signed=True)
    if kind in (ENUM, BITMAP):
        return int.from_bytes(octets, "big")
    return octets.decode("utf-8", "replace") if kind == STRING else octets


def encode(sequence: int, point: int, kind: int, value: Value) -> bytes:
    """Return the payload of a request that sets one datapoint."""
    if isinstance(value, bytes):
        octets = value
    elif isinstance(value, str):
        octets = value.encode()
    elif kind == VALUE:
        octets = int(value).to_bytes(4, "big", signed=True)
    else:
        octets = int(value).to_bytes(1, "big")
    return u16(sequence) + bytes((point, kind)) + len(octets).to_bytes(2, "big") + octets


# ---- kinds -----------------------------------------------------------------------------------------------------------


def _same(value: Any) -> Json:
    return value


def plain(kind: int = VALUE) -> Kind:
    """Return a value that is published as it comes."""
    return Kind(kind, _same, lambda value: int(rounded(number(value, "value"))))


def divided(divisor: float) -> Kind:
    """Return a number in parts of a unit: 215 with divisor 10 is 21.5."""
    return Kind(
        VALUE,
        lambda raw: tidy(raw / divisor),
        lambda value: int(rounded(number(value, "value") * divisor)),
    )


def words(table: Mapping[str, int], kind: int = ENUM) -> Kind:
    """Return a choice; a number that the table lacks is not published."""
    return Kind(kind, lambda raw: named(int(raw), table), lambda value: looked_up(value, table))


def either(on: Json, off: Json) -> Kind:
    """Return a yes/no with the client's words for it."""

    def said(value: Json) -> Value:
        if value not in (on, off):
            raise invalid(f"Key '{value}' not found in: [{on}, {off}]", value=value)
        return bool(value == on)

    return Kind(BOOLEAN, lambda raw: on if raw else off, said)


def text_of(heard: Callable[[bytes], Json], said: Callable[[Json], bytes] | None = None) -> Kind:
    """Return a raw value with conversions of its own."""
    return Kind(RAW, heard, said)


PLAIN = plain()
TENTHS = divided(10)
HUNDREDTHS = divided(100)
ON_OFF = either("ON", "OFF")
LOCK = either("LOCK", "UNLOCK")
TRUE_FALSE = either(True, False)


# ---- the part --------------------------------------------------------------------------------------------------------

More = Callable[[Heard, Device], JsonObject | None]


def datapoints(table: Iterable[Point], *, optimistic: bool = True, more: More | None = None) -> Part:
    """Return the part of a table. `optimistic`: a set value is published before the device confirms it.

    `more` may make something else of a datapoint (or of one that the table lacks); None leaves it to the table.
    """
    points = tuple(table)
    by_number: dict[int, list[Point]] = {}
    for point in points:
        by_number.setdefault(point.number, []).append(point)

    def receive(frame: Frame, device: Device) -> Effects:
        if frame.command not in HEARD:
            return
        for heard in decode(frame.payload):
            special = None if more is None else more(heard, device)
            if special is not None:
                yield from payload_effects(special)
            elif heard.number in by_number:
                payload = {point.name: point.kind.heard(heard.value) for point in by_number[heard.number]}
                yield from payload_effects({key: value for key, value in payload.items() if value is not None})
            else:
                fields: JsonObject = {"datapoint": heard.number, "type": heard.type}
                yield Log(level="debug", event="datapoint_unknown", fields=fields)

    senders = tuple(_sender(point, optimistic) for point in points if point.kind.said is not None)
    return Part(receivers=(Receiver(TUYA, COMMANDS, receive),), senders=senders)


def _sender(point: Point, optimistic: bool) -> Sender:
    said = point.kind.said
    assert said is not None

    def send(ask: Ask) -> Conversation:
        yield from send_point(ask, point.number, point.kind.type, said(ask.value))
        if optimistic:
            yield taken(point.name, ask.value)

    return Sender((point.name,), set=send)


def send_point(ask: Ask, point: int, kind: int, value: Value) -> Conversation:
    """Set one datapoint, with the next sequence number of the device."""
    sequence = (int(ask.device.memory.get(SEQUENCE) or 0) + 1) % 0x10000
    yield Remember(key=SEQUENCE, value=sequence)
    yield Invoke(
        endpoint=ask.endpoint,
        cluster=TUYA,
        command=REQUEST,
        payload=encode(sequence, point, kind, value),
        disable_default_response=True,
    )
