"""What differs between two settings objects, as a list of changes that can be stored, written to files, or undone."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, MutableMapping, Sequence

from zigbus.contract.base import Json, JsonObject
from zigbus.contract.household import SettingChange
from zigbus_registry.jsonvalues import same


def difference(before: Mapping[str, Json], after: Mapping[str, Json]) -> tuple[SettingChange, ...]:
    """Return the changes that turn `before` into `after`; each is as deep in the tree as it can be."""
    return tuple(_difference(before, after, ()))


def _difference(
    before: Mapping[str, Json], after: Mapping[str, Json], path: tuple[str, ...]
) -> Iterator[SettingChange]:
    for key in before:
        if key not in after:
            yield SettingChange(path=(*path, key), removed=True)
    for key, value in after.items():
        old = before.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            yield from _difference(old, value, (*path, key))
        elif key not in before or not same(old, value):
            yield SettingChange(path=(*path, key), value=value)


def applied(settings: Mapping[str, Json], changes: Sequence[SettingChange]) -> JsonObject:
    """Return a copy of `settings` with the changes made."""
    result: JsonObject = copy.deepcopy(dict(settings))
    for change in changes:
        parent = _parent(result, change)
        if parent is not None and change.removed:
            parent.pop(change.path[-1], None)
        elif parent is not None:
            parent[change.path[-1]] = copy.deepcopy(change.value)
    return result


def _parent(settings: JsonObject, change: SettingChange) -> MutableMapping[str, Json] | None:
    """The mapping that holds the changed key; made if it is missing, None if there is nothing to remove."""
    node: JsonObject = settings
    for step in change.path[:-1]:
        if not isinstance(node.get(step), dict):
            if change.removed:
                return None
            node[step] = {}
        node = node[step]
    return node
