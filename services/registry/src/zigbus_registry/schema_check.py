"""Checks a value against a JSON schema and words the errors as the JSON schema library of the original (Ajv) does.

Knows the keywords that our settings use: $ref, type, enum, oneOf, minimum, maximum, minLength, pattern, minItems,
items, required, properties, patternProperties, additionalProperties, propertyNames. Reports all errors, not only the
first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from zigbus.contract.base import Json, JsonObject

TYPES: dict[str, Callable[[Json], bool]] = {
    "null": lambda value: value is None,
    "boolean": lambda value: isinstance(value, bool),
    "string": lambda value: isinstance(value, str),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}


def schema_errors(value: Json, schema: JsonObject) -> list[str]:
    """Return an error per fault, `PATH/WITH/SLASHES MESSAGE`; empty if the value is valid."""
    return [f"{path[1:]} {message}".lstrip() for path, message in _check(value, schema, schema, "")]


def _check(value: Json, schema: JsonObject, root: JsonObject, path: str) -> Iterator[tuple[str, str]]:
    if "$ref" in schema:
        yield from _check(value, _resolve(schema["$ref"], root), root, path)
        return
    kinds = schema.get("type")
    names = [kinds] if isinstance(kinds, str) else kinds or []
    if names and not any(TYPES[name](value) for name in names):
        yield path, f"must be {','.join(names)}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield path, "must be equal to one of the allowed values"
    if TYPES["number"](value):
        yield from _check_number(value, schema, path)
    elif isinstance(value, str):
        yield from _check_text(value, schema, path)
    elif isinstance(value, list):
        yield from _check_list(value, schema, root, path)
    elif isinstance(value, dict):
        yield from _check_mapping(value, schema, root, path)
    if "oneOf" in schema:
        yield from _check_one_of(value, schema["oneOf"], root, path)


def _resolve(reference: str, root: JsonObject) -> JsonObject:
    node = root
    for step in reference.removeprefix("#/").split("/"):
        node = node[step]
    return node


def _check_number(value: float, schema: JsonObject, path: str) -> Iterator[tuple[str, str]]:
    if "maximum" in schema and not value <= schema["maximum"]:
        yield path, f"must be <= {schema['maximum']}"
    if "minimum" in schema and not value >= schema["minimum"]:
        yield path, f"must be >= {schema['minimum']}"


def _check_text(value: str, schema: JsonObject, path: str) -> Iterator[tuple[str, str]]:
    if "minLength" in schema and len(value) < schema["minLength"]:
        yield path, f"must NOT have fewer than {schema['minLength']} characters"
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield path, f'must match pattern "{schema["pattern"]}"'


def _check_list(value: list[Json], schema: JsonObject, root: JsonObject, path: str) -> Iterator[tuple[str, str]]:
    if "minItems" in schema and len(value) < schema["minItems"]:
        yield path, f"must NOT have fewer than {schema['minItems']} items"
    for index, item in enumerate(value if "items" in schema else ()):
        yield from _check(item, schema["items"], root, f"{path}/{index}")


def _check_mapping(value: JsonObject, schema: JsonObject, root: JsonObject, path: str) -> Iterator[tuple[str, str]]:
    for key in schema.get("required", ()):
        if key not in value:
            yield path, f"must have required property '{key}'"
    for key in value if "propertyNames" in schema else ():
        faults = list(_check(key, schema["propertyNames"], root, path))
        if faults:
            yield from faults
            yield path, "property name must be valid"
    for key, item in value.items():
        for part in _schemas_of_key(key, schema):
            yield from _check(item, part, root, f"{path}/{_pointer(key)}")


def _schemas_of_key(key: str, schema: JsonObject) -> list[JsonObject]:
    """The schemas that the value of a key must follow."""
    found = [schema["properties"][key]] if key in schema.get("properties", {}) else []
    found += [part for pattern, part in schema.get("patternProperties", {}).items() if re.search(pattern, key)]
    if not found and isinstance(schema.get("additionalProperties"), dict):
        found = [schema["additionalProperties"]]
    return found


def _check_one_of(value: Json, forms: list[JsonObject], root: JsonObject, path: str) -> Iterator[tuple[str, str]]:
    faults = [list(_check(value, form, root, path)) for form in forms]
    if sum(not found for found in faults) != 1:
        for found in faults:
            yield from found
        yield path, "must match exactly one schema in oneOf"


def _pointer(key: str) -> str:
    """A key as a step of a JSON pointer (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")
