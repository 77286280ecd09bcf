"""Compares what two sides made of one session."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from tests.parity.corpus import Session, Step
from tests.parity.requests import recorded
from tests.parity.sides import Sort
from tests.parity.subject import Done
from zigbus.contract.base import Json

WORDS = frozenset({"description", "label"})  # texts that a native definition says in its own words
KINDS = ("exposes", "options", "hear", "set", "get", "configure", "wait")


@dataclass(slots=True)
class Difference:
    """One thing that is not equal."""

    kind: str
    step: Step | None
    theirs: Json
    ours: Json


@dataclass(slots=True)
class Verdict:
    """How equal one session is: by kind, how many were compared, and what differs."""

    session: Session
    compared: Counter[str] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)

    def differing(self, kind: str) -> int:
        """How many of a kind differ."""
        return sum(1 for difference in self.differences if difference.kind == kind)


def verdict(session: Session, sort: Sort) -> Verdict | None:
    """Run a session on our side and compare; None if this source of definitions does not know the device."""
    side = sort.make(session)
    if side is None:
        return None
    result = Verdict(session)
    forget = WORDS if sort.own_words else frozenset()
    for step in session.steps:
        ours = side.go(step)
        if step.kind == "start":
            _note(result, "exposes", None, without(session.exposes, forget), without(side.exposes(), forget))
            _note(result, "options", None, without(session.offered, forget), without(side.options(), forget))
        else:
            _note(result, step.kind, step, theirs_of(step), ours_of(step.kind, ours))
    return result


def theirs_of(step: Step) -> Json:
    """What the recording says of a step, in comparable form."""
    return _told(step.kind, step.out, [recorded(call) for call in step.calls], step.failed)


def ours_of(kind: str, done: Done) -> Json:
    """What we made of a step, in comparable form."""
    return _told(kind, done.out, done.calls, done.failed)


def _told(kind: str, out: list[Json], calls: list[Json], failed: list[str]) -> Json:
    """A request says whether it failed; a frame that made a converter stumble only leaves a line in a log."""
    return {"out": out, "calls": calls, **({"failed": bool(failed)} if kind in ("set", "get") else {})}


def same(one: Json, other: Json) -> bool:
    """Tell whether two JSON values are equal; true is not 1."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and one == other


def without(value: Json, keys: frozenset[str]) -> Json:
    """Return a JSON value without some keys at any depth."""
    if isinstance(value, dict):
        return {key: without(item, keys) for key, item in value.items() if key not in keys}
    if isinstance(value, list | tuple):
        return [without(item, keys) for item in value]
    return value


def _note(result: Verdict, kind: str, step: Step | None, theirs: Json, ours: Json) -> None:
    result.compared[kind] += 1
    if not same(theirs, ours):
        result.differences.append(Difference(kind, step, theirs, ours))
