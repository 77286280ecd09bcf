"""Small pieces that every sentence of a page is made of: code marks, payloads, lists, full stops."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from zigbus.contract.base import Json

TOPIC = "zigbee2mqtt/FRIENDLY_NAME"  # base topic as installed; the contract with clients has this one


class Placeholder(str):
    """A word that stands for a value inside a payload and is written without quotes."""

    __slots__ = ()


VALUE = Placeholder("VALUE")
NEW_VALUE = Placeholder("NEW_VALUE")


def anchor(heading: str) -> str:
    """Return the link target of a heading, as the usual Markdown renderers make it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def plain(value: Json) -> str:
    """Return a value as people write it: text without quotes, everything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def code(value: Json) -> str:
    """Return a value between backticks."""
    return f"`{plain(value)}`"


def codes(values: Iterable[Json], last: str = ", ") -> str:
    """Return values between backticks, separated by commas and, before the last one, by `last`."""
    marked = [code(value) for value in values]
    return last.join(part for part in (", ".join(marked[:-1]), *marked[-1:]) if part)


def payload(value: Json) -> str:
    """Return a JSON payload between backticks, its placeholders bare."""
    return f"`{_json(value)}`"


def payloads(key: str, values: Iterable[Json], last: str = " or ") -> str:
    """Return one payload `{"key": value}` for each value."""
    return codes((_json({key: value}) for value in values), last)


def sentence(text: str) -> str:
    """Return the text, ended by a full stop unless it has an end already."""
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _json(value: Json) -> str:
    if isinstance(value, Placeholder):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)}: {_json(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_json(inner) for inner in value) + "]"
    return json.dumps(value, ensure_ascii=False)
