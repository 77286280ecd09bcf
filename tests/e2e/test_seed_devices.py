"""Both seed devices as the contract has them, row by row: wire bytes in, MQTT messages and radio frames compared.

The frames are those of the original's recordings and code (seeds.md 1 to 3); four wall switches differ in their options.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from tests.harness import Stack
from tests.harness.stack import BASE
from tests.harness.wire import Message, Row, Wire

from zigbus.waiting import until
from zigbus_simulator import Simulator, home
from zigbus_simulator.spec import DeviceSpec

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

SWITCHES: dict[str, Message] = {
    "switch": {"legacy": False},
    "old": {},  # `legacy` is true by default
    "bounced": {"legacy": False, "debounce": 0.3},
    "kept": {"legacy": True, "debounce": 0.3, "debounce_ignore": ["action"]},
}
KNOBS = ("knob", "sleepy")
BASIC, ON_OFF, MULTISTATE, LUMI = 0x0000, 0x0006, 0x0012, 0xFCC0
RELAY, BUTTON = 2, 4
IS_ON = "18SS 01 0000 00 10 01"  # a read response, so without `click` in any mode
OFF, ON, TWICE = ("18SS0a 0000 10 00", "18SS0a 0000 10 01", "18SS0a 0000 10 02")
WITH_CAUSE = "18SS0a 0000 10 01 00f0 23 00000003"  # attribute 0xF000 beside the state
MEDIUM = "1c5f11SS01 3402 00 21 6801"  # a read response with the knob's sensitivity
CLICK = {"click": "single"}
RELEASE = {"action": "release"}


def named(model: str, name: str, number: int) -> DeviceSpec:
    """One more device like that of the home; without reports of its own, so that each message has one cause."""
    (spec,) = home.devices(model)
    ieee = f"{spec.ieee[:-4]}{number:04x}"
    return msgspec.structs.replace(spec, name=name, ieee=ieee, nwk=0x7000 + number, reports_always=frozenset())


def household() -> list[DeviceSpec]:
    switches = [named("wall_switch", name, number) for number, name in enumerate(SWITCHES)]
    return switches + [named("knob", name, 0x10 + number) for number, name in enumerate(KNOBS)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    specs = household()
    devices = {spec.ieee: {"friendly_name": spec.name, **SWITCHES.get(spec.name, {})} for spec in specs}
    folder = tmp_path_factory.mktemp("seeds")
    async with Simulator(devices=specs) as simulator, Stack(folder, simulator, {"devices": devices}) as running:
        await running.request("permit_join", {"time": 254})
        for spec in specs:
            simulator.device(spec.name).join()
        await until(lambda: entries(running).keys() >= {spec.name for spec in specs}, 60, "all devices interviewed")
        yield running


def entries(stack: Stack) -> dict[str, Any]:
    """The entries of bridge/devices that are complete, by name."""
    devices = stack.recorder.last(f"{BASE}/bridge/devices") or []
    return {d["friendly_name"]: d for d in devices if d["interview_completed"] and d.get("definition")}


async def switch(stack: Stack, name: str) -> Wire:
    wire = Wire(stack, name, (RELAY, ON_OFF, IS_ON), state={"state": "ON"})
    await wire.settle()
    return wire


async def knob(stack: Stack, name: str = "knob") -> Wire:
    wire = Wire(stack, name, (1, LUMI, MEDIUM), state={"sensitivity": "medium"})
    await wire.settle()
    return wire


def relay(frame: str, *messages: Message, endpoint: int = RELAY) -> Row:
    return Row(((endpoint, ON_OFF, frame),), messages)


def button(frame: str, *messages: Message, endpoint: int = BUTTON) -> Row:
    return Row(((endpoint, ON_OFF, frame),), messages)


def lumi(frame: str, *messages: Message, endpoint: int = 1) -> Row:
    return Row(((endpoint, LUMI, frame),), messages)


def pressed(value: int, *messages: Message, sequence: str = "SS") -> Row:
    return Row(((1, MULTISTATE, f"18{sequence}0a 5500 21 {value:02x}00"),), messages)


# ---- wall switch -----------------------------------------------------------------------------------------------------


async def test_switch_is_told_as_the_device_that_it_is(stack: Stack) -> None:
    entry = entries(stack)["switch"]
    assert (entry["type"], entry["model_id"], entry["manufacturer"]) == ("EndDevice", "lumi.ctrl_neutral1", "LUMI")
    definition = entry["definition"]
    assert (definition["model"], definition["vendor"], definition["supports_ota"]) == ("QBKG04LM", "Xiaomi", True)
    shown = [(e.get("property", e["type"]), e.get("access"), e.get("values")) for e in definition["exposes"]]
    assert shown == [
        ("switch", None, None),
        ("action", 1, ["release", "hold", "double", "single", "hold_release"]),
        ("operation_mode", 3, ["control_relay", "decoupled"]),
        ("linkquality", 1, None),
    ]
    (legacy,) = [option for option in definition["options"] if option["name"] == "legacy"]
    assert (legacy["type"], legacy["access"], legacy["value_on"], legacy["value_off"]) == ("binary", 2, True, False)


@pytest.mark.parametrize("name", ["switch", "old"])
async def test_every_report_becomes_exactly_the_messages_of_its_mode(stack: Stack, name: str) -> None:
    click = CLICK if name == "old" else {}
    clicked = (CLICK,) if click else ()
    wire = await switch(stack, name)
    await wire.walk([
        relay(OFF, {"state": "OFF", **click}),
        relay(ON, {"state": "ON", **click}),
        relay(ON, {"state": "ON", **click}, endpoint=1),
        relay(OFF, {"state": "OFF", **click}, endpoint=3),
        relay(WITH_CAUSE, {"state": "ON"}),
        relay("18SS01 0000 00 10 00", {"state": "OFF"}),
        button(ON, {"action": "single", **click}, RELEASE),
        button(OFF, {"action": "hold", **click}),
        button(ON, {"action": "hold_release", **click}, RELEASE),
        button(ON, {"action": "single", **click}, RELEASE),
        button(OFF, {"action": "hold", **click}),
        button(TWICE, {"action": "double", **click}),
        button(ON, {"action": "single", **click}, RELEASE),  # double forgot the hold
        button(WITH_CAUSE),
        button("18SS01 0000 00 10 01"),
        button(ON, *clicked, endpoint=5),
        button(OFF, *clicked, endpoint=6),
        button(WITH_CAUSE, endpoint=5),
        button("18SS01 0000 00 10 01", endpoint=6),
    ])  # fmt: skip


async def test_debounce_leaves_only_the_release_and_the_last_state(stack: Stack) -> None:
    wire = await switch(stack, "bounced")
    await wire.walk([
        button(ON, RELEASE),
        button(OFF, {"action": "hold"}),
        button(ON, RELEASE),
        button(TWICE, {"action": "double"}),
        Row(((RELAY, ON_OFF, ON), (RELAY, ON_OFF, OFF)), [{"state": "OFF"}]),
    ])  # fmt: skip


async def test_debounce_ignoring_action_keeps_every_action(stack: Stack) -> None:
    wire = await switch(stack, "kept")
    await wire.walk([
        button(ON, {"action": "single", **CLICK}, RELEASE),
        Row(((BUTTON, ON_OFF, OFF), (BUTTON, ON_OFF, ON)), [
            {"action": "hold", **CLICK}, {"action": "hold_release", **CLICK}, RELEASE,
        ]),
        Row(((RELAY, ON_OFF, OFF), (RELAY, ON_OFF, ON)), [{"state": "ON", **CLICK}]),
    ])  # fmt: skip


async def test_legacy_is_switched_while_everything_runs(stack: Stack) -> None:
    wire = await switch(stack, "switch")
    for legacy, click in ((True, CLICK), (False, {})):
        answer = await stack.request("device/options", {"id": "switch", "options": {"legacy": legacy}})
        assert answer["status"] == "ok"
        assert answer["data"]["to"]["legacy"] is legacy
        await wire.walk([
            relay(ON, {"state": "ON", **click}),
            button(ON, {"action": "single", **click}, RELEASE),
        ])  # fmt: skip


async def test_switch_gets_exactly_the_frames_of_each_write(stack: Stack) -> None:
    wire = await switch(stack, "switch")
    await wire.send({"state": "ON"}, ["01SS01"], [{"state": "ON"}])
    await wire.send({"state": "toggle"}, ["01SS02"], [{"state": "OFF"}])
    await wire.send({"state": "OFF"}, ["01SS00"], [{"state": "OFF"}])
    await wire.send("on", ["01SS01"], [{"state": "ON"}])
    await wire.send({"state": "ON", "on_time": 300, "off_wait_time": 120}, ["01SS4200b80bb004"], [])
    await wire.send({"state": ""}, ["10SS000000"], [{"state": "ON"}], to="get")
    for word, frame in (("control_relay", "145f11SS0222ff2012"), ("decoupled", "145f11SS0222ff20fe")):
        await wire.send({"operation_mode": word}, [frame], [{"operation_mode": word}])
    await wire.send({"operation_mode": {"state": "control_relay"}}, ["145f11SS0222ff2012"], [
        {"operation_mode": "control_relay"}
    ])  # fmt: skip
    targets = {(heard.cluster, heard.endpoint) for heard in stack.simulator.heard_zcl("switch", cluster=ON_OFF)}
    assert targets == {(ON_OFF, RELAY)}


async def test_switch_says_its_mode_under_the_name_that_sets_it(stack: Stack) -> None:
    await (await switch(stack, "switch")).walk([
        Row(((1, BASIC, "1c5f11SS0a 22ff 20 fe"),), [{"operation_mode": "decoupled"}]),
        Row(((1, BASIC, "1c5f11SS0a 22ff 20 12"),), [{"operation_mode": "control_relay"}]),
        Row(((1, BASIC, "1c5f11SS0a 22ff 20 55"),), []),
    ])  # fmt: skip


async def test_wrong_writes_to_the_switch_are_refused_with_the_exact_error(stack: Stack) -> None:
    wire = await switch(stack, "switch")
    await wire.refused(
        {"operation_mode": "both"},
        "Publish 'set' 'operation_mode' to 'switch' failed: 'Error: Key 'both' not found in: [control_relay, decoupled]'",
    )
    await wire.refused({"colour": "red"}, "No converter available for 'colour' on 'switch': (\"red\")")


async def test_asking_for_the_mode_is_refused_with_the_exact_error(stack: Stack) -> None:
    wire = await switch(stack, "switch")
    await wire.refused({"operation_mode": ""}, "No converter available for 'get' 'operation_mode' ()", to="get")


async def test_system_endpoint_is_asked_and_published_by_its_name(stack: Stack) -> None:
    wire = await switch(stack, "bounced")
    now_s = time.monotonic()
    stack.recorder.publish(f"{BASE}/bounced/system/set", {"state": "ON"})
    await wire.commanded(["01SS01"], since_s=now_s)
    (heard,) = stack.simulator.heard_zcl("bounced", cluster=ON_OFF, endpoint=1)
    assert heard.octets.hex().endswith("01")
    await stack.recorder.expect(wire.topic, lambda state: state["state_system"] == "ON")


async def test_switch_is_kept_from_resetting_itself_and_its_struct_says_nothing(stack: Stack) -> None:
    wire = await switch(stack, "switch")
    now_s = time.monotonic()
    await wire.walk([
        Row(((1, BASIC, "1c5f11SS0a f0ff 41 06 aa1005418701"),), []),
        Row(((1, BASIC, "1c5f11SS0a f0ff 41 03 aa1005"),), []),  # something else: no answer
        Row(((1, BASIC, "1c5f11SS0a 01ff 42 08 03281d 0521 0100 64"),), []),
        Row(((1, BASIC, "1c5f11SS0a 01ff 42 80 03281d"),), []),  # longer than the frame
    ])  # fmt: skip
    await wire.commanded(["145f11SS02f0ff4109aa1005414701011001"], since_s=now_s)


# ---- knob ------------------------------------------------------------------------------------------------------------


async def test_knob_is_told_as_the_device_that_it_is(stack: Stack) -> None:
    definition = entries(stack)["knob"]["definition"]
    assert (definition["model"], definition["vendor"], definition["supports_ota"]) == ("ZNXNKG02LM", "Aqara", False)
    assert definition["description"] == "Smart rotary knob H1 (wireless)"
    assert [(e["property"], e["access"]) for e in definition["exposes"]] == [
        ("operation_mode", 7),
        ("battery", 1),
        ("voltage", 1),
        ("action_rotation_button_state", 1),
        ("action_rotation_angle", 1),
        ("action_rotation_angle_speed", 1),
        ("action_rotation_percent", 1),
        ("action_rotation_percent_speed", 1),
        ("action_rotation_time", 1),
        ("sensitivity", 7),
        ("action", 1),
        ("linkquality", 1),
    ]


async def test_knob_is_put_into_event_mode_after_it_joined(stack: Stack) -> None:
    wire = await knob(stack)
    await until(lambda: "145f11SS0209002001" in wire.heard(0), 60, "event mode written")


async def test_every_press_of_the_knob_is_an_action(stack: Stack) -> None:
    await (await knob(stack)).walk([
        pressed(1, {"action": "single"}),
        pressed(2, {"action": "double"}),
        pressed(0, {"action": "hold"}),
        pressed(255, RELEASE),
        pressed(3),
        pressed(4),
        Row(((1, ON_OFF, "01SS02"),), []),  # command mode: what it tells the devices bound to it
        relay(ON, endpoint=1),
    ])  # fmt: skip


async def test_knob_repeating_a_frame_does_not_repeat_its_action(stack: Stack) -> None:
    single, double = {"action": "single"}, {"action": "double"}
    await (await knob(stack)).walk([
        pressed(1, single, sequence="f0"),
        pressed(1, sequence="f0"),
        pressed(2, double, sequence="f0"),  # the same number, other bytes
        pressed(1, single, sequence="f1"),
    ])  # fmt: skip


@pytest.mark.parametrize("endpoint", [71, 72, 1])
async def test_turning_the_knob_publishes_all_numbers_as_they_are(stack: Stack, endpoint: int) -> None:
    tail = "2e02390000c041 30023900004841 310223f4010000 320239 00006040 330239a470d540 2c0221f401 3802200c"
    turned = {
        "action_rotation_angle": 24,
        "action_rotation_angle_speed": 12.5,
        "action_rotation_percent": 6.670000076293945,
        "action_rotation_percent_speed": 3.5,
        "action_rotation_time": 500,
    }
    rows = [
        (state, {**turned, "action": action, "action_rotation_button_state": button_state})
        for state, action, button_state in (
            ("01", "start_rotating", "released"),
            ("02", "rotation", "released"),
            ("03", "stop_rotating", "released"),
            ("81", "start_rotating", "pressed"),
            ("82", "rotation", "pressed"),
            ("83", "stop_rotating", "pressed"),
        )
    ]
    wire = await knob(stack)
    await wire.walk([lumi(f"1c5f11SS0a 3a0220{state} {tail}", message, endpoint=endpoint) for state, message in rows])
    await wire.walk([lumi(f"1c5f11SS0a {tail}", endpoint=endpoint)])  # without 0x023A nothing is published
    newest = next(m for m in reversed(stack.recorder.of(wire.topic)) if b"stop_rotating" in m.payload)
    assert b'"action_rotation_angle":24,' in newest.payload


async def test_repeated_rotation_is_published_once(stack: Stack) -> None:
    message = {"action": "rotation", "action_rotation_button_state": "released"}
    frame = "1c5f11f20a 3a022002"
    await (await knob(stack)).walk([lumi(frame, message, endpoint=71), lumi(frame, endpoint=71)])


async def test_struct_of_the_knob_gives_battery_and_voltage_only(stack: Stack) -> None:
    await (await knob(stack)).walk([
        lumi("1c5f11SS0a f700 41 16 01219a0b 032819 05210300 08211f01 0a210000 0c2001", {"battery": 80, "voltage": 2970}),
        lumi("1c5f11SS0a f700 41 04 01211c0c", {"battery": 100, "voltage": 3100}),
        lumi("1c5f11SS0a f700 41 04 0121f00a", {"battery": 0, "voltage": 2800}),
        lumi("1c5f11SS0a f700 41 09 0121540b 0399190521", {"battery": 33, "voltage": 2900}),  # 0x99: no such type
        lumi("1c5f11SS0a f700 41 06 0121540b 0321", {"battery": 33, "voltage": 2900}),  # cut short
        lumi("1c5f11SS0a f700 41 03 032819"),
        Row(((1, BASIC, "1c5f11SS0a 01ff 42 04 0121540b"),), []),
    ])  # fmt: skip


async def test_knob_gets_exactly_the_frames_of_each_write(stack: Stack) -> None:
    wire = await knob(stack)
    for word, value in (("command", "00"), ("event", "01")):
        await wire.send({"operation_mode": word}, [f"145f11SS02090020{value}"], [{"operation_mode": word}])
    await wire.send({"operation_mode": ""}, ["145f11SS000900"], [{"operation_mode": "event"}], to="get")
    for word, value in (("low", "d002"), ("high", "b400"), ("medium", "6801")):
        await wire.send({"sensitivity": word}, [f"145f11SS02340221{value}"], [{"sensitivity": word}])
    await wire.send({"sensitivity": ""}, ["145f11SS003402"], [{"sensitivity": "medium"}], to="get")


async def test_knob_says_its_settings(stack: Stack) -> None:
    await (await knob(stack)).walk([
        lumi("1c5f11SS0a 0900 20 00", {"operation_mode": "command"}),
        lumi("1c5f11SS01 0900 00 20 01", {"operation_mode": "event"}),
        lumi("1c5f11SS0a 3402 21 d002", {"sensitivity": "low"}),
        lumi("1c5f11SS01 3402 00 21 b400", {"sensitivity": "high"}),
        lumi("1c5f11SS0a 3402 21 0100"),
    ])  # fmt: skip


async def test_wrong_writes_to_the_knob_are_refused_with_the_exact_error(stack: Stack) -> None:
    wire = await knob(stack)
    for key, words in (("operation_mode", "command, event"), ("sensitivity", "low, medium, high")):
        error = f"Publish 'set' '{key}' to 'knob' failed: 'Error: Key 'wild' not found in: [{words}]'"
        await wire.refused({key: "wild"}, error)
    await wire.refused({"battery": 50}, "No converter available for 'battery' on 'knob': (50)")


async def test_sleeping_knob_gets_its_setting_when_it_wakes(stack: Stack) -> None:
    wire = await knob(stack, "sleepy")
    now_s = time.monotonic()
    wire.device.sleep()
    stack.recorder.publish(f"{wire.topic}/set", {"sensitivity": "high"})
    await until(lambda: wire.heard(now_s), 60, "the attempt")
    await stack.simulator.until(lambda: wire.device.get(1, LUMI, 0x0234, 0x115F) == 360, 60)
    wire.device.sleep(False)
    wire.say(1, MULTISTATE, "18SS0a 5500 21 0100")
    await until(lambda: wire.device.get(1, LUMI, 0x0234, 0x115F) == 180, 60, "the setting in the device")
    await stack.recorder.expect(wire.topic, lambda state: state["sensitivity"] == "high")


async def test_knob_is_kept_from_resetting_itself(stack: Stack) -> None:
    wire = await knob(stack)
    now_s = time.monotonic()
    await wire.walk([Row(((1, BASIC, "1c5f11SS0a f0ff 41 05 aa10054187"),), [])])
    await wire.commanded(["145f11SS02f0ff4109aa1005414701011001"], since_s=now_s)


# ---- precedence ------------------------------------------------------------------------------------------------------


async def test_legacy_of_the_household_holds_where_the_device_says_nothing(stack: Stack) -> None:
    await stack.stop()
    stack.settings["device_options"] = {"legacy": False}
    stack.write_settings()
    await stack.start()
    for name, click in (("old", {}), ("kept", CLICK)):
        wire = await switch(stack, name)
        await wire.walk([relay(OFF, {"state": "OFF", **click})])
