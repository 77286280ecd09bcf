"""What a comparison came to: counts by provider and vendor, and every difference with its reason."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from tests.parity.compare import Difference, Verdict
from tests.parity.reasons import reason_of
from zigbus_converter.captured.provider import Plain
from zigbus_converter.zhc.catalogue import UPSTREAM, Catalogue
from zigbus_converter.zhc.identities import Found, Identity

BACK_TO_ENGINE = "Not equal, so the engine runs these definitions (captured/unequal.py)."
TEXT_LIMIT = 400  # characters kept of each side of a difference


class Count(msgspec.Struct):
    """How much of one kind was compared, and how much of it differed."""

    compared: int = 0
    different: int = 0

    def add(self, other: Count) -> None:
        """Take another count in."""
        self.compared += other.compared
        self.different += other.different


class Noted(msgspec.Struct, frozen=True):
    """A difference as it is kept."""

    provider: str
    vendor: str
    model: str
    file: str
    options: str
    kind: str
    asked: str
    theirs: str
    ours: str
    reason: str | None = None


class Tally(msgspec.Struct):
    """Counts by provider, vendor and kind; definitions by provider; differences in the order they came."""

    counts: dict[str, dict[str, dict[str, Count]]] = {}
    definitions: dict[str, int] = {}
    differences: list[Noted] = []
    missing: list[str] = []  # devices that the catalogue in our engine does not recognise
    cpu_s: float = 0.0

    def take(self, provider: str, verdict: Verdict) -> None:
        """Take in one session."""
        session = verdict.session
        if not session.options:
            self.definitions[provider] = self.definitions.get(provider, 0) + 1
        vendor = self.counts.setdefault(provider, {}).setdefault(session.vendor, {})
        for kind, compared in verdict.compared.items():
            vendor.setdefault(kind, Count()).add(Count(compared, verdict.differing(kind)))
        self.differences += [_noted(provider, verdict, difference) for difference in verdict.differences]

    def add(self, other: Tally) -> None:
        """Take another tally in."""
        for provider, vendors in other.counts.items():
            for vendor, kinds in vendors.items():
                for kind, count in kinds.items():
                    mine = self.counts.setdefault(provider, {}).setdefault(vendor, {})
                    mine.setdefault(kind, Count()).add(count)
        for provider, definitions in other.definitions.items():
            self.definitions[provider] = self.definitions.get(provider, 0) + definitions
        self.differences += other.differences
        self.missing += other.missing
        self.cpu_s += other.cpu_s

    def explain(self) -> None:
        """Give the reason to differences of plain definitions that have gone back to the engine since."""
        plain = on_our_parts()
        self.differences = [
            msgspec.structs.replace(noted, reason=BACK_TO_ENGINE)
            if noted.provider == "captured" and f"{noted.file}/{noted.model}" not in plain
            else noted
            for noted in self.differences
        ]

    def total(self, provider: str, kinds: Iterable[str]) -> Count:
        """Return the count of several kinds over all vendors."""
        result = Count()
        for vendor in self.counts.get(provider, {}).values():
            for kind in kinds:
                result.add(vendor.get(kind, Count()))
        return result


def name_of(identity: Identity) -> str:
    """Return how differences and `captured/unequal.py` name a definition: file/model."""
    return f"{identity.file.removeprefix(UPSTREAM)}/{identity.model}"


def on_our_parts() -> set[str]:
    """Return the names of the catalogue's definitions that our own parts stand for."""
    catalogue = Catalogue()
    plain = Plain(catalogue)
    return {name_of(i) for i in catalogue.identities.all() if plain.build(Found(i)) is not None}


def _noted(provider: str, verdict: Verdict, difference: Difference) -> Noted:
    session, step = verdict.session, difference.step
    asked = "" if step is None else _json(step.hear or step.set or step.get or step.wait)
    return Noted(
        provider=provider,
        vendor=session.vendor,
        model=session.model,
        file=session.file,
        options=_json(session.options) if session.options else "",
        kind=difference.kind,
        asked=asked,
        theirs=_json(difference.theirs)[:TEXT_LIMIT],
        ours=_json(difference.ours)[:TEXT_LIMIT],
        reason=reason_of(provider, session, difference),
    )


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
