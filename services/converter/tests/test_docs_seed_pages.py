"""The pages of the two seed devices state every fact of the reference pages, in sentences of our own.

`data/seed_pages.json` holds the facts of the reference pages (headings, table cells, tokens in backticks per section,
in order). The reference pages themselves are not part of the project; where they lie beside it they are read too.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from zigbus_converter.docs.entries import entries_of
from zigbus_converter.docs.main import notes_of
from zigbus_converter.docs.page import Kept, render
from zigbus_converter.provider import native_definitions

MODELS = ("QBKG04LM", "ZNXNKG02LM")
FACTS: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "seed_pages.json").read_text())
REFERENCE = Path(__file__).resolve().parents[4] / "shared" / "seeds"
NOW = "2026-01-02T03:04:05Z"
OURS = "Vendor"  # a cell that links to a page: the words are a fact, the link is ours
RUN = 6  # so many words in the same order are a sentence of somebody's


def page(model: str) -> str:
    entry = next(entry for entry in entries_of(native_definitions(), notes_of) if entry.model == model)
    return render(entry, Kept(), NOW)


def facts_of(text: str) -> dict[str, Any]:
    """Return what must be the same on two pages of one device."""
    front, body = re.fullmatch(r"---\n(.*?)\n---\n(.*)", text, re.DOTALL).groups()  # type: ignore[union-attr]  # None fails the test
    keys = dict(line.split(": ", 1) for line in front.splitlines())
    rows = dict(re.findall(r"^\| (\w[\w-]*) +\| (.*?) +\|$", body, re.MULTILINE))
    rows[OURS] = re.sub(r"\[(.*)\]\(.*\)", r"\1", rows[OURS])
    return {
        "front": list(keys),
        "addedAt": keys["addedAt"],
        "pageClass": keys["pageClass"],
        "table": rows,
        "sections": [[heading, tokens(part)] for heading, part in sections(body)],
    }


def sections(body: str) -> list[tuple[str, str]]:
    """Return heading lines, as they are to the last blank, and the text under each."""
    parts = re.split(r"^(#+ .*)$", body, flags=re.MULTILINE)
    return [("", parts[0]), *zip(parts[1::2], parts[2::2], strict=True)]


def tokens(part: str) -> list[str]:
    return re.findall(r"```.*?```|`[^`]+`", part, re.DOTALL)


def prose_runs(text: str) -> set[tuple[str, ...]]:
    """Return every run of RUN words that stand in one line of prose, without tokens, tables, code and comments."""
    text = re.sub(r"```.*?```|<!--.*?-->|\A---\n.*?\n---\n", "\n", text, flags=re.DOTALL)
    lines = [line for line in text.splitlines() if not line.startswith(("|", "#"))]
    words = [re.findall(r"[\w']+", re.sub(r"`[^`]+`|\]\([^)]*\)", " . ", line).lower()) for line in lines]
    return {tuple(line[at : at + RUN]) for line in words for at in range(len(line) - RUN + 1)}


@pytest.mark.parametrize("model", MODELS)
def test_seed_page_states_every_fact_of_the_reference(model: str) -> None:
    assert facts_of(page(model)) == FACTS[model]


@pytest.mark.parametrize("model", MODELS)
def test_seed_page_agrees_with_the_reference_page_and_copies_no_sentence(model: str) -> None:
    path = REFERENCE / f"{model}.md"
    if not path.exists():
        pytest.skip("the reference pages are not beside this project; their facts are in data/seed_pages.json")
    reference, ours = path.read_text(), page(model)
    assert facts_of(ours) == facts_of(reference)
    assert prose_runs(ours) & prose_runs(reference) == set()


def test_seed_pages_read_as_zigbus() -> None:
    for model in MODELS:
        words = page(model).replace("https://www.zigbee2mqtt.io/images/", "").replace("zigbee2mqtt/FRIENDLY_NAME", "")
        assert "zigbee2mqtt" not in words.lower()
        assert "zigbus" in words
