"""Why something may differ: every rule names a decision, or a fault of the original that we do not copy."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tests.parity.compare import Difference
from tests.parity.corpus import Session

SEEDS = {"QBKG04LM", "ZNXNKG02LM"}


class Rule(NamedTuple):
    """A reason, and which differences it explains."""

    reason: str
    explains: Callable[[str, Session, Difference], bool]


RULES = (
    Rule(
        "Decided for the two seed devices: order of exposes, `legacy` and `click`, readable `operation_mode`.",
        lambda provider, session, difference: provider == "native" and session.model in SEEDS,
    ),
)


def reason_of(provider: str, session: Session, difference: Difference) -> str | None:
    """Return the reason of a difference, None if nobody has found one yet."""
    return next((rule.reason for rule in RULES if rule.explains(provider, session, difference)), None)
