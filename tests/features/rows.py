"""The rows: id, area, what a user notices, and the tests that show it."""

from __future__ import annotations

import ast
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILE = Path(__file__).with_name("rows.toml")


@dataclass(frozen=True)
class Row:
    """One feature; `tests` are `path::function`, empty while no test shows it."""

    id: str
    area: str
    title: str
    tests: tuple[str, ...]


def rows() -> list[Row]:
    """Return all rows in the order of the file."""
    table = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return [Row(key, row["area"], row["title"], tuple(row.get("tests", ()))) for key, row in table.items()]


def exists(test: str) -> bool:
    """Tell whether a test function is where its name says."""
    path, _, name = test.partition("::")
    return name in _functions(path)


@cache
def _functions(path: str) -> frozenset[str]:
    file = ROOT / path
    if not file.is_file():
        return frozenset()
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
