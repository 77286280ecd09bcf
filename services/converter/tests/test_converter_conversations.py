"""Conversations with devices on a real bus: order, concurrency, failures, configuration, NATS restarts."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest
from services.converter.tests.converter_home import KNOB, SWITCH, Home, knob, switch

from zigbus.bus.nats_server import NatsServer
from zigbus.contract import operations, storage
from zigbus.contract.base import FailureCode, Message, Reply, RequestFailed
from zigbus.contract.events import AttributeValue, DeviceJoined
from zigbus.contract.requests import (
    ConfigureDevice,
    GetRequest,
    InvokeCommand,
    ReadAttributes,
    SetRequest,
    WriteAttributes,
)
from zigbus.waiting import until
from zigbus_converter.conversations import conversation_of, now_s
from zigbus_converter.effects import Merge, Read

OTHER = "0x00158d0001a2b3c5"
RELAY_ON, RELAY_OFF = "18SS0a00001001", "18SS0a00001000"


def test_an_answer_to_effects_that_nobody_waits_for_is_not_listened_to() -> None:
    read, merge = Read(endpoint=1, cluster=6, attributes=(0,)), Merge({"state": "ON"})
    conversation = conversation_of([read, merge])
    assert next(conversation) == read
    assert conversation.send((AttributeValue(id=0, type=0x10, value=True),)) == merge


async def test_messages_for_one_device_are_carried_out_in_order(home: Home, nats_server: NatsServer) -> None:
    await home.start(switch())
    async with home.converter(nats_server.url):
        await asyncio.gather(*(home.set(SWITCH, {"state": "ON" if n % 2 else "OFF"}) for n in range(20)))
        assert [c.command for c in home.calls if isinstance(c, InvokeCommand)] == [n % 2 for n in range(20)]
        await home.expect(SWITCH, *({"state": "ON" if n % 2 else "OFF"} for n in range(20)))


async def test_a_device_that_answers_late_holds_up_nobody_and_its_reports_come_at_once(
    home: Home, nats_server: NatsServer
) -> None:
    await home.start(switch(), switch(OTHER))
    late, release = home.late(SWITCH)
    async with home.converter(nats_server.url):
        slow = asyncio.create_task(home.set(SWITCH, {"state": "OFF"}))
        await late.wait()
        await home.set(OTHER, {"state": "ON"})
        await home.expect(OTHER, {"state": "ON"})
        await home.report(SWITCH, RELAY_ON, 2, 6)
        await home.expect(SWITCH, {"state": "ON", "click": "single"})
        release.set()
        await slow
        await home.expect(SWITCH, {"state": "OFF"})


async def test_a_refused_write_is_the_outcome_of_its_key_and_changes_nothing(
    home: Home, nats_server: NatsServer
) -> None:
    def refuse(ask: Message) -> Reply:
        raise RequestFailed.of(FailureCode.REJECTED, "status 0x87", status=0x87)

    await home.start(switch())
    home.answer = refuse
    async with home.converter(nats_server.url):
        answer = await home.set(SWITCH, {"operation_mode": "decoupled"})
        assert answer.keys[0].failure is not None
        assert (answer.keys[0].failure.code, answer.keys[0].failure.facts) == (FailureCode.REJECTED, {"status": 0x87})
        assert home.updates == []


async def test_what_is_sent_to_the_system_endpoint_is_published_though_it_refuses(
    home: Home, nats_server: NatsServer
) -> None:
    def refuse(ask: Message) -> Reply:
        raise RequestFailed.of(FailureCode.UNSUPPORTED, "status 0xc3", status=0xC3)

    await home.start(switch())
    home.answer = refuse
    async with home.converter(nats_server.url):
        assert (await home.set(SWITCH, {"state_system": "ON"})).keys[0].failure is None
        await home.expect(SWITCH, {"state_system": "ON"})
        assert (await home.set(SWITCH, {"state": "ON"})).keys[0].failure is not None


async def test_toggle_inverts_what_was_known_before_the_device_reports(home: Home, nats_server: NatsServer) -> None:
    await home.start(switch())
    await home.options(SWITCH, legacy=False)
    come, answer = home.late(SWITCH)
    async with home.converter(nats_server.url):
        await home.report(SWITCH, RELAY_OFF, 2, 6)
        await home.expect(SWITCH, {"state": "OFF"})
        toggling = asyncio.create_task(home.set(SWITCH, {"state": "TOGGLE"}))
        await come.wait()
        await home.report(SWITCH, RELAY_ON, 2, 6)
        await home.expect(SWITCH, {"state": "ON"})
        answer.set()
        await toggling
        await home.expect(SWITCH, {"state": "ON"})


async def test_a_device_that_wakes_up_while_a_request_fails_gets_it_again_at_once(
    home: Home, nats_server: NatsServer
) -> None:
    def fail_once(ask: Message) -> Reply:
        home.answer = lambda ask: Reply()
        raise RequestFailed.of(FailureCode.TIMEOUT, "no answer")

    await home.start(knob())
    async with home.converter(nats_server.url):
        await home.report(KNOB, "18SS0a55002101 00", 1, 0x12)
        await home.definition(KNOB, configured=True)
        home.answer = fail_once
        come, answer = home.late(KNOB)
        setting = asyncio.create_task(home.set(KNOB, {"sensitivity": "low"}))
        await come.wait()
        await home.report(KNOB, "18SS0a55002101 00", 1, 0x12)
        await home.expect(KNOB, {"action": "single"}, {"action": "single"})
        answer.set()
        assert (await setting).keys[0].queued
        await home.expect(KNOB, {"sensitivity": "low"})


async def test_a_device_that_always_listens_fails_at_once_and_nothing_is_kept(
    home: Home, nats_server: NatsServer
) -> None:
    def silent(ask: Message) -> Reply:
        raise RequestFailed.of(FailureCode.DELIVERY_FAILED, "no answer")

    await home.start(switch())
    home.answer = silent
    async with home.converter(nats_server.url):
        answer = await home.set(SWITCH, {"state": "ON"})
        assert not answer.keys[0].queued
        assert answer.keys[0].failure is not None
        home.answer = lambda ask: Reply()
        calls = len(home.calls)
        await home.report(SWITCH, RELAY_OFF, 2, 6)
        await home.expect(SWITCH, {"state": "OFF", "click": "single"})
        assert len(home.calls) == calls


async def test_optimistic_options_decide_what_a_command_publishes(home: Home, nats_server: NatsServer) -> None:
    await home.start(switch())
    await home.options(SWITCH, filtered_optimistic=["oper.*"])
    async with home.converter(nats_server.url):
        await home.set(SWITCH, {"state": "ON", "operation_mode": "decoupled"})
        await home.expect(SWITCH, {"state": "ON"})
        await home.options(SWITCH, optimistic=False)
        await home.set(SWITCH, {"state": "OFF"})
        await home.report(SWITCH, RELAY_OFF, 2, 6)
        await home.expect(SWITCH, {"state": "OFF", "click": "single"})


async def test_get_reads_and_the_answer_comes_as_a_report(home: Home, nats_server: NatsServer) -> None:
    await home.start(switch())
    async with home.converter(nats_server.url):
        ask = GetRequest(ieee=SWITCH, payload={"state": "", "operation_mode": ""})
        answer = await home.bus.call(operations.GET, ask, ieee=SWITCH)
        assert [(k.key, k.failure.code if k.failure else None) for k in answer.keys] == [
            ("state", None),
            ("operation_mode", FailureCode.UNSUPPORTED),
        ]
        assert [(c.endpoint, c.attributes) for c in home.calls if isinstance(c, ReadAttributes)] == [(2, (0,))]
        assert home.updates == []


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        (SetRequest(group=7, payload={"state": "ON"}), FailureCode.NOT_FOUND),
        (SetRequest(ieee=OTHER, payload={"state": "ON"}), FailureCode.NOT_FOUND),
        (SetRequest(ieee=SWITCH, payload={"state": "ON"}, endpoint="left"), FailureCode.NOT_FOUND),
    ],
)
async def test_requests_to_what_is_not_there_are_refused(
    ask: SetRequest, code: FailureCode, home: Home, nats_server: NatsServer
) -> None:
    await home.start(switch())
    async with home.converter(nats_server.url):
        with pytest.raises(RequestFailed) as caught:
            await home.bus.call(operations.SET, ask, ieee=ask.ieee, group=ask.group)
        assert caught.value.failure.code == code


async def test_raw_keys_read_write_and_command(home: Home, nats_server: NatsServer) -> None:
    await home.start(switch())
    home.reads = {(0, 5): AttributeValue(id=5, type=0x42, value="lumi", octets=b"lumi")}
    raw: list[dict[str, Any]] = [
        {"read": {"cluster": "genBasic", "attributes": ["modelId", "swBuildId"], "state_property": "seen"}},
        {"write": {"cluster": "genOnOff", "payload": {"onTime": 5}}},
        {
            "write": {
                "cluster": 0xFCC0,
                "payload": {"9": {"value": 1, "type": 0x20}},
                "options": {"manufacturerCode": 0x115F},
            }
        },
        {"command": {"cluster": "genLevelCtrl", "command": "moveToLevel", "payload": {"level": 5, "transtime": 1}}},
        {"reset": ""},
    ]
    async with home.converter(nats_server.url):
        for payload in raw:
            answer = await home.set(SWITCH, payload)
            assert answer.keys[0].failure is None, answer
        read, write, custom, level, reset = (c for c in home.calls)
        assert isinstance(read, ReadAttributes)
        assert read.attributes == (5, 0x4000)
        assert isinstance(write, WriteAttributes)
        assert [(a.id, a.type, a.value) for a in write.attributes] == [(0x4001, 0x21, 5)]
        assert isinstance(custom, WriteAttributes)
        assert (custom.cluster, custom.manufacturer, custom.attributes[0].id) == (0xFCC0, 0x115F, 9)
        assert isinstance(level, InvokeCommand)
        assert (level.cluster, level.command, level.payload[:3]) == (8, 0, b"\x05\x01\x00")
        assert isinstance(reset, InvokeCommand)
        assert (reset.cluster, reset.command) == (0, 0)
        wrong = await home.set(SWITCH, {"read": {"cluster": "noSuch", "attributes": ["x"]}})
        assert wrong.keys[0].failure is not None
        assert wrong.keys[0].failure.code == FailureCode.INVALID


async def test_the_reset_guard_answers_the_device(home: Home, nats_server: NatsServer) -> None:
    await home.start(switch())
    async with home.converter(nats_server.url):
        await home.report(SWITCH, "1c5f11SS0af0ff4109aa1005418701011001", 1, 0)
        await until(lambda: len(home.calls) == 1)
        (write,) = home.calls
        assert isinstance(write, WriteAttributes)
        assert write.attributes[0].octets == bytes.fromhex("aa1005414701011001")


async def test_a_failing_set_up_is_tried_three_times_and_on_request_again(home: Home, nats_server: NatsServer) -> None:
    def asleep(ask: Message) -> Reply:
        raise RequestFailed.of(FailureCode.TIMEOUT, "no answer")

    await home.start(knob())
    home.answer = asleep
    async with home.converter(nats_server.url):
        for number in range(6):
            await home.report(KNOB, "18SS0a55002101 00", 1, 0x12)
            await until(lambda: len(home.updates) == number + 1)  # noqa: B023 - waited for here
            await until(lambda: len(home.calls) >= min(number + 1, 3))  # noqa: B023 - same
        assert len(home.calls) == 3
        with pytest.raises(RequestFailed):
            await home.bus.call(operations.CONFIGURE, ConfigureDevice(ieee=KNOB), ieee=KNOB)
        home.answer = lambda ask: Reply()
        await home.bus.call(operations.CONFIGURE, ConfigureDevice(ieee=KNOB), ieee=KNOB)
        await home.definition(KNOB, configured=True)


async def test_a_device_that_joins_again_is_set_up_again(home: Home, nats_server: NatsServer) -> None:
    await home.start(knob())
    async with home.converter(nats_server.url):
        await home.report(KNOB, "18SS0a55002101 00", 1, 0x12)
        await home.definition(KNOB, configured=True)
        home.hear(DeviceJoined(coordinator="main", ieee=KNOB, received_at_s=now_s(), nwk=1))
        await home.definition(KNOB, configured=False)


async def test_a_new_description_gives_a_new_definition_with_its_revision(home: Home, nats_server: NatsServer) -> None:
    await home.start(switch())
    async with home.converter(nats_server.url):
        await home.definition(SWITCH, configured=True)
        changed = msgspec.structs.replace(switch(), model="lumi.remote.rkba01")
        revision = await home.bus.bucket(storage.DEVICES).put(SWITCH, changed)
        table = await home.bus.table(storage.DEFINITIONS)
        await until(lambda: table[SWITCH].device_revision == revision)
        assert table[SWITCH].model == "ZNXNKG02LM"


async def test_nothing_is_lost_or_done_twice_while_nats_restarts(home: Home, nats_server: NatsServer) -> None:
    await home.start(switch())
    await home.options(SWITCH, legacy=False)
    total = 300
    async with home.converter(nats_server.url):
        for number in range(total):
            home.report(SWITCH, RELAY_ON, 4, 6)
            if number in (100, 200):
                await until(lambda: len(home.updates) > 20)
                await nats_server.stop(kill=number == 100)
            if number in (150, 250):
                await nats_server.start()
            await asyncio.sleep(0.002)  # the pace of the device
        await until(lambda: len(home.updates) >= 2 * total, 60)
    assert home.changed(SWITCH) == [{"action": "single"}, {"action": "release"}] * total
    assert [u.sequence for u in home.updates] == list(range(1, 2 * total + 1))
