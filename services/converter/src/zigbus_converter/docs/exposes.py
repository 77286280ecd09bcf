"""The section of one expose: what it means, where it is found, how it is asked for and changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from zigbus.contract.definitions import Expose
from zigbus_converter.docs.features import (
    CANNOT_ASK,
    CANNOT_CHANGE,
    GETTABLE,
    PUBLISHED,
    SETTABLE,
    allowed,
    items,
    message,
    part_items,
)
from zigbus_converter.docs.specific import LINES
from zigbus_converter.docs.words import NEW_VALUE, TOPIC, VALUE, code, codes, payload, sentence

Profile = Literal["A", "B"]


def section(expose: Expose, profile: Profile) -> str:
    """Return heading and text of one expose, without a line feed at the end."""
    return "\n".join((_heading(expose, profile), *_lines(expose)))


def summary(exposes: tuple[Expose, ...]) -> str:
    """Return the names of the exposes as the table on top of a page lists them, doubles removed."""
    return ", ".join(names(exposes))


def names(exposes: tuple[Expose, ...]) -> tuple[str, ...]:
    """Return the names of exposes, each once; specific ones with those of their features."""
    return tuple(dict.fromkeys(map(_name, exposes)))


def _name(expose: Expose) -> str:
    if expose.name is not None:
        return expose.name
    return f"{expose.type} ({', '.join(feature.name or feature.type for feature in expose.features or ())})"


def _heading(expose: Expose, profile: Profile) -> str:
    title = (expose.label if profile == "B" else None) or expose.name or expose.type
    kinds: list[str] = [expose.type] if expose.name is not None else []
    if expose.endpoint is not None:
        kinds.append(f"{expose.endpoint} endpoint")
    brackets = f"({', '.join(kinds)})" if kinds else ""
    return f"### {title[:1].upper()}{title[1:]} {brackets}"


def _lines(expose: Expose) -> Iterator[str]:
    specific = LINES.get(expose.type)
    if specific is not None:
        yield from specific(expose)
        return
    if expose.description:
        yield sentence(expose.description)
    yield from _where(expose)
    yield from _access(expose)
    yield from _values(expose)


def _where(expose: Expose) -> Iterator[str]:
    if not (expose.access or 0) & PUBLISHED:
        yield "It is **not** part of the published state."
    elif expose.property is not None:
        yield f"The published state has it under {code(expose.property)}."
    else:
        yield "The published state has its parts at the top level."


def _access(expose: Expose) -> Iterator[str]:
    access = expose.access or 0
    if access == PUBLISHED:
        yield "This value only tells: it can neither be asked for (`/get`) nor changed (`/set`)."
        return
    if access & GETTABLE:
        yield f"To ask for it (`/get`), publish to `{TOPIC}/get` the payload {payload(message(expose, ''))}."
    else:
        yield CANNOT_ASK
    if access & SETTABLE:
        leaf = VALUE if expose.type == "composite" else NEW_VALUE
        yield f"To change it (`/set`), publish to `{TOPIC}/set` the payload {payload(message(expose, leaf))}."
    else:
        yield CANNOT_CHANGE


def _values(expose: Expose) -> Iterator[str]:
    if expose.type == "numeric":
        if expose.value_min is not None and expose.value_max is not None:
            yield f"It ranges from {code(expose.value_min)} to {code(expose.value_max)}."
        if expose.unit:
            yield f"Its unit is {code(expose.unit)}."
    elif expose.type == "binary":
        yield f"Here {code(expose.value_on)} stands for {expose.name} being ON, {code(expose.value_off)} for OFF."
    elif expose.type == "enum":
        yield f"It is one of {codes(expose.values or ())}."
    elif expose.type == "composite":
        yield f"It has the form {payload(message(expose, VALUE))}:"
        yield from part_items(expose)
    elif expose.type == "list":
        yield from _list(expose)


def _list(expose: Expose) -> Iterator[str]:
    yield f"It is {items(expose)}."
    if expose.item_type is None:
        return
    if expose.item_type.type == "composite":
        yield "Each item has these parts:"
        yield from part_items(expose.item_type)
    else:
        yield f"Each item is {allowed(expose.item_type)}."
