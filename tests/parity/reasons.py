"""Why something may differ: every rule names a decision, or a fault of the original that we do not copy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from tests.parity.compare import Difference, same
from tests.parity.corpus import Session
from zigbus.contract.base import Json

NONSENSE = "nonsense"  # what the corpus sends where no value fits
SEEDS = {"QBKG04LM", "ZNXNKG02LM"}
STOP_FADING = "0100030000"  # level control, stop
POLLED = (0x0702, 0x0B04)  # clusters of meters
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


def _answer_is_unreadable(session: Session, difference: Difference) -> bool:
    failed = difference.step.failed if difference.step is not None else []
    return any('"offset" is out of range' in text or "UNSUP_COMMAND' response" in text for text in failed)


def _is_end_of_fade(session: Session, difference: Difference) -> bool:
    if session.vendor != "IKEA" or difference.step is None:
        return False
    theirs, ours = difference.theirs["calls"], difference.ours["calls"]
    return bool(theirs) and theirs[0]["frame"] == STOP_FADING and same(theirs[1:], ours)


def _is_polling(session: Session, difference: Difference) -> bool:
    if difference.step is None or not same(difference.theirs["out"], difference.ours["out"]):
        return False
    calls = [*difference.theirs["calls"], *difference.ours["calls"]]
    return bool(calls) and all(call.get("cluster") in POLLED and call["frame"].startswith("000000") for call in calls)


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
        ("native", "zhc", "generated"),
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
        "The made-up device answers what zigbee-herdsman cannot read, so the request fails there; here it does not.",
        ("zhc",),
        _answer_is_unreadable,
    ),
    Rule(
        "The address of the coordinator that a definition writes is 0 in the embedded engine: it is not told yet.",
        ("zhc",),
        lambda session, difference: difference.kind == "configure" and session.file in ("owon", "nyce"),
    ),
    Rule(
        "An IKEA lamp's fade ends in the very moment of the next request, which the original takes as still fading.",
        OUR_PARTS,
        _is_end_of_fade,
    ),
    Rule(
        "Measurements are polled a while after the device was last heard; the original polls by a clock of its own.",
        ("native",),
        _is_polling,
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
