"""Publications that were handed to the connection and are not known to have reached the broker.

An MQTT broker works through the packets of a connection in order, so its answer to a later packet says that it has
everything that was sent before.
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

    @property
    def urgent(self) -> bool:
        """Whether it should be known soon that it has arrived: what happens once cannot be shown again."""
        return self.acknowledge is not None or (self.item is not None and self.item.is_action)


class InFlight:
    """The unconfirmed publications of one connection, in the order they were sent."""

    def __init__(self) -> None:
        self._sent: deque[Publication] = deque()

    def __len__(self) -> int:
        return len(self._sent)

    def add(self, publication: Publication) -> None:
        """It was handed to the connection."""
        self._sent.append(publication)

    def confirm(self, count: int) -> list[Publication]:
        """The broker has the `count` oldest ones: return them."""
        return [self._sent.popleft() for _ in range(count)]

    def drain(self) -> list[Publication]:
        """The connection is gone: return what was never confirmed, oldest first."""
        return self.confirm(len(self._sent))
