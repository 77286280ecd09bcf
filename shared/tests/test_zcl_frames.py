"""ZCL frames: captured ones, round trips, and nothing but records or ParseError from any octets."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zigbus.contract.events import AttributeValue
from zigbus.zcl import frames as f
from zigbus.zcl import types as t
from zigbus.zcl.types import ParseError

KNOB = bytes.fromhex(
    "1c5f11070a3a0220012e02390000c04130023900004841310223f401000032023900006040330239a470d5402c0221f4013802200c"
)  # start of a turn, seeds.md 2.3


def test_the_knobs_frame_decodes_attribute_by_attribute() -> None:
    frame = f.parse_frame(KNOB)
    assert (frame.manufacturer, frame.sequence, frame.command) == (0x115F, 7, f.REPORT)
    assert (frame.cluster_specific, frame.from_server, frame.disable_default_response) == (False, True, True)
    values = {record.id: record.value for record in f.decode_reports(frame.payload)}
    assert values == {
        0x023A: 1, 0x022E: 24.0, 0x0230: 12.5, 0x0231: 500, 0x0232: 3.5, 0x0233: 6.670000076293945,
        0x022C: 500, 0x0238: 12,
    }  # fmt: skip
    assert f.encode_reports(f.decode_reports(frame.payload)) == frame.payload


@pytest.mark.parametrize(
    "octets", ["145f11090222ff2012", "01074200b80bb004", "100900 0000".replace(" ", ""), "18050a00001001"]
)
def test_a_frame_rebuilt_from_its_parts_is_the_same(octets: str) -> None:
    frame = f.parse_frame(bytes.fromhex(octets))
    again = f.build_frame(
        frame.sequence, frame.command, frame.payload, cluster_specific=frame.cluster_specific,
        manufacturer=frame.manufacturer, from_server=frame.from_server,
        disable_default_response=frame.disable_default_response,
    )  # fmt: skip
    assert again.hex() == octets


def test_records_before_a_fault_are_kept() -> None:
    payload = bytes.fromhex("0000200501009900")
    with pytest.raises(ParseError) as caught:
        f.decode_reports(payload)
    assert [record.value for record in caught.value.partial] == [5]
    assert caught.value.offset == 7


def test_a_character_string_longer_than_the_frame_gives_what_is_there() -> None:
    (record,) = f.decode_reports(bytes.fromhex("01ff422a01219a0b"))
    assert record.octets == bytes.fromhex("01219a0b")


def test_a_failed_record_of_a_read_response_has_its_status_and_no_value() -> None:
    payload = bytes.fromhex("05000042026869009986")
    good, bad = f.decode_read_response(payload)
    assert (good.value, good.status) == ("hi", 0)
    assert (bad.id, bad.value, bad.status) == (0x9900, None, f.UNSUPPORTED_ATTRIBUTE)
    assert f.encode_read_response([good, bad]) == payload


def test_reporting_records_survive_a_round_trip() -> None:
    records = [
        f.ReportingRecord(0x0000, t.INT16, 10, 3600, 100),
        f.ReportingRecord(0x0000, t.BOOL, 0, 0xFFFF),
        f.ReportingRecord(0x0021, received=True, timeout_s=7200),
    ]
    assert f.decode_configure_reporting(f.encode_configure_reporting(records)) == records
    answers = [records[0], f.ReportingRecord(0x4000, status=f.NOT_FOUND)]
    assert f.decode_read_reporting_response(f.encode_read_reporting_response(answers)) == answers


def test_one_octet_answers_for_all_records_and_failures_are_listed() -> None:
    results = [f.AttributeStatus(0, 1), f.AttributeStatus(f.READ_ONLY, 4)]
    assert f.encode_write_response(results[:1]) == b"\x00"
    assert f.decode_write_response(b"\x00") == [f.AttributeStatus(0)]
    assert f.decode_write_response(f.encode_write_response(results)) == results[1:]
    assert f.decode_configure_reporting_response(f.encode_configure_reporting_response(results)) == results[1:]


NUMBERS = st.sampled_from([t.UINT8, t.UINT16, t.UINT32, t.MAP8, t.ENUM8])
RECORDS = st.lists(
    st.one_of(
        st.builds(
            lambda i, ty, v: AttributeValue(id=i, type=ty, value=v),
            st.integers(0, 0xFFFF),
            NUMBERS,
            st.integers(0, 255),
        ),
        st.builds(
            lambda i, v: AttributeValue(id=i, type=t.OCTSTR, octets=v), st.integers(0, 0xFFFF), st.binary(max_size=20)
        ),
    ),
    max_size=6,
)


@given(RECORDS)
def test_reports_survive_a_round_trip_and_every_cut_keeps_the_records_before_it(records: list[AttributeValue]) -> None:
    payload = f.encode_reports(records)
    assert f.decode_reports(payload) == records
    assert f.decode_read_response(f.encode_read_response(records)) == records
    for end in range(len(payload)):
        try:
            kept = f.decode_reports(payload[:end])
        except ParseError as error:
            assert list(error.partial) == records[: len(error.partial)]  # noqa: PT017  # either outcome is right
        else:
            assert kept[:-1] == records[: len(kept)][:-1]


DECODERS: list[Callable[[bytes], object]] = [
    f.parse_frame, f.decode_reports, f.decode_write, f.decode_read_response, f.decode_read, f.decode_write_response,
    f.decode_configure_reporting, f.decode_configure_reporting_response, f.decode_read_reporting,
    f.decode_read_reporting_response, f.decode_default_response,
]  # fmt: skip


@given(st.binary(max_size=60))
def test_any_octets_give_records_or_a_parse_error(data: bytes) -> None:
    for decode in DECODERS:
        try:
            decode(data)
        except ParseError as error:
            assert 0 <= error.offset <= len(data)  # noqa: PT017  # either outcome is right
