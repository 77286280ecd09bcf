"""Decisions without I/O: settings, what to do with a stick, events of frames, answers, bindings, ZDO."""

from __future__ import annotations

import contextlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zigbus.contract.devices import Binding, EndpointDescription, Reporting
from zigbus.contract.events import AttributeReport, AttributeValue, CommandReceived, Event, FrameReceived
from zigbus.contract.household import NetworkSettings, RadioSettings, SerialSettings
from zigbus.zcl.frames import ZclFrame, parse_frame
from zigbus.zcl.types import ParseError
from zigbus_radio import answers, bindings, zdo
from zigbus_radio.frames import basic_facts, event_of, wants_default_response
from zigbus_radio.main import coordinator_name
from zigbus_radio.mt import ApsFrame
from zigbus_radio.network import Action, decide
from zigbus_radio.settings import Network, SettingsRefused, may_join, network, serial_port

WANTED = Network(0x1A62, bytes.fromhex("ddaa112233445566"), bytes(range(16)), 11)
KEY = tuple(range(16))
CLOCK = answers.Clock(unix_s=1_795_219_769.0, zone_s=3600, daylight_s=0)


def changed(**changes: object) -> Network:
    return Network(**{**{f: getattr(WANTED, f) for f in ("pan_id", "extended_pan_id", "key", "channel")}, **changes})


@pytest.mark.parametrize(
    ("found", "backups", "devices", "asked", "action"),
    [
        (WANTED, [], 5, False, Action.RESUME),
        (changed(extended_pan_id=WANTED.extended_pan_id[::-1]), [], 5, False, Action.RESUME),
        (changed(channel=20), [], 5, False, Action.MOVE_CHANNEL),
        (None, [], 0, False, Action.FORM),
        (None, [], 3, False, Action.REFUSE),
        (None, [], 3, True, Action.FORM),
        (None, [changed(pan_id=9), WANTED], 3, False, Action.RESTORE),
        (changed(key=bytes(16)), [WANTED], 3, False, Action.RESTORE),
        (changed(key=bytes(16)), [], 0, False, Action.REFUSE),
        (changed(pan_id=9), [changed(pan_id=9)], 3, False, Action.REFUSE),
        (changed(pan_id=9), [], 0, True, Action.FORM),
    ],
)
def test_what_is_done_with_a_stick_loses_nobody(
    found: Network | None, backups: list[Network], devices: int, asked: bool, action: Action
) -> None:
    decision = decide(WANTED, found, backups, devices=devices, form_asked=asked)
    assert decision.action is action
    assert bool(decision.reason) == (action is Action.REFUSE)
    assert (decision.backup is not None) == (action is Action.RESTORE)


def test_the_newest_of_the_equal_backups_is_restored() -> None:
    assert decide(WANTED, None, [WANTED, changed(pan_id=9), WANTED], devices=1, form_asked=False).backup == 2


def test_a_key_never_stands_in_a_text() -> None:
    assert WANTED.key.hex() not in repr(WANTED)
    assert str(list(WANTED.key)) not in decide(WANTED, changed(key=bytes(16)), [], devices=0, form_asked=False).reason


def test_serial_ports_are_device_files_or_tcp() -> None:
    assert serial_port(SerialSettings(port="/dev/ttyUSB0", rtscts=True)).rtscts
    assert serial_port(SerialSettings(port="tcp://stick.local:6638")).name == "tcp://stick.local:6638"
    for port in ("", "mdns://slzb", "tcp://host", "tcp://host:port", "tcp://:1"):
        with pytest.raises(SettingsRefused):
            serial_port(SerialSettings(port=port))


@pytest.mark.parametrize(
    "wrong",
    [
        {"channel": 27},
        {"pan_id": 0xFFFF},
        {"network_key": (1,)},
        {"extended_pan_id": (1, 2)},
        {"network_key": (256,) * 16},
    ],
)
def test_network_settings_out_of_range_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(SettingsRefused):
        network(msgspec.structs.replace(NetworkSettings(network_key=KEY), **wrong))


def test_a_passlist_admits_only_its_members_and_a_blocklist_everybody_else() -> None:
    wanted = RadioSettings(serial=SerialSettings(), network=NetworkSettings(), blocklist=("0x1",))
    assert may_join(wanted, "0x2")
    assert not may_join(wanted, "0x1")
    listed = msgspec.structs.replace(wanted, passlist=("0x1",))
    assert may_join(listed, "0x1")
    assert not may_join(listed, "0x2")


def test_a_coordinators_name_must_fit_a_subject() -> None:
    assert coordinator_name("attic-2") == "attic-2"
    with pytest.raises(ValueError, match="ZIGBUS_COORDINATOR"):
        coordinator_name("Attic.2")


# ---- frames ----------------------------------------------------------------------------------------------------------


def heard(data: bytes, cluster: int = 0x0006, group: int | None = None) -> ApsFrame:
    return ApsFrame(0x1234, 1, 1, cluster, data, 100, group, False, 10.0)


def event(aps: ApsFrame) -> Event:
    try:
        frame: ZclFrame | None = parse_frame(aps.data)
    except ParseError:
        frame = None
    return event_of(aps, frame, "main", "0x00158d0001a2b3c4", 10.1)


@given(st.binary(max_size=80))
def test_every_frame_becomes_an_event_that_keeps_its_octets_and_can_be_sent(data: bytes) -> None:
    made = event(heard(data))
    assert data.endswith(made.payload)  # type: ignore[union-attr]  # a frame's event has a payload
    assert msgspec.json.decode(msgspec.json.encode(made), type=Event) is not None


