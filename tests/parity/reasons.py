"""Why something may differ: every rule names a decision, or a fault of the original that we do not copy."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tests.parity.compare import Difference
from tests.parity.corpus import Session

NONSENSE = "nonsense"  # what the corpus sends where no value fits
SEEDS = {"QBKG04LM", "ZNXNKG02LM"}


class Rule(NamedTuple):
    """A reason, and which differences it explains."""

    reason: str
    explains: Callable[[str, Session, Difference], bool]


RULES = (
    Rule(
        "The original writes 0 for a word that its table does not have, and publishes the word; here the request fails.",
        lambda provider, session, difference: provider == "zhc" and _is_nonsense(difference),
    ),
    Rule(
        "Decided for the two seed devices: order of exposes, `legacy` and `click`, readable `operation_mode`.",
        lambda provider, session, difference: provider == "native" and session.model in SEEDS,
    ),
)


def _is_nonsense(difference: Difference) -> bool:
    asked = difference.step.set if difference.step is not None else None
    return asked is not None and NONSENSE in asked.values() and bool(difference.ours["failed"])


def reason_of(provider: str, session: Session, difference: Difference) -> str | None:
    """Return the reason of a difference, None if nobody has found one yet."""
    return next((rule.reason for rule in RULES if rule.explains(provider, session, difference)), None)
