"""QBKG04LM from wire bytes to payloads: every row of seeds.md 1."""

from __future__ import annotations

from typing import Any

import pytest
from services.converter.tests.converter_home import Bench, switch

from zigbus.contract.base import FailureCode, JsonObject, RequestFailed
from zigbus.contract.definitions import Expose
from zigbus.contract.household import ConverterSettings
from zigbus_converter.effects import Invoke, Merge, Read, Write
from zigbus_converter.planning import Step, plan
from zigbus_converter.records import record_of

ON_OFF, BASIC = 6, 0
LEGACY_OFF = {"legacy": False}


def on_off(value: int, *, cause: bool = False, form: str = "report") -> str:
    """A frame with onOff, maybe with the cause word behind it."""
    if form == "read_response":
        return f"18SS01000000 10{value:02x}"
    return f"18SS0a000010{value:02x}" + ("00f0230000a103" if cause else "")


def steps(bench: Bench, payload: JsonObject, way: Any = "set", endpoint: str | None = None) -> list[Step]:
    """Plan a message."""
    return plan(bench.entity, payload, endpoint, way, ConverterSettings())


def effects(step: Step) -> list[Any]:
    """What a step wants done if every answer is good."""
    assert step.ask is not None
    assert step.function is not None
    return list(step.function(step.ask))


@pytest.mark.parametrize("options", [{}, LEGACY_OFF])
@pytest.mark.parametrize("endpoint", [1, 2, 3])
@pytest.mark.parametrize(("value", "state"), [(0, "OFF"), (1, "ON")])
def test_on_off_of_a_relay_endpoint_is_the_state(options: JsonObject, endpoint: int, value: int, state: str) -> None:
    click = {} if options else {"click": "single"}
    assert Bench(switch(), options).hear(on_off(value), endpoint, ON_OFF) == [{"state": state, **click}]


@pytest.mark.parametrize("options", [{}, LEGACY_OFF])
def test_a_read_response_is_the_state_alone(options: JsonObject) -> None:
    assert Bench(switch(), options).hear(on_off(1, form="read_response"), 2, ON_OFF) == [{"state": "ON"}]


@pytest.mark.parametrize("options", [{}, LEGACY_OFF])
def test_a_report_with_cause_is_the_state_alone_and_never_a_press(options: JsonObject) -> None:
    bench = Bench(switch(), options)
    assert bench.hear(on_off(1, cause=True), 2, ON_OFF) == [{"state": "ON"}]
    assert bench.hear(on_off(1, cause=True), 4, ON_OFF) == []
    assert bench.hear(on_off(0, cause=True), 4, ON_OFF) == []
    assert bench.hear(on_off(1), 4, ON_OFF)[0]["action"] == "single"


@pytest.mark.parametrize("legacy", [True, False])
def test_the_rocker_gives_the_five_actions(legacy: bool) -> None:
    bench, click = Bench(switch(), {"legacy": legacy}), {"click": "single"} if legacy else {}
    assert bench.hear(on_off(1), 4, ON_OFF) == [{"action": "single", **click}, {"action": "release"}]
    assert bench.hear(on_off(0), 4, ON_OFF) == [{"action": "hold", **click}]
    assert bench.hear(on_off(1), 4, ON_OFF) == [{"action": "hold_release", **click}, {"action": "release"}]
    assert bench.hear(on_off(1), 4, ON_OFF) == [{"action": "single", **click}, {"action": "release"}]
    assert bench.hear(on_off(2), 4, ON_OFF) == [{"action": "double", **click}]


def test_a_double_press_forgets_a_hold() -> None:
    bench = Bench(switch(), LEGACY_OFF)
    bench.hear(on_off(0), 4, ON_OFF)
    bench.hear(on_off(2), 4, ON_OFF)
    assert bench.hear(on_off(1), 4, ON_OFF) == [{"action": "single"}, {"action": "release"}]


def test_read_responses_of_the_rocker_are_no_press() -> None:
    assert Bench(switch()).hear(on_off(1, form="read_response"), 4, ON_OFF) == []


