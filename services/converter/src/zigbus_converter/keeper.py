"""Stores device states behind the updates they belong to, and only then acknowledges the events.

The order makes a kill at any point harmless: an event whose updates are stored but whose state is not comes again and
gives the same updates with the same message ids, which the stream drops.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from zigbus.bus import Bucket, Delivery
from zigbus.contract.events import Event
from zigbus_converter.entity import Entity
from zigbus_converter.metrics import STORED, UNSTORED

STORE_EVERY_S = 1.0  # changes of a device within this time are stored together


@dataclass(slots=True)
class _Unstored:
    entity: Entity
    deliveries: list[Delivery[Event]] = field(default_factory=list)
    published: asyncio.Future[int] | None = (
        None  # the last update; the outbox is ordered, so the earlier ones are stored too
    )
    stored: asyncio.Future[None] | None = None  # somebody waits for this
    forgotten: bool = False  # the device was removed meanwhile


class Keeper:
    """Collects changed devices and stores them together."""

    def __init__(self, bucket: Bucket[Any], confirm_updates: Callable[[], None]) -> None:
        self._bucket, self._confirm_updates = bucket, confirm_updates
        self._unstored: dict[str, _Unstored] = {}
        self._storing: dict[str, _Unstored] = {}
        self._changed = asyncio.Event()
        self._urgent = asyncio.Event()
        self._closing = False

    def changed(
        self,
        entity: Entity,
        delivery: Delivery[Event] | None = None,
        published: asyncio.Future[int] | None = None,
        *,
        urgent: bool = False,
    ) -> None:
        """Say that a device changed: by which event, and with which last update."""
        entry = self._unstored.get(entity.key)
        if entry is None:
            entry = self._unstored[entity.key] = _Unstored(entity)
        entry.entity, entry.forgotten = entity, False  # a device may come back as another entity before it is stored
        if delivery is not None:
            entry.deliveries.append(delivery)
        if published is not None:
            entry.published = published
        self._changed.set()
        if urgent:
            self._urgent.set()

    def worked_in_before(self, entity: Entity, delivery: Delivery[Event]) -> None:
        """An event came again: acknowledge it as soon as the state that contains it is stored."""
        entry = self._unstored.get(entity.key)
        if entry is None:
            delivery.ack()
        else:
            entry.deliveries.append(delivery)

    async def stored(self, entity: Entity) -> None:
        """Return when the device's state as it is now is stored."""
        self.changed(entity, urgent=True)
        entry = self._unstored[entity.key]
        if entry.stored is None:
            entry.stored = asyncio.get_running_loop().create_future()
        await asyncio.shield(entry.stored)

    def forget(self, key: str) -> None:
        """The device or group is gone: delete its state."""
        for entry in (self._unstored.get(key), self._storing.get(key)):
            if entry is not None:
                entry.forgotten = True
        self._bucket.delete(key)

    async def run(self) -> None:
        """Store what changes, until closed."""
        while not (self._closing and not self._unstored):
            await self._changed.wait()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(STORE_EVERY_S):
                    await self._urgent.wait()
            await self.store()

    def close(self) -> None:
        """Let `run` end when all is stored."""
        self._closing = True
        self._changed.set()
        self._urgent.set()

    async def store(self) -> None:
        """Store everything that changed, and acknowledge its events."""
        if not self._closing:
            self._changed.clear()
            self._urgent.clear()
        self._storing, self._unstored = self._unstored, {}
        batch = [(entry, msgspec.json.encode(entry.entity.snapshot())) for entry in self._storing.values()]
        UNSTORED.set(len(batch))
        self._confirm_updates()
        await _all(entry.published for entry, _ in batch if entry.published is not None)
        puts = [self._bucket.put(entry.entity.key, state) for entry, state in batch if _is_kept(entry)]
        self._bucket.confirm()
        await _all(puts)
        for entry, _ in batch:
            for delivery in entry.deliveries:
                delivery.ack()
            if entry.stored is not None:
                entry.stored.set_result(None)
        self._storing = {}
        STORED.inc(len(batch))


def _is_kept(entry: _Unstored) -> bool:
    """Whether the device or group is still there: what it leaves behind must not make it a new entry."""
    entity = entry.entity
    return not entry.forgotten and (entity.known is not None or entity.group is not None)


async def _all(futures: Iterable[asyncio.Future[int]]) -> None:
    for future in futures:  # one after the other: no task per future
        await future
