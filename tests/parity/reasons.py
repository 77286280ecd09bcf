"""Why something may differ: every rule names a decision, or a fault of the original that we do not copy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from tests.parity.compare import Difference
from tests.parity.corpus import Session
from zigbus.contract.base import Json

NONSENSE = "nonsense"  # what the corpus sends where no value fits
SEEDS = {"QBKG04LM", "ZNXNKG02LM"}
OUR_PARTS = ("native", "captured", "generated")
LEAST = 0.00011  # of a coordinate of a colour, of which four digits are published


class Rule(NamedTuple):
    """A reason, which sources of definitions it is for, and which of their differences it explains."""

    reason: str
    providers: tuple[str, ...]
    explains: Callable[[Session, Difference], bool]


def reason_of(provider: str, session: Session, difference: Difference) -> str | None:
    """Return the reason of a difference, None if nobody has found one yet."""
    rules = (rule for rule in RULES if provider in rule.providers)
    return next((rule.reason for rule in rules if rule.explains(session, difference)), None)


def _is_nonsense(session: Session, difference: Difference) -> bool:
    asked = difference.step.set if difference.step is not None else None
    return asked is not None and NONSENSE in asked.values() and bool(difference.ours["failed"])


def _recalls_scene_of_endpoint(session: Session, difference: Difference) -> bool:
    asked = difference.step.set if difference.step is not None else None
    return asked is not None and any(key.startswith("scene_recall_") for key in asked)


def _asks(difference: Difference, *beginnings: str) -> bool:
    asked = difference.step.set if difference.step is not None else None
    return asked is not None and any(key.startswith(beginnings) for key in asked)


def _is_rounding(session: Session, difference: Difference) -> bool:
    return difference.step is not None and _nearly(difference.theirs, difference.ours)


def _nearly(one: Json, other: Json) -> bool:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_nearly(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_nearly, one, other))
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) < LEAST
    return bool(one == other)


RULES = (
    Rule(
        "Decided for the two seed devices: order of exposes, `legacy` and `click`, readable `operation_mode`.",
        ("native",),
        lambda session, difference: session.model in SEEDS,
    ),
    Rule(
        "A word that its table does not have is written as 0 by the original, and published; here the request fails.",
        ("zhc", "generated"),
        _is_nonsense,
    ),
    Rule(
        "A fan that nobody lists shows `fan_state`, which is published and settable; the original names a `state` that is not.",
        ("generated",),
        lambda session, difference: difference.kind == "exposes" and '"fan"' in str(difference.ours).replace("'", '"'),
    ),
    Rule(
        "A time that no device can mean is left out; the original publishes it as text of NaN.",
        ("generated",),
        lambda session, difference: "NaN-NaN" in str(difference.theirs),
    ),
    Rule(
        "Levels of an endpoint are remembered under its name, so steps and scenes of it publish what follows from them.",
        ("generated",),
        lambda session, difference: _asks(difference, "brightness_step", "scene_recall"),
    ),
    Rule(
        "Livolo's frames set reserved bits of the frame control, which no request to our radio can carry yet.",
        ("zhc",),
        lambda session, difference: session.vendor == "Livolo",
    ),
    Rule(
        "The original forgets states of scenes where keys name an endpoint; here a recalled scene publishes them.",
        OUR_PARTS,
        _recalls_scene_of_endpoint,
    ),
    Rule(
        "Simulated brightness: a level that a remote sets while a move runs on does not change where the move goes.",
        OUR_PARTS,
        lambda session, difference: "simulated_brightness" in session.options,
    ),
    Rule(
        "The fourth digit of a colour is rounded the other way: the original looks coordinates up in a table.",
        OUR_PARTS,
        _is_rounding,
    ),
)
