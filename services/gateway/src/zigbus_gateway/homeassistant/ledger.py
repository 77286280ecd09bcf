"""What the broker holds for Home Assistant, entity by entity, and the only way to change it."""

from __future__ import annotations

from collections.abc import Callable

from zigbus_gateway.homeassistant.found import TRIGGERS, is_same
from zigbus_gateway.in_flight import Publication
from zigbus_gateway.retained import Retained

QOS = 1


class Ledger:
    """Topics here are those below the discovery topic."""

    def __init__(self, discovery_topic: str, retained: Retained, publish: Callable[[Publication], bool]) -> None:
        self._prefix, self._retained, self._publish = f"{discovery_topic}/", retained, publish
        self._topics: dict[str, set[str]] = {}  # key of a device, a group or the bridge -> what is held for it

    def __len__(self) -> int:
        return sum(len(topics) for topics in self._topics.values())

    def entities(self, key: str) -> list[str]:
        """Topics that entities are told on."""
        return sorted(topic for topic in self._topics.get(key, ()) if not is_trigger(topic))

    def triggers(self, key: str) -> list[str]:
        """Topics that device triggers are told on."""
        return sorted(topic for topic in self._topics.get(key, ()) if is_trigger(topic))

    def found(self, key: str, topic: str, payload: bytes) -> None:
        """The broker holds this from earlier."""
        self._topics.setdefault(key, set()).add(topic)
        if self._retained.value(self._prefix + topic) is None:
            self._retained.found(self._prefix + topic, payload, QOS)

    def tell(self, key: str, topic: str, payload: bytes) -> None:
        """Have the broker hold this; nothing is sent if it does already."""
        self._topics.setdefault(key, set()).add(topic)
        held = self._retained.value(self._prefix + topic)
        if not held or not is_same(held, payload):
            self._publish(Publication(self._prefix + topic, payload, QOS, retain=True))

    def clear(self, key: str, topic: str) -> None:
        """Have the broker hold nothing."""
        self._topics.get(key, set()).discard(topic)
        self._publish(Publication(self._prefix + topic, b"", QOS, retain=True))

    def forget(self, key: str) -> None:
        """Have the broker hold nothing for an entity that is no more."""
        for topic in sorted(self._topics.pop(key, ())):
            self._publish(Publication(self._prefix + topic, b"", QOS, retain=True))


def is_trigger(topic: str) -> bool:
    """Whether a device trigger is told on this topic."""
    return topic.startswith(f"{TRIGGERS}/")
