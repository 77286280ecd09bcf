"""Raw actions: which frame the parameters make, what is answered, and that they are off unless allowed."""

from __future__ import annotations

from typing import Any

import pytest
from services.registry.tests.registry_home import Home

from zigbus.contract import operations, storage
from zigbus.contract.base import FailureCode, JsonObject, RequestFailed
from zigbus.contract.raw_requests import RunAction, SendFrame, SendFrameResult
from zigbus.waiting import until
from zigbus_registry.raw_action import answer_of, frame_of, hue_reset

LAMP = "0x000d6ffffe100001"
TOGGLE: JsonObject = {"command_key": "toggle", "frame_type": 1, "direction": 0, "payload": {}}
TO_LAMP: JsonObject = {"ieee_address": LAMP, "network_address": 23809, "dst_endpoint": 1, "cluster_key": "genOnOff"}

FRAMES: tuple[tuple[JsonObject, SendFrame], ...] = (
    ({**TO_LAMP, "zcl": TOGGLE}, SendFrame(ieee=LAMP, endpoint=1, cluster=6, command=2)),
    (
        {**TO_LAMP, "cluster_key": 8, "zcl": {"command_key": 4, "payload": [9, 0, 0], "tsn": 7}, "timeout": 500},
        SendFrame(ieee=LAMP, endpoint=1, cluster=8, command=4, payload=b"\x09\0\0", sequence=7, timeout_s=0.5),
    ),
    (
        {**TO_LAMP, "zcl": {**TOGGLE, "disable_default_response": True, "manufacturer_code": 0x115F}},
        SendFrame(
            ieee=LAMP, endpoint=1, cluster=6, command=2, manufacturer=0x115F, disable_default_response=True, answered=False
        ),
    ),
    (
        {**TO_LAMP, "zcl": {"command_key": "read", "frame_type": 0, "payload": [{"attrId": 0x4003}]}},
        SendFrame(ieee=LAMP, endpoint=1, cluster=6, cluster_specific=False, payload=b"\x03\x40"),
    ),
    (
        {**TO_LAMP, "zcl": {"command_key": "write", "frame_type": 0, "payload": [{"attrId": 0x4003, "dataType": 0x30, "attrData": 1}]}},
        SendFrame(ieee=LAMP, endpoint=1, cluster=6, cluster_specific=False, command=2, payload=b"\x03\x40\x30\x01"),
    ),
    (
        {"group_id": 7, "cluster_key": "genOnOff", "zcl": {"command_key": "off"}},
        SendFrame(group=7, cluster=6, command=0),
    ),
    (
        {"network_address": 0xFFFD, "cluster_key": "genOnOff", "zcl": {"command_key": "off"}, "disable_response": True},
        SendFrame(broadcast=0xFFFD, cluster=6, command=0, answered=False),
    ),
    (
        {"profile_id": 0, "ieee_address": LAMP.upper().replace("X", "x"), "cluster_key": 0x31, "zdo_params": [0]},
        SendFrame(ieee=LAMP, profile=0, cluster=0x31, payload=b"\0"),
    ),
)  # fmt: skip


@pytest.mark.parametrize(("params", "frame"), FRAMES)
def test_parameters_make_the_frame_that_they_describe(params: JsonObject, frame: SendFrame) -> None:
    assert frame_of(params) == frame


WRONG: tuple[Any, ...] = (
    {},
    {**TO_LAMP},
    {**TO_LAMP, "zcl": {}},
    {**TO_LAMP, "zcl": {"command_key": "nosuch"}},
    {**TO_LAMP, "cluster_key": "nosuch", "zcl": TOGGLE},
    {**TO_LAMP, "dst_endpoint": 300, "zcl": TOGGLE},
    {**TO_LAMP, "interpan": True, "zcl": TOGGLE},
    {**TO_LAMP, "cluster_key": "genLevelCtrl", "zcl": {"command_key": "moveToLevel", "payload": {"level": "high"}}},
    {**TO_LAMP, "zcl": {"command_key": "write", "frame_type": 0, "payload": [{"attrId": 0}]}},
    {**TO_LAMP, "zcl": {"command_key": "read", "frame_type": 0, "payload": [{"attrId": 70000}]}},
    {**TO_LAMP, "zcl": {"command_key": 300, "payload": [1]}},
    {**TO_LAMP, "zcl": {"command_key": [], "frame_type": 0, "payload": [1]}},
    {**TO_LAMP, "zcl": {"command_key": "toggle", "payload": [True, 300]}},
    {"network_address": 23809, "cluster_key": "genOnOff", "zcl": TOGGLE},
    {"profile_id": 0, "ieee_address": LAMP, "cluster_key": "genOnOff", "zdo_params": [0]},
)


