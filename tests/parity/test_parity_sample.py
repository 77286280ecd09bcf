"""A sample of the comparison with zigbee-herdsman-converters; `make parity` compares everything."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from tests.parity.compare import verdict
from tests.parity.corpus import NoNode, Session, command, sessions
from tests.parity.tally import Noted, Tally
from zigbus_converter.provider import Native, Provider, native_definitions

STEPS = 12  # of each vendor's definition
FRAMES = 60  # heard by each native definition
VENDORS = 400  # at least; the catalogue has 462

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _catalogue() -> None:
    try:
        command()
    except NoNode as error:
        pytest.skip(str(error))


def test_native_definitions_publish_and_ask_what_the_original_does() -> None:
    models = [definition.model for definition in native_definitions()]
    tally = _tally("native", Native(), sessions(models, limit=FRAMES), own_words=True)
    assert tally.definitions["native"] >= len(models) // 2, "the corpus does not find the models by their names"
    assert _unexplained(tally) == []


def _tally(name: str, provider: Provider, corpus: Iterable[Session], *, own_words: bool) -> Tally:
    tally = Tally({}, {}, [])
    for session in corpus:
        compared = verdict(session, provider, own_words=own_words)
        if compared.known:
            tally.take(name, compared)
    return tally


def _unexplained(tally: Tally) -> list[Noted]:
    return [noted for noted in tally.differences if noted.reason is None]
