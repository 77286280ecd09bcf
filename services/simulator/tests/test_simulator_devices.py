"""The devices: what they answer, when they fail, what they tell."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zigbus.zcl import frames as f
from zigbus.zcl.types import BOOL, INT16, STRING, UINT8, UINT16
from zigbus_simulator import Binding, Device, Simulator, home, sensors, zcl_server
from zigbus_simulator.air import Air
from zigbus_simulator.coordinator import Coordinator
from zigbus_simulator.home import hands
from zigbus_simulator.mt import Status, Subsystem
from zigbus_simulator.nv import Nv
from zigbus_simulator.octets import u16

ON_OFF, LEVEL, TEMPERATURE = 0x0006, 0x0008, 0x0402


async def send(host: Any, device: Device, cluster: int, octets: bytes, endpoint: int = 1) -> int:
    """Send a frame from endpoint 1 and return the status of its confirm."""
    head = u16(device.nwk) + bytes((endpoint, 1)) + u16(cluster) + bytes((9, 0, 30, len(octets)))
    assert await host.ask(Subsystem.AF, 0x01, head + octets) == bytes((Status.SUCCESS,))
    return int((await host.hear(Subsystem.AF, 0x80))[0])


async def answer(host: Any) -> f.ZclFrame:
    """Return the next ZCL frame that came in."""
    payload = await host.hear(Subsystem.AF, 0x81)
    return f.parse_frame(payload[17 : 17 + payload[16]])


async def test_a_frame_reaches_a_device_and_its_answer_comes_back(sim: Simulator, host: Any) -> None:
    bulb = sim.device("bulb_ct")
    bulb.join(force=True)
    assert (
        await send(host, bulb, ON_OFF, f.build_frame(7, 1, cluster_specific=True, disable_default_response=False)) == 0
    )
    reply = await answer(host)
    assert (reply.sequence, reply.command, reply.payload) == (7, f.DEFAULT_RESPONSE, bytes((1, 0)))
    assert bulb.get(1, ON_OFF, 0) is True
    (heard,) = sim.heard_zcl("bulb_ct", cluster=ON_OFF)
    assert heard.frame is not None
    assert heard.frame.command == 1


@pytest.mark.parametrize(
    ("fault", "status"),
    [("no_ack", Status.MAC_NO_ACK), ("no_route", Status.NWK_NO_ROUTE), ("busy", Status.MAC_CHANNEL_ACCESS_FAILURE)],
)
async def test_a_fault_shows_in_the_confirm(sim: Simulator, host: Any, fault: Any, status: int) -> None:
    bulb = sim.device("bulb_ct")
    bulb.join(force=True)
    bulb.fail(fault)
    assert await send(host, bulb, ON_OFF, f.build_frame(1, 1, cluster_specific=True)) == status


async def test_a_message_to_a_sleeping_device_expires_and_one_that_wakes_gets_it(sim: Simulator, host: Any) -> None:
    sim.air.expiry_s = 0.2
    knob = sim.device("knob")
    knob.join(force=True)
    knob.sleep()
    read = f.build_frame(1, f.READ, f.encode_read([5]))
    assert await send(host, knob, 0, read) == Status.MAC_TRANSACTION_EXPIRED
    sim.air.expiry_s = 60
    head = u16(knob.nwk) + bytes((1, 1)) + u16(0) + bytes((9, 0, 30, len(read)))
    await host.ask(Subsystem.AF, 0x01, head + read)
    knob.sleep(False)
    assert (await host.hear(Subsystem.AF, 0x80))[0] == Status.SUCCESS
    (record,) = f.decode_read_response((await answer(host)).payload)
    assert record.value == "lumi.remote.rkba01"


async def test_a_silent_device_neither_answers_nor_reports(sim: Simulator, host: Any) -> None:
    weather, bulb = sim.device("weather"), sim.device("bulb_ct")
    weather.join(force=True)
    bulb.join(force=True)
    weather.silence()
    weather.report(1, TEMPERATURE, {0: (INT16, 1)})
    bulb.report(1, TEMPERATURE, {0: (INT16, 2)})
    assert f.decode_reports((await answer(host)).payload)[0].value == 2


async def test_a_report_from_an_undeclared_endpoint_comes_in_as_it_is(sim: Simulator, host: Any) -> None:
    knob = sim.device("knob")
    knob.join(force=True)
    octets = bytes.fromhex("1c5f11070a3a022001")
    knob.send_frame(71, 0xFCC0, octets)
    payload = await host.hear(Subsystem.AF, 0x81)
    assert (payload[2:4], payload[6], payload[17 : 17 + payload[16]]) == (u16(0xFCC0), 71, octets)


async def test_a_long_frame_is_fetched_in_parts(sim: Simulator, host: Any) -> None:
    weather = sim.device("weather")
    weather.join(force=True)
    octets = bytes(range(250)) + bytes(60)
    sim.raw("weather", 1, 0, octets)
    payload = await host.hear(Subsystem.AF, 0x82)
    timestamp, size = payload[20:24], int.from_bytes(payload[25:27], "little")
    assert size == len(octets)
    fetched = b""
    while len(fetched) < size:
        part = await host.ask(Subsystem.AF, 0x12, timestamp + u16(len(fetched)) + b"\xf0")
        fetched += part[2:]
    assert fetched == octets


async def test_a_change_is_reported_once_reporting_is_configured_and_bound(sim: Simulator, host: Any) -> None:
    climate = sim.device("climate")
    climate.join(force=True)
    climate.set(1, TEMPERATURE, 0, 1000)
    record = f.ReportingRecord(0, INT16, 10, 3600, 50)
    await send(
        host, climate, TEMPERATURE, f.build_frame(1, f.CONFIGURE_REPORTING, f.encode_configure_reporting([record]))
    )
    assert (await answer(host)).payload == b"\x00"
    climate.bindings.append(Binding(1, TEMPERATURE, sim.stick.ieee, 1))
    climate.set(1, TEMPERATURE, 0, 2000)
    told = await answer(host)
    assert (told.command, f.decode_reports(told.payload)[0].value) == (f.REPORT, 2000)
    await send(host, climate, TEMPERATURE, f.build_frame(2, f.READ_REPORTING, f.encode_read_reporting([0, 1])))
    good, missing = f.decode_read_reporting_response((await answer(host)).payload)
    assert (good, missing.status) == (record, f.NOT_FOUND)


async def test_joining_is_refused_while_closed(sim: Simulator, host: Any) -> None:
    knob = sim.device("knob")
    assert knob.join() is False
    await host.ask(Subsystem.ZDO, 0x36, bytes((0x0F,)) + u16(0xFFFC) + bytes((60, 0)))
    assert sim.permit_open
    assert knob.join() is True
    await host.hear(Subsystem.ZDO, 0xC1)


async def test_devices_join_by_themselves_when_joining_is_permitted() -> None:
    async with Simulator(devices=home.devices(), auto_join=True, join_spacing_s=0.01) as sim:
        sim.stick.start()
        await sim.until(lambda: sim.started)
        sim.air.permit(60)
        await sim.until(lambda: all(device.joined for device in sim.devices))


async def test_a_groupcast_reaches_the_members(sim: Simulator, host: Any) -> None:
    for name in ("bulb_ct", "plug_innr"):
        sim.device(name).join(force=True)
    await send(host, sim.device("bulb_ct"), 0x0004, f.build_frame(1, 0, u16(5) + b"\0", cluster_specific=True))
    assert (await answer(host)).payload == b"\0" + u16(5)
    octets = f.build_frame(2, 1, cluster_specific=True)
    head = b"\x01" + u16(5) + bytes(6) + b"\xff\0\0\x01" + u16(ON_OFF) + bytes((3, 0, 30)) + u16(len(octets))
    await host.ask(Subsystem.AF, 0x02, head + octets)
    await sim.until(lambda: sim.device("bulb_ct").get(1, ON_OFF, 0))
    assert sim.device("plug_innr").get(1, ON_OFF, 0) is False
    assert len(sim.heard_zcl(group=5)) == 1


async def test_a_tuya_datapoint_that_is_set_is_told_back(sim: Simulator, host: Any) -> None:
    tuya = sim.device("tuya_sensor")
    tuya.join(force=True)
    payload = b"\0\x01" + bytes((9, 4, 0, 1, 1))
    await send(host, tuya, 0xEF00, f.build_frame(1, 0, payload, cluster_specific=True))
    told = await answer(host)
    assert (told.command, told.payload[2:]) == (0x01, bytes((9, 4, 0, 1, 1)))
    assert tuya.datapoints[9] == (4, b"\x01")


def alone(name: str) -> Device:
    """A device of the home without anything around it."""
    air = Air(Coordinator(Nv(None, "0x00124b0029e1a7c3"), lambda delay_s, run: None), lambda delay_s, run: None)
    return air.add(home.devices(name)[0])


def respond(device: Device, cluster: int, octets: bytes, endpoint: int = 1) -> f.ZclFrame:
    """Let a device answer a frame."""
    reply = zcl_server.answer(device, endpoint, cluster, octets)
    assert reply is not None
    return f.parse_frame(reply)


def test_reading_gives_values_and_says_what_is_missing() -> None:
    reply = respond(alone("weather"), 0, f.build_frame(3, f.READ, f.encode_read([4, 5, 0x9999])))
    records = f.decode_read_response(reply.payload)
    assert [(r.value, r.status) for r in records] == [("LUMI", 0), ("lumi.weather", 0), (None, f.UNSUPPORTED_ATTRIBUTE)]


@pytest.mark.parametrize(
    ("cluster", "attribute", "type_id", "value", "status"),
    [
        (ON_OFF, 0x4003, 0x30, 1, f.SUCCESS),
        (ON_OFF, 0x4003, UINT8, 1, f.INVALID_DATA_TYPE),
        (ON_OFF, 0x0000, BOOL, 1, f.READ_ONLY),
        (ON_OFF, 0x7777, UINT8, 1, f.UNSUPPORTED_ATTRIBUTE),
    ],
)
def test_a_write_is_carried_out_or_refused(cluster: int, attribute: int, type_id: int, value: int, status: int) -> None:
    bulb = alone("bulb_ct")
    payload = u16(attribute) + bytes((type_id, value))
    reply = respond(bulb, cluster, f.build_frame(1, f.WRITE, payload))
    assert reply.command == f.WRITE_RESPONSE
    assert f.decode_write_response(reply.payload)[0].status == status


def test_the_mode_of_the_wall_switch_is_written_with_the_manufacturer_code() -> None:
    switch = alone("wall_switch")
    reply = respond(switch, 0, bytes.fromhex("145f11010222ff2012"))
    assert (reply.manufacturer, reply.payload) == (0x115F, b"\0")
    assert switch.get(1, 0, 0xFF22, 0x115F) == 0x12


def test_an_unknown_command_is_refused() -> None:
    reply = respond(alone("bulb_ct"), ON_OFF, f.build_frame(1, 0x77, cluster_specific=True))
    assert reply.payload == bytes((0x77, f.UNSUP_CLUSTER_COMMAND))
    reply = respond(alone("knob"), 0x0201, f.build_frame(1, 0, cluster_specific=True))
    assert reply.payload == bytes((0x00, f.UNSUPPORTED_CLUSTER))


def test_a_lamp_that_is_off_ignores_a_level_unless_told_otherwise() -> None:
    bulb = alone("bulb_ct")
    zcl_server.answer(bulb, 1, LEVEL, f.build_frame(1, 0, bytes((100, 0, 0)), cluster_specific=True))
    assert bulb.get(1, LEVEL, 0) == 254
    zcl_server.answer(bulb, 1, LEVEL, f.build_frame(1, 0, bytes((100, 0, 0, 1, 1)), cluster_specific=True))
    assert bulb.get(1, LEVEL, 0) == 100
    zcl_server.answer(bulb, 1, LEVEL, f.build_frame(1, 4, bytes((50, 0, 0)), cluster_specific=True))
    assert (bulb.get(1, LEVEL, 0), bulb.get(1, ON_OFF, 0)) == (50, True)


def test_a_scene_brings_back_what_was_stored() -> None:
    bulb = alone("bulb_ct")
    zcl_server.answer(bulb, 1, ON_OFF, f.build_frame(1, 1, cluster_specific=True))
    zcl_server.answer(bulb, 1, LEVEL, f.build_frame(1, 0, bytes((77, 0, 0)), cluster_specific=True))
    respond(bulb, 0x0005, f.build_frame(2, 4, u16(1) + b"\x03", cluster_specific=True))
    zcl_server.answer(bulb, 1, ON_OFF, f.build_frame(3, 0, cluster_specific=True))
    zcl_server.answer(bulb, 1, 0x0005, f.build_frame(4, 5, u16(1) + b"\x03", cluster_specific=True))
    assert (bulb.get(1, ON_OFF, 0), bulb.get(1, LEVEL, 0)) == (True, 77)


def test_the_seed_devices_have_the_endpoints_of_their_pages() -> None:
    switch, knob = alone("wall_switch").spec, alone("knob").spec
    forms = {e.id: (e.device_type, e.inputs, e.outputs) for e in switch.endpoints}
    assert forms == {
        1: (0x0006, (0, 3, 1, 2, 0x19, 0xA), (0, 0xA, 0x19)),
        2: (0x0100, (0x10, 6, 4, 5), ()),
        3: (0x0100, (0x10, 6, 4, 5), ()),
        4: (0x0000, (0x12, 6), ()),
        5: (0x0000, (0x12, 6), ()),
        6: (0x0000, (0x12, 6), ()),
        8: (0x0053, (0xC,), ()),
    }
    (only,) = knob.endpoints
    assert (only.id, only.device_type, only.inputs, only.outputs) == (1, 0x0103, (0, 1, 3), (3, 6, 0x19))


def test_every_button_and_property_of_the_home_can_be_used() -> None:
    for spec in home.ALL:
        device = alone(spec.name)
        for button in hands.buttons_of(device):
            hands.press(device, button)
        for name in hands.properties_of(device):
            hands.set_property(device, name, "lock" if name == "lock" else "1")
        with pytest.raises(hands.CannotBeDone, match=spec.name):
            hands.press(device, "eject")


def test_sensors_for_load_are_distinct() -> None:
    specs = sensors(300)
    assert len({spec.ieee for spec in specs}) == len({spec.nwk for spec in specs}) == 300


@given(st.sampled_from([spec.name for spec in home.ALL]), st.data())
def test_any_octets_to_a_device_give_a_good_frame_or_silence(name: str, data: st.DataObject) -> None:
    device = alone(name)
    endpoint = data.draw(st.sampled_from([*device.endpoints, 71]))
    declared = [c for e in device.spec.endpoints for c in (*e.inputs, *e.outputs)]
    cluster = data.draw(st.sampled_from([*declared, 0xFCC0, 0x0B04]))
    control = data.draw(st.sampled_from([0x00, 0x01, 0x10, 0x11, 0x09]))
    octets = bytes((control, 1, data.draw(st.integers(0, 0x4F)))) + data.draw(st.binary(max_size=30))
    reply = zcl_server.answer(device, endpoint, cluster, octets)
    assert reply is None or f.parse_frame(reply).sequence == 1


async def test_text_and_octets_of_attributes_survive_a_report(sim: Simulator, host: Any) -> None:
    weather = sim.device("weather")
    weather.join(force=True)
    weather.report(1, 0, {5: (STRING, "x"), 0x55: (UINT16, 3)}, sequence=200)
    told = await answer(host)
    assert told.sequence == 200
    assert [record.value for record in f.decode_reports(told.payload)] == ["x", 3]
