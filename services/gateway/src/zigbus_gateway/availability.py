"""Tells clients who can be reached: one retained topic for each entity that the registry watches (mqtt.md 5.3)."""

from __future__ import annotations

from collections.abc import Callable

from zigbus_gateway.in_flight import Publication
from zigbus_gateway.json_text import to_json
from zigbus_gateway.picture import Picture


class AvailabilityTopics:
    """Publishes what bucket AVAILABILITY says under the names of now."""

    def __init__(self, picture: Picture, publish: Callable[[Publication], bool]) -> None:
        self._picture, self._publish = picture, publish
        self._shown: dict[str, tuple[str, bool]] = {}  # key -> topic and what it says

    def show_all(self) -> None:
        """Publish all, also what was published before: the broker may be another one."""
        self._shown.clear()
        for key in self._picture.availability:
            self.show(key)

    def show(self, key: str) -> None:
        """Publish one if it changed; what is no longer watched, or has another name, leaves its old topic."""
        entity, known = self._picture.household.by_key(key), self._picture.availability.get(key)
        before = self._shown.pop(key, None)
        if entity is None or known is None:
            if before is not None:
                self._publish(Publication(before[0], b"", qos=1, retain=True))
            return
        now = (f"{self._picture.settings.mqtt.base_topic}/{entity.name}/availability", known.available)
        self._shown[key] = now
        if before is not None and before[0] != now[0]:
            self._publish(Publication(before[0], b"", qos=1, retain=True))
        if before != now:
            payload = to_json({"state": "online" if known.available else "offline"})
            self._publish(Publication(now[0], payload, qos=1, retain=True))
