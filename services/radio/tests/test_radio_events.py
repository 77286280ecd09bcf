"""Frames from the air: every one becomes an event, whatever it is, and outlives an outage of NATS."""

from __future__ import annotations

import asyncio

import pytest
from services.radio.tests.radio_rig import ZONE, RadioRig, settings

from zigbus.contract import operations as ops
from zigbus.contract import requests as r
from zigbus.contract.base import RequestFailed
from zigbus.contract.events import AttributeReport, CommandReceived, FrameReceived
from zigbus.zcl.frames import build_frame
from zigbus_simulator import Simulator

INT16, UINT16, SINGLE, STRING = 0x29, 0x21, 0x39, 0x42


async def test_a_report_arrives_with_values_and_everything_the_frame_said(rig: RadioRig, sim: Simulator) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "weather")
    weather = sim.device("weather")
    weather.lqi = 77
    sequence = weather.report(1, 0x0402, {0x0000: (INT16, -512)})
    (report,) = await rig.until(lambda: [e for e in rig.of(AttributeReport) if e.cluster == 0x0402])
    assert (report.ieee, report.endpoint, report.sequence, report.lqi, report.form) == (
        weather.ieee,
        1,
        sequence,
        77,
        "report",
    )
    assert [(a.id, a.type, a.value) for a in report.attributes] == [(0x0000, INT16, -512)]
    assert report.payload == bytes.fromhex("00002900fe")
    assert 0 < report.received_at_s <= report.published_at_s


async def test_reports_of_endpoints_that_were_never_declared_pass(rig: RadioRig, sim: Simulator) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "knob")
    knob = sim.device("knob")
    knob.report(71, 0x0012, {0x0055: (UINT16, 1)})
    knob.report(72, 0x000C, {0x0055: (SINGLE, 1.5)})
    await rig.until(lambda: {71, 72} <= {e.endpoint for e in rig.of(AttributeReport)})


async def test_a_command_arrives_with_its_group_and_direction(rig: RadioRig, sim: Simulator) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "remote_onoff")
    sim.device("remote_onoff").send_command(1, 0x0008, 0x05, b"\x00\x53\x00\x00", group=901)
    (command,) = await rig.until(lambda: [e for e in rig.of(CommandReceived) if e.cluster == 0x0008])
    assert (command.command, command.payload, command.group, command.from_server) == (
        0x05,
        b"\x00\x53\x00\x00",
        901,
        False,
    )


async def test_a_frame_that_is_cut_short_arrives_with_what_could_be_read(rig: RadioRig, sim: Simulator) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "weather")
    sim.raw("weather", 1, 0x0402, bytes.fromhex("18210a" + "0000290102" + "010029ff"))
    (report,) = await rig.until(lambda: [e for e in rig.of(AttributeReport) if e.cluster == 0x0402])
    assert report.malformed
    assert [a.value for a in report.attributes] == [0x0201]


async def test_frames_without_a_readable_header_arrive_whole(rig: RadioRig, sim: Simulator) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "weather")
    for octets in (b"\x18", b"", b"\x02\x01\x0a\x00"):
        sim.raw("weather", 1, 0xFC77, octets)
    frames = await rig.until(
        lambda: e if len(e := [e for e in rig.of(FrameReceived) if e.cluster == 0xFC77]) == 3 else None
    )
    assert [f.payload for f in frames] == [b"\x18", b"", b"\x02\x01\x0a\x00"]
    assert all(f.malformed and f.frame_control is None for f in frames)


async def test_a_general_command_that_is_no_attribute_frame_passes_as_it_is(rig: RadioRig, sim: Simulator) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "weather")
    sim.raw("weather", 1, 0x0402, build_frame(9, 0x0D, b"\x01\x00\x00\x29", from_server=True))
    (frame,) = await rig.until(lambda: [e for e in rig.of(FrameReceived) if e.cluster == 0x0402])
    assert (frame.command, frame.payload, frame.malformed) == (0x0D, b"\x01\x00\x00\x29", False)


async def test_a_frame_too_big_for_one_serial_message_is_fetched(rig: RadioRig, sim: Simulator) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "weather")
    payload = bytes(range(250)) * 2
    sim.raw("weather", 1, 0xFC00, build_frame(1, 0x07, payload, cluster_specific=True))
    (command,) = await rig.until(lambda: [e for e in rig.of(CommandReceived) if e.cluster == 0xFC00])
    assert command.payload == payload


async def test_reports_stay_in_order_while_nats_restarts_and_none_is_lost(rig: RadioRig, sim: Simulator) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "weather")
    weather = sim.device("weather")
    for value in range(20):
        weather.report(1, 0x0402, {0x0000: (INT16, value)})
    await rig.nats.stop(kill=True)
    for value in range(20, 60):
        weather.report(1, 0x0402, {0x0000: (INT16, value)})
    await rig.nats.start()
    for value in range(60, 80):
        weather.report(1, 0x0402, {0x0000: (INT16, value)})

    def values() -> list[object]:
        return [e.attributes[0].value for e in rig.of(AttributeReport) if e.cluster == 0x0402]

    await rig.until(lambda: len(set(map(str, values()))) == 80)
    assert list(dict.fromkeys(values())) == list(range(80))


