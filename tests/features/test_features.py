"""The rows of features are whole, and name tests that exist."""

from __future__ import annotations

from tests.features.page import page, result_of
from tests.features.results import outcomes
from tests.features.rows import ROOT, Row, exists, rows

REPORT = """\
<testsuites><testsuite>
<testcase classname="tests.a.test_b" name="test_c[1]"/>
<testcase classname="tests.a.test_b" name="test_c[2]"><failure message="x"/></testcase>
<testcase classname="tests.a.test_b" name="test_d"/>
<testcase classname="tests.a.test_b" name="test_e"><skipped message="x"/></testcase>
</testsuite></testsuites>"""


def test_every_row_names_tests_that_exist() -> None:
    missing = [(row.id, test) for row in rows() for test in row.tests if not exists(test)]
    assert missing == []


def test_there_are_195_rows_and_each_is_on_the_page() -> None:
    assert [row.id for row in rows()] == [f"Z-{number:03}" for number in range(1, 196)]
    written = (ROOT / "docs" / "features.md").read_text(encoding="utf-8")
    assert [row.id for row in rows() if f"| {row.id} | {row.area} | {row.title} |" not in written] == []


def test_the_worst_result_of_a_rows_tests_counts() -> None:
    found = outcomes(REPORT)
    test = "tests/a/test_b.py::test_"
    assert [
        result_of(Row("Z-001", "", "", tests), found)
        for tests in ((f"{test}d",), (f"{test}d", f"{test}e"), (f"{test}d", f"{test}c"), (f"{test}x",), ())
    ] == ["passed", "skipped", "failed", "not run", "no test"]


def test_the_page_says_how_many_rows_are_shown() -> None:
    found = outcomes(REPORT)
    text = page(
        [Row("Z-001", "Radio", "Start", ("tests/a/test_b.py::test_d",)), Row("Z-002", "", "", ())], found, "2026-01-01"
    )
    assert "1 of 2 rows" in text
    assert "| Z-001 | Radio | Start | passed | `tests/a/test_b.py::test_d` |" in text
