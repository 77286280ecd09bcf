"""docs/features.md from rows and results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.features.results import WORST_FIRST, outcome_of
from tests.features.rows import Row

HEAD = """\
# Features and their tests

One row for each thing that a user of zigbee2mqtt can notice, with the tests that show it and what became of them when
this page was made ({day}, `make features`). Rows without a test are not done.

{done} of {all} rows have tests that passed.

| Id | Area | Feature | Result | Tests |
|---|---|---|---|---|
"""


def page(rows: Sequence[Row], found: Mapping[tuple[str, str], str], day: str) -> str:
    """Return the page."""
    results = [result_of(row, found) for row in rows]
    lines = [
        f"| {row.id} | {row.area} | {row.title} | {result} | {'<br>'.join(f'`{test}`' for test in row.tests)} |"
        for row, result in zip(rows, results, strict=True)
    ]
    return HEAD.format(day=day, done=results.count("passed"), all=len(rows)) + "\n".join(lines) + "\n"


def result_of(row: Row, found: Mapping[tuple[str, str], str]) -> str:
    """Return the worst result of a row's tests."""
    results = [outcome_of(test, found) for test in row.tests]
    if not results or "not run" in results:
        return "no test" if not results else "not run"
    return min(results, key=WORST_FIRST.index)
