"""ZNXNKG02LM from wire bytes to payloads: every row of seeds.md 2 and 3."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from services.converter.tests.converter_home import Bench, knob

from zigbus.contract.base import JsonObject, RequestFailed
from zigbus.contract.household import ConverterSettings
from zigbus_converter.effects import Merge, Read, Write
from zigbus_converter.parts.lumi import decode_struct
from zigbus_converter.planning import plan
from zigbus_converter.records import record_of

LUMI, MULTISTATE = 0xFCC0, 0x0012
ROTATION = "1c5f11SS0a 3a0220{state} 2e02390000c041 30023900004841 310223f4010000 320239 00006040 330239a470d540 2c0221f401 3802200c"


def effects(payload: JsonObject, way: Any = "set") -> list[Any]:
    """What a message with one key wants done."""
    (step,) = plan(Bench(knob()).entity, payload, None, way, ConverterSettings())
    assert step.ask is not None
    assert step.function is not None
    return list(step.function(step.ask))


@pytest.mark.parametrize(
    ("value", "action"), [("0000", "hold"), ("0100", "single"), ("0200", "double"), ("ff00", "release")]
)
def test_a_press_is_an_action(value: str, action: str) -> None:
    assert Bench(knob()).hear(f"18SS0a550021{value}", 1, MULTISTATE) == [{"action": action}]


@pytest.mark.parametrize("value", ["0300", "0900"])
def test_an_unknown_press_is_nothing(value: str) -> None:
    assert Bench(knob()).hear(f"18SS0a550021{value}", 1, MULTISTATE) == []


def test_a_frame_that_came_already_is_dropped_for_five_seconds() -> None:
    bench, press = Bench(knob()), "18SS0a5500210100"
    assert bench.hear(press, 1, MULTISTATE, sequence=9, at_s=100.0) == [{"action": "single"}]
    assert bench.hear(press, 1, MULTISTATE, sequence=9, at_s=104.9) == []
    assert bench.hear(press, 1, MULTISTATE, sequence=10, at_s=105.0) == [{"action": "single"}]
    assert bench.hear("18SS0a5500210200", 1, MULTISTATE, sequence=10, at_s=105.1) == [{"action": "double"}]
    assert bench.hear(press, 1, MULTISTATE, sequence=9, at_s=110.0) == [{"action": "single"}]


def test_only_the_last_five_frames_count_as_repeated() -> None:
    bench, press = Bench(knob()), "18SS0a5500210100"
    for sequence in range(6):
        bench.hear(press, 1, MULTISTATE, sequence=sequence, at_s=100.0)
    assert bench.hear(press, 1, MULTISTATE, sequence=1, at_s=100.1) == []
    assert bench.hear(press, 1, MULTISTATE, sequence=0, at_s=100.1) == [{"action": "single"}]


@pytest.mark.parametrize("endpoint", [71, 72])
@pytest.mark.parametrize(
    ("state", "action", "button"),
    [
        ("01", "start_rotating", "released"),
        ("02", "rotation", "released"),
        ("03", "stop_rotating", "released"),
        ("81", "start_rotating", "pressed"),
        ("82", "rotation", "pressed"),
        ("83", "stop_rotating", "pressed"),
    ],
)
def test_rotation_from_endpoints_that_were_never_declared(endpoint: int, state: str, action: str, button: str) -> None:
    assert Bench(knob()).hear(ROTATION.format(state=state), endpoint, LUMI) == [
        {
            "action": action,
            "action_rotation_angle": 24,
            "action_rotation_angle_speed": 12.5,
            "action_rotation_button_state": button,
            "action_rotation_percent": 6.670000076293945,
            "action_rotation_percent_speed": 3.5,
            "action_rotation_time": 500,
        }
    ]


def test_a_rotation_state_without_word_publishes_the_numbers_alone() -> None:
    (payload,) = Bench(knob()).hear(ROTATION.format(state="00"), 71, LUMI)
    assert "action" not in payload
    assert payload["action_rotation_button_state"] == "released"


def test_a_frame_without_rotation_state_publishes_nothing() -> None:
    assert Bench(knob()).hear("1c5f11SS0a 2e02390000c041", 71, LUMI) == []


def test_nothing_of_a_rotation_is_cached() -> None:
    bench = Bench(knob())
    bench.hear(ROTATION.format(state="01"), 71, LUMI)
    assert bench.entity.state == {}


@pytest.mark.parametrize(
    ("millivolt", "battery"), [(2970, 80), (2975, 83), (3100, 100), (3000, 100), (2850, 0), (2600, 0), (2925, 50)]
)
def test_the_heartbeat_gives_battery_and_voltage(millivolt: int, battery: int) -> None:
    struct = f"0121{millivolt.to_bytes(2, 'little').hex()} 032819 05210300 08211f01 0a210000 0c2001"
    octets = bytes.fromhex(struct.replace(" ", ""))
    wire = f"1c5f11SS0a f70041 {len(octets):02x} {octets.hex()}"
    assert Bench(knob()).hear(wire, 1, LUMI) == [{"battery": battery, "voltage": millivolt}]


def test_a_heartbeat_cut_short_gives_what_was_decoded() -> None:
    assert Bench(knob()).hear("1c5f11SS0a f70041 06 01219a0b 0328", 1, LUMI) == [{"battery": 80, "voltage": 2970}]


@pytest.mark.parametrize(("mode", "raw"), [("command", 0), ("event", 1), ("EVENT", 1)])
def test_operation_mode_is_written_and_published_at_once(mode: str, raw: int) -> None:
    write, merge = effects({"operation_mode": mode})
    assert isinstance(write, Write)
    record = write.attributes[0]
    assert (write.endpoint, write.cluster, write.manufacturer, record.id, record.type, record.value) == (
        1,
        LUMI,
        0x115F,
        9,
        0x20,
        raw,
    )
    assert merge == Merge({"operation_mode": mode.lower()})


@pytest.mark.parametrize(("word", "raw"), [("low", 720), ("medium", 360), ("high", 180)])
def test_sensitivity_is_written_and_published_at_once(word: str, raw: int) -> None:
    write, merge = effects({"sensitivity": word})
    record = write.attributes[0]
    assert (write.manufacturer, record.id, record.type, record.value) == (0x115F, 0x0234, 0x21, raw)
    assert merge == Merge({"sensitivity": word})


@pytest.mark.parametrize(
    ("key", "allowed"), [("operation_mode", r"\[command, event\]"), ("sensitivity", r"\[low, medium, high\]")]
)
def test_other_words_are_refused(key: str, allowed: str) -> None:
    with pytest.raises(RequestFailed, match=f"Key 'X' not found in: {allowed}"):
        effects({key: "X"})


@pytest.mark.parametrize(("key", "attribute"), [("operation_mode", 0x0009), ("sensitivity", 0x0234)])
def test_both_settings_can_be_read(key: str, attribute: int) -> None:
    assert effects({key: ""}, "get") == [Read(endpoint=1, cluster=LUMI, attributes=(attribute,), manufacturer=0x115F)]


@pytest.mark.parametrize("answered", ["0a {a} {t}{v}", "01 {a} 00 {t}{v}"])
@pytest.mark.parametrize(
    ("attribute", "kind", "value", "payload"),
    [
        ("0900", "20", "01", {"operation_mode": "event"}),
        ("0900", "20", "00", {"operation_mode": "command"}),
        ("3402", "21", "b400", {"sensitivity": "high"}),
        ("3402", "21", "6801", {"sensitivity": "medium"}),
        ("3402", "21", "d002", {"sensitivity": "low"}),
    ],
)
def test_reports_and_read_responses_of_settings_are_published(
    answered: str, attribute: str, kind: str, value: str, payload: JsonObject
) -> None:
    wire = "1c5f11SS" + answered.format(a=attribute, t=kind, v=value)
    assert Bench(knob()).hear(wire, 1, LUMI) == [payload]


def test_on_off_commands_for_bound_devices_are_not_published() -> None:
    assert Bench(knob()).hear("01SS02", 1, 6) == []


def test_set_up_chooses_events_and_reads_the_sensitivity() -> None:
    entity = Bench(knob()).entity
    wanted: list[Any] = [
        effect for part in entity.definition.parts for step in part.configure for effect in step(entity)
    ]
    assert [type(effect) for effect in wanted] == [Write, Read]
    assert wanted[0].attributes[0].value == 1
    assert wanted[1].attributes == (0x0234,)


def test_exposes_are_those_of_the_reference_page_in_its_order() -> None:
    record = record_of(Bench(knob()).entity, configured=False)
    assert (record.model, record.vendor, record.supports_ota, record.options) == ("ZNXNKG02LM", "Aqara", False, ())
    assert [(e.property, e.access) for e in record.exposes] == [
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
    by_name = {e.property: e for e in record.exposes}
    assert by_name["operation_mode"].values == ("event", "command")
    assert by_name["action"].values == (
        "hold",
        "single",
        "double",
        "release",
        "start_rotating",
        "rotation",
        "stop_rotating",
    )


def test_the_struct_of_the_reference_decodes() -> None:
    octets = bytes.fromhex("01219a0b03281905210300 08211f010a2100000c2001")
    assert decode_struct(octets) == ({1: 2970, 3: 25, 5: 3, 8: 287, 10: 0, 12: 1}, True)


@pytest.mark.parametrize(
    ("octets", "value"),
    [
        ("0110 01", True), ("0120 ff", 255), ("0128 ff", -1), ("0129 feff", -2), ("0122 010000", 1), ("012a ffffff", -1), ("0123 01000000", 1),
        ("0124 0100000000", 1), ("0125 010000000000", 1), ("0126 01000000000000", 1), ("0127 0000000000000001", 1), ("0139 0000c041", 24.0),
        ("013a 0000000000003840", 24.0),
    ],
)  # fmt: skip
def test_every_type_of_a_struct_decodes(octets: str, value: Any) -> None:
    assert decode_struct(bytes.fromhex(octets)) == ({1: value}, True)


@given(st.binary(max_size=64))
def test_any_octets_give_a_struct_or_its_beginning(octets: bytes) -> None:
    tags, _ = decode_struct(octets)
    assert all(0 <= tag <= 255 for tag in tags)


@given(st.binary(max_size=64), st.integers(0, 64))
def test_a_shorter_struct_never_has_other_tags(octets: bytes, cut: int) -> None:
    shorter = decode_struct(octets[:cut])[0]
    assert set(shorter) <= set(decode_struct(octets)[0])
