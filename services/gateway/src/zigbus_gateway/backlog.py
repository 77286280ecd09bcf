"""Updates that cannot be shown now: the newest state of each entity is kept, actions only while they are news.

Pure: time comes in as a number. Every update that will never be shown by itself is acknowledged here, after the one
that replaces it has been taken in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from zigbus.contract.updates import Update
from zigbus_gateway.messages import merge

ACTION_TTL_S = 10.0  # a light must not toggle ten minutes late
SWEEP_EVERY_S = 1.0  # how often expired actions are looked for while more comes in


@dataclass(slots=True)
class Item:
    """One update on its way to the broker."""

    key: str  # bucket key of the entity
    position: int  # in the stream
    update: Update
    acknowledge: Callable[[], None]
    is_action: bool  # still to be shown as an action; False once only its state counts

    def expired(self, now_s: float) -> bool:
        """Whether it is an action that is no news any more: time counts from when the device was heard."""
        heard_s = self.update.received_at_s
        happened_s = self.update.converted_at_s if heard_s is None else heard_s
        return self.is_action and now_s - happened_s > ACTION_TTL_S

    def without_action(self) -> Item:
        """The same, with nothing but the state that resulted."""
        known = {key: value for key, value in self.update.changed.items() if key in self.update.state}
        return Item(
            self.key,
            self.position,
            msgspec.structs.replace(self.update, changed=known),
            self.acknowledge,
            is_action=False,
        )


class Backlog:
    """What waits, in the order of the stream."""

    def __init__(self) -> None:
        self.collapsed = 0  # states replaced by a newer one, ever
        self.dropped_actions = 0  # actions that were too old, ever
        self._items: dict[int, Item] = {}
        self._last: dict[str, int] = {}  # key -> position of its newest waiting item
        self._swept_s = 0.0

    def __len__(self) -> int:
        return len(self._items)

    def add(self, item: Item, now_s: float) -> None:
        """Take in the newest update of an entity. A state replaces a state that waits directly before it."""
        self._expire(now_s)
        if item.expired(now_s):
            self.dropped_actions += 1
            item = item.without_action()
        self._append(item)

    def give_back(self, item: Item) -> None:
        """Take back an update that may not have reached the broker; it is older than everything of its entity that waits."""
        newer = self._items.get(self._last.get(item.key, -1))
        if newer is not None and not item.is_action:
            first = next(i for i in self._items.values() if i.key == item.key)
            first.update = msgspec.structs.replace(
                first.update, changed=merge(item.update.changed, first.update.changed)
            )
            self.collapsed += 1
            item.acknowledge()
            return
        self._items = {item.position: item, **self._items}
        self._last.setdefault(item.key, item.position)

    def take(self, now_s: float) -> Item | None:
        """Return the next update to show, None if nothing waits."""
        while self._items:
            item = self._items.pop(next(iter(self._items)))
            newest = self._last.get(item.key) == item.position
            if newest:
                del self._last[item.key]
            if not item.expired(now_s):
                return item
            self.dropped_actions += 1
            if newest:
                return item.without_action()
            item.acknowledge()
        return None

    def forget(self, key: str) -> None:
        """An entity is gone: acknowledge what waits for it."""
        for position in [position for position, item in self._items.items() if item.key == key]:
            self._items.pop(position).acknowledge()
        self._last.pop(key, None)

    def _expire(self, now_s: float) -> None:
        """Keep what waits bounded while the broker is away: one state per entity, and the actions of the last seconds."""
        if now_s - self._swept_s < SWEEP_EVERY_S:
            return
        self._swept_s = now_s
        waiting, self._items, self._last = self._items, {}, {}
        for item in waiting.values():
            if item.expired(now_s):
                self.dropped_actions += 1
                self._append(item.without_action())
            else:
                self._append(item)

    def _append(self, item: Item) -> None:
        before = self._items.get(self._last.get(item.key, -1))
        if before is not None and not before.is_action and not item.is_action:
            item = self._replace(before, item)
        self._items[item.position] = item
        self._last[item.key] = item.position

    def _replace(self, before: Item, item: Item) -> Item:
        del self._items[before.position]
        self.collapsed += 1
        before.acknowledge()
        both = msgspec.structs.replace(item.update, changed=merge(before.update.changed, item.update.changed))
        return Item(item.key, item.position, both, item.acknowledge, is_action=False)
