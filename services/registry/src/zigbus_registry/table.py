"""What a setting is: its type, its words, its default and whether a change of it needs a restart.

The table of all settings (`settings_table`) is made of these; JSON schema and defaults are derived from it.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from zigbus.contract.base import Json, JsonObject


class _Absent:
    """The setting has no default: it is not part of the effective settings unless somebody sets it."""


ABSENT = _Absent()


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One key. `default` None is shown to people as the default but does not appear in the effective settings."""

    type: str | tuple[str, ...] | None  # JSON schema type(s); None: `extra` has oneOf
    title: str
    description: str
    default: Json | _Absent = ABSENT
    restart: bool = False
    examples: tuple[Json, ...] = ()
    extra: Mapping[str, Json] = field(default_factory=dict)  # further JSON schema keywords

    def schema(self) -> JsonObject:
        """Return the JSON schema of this key."""
        schema: JsonObject = {"title": self.title, "description": self.description}
        if self.type is not None:
            schema["type"] = list(self.type) if isinstance(self.type, tuple) else self.type
        if not isinstance(self.default, _Absent):
            schema["default"] = copy.deepcopy(self.default)
        if self.restart:
            schema["requiresRestart"] = True
        if self.examples:
            schema["examples"] = list(self.examples)
        return {**schema, **copy.deepcopy(dict(self.extra))}


@dataclass(frozen=True, kw_only=True)
class Section:
    """A mapping of keys."""

    title: str | None = None
    description: str | None = None
    keys: Mapping[str, Setting | Section]
    required: tuple[str, ...] = ()
    restart: bool = False
    type: str | tuple[str, ...] = "object"

    def schema(self) -> JsonObject:
        """Return the JSON schema of this mapping."""
        schema: JsonObject = {"type": list(self.type) if isinstance(self.type, tuple) else self.type}
        if self.title is not None:
            schema["title"] = self.title
        if self.description is not None:
            schema["description"] = self.description
        if self.restart:
            schema["requiresRestart"] = True
        if self.required:
            schema["required"] = list(self.required)
        schema["properties"] = {key: part.schema() for key, part in self.keys.items()}
        return schema

    def defaults(self) -> JsonObject:
        """Return the keys that have a value even if nobody sets them."""
        result: JsonObject = {}
        for key, part in self.keys.items():
            if isinstance(part, Section):
                result[key] = part.defaults()
            elif not isinstance(part.default, _Absent) and part.default is not None:
                result[key] = copy.deepcopy(part.default)
        return result

    def restart_keys(self) -> frozenset[str]:
        """Return the keys of this mapping itself whose change needs a restart."""
        return frozenset(key for key, part in self.keys.items() if part.restart)

    def walk(self, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Setting | Section]]:
        """Yield every key below this mapping with its path, parents first."""
        for key, part in self.keys.items():
            yield (*path, key), part
            if isinstance(part, Section):
                yield from part.walk((*path, key))


def flag(title: str, description: str, default: bool | _Absent | None = ABSENT, *, restart: bool = False) -> Setting:
    """Make a key that is true or false."""
    return Setting(type="boolean", title=title, description=description, default=default, restart=restart)


def text(
    title: str,
    description: str,
    default: str | _Absent | None = ABSENT,
    *,
    restart: bool = False,
    nullable: bool = False,
    examples: tuple[Json, ...] = (),
    pattern: str | None = None,
) -> Setting:
    """Make a text key."""
    kind = ("string", "null") if nullable else "string"
    extra = {} if pattern is None else {"pattern": pattern}
    return Setting(
        type=kind,
        title=title,
        description=description,
        default=default,
        restart=restart,
        examples=examples,
        extra=extra,
    )


def choice(
    title: str, description: str, values: tuple[str, ...], default: str | _Absent = ABSENT, *, restart: bool = False
) -> Setting:
    """Make a key that takes one of some words."""
    return Setting(
        type="string",
        title=title,
        description=description,
        default=default,
        restart=restart,
        extra={"enum": list(values)},
    )


def number(
    title: str,
    description: str,
    default: float | _Absent | None = ABSENT,
    *,
    restart: bool = False,
    nullable: bool = False,
    least: float | None = None,
    most: float | None = None,
    examples: tuple[Json, ...] = (),
) -> Setting:
    """Make a number key; `least` and `most` are its limits, both included."""
    limits = {"minimum": least, "maximum": most}
    extra = {key: limit for key, limit in limits.items() if limit is not None}
    kind = ("number", "null") if nullable else "number"
    return Setting(
        type=kind,
        title=title,
        description=description,
        default=default,
        restart=restart,
        examples=examples,
        extra=extra,
    )


def texts(
    title: str,
    description: str,
    default: list[Json] | _Absent = ABSENT,
    *,
    restart: bool = False,
    examples: tuple[Json, ...] = (),
    values: tuple[str, ...] | None = None,
) -> Setting:
    """Make a key that is a list of texts, each one of `values` if given."""
    items: JsonObject = {"type": "string"} if values is None else {"type": "string", "enum": list(values)}
    return Setting(
        type="array",
        title=title,
        description=description,
        default=default,
        restart=restart,
        examples=examples,
        extra={"items": items},
    )


def generated(title: str, description: str, default: Json, numeric: Mapping[str, Json]) -> Setting:
    """Make a key that is a number or list of bytes (`numeric` is its schema), or a text: GENERATE."""
    forms = [{"type": "string", "title": f"{title} (text)"}, {**numeric, "title": f"{title} (value)"}]
    return Setting(
        type=None, title=title, description=description, default=default, restart=True, extra={"oneOf": forms}
    )
