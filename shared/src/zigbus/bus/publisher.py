"""Ordered, durable publishing to streams: what was accepted is stored once, in order, across restarts of NATS.

`send` never waits: messages go to the connection in the next turn of the loop, and the stream's acknowledgements
resolve the futures.
While NATS is away messages stay here, bounded by `limit`. After a break everything unconfirmed is sent again in its
old order; the stream drops what it had already stored, by message id (its duplicate window is two minutes).
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from typing import Any

import msgspec
import nats.aio.client
import nats.aio.msg
import structlog

from zigbus.metrics import PUBLISH_RETRIES

log = structlog.get_logger()

WINDOW = 512  # messages in flight; more only fills the server's buffers (0.23 ms each when awaited one by one)
ACKNOWLEDGE_WITHIN_S = 5.0  # JetStream's own API timeout; later than that the message counts as lost on the way
LOOK_EVERY_S = 1.0  # for acknowledgements that never came
RETRY_PAUSE_S = 0.2  # the stream of a server that has just started needs a moment


class OutboxFull(Exception):
    """More than `limit` messages wait for NATS; the caller decides what to drop, and counts it."""


class _Stored(msgspec.Struct):
    seq: int = 0
    error: dict[str, Any] | None = None


_STORED = msgspec.json.Decoder(_Stored)


class _Entry:
    __slots__ = ("done", "headers", "payload", "sent_at", "subject")

    def __init__(self, subject: str, payload: bytes, headers: dict[str, str], done: asyncio.Future[int]) -> None:
        self.subject, self.payload, self.headers, self.done = subject, payload, headers, done
        self.sent_at = 0.0


class Publisher:
    """One ordered line of messages to the streams. Made by `Bus.publisher`."""

    def __init__(self, connection: nats.aio.client.Client, limit: int) -> None:
        self._connection = connection
        self._limit = limit
        self._waiting: deque[_Entry] = deque()
        self._in_flight: dict[int, _Entry] = {}
        self._token = 0
        self._inbox = connection.new_inbox()
        self._open = False  # acknowledgements are subscribed to
        self._broken = False  # what is in flight must be sent again
        self._trouble = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None
        self._transmitting: asyncio.Task[None] | None = None

    @property
    def depth(self) -> int:
        """Messages accepted and not yet confirmed."""
        return len(self._waiting) + len(self._in_flight)

    def start(self) -> None:
        """Open the line; what was accepted before goes out then."""
        self._keeper = asyncio.get_running_loop().create_task(self._keep(), name="publisher keeper")

    def send(
        self, subject: str, message: msgspec.Struct | bytes, msg_id: str, *, headers: dict[str, str] | None = None
    ) -> asyncio.Future[int]:
        """Accept a message; the future gives its stream sequence once it is stored.

        `msg_id` tells the stream that a message sent twice is one. Raises OutboxFull if `limit` messages wait.
        """
        if self.depth >= self._limit:
            raise OutboxFull(f"{self.depth} messages wait for NATS")
        payload = message if isinstance(message, bytes) else msgspec.json.encode(message)
        done: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Entry(subject, payload, {"Nats-Msg-Id": msg_id, **(headers or {})}, done))
        self._kick()
        return done

    def connection_lost(self) -> None:
        """Everything in flight must be sent again once NATS is back."""
        self._broken = True
        self._trouble.set()

    async def drain(self, timeout_s: float) -> bool:
        """Wait until all accepted messages are stored. Returns False if time ran out."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                pending = [entry.done for entry in (*self._in_flight.values(), *self._waiting)]
                if pending:
                    await asyncio.wait(pending)
        return self.depth == 0

    async def close(self) -> None:
        """Close the line. Unconfirmed messages are given up: their futures are cancelled."""
        for task in (self._keeper, self._transmitting):
            if task is not None:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
        for entry in (*self._in_flight.values(), *self._waiting):
            entry.done.cancel()

    async def _keep(self) -> None:
        """Subscribe to the acknowledgements, then mend whatever breaks."""
        await self._connection.subscribe(f"{self._inbox}.*", cb=self._acknowledged)
        self._open = True
        while True:
            if self._broken or self._overdue():
                await self._take_back()
            self._kick()
            self._trouble.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY_S):
                    await self._trouble.wait()

    def _kick(self) -> None:
        """Let what waits go out in the next turn of the loop."""
        if self._transmitting is None and self._open and self._waiting and not self._broken:
            self._transmitting = asyncio.get_running_loop().create_task(self._transmit(), name="publisher")

    async def _transmit(self) -> None:
        try:
            while (
                self._waiting and len(self._in_flight) < WINDOW and self._connection.is_connected and not self._broken
            ):
                entry = self._waiting.popleft()
                if entry.done.cancelled():
                    continue
                self._token += 1
                entry.sent_at = time.monotonic()
                self._in_flight[self._token] = entry
                reply = f"{self._inbox}.{self._token}"
                await self._connection.publish(entry.subject, entry.payload, reply=reply, headers=entry.headers)
        except (nats.errors.Error, OSError):
            self.connection_lost()
        finally:
            self._transmitting = None

    def _overdue(self) -> bool:
        oldest = next(iter(self._in_flight.values()), None)
        return oldest is not None and time.monotonic() - oldest.sent_at > ACKNOWLEDGE_WITHIN_S

    async def _take_back(self) -> None:
        """Put what is in flight back in front of what waits, once the connection is there again."""
        while not self._connection.is_connected:  # noqa: ASYNC110  # the client library has no event for it
            await asyncio.sleep(RETRY_PAUSE_S)
        await asyncio.sleep(RETRY_PAUSE_S)  # acknowledgements already on the way still count
        self._broken = False
        PUBLISH_RETRIES.inc(len(self._in_flight))
        self._waiting.extendleft(reversed(self._in_flight.values()))
        self._in_flight.clear()

    async def _acknowledged(self, message: nats.aio.msg.Msg) -> None:
        token = int(message.subject.rpartition(".")[2])
        entry = self._in_flight.get(token)
        if entry is None:
            return
        refusal = _refusal(message)
        if refusal is None:
            del self._in_flight[token]
            if not entry.done.done():
                entry.done.set_result(_STORED.decode(message.data).seq)
        else:  # it keeps its place: it is sent again before everything that came after it
            log.debug("publish_refused", subject=entry.subject, error=refusal)
            self.connection_lost()
        self._kick()


def _refusal(message: nats.aio.msg.Msg) -> str | None:
    """Why the stream did not store the message; None if it did."""
    if message.headers and message.headers.get("Status") == "503":
        return "no stream answers"
    error = _STORED.decode(message.data).error
    return None if error is None else str(error.get("description", error))
