"""A sample of the comparison with zigbee-herdsman-converters; `make parity` compares everything."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from tests.parity.compare import verdict
from tests.parity.corpus import NoNode, Session, command, sessions
from tests.parity.sides import LISTED, UNLISTED
from tests.parity.tally import Noted, Tally
from zigbus_converter.provider import native_definitions

STEPS = 12  # of each vendor's definition
FRAMES = 60  # heard by each native definition
VENDORS = 400  # at least; the catalogue has 457

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _catalogue() -> None:
    try:
        command()
    except NoNode as error:
        pytest.skip(str(error))


def test_definitions_of_every_vendor_do_in_our_engine_what_they_do_in_node() -> None:
    tally = _tally("zhc", sessions(vendors=True, sample=STEPS))
    assert len(tally.counts["zhc"]) >= VENDORS
    assert _unexplained(tally) == []


def test_native_definitions_publish_and_ask_what_the_original_does() -> None:
    models = [definition.model for definition in native_definitions()]
    tally = _tally("native", sessions(models, limit=FRAMES))
    assert tally.definitions["native"] >= len(models) // 2, "the corpus does not find the models by their names"
    assert _unexplained(tally) == []


def test_generated_definitions_publish_and_ask_what_the_original_does() -> None:
    assert _unexplained(_tally("generated", sessions(unknown=True))) == []


def _tally(name: str, corpus: Iterable[Session]) -> Tally:
    tally = Tally({}, {}, [], [])
    sort = {**LISTED, **UNLISTED}[name]
    for session in corpus:
        compared = verdict(session, sort)
        if compared is not None:
            tally.take(name, compared)
    return tally


def _unexplained(tally: Tally) -> list[Noted]:
    return [noted for noted in tally.differences if noted.reason is None]
