"""Publications that were handed to the connection and are not known to have reached the broker.

The broker gives our own publications back, because we subscribe to everything below the base topic; what comes back
has arrived, and so has everything that was sent before it on the same connection. Pure: time comes in as a number.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from zigbus_gateway.backlog import Item


@dataclass(slots=True)
class Publication:
    """One MQTT message of ours. `item`: the update that it completes; `acknowledge`: what to do when it has arrived or is lost."""

    topic: str
    payload: bytes
    qos: int = 0
    retain: bool = False
    expiry_s: int | None = None
    item: Item | None = None
    acknowledge: Callable[[], None] | None = None
    sent_at_s: float = 0.0  # monotonic


class InFlight:
    """The unconfirmed publications of one connection, in the order they were sent."""

    def __init__(self) -> None:
        self._sent: deque[Publication] = deque()

    def __len__(self) -> int:
        return len(self._sent)

    def add(self, publication: Publication) -> None:
        """It was handed to the connection."""
        self._sent.append(publication)

    def oldest_s(self) -> float | None:
        """When the oldest one was sent."""
        return self._sent[0].sent_at_s if self._sent else None

    def confirm(self, topic: str, payload: bytes) -> list[Publication]:
        """A message came back: return it and everything sent before it; empty if it was not ours."""
        if self._sent and self._sent[0].payload == payload and self._sent[0].topic == topic:
            return [self._sent.popleft()]
        if not any(sent.topic == topic and sent.payload == payload for sent in self._sent):
            return []
        confirmed = []
        while True:
            sent = self._sent.popleft()
            confirmed.append(sent)
            if sent.topic == topic and sent.payload == payload:
                return confirmed

    def drain(self) -> list[Publication]:
        """The connection is gone: return what was never confirmed, oldest first."""
        unconfirmed = list(self._sent)
        self._sent.clear()
        return unconfirmed
