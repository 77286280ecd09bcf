"""Requests from the bus: what reaches the device, what is answered, and what a failure says."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest
from services.radio.tests.radio_rig import LIMIT_S, RadioRig, settings

from zigbus.contract import binding_requests as b
from zigbus.contract import operations as ops
from zigbus.contract import raw_requests as raw
from zigbus.contract import requests as r
from zigbus.contract.base import Failure, FailureCode, RequestFailed
from zigbus.contract.devices import Binding, LogicalType, Reporting
from zigbus.contract.events import AttributeReport, AttributeValue
from zigbus.contract.operations import Operation
from zigbus_simulator import Binding as SimulatedBinding
from zigbus_simulator import Simulator

ON_OFF, LEVEL, BASIC, SCENES = 0x0006, 0x0008, 0x0000, 0x0005
BOOL, UINT8, UINT16, STRING = 0x10, 0x20, 0x21, 0x42


async def failure_of(rig: RadioRig, operation: Operation[Any, Any], ask: object) -> Failure:
    """Ask, and return the failure."""
    with pytest.raises(RequestFailed) as failed:
        await rig.call(operation, ask)
    return failed.value.failure


async def test_a_read_gives_each_attribute_with_its_status(rig: RadioRig, sim: Simulator) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "bulb_ct")
    bulb = sim.device("bulb_ct")
    answer = await rig.call(
        ops.READ, r.ReadAttributes(ieee=bulb.ieee, endpoint=1, cluster=ON_OFF, attributes=(0x0000, 0x9999))
    )
    assert [(a.id, a.value, a.status) for a in answer.attributes] == [
        (0x0000, bulb.get(1, ON_OFF, 0), 0),
        (0x9999, None, 0x86),
    ]


async def test_the_response_to_a_read_is_in_the_stream_before_the_read_is_answered(
    rig: RadioRig, sim: Simulator
) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "bulb_ct")
    bulb = sim.device("bulb_ct")
    await rig.call(ops.READ, r.ReadAttributes(ieee=bulb.ieee, endpoint=1, cluster=LEVEL, attributes=(0x0000,)))
    stored = await rig.bus._connection.jetstream().stream_info("ZIGBEE")
    await rig.until(lambda: [e for e in rig.of(AttributeReport) if e.cluster == LEVEL and e.form == "read_response"])
    assert stored.state.messages >= len(rig.events)


async def test_writes_reach_the_device_and_a_refused_one_says_why(rig: RadioRig, sim: Simulator) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "bulb_ct")
    bulb = sim.device("bulb_ct")
    write = r.WriteAttributes(
        ieee=bulb.ieee, endpoint=1, cluster=0x0003, attributes=(AttributeValue(id=0, type=UINT16, value=7),)
    )
    await rig.call(ops.WRITE, write)
    assert bulb.get(1, 0x0003, 0) == 7
    bulb.write_status = 0x88
    failure = await failure_of(rig, ops.WRITE, write)
    assert (failure.code, failure.facts["status"], failure.facts["status_name"]) == (
        FailureCode.REJECTED,
        0x88,
        "READ_ONLY",
    )


async def test_a_value_that_its_type_cannot_carry_is_an_invalid_request(rig: RadioRig, sim: Simulator) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "bulb_ct")
    wrong = AttributeValue(id=0, type=UINT8, value=900)
    failure = await failure_of(
        rig,
        ops.WRITE,
        r.WriteAttributes(ieee=sim.device("bulb_ct").ieee, endpoint=1, cluster=0x0003, attributes=(wrong,)),
    )
    assert failure.code is FailureCode.INVALID


async def test_a_command_is_answered_after_its_default_response(rig: RadioRig, sim: Simulator) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "plug_innr")
    plug = sim.device("plug_innr")
    invoke = r.InvokeCommand(ieee=plug.ieee, endpoint=1, cluster=ON_OFF, command=1)
    await rig.call(ops.INVOKE, invoke)
    assert plug.get(1, ON_OFF, 0) is True
    (heard,) = sim.heard_zcl("plug_innr", cluster=ON_OFF, command=1)
    assert heard.frame is not None
    assert (heard.source_endpoint, heard.frame.frame_control) == (1, 0x01)
    plug.command_status = 0x81
    assert (await failure_of(rig, ops.INVOKE, invoke)).code is FailureCode.UNSUPPORTED


async def test_a_command_can_carry_manufacturer_direction_and_sequence_and_want_no_answer(
    rig: RadioRig, sim: Simulator
) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "tuya_sensor")
    ask = r.InvokeCommand(
        ieee=sim.device("tuya_sensor").ieee,
        endpoint=1,
        cluster=0xEF00,
        command=0x24,
        payload=b"\x00\x08",
        manufacturer=0x1002,
        disable_default_response=True,
        to_client=True,
        sequence=77,
    )
    await rig.call(ops.INVOKE, ask)
    heard = sim.heard_zcl("tuya_sensor", cluster=0xEF00, command=0x24)[-1].frame
    assert heard is not None
    assert (heard.frame_control, heard.manufacturer, heard.sequence, heard.payload) == (0x1D, 0x1002, 77, b"\x00\x08")


async def test_a_group_command_goes_out_as_zigbee2mqtt_sends_it(rig: RadioRig, sim: Simulator) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "bulb_ct")
    bulb = sim.device("bulb_ct")
    await rig.call(ops.GROUP_MEMBERSHIP, r.GroupMembership(ieee=bulb.ieee, endpoint=1, group=11))
    assert bulb.groups[1] == {11}
    await rig.call(ops.GROUP_INVOKE, r.GroupCommand(group=11, cluster=ON_OFF, command=1))
    heard = await sim.until(lambda: sim.heard_zcl(group=11))
    assert heard[0].frame is not None
    assert (heard[0].endpoint, heard[0].source_endpoint, heard[0].frame.frame_control) == (255, 1, 0x11)
    await sim.until(lambda: bulb.get(1, ON_OFF, 0) is True)
    await rig.call(ops.GROUP_MEMBERSHIP, r.GroupMembership(ieee=bulb.ieee, endpoint=1, group=11, add=False))
    await rig.call(ops.GROUP_MEMBERSHIP, r.GroupMembership(ieee=bulb.ieee, endpoint=1, group=None, add=False))
    assert bulb.groups[1] == set()


async def test_bindings_and_reportings_are_made_shown_and_kept_over_a_restart(rig: RadioRig, sim: Simulator) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "plug_innr")
    plug = sim.device("plug_innr")
    us = next(d.ieee for d in rig.devices.values() if d.logical_type is LogicalType.COORDINATOR)
    await rig.call(ops.BIND, r.BindRequest(ieee=plug.ieee, endpoint=1, cluster=ON_OFF))
    await rig.call(ops.BIND, r.BindRequest(ieee=plug.ieee, endpoint=1, cluster=LEVEL, group=901))
    items = (
        r.ReportingItem(attribute=0, type=BOOL, min_interval_s=0, max_interval_s=300, reportable_change=1),
        r.ReportingItem(attribute=0x4001, type=UINT16, min_interval_s=5, max_interval_s=0xFFFF, reportable_change=3),
    )
    answer = await rig.call(
        ops.CONFIGURE_REPORTING, r.ConfigureReporting(ieee=plug.ieee, endpoint=1, cluster=ON_OFF, items=items[:1])
    )
    assert plug.bindings == [SimulatedBinding(1, ON_OFF, us, 1), SimulatedBinding(1, LEVEL, 901, 0)]
    assert (1, ON_OFF, None, 0) in plug.reporting
    await rig.devices.until(answer.revision, 60)
    await rig.stop()
    await rig.start(settings(sim.url))
    shown = rig.devices[plug.ieee].endpoints[1]
    assert shown.bindings == (Binding(cluster=ON_OFF, ieee=us, endpoint=1), Binding(cluster=LEVEL, group=901))
    assert shown.reportings == (
        Reporting(cluster=ON_OFF, attribute=0, min_interval_s=0, max_interval_s=300, reportable_change=1),
    )
    await rig.call(ops.UNBIND, r.BindRequest(ieee=plug.ieee, endpoint=1, cluster=LEVEL, group=901))
    assert plug.bindings == [SimulatedBinding(1, ON_OFF, us, 1)]
    await rig.until(lambda: len(rig.devices[plug.ieee].endpoints[1].bindings) == 1)


async def test_bindings_are_cleared_by_target_or_all_together(rig: RadioRig, sim: Simulator) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "plug_innr")
    plug, lamp = sim.device("plug_innr"), "0x00124b00aabbccdd"
    us = next(d.ieee for d in rig.devices.values() if d.logical_type is LogicalType.COORDINATOR)
    bind = r.BindRequest(ieee=plug.ieee, endpoint=1, cluster=ON_OFF)
    await rig.call(ops.BIND, bind)
    await rig.call(ops.BIND, msgspec.structs.replace(bind, target=lamp, target_endpoint=3))
    await rig.call(ops.BIND, msgspec.structs.replace(bind, group=901))
    answer = await rig.call(ops.CLEAR_BINDINGS, b.ClearBindings(ieee=plug.ieee, targets=(lamp,)))
    await rig.devices.until(answer.revision, LIMIT_S)
    assert plug.bindings == [SimulatedBinding(1, ON_OFF, us, 1), SimulatedBinding(1, ON_OFF, 901, 0)]
    assert [binding.ieee for binding in rig.devices[plug.ieee].endpoints[1].bindings] == [us, None]
    answer = await rig.call(ops.CLEAR_BINDINGS, b.ClearBindings(ieee=plug.ieee))
    await rig.devices.until(answer.revision, LIMIT_S)
    assert plug.bindings == []
    assert rig.devices[plug.ieee].endpoints[1].bindings == ()


async def test_a_device_tells_how_it_reports(rig: RadioRig, sim: Simulator) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "plug_innr")
    plug = sim.device("plug_innr")
    item = r.ReportingItem(attribute=0, type=BOOL, min_interval_s=0, max_interval_s=300)
    await rig.call(
        ops.CONFIGURE_REPORTING, r.ConfigureReporting(ieee=plug.ieee, endpoint=1, cluster=ON_OFF, items=(item,))
    )
    sources = (b.ReportingSource(attribute=0), b.ReportingSource(attribute=0x4001))
    answer = await rig.call(
        ops.READ_REPORTING, b.ReadReporting(ieee=plug.ieee, endpoint=1, cluster=ON_OFF, attributes=sources)
    )
    assert answer.records[0] == b.ReportingRecord(
        status=0, direction=0, attribute=0, type=BOOL, min_interval_s=0, max_interval_s=300
    )
    assert (answer.records[1].attribute, answer.records[1].type) == (0x4001, None)
    assert answer.records[1].status != 0


async def test_a_commands_own_response_is_waited_for_and_handed_on(rig: RadioRig, sim: Simulator) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "bulb_ct")
    bulb = sim.device("bulb_ct")
    store = r.InvokeCommand(
        ieee=bulb.ieee, endpoint=1, cluster=SCENES, command=4, payload=b"\0\0\x05", expects_response=True
    )
    assert (await rig.call(ops.INVOKE, store)).response == b"\0\0\0\x05"
    (heard,) = sim.heard_zcl("bulb_ct", cluster=SCENES, command=4)
    assert heard.frame is not None
    assert heard.frame.frame_control == 0x11, "no default response wanted"


async def test_a_group_is_read_with_one_groupcast(rig: RadioRig, sim: Simulator) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "bulb_ct")
    bulb = sim.device("bulb_ct")
    await rig.call(ops.GROUP_MEMBERSHIP, r.GroupMembership(ieee=bulb.ieee, endpoint=1, group=11))
    await rig.call(ops.GROUP_INVOKE, r.GroupCommand(group=11, cluster=ON_OFF, command=0, payload=b"\0\0", general=True))
    (heard,) = await sim.until(lambda: sim.heard_zcl(group=11))
    assert heard.frame is not None
    assert heard.frame.frame_control == 0x10


async def test_a_frame_made_by_hand_is_sent_as_it_is_and_its_answer_handed_on(rig: RadioRig, sim: Simulator) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "bulb_ct")
    bulb = sim.device("bulb_ct")
    toggle = raw.SendFrame(ieee=bulb.ieee, endpoint=1, cluster=ON_OFF, command=2, sequence=56)
    answer = await rig.call(ops.SEND_FRAME, toggle)
    assert (answer.response, answer.nwk) == (bytes((24, 56, 11, 2, 0)), bulb.nwk)
    (heard,) = sim.heard_zcl("bulb_ct", cluster=ON_OFF, command=2)
    assert heard.octets == bytes((1, 56, 2))
    neighbours = raw.SendFrame(ieee=bulb.ieee, profile=0, cluster=0x0031, payload=b"\0")
    answer = await rig.call(ops.SEND_FRAME, neighbours)
    assert answer.response is not None
    assert answer.response[0] == 0
    await rig.call(ops.SEND_FRAME, raw.SendFrame(group=9, cluster=ON_OFF, command=0))
    assert await sim.until(lambda: sim.heard_zcl(group=9))
    await rig.call(ops.SEND_FRAME, raw.SendFrame(broadcast=0xFFFD, cluster=ON_OFF, command=0x41))
    assert await sim.until(lambda: sim.heard_zcl(cluster=ON_OFF, command=0x41))


async def test_a_frame_to_strangers_goes_out_on_every_channel_and_the_stick_comes_home(
    rig: RadioRig, sim: Simulator
) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "bulb_ct")
    say = raw.SayToStrangers(channels=(11, 15), cluster=0x1000, command=0, payload=b"\1\2", manufacturer=0x100B)
    await rig.call(ops.SAY_TO_STRANGERS, say)
    heard = sim.heard_zcl(cluster=0x1000)
    assert [(f.source_endpoint, f.endpoint, f.octets.hex()) for f in heard] == [(12, 0xFE, "150b1000000102")] * 2
    bulb = sim.device("bulb_ct")
    await rig.call(ops.INVOKE, r.InvokeCommand(ieee=bulb.ieee, endpoint=1, cluster=ON_OFF, command=1))


async def test_a_device_out_of_reach_is_a_delivery_failure_with_the_stacks_status(
    rig: RadioRig, sim: Simulator
) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "plug_innr")
    plug = sim.device("plug_innr")
    plug.fail("no_ack")
    failure = await failure_of(rig, ops.INVOKE, r.InvokeCommand(ieee=plug.ieee, endpoint=1, cluster=ON_OFF, command=1))
    assert (failure.code, failure.facts["status"], failure.facts["attempts"]) == (FailureCode.DELIVERY_FAILED, 0xE9, 3)
    assert (failure.facts["ieee"], failure.facts["endpoint"], failure.facts["cluster"]) == (plug.ieee, 1, ON_OFF)
    assert len(sim.heard_zcl("plug_innr", cluster=ON_OFF, command=1)) == 3, "sent again: the channel may have been busy"


async def test_a_device_that_is_asleep_is_tried_once_more(rig: RadioRig, sim: Simulator) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "knob")
    knob = sim.device("knob")
    knob.sleep()
    failure = await failure_of(rig, ops.READ, r.ReadAttributes(ieee=knob.ieee, endpoint=1, cluster=0, attributes=(5,)))
    assert (failure.code, failure.facts["status"], failure.facts["attempts"]) == (FailureCode.DELIVERY_FAILED, 0xF0, 2)


async def test_a_device_that_does_not_answer_is_a_timeout(rig: RadioRig, sim: Simulator) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "plug_innr")
    plug = sim.device("plug_innr")
    plug.fail("mute")
    ask = r.ReadAttributes(ieee=plug.ieee, endpoint=1, cluster=ON_OFF, attributes=(0,), timeout_s=0.3)
    assert (await failure_of(rig, ops.READ, ask)).code is FailureCode.TIMEOUT


async def test_an_unknown_device_is_not_found(rig: RadioRig, sim: Simulator) -> None:
    await rig.start(settings(sim.url))
    ask = r.InvokeCommand(ieee="0x00000000000000ff", endpoint=1, cluster=ON_OFF, command=1)
    assert (await failure_of(rig, ops.INVOKE, ask)).code is FailureCode.NOT_FOUND


async def test_requests_to_one_device_go_out_in_the_order_they_came(rig: RadioRig, sim: Simulator) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "bulb_ct")
    bulb = sim.device("bulb_ct")
    levels = list(range(10, 40))
    await asyncio.gather(
        *(
            rig.call(
                ops.INVOKE,
                r.InvokeCommand(ieee=bulb.ieee, endpoint=1, cluster=LEVEL, command=4, payload=bytes((n, 0, 0))),
            )
            for n in levels
        )
    )
    assert [f.frame.payload[0] for f in sim.heard_zcl("bulb_ct", cluster=LEVEL, command=4) if f.frame] == levels


async def test_a_device_is_made_to_leave_and_is_gone_with_the_answer(rig: RadioRig, sim: Simulator) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "plug_innr", "lock")
    plug, lock = sim.device("plug_innr"), sim.device("lock")
    answer = await rig.call(ops.LEAVE, r.LeaveRequest(ieee=plug.ieee))
    await rig.devices.until(answer.revision, 60)
    assert plug.ieee not in rig.devices
    await sim.until(lambda: not plug.joined)
    await rig.call(ops.LEAVE, r.LeaveRequest(ieee=lock.ieee, force=True))
    await rig.until(lambda: lock.ieee not in rig.devices)
    assert lock.joined


async def test_the_check_of_the_coordinator_names_routers_that_the_stick_does_not_know(
    rig: RadioRig, sim: Simulator
) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "plug_innr", "weather")
    answer = await rig.call(ops.CHECK_COORDINATOR, r.CheckCoordinator())
    assert answer.missing_routers == ()


async def test_a_sign_of_life_reads_no_tables(rig: RadioRig, sim: Simulator) -> None:
    await rig.start(settings(sim.url))
    await rig.call(ops.CHECK_COORDINATOR, r.CheckCoordinator(alive_only=True))
    sim.hang()
    with pytest.raises(RequestFailed) as failed:
        await rig.call(ops.CHECK_COORDINATOR, r.CheckCoordinator(alive_only=True))
    assert failed.value.failure.code is FailureCode.UNAVAILABLE
