"""The converter on a real bus: events in, updates and states out, over restarts."""

from __future__ import annotations

import asyncio

import msgspec
from services.converter.tests.converter_home import KNOB, SWITCH, Home, knob, switch

from zigbus.bus.nats_server import NatsServer
from zigbus.contract import storage, subjects
from zigbus.contract.base import FailureCode, JsonObject, Message, Reply, RequestFailed
from zigbus.contract.devices import InterviewState
from zigbus.contract.events import InterviewChanged
from zigbus.contract.household import ConverterSettings, ImportedState
from zigbus.contract.requests import InvokeCommand, ReadAttributes, WriteAttributes
from zigbus.contract.updates import EntityState, Update
from zigbus.waiting import until
from zigbus_converter.conversations import now_s

RELAY_ON, RELAY_OFF = "18SS0a00001001", "18SS0a00001000"
PRESS = "18SS0a00001001"  # on endpoint 4


async def test_a_press_gives_its_actions_in_order(home: Home, nats_server: NatsServer) -> None:
    await home.start(switch())
    async with home.converter(nats_server.url):
        await home.report(SWITCH, PRESS, 4, 6)
        await home.expect(SWITCH, {"action": "single", "click": "single"}, {"action": "release"})


async def test_updates_carry_cache_number_and_hop_times(home: Home, nats_server: NatsServer) -> None:
    await home.start(switch())
    async with home.converter(nats_server.url):
        await home.report(SWITCH, RELAY_ON, 2, 6, lqi=96)
        await home.report(SWITCH, PRESS, 4, 6, lqi=97)
        await until(lambda: len(home.updates) == 3)
        first, second, third = home.updates
        assert [u.sequence for u in home.updates] == [1, 2, 3]
        assert [u.state for u in home.updates] == [{"state": "ON"}] * 3
        assert (first.lqi, second.lqi, third.is_action, first.cause) == (96, 97, True, "report")
        assert first.received_at_s is not None
        assert first.published_at_s is not None
        assert first.received_at_s <= first.published_at_s <= first.converted_at_s


async def test_what_a_command_made_so_counts_though_the_converter_died_before_storing_it(
    home: Home, nats_server: NatsServer
) -> None:
    await home.start(switch())
    await home.bus.bucket(storage.STATE).put(SWITCH, EntityState(state={"state": "ON"}, update_sequence=1))
    lost = Update(ieee=SWITCH, sequence=2, changed={"state": "OFF"}, state={"state": "OFF"}, cause="command")
    await home.bus.publisher().send(subjects.update_of_device(SWITCH), lost, "lost")
    async with home.converter(nats_server.url):
        await home.report(SWITCH, PRESS, 4, 6)
        await until(lambda: any(update.is_action for update in home.updates))
    press = next(update for update in home.updates if update.is_action)
    assert (press.state, press.sequence) == ({"state": "OFF"}, 3)


async def test_state_is_stored_and_taken_up_after_a_restart(home: Home, nats_server: NatsServer) -> None:
    await home.start(switch())
    async with home.converter(nats_server.url):
        await home.report(SWITCH, RELAY_ON, 2, 6)
        await home.report(SWITCH, "18SS0a00001000", 4, 6)  # hold
        await until(lambda: len(home.updates) == 2)
    stored = await home.stored(SWITCH)
    assert stored.state == {"state": "ON"}
    home.updates.clear()
    async with home.converter(nats_server.url):
        await home.report(SWITCH, PRESS, 4, 6)
        await until(lambda: len(home.updates) == 2)
        assert home.updates[0].changed == {"action": "hold_release", "click": "single"}
        assert home.updates[0].state == {"state": "ON"}
        assert home.updates[0].sequence == 3


async def test_options_count_at_once(home: Home, nats_server: NatsServer) -> None:
    await home.start(switch())
    async with home.converter(nats_server.url):
        await home.report(SWITCH, PRESS, 4, 6)
        await home.expect(SWITCH, {"action": "single", "click": "single"}, {"action": "release"})
        await home.options(SWITCH, legacy=False)
        heard: list[JsonObject] = []
        for _ in range(100):  # the options travel another way than the reports
            home.updates = []
            await home.report(SWITCH, PRESS, 4, 6)
            await until(lambda: home.changed(SWITCH)[-1:] == [{"action": "release"}], 10, "a press")
            heard = home.changed(SWITCH)
            if "click" not in heard[0]:
                break
        assert heard == [{"action": "single"}, {"action": "release"}]