async def test_a_sender_whose_address_changed_unseen_is_asked_once_and_its_frames_count(
    rig: RadioRig, sim: Simulator
) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "weather")
    weather = sim.device("weather")
    await rig.stop()
    weather.nwk = 0x6D6D
    sim.air.place(weather)
    await rig.start(settings(sim.url))
    for value in (1, 2, 3):
        weather.report(1, 0x0402, {0x0000: (INT16, value)})
    await rig.until(lambda: len([e for e in rig.of(AttributeReport) if e.cluster == 0x0402]) == 3)
    await rig.until(lambda: rig.devices[weather.ieee].nwk == 0x6D6D)
    assert len(sim.heard_zdo(name="ieee_address")) == 1


async def test_a_lumi_router_repeats_the_frames_of_others(rig: RadioRig, sim: Simulator) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "wall_switch", "weather")
    switch, weather = sim.device("wall_switch"), sim.device("weather")
    switch.send_frame(1, 0x0402, bytes.fromhex("18330a0000290700"), group=weather.nwk)
    switch.send_frame(1, 0x0402, bytes.fromhex("18340a0000290800"), group=0x7777)
    switch.report(1, 0x0402, {0x0000: (INT16, 9)})
    reports = await rig.until(
        lambda: e if len(e := [e for e in rig.of(AttributeReport) if e.cluster == 0x0402]) == 2 else None
    )
    assert [(e.ieee, e.attributes[0].value, e.group) for e in reports] == [
        (weather.ieee, 7, None),
        (switch.ieee, 9, None),
    ]


async def test_a_default_response_goes_to_who_wants_one_and_once_per_frame(rig: RadioRig, sim: Simulator) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "remote_onoff")
    remote = sim.device("remote_onoff")
    remote.send_command(1, 0x0006, 0x01, disable_default_response=False, sequence=200)
    remote.send_command(1, 0x0006, 0x01, disable_default_response=False, sequence=200)
    remote.send_command(1, 0x0006, 0x00, disable_default_response=True, sequence=201)
    remote.send_command(1, 0x0006, 0x02, disable_default_response=False, sequence=202)
    answers = await sim.until(
        lambda: a if len(a := sim.heard_zcl("remote_onoff", cluster=0x0006, command=0x0B)) == 2 else None
    )
    assert answers is not None
    assert [(a.frame.sequence, a.frame.payload, a.frame.from_server) for a in answers if a.frame] == [
        (200, b"\x01\x00", True),
        (202, b"\x02\x00", True),
    ]


async def test_the_time_is_told_to_who_reads_it(rig: RadioRig, sim: Simulator) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "wall_switch")
    sim.raw(
        "wall_switch", 1, 0x000A, build_frame(7, 0x00, bytes.fromhex("00000700aaaa"), disable_default_response=True)
    )
    answer = await sim.until(lambda: sim.heard_zcl("wall_switch", cluster=0x000A, command=0x01))
    frame = answer[0].frame
    assert frame is not None
    assert frame.sequence == 7
    assert frame.payload[:4] == bytes.fromhex("000000e2")
    assert frame.payload.endswith(bytes.fromhex("aaaa86"))


async def test_a_check_in_with_nothing_waiting_lets_the_device_sleep(rig: RadioRig, sim: Simulator) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "climate")
    sim.device("climate").send_command(1, 0x0020, 0x00, from_server=True, sequence=99)
    answers = await sim.until(
        lambda: [f for f in sim.heard_zcl("climate", cluster=0x0020) if f.frame and f.frame.sequence == 99]
    )
    assert answers[0].frame is not None
    assert answers[0].frame.payload == b"\x00\x00\x00"


async def test_a_check_in_keeps_the_device_awake_while_something_waits_for_it_and_not_longer(
    rig: RadioRig, sim: Simulator
) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "climate")
    climate = sim.device("climate")
    climate.fail("mute")
    reading = asyncio.create_task(
        rig.call(ops.READ, r.ReadAttributes(ieee=climate.ieee, endpoint=1, cluster=0x0402, attributes=(0,)))
    )
    await sim.until(lambda: sim.heard_zcl("climate", cluster=0x0402))
    climate.send_command(1, 0x0020, 0x00, from_server=True, sequence=99)
    answers = await sim.until(
        lambda: [f for f in sim.heard_zcl("climate", cluster=0x0020) if f.frame and f.frame.sequence == 99]
    )
    assert answers[0].frame is not None
    assert answers[0].frame.payload == b"\x01\xf0\x00"
    assert not sim.heard_zcl("climate", cluster=0x0020, command=0x01)
    with pytest.raises(RequestFailed):
        await reading
    await sim.until(lambda: sim.heard_zcl("climate", cluster=0x0020, command=0x01))


async def test_an_endpoint_that_was_never_declared_is_shown_once_it_is_heard(rig: RadioRig, sim: Simulator) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "knob")
    knob = sim.device("knob")
    before = rig.devices[knob.ieee].endpoints
    knob.report(72, 0x000C, {0x0055: (0x39, 12.0)})
    await rig.until(lambda: 72 in rig.devices[knob.ieee].endpoints)
    shown = rig.devices[knob.ieee].endpoints
    assert shown[72].input_clusters == shown[72].output_clusters == ()
    assert {number: shown[number] for number in before} == before


async def test_an_enrol_request_is_answered_with_zone_23(rig: RadioRig, sim: Simulator) -> None:
    sim.add(ZONE)
    await rig.start(settings(sim.url))
    await rig.join(sim, "zone")
    sim.device("zone").send_command(1, 0x0500, 0x01, b"\x0d\x00\x00\x00", from_server=True, sequence=55)
    answers = await sim.until(
        lambda: [f for f in sim.heard_zcl("zone", cluster=0x0500, command=0x00) if f.frame and f.frame.sequence == 55]
    )
    assert answers[0].frame is not None
    assert answers[0].frame.payload == b"\x00\x17"
