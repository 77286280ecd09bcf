"""Ordered, at-least-once consumption of a stream that starts again where it stopped, whoever was killed.

A push consumer whose messages were delivered but not acknowledged gets them again only after a wait, behind newer
ones. So on every start and after every reconnect the consumer is made anew at the acknowledged floor + 1, and the old
one deleted: what comes is always in order. Within one process a position is handed out once.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

import msgspec
import nats.aio.msg
import nats.aio.subscription
import structlog
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from zigbus.backoff import Backoff
from zigbus.bus.connection import Connection
from zigbus.contract.storage import StreamSpec
from zigbus.metrics import UNDECODABLE

log = structlog.get_logger()

M = TypeVar("M")

MAX_UNACKNOWLEDGED = 20_000  # a converter acknowledges 1 s late; 2,000 events/s leave a factor of 10
NEVER_S = 24 * 3600.0  # redelivery is by re-creation, not by the server's timer


@dataclass(slots=True)
class Delivery(Generic[M]):
    """One message of a stream."""

    message: M
    subject: str
    position: int  # sequence in the stream
    stored_at_s: float  # Unix time when the stream stored it
    _consumer: Consumer[M]

    def ack(self) -> None:
        """Say that the effect of this message is complete: it will not be delivered again."""
        self._consumer.acknowledge(self.position)


class Consumer(Generic[M]):
    """Hands the messages of a stream to a handler, in order. Made by `Bus.consume`."""

    def __init__(
        self,
        connection: Connection,
        stream: StreamSpec,
        name: str,
        handler: Callable[[Delivery[M]], None],
        filters: tuple[str, ...],
    ) -> None:
        self._connection, self._stream, self._name, self._handler, self._filters = (
            connection,
            stream,
            name,
            handler,
            filters,
        )
        self._decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(stream.content)
        self._subscription: nats.aio.subscription.Subscription | None = None
        self._handed_out = 0
        self._open: dict[int, str] = {}  # position -> where its acknowledgement goes, ascending; those above the floor
        self._done: set[int] = set()  # positions in `_open` that were acknowledged while an earlier one was not
        self._generation = 0
        self._floor_due = False

    @property
    def unacknowledged(self) -> int:
        """Positions handed out and not acknowledged."""
        return len(self._open) - len(self._done)

    async def start(self) -> None:
        """Make the server-side consumer at the acknowledged floor + 1; tries until it works."""
        self._generation += 1
        generation = self._generation
        backoff = Backoff()
        while generation == self._generation:
            try:
                await self._recreate(generation)
            except (nats.errors.Error, OSError, TimeoutError) as error:
                log.debug("consumer_not_ready", consumer=self._name, stream=self._stream.name, error=repr(error))
                await asyncio.sleep(backoff.next_s())
            else:
                return

    def rewind(self) -> None:
        """Forget what was handed out: at the next (re)start everything unacknowledged comes again."""
        self._handed_out = 0
        self._open.clear()
        self._done.clear()

    def acknowledge(self, position: int) -> None:
        """Acknowledge one position; unknown ones are ignored.

        The server hears of the floor alone: one message for all that was acknowledged in one turn of the loop.
        """
        if position not in self._open:
            return
        self._done.add(position)
        if not self._floor_due and next(iter(self._open)) in self._done:
            self._floor_due = True
            asyncio.get_running_loop().call_soon(self._raise_floor)

    async def close(self) -> None:
        """Stop delivery; the server keeps the floor."""
        self._generation += 1
        if self._subscription is not None:
            with contextlib.suppress(nats.errors.Error):
                await self._subscription.unsubscribe()

    def _raise_floor(self) -> None:
        self._floor_due = False
        reply = ""
        while self._open and (first := next(iter(self._open))) in self._done:
            reply = self._open.pop(first)
            self._done.discard(first)
        self._tell_server(reply)

    def _tell_server(self, reply: str) -> None:
        """A lost acknowledgement only means that the message comes again after the reconnect."""
        if reply and self._connection.is_connected:
            self._connection.say(reply, b"+ACK")

    async def _recreate(self, generation: int) -> None:
        js = self._connection.jetstream()
        earlier = [c for c in await js.consumers_info(self._stream.name) if c.name.startswith(f"{self._name}-")]
        floor = max((c.ack_floor.stream_seq for c in earlier if c.ack_floor), default=0)
        if self._subscription is not None:
            with contextlib.suppress(nats.errors.Error):
                await self._subscription.unsubscribe()
        inbox = self._connection.new_inbox()
        self._subscription = await self._connection.hear(inbox, partial(self._receive, generation))
        config = ConsumerConfig(
            durable_name=f"{self._name}-{secrets.token_hex(4)}",
            deliver_subject=inbox,
            deliver_policy=DeliverPolicy.BY_START_SEQUENCE if floor else DeliverPolicy.ALL,
            opt_start_seq=floor + 1 if floor else None,
            ack_policy=AckPolicy.ALL,  # of what lies behind the floor nothing comes again anyway
            ack_wait=NEVER_S,
            max_ack_pending=MAX_UNACKNOWLEDGED,
            filter_subjects=list(self._filters) or None,
        )
        await js.add_consumer(self._stream.name, config)
        for old in earlier:
            await js.delete_consumer(self._stream.name, old.name)
        log.debug("consumer_started", consumer=self._name, stream=self._stream.name, floor=floor)

    def _receive(self, generation: int, message: nats.aio.msg.Msg) -> None:
        if generation != self._generation:
            return
        position, stored_at_s = _delivery_facts(message.reply)
        if position <= self._handed_out:
            self._delivered_again(position, message.reply)
            return
        self._handed_out = position
        self._open[position] = message.reply
        try:
            decoded = self._decoder.decode(message.data)
        except msgspec.MsgspecError as error:
            UNDECODABLE.labels(self._stream.name).inc()
            log.warning("message_undecodable", stream=self._stream.name, subject=message.subject, error=str(error))
            self.acknowledge(position)
            return
        self._handler(Delivery(decoded, message.subject, position, stored_at_s, self))

    def _delivered_again(self, position: int, reply: str) -> None:
        """After a re-creation: above the floor, or below it with the acknowledgement lost on the way."""
        if position in self._open:
            self._open[position] = reply
        else:
            self._tell_server(reply)


def _delivery_facts(reply: str) -> tuple[int, float]:
    """Stream sequence and Unix time of storage from an acknowledgement subject (`$JS.ACK.…`, 9 or 12 tokens)."""
    tokens = reply.split(".")
    first = 2 if len(tokens) == 9 else 4
    return int(tokens[first + 3]), int(tokens[first + 5]) / 1e9
