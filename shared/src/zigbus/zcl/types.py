"""ZCL data types on the wire: octets to values and back (ZCL rev 8, 2.6.2). All numbers are little-endian.

Values are those of `zigbus.contract.events.AttributeValue`. The "invalid" number of a type (0xff, 0x8000 ...) passes as
that number, and a boolean octet other than 0 and 1 passes as an integer: real devices use both to say something.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from typing import Any, Final

from zigbus.contract.events import AttributeValue

Value = Any  # what AttributeValue.value holds: bool, int, float, str, list or None
Decoded = tuple[Value, bytes | None, int]  # value, octets of a string type, offset of what follows

NO_DATA, BOOL, UNKNOWN = 0x00, 0x10, 0xFF
MAP8, MAP16, MAP24, MAP32 = 0x18, 0x19, 0x1A, 0x1B
UINT8, UINT16, UINT24, UINT32, UINT40, UINT48, UINT56, UINT64 = range(0x20, 0x28)
INT8, INT16, INT24, INT32, INT40, INT48, INT56, INT64 = range(0x28, 0x30)
ENUM8, ENUM16 = 0x30, 0x31
SEMI, SINGLE, DOUBLE = 0x38, 0x39, 0x3A
OCTSTR, STRING, OCTSTR16, STRING16 = 0x41, 0x42, 0x43, 0x44
ARRAY, STRUCT, SET, BAG = 0x48, 0x4C, 0x50, 0x51
TIME_OF_DAY, DATE, UTC = 0xE0, 0xE1, 0xE2
CLUSTER_ID, ATTRIBUTE_ID, BAC_OID = 0xE8, 0xE9, 0xEA
EUI64, KEY128 = 0xF0, 0xF1

NAMES: Final[dict[int, str]] = {
    NO_DATA: "nodata", BOOL: "bool",
    **{0x08 + i: f"data{8 * i + 8}" for i in range(8)},
    **{0x18 + i: f"map{8 * i + 8}" for i in range(8)},
    **{0x20 + i: f"uint{8 * i + 8}" for i in range(8)},
    **{0x28 + i: f"int{8 * i + 8}" for i in range(8)},
    ENUM8: "enum8", ENUM16: "enum16", SEMI: "semi", SINGLE: "single", DOUBLE: "double",
    OCTSTR: "octstr", STRING: "string", OCTSTR16: "octstr16", STRING16: "string16",
    ARRAY: "array", STRUCT: "struct", SET: "set", BAG: "bag",
    TIME_OF_DAY: "ToD", DATE: "date", UTC: "UTC", CLUSTER_ID: "clusterId", ATTRIBUTE_ID: "attribId", BAC_OID: "bacOID",
    EUI64: "EUI64", KEY128: "key128", UNKNOWN: "unk",
}  # fmt: skip
IDS: Final[dict[str, int]] = {name: type_id for type_id, name in NAMES.items()}

_UNSIGNED: Final[dict[int, int]] = {
    BOOL: 1, ENUM8: 1, ENUM16: 2, TIME_OF_DAY: 4, DATE: 4, UTC: 4, CLUSTER_ID: 2, ATTRIBUTE_ID: 2, BAC_OID: 4,
    **{first + i: i + 1 for first in (0x08, 0x18, 0x20) for i in range(8)},
}  # fmt: skip
_SIGNED: Final[dict[int, int]] = {INT8 + i: i + 1 for i in range(8)}
_FLOATS: Final[dict[int, struct.Struct]] = {
    SEMI: struct.Struct("<e"),
    SINGLE: struct.Struct("<f"),
    DOUBLE: struct.Struct("<d"),
}

SIZES: Final[dict[int, int]] = {
    NO_DATA: 0, UNKNOWN: 0, EUI64: 8, KEY128: 16, **_UNSIGNED, **_SIGNED,
    **{type_id: form.size for type_id, form in _FLOATS.items()},
}  # fmt: skip
"""Octets of each type of fixed size; strings and collections are missing."""

_LENGTH_SIZE: Final[dict[int, int]] = {OCTSTR: 1, STRING: 1, OCTSTR16: 2, STRING16: 2}
STRING_TYPES: Final = frozenset(_LENGTH_SIZE)
COLLECTION_TYPES: Final = frozenset((ARRAY, STRUCT, SET, BAG))
_DEPTH_LIMIT = 16  # ZCL rev 8, 2.6.2.13: "nesting depth is limited to 15"


class ParseError(Exception):
    """Octets from outside that are not what they should be; `partial`: the records decoded before the fault."""

    def __init__(self, offset: int, reason: str, partial: tuple[AttributeValue, ...] = ()) -> None:
        super().__init__(f"{reason} at octet {offset}")
        self.offset = offset
        self.reason = reason
        self.partial = partial


class EncodeError(ValueError):
    """A value that its ZCL data type cannot carry."""

    def __init__(self, type_id: int, value: object, reason: str) -> None:
        super().__init__(f"{value!r} as {NAMES.get(type_id, hex(type_id))}: {reason}")
        self.type_id = type_id
        self.value = value


def is_discrete(type_id: int) -> bool:
    """Whether the type is discrete, so that reporting it takes no reportable change (ZCL rev 8, table 2-10)."""
    return not (0x20 <= type_id <= 0x2F or 0x38 <= type_id <= 0x3A or 0xE0 <= type_id <= 0xE2)


def decode_value(type_id: int, data: bytes, offset: int = 0) -> Decoded:
    """Return (value, octets, offset after it) of the value of this type that starts at `offset`.

    `octets` is None except for string types. A string whose length exceeds the data uses what is there, because
    firmware sends such strings. A string with the invalid length 0xff (0xffff) has neither value nor octets.
    EUI64 is `"0x…"` text, most significant digit first; KEY128 is its 16 octets as hex text; an octet string inside a
    collection is hex text too. Raises ParseError if the type is unknown or the value is cut short.
    """
    return _decode(type_id, data, offset, 0)


def encode_value(type_id: int, value: Value, octets: bytes | None = None) -> bytes:
    """Return the wire form of a value; for string types `octets` goes before `value`.

    STRUCT takes a sequence of (type, value) pairs; ARRAY, SET and BAG take (element type, sequence of values).
    A string with neither value nor octets gets the invalid length. Raises EncodeError if the type cannot carry it.
    """
    encoder = _ENCODERS.get(type_id)
    if encoder is None:
        raise EncodeError(type_id, value, "unknown data type")
    try:
        return encoder(type_id, value if octets is None or type_id not in STRING_TYPES else octets)
    except EncodeError:
        raise
    except (ValueError, TypeError, OverflowError, struct.error) as error:
        raise EncodeError(type_id, value, str(error)) from None


def _decode(type_id: int, data: bytes, offset: int, depth: int) -> Decoded:
    size = SIZES.get(type_id)
    if size is None:
        if type_id in _LENGTH_SIZE:
            return _decode_string(type_id, data, offset)
        if type_id in COLLECTION_TYPES:
            return _decode_collection(type_id, data, offset, depth)
        raise ParseError(offset, f"unknown data type 0x{type_id:02x}")
    end = offset + size
    if end > len(data):
        raise ParseError(offset, f"{NAMES[type_id]} cut short")
    if type_id in _UNSIGNED:
        number = int.from_bytes(data[offset:end], "little")
        return (number == 1 if type_id == BOOL and number < 2 else number), None, end
    if type_id in _SIGNED:
        return int.from_bytes(data[offset:end], "little", signed=True), None, end
    if type_id in _FLOATS:
        return _FLOATS[type_id].unpack_from(data, offset)[0], None, end
    return _decode_address_or_key(type_id, data[offset:end]), None, end


def _decode_address_or_key(type_id: int, octets: bytes) -> str | None:
    if type_id == EUI64:
        return "0x" + octets[::-1].hex()
    return octets.hex() if type_id == KEY128 else None


def _decode_string(type_id: int, data: bytes, offset: int) -> Decoded:
    start = offset + _LENGTH_SIZE[type_id]
    if start > len(data):
        raise ParseError(offset, f"{NAMES[type_id]} cut short")
    length = int.from_bytes(data[offset:start], "little")
    if length == (0xFF if start - offset == 1 else 0xFFFF):
        return None, None, start
    octets = bytes(data[start : start + length])
    text = octets.decode("utf-8", "replace") if type_id in (STRING, STRING16) else None
    return text, octets, start + len(octets)


def _decode_collection(type_id: int, data: bytes, offset: int, depth: int) -> Decoded:
    if depth >= _DEPTH_LIMIT:
        raise ParseError(offset, "collections nested too deep")
    start = offset + (2 if type_id == STRUCT else 3)
    if start > len(data):
        raise ParseError(offset, f"{NAMES[type_id]} cut short")
    count = int.from_bytes(data[start - 2 : start], "little")
    if count == 0xFFFF:  # the invalid value of a collection
        return None, None, start
    items: list[Value] = []
    position = start
    for _ in range(count):
        element = data[offset]
        if type_id == STRUCT:
            if position >= len(data):
                raise ParseError(position, "struct cut short")
            element = data[position]
            position += 1
        elif SIZES.get(element) == 0:
            raise ParseError(offset, "elements without octets")
        value, octets, position = _decode(element, data, position, depth + 1)
        items.append(octets.hex() if element in (OCTSTR, OCTSTR16) and octets is not None else value)
    return items, None, position


def _encode_integer(type_id: int, value: Value) -> bytes:
    signed = type_id in _SIGNED
    return int(value).to_bytes(SIZES[type_id], "little", signed=signed)


def _encode_float(type_id: int, value: Value) -> bytes:
    return _FLOATS[type_id].pack(value)


def _encode_string(type_id: int, value: Value) -> bytes:
    size = _LENGTH_SIZE[type_id]
    if value is None:
        return b"\xff" * size
    octets = value.encode() if isinstance(value, str) else bytes(value)
    if len(octets) >= (1 << 8 * size) - 1:
        raise EncodeError(type_id, value, "too long")
    return len(octets).to_bytes(size, "little") + octets


def _encode_struct(type_id: int, value: Sequence[tuple[int, Value]]) -> bytes:
    parts = (bytes((element,)) + encode_value(element, item) for element, item in value)
    return len(value).to_bytes(2, "little") + b"".join(parts)


def _encode_array(type_id: int, value: tuple[int, Sequence[Value]]) -> bytes:
    element, items = value
    head = bytes((element,)) + len(items).to_bytes(2, "little")
    return head + b"".join(encode_value(element, item) for item in items)


def _encode_eui64(type_id: int, value: Value) -> bytes:
    return int(value, 16).to_bytes(8, "little") if isinstance(value, str) else int(value).to_bytes(8, "little")


def _encode_key(type_id: int, value: Value) -> bytes:
    octets = bytes.fromhex(value) if isinstance(value, str) else bytes(value)
    if len(octets) != SIZES[KEY128]:
        raise EncodeError(type_id, value, "a key has 16 octets")
    return octets


def _encode_nothing(type_id: int, value: Value) -> bytes:
    return b""


_ENCODERS: Final[dict[int, Callable[[int, Value], bytes]]] = {
    **dict.fromkeys(_UNSIGNED, _encode_integer),
    **dict.fromkeys(_SIGNED, _encode_integer),
    **dict.fromkeys(_FLOATS, _encode_float),
    **dict.fromkeys(STRING_TYPES, _encode_string),
    **dict.fromkeys((ARRAY, SET, BAG), _encode_array),
    **dict.fromkeys((NO_DATA, UNKNOWN), _encode_nothing),
    STRUCT: _encode_struct,
    EUI64: _encode_eui64,
    KEY128: _encode_key,
}
