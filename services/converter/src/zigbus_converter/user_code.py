"""Makes definitions of a Python file of the household, or says in which line it is wrong, and why.

The code runs here, in this process, with all that Python can do: whoever may write such a file owns the house
(docs/decisions/user-converters-in-process.md). Guarded against are mistakes, not malice.
"""

from __future__ import annotations

import ast
import sys
import traceback
from collections.abc import Mapping
from types import ModuleType

from zigbus_converter.assembly import exposes_of, options_of
from zigbus_converter.definition import Definition, Part
from zigbus_converter.guarded import guarded
from zigbus_converter.time_limit import TimeLimit

FOLDER = "external_converters"
NAME = "DEFINITIONS"  # what a file must define
LOAD_S = 5.0  # for running a file; its imports may take a while on a small board


class Refused(Exception):
    """A file cannot be used: why, and where if that is known."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason if line is None else f"line {line}: {reason}")
        self.reason, self.line = reason, line


def python_definitions(name: str, code: str) -> tuple[Definition, ...]:
    """Run a file and return its definitions, guarded and marked as external. Raises Refused."""
    tree = _parsed(name, code)
    found = _run(name, tree).get(NAME)
    if found is None:
        raise Refused(f"the file defines no {NAME}; write {NAME} = (Definition(...),)")
    if not isinstance(found, tuple | list):
        raise Refused(f"{NAME} must be a tuple: write {NAME} = (Definition(...),) with the comma", _line_of(tree))
    return tuple(_checked(definition, name, _line_of(tree, place)) for place, definition in enumerate(found))


def _path(name: str) -> str:
    return f"{FOLDER}/{name}"


def _parsed(name: str, code: str) -> ast.Module:
    try:
        return ast.parse(code, _path(name))
    except SyntaxError as error:
        raise Refused(f"SyntaxError: {error.msg}", error.lineno) from None
    except (ValueError, RecursionError, MemoryError) as error:  # octets that are no text, or nested without end
        raise Refused(f"not a Python file: {error}") from None


def _run(name: str, tree: ast.Module) -> Mapping[str, object]:
    """Run the file as a module of its own; only dataclasses look a module up while it runs."""
    module = ModuleType(f"{FOLDER}.{name.removesuffix('.py')}")
    module.__file__ = _path(name)
    sys.modules[module.__name__] = module
    try:
        with TimeLimit(LOAD_S):
            exec(compile(tree, _path(name), "exec"), module.__dict__)  # noqa: S102  # that is what the file is for
    except (Exception, SystemExit) as error:
        raise Refused(f"{type(error).__name__}: {error}".rstrip(": "), _line_in(name, error)) from error
    finally:
        del sys.modules[module.__name__]
    return module.__dict__


def _checked(definition: object, name: str, line: int | None) -> Definition:
    fault = _fault(definition)
    if fault:
        raise Refused(fault, line)
    assert isinstance(definition, Definition)
    ready = guarded(definition)
    try:
        options_of(ready, exposes_of(ready, None))
    except Exception as error:
        where = _line_in(name, error) or line
        raise Refused(f"the exposes of {definition.model} cannot be made: {error!r}", where) from error
    return ready


def _fault(definition: object) -> str:
    """What is wrong with the form of a definition; empty if nothing is."""
    if not isinstance(definition, Definition):
        return f"{NAME} holds {_kind(definition)}, not a Definition"
    for field in ("model", "vendor", "description"):
        if not isinstance(value := getattr(definition, field), str) or not value:
            return f"{field} must be a text, got {_kind(value)}"
    for field, kind in (("models", str), ("parts", Part)):
        value = getattr(definition, field)
        wrong = [item for item in value if not isinstance(item, kind)] if isinstance(value, tuple | list) else [value]
        if wrong:
            return (
                f"{field} of {definition.model} must be a tuple of {kind.__name__}, got {_kind(wrong[0])}"
                " (a tuple of one needs a comma at its end, a part its brackets)"
            )
    if not definition.models and not definition.fingerprints:
        return f"{definition.model} would match no device: give models=(...) or fingerprints=(...)"
    return ""


def _kind(value: object) -> str:
    return f"{type(value).__name__} {value!r}"[:80]


def _line_in(name: str, error: BaseException) -> int | None:
    """Return the line of the file in which an error arose, None if none of its lines had a part in it."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == _path(name)]
    return lines[-1] if lines else None


def _line_of(tree: ast.Module, place: int | None = None) -> int | None:
    """Return the line in which the definitions are assigned, or that of the one at `place`."""
    for statement in reversed(tree.body):
        targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        if any(isinstance(target, ast.Name) and target.id == NAME for target in targets):
            value = getattr(statement, "value", None)
            elements = value.elts if isinstance(value, ast.Tuple | ast.List) else []
            return elements[place].lineno if place is not None and place < len(elements) else statement.lineno
    return None
