"""Debounce and throttle with passed-in time: the examples of behaviour.md 5, and what must hold for any sequence."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from services.converter.tests.converter_home import Bench, switch

from zigbus.contract.base import JsonObject
from zigbus.contract.household import ConverterSettings
from zigbus_converter.pacing import Pace, Waiting, due, overtaken, pace_of, submit
from zigbus_converter.receive import command_result, fire_due

ON, OFF = "18SS0a00001001", "18SS0a00001000"
PRESS = ON  # on endpoint 4
SETTINGS = ConverterSettings()


def debounced(**options: object) -> Bench:
    """A wall switch without `click` that waits 0.3 s."""
    return Bench(switch(), {"legacy": False, "debounce": 0.3, **options})


def fired(bench: Bench, at_s: float, settings: ConverterSettings = SETTINGS) -> list[JsonObject]:
    """What leaves because its time has come."""
    return [e.payload for _, out in fire_due(bench.entity, at_s, settings) for e in out.emissions]


def test_a_short_press_leaves_only_its_release() -> None:
    bench = debounced()
    assert bench.hear(PRESS, 4, 6, at_s=10.0) == []
    assert fired(bench, 10.29) == []
    assert fired(bench, 10.3) == [{"action": "release"}]
    assert fired(bench, 20.0) == []


def test_a_short_press_leaves_both_if_actions_are_ignored() -> None:
    bench = debounced(debounce_ignore=["action"])
    assert bench.hear(PRESS, 4, 6, at_s=10.0) == [{"action": "single"}]
    assert fired(bench, 10.31) == [{"action": "release"}]


def test_two_messages_that_waited_since_one_frame_have_different_deadlines() -> None:
    pace = Pace(debounce_s=0.3, ignore=("action",))
    _, first = submit(None, {"action": "single"}, 1.7e9, pace)
    _, second = submit(first, {"action": "release"}, 1.7e9, pace)
    assert first is not None
    assert second is not None
    assert first.deadline_s < second.deadline_s < first.deadline_s + 0.001


def test_what_waited_has_one_name_whoever_lets_it_go() -> None:
    by_time, by_event = (debounced(debounce_ignore=["action"]) for _ in range(2))
    for bench in (by_time, by_event):
        bench.hear(PRESS, 4, 6, at_s=10.0)
    ((name, _),) = fire_due(by_time.entity, 10.31, SETTINGS)
    (held,) = by_event.emissions("18SS0a00001002", 4, 6, at_s=10.2)
    assert (held.payload, held.token) == ({"action": "release"}, name)


def test_the_wait_starts_again_with_each_report_and_the_cache_is_current() -> None:
    bench = debounced()
    bench.hear(ON, 2, 6, at_s=10.0)
    assert bench.entity.state == {"state": "ON"}
    bench.hear(OFF, 2, 6, at_s=10.1)
    assert bench.entity.state == {"state": "OFF"}
    assert fired(bench, 10.39) == []
    assert fired(bench, 10.4) == [{"state": "OFF"}]


def test_a_command_takes_its_keys_from_what_waits_and_the_rest_still_leaves() -> None:
    bench = debounced()
    bench.settings = ConverterSettings(elapsed=True)
    bench.hear(OFF, 2, 6, at_s=9.0)
    fired(bench, 9.9, bench.settings)
    bench.hear(ON, 2, 6, at_s=10.0)
    out = command_result(bench.entity, {"state": "OFF"}, 10.1, bench.settings)
    assert [e.payload for e in out.emissions] == [{"state": "OFF"}]
    ((_, later),) = fire_due(bench.entity, 10.3, bench.settings)
    assert [(e.payload, e.state) for e in later.emissions] == [({"elapsed": 1000}, {"state": "OFF"})]


def test_what_waits_leaves_even_when_a_command_took_all_of_it() -> None:
    bench = debounced()
    bench.hear(ON, 2, 6, at_s=10.0)
    command_result(bench.entity, {"state": "OFF"}, 10.1, SETTINGS)
    ((_, out),) = fire_due(bench.entity, 10.3, SETTINGS)
    assert [(e.payload, e.state) for e in out.emissions] == [({}, {"state": "OFF"})]


def test_throttle_lets_the_first_and_the_last_through() -> None:
    pace, waiting, seen = Pace(throttle_s=0.5), None, []
    for at_s, level in ((0.0, 16), (0.1, 17), (0.2, 18), (0.3, 19)):
        now, waiting = submit(waiting, {"level": level}, at_s, pace)
        seen += now
    assert seen == [{"level": 16}]
    assert waiting is not None
    assert waiting.deadline_s == 0.5
    payload, waiting = due(waiting, pace)
    assert payload == {"level": 19}
    assert waiting == Waiting(kind="throttle", deadline_s=1.0)
    assert due(waiting, pace) == (None, None)


def test_throttle_does_not_count_with_debounce() -> None:
    assert pace_of({"throttle": 1, "debounce": 2, "debounce_ignore": ["a", 1]}) == Pace(2.0, 0.0, ("a",))
    assert pace_of({"throttle": 1, "debounce": 0}) == Pace(0.0, 1.0)
    assert pace_of({"throttle": "x", "debounce": True}) == Pace()


def test_an_option_that_is_taken_away_lets_go_what_waits() -> None:
    bench = debounced()
    bench.hear(PRESS, 4, 6, at_s=10.0)
    bench.entity.set_options({"legacy": False})
    assert bench.hear(ON, 2, 6, at_s=10.1) == [{"action": "release"}, {"state": "ON"}]
    assert fired(bench, 11.0) == []


def test_elapsed_is_the_time_since_the_message_before() -> None:
    bench = Bench(switch(), {"legacy": False}, ConverterSettings(elapsed=True))
    assert bench.hear(ON, 2, 6, at_s=10.0) == [{"state": "ON"}]
    assert bench.hear(OFF, 2, 6, at_s=12.5) == [{"state": "OFF", "elapsed": 2500}]
    assert bench.entity.state == {"state": "OFF"}


payloads = st.dictionaries(st.sampled_from("abc"), st.integers(0, 2), min_size=1)
times = st.lists(st.tuples(st.floats(0, 5, allow_nan=False), payloads), min_size=1, max_size=20)
paces = st.builds(
    Pace, st.sampled_from([0.0, 0.3]), st.sampled_from([0.0, 0.5]), st.sampled_from([(), ("a",), ("a", "b")])
)


@given(times, paces)
def test_the_newest_value_of_every_key_is_published_in_the_end(
    events: list[tuple[float, JsonObject]], pace: Pace
) -> None:
    waiting, published, now_s = None, [], 0.0
    for pause_s, payload in events:
        while waiting is not None and waiting.deadline_s <= now_s + pause_s:
            fired_payload, waiting = due(waiting, pace)
            published.append(fired_payload or {})
        now_s += pause_s
        leaving, waiting = submit(waiting, payload, now_s, pace)
        published += leaving
    while waiting is not None:
        fired_payload, waiting = due(waiting, pace)
        published.append(fired_payload or {})
    if pace.throttle_s and not pace.debounce_s:
        assert events[-1][1] in published  # a throttle publishes the last payload; older keys are in the cache
        return
    newest = {key: value for _, payload in events for key, value in payload.items()}
    assert {key: value for payload in published for key, value in payload.items()} == newest


@given(times)
def test_an_ignored_key_loses_no_change(events: list[tuple[float, JsonObject]]) -> None:
    pace, waiting, published = Pace(debounce_s=0.3, ignore=("a",)), None, []
    for _, payload in events:
        leaving, waiting = submit(waiting, payload, 0.0, pace)
        published += leaving
    assert waiting is not None
    published.append(waiting.payload or {})
    assert changes([p["a"] for p in published if "a" in p]) == changes([p["a"] for _, p in events if "a" in p])


def changes(values: list[int]) -> list[int]:
    """The values without repetitions that follow each other."""
    return [value for before, value in zip([None, *values], values, strict=False) if value != before]


@given(payloads, payloads)
def test_nothing_that_was_overtaken_leaves_later(held: JsonObject, newer: JsonObject) -> None:
    left = overtaken(Waiting(kind="debounce", deadline_s=1.0, payload=held), newer)
    assert left is not None
    assert left.payload is not None
    assert not left.payload.keys() & newer.keys()
    assert {**newer, **left.payload} == {**held, **newer}