async def test_a_pending_debounce_survives_a_restart(home: Home, nats_server: NatsServer) -> None:
    await home.start(switch())
    await home.options(SWITCH, debounce=4)
    async with home.converter(nats_server.url):
        await home.report(SWITCH, PRESS, 4, 6)
        position = await home.report(SWITCH, RELAY_ON, 2, 6)
        await home.worked_in(SWITCH, position)
    assert (await home.stored(SWITCH)).event_position == position
    assert home.updates == []
    async with home.converter(nats_server.url):
        await home.expect(SWITCH, {"action": "release", "click": "single", "state": "ON"})


async def test_set_sends_the_command_and_publishes_the_result_before_the_answer(
    home: Home, nats_server: NatsServer
) -> None:
    await home.start(switch())
    async with home.converter(nats_server.url):
        answer = await home.set(SWITCH, {"state": "ON"})
        assert [(k.key, k.failure) for k in answer.keys] == [("state", None)]
        assert [c.command for c in home.calls if isinstance(c, InvokeCommand)] == [1]
        await home.expect(SWITCH, {"state": "ON"})
        stored = await home.stored(SWITCH)
        assert stored.state == {"state": "ON"}


async def test_each_key_has_its_own_outcome(home: Home, nats_server: NatsServer) -> None:
    await home.start(switch())
    async with home.converter(nats_server.url):
        answer = await home.set(SWITCH, {"transition": 2, "operation_mode": "nonsense", "state": "ON"})
        outcomes = {k.key: k.failure for k in answer.keys}
        assert list(outcomes) == ["state", "transition", "operation_mode"]
        assert outcomes["state"] is None
        assert outcomes["transition"] is not None
        assert outcomes["transition"].code == FailureCode.UNSUPPORTED
        assert outcomes["transition"].facts == {
            "key": "transition",
            "value": 2,
            "operation": "set",
            "missing": "converter",
            "readable": True,
        }
        assert outcomes["operation_mode"] is not None
        assert outcomes["operation_mode"].code == FailureCode.INVALID
        assert outcomes["operation_mode"].text == "Key 'nonsense' not found in: [control_relay, decoupled]"


async def test_a_suffixed_key_goes_to_its_endpoint_and_comes_back_with_the_suffix(
    home: Home, nats_server: NatsServer
) -> None:
    await home.start(switch())
    async with home.converter(nats_server.url):
        await home.set(SWITCH, {"state_system": "ON"})
        await home.set(SWITCH, {"state": "ON"}, endpoint="2")
        assert [c.endpoint for c in home.calls if isinstance(c, InvokeCommand)] == [1, 2]
        await home.expect(SWITCH, {"state_system": "ON"}, {"state_2": "ON"})


async def test_a_request_for_a_sleeping_device_is_kept_and_sent_when_it_is_heard(
    home: Home, nats_server: NatsServer
) -> None:
    def asleep(ask: Message) -> Reply:
        raise RequestFailed.of(FailureCode.DELIVERY_FAILED, "no answer")

    await home.start(knob())
    async with home.converter(nats_server.url):
        await home.report(KNOB, "18SS0a55002101 00", 1, 0x12)
        await until(lambda: len(home.calls) == 2)  # set-up
        home.calls.clear()
        home.answer = asleep
        answer = await home.set(KNOB, {"sensitivity": "low"})
        assert answer.keys[0].queued
        answer = await home.set(KNOB, {"sensitivity": "high"})
        assert answer.keys[0].queued
    home.answer = lambda ask: Reply()
    home.calls.clear()
    home.updates.clear()
    async with home.converter(nats_server.url):
        await home.report(KNOB, "18SS0a55002101 00", 1, 0x12)
        await home.expect(KNOB, {"action": "single"}, {"sensitivity": "high"})
        writes = [c for c in home.calls if isinstance(c, WriteAttributes)]
        assert [(w.attributes[0].id, w.attributes[0].value) for w in writes] == [(0x0234, 180)]


