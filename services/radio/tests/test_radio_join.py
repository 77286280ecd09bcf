"""Joins: what the bus learns, in which order; interviews; who may not join; who leaves."""

from __future__ import annotations

import msgspec
import pytest
from services.radio.tests.radio_rig import ZONE, RadioRig, settings

from zigbus.contract import operations as ops
from zigbus.contract import requests as r
from zigbus.contract.devices import Binding, InterviewState, LogicalType
from zigbus.contract.events import DeviceAnnounced, DeviceJoined, DeviceLeft, InterviewChanged
from zigbus_simulator import Simulator

STRING, UINT8, ENUM8 = 0x42, 0x20, 0x30


async def test_a_join_is_told_as_joined_started_successful_each_after_the_entry_that_shows_it(
    rig: RadioRig, sim: Simulator
) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "knob")
    ieee = sim.device("knob").ieee
    told = [
        type(e).__name__ + getattr(e, "status", "")
        for e in rig.events
        if isinstance(e, DeviceJoined | InterviewChanged)
    ]
    assert told == ["DeviceJoined", "InterviewChangedstarted", "InterviewChangedsuccessful"]
    finished = rig.of(InterviewChanged, ieee)[-1]
    assert finished.device_revision in rig.revisions[ieee]
    assert rig.revisions[ieee].index(finished.device_revision) > 0


async def test_an_interview_reads_what_zigbee2mqtt_shows_of_a_device(rig: RadioRig, sim: Simulator) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "bulb_ct")
    bulb = rig.devices[sim.device("bulb_ct").ieee]
    assert (bulb.manufacturer, bulb.model) == ("IKEA of Sweden", "TRADFRI bulb E27 WS opal 980lm")
    assert (bulb.logical_type, bulb.mains_powered, bulb.rx_on_when_idle) == (LogicalType.ROUTER, True, True)
    assert bulb.manufacturer_code == 0x117C
    assert bulb.date_code
    assert bulb.software_build
    assert bulb.power_source == 1
    assert list(bulb.endpoints) == [1, 242]
    assert {0x0000, 0x0003, 0x0004, 0x0005, 0x0006, 0x0008, 0x0300} <= set(bulb.endpoints[1].input_clusters)


async def test_a_device_with_poll_control_is_bound_for_check_ins_and_asked_how_often_they_come(
    rig: RadioRig, sim: Simulator
) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "climate")
    climate = sim.device("climate")
    assert [b.cluster for b in climate.bindings] == [0x0020]
    assert rig.devices[climate.ieee].endpoints[1].bindings == (
        Binding(cluster=0x0020, ieee=_coordinator(rig), endpoint=1),
    )
    assert sim.heard_zcl("climate", cluster=0x0020, command=0x00)


async def test_an_ias_zone_is_enrolled_with_our_address_and_zone_23(rig: RadioRig, sim: Simulator) -> None:
    sim.add(ZONE)
    await rig.start(settings(sim.url))
    await rig.join(sim, "zone")
    zone = sim.device("zone")
    assert zone.get(1, 0x0500, 0x0000) == 1
    assert str(zone.get(1, 0x0500, 0x0010)) in (_coordinator(rig), str(int(_coordinator(rig), 16)))
    (enrol,) = [
        f
        for f in sim.heard_zcl("zone", cluster=0x0500, command=0x00)
        if f.frame is not None and f.frame.cluster_specific
    ]
    assert enrol.frame is not None
    assert (enrol.frame.payload, enrol.frame.disable_default_response) == (b"\x00\x17", True)


async def test_a_known_device_that_joins_again_is_announced_and_not_interviewed(rig: RadioRig, sim: Simulator) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "bulb_ct")
    bulb = sim.device("bulb_ct")
    before = (
        len(rig.of(DeviceAnnounced)),
        len(rig.of(InterviewChanged)),
        len(sim.heard_zdo("bulb_ct", "node_descriptor")),
    )
    bulb.nwk = 0x5D77
    bulb.join()
    await rig.until(lambda: len(rig.of(DeviceAnnounced)) > before[0])
    assert len(rig.of(DeviceJoined)) == 1
    assert (len(rig.of(InterviewChanged)), len(sim.heard_zdo("bulb_ct", "node_descriptor"))) == before[1:]
    await rig.until(lambda: rig.devices[bulb.ieee].nwk == 0x5D77)


async def test_a_device_that_leaves_is_gone_before_the_bus_is_told(rig: RadioRig, sim: Simulator) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "unknown")
    device = sim.device("unknown")
    device.leave()
    await rig.until(lambda: rig.of(DeviceLeft, device.ieee))
    await rig.until(lambda: device.ieee not in rig.devices)
    await rig.join(sim, "unknown")
    assert len(rig.of(DeviceJoined, device.ieee)) == 2
    assert not rig.of(DeviceLeft, device.ieee)[0].requested


