"""Actions for Home Assistant: event types, the template that takes a value apart, and device triggers."""

from __future__ import annotations

import re
from collections.abc import Iterable

from zigbus.contract.base import JsonObject
from zigbus_gateway.homeassistant.draft import unique

EVENT = "event_type"
# How values are taken apart: what stands before the event, the names of the groups, the expression.
PATTERNS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("", ("button", EVENT), "^((?:button_)?[a-z0-9]+)_((?:press|hold)(?:_release)?)$"),
    ("", (EVENT, "scene"), "^(recall|scene)_([0-2][0-9]{0,2})$"),
    ("region_", ("region", EVENT), "^region_([1-9]|10)_(enter|leave|occupied|unoccupied)$"),
    ("", (EVENT, "direction", "speed"), "^(dial_rotate)_(left|right)_(step|slow|fast)$"),
    ("", (EVENT, "direction"), "^(brightness_step)(?:_(up|down))?$"),
)
# Values that stand for many, with an asterisk instead of a number.
WILDCARDS: tuple[tuple[str, str], ...] = (
    ("", r"^(recall|scene)_\*(?:_(?:e1|e2|s1|s2))?$"),
    ("region_", r"^region_\*_(enter|leave|occupied|unoccupied)$"),
)


def _event_template() -> str:
    """A template with the event as JSON; nothing in it if the message has no action."""
    rows = ", ".join(f"({prefix!r}, {list(names)!r}, {pattern!r})" for prefix, names, pattern in PATTERNS)
    return (
        '{% set action = value_json.get("action") or "" %}'
        '{% set found = namespace(event={"event_type": action} if action else {}) %}'
        "{% for prefix, names, pattern in [" + rows + "] %}"
        "{% for parts in action | regex_findall(pattern) %}"
        "{% set split = dict(zip(names, parts)) %}"
        "{% set found.event = dict(split, event_type=prefix ~ split.event_type) %}"
        "{% endfor %}{% endfor %}"
        "{{ found.event | to_json }}"
    )


EVENT_TEMPLATE = _event_template()


def event_types(values: Iterable[str]) -> list[str]:
    """Return the events that stand behind the values of an action, each once."""
    types = (event_type(value) for value in values)
    return unique(kind for kind in types if "*" not in kind)


def event_type(value: str) -> str:
    """Return the event behind one value; what cannot be taken apart is an event itself."""
    for prefix, names, pattern in PATTERNS:
        if match := re.match(pattern, value):
            return prefix + str(match[names.index(EVENT) + 1])
    for prefix, pattern in WILDCARDS:
        if match := re.match(pattern, value):
            return prefix + str(match[1])
    return value


def trigger_object(value: str) -> str:
    """Return the object id of the trigger of a value."""
    return f"action_{value}"


def trigger(value: str, state_topic: str, device: JsonObject, origin: JsonObject) -> JsonObject:
    """Return the payload of a device trigger: Home Assistant starts automations when the value comes."""
    return {
        "automation_type": "trigger",
        "device": device,
        "origin": origin,
        "payload": value,
        "subtype": value,
        "topic": f"{state_topic}/action",
        "type": "action",
    }