async def test_a_new_device_is_configured_once_and_the_mark_is_kept(home: Home, nats_server: NatsServer) -> None:
    fresh = msgspec.structs.replace(knob(), interview=InterviewState.IN_PROGRESS)
    await home.start(fresh)
    async with home.converter(nats_server.url):
        revision = await home.bus.bucket(storage.DEVICES).put(KNOB, knob())
        home.hear(
            InterviewChanged(
                coordinator="main", ieee=KNOB, received_at_s=now_s(), status="successful", device_revision=revision
            )
        )
        await home.report(KNOB, "18SS0a55002101 00", 1, 0x12)
        await home.expect(KNOB, {"action": "single"})
        await until(lambda: len(home.calls) == 2)
        assert isinstance(home.calls[0], WriteAttributes)
        assert isinstance(home.calls[1], ReadAttributes)
        assert (await home.definition(KNOB, configured=True)).model == "ZNXNKG02LM"
    async with home.converter(nats_server.url):
        await home.report(KNOB, "18SS0a55002102 00", 1, 0x12)
        await until(lambda: len(home.updates) >= 1)
    assert len(home.calls) == 2


async def test_a_removed_device_leaves_nothing_behind(home: Home, nats_server: NatsServer) -> None:
    await home.start(switch())
    states, definitions = await home.bus.table(storage.STATE), await home.bus.table(storage.DEFINITIONS)
    async with home.converter(nats_server.url):
        await home.report(SWITCH, RELAY_ON, 2, 6)
        await until(lambda: SWITCH in states and SWITCH in definitions)
        await home.bus.bucket(storage.DEVICES).delete(SWITCH)
        await until(lambda: SWITCH not in states and SWITCH not in definitions)


async def test_states_of_a_taken_over_data_folder_are_used_only_where_there_is_none(
    home: Home, nats_server: NatsServer
) -> None:
    await home.start(switch(), knob())
    async with home.converter(nats_server.url):
        await home.report(SWITCH, RELAY_ON, 2, 6)
        await until(lambda: len(home.updates) == 1)
        imported = ImportedState(states={SWITCH: {"state": "OFF"}, KNOB: {"battery": 83}})
        await home.bus.bucket(storage.SETTINGS).put("imported_state", imported)
        states = await home.bus.table(storage.STATE)
        await until(lambda: KNOB in states and SWITCH in states)
        assert states[KNOB].state == {"battery": 83}
        assert states[SWITCH].state == {"state": "ON"}


async def test_old_home_assistant_set_ups_get_an_empty_action_behind_each(home: Home, nats_server: NatsServer) -> None:
    await home.start(switch(), settings=ConverterSettings(home_assistant=True, legacy_action_sensor=True))
    async with home.converter(nats_server.url):
        await home.report(SWITCH, PRESS, 4, 6)
        await home.expect(
            SWITCH,
            {"action": "single", "click": "single"},
            {"action": ""},
            {"click": ""},
            {"action": "release"},
            {"action": ""},
        )


async def test_a_frame_without_payload_publishes_the_cache_if_last_seen_is_wanted(
    home: Home, nats_server: NatsServer
) -> None:
    await home.start(switch(), settings=ConverterSettings(last_seen_updates=True))
    async with home.converter(nats_server.url):
        await home.report(SWITCH, RELAY_ON, 2, 6)
        await home.report(SWITCH, "18SS0a0100200a", 1, 0)
        await until(lambda: len(home.updates) == 2)
        assert (home.updates[1].changed, home.updates[1].state, home.updates[1].cause) == (
            {},
            {"state": "ON"},
            "refresh",
        )


async def test_what_waits_leaves_in_time_though_other_devices_talk_all_the_time(
    home: Home, nats_server: NatsServer
) -> None:
    await home.start(switch(), knob())
    await home.options(SWITCH, debounce=0.3, legacy=False)
    async with home.converter(nats_server.url):
        await home.report(SWITCH, PRESS, 4, 6)
        for _ in range(100):
            home.report(KNOB, "18SS0a55002101 00", 1, 0x12)
            if home.changed(SWITCH):
                break
            await asyncio.sleep(0.02)  # the pace of the other device
        assert home.changed(SWITCH) == [{"action": "release"}]


async def test_both_messages_of_a_press_arrive_if_debounce_ignores_actions(home: Home, nats_server: NatsServer) -> None:
    await home.start(switch())
    await home.options(SWITCH, debounce=0.1, debounce_ignore=["action"], legacy=False)
    async with home.converter(nats_server.url):
        for _ in range(3):
            await home.report(SWITCH, PRESS, 4, 6)
            await home.expect(SWITCH, {"action": "single"}, {"action": "release"})