def test_an_undivided_write_is_told_as_a_write() -> None:
    made = event(heard(bytes.fromhex("00010300002007")))
    assert isinstance(made, AttributeReport)
    assert (made.form, made.attributes[0].value) == ("write", 7)


def test_a_command_keeps_direction_and_manufacturer() -> None:
    made = event(heard(bytes.fromhex("0d5f110501aabb")))
    assert isinstance(made, CommandReceived)
    assert (made.manufacturer, made.from_server, made.command, made.payload) == (0x115F, True, 1, b"\xaa\xbb")


def test_an_unknown_data_type_is_malformed_and_what_came_before_is_kept() -> None:
    made = event(heard(bytes.fromhex("18010a0000100101007f00")))
    assert isinstance(made, AttributeReport)
    assert (made.malformed, [a.value for a in made.attributes]) == (True, [True])


def test_a_default_response_of_a_device_passes_as_a_frame() -> None:
    assert isinstance(event(heard(bytes.fromhex("08010b0100"))), FrameReceived)


@pytest.mark.parametrize(
    ("octets", "group", "wanted"),
    [
        ("010501", None, True),  # a command
        ("110501", None, False),  # one that wants none
        ("010501", 901, False),  # sent to a group
        ("08050a00001001", None, True),  # a report
        ("18050a00001001", None, False),
        ("08050b0100", None, False),  # a default response is not answered
        ("080501000000", None, False),  # neither is a read response
    ],
)
def test_who_gets_a_default_response(octets: str, group: int | None, wanted: bool) -> None:
    data = bytes.fromhex(octets)
    assert wants_default_response(heard(data, group=group), parse_frame(data)) is wanted


@given(st.binary(min_size=0, max_size=40), st.sampled_from([0x0000, 0x0006, 0x000A, 0x0020, 0x0500, 0xFCC0]))
def test_answering_never_fails(data: bytes, cluster: int) -> None:
    try:
        frame = parse_frame(data)
    except ParseError:
        return
    answer = answers.answer_to(heard(data, cluster), frame, CLOCK)
    assert answer is None or parse_frame(answer).sequence == frame.sequence


def test_time_is_told_since_2000_in_utc_and_local() -> None:
    answer = answers.answer_to(heard(b"", 0x000A), ZclFrame(0x10, None, 9, 0x00, bytes.fromhex("00000700")), CLOCK)
    assert answer is not None
    utc = 1_795_219_769 - 946_684_800
    assert parse_frame(answer).payload == (
        b"\x00\x00\x00\xe2" + utc.to_bytes(4, "little") + b"\x07\x00\x00\x23" + (utc + 3600).to_bytes(4, "little")
    )


def test_the_basic_cluster_tells_what_a_device_is() -> None:
    attributes = (
        AttributeValue(id=5, type=0x42, value="lumi.weather\0\0"),
        AttributeValue(id=4, type=0x42, status=0x86),
        AttributeValue(id=7, type=0x30, value=3),
        AttributeValue(id=6, type=0x20, value=5),  # a date code that is no text
        AttributeValue(id=0xFF01, type=0x42, value="x"),
    )
    report = AttributeReport(
        coordinator="main",
        ieee="0x00158d0001a2b3c4",
        received_at_s=1,
        endpoint=1,
        cluster=0,
        sequence=1,
        attributes=attributes,
    )
    assert basic_facts(report) == {"model": "lumi.weather", "power_source": 3}
    assert basic_facts(msgspec.structs.replace(report, manufacturer=0x115F)) == {}


# ---- bindings, ZDO ---------------------------------------------------------------------------------------------------


def test_bindings_and_reportings_are_kept_once_and_removed() -> None:
    endpoints = {1: EndpointDescription(profile=0x0104, device_type=0)}
    binding = Binding(cluster=6, group=901)
    once = bindings.bound(endpoints, 1, binding)
    assert bindings.bound(once, 1, binding) is once
    assert bindings.unbound(once, 1, binding) == endpoints
    assert bindings.unbound(endpoints, 1, binding) is endpoints
    first = Reporting(cluster=6, attribute=0, min_interval_s=0, max_interval_s=300)
    second = msgspec.structs.replace(first, max_interval_s=600)
    both = bindings.configured(bindings.configured(endpoints, 1, [first]), 1, [second])
    assert both[1].reportings == (second,)
    assert bindings.configured(both, 1, [msgspec.structs.replace(first, max_interval_s=0xFFFF)])[1].reportings == ()


def test_a_new_interview_keeps_what_was_bound() -> None:
    old = bindings.bound({1: EndpointDescription(profile=0x0104, device_type=0)}, 1, Binding(cluster=6, group=901))
    new = {1: EndpointDescription(profile=0x0104, device_type=5), 2: EndpointDescription(profile=0x0104, device_type=6)}
    kept = bindings.interviewed(old, new)
    assert (kept[1].device_type, kept[1].bindings, list(kept)) == (5, old[1].bindings, [1, 2])


@pytest.mark.parametrize(
    "parse",
    [
        zdo.parse_node_descriptor,
        zdo.parse_active_endpoints,
        zdo.parse_simple_descriptor,
        zdo.parse_ieee_response,
        zdo.parse_announcement,
    ],
)
@given(data=st.binary(max_size=40))
def test_a_zdo_message_is_read_or_refused_and_nothing_else(parse: object, data: bytes) -> None:
    assert callable(parse)
    with contextlib.suppress(ParseError):
        parse(data)


def test_a_simple_descriptor_lists_each_cluster_once() -> None:
    data = bytes.fromhex("00223b12010401030100030000060000000219000600")
    assert zdo.parse_simple_descriptor(data) == EndpointDescription(
        profile=0x0104, device_type=0x0103, input_clusters=(0, 6), output_clusters=(0x19, 6)
    )
