"""Operations on JSON values: strict equality, overlaying, merge patches, and how JavaScript would print a value."""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping

import msgspec

from zigbus.contract.base import Json, JsonObject


def same(left: Json, right: Json) -> bool:
    """Tell whether two JSON values are equal; unlike `==`, true is not 1 and false is not 0."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(value, right[key]) for key, value in left.items())
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return (
        type(left) is type(right) and bool(left == right)
        if isinstance(left, str) or isinstance(right, str)
        else bool(left == right)
    )


def overlaid(base: Mapping[str, Json], *tops: Mapping[str, Json]) -> JsonObject:
    """Return `base` with each of `tops` laid over it: mappings are merged at every depth, anything else replaces."""
    result: JsonObject = {key: copy.deepcopy(value) for key, value in base.items()}
    for top in tops:
        for key, value in top.items():
            if isinstance(value, dict) and isinstance(result.get(key), dict):
                result[key] = overlaid(result[key], value)
            else:
                result[key] = copy.deepcopy(value)
    return result


def without_nulls(value: JsonObject, keep: Collection[str] = ()) -> JsonObject:
    """Return `value` without keys that are null, at every depth; what is under the keys `keep` stays as it is."""
    return {
        key: without_nulls(item, keep) if isinstance(item, dict) and key not in keep else item
        for key, item in value.items()
        if item is not None or key in keep
    }


def patched(base: Mapping[str, Json], patch: Mapping[str, Json], keep_null: Collection[str] = ()) -> JsonObject:
    """Return `base` with `patch` merged in: null deletes a key (not one of `keep_null`), arrays are replaced."""
    return without_nulls(overlaid(base, patch), keep_null)


def javascript_type(value: Json) -> str:
    """Name the type of a JSON value as JavaScript's `typeof` does."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return "string"
    return "number" if isinstance(value, int | float) else "object"


def javascript_text(value: Json) -> str:
    """Print a JSON value as JavaScript's `String()` does; the error texts of the contract show values that way."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return "[object Object]"
    if isinstance(value, list):
        return ",".join("" if item is None else javascript_text(item) for item in value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return msgspec.json.encode(value).decode()
