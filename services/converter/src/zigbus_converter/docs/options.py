"""The line of one device option."""

from __future__ import annotations

import json
from collections.abc import Iterator

from zigbus.contract.base import Json
from zigbus.contract.definitions import Expose
from zigbus_converter.docs.features import items, key_of
from zigbus_converter.docs.words import code, codes, sentence


def option_line(option: Expose) -> str:
    """Return the list item of one option: its key, its meaning and the values that it takes."""
    meaning = f" {sentence(option.description)}" if option.description else ""
    return f"* {code(key_of(option))}:{meaning} {_rule(option)}"


def _rule(option: Expose) -> str:
    if option.type == "binary":
        return f"It is either {code(option.value_on)} or {code(option.value_off)}."
    if option.type == "enum":
        return f"It is one of {codes(option.values or ())}."
    if option.type == "numeric":
        return f"It is a number{_limits(option)}."
    if option.type == "list":
        return f"It is {items(option)}."
    if option.type == "composite":
        return "\n".join(("An example:", "", "```yaml", f"{key_of(option)}:", *_example(option, "  "), "```"))
    return "It is text."


def _limits(option: Expose) -> str:
    limits = [
        f"{words} {code(limit)}"
        for words, limit in (("not below", option.value_min), ("not above", option.value_max))
        if limit is not None
    ]
    return f", {' and '.join(limits)}" if limits else ""


def _example(option: Expose, indent: str) -> Iterator[str]:
    for feature in option.features or ():
        if feature.type == "composite":
            yield f"{indent}{key_of(feature)}:"
            yield from _example(feature, f"{indent}  ")
        else:
            yield f"{indent}{key_of(feature)}: {_example_value(feature)}"


def _example_value(option: Expose) -> str:
    """Return a value as JSON, which is YAML too and keeps ON a text."""
    value: Json = "text"
    if option.type == "binary":
        value = option.value_on
    elif option.type == "numeric":
        value = option.value_min if option.value_min is not None else 1
    elif option.type == "enum" and option.values:
        value = option.values[0]
    elif option.type == "list":
        value = []
    return json.dumps(value)
