"""The serial line: MT frames out of whatever bytes come."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zigbus.zcl.types import ParseError
from zigbus_radio import mt

COMMANDS = st.integers(0, 0xFFFF)
DATA = st.binary(max_size=mt.MAX_DATA)
FRAMES = st.lists(st.tuples(COMMANDS, DATA), max_size=8)


@given(FRAMES)
def test_frames_come_out_as_they_went_in_however_the_bytes_are_cut(frames: list[tuple[int, bytes]]) -> None:
    stream = b"".join(mt.frame(command, data) for command, data in frames)
    whole, single = mt.Deframer(), mt.Deframer()
    assert list(whole.feed(stream)) == frames
    assert [f for octet in stream for f in single.feed(bytes((octet,)))] == frames
    assert whole.skipped == single.skipped == 0


@given(st.binary(max_size=600))
def test_any_bytes_pass_without_an_error(noise: bytes) -> None:
    deframer = mt.Deframer()
    for command, data in deframer.feed(noise):
        assert 0 <= command <= 0xFFFF
        assert len(data) <= mt.MAX_DATA


@given(st.binary(max_size=40).filter(lambda noise: mt.START not in noise), COMMANDS, DATA)
def test_a_frame_after_noise_is_found_and_the_noise_is_counted(noise: bytes, command: int, data: bytes) -> None:
    deframer = mt.Deframer()
    assert list(deframer.feed(noise + mt.frame(command, data))) == [(command, data)]
    assert deframer.skipped == len(noise)


def test_a_frame_with_a_wrong_checksum_costs_only_itself() -> None:
    broken = bytearray(mt.frame(mt.AF_INCOMING_MSG, b"\x01\x02\x03"))
    broken[-1] ^= 0xFF
    assert list(mt.Deframer().feed(bytes(broken) + mt.frame(0x0161, b"ok"))) == [(0x0161, b"ok")]


@pytest.mark.parametrize("parse", [mt.parse_incoming, mt.parse_incoming_ext, mt.parse_zdo])
@given(data=st.binary(max_size=60))
def test_a_message_is_read_or_refused_and_nothing_else(parse: object, data: bytes) -> None:
    assert callable(parse)
    with contextlib.suppress(ParseError):
        parse(data, 1.0)


@given(st.binary(max_size=20))
def test_a_join_or_leave_is_read_or_refused_and_nothing_else(data: bytes) -> None:
    for parse in (mt.parse_join, mt.parse_leave):
        try:
            parse(data)
        except ParseError:
            continue


def test_an_incoming_message_is_taken_apart() -> None:
    data = bytes.fromhex("85030600112a4701006000010203040903180a0a112a1e")
    aps = mt.parse_incoming(data, 12.5)
    assert aps == mt.ApsFrame(0x2A11, 0x47, 1, 0x0006, bytes.fromhex("180a0a"), 0x60, 901, False, 12.5)


def test_addresses_turn_round_between_air_and_text() -> None:
    assert mt.ieee_text(bytes.fromhex("c4b3a201008d1500")) == "0x00158d0001a2b3c4"
    assert mt.ieee_octets("0x00158d0001a2b3c4") == bytes.fromhex("c4b3a201008d1500")
