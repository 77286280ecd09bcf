"""ZCL data types: known octets, round trips, and nothing but a value or ParseError from any octets."""

from __future__ import annotations

import math
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zigbus.zcl import types as t
from zigbus.zcl.types import EncodeError, ParseError, decode_value, encode_value

KNOWN = [
    (t.BOOL, "01", True),
    (t.BOOL, "02", 2),  # a wall switch says "double" this way
    (t.BOOL, "ff", 255),
    (t.UINT24, "563412", 0x123456),
    (t.UINT40, "0504030201", 0x0102030405),
    (t.UINT56, "ffffffffffffff", (1 << 56) - 1),
    (t.UINT64, "ffffffffffffffff", (1 << 64) - 1),
    (t.INT8, "80", -128),
    (t.INT16, "0080", -32768),
    (t.INT24, "ffffff", -1),
    (t.INT48, "000000000080", -(1 << 47)),
    (t.MAP16, "3412", 0x1234),
    (t.ENUM16, "0d00", 13),
    (t.SEMI, "003c", 1.0),
    (t.SINGLE, "a470d540", 6.670000076293945),
    (t.UTC, "78563412", 0x12345678),
    (t.CLUSTER_ID, "0204", 0x0402),
    (t.EUI64, "c4b3a201008d1500", "0x00158d0001a2b3c4"),
    (t.KEY128, "000102030405060708090a0b0c0d0e0f", "000102030405060708090a0b0c0d0e0f"),
    (t.STRUCT, "0200" + "2001" + "21b80b", [1, 3000]),
    (t.ARRAY, "20" + "0300" + "010203", [1, 2, 3]),
    (t.SET, "42" + "0100" + "026869", ["hi"]),
    (t.BAG, "41" + "0100" + "02abcd", ["abcd"]),
    (t.NO_DATA, "", None),
]


@pytest.mark.parametrize(("type_id", "octets", "value"), KNOWN)
def test_known_octets_decode_to_their_value(type_id: int, octets: str, value: Any) -> None:
    decoded = decode_value(type_id, bytes.fromhex("99" + octets + "77"), 1)
    assert decoded == (value, None, 1 + len(octets) // 2)
    assert type(decoded[0]) is type(value)


@pytest.mark.parametrize(
    ("type_id", "octets", "value", "raw"),
    [
        (t.STRING, "036c756d", "lum", b"lum"),
        (t.STRING, "02ff61", "\ufffda", b"\xffa"),
        (t.STRING, "ff", None, None),
        (t.OCTSTR, "020102", None, b"\x01\x02"),
        (t.OCTSTR16, "02000102", None, b"\x01\x02"),
        (t.STRING16, "01006c", "l", b"l"),
        (t.STRING16, "ffff", None, None),
        (t.STRING, "2a6c756d", "lum", b"lum"),  # length octet larger than the frame
    ],
)
def test_strings_keep_their_octets(type_id: int, octets: str, value: str | None, raw: bytes | None) -> None:
    data = bytes.fromhex(octets)
    assert decode_value(type_id, data) == (value, raw, len(data))


@pytest.mark.parametrize("type_id", sorted(t.NAMES))
def test_every_named_type_can_be_encoded_or_has_no_octets(type_id: int) -> None:
    sample: Any = 1
    if type_id in t.STRING_TYPES:
        sample = "x"
    elif type_id == t.STRUCT:
        sample = [(t.UINT8, 1)]
    elif type_id in t.COLLECTION_TYPES:
        sample = (t.UINT8, [1])
    elif type_id == t.KEY128:
        sample = bytes(16)
    encoded = encode_value(type_id, sample)
    assert decode_value(type_id, encoded)[2] == len(encoded)


@given(st.sampled_from([*range(0x08, 0x10), *range(0x18, 0x30), t.ENUM8, t.ENUM16, t.UTC]), st.data())
def test_integers_survive_a_round_trip(type_id: int, data: st.DataObject) -> None:
    bits = 8 * t.SIZES[type_id]
    signed = t.INT8 <= type_id <= t.INT64
    number = data.draw(
        st.integers(-(1 << bits - 1), (1 << bits - 1) - 1) if signed else st.integers(0, (1 << bits) - 1)
    )
    assert decode_value(type_id, encode_value(type_id, number)) == (number, None, bits // 8)


@given(st.sampled_from([(t.SEMI, 16), (t.SINGLE, 32), (t.DOUBLE, 64)]), st.data())
def test_floats_survive_a_round_trip(form: tuple[int, int], data: st.DataObject) -> None:
    type_id, width = form
    number = data.draw(st.floats(width=width))  # type: ignore[arg-type]  # width is one of 16, 32, 64
    result = decode_value(type_id, encode_value(type_id, number))[0]
    assert result == number or (math.isnan(result) and math.isnan(number))


@given(st.text(max_size=60))
def test_text_survives_a_round_trip(text: str) -> None:
    assert decode_value(t.STRING, encode_value(t.STRING, text))[:2] == (text, text.encode())


@given(st.integers(0, 255), st.binary(max_size=80))
def test_any_octets_give_a_json_value_or_a_parse_error_whole_and_cut(type_id: int, data: bytes) -> None:
    for end in range(len(data) + 1):
        try:
            value, octets, offset = decode_value(type_id, data[:end])
        except ParseError as error:
            assert 0 <= error.offset <= end  # noqa: PT017  # either outcome is right
            continue
        assert 0 <= offset <= end
        assert octets is None or type_id in t.STRING_TYPES
        msgspec.json.encode(value)


def test_collections_nested_beyond_the_limit_are_refused() -> None:
    with pytest.raises(ParseError):
        decode_value(t.ARRAY, bytes((t.ARRAY, 1, 0)) * 400)


@pytest.mark.parametrize(
    ("type_id", "value"),
    [
        (t.UINT8, 256), (t.UINT8, -1), (t.INT8, 128), (t.UINT16, "x"), (t.UINT8, None), (t.STRING, "x" * 255),
        (t.KEY128, bytes(15)), (t.EUI64, "hello"), (t.SINGLE, "1"), (t.STRUCT, [1]), (t.ARRAY, None), (0x99, 1),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_its_type_is_an_encode_error(type_id: int, value: object) -> None:
    with pytest.raises(EncodeError):
        encode_value(type_id, value)


def test_only_analog_types_take_a_reportable_change() -> None:
    analog = {type_id for type_id in t.NAMES if not t.is_discrete(type_id)}
    assert {t.UINT8, t.INT16, t.SINGLE, t.UTC} <= analog
    assert not analog & {t.BOOL, t.ENUM8, t.MAP16, t.STRING, t.EUI64}
