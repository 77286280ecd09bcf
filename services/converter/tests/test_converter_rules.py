"""Cache, correction, matching, planning, repeated and raising converters: one rule of behaviour.md per test."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
import pytest
from services.converter.tests.converter_home import COORDINATOR, SWITCH, Bench, endpoint, event_of, switch

from zigbus.contract.base import JsonObject
from zigbus.contract.definitions import Expose
from zigbus.contract.devices import DeviceDescription, InterviewState
from zigbus.contract.household import ConverterSettings
from zigbus.contract.updates import EntityState
from zigbus_converter import expose
from zigbus_converter.air import Air
from zigbus_converter.assembly import assembled, exposes_of, options_of
from zigbus_converter.cache import merged, never_stored
from zigbus_converter.calibration import corrected, corrections, rounded
from zigbus_converter.conversations import Conversations
from zigbus_converter.definition import (
    Ask,
    Definition,
    Device,
    EndpointMatch,
    Fingerprint,
    Frame,
    Part,
    Receiver,
    Sender,
    WhiteLabel,
)
from zigbus_converter.effects import Conversation, Effect, Effects, Invoke, Log, Merge, Publish, Remember, SetTimer
from zigbus_converter.entity import Entity
from zigbus_converter.frames import frame_of
from zigbus_converter.matching import Catalogue
from zigbus_converter.planning import in_order, plan, result_keys
from zigbus_converter.receive import Outcome, fire_due, receive

SETTINGS = ConverterSettings()


def device(**facts: Any) -> DeviceDescription:
    """A device with three endpoints."""
    known: dict[str, Any] = {
        "ieee": SWITCH,
        "coordinator": COORDINATOR,
        "nwk": 1,
        "interview": InterviewState.SUCCESSFUL,
        "model": "M",
    }
    return DeviceDescription(**{**known, "endpoints": {1: endpoint(6), 2: endpoint(6), 3: endpoint(8)}, **facts})


def definition(*parts: Part, **facts: Any) -> Definition:
    """A definition of model M."""
    return Definition(model="M1", vendor="V", description="D", models=("M",), parts=parts, **facts)


def entity(of: Definition, options: JsonObject | None = None) -> Entity:
    """A device with that definition."""
    made = Entity(SWITCH)
    made.known = device()
    made.set_options(options or {})
    made.use(of)
    return made


def answering(*effects: Effect, **facts: Any) -> Receiver:
    """A receiver for reports of cluster 6 that always says the same."""
    return Receiver(6, ("report", "command"), lambda frame, of: effects, **facts)


def hear(
    of: Entity,
    wire: str = "18SS0a00001001",
    *,
    number: int = 1,
    sequence: int = 1,
    at_s: float = 1000.0,
    settings: ConverterSettings = SETTINGS,
) -> Outcome:
    """Work a frame of cluster 6 in."""
    event = event_of(wire, SWITCH, number, 6, sequence=sequence, at_s=at_s)
    return receive(of, frame_of(event, sequence), at_s, settings)


def payloads(out: Outcome) -> list[JsonObject]:
    """What was published."""
    return [emission.payload for emission in out.emissions]


# ---- receive -------------------------------------------------------------------------------------------------------------


def test_receivers_are_merged_in_order_and_later_keys_win() -> None:
    of = entity(definition(Part(receivers=(answering(Merge({"a": 1, "b": 1})), answering(Merge({"b": 2, "c": 3}))))))
    assert payloads(hear(of)) == [{"a": 1, "b": 2, "c": 3}]


def test_what_a_converter_publishes_itself_leaves_behind_what_was_merged_before() -> None:
    of = entity(definition(Part(receivers=(answering(Merge({"a": 1}), Publish({"b": 2}), Merge({"c": 3})),))))
    assert payloads(hear(of)) == [{"a": 1}, {"b": 2}, {"c": 3}]


def test_a_converter_that_raises_costs_its_own_keys_only() -> None:
    def broken(frame: Frame, of: Device) -> Effects:
        raise ValueError("boom")

    of = entity(definition(Part(receivers=(Receiver(6, ("report",), broken), answering(Merge({"a": 1}))))))
    out = hear(of)
    assert payloads(out) == [{"a": 1}]
    assert [str(failure.error) for failure in out.failures] == ["boom"]


def test_endless_effects_are_cut_off() -> None:
    def endless(frame: Frame, of: Device) -> Iterator[Effect]:
        return (Merge({"n": n}) for n in itertools.count())

    out = hear(entity(definition(Part(receivers=(Receiver(6, ("report",), endless),)))))
    assert payloads(out) == []
    assert len(out.failures) == 1


def test_commands_with_a_sequence_number_seen_lately_are_dropped_per_endpoint() -> None:
    of = entity(definition(Part(receivers=(answering(Merge({"action": "on"}), once_per_sequence=True),))))
    heard = [(1, 1), (1, 1), (2, 1), (1, 2), (1, 3), (1, 4), (1, 5), (1, 1), (1, 6), (1, 1)]
    counts = [len(hear(of, "01SS01", number=number, sequence=sequence).emissions) for number, sequence in heard]
    assert counts == [1, 0, 1, 1, 1, 1, 1, 0, 1, 0]


def test_a_device_that_is_not_interviewed_is_not_converted() -> None:
    of = entity(definition(Part(receivers=(answering(Merge({"a": 1})),))))
    of.known = device(interview=InterviewState.IN_PROGRESS)
    assert hear(of).emissions == []
    out = hear(of, settings=ConverterSettings(last_seen_updates=True))
    assert [(e.payload, e.cause) for e in out.emissions] == [({}, "refresh")]


def test_named_endpoints_suffix_the_keys_of_reports() -> None:
    shown = expose.at_endpoints((expose.switch(),), ("left", "right"))
    part = Part(
        exposes=(*shown, expose.numeric("battery")),
        receivers=(answering(Merge({"state": "ON", "battery": 7, "action": "x", "skipped": 1})),),
    )
    of = entity(
        definition(part, endpoints={"left": 1, "right": 2}, multi_endpoint=True, multi_endpoint_skip=("skipped",))
    )
    assert payloads(hear(of, number=2)) == [{"state_right": "ON", "battery": 7, "action": "x", "skipped": 1}]
    assert payloads(hear(of, number=3)) == [{"state": "ON", "battery": 7, "action": "x", "skipped": 1}]


def test_numbers_leave_in_the_form_that_clients_know() -> None:
    of = entity(
        definition(
            Part(receivers=(answering(Merge({"a": 24.0, "b": 12.5, "c": [1.0], "d": {"e": -0.0}, "f": float("nan")})),))
        )
    )
    (payload,) = payloads(hear(of))
    assert msgspec.json.encode(payload) == b'{"a":24,"b":12.5,"c":[1],"d":{"e":0},"f":null}'


def test_a_timer_publishes_when_its_time_has_come_and_a_new_one_replaces_it() -> None:
    timer = SetTimer(key="t", after_s=90.0, effects=(Merge({"occupancy": False}),))
    of = entity(definition(Part(receivers=(answering(Merge({"occupancy": True}), timer),))))
    hear(of, at_s=1000.0)
    hear(of, at_s=1050.0)
    assert fire_due(of, 1139.9, SETTINGS) == []
    ((token, out),) = fire_due(of, 1140.0, SETTINGS)
    assert (token, payloads(out), out.emissions[0].cause) == ("timer:t:1140.0", [{"occupancy": False}], "timer")
    assert of.next_deadline_s() is None


def test_everything_remembered_survives_being_stored() -> None:
    timer = SetTimer(
        key="t", after_s=90.0, effects=(Merge({"a": 1}), Invoke(endpoint=1, cluster=6, command=1, payload=b"\x01"))
    )
    receiver = answering(Merge({"a": 1}), Remember(key="k", value=[1, "x"]), timer, once_per_sequence=True)
    of = entity(definition(Part(receivers=(receiver,))), {"debounce": 3})
    hear(of)
    stored = msgspec.json.decode(msgspec.json.encode(of.snapshot()), type=EntityState)
    again = Entity(SWITCH)
    again.restore(stored)
    assert (again.mind, again.state, again.sequence) == (of.mind, of.state, of.sequence)
    assert again.attribute(1, 6, 0) is True
    assert again.memory == {"k": [1, "x"]}


# ---- cache and correction --------------------------------------------------------------------------------------------------


def test_the_cache_merges_objects_replaces_the_rest_and_keeps_null() -> None:
    state = {"color": {"x": 1, "y": 2}, "list": [1], "gone": 1}
    payload = {"color": {"y": 3}, "list": [2, 3], "gone": None}
    assert merged(state, payload, never_stored({})) == {"color": {"x": 1, "y": 3}, "list": [2, 3], "gone": None}
    assert state["color"] == {"x": 1, "y": 2}


@pytest.mark.parametrize(
    "key", ["action", "action_group", "click", "elapsed", "no_occupancy_since", "illuminance_lux", "button_left"]
)
def test_events_are_never_cached(key: str) -> None:
    assert merged({}, {key: 1}, never_stored({})) == {}


def test_filtered_cache_forgets_whole_keys() -> None:
    forget = never_stored({"filtered_cache": ["state", "temp.*", "(broken"]})
    assert merged({}, {"state": 1, "state_left": 2, "temperature": 3}, forget) == {"state_left": 2}


@pytest.mark.parametrize(
    ("name", "value", "options", "result"),
    [
        ("temperature", 21.456, {"temperature_calibration": -0.5, "temperature_precision": 1}, 21.0),
        ("temperature", 21.999, {}, 22),
        ("temperature", -12.345, {}, -12.34),
        ("pressure", 1009.34, {}, 1009.3),
        ("power", 61, {"power_calibration": 10, "power_precision": 0}, 67),
        ("illuminance", 100.4, {"illuminance_calibration": 50}, 151),
        ("humidity", 50.12, {"humidity_calibration": -2, "humidity_precision": 0}, 48),
        ("occupancy", True, {}, True),
        ("temperature", None, {}, None),
    ],
)
def test_numbers_are_calibrated_and_rounded(name: str, value: Any, options: JsonObject, result: Any) -> None:
    assert corrected({name: value}, corrections([expose.numeric(name)]), options) == {name: result}


def test_an_endpoint_counts_under_the_name_without_it() -> None:
    table = corrections([expose.at_endpoint(expose.numeric("power"), "left")])
    assert corrected({"power_left": 50, "power": 50}, table, {"power_calibration": 10}) == {
        "power_left": 55,
        "power": 50,
    }


def test_halves_are_rounded_up_also_below_zero() -> None:
    assert [rounded(v, 0) for v in (0.5, 1.5, -0.5, -1.5, 2.4)] == [1, 2, 0, -1, 2]


def test_options_come_in_the_order_own_corrections_senders_receivers() -> None:
    power, battery = expose.numeric("power"), expose.numeric("voltage", unit="mV")
    part = Part(
        exposes=(power, expose.numeric("co2"), battery),
        options=(expose.numeric("transition"),),
        receive_options=(expose.binary("state_action"),),
    )
    of = definition(part, options=(expose.binary("legacy"),))
    names = [option.name for option in options_of(of, exposes_of(of, None))]
    assert names == ["legacy", "power_calibration", "power_precision", "co2_calibration", "transition", "state_action"]


def test_actions_become_one_expose_before_link_quality() -> None:
    parts = (
        Part(exposes=(expose.enum("action", ("on", "off")),)),
        Part(exposes=(expose.numeric("battery"), expose.enum("action", ("off", "hold")))),
    )
    shown = exposes_of(definition(*parts), None)
    assert [e.name for e in shown] == ["battery", "action", "linkquality"]
    assert shown[1].values == ("on", "off", "hold")


def test_exposes_may_depend_on_device_and_options() -> None:
    def shown(of: Device | None) -> Iterable[Expose]:
        return (expose.numeric("extra"),) if of is not None and of.options.get("more") else ()

    of = definition(Part(exposes=(shown,)))
    assert "extra" in assembled(of, entity(of, {"more": True})).properties
    assert "extra" not in assembled(of, entity(of)).properties


# ---- matching --------------------------------------------------------------------------------------------------------------


def test_fingerprints_win_over_models_and_the_highest_priority_over_all() -> None:
    by_model = definition()
    low = Definition(
        model="low", vendor="V", description="", parts=(), fingerprints=(Fingerprint(model="M", manufacturer="X"),)
    )
    high = Definition(
        model="high",
        vendor="V",
        description="",
        parts=(),
        fingerprints=(Fingerprint(model="M", power_source=3, priority=1),),
    )
    catalogue = Catalogue([by_model, low, high])
    assert catalogue.find(device()) is by_model
    assert catalogue.find(device(manufacturer="X")) is low
    assert catalogue.find(device(manufacturer="X", power_source=3)) is high
    assert catalogue.find(device(model="other")) is None
    assert catalogue.find(device(model=None)) is None


@pytest.mark.parametrize("model", ["M", "M\0", "M\0\0x", " M \0"])
def test_a_model_id_is_cut_at_nul_and_trimmed(model: str) -> None:
    assert Catalogue([definition()]).find(device(model=model)) is not None


def test_a_fingerprint_may_name_endpoints_and_address() -> None:
    print_ = Fingerprint(
        ieee="^0x0015", endpoints=(EndpointMatch(id=3, input_clusters=(8,)), EndpointMatch(profile=0x0104))
    )
    of = Definition(model="x", vendor="V", description="", parts=(), fingerprints=(print_,))
    assert Catalogue([of]).find(device(model=None)) is of
    assert Catalogue([of]).find(device(model=None, endpoints={3: endpoint(9)})) is None
    assert Catalogue([of]).find(device(model=None, ieee="0x1115000000000000")) is None


def test_a_white_label_with_fingerprint_replaces_the_name() -> None:
    label = WhiteLabel("L1", "W", fingerprints=(Fingerprint(manufacturer="W Inc"),))
    catalogue = Catalogue([definition(white_labels=(WhiteLabel("plain", "P"), label))])
    found = catalogue.find(device(manufacturer="W Inc"))
    assert found is not None
    assert (found.model, found.vendor, found.description) == ("L1", "W", "D")
    other = catalogue.find(device())
    assert other is not None
    assert other.model == "M1"


# ---- planning --------------------------------------------------------------------------------------------------------------


def says(ask: Ask) -> Conversation:
    """A set function that publishes what it was given."""
    yield Merge({ask.key: ask.value})


@pytest.mark.parametrize(
    ("keys", "order"),
    [
        ({"color": 1, "state": "ON", "brightness": 2}, ["state", "brightness", "color"]),
        ({"state": "off", "color": 1, "brightness": 2}, ["color", "state", "brightness"]),
        ({"b": 1, "a": 2}, ["b", "a"]),
    ],
)
def test_lamp_keys_come_first_and_last_when_it_goes_off(keys: JsonObject, order: list[str]) -> None:
    assert in_order(keys) == order


def test_one_sender_takes_its_keys_once_per_endpoint() -> None:
    part = Part(senders=(Sender(("state", "brightness"), set=says),))
    of = entity(definition(part, endpoints={"l1": 1, "l2": 2}))
    planned = plan(
        of,
        {"state": "ON", "brightness": 3, "state_l2": "OFF", "brightness_l2": 4, "transition": 1},
        None,
        "set",
        SETTINGS,
    )
    assert [(s.key, s.done_by, s.ask.endpoint if s.ask else None) for s in planned] == [
        ("state", None, 1),
        ("brightness", "state", None),
        ("state_l2", None, 2),
        ("brightness_l2", "state_l2", None),
        ("transition", None, None),
    ]
    assert planned[2].ask is not None
    assert planned[2].ask.message["brightness"] == 4
    assert planned[2].ask.message["transition"] == 1


def test_a_suffix_overrides_the_endpoint_of_the_topic_and_results_carry_it() -> None:
    of = entity(
        definition(
            Part(senders=(Sender(("state",), set=says),)), endpoints={"l1": 1, "l2": 2}, multi_endpoint_skip=("power",)
        )
    )
    (step,) = plan(of, {"state_l2": "ON"}, "l1", "set", SETTINGS)
    assert step.ask is not None
    assert step.ask.endpoint_name == "l2"
    assert result_keys({"state": "ON", "power": 1}, "l2") == {"state_l2": "ON", "power_l2": 1}


def test_home_assistant_does_not_switch_a_lamp_on_that_is_on() -> None:
    bench = Bench(switch())
    bench.entity.state = {"state": "ON"}
    planned = plan(bench.entity, {"state": "ON", "color": 1}, None, "set", ConverterSettings(home_assistant=True))
    assert [step.key for step in planned] == ["color"]
    assert len(plan(bench.entity, {"state": "ON", "color": 1}, None, "set", SETTINGS)) == 2


def test_a_log_line_of_a_converter_is_handed_on() -> None:
    of = entity(definition(Part(receivers=(answering(Log(level="info", event="x"), Merge({"a": 1})),))))
    assert [line.event for line in hear(of).logs] == ["x"]


# ---- conversations -----------------------------------------------------------------------------------------------------------


async def test_an_endless_conversation_is_cut_off() -> None:
    def endless() -> Conversation:
        while True:
            yield Log(level="debug", event="again")

    def local(of: Entity, effect: Effect, payload: JsonObject) -> JsonObject:
        return payload

    conversations = Conversations(Air(None), local)  # type: ignore[arg-type]  # nothing goes over the air here
    with pytest.raises(RuntimeError, match="more than 1000 effects"):
        await conversations.hold(entity(definition()), endless())


async def test_what_a_conversation_publishes_leaves_behind_what_it_merged_before() -> None:
    seen: list[JsonObject] = []

    def talk() -> Conversation:
        yield Merge({"a": 1})
        yield Publish({"b": 2})
        yield Merge({"c": 3})

    def local(of: Entity, effect: Effect, payload: JsonObject) -> JsonObject:
        if isinstance(effect, Publish):
            seen.append(effect.payload)
            return payload
        assert isinstance(effect, Merge)
        return {**payload, **effect.payload}

    conversations = Conversations(Air(None), local)  # type: ignore[arg-type]  # nothing goes over the air here
    assert await conversations.hold(entity(definition()), talk()) == {"c": 3}
    assert seen == [{"a": 1}, {"b": 2}]