@pytest.mark.parametrize("force", [False, True])
async def test_a_device_that_is_told_to_leave_is_said_to_have_been_asked(
    rig: RadioRig, sim: Simulator, force: bool
) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "unknown")
    device = sim.device("unknown")
    await rig.call(ops.LEAVE, r.LeaveRequest(ieee=device.ieee, force=force))
    await rig.until(lambda: device.ieee not in rig.devices and rig.of(DeviceLeft, device.ieee))
    await rig.join(sim, "knob")
    assert [event.requested for event in rig.of(DeviceLeft, device.ieee)] == [True]


async def test_a_device_on_the_blocklist_is_sent_away_without_an_entry(rig: RadioRig, sim: Simulator) -> None:
    wall_switch, knob = sim.device("wall_switch"), sim.device("knob")
    await rig.start(settings(sim.url, blocklist=(wall_switch.ieee,)))
    await rig.call(ops.PERMIT_JOIN, r.PermitJoin(time_s=254))
    wall_switch.join()
    await sim.until(lambda: sim.heard_zdo("wall_switch", "mgmt_leave"))
    await rig.join(sim, "knob")
    assert wall_switch.ieee not in rig.devices
    assert knob.ieee in rig.devices


async def test_a_member_that_is_blocked_later_is_expelled_at_the_next_start(rig: RadioRig, sim: Simulator) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "knob", "weather")
    knob = sim.device("knob")
    await rig.stop()
    await rig.start(settings(sim.url, passlist=(sim.device("weather").ieee,)))
    await rig.until(lambda: knob.ieee not in rig.devices)
    await sim.until(lambda: not knob.joined)


async def test_a_sleeping_xiaomi_device_counts_as_interviewed_once_its_model_is_known(
    rig: RadioRig, sim: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zigbus_radio.air.ZDO_WITHIN_S", 0.1)
    await rig.start(settings(sim.url))
    await rig.call(ops.PERMIT_JOIN, r.PermitJoin(time_s=254))
    contact = sim.device("contact")
    contact.fail("no_ack")
    contact.join()
    contact.report(1, 0x0000, {0x0005: (STRING, contact.get(1, 0x0000, 0x0005)), 0x0004: (STRING, "LUMI")})
    await rig.until(lambda: rig.interviewed(contact.ieee))
    assert rig.devices[contact.ieee].model == contact.get(1, 0x0000, 0x0005)


async def test_an_interview_that_nobody_answers_fails_and_runs_again_when_the_device_announces_itself(
    rig: RadioRig, sim: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zigbus_radio.air.ZDO_WITHIN_S", 0.1)
    await rig.start(settings(sim.url))
    await rig.call(ops.PERMIT_JOIN, r.PermitJoin(time_s=254))
    lock = sim.device("lock")
    lock.fail("no_ack")
    lock.join()
    await rig.until(lambda: lock.ieee in rig.devices and rig.devices[lock.ieee].interview is InterviewState.FAILED)
    lock.fail(None)
    lock.announce()
    await rig.until(lambda: rig.interviewed(lock.ieee))
    assert [e.status for e in rig.of(InterviewChanged, lock.ieee)] == ["started", "failed", "started", "successful"]


async def test_an_interview_on_request_reads_everything_again_and_keeps_bindings(rig: RadioRig, sim: Simulator) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "climate")
    climate = sim.device("climate")
    climate.attributes[1, 0x0000][None, 0x4000].value = "9.9.9"
    answer = await rig.call(ops.INTERVIEW, r.InterviewRequest(ieee=climate.ieee))
    await rig.until(lambda: rig.devices[climate.ieee].software_build == "9.9.9")
    assert answer.revision in rig.revisions[climate.ieee]
    assert len(rig.devices[climate.ieee].endpoints[1].bindings) == 1


async def test_joining_is_shown_open_with_its_end_and_closed_when_the_time_is_over(
    rig: RadioRig, sim: Simulator
) -> None:
    await rig.start(settings(sim.url))
    answer = await rig.call(ops.PERMIT_JOIN, r.PermitJoin(time_s=1))
    ieee = _coordinator(rig)
    assert answer.revision in rig.revisions[ieee]
    adapter = rig.devices[ieee].adapter
    assert adapter is not None
    assert adapter.permit_join
    assert adapter.permit_join_until_s is not None
    assert sim.permit_open
    await rig.until(lambda: not msgspec.structs.asdict(rig.devices[ieee])["adapter"].permit_join)


async def test_joining_can_be_opened_through_one_device_only(rig: RadioRig, sim: Simulator) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "plug_innr")
    plug = sim.device("plug_innr")
    await rig.call(ops.PERMIT_JOIN, r.PermitJoin(time_s=60, via=plug.ieee))
    request = sim.heard_zdo(name="mgmt_permit_joining")[-1]
    assert (request.nwk, request.payload) == (plug.nwk, bytes((60, 1)))
    green_power = sim.heard_zcl(cluster=0x0021)[-1]
    assert green_power.frame is not None
    assert (green_power.nwk, green_power.endpoint, green_power.frame.payload) == (plug.nwk, 242, bytes((0x2B, 60, 0)))


def _coordinator(rig: RadioRig) -> str:
    return next(d.ieee for d in rig.devices.values() if d.logical_type is LogicalType.COORDINATOR)
