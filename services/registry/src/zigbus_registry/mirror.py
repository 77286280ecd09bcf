"""What the registry shows in one bucket: puts what changed, deletes what is gone, puts back what the store lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import nats.errors

from zigbus.backoff import Backoff
from zigbus.bus import Bus, Table
from zigbus.contract.base import Message
from zigbus.contract.storage import BucketSpec


class Mirror:
    """One bucket of ours. Made by `Mirror.open`."""

    def __init__(self, bus: Bus, spec: BucketSpec, on_lost: Callable[[], None]) -> None:
        self.revision = 0  # newest revision of the bucket that we know
        self.table: Table[Any]
        self.spec, self._on_lost = spec, on_lost
        self._bucket = bus.bucket(spec)
        self._shown: dict[str, bytes] = {}

    @classmethod
    async def open(
        cls, bus: Bus, spec: BucketSpec, on_lost: Callable[[], None], kinds: Mapping[str, type[Message]] | None = None
    ) -> Mirror:
        """Read what the bucket holds. `kinds`: the types of the keys, for a bucket whose key decides the type."""
        mirror = cls(bus, spec, on_lost)
        mirror.table = await bus.table(spec, mirror._changed, kind=spec.content or Message)
        for key in mirror.table:
            kind = None if kinds is None else kinds.get(key)
            if kinds is None:
                mirror._shown[key] = msgspec.json.encode(mirror.table[key])
            elif kind is not None:
                stored = await mirror.get(key, kind)
                mirror._shown[key] = msgspec.json.encode(stored) if stored is not None else b""
        return mirror

    async def get(self, key: str, kind: type[Message]) -> Any:
        """Return what is stored under a key, None if nothing or something unreadable; waits while NATS is away."""
        backoff = Backoff()
        while True:
            try:
                return await self._bucket.get(key, kind)
            except msgspec.MsgspecError:
                return None
            except (nats.errors.Error, OSError, TimeoutError):
                await asyncio.sleep(backoff.next_s())

    async def show(self, wanted: Mapping[str, Message], *, only: bool = True) -> None:
        """Make the bucket hold `wanted`, and nothing else if `only`. Afterwards `revision` is one that shows it."""
        encoded = {key: msgspec.json.encode(value) for key, value in wanted.items()}
        changed = [key for key, value in encoded.items() if self._shown.get(key) != value]
        gone = [key for key in self._shown if key not in encoded] if only else []
        for key in gone:
            del self._shown[key]
        self._shown |= {key: encoded[key] for key in changed}
        pending = [self._bucket.put(key, wanted[key]) for key in changed] + [self._bucket.delete(key) for key in gone]
        self.revision = max([self.revision, *await asyncio.gather(*pending)])

    def _changed(self, key: str, value: Message | None, revision: int) -> None:
        self.revision = max(self.revision, revision)
        if value is None and self._shown.pop(key, None) is not None:
            self._on_lost()