@pytest.mark.parametrize("params", WRONG)
def test_parameters_that_make_no_frame_are_refused(params: JsonObject) -> None:
    with pytest.raises(RequestFailed) as refused:
        frame_of(params)
    assert refused.value.failure.code in (FailureCode.INVALID, FailureCode.UNSUPPORTED)


def test_an_answer_is_shown_as_zigbee2mqtts_adapter_shows_it() -> None:
    answer = SendFrameResult(response=bytes((24, 56, 11, 2, 0)), nwk=23809, lqi=120)
    assert answer_of(frame_of({**TO_LAMP, "zcl": TOGGLE}), answer) == {  # as recorded of zigbee2mqtt 2.14.1
        "address": 23809,
        "clusterID": 6,
        "data": {"data": [24, 56, 11, 2, 0], "type": "Buffer"},
        "destinationEndpoint": 1,
        "endpoint": 1,
        "groupID": 0,
        "header": {
            "commandIdentifier": 11,
            "frameControl": {
                "direction": 1,
                "disableDefaultResponse": True,
                "frameType": 0,
                "manufacturerSpecific": False,
                "reservedBits": 0,
            },
            "transactionSequenceNumber": 56,
        },
        "linkquality": 120,
        "wasBroadcast": False,
    }
    assert answer_of(frame_of(FRAMES[-1][0]), SendFrameResult(response=b"\0\x01")) == {"data": [0, 1], "status": 0}
    assert answer_of(frame_of(FRAMES[-2][0]), SendFrameResult()) == {}


def test_hue_lamps_are_reset_by_serial_number_on_all_channels() -> None:
    frame = hue_reset({"serial_numbers": ["a1b2c3", "000001"]}, "0xddaa112233445566")
    assert frame.payload.hex() == "665544332211aadd02c3b2a10001000000"
    assert (frame.cluster, frame.command, frame.manufacturer, len(frame.channels)) == (0x1000, 0, 0x100B, 16)
    wrong: tuple[JsonObject, ...] = (
        {},
        {"serial_numbers": []},
        {"serial_numbers": ["xyz"]},
        {"serial_numbers": ["a1b2c3"], "extended_pan_id": "5"},
    )
    for params in wrong:
        with pytest.raises(RequestFailed):
            hue_reset(params, "0xddaa112233445566")


@pytest.mark.parametrize("allowed", [True, False])
async def test_a_raw_action_reaches_the_radio_only_if_the_settings_allow_it(home: Home, allowed: bool) -> None:
    section = "services: {allow_raw_actions: true}" if allowed else ""
    home.file.write_text(f"version: 5\nmqtt: {{server: 'mqtt://127.0.0.1:1883'}}\n{section}\n")
    asked: list[SendFrame] = []

    async def send(ask: SendFrame) -> SendFrameResult:
        asked.append(ask)
        return SendFrameResult()

    await home.bus.serve(operations.SEND_FRAME, send, coordinator="main")
    await home.start()
    await home.ready()
    await home.add_coordinator()
    await home.join(LAMP)
    names = await home.bus.table(storage.NAMES)
    await until(lambda: LAMP in names, what="lamp named")
    run = RunAction(name="raw", params={**TO_LAMP, "zcl": TOGGLE})
    if allowed:
        answer = await home.bus.call(operations.RUN_ACTION, run)
        assert answer.data == {}
    else:
        with pytest.raises(RequestFailed) as refused:
            await home.bus.call(operations.RUN_ACTION, run)
        assert refused.value.failure.code is FailureCode.UNSUPPORTED
    assert [ask.command for ask in asked] == ([2] if allowed else [])
