"""How state messages look while Home Assistant listens (contract/homeassistant.md, 9)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from zigbus.contract.base import JsonObject
from zigbus_gateway.homeassistant.draft import Draft
from zigbus_gateway.homeassistant.exposes import defaults_of

UNKNOWN_VERSION = -1
DOUBLES = {"hue": "h", "saturation": "s"}  # Home Assistant's names of parts of a colour
OWN_STATE = frozenset(("light", "cover"))  # components whose endpoints have a state topic of their own


@dataclass(frozen=True, slots=True)
class Shape:
    """What is added to the messages of one entity."""

    defaults: JsonObject
    endpoints: tuple[str, ...] = ()  # that have a state topic of their own
    updates: bool = False  # whether firmware comes over the air

    def adjusted(self, message: JsonObject) -> JsonObject:
        """Return a message in which templates find everything they name."""
        found = {**message, **{key: value for key, value in self.defaults.items() if key not in message}}
        color = found.get("color")
        if isinstance(color, dict):
            found["color"] = color | {double: color[part] for part, double in DOUBLES.items() if part in color}
        if self.updates:
            update = found.get("update") or {}
            if update.get("latest_version") is None:
                unknown = {"installed_version": UNKNOWN_VERSION, "latest_version": UNKNOWN_VERSION}
                found["update"] = {**update, **unknown}
        return found

    def endpoint_messages(self, message: JsonObject) -> Iterator[tuple[str, JsonObject]]:
        """Yield each endpoint with the keys that are its own, without its name."""
        for endpoint in self.endpoints:
            ending = re.compile(f"(.*)_{re.escape(endpoint)}$")
            matches = ((ending.match(key), value) for key, value in message.items())
            yield endpoint, {match[1]: value for match, value in matches if match is not None}


def shape_of(drafts: Iterable[Draft], *, updates: bool) -> Shape:
    """Return what the entities of a device or group ask of its messages."""
    drafts = list(drafts)
    endpoints = [draft.endpoint for draft in drafts if draft.endpoint and draft.component in OWN_STATE]
    return Shape(defaults_of(drafts), tuple(dict.fromkeys(endpoints)), updates)
