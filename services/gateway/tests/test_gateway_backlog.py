"""What is kept while the broker is away."""

from __future__ import annotations

from typing import Any

from zigbus.contract.updates import Update
from zigbus_gateway.backlog import Backlog, Item
from zigbus_gateway.in_flight import InFlight, Publication
from zigbus_gateway.retained import Retained

NOW_S = 1_000_000.0


class Line:
    """Makes updates of entities and remembers which were acknowledged."""

    def __init__(self) -> None:
        self.acknowledged: list[int] = []
        self._position = 0

    def item(
        self,
        key: str,
        changed: dict[str, Any],
        *,
        action: bool = False,
        age_s: float = 0.0,
        heard_s: float | None = None,
    ) -> Item:
        """The next update: converted `age_s` ago, and heard at `heard_s`."""
        self._position += 1
        position = self._position
        state = {k: v for k, v in changed.items() if k != "action"}
        update = Update(
            group=1,
            sequence=position,
            changed=changed,
            state=state,
            is_action=action,
            received_at_s=heard_s,
            converted_at_s=NOW_S - age_s,
        )
        return Item(key, position, update, lambda: self.acknowledged.append(position), action)


def taken(backlog: Backlog, now_s: float = NOW_S) -> list[tuple[int, bool]]:
    """Everything that is shown: position, and whether as an action."""
    shown = []
    while (item := backlog.take(now_s)) is not None:
        shown.append((item.position, item.is_action))
    return shown


def test_states_of_one_entity_collapse_to_the_newest_and_the_older_is_acknowledged() -> None:
    line, backlog = Line(), Backlog()
    for value in range(3):
        backlog.add(line.item("a", {"x": value}), NOW_S)
    backlog.add(line.item("b", {"x": 9}), NOW_S)
    assert line.acknowledged == [1, 2]
    assert taken(backlog) == [(3, False), (4, False)]


def test_a_collapsed_state_carries_the_changes_of_all() -> None:
    line, backlog = Line(), Backlog()
    backlog.add(line.item("a", {"x": 1, "y": {"p": 1}}), NOW_S)
    backlog.add(line.item("a", {"x": 2, "y": {"q": 2}}), NOW_S)
    item = backlog.take(NOW_S)
    assert item is not None
    assert item.update.changed == {"x": 2, "y": {"p": 1, "q": 2}}


def test_actions_keep_their_place_between_states() -> None:
    line, backlog = Line(), Backlog()
    backlog.add(line.item("a", {"x": 1}), NOW_S)
    backlog.add(line.item("a", {"action": "single"}, action=True), NOW_S)
    backlog.add(line.item("a", {"action": "double"}, action=True), NOW_S)
    backlog.add(line.item("a", {"x": 2}), NOW_S)
    assert taken(backlog) == [(1, False), (2, True), (3, True), (4, False)]


def test_an_old_action_is_dropped_but_the_state_it_left_is_shown() -> None:
    line, backlog = Line(), Backlog()
    backlog.add(line.item("a", {"action": "single", "x": 1}, action=True, age_s=11), NOW_S)
    item = backlog.take(NOW_S)
    assert item is not None
    assert (item.is_action, item.update.changed, backlog.dropped_actions) == (False, {"x": 1}, 1)


def test_an_action_that_waited_for_the_converter_is_as_old_as_the_frame_that_was_heard() -> None:
    line, backlog = Line(), Backlog()
    backlog.add(line.item("a", {"action": "single"}, action=True, heard_s=NOW_S - 11), NOW_S)
    backlog.add(line.item("a", {"action": "double"}, action=True, heard_s=NOW_S - 9), NOW_S)
    assert taken(backlog) == [(1, False), (2, True)]
    assert backlog.dropped_actions == 1


def test_actions_that_grow_old_while_they_wait_are_dropped_and_acknowledged() -> None:
    line, backlog = Line(), Backlog()
    backlog.add(line.item("a", {"action": "single"}, action=True), NOW_S)
    backlog.add(line.item("a", {"x": 2}), NOW_S)
    assert taken(backlog, NOW_S + 11) == [(2, False)]
    assert line.acknowledged == [1]


def test_what_waits_stays_bounded_while_the_broker_is_away_for_long() -> None:
    line, backlog = Line(), Backlog()
    for second in range(1000):
        update = line.item("a", {"action": "single"}, action=True, age_s=-second)
        backlog.add(update, NOW_S + second)
        backlog.add(line.item("a", {"x": second}, age_s=-second), NOW_S + second)
    assert len(backlog) < 30


def test_what_comes_back_goes_before_what_waits_unless_something_newer_replaces_it() -> None:
    line, backlog = Line(), Backlog()
    state, action, other = (
        line.item("a", {"x": 1}),
        line.item("a", {"action": "s"}, action=True),
        line.item("b", {"x": 1}),
    )
    backlog.add(line.item("a", {"x": 2}), NOW_S)
    for item in (other, action, state):
        backlog.give_back(item)
    assert taken(backlog) == [(2, True), (3, False), (4, False)]
    assert line.acknowledged == [1]


def test_a_removed_entity_leaves_nothing_behind() -> None:
    line, backlog = Line(), Backlog()
    backlog.add(line.item("a", {"x": 1}), NOW_S)
    backlog.forget("a")
    assert (taken(backlog), line.acknowledged) == ([], [1])


def test_confirmed_publications_are_the_oldest() -> None:
    flight = InFlight()
    publications = [Publication(f"t{n}", b"") for n in range(3)]
    for publication in publications:
        flight.add(publication)
    assert flight.confirm(2) == publications[:2]
    assert flight.drain() == publications[2:]
    assert len(flight) == 0


def test_retained_values_are_missing_until_they_are_confirmed() -> None:
    retained = Retained()
    retained.want("a", b"1", 0)
    retained.want("b", b"1", 1)
    retained.confirm("a", b"1")
    retained.want("a", b"2", 0)
    retained.confirm("b", b"1")
    assert retained.missing() == [("a", b"2", 0)]
    assert retained.missing(everything=True) == [("a", b"2", 0), ("b", b"1", 1)]


def test_a_cleared_topic_is_forgotten_once_the_broker_knows() -> None:
    retained = Retained()
    retained.want("a", b"", 0)
    assert retained.missing() == [("a", b"", 0)]
    retained.confirm("a", b"")
    assert retained.missing(everything=True) == []
