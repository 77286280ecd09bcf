"""Templates for Home Assistant, compared by what they give: the same words, or the same JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any

import jinja2

PLACES = (-1, 0, 1, 50, 100)
TEXTS = ("OPEN", "CLOSE", "STOP", "ON", "OFF", "", "x" * 300)


def environment() -> jinja2.Environment:
    """Return Jinja with what Home Assistant adds and discovery uses."""
    made = jinja2.Environment(autoescape=False, extensions=["jinja2.ext.loopcontrols"])  # no web page
    made.filters |= {
        "regex_findall": lambda value, find: re.findall(find, value),
        "to_json": lambda value: json.dumps(value, default=str),
        "tojson": json.dumps,
    }
    made.globals |= {"zip": zip, "now": lambda: datetime.fromtimestamp(0, UTC)}
    return made


JINJA = environment()
compiled = cache(JINJA.from_string)
known: dict[tuple[str, str], Any] = {}  # result for pairs of templates: definitions share them


def render(template: str, **values: Any) -> Any:
    """Return what a template gives: JSON decoded, other text without blanks around it; an error as its name."""
    try:
        given = compiled(template).render(**values).strip()
    except (jinja2.TemplateError, TypeError, ValueError, KeyError) as error:
        return type(error)
    try:
        return json.loads(given)
    except ValueError:
        return given


def states(template: str, values: dict[str, list[Any]]) -> Iterator[dict[str, Any]]:
    """Yield state messages that matter to a template: each key that it names with each value, the others with their first."""
    keys = sorted(
        {
            key
            for found in re.findall(r'value_json\.(?:get\()?"?(\w+)|value_json\["([^"]+)"\]', template)
            for key in found
            if key
        }
        - {"get"}
    )
    choices = {key: [*values.get(key, ()), *PLACES, *TEXTS, True, False, None] for key in keys}
    yield {}
    for key in keys:
        for value in choices[key]:
            yield {key: value}
            for other in keys:
                if other != key:
                    for second in choices[other][:8]:
                        yield {**{k: c[0] for k, c in choices.items()}, key: value, other: second}


def same(first: str, second: str, values: dict[str, list[Any]]) -> Any:
    """Return None if two templates give the same for every state that matters, else the state and both results."""
    if (first, second) not in known:
        known[first, second] = _difference(first, second, values)
    return known[first, second]


def _difference(first: str, second: str, values: dict[str, list[Any]]) -> Any:
    for state in states(first + second, values):
        for value in ("0", "1", "3", "heat", "cool", "off", "auto"):
            scene = {"value": int(value) if value.isdecimal() else value, "position": 7, **state, "value_json": state}
            one, two = render(first, **scene), render(second, **scene)
            if one != two and not _counts_for_nothing(one, two):
                return {"state": state, "value": value, "original": str(one), "ours": str(two)}
    return None


def _counts_for_nothing(original: Any, ours: Any) -> bool:
    """Where the original's template fails, ours may give anything; nothing and None keep what Home Assistant knew."""
    nothing: tuple[Any, ...] = ("", "None", None, {}, "null")
    return isinstance(original, type) or (original in nothing and (isinstance(ours, type) or ours in nothing))
