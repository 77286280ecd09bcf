"""Turns values into text for people, and text from people into values. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence

from zigbus.contract.base import Json, JsonObject

GAP = "  "


def table(header: Sequence[str], rows: Sequence[Sequence[str]], width: int | None = None) -> str:
    """Return aligned columns. `width` (characters) cuts lines that are longer; None leaves them whole."""
    widths = [max(len(row[column]) for row in (header, *rows)) for column in range(len(header))]
    lines = (
        GAP.join(f"{cell:<{size}}" for cell, size in zip(row, widths, strict=True)).rstrip() for row in (header, *rows)
    )
    return "\n".join(cut(line, width) for line in lines)


def cut(line: str, width: int | None) -> str:
    """Return a line of at most `width` characters."""
    return line if width is None or len(line) <= width else f"{line[: max(width - 1, 0)]}…"


def pairs(values: JsonObject) -> str:
    """Return `key=value` pairs as they could be typed; null values are left out."""
    return " ".join(f"{key}={_shown(value)}" for key, value in values.items() if value is not None)


def ago(seconds: float | None) -> str:
    """Return how long ago something was, in its largest unit."""
    if seconds is None:
        return "never"
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit} ago"
    return f"{max(seconds, 0):.0f} s ago"


def assignments(words: Sequence[str]) -> JsonObject:
    """Return the payload that `key=value` words describe: a value is JSON if it can be read as that, else text.

    A word that is a JSON object is merged as it is. Raises ValueError with a sentence for people.
    """
    payload: JsonObject = {}
    for word in words:
        if word.startswith("{"):
            payload.update(_object(word))
            continue
        key, equals, value = word.partition("=")
        if not equals or not key:
            raise ValueError(f"'{word}' is not of the form key=value")
        payload[key] = typed(value)
    return payload


def typed(text: str) -> Json:
    """Return the JSON value that a text stands for, or the text itself."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _object(word: str) -> JsonObject:
    try:
        value: JsonObject = json.loads(word)
    except ValueError as error:
        raise ValueError(f"'{word}' is not a JSON object: {error}") from None
    return value


def _shown(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