def test_the_same_report_repeated_counts_again() -> None:
    bench = Bench(switch(), LEGACY_OFF)
    for _ in range(3):
        assert bench.hear(on_off(1), 4, ON_OFF, sequence=7) == [{"action": "single"}, {"action": "release"}]


@pytest.mark.parametrize("endpoint", [5, 6])
def test_further_rocker_endpoints_only_click(endpoint: int) -> None:
    assert Bench(switch()).hear(on_off(1), endpoint, ON_OFF) == [{"click": "single"}]
    assert Bench(switch(), LEGACY_OFF).hear(on_off(1), endpoint, ON_OFF) == []


def test_neither_action_nor_click_stays_in_the_cache() -> None:
    bench = Bench(switch())
    bench.hear(on_off(1), 2, ON_OFF)
    bench.hear(on_off(1), 4, ON_OFF)
    assert bench.entity.state == {"state": "ON"}


@pytest.mark.parametrize(("options", "click"), [({}, True), (LEGACY_OFF, False)])
def test_debounce_leaves_only_the_release(options: JsonObject, click: bool) -> None:
    bench = Bench(switch(), {**options, "debounce": 0.5})
    assert bench.hear(on_off(1), 4, ON_OFF, at_s=1.0) == []
    waiting = bench.entity.mind.waiting
    assert waiting is not None
    assert (waiting.deadline_s, waiting.payload) == (
        1.5,
        {"action": "release", **({"click": "single"} if click else {})},
    )


def test_debounce_ignore_keeps_both() -> None:
    bench = Bench(switch(), {**LEGACY_OFF, "debounce": 0.5, "debounce_ignore": ["action"]})
    assert bench.hear(on_off(1), 4, ON_OFF, at_s=1.0) == [{"action": "single"}]
    assert bench.entity.mind.waiting is not None
    assert bench.entity.mind.waiting.payload == {"action": "release"}


@pytest.mark.parametrize(("word", "command", "published"), [("ON", 1, "ON"), ("OFF", 0, "OFF"), ("on", 1, "ON")])
def test_set_state_goes_to_endpoint_2(word: str, command: int, published: str) -> None:
    (step,) = steps(Bench(switch()), {"state": word})
    assert effects(step) == [Invoke(endpoint=2, cluster=ON_OFF, command=command), Merge({"state": published})]


def test_toggle_publishes_the_inverse_of_the_cache_and_nothing_without_one() -> None:
    bench = Bench(switch())
    assert effects(steps(bench, {"state": "TOGGLE"})[0]) == [Invoke(endpoint=2, cluster=ON_OFF, command=2)]
    bench.hear(on_off(1), 2, ON_OFF)
    assert effects(steps(bench, {"state": "TOGGLE"})[0])[1] == Merge({"state": "OFF"})


def test_timed_on_sends_tenths_of_seconds_and_publishes_nothing() -> None:
    planned = steps(Bench(switch()), {"state": "ON", "on_time": 300, "off_wait_time": 120})
    assert effects(planned[0]) == [
        Invoke(endpoint=2, cluster=ON_OFF, command=0x42, payload=bytes.fromhex("00b80bb004"))
    ]
    assert [step.done_by for step in planned] == [None, "state", "state"]


def test_get_state_reads_endpoint_2() -> None:
    (step,) = steps(Bench(switch()), {"state": ""}, "get")
    assert effects(step) == [Read(endpoint=2, cluster=ON_OFF, attributes=(0,))]


@pytest.mark.parametrize(
    ("value", "raw"), [("control_relay", 0x12), ("decoupled", 0xFE), ({"state": "decoupled"}, 0xFE)]
)
def test_operation_mode_is_written_to_endpoint_1(value: Any, raw: int) -> None:
    write, merge = effects(steps(Bench(switch()), {"operation_mode": value})[0])
    assert isinstance(write, Write)
    record = write.attributes[0]
    assert (write.endpoint, write.cluster, write.manufacturer, record.id, record.type, record.value) == (
        1,
        0,
        0x115F,
        0xFF22,
        0x20,
        raw,
    )
    assert merge == Merge({"operation_mode": "control_relay" if raw == 0x12 else "decoupled"})


