"""A sample of the comparison with zigbee-herdsman-converters; `make parity` compares everything."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from tests.parity.compare import verdict
from tests.parity.corpus import NoNode, Session, command, sessions
from tests.parity.report import GROUPS
from tests.parity.sides import LISTED, UNLISTED
from tests.parity.tally import Noted, Tally
from zigbus_converter.provider import native_definitions

STEPS = 12  # of each vendor's definition
FRAMES = 40  # heard by each native definition
VENDORS = 400  # at least; the catalogue has 457
EQUAL = 0.99  # of native definitions, whose differences are being looked into; docs/parity.md has the exact numbers

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _catalogue() -> None:
    try:
        command()
    except NoNode as error:
        pytest.skip(str(error))


def test_definitions_of_every_vendor_do_here_what_they_do_in_node() -> None:
    tally = _tally(("zhc", "captured"), sessions(vendors=True, sample=STEPS))
    assert len(tally.counts["zhc"]) >= VENDORS
    assert _unexplained(tally) == []


def test_native_definitions_show_and_do_what_the_original_does() -> None:
    models = [definition.model for definition in native_definitions()]
    tally = _tally(("native",), sessions(models, limit=FRAMES))
    assert tally.definitions["native"] >= len(models) // 2, "the corpus does not find the models by their names"
    for kinds in GROUPS["exposes"], GROUPS["messages"], GROUPS["set and get"]:
        unexplained = [noted for noted in _unexplained(tally) if noted.kind in kinds]
        assert len(unexplained) <= (1 - EQUAL) * tally.total("native", kinds).compared, unexplained[:20]


def test_generated_definitions_show_and_do_what_those_of_the_original_do() -> None:
    assert _unexplained(_tally(("generated",), sessions(unknown=True))) == []


def _tally(names: Iterable[str], corpus: Iterable[Session]) -> Tally:
    tally = Tally({}, {}, [], [])
    sorts = {name: {**LISTED, **UNLISTED}[name] for name in names}
    for session in corpus:
        for name, sort in sorts.items():
            compared = verdict(session, sort)
            if compared is not None:
                tally.take(name, compared)
    return tally


def _unexplained(tally: Tally) -> list[Noted]:
    return [noted for noted in tally.differences if noted.reason is None]
