"""What the broker should hold for us. Remembered so that a broker that was away, or forgot, can be told again."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class _Entry:
    payload: bytes
    qos: int
    confirmed: bytes | None = None


class Retained:
    """Every topic that this process published with the retain flag, with the value it should have."""

    def __init__(self) -> None:
        self._entries: dict[str, _Entry] = {}

    def want(self, topic: str, payload: bytes, qos: int) -> None:
        """This value should be held. An empty one means that nothing should be."""
        entry = self._entries.get(topic)
        if entry is None:
            self._entries[topic] = _Entry(payload, qos)
        else:
            entry.payload, entry.qos = payload, qos

    def confirm(self, topic: str, payload: bytes) -> None:
        """The broker has this value."""
        entry = self._entries.get(topic)
        if entry is None:
            return
        entry.confirmed = payload
        if not payload and not entry.payload:
            del self._entries[topic]

    def found(self, topic: str, payload: bytes, qos: int) -> None:
        """The broker has this value, from an earlier run, and it is right."""
        self.want(topic, payload, qos)
        self.confirm(topic, payload)

    def value(self, topic: str) -> bytes | None:
        """The value that a topic should have."""
        entry = self._entries.get(topic)
        return entry.payload if entry is not None else None

    def missing(self, *, everything: bool = False) -> list[tuple[str, bytes, int]]:
        """Topic, payload and QoS of what the broker may lack, in the order of first publication."""
        return [
            (topic, e.payload, e.qos) for topic, e in self._entries.items() if everything or e.confirmed != e.payload
        ]