def test_another_operation_mode_is_refused_with_the_words_that_are_allowed() -> None:
    with pytest.raises(RequestFailed, match=r"Key 'X' not found in: \[control_relay, decoupled\]") as caught:
        effects(steps(Bench(switch()), {"operation_mode": "X"})[0])
    assert caught.value.failure.code == FailureCode.INVALID


def test_operation_mode_cannot_be_read() -> None:
    (step,) = steps(Bench(switch()), {"operation_mode": ""}, "get")
    assert step.failure is not None
    assert (step.failure.code, step.failure.facts["missing"]) == (FailureCode.UNSUPPORTED, "get")


@pytest.mark.parametrize(("raw", "mode"), [("12", "control_relay"), ("fe", "decoupled")])
def test_a_reported_operation_mode_is_published(raw: str, mode: str) -> None:
    assert Bench(switch()).hear(f"1c5f11SS0a22ff20{raw}", 1, BASIC) == [{"operation_mode": mode}]


def test_an_unknown_operation_mode_is_not_published() -> None:
    assert Bench(switch()).hear("1c5f11SS0a22ff2022", 1, BASIC) == []


def test_the_reset_guard_writes_back() -> None:
    bench = Bench(switch())
    assert bench.hear("1c5f11SS0af0ff4109aa1005418701011001", 1, BASIC) == []
    (write,) = bench.effects
    record = write.attributes[0]
    assert (write.endpoint, write.cluster, write.manufacturer, record.id, record.type) == (1, 0, 0x115F, 0xFFF0, 0x41)
    assert record.octets == bytes.fromhex("aa1005414701011001")


def test_another_value_of_the_guard_attribute_is_left_alone() -> None:
    bench = Bench(switch())
    bench.hear("1c5f11SS0af0ff4102aa10", 1, BASIC)
    assert bench.effects == []


def test_the_basic_struct_publishes_nothing() -> None:
    assert Bench(switch()).hear("1c5f11SS0a01ff420b 0121 9a0b 03281c 0521 0700", 1, BASIC) == []


def test_system_is_endpoint_1() -> None:
    bench = Bench(switch())
    (step,) = steps(bench, {"state": "ON"}, endpoint="system")
    assert effects(step)[0] == Invoke(endpoint=1, cluster=ON_OFF, command=1)
    (step,) = steps(bench, {"state_system": "ON"})
    assert effects(step)[0] == Invoke(endpoint=1, cluster=ON_OFF, command=1)


def test_an_endpoint_that_does_not_exist_fails_the_message() -> None:
    with pytest.raises(RequestFailed) as caught:
        steps(Bench(switch()), {"state": "ON"}, endpoint="left")
    assert caught.value.failure.code == FailureCode.NOT_FOUND


def test_identity_exposes_and_options_are_those_of_the_reference_page() -> None:
    record = record_of(Bench(switch()).entity, configured=False)
    assert (record.model, record.vendor, record.supports_ota, record.logical_type) == (
        "QBKG04LM",
        "Xiaomi",
        True,
        "end_device",
    )
    assert record.extra_output_clusters == {1: (0x19,)}
    assert [e.property or e.type for e in record.exposes] == ["switch", "action", "operation_mode", "linkquality"]
    assert record.exposes[0].features is not None
    assert record.exposes[0].features[0] == Expose(
        type="binary", name="state", label="State", property="state", access=7, value_on="ON", value_off="OFF", value_toggle="TOGGLE",
        description="On/off state of the switch",
    )  # fmt: skip
    assert record.exposes[1].values == ("release", "hold", "double", "single", "hold_release")
    assert (record.exposes[2].access, record.exposes[2].values) == (3, ("control_relay", "decoupled"))
    assert [(o.name, o.access, o.value_on, o.value_off) for o in record.options] == [("legacy", 2, True, False)]
