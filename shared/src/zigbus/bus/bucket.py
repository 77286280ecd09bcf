"""Key-value buckets: typed puts and gets, and live mirrors of a whole bucket that survive restarts of NATS."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Generic, TypeVar, cast

import msgspec
import nats.aio.client
import nats.aio.msg
import nats.aio.subscription
import structlog
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from zigbus.backoff import Backoff
from zigbus.bus.listing import newest
from zigbus.bus.publisher import Publisher
from zigbus.contract.storage import BucketSpec
from zigbus.metrics import UNDECODABLE

log = structlog.get_logger()

M = TypeVar("M", bound=msgspec.Struct)
DELETED = "DEL"  # KV-Operation of a deletion marker (JetStream KV convention)


class Bucket(Generic[M]):
    """One bucket. Made by `Bus.bucket`."""

    def __init__(self, connection: nats.aio.client.Client, publisher: Publisher, spec: BucketSpec) -> None:
        self.spec = spec
        self._connection, self._publisher = connection, publisher

    def put(self, key: str, value: M) -> asyncio.Future[int]:
        """Store a value. The future gives the revision; it waits as long as NATS is away. Puts keep their order."""
        return self._publisher.send(self._subject(key), value, secrets.token_hex(8))

    def delete(self, key: str) -> asyncio.Future[int]:
        """Delete a key. The future gives the revision of the deletion."""
        return self._publisher.send(self._subject(key), b"", secrets.token_hex(8), headers={"KV-Operation": DELETED})

    def confirm(self) -> None:
        """Ask now for the receipts of all puts and deletions (they come by themselves unless the bucket gathers them)."""
        self._publisher.confirm()

    async def get(self, key: str, kind: type[M] | None = None) -> M | None:
        """Return the value of a key, or None. `kind` is needed for buckets whose key decides the type."""
        try:
            raw = await self._connection.jetstream().get_last_msg(
                f"KV_{self.spec.name}", self._subject(key), direct=True
            )
        except nats.js.errors.NotFoundError:
            return None
        if raw.headers and raw.headers.get("KV-Operation"):
            return None
        value: M = msgspec.json.decode(raw.data or b"", type=kind or cast(type[M], self.spec.content))
        return value

    async def entries(self) -> dict[str, M]:
        """Return everything in the bucket, once. What cannot be decoded is counted and left out."""
        decoder: msgspec.json.Decoder[M] = msgspec.json.Decoder(cast(type[M], self.spec.content))
        prefix = self._subject("")
        found = {}
        for message in await newest(self._connection, f"KV_{self.spec.name}", self._subject(">")):
            value = decoded(decoder, self.spec.name, message)
            if value is not None:
                found[message.subject[len(prefix) :]] = value
        return found

    def _subject(self, key: str) -> str:
        return f"$KV.{self.spec.name}.{key}"


class Table(Mapping[str, M]):
    """A live mirror of a bucket (or of keys matching a filter). Made by `Bus.table`."""

    def __init__(
        self,
        connection: nats.aio.client.Client,
        spec: BucketSpec,
        kind: type[M],
        key_filter: str,
        on_change: Callable[[str, M | None, int], None] | None,
    ) -> None:
        self.spec = spec
        self.revision = 0  # newest revision seen
        self._connection, self._on_change, self._filter = connection, on_change, key_filter
        self._decoder = msgspec.json.Decoder(kind)
        self._prefix = f"$KV.{spec.name}."
        self._values: dict[str, M] = {}
        self._revisions: dict[str, int] = {}
        self._listed: set[str] | None = None  # keys seen in the listing that runs; None when it is complete
        self._complete = asyncio.Event()
        self._moved = asyncio.Condition()
        self._subscription: nats.aio.subscription.Subscription | None = None
        self._consumer: str | None = None
        self._generation = 0

    def __getitem__(self, key: str) -> M:
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def revision_of(self, key: str) -> int:
        """Revision of a key's value, 0 if there is none."""
        return self._revisions.get(key, 0)

    async def until(self, revision: int, timeout_s: float) -> bool:
        """Wait until this mirror shows `revision` or newer. Returns False if time ran out."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s), self._moved:
                await self._moved.wait_for(lambda: self.revision >= revision)
        return self.revision >= revision

    async def start(self) -> None:
        """List the bucket and follow it; returns when the listing is complete. Also called after a reconnect."""
        self._generation += 1
        generation = self._generation
        backoff = Backoff()
        while generation == self._generation:
            try:
                await self._watch(generation)
                async with asyncio.timeout(10):
                    await self._complete.wait()
            except (nats.errors.Error, OSError, TimeoutError) as error:
                log.debug("table_not_ready", bucket=self.spec.name, error=repr(error))
                await asyncio.sleep(backoff.next_s())
            else:
                return

    async def close(self) -> None:
        """Stop following."""
        self._generation += 1
        await self._unwatch()

    async def _unwatch(self) -> None:
        with contextlib.suppress(nats.errors.Error, OSError, TimeoutError):
            if self._subscription is not None:
                await self._subscription.unsubscribe()
            if self._consumer is not None and self._connection.is_connected:
                await self._connection.jetstream().delete_consumer(f"KV_{self.spec.name}", self._consumer)
        self._subscription = self._consumer = None

    async def _watch(self, generation: int) -> None:
        await self._unwatch()
        self._complete.clear()
        self._listed = set()
        inbox = self._connection.new_inbox()
        self._subscription = await self._connection.subscribe(inbox, cb=partial(self._receive, generation))
        config = ConsumerConfig(
            name=secrets.token_hex(8),  # with a name the API subject carries the filter: permissions need it there
            deliver_subject=inbox,
            deliver_policy=DeliverPolicy.LAST_PER_SUBJECT,
            ack_policy=AckPolicy.NONE,
            filter_subject=self._prefix + self._filter,
            mem_storage=True,
            inactive_threshold=60.0,
        )
        info = await self._connection.jetstream().add_consumer(f"KV_{self.spec.name}", config)
        self._consumer = info.name
        if info.num_pending == 0 and not self._listed:
            await self._listing_complete()

    async def _receive(self, generation: int, message: nats.aio.msg.Msg) -> None:
        if generation != self._generation:
            return
        tokens = message.reply.split(".")
        revision, pending = int(tokens[-4]), int(tokens[-1])
        key = message.subject[len(self._prefix) :]
        if self._listed is not None:
            self._listed.add(key)
        self._apply(key, message, revision)
        if pending == 0 and self._listed is not None:
            await self._listing_complete()
        async with self._moved:
            self._moved.notify_all()

    def _apply(self, key: str, message: nats.aio.msg.Msg, revision: int) -> None:
        self.revision = max(self.revision, revision)
        if self._revisions.get(key) == revision:
            return  # the listing after a reconnect shows what we know
        value = decoded(self._decoder, self.spec.name, message)
        if value is None:
            self._revisions.pop(key, None)
            if self._values.pop(key, None) is None:
                return
        else:
            self._values[key] = value
            self._revisions[key] = revision
        if self._on_change is not None:
            self._on_change(key, value, revision)

    async def _listing_complete(self) -> None:
        listed, self._listed = self._listed, None
        for key in [k for k in self._values if listed is not None and k not in listed]:
            del self._values[key]
            self._revisions.pop(key, None)
            if self._on_change is not None:
                self._on_change(key, None, self.revision)
        self._complete.set()


def decoded(decoder: msgspec.json.Decoder[M], bucket: str, message: nats.aio.msg.Msg) -> M | None:
    """The value of an entry; None if it was deleted or cannot be decoded."""
    if message.headers and message.headers.get("KV-Operation"):
        return None
    try:
        return decoder.decode(message.data)
    except msgspec.MsgspecError as error:
        UNDECODABLE.labels(bucket).inc()
        log.warning("value_undecodable", bucket=bucket, subject=message.subject, error=str(error))
        return None
