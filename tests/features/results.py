"""What became of tests, from pytest's report in JUnit's form."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree import ElementTree as ET

WORST_FIRST = ("failed", "skipped", "passed")


def outcomes(report: str) -> Mapping[tuple[str, str], str]:
    """Return passed, skipped or failed by module and function; of several parameters the worst counts."""
    found: dict[tuple[str, str], str] = {}
    for case in ET.fromstring(report).iter("testcase"):
        key = (case.get("classname", ""), case.get("name", "").partition("[")[0])
        tags = {child.tag for child in case}
        outcome = "failed" if tags & {"failure", "error"} else "skipped" if "skipped" in tags else "passed"
        found[key] = min(found.get(key, outcome), outcome, key=WORST_FIRST.index)
    return found


def outcome_of(test: str, found: Mapping[tuple[str, str], str]) -> str:
    """Return the outcome of `path::function`, "not run" without one."""
    path, _, name = test.partition("::")
    return found.get((path.removesuffix(".py").replace("/", "."), name), "not run")
