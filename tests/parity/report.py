"""Writes `docs/parity.md` from a tally."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from tests.parity.tally import Noted, Tally, name_of, on_our_parts
from zigbus_converter.provider import native_definitions
from zigbus_converter.zhc.catalogue import Catalogue

REPORT = "docs/parity.md"
GROUPS = {
    "exposes": ("exposes",),
    "options": ("options",),
    "messages": ("hear", "wait"),
    "set and get": ("set", "get"),
    "set-up": ("configure",),
}
UNEXPLAINED = "**not explained yet**"
MODELS_SHOWN = 6

HEAD = """# How equal zigbus is to zigbee-herdsman-converters

Written by `make parity`: do not edit. Every definition of the catalogue gets a made-up device; the same frames and the
same requests go through zigbee-herdsman-converters in Node and through our converter, and what comes out is compared:
published payloads as JSON, requests to the radio as octets. How the frames come about, and what is left out of the
comparison, stands in [tests/parity](../tests/parity/README.md).

`native` are our own definitions, `captured` those of the catalogue that our parts can build (some have gone back to the
engine, see below), `zhc` all of the catalogue in the embedded engine, `generated` devices that nobody lists. Definitions
of the catalogue that are missing here have an identity that could not be made up.
"""


def report(tally: Tally) -> str:
    """Return the page."""
    parts = [HEAD, f"{_compared(tally)}\n", "## Together\n", _together(tally), "## Where definitions run\n", _places()]
    parts += ["## Differences and their reasons\n", _reasons(tally), "## By vendor\n", _vendors(tally)]
    return "\n".join(parts)


def _compared(tally: Tally) -> str:
    kinds = [kind for group in GROUPS.values() for kind in group]
    total = sum(tally.total(provider, kinds).compared for provider in tally.counts)
    return f"{total:,} comparisons took {tally.cpu_s / 60:.0f} minutes of CPU, Node's included."


def _together(tally: Tally) -> str:
    lines = [_row("provider", "definitions", *GROUPS), _row(*["---"] * (2 + len(GROUPS)))]
    for provider in tally.counts:
        cells = [_cell(tally, provider, kinds) for kinds in GROUPS.values()]
        lines.append(_row(provider, f"{tally.definitions.get(provider, 0):,}", *cells))
    return "\n".join([*lines, ""])


def _cell(tally: Tally, provider: str, kinds: Iterable[str]) -> str:
    count = tally.total(provider, kinds)
    if not count.compared:
        return "–"
    equal = count.compared - count.different
    return f"{equal:,} of {count.compared:,} ({_percent(equal, count.compared)})"


def _percent(equal: int, compared: int) -> str:
    """Never 100 % unless everything is equal."""
    share = 100 * equal / compared
    return f"{share:.3f} %" if equal == compared else f"{min(share, 99.999):.3f} %"


def _places() -> str:
    """Count who serves the definitions of the catalogue: the service asks in this order."""
    native_models, plain = {definition.model for definition in native_definitions()}, on_our_parts()
    identities = Catalogue().identities.all()
    others = [identity for identity in identities if identity.model not in native_models]
    on_parts = sum(name_of(identity) in plain for identity in others)
    lines = [_row("on", "definitions", "share"), _row("---", "---", "---")]
    for name, count in (
        ("native definitions", len(identities) - len(others)),
        ("our parts, as captured from the catalogue", on_parts),
        ("the embedded engine", len(others) - on_parts),
    ):
        lines.append(_row(name, f"{count:,}", f"{100 * count / len(identities):.1f} %"))
    return "\n".join([*lines, ""])


def _reasons(tally: Tally) -> str:
    lines = [_row("provider", "reason", "differences", "models"), _row(*["---"] * 4)]
    found = Counter((noted.provider, noted.reason or UNEXPLAINED) for noted in tally.differences)
    for (provider, reason), count in found.most_common():
        models = _models(n for n in tally.differences if (n.provider, n.reason or UNEXPLAINED) == (provider, reason))
        lines.append(_row(provider, reason, f"{count:,}", models))
    return "\n".join([*lines, ""])


def _models(differences: Iterable[Noted]) -> str:
    models = list(dict.fromkeys(f"{noted.vendor} {noted.model}" for noted in differences))
    more = f" and {len(models) - MODELS_SHOWN} more" if len(models) > MODELS_SHOWN else ""
    return ", ".join(models[:MODELS_SHOWN]) + more


def _vendors(tally: Tally) -> str:
    lines = [_row("vendor", "provider", "compared", "different"), _row("---", "---", "---", "---")]
    rows = [(vendor, provider) for provider, vendors in tally.counts.items() for vendor in vendors]
    for vendor, provider in sorted(rows, key=lambda row: (row[0].lower(), row[1])):
        kinds = tally.counts[provider][vendor].values()
        compared, different = sum(c.compared for c in kinds), sum(c.different for c in kinds)
        lines.append(_row(vendor, provider, f"{compared:,}", f"{different:,}" if different else "–"))
    return "\n".join([*lines, ""])


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
