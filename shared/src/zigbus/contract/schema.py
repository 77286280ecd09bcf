"""JSON Schema of the messages, with what the source says beside each field: units, limits, where a value comes from.

Needed when the documents of the bus are written, not while a service runs.
"""

from __future__ import annotations

import ast
import enum
import inspect
import io
import textwrap
import tokenize
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from zigbus.contract.base import FailureCode, JsonObject

Schema = dict[str, Any]


def schemas(kinds: Iterable[type[msgspec.Struct]], ref_template: str) -> dict[str, Schema]:
    """Return the schema of each message type and of every type inside it, by name.

    `ref_template` says how one refers to another, e.g. "#/$defs/{name}".
    """
    components = msgspec.json.schema_components(tuple(kinds), ref_template=ref_template)[1]
    described = {kind.__name__: kind for kind in _all_kinds(msgspec.Struct)}
    for name, schema in components.items():
        if "description" in schema:
            schema["description"] = inspect.cleandoc(schema["description"])  # as Python 3.13 does by itself
        if name in described:
            _describe_fields(schema, described[name])
        elif name == FailureCode.__name__:
            schema["description"] = _with_members(schema.get("description", ""), FailureCode)
    return dict(sorted(components.items()))


def document(kinds: Iterable[type[msgspec.Struct]]) -> JsonObject:
    """Return one JSON Schema document with all message types as definitions."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Messages of the zigbus bus, version 1",
        "$defs": schemas(kinds, "#/$defs/{name}"),
    }


def comments_of(kind: type) -> dict[str, str]:
    """Return the comment at the end of the line of each field (or member) of a class, inherited ones included."""
    found: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        if base.__module__.startswith("zigbus.contract."):
            found.update(_own_comments(textwrap.dedent(inspect.getsource(base))))
    return found


def _own_comments(source: str) -> Iterator[tuple[str, str]]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    comments = {token.end[0]: token.string.lstrip("# ") for token in tokens if token.type == tokenize.COMMENT}
    (definition,) = ast.parse(source).body
    for node in definition.body if isinstance(definition, ast.ClassDef) else ():
        target = (
            node.target
            if isinstance(node, ast.AnnAssign)
            else node.targets[0]
            if isinstance(node, ast.Assign)
            else None
        )
        if isinstance(target, ast.Name) and node.end_lineno in comments:
            yield target.id, comments[node.end_lineno]


def _describe_fields(schema: Schema, kind: type) -> None:
    for name, comment in comments_of(kind).items():
        field = schema["properties"].get(name)
        if field is None:
            continue
        if "$ref" in field:  # JSON Schema before 2019-09 ignores what stands beside a reference
            schema["properties"][name] = field = {"allOf": [{"$ref": field.pop("$ref")}], **field}
        field["description"] = comment


def _with_members(text: str, kind: type[enum.StrEnum]) -> str:
    comments = comments_of(kind)
    return "\n".join(
        (text, *(f"- {member.value}: {comments[member.name]}" for member in kind if member.name in comments))
    )


def _all_kinds(kind: type[Any]) -> Iterator[type[Any]]:
    for child in kind.__subclasses__():
        if child.__module__.startswith("zigbus.contract."):
            yield child
        yield from _all_kinds(child)
