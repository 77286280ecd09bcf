"""Ordered, durable publishing to streams: what was accepted is stored once, in order, across restarts of NATS.

`send` never waits: messages go to the connection at once, and the stream's receipts resolve the futures. A stream works through the messages of a connection in order, so a receipt counts for everything before it. It
is asked for now and then, with the id of the newest message: the stream says that this is a duplicate.
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
import nats.aio.msg
import structlog

from zigbus.bus.connection import Connection
from zigbus.bus.nats_server import MAX_PAYLOAD
from zigbus.metrics import PUBLISH_RETRIES

log = structlog.get_logger()

WINDOW = 512  # messages in flight; more only fills the server's buffers (0.23 ms each when awaited one by one)
ACKNOWLEDGE_WITHIN_S = 5.0  # JetStream's own API timeout; later than that the message counts as lost on the way
LOOK_EVERY_S = 1.0  # for acknowledgements that never came
HEADERS = 1024  # bytes that they take at most; they count as payload
RETRY_PAUSE_S = 0.2  # the stream of a server that has just started needs a moment
RECEIPT_AFTER = 64  # messages; then the next one asks for its receipt
RECEIPT_AFTER_S = 0.25  # a receipt wakes two processes, which costs as much CPU as the message
NEVER_STORED = {"Nats-Expected-Last-Msg-Id": "-"}  # refused, unless it is a duplicate: that is looked at first


class OutboxFull(Exception):
    """More than `limit` messages wait for NATS; the caller decides what to drop, and counts it."""


class _Answer(msgspec.Struct):
    seq: int = 0
    error: dict[str, Any] | None = None


_ANSWERS = msgspec.json.Decoder(_Answer)


class _Entry:
    __slots__ = ("done", "headers", "payload", "sent_at", "subject")

    def __init__(self, subject: str, payload: bytes, headers: dict[str, str], done: asyncio.Future[int]) -> None:
        self.subject, self.payload, self.headers, self.done = subject, payload, headers, done
        self.sent_at = 0.0


class Publisher:
    """One ordered line of messages to the streams. Made by `Bus.publisher`.

    With `gather` receipts are asked for every RECEIPT_AFTER_S or RECEIPT_AFTER messages, or when `confirm` says so;
    without it each message asks for its own.
    """

    def __init__(self, connection: Connection, limit: int, *, gather: bool = False) -> None:
        self._connection, self._limit, self._gather = connection, limit, gather
        self._waiting: deque[_Entry] = deque()
        self._in_flight: dict[int, _Entry] = {}  # by token, ascending
        self._token = self._asked = 0  # of the newest message, of the newest that asks for its receipt
        self._inbox = connection.new_inbox()
        self._open = False  # receipts are subscribed to
        self._broken = False  # what is in flight must be sent again
        self._trusted = False  # the stream answers: it was there when the messages in flight were sent
        self._hurry = False  # the receipt of all that was sent is wanted now
        self._receipt_due: asyncio.TimerHandle | None = None
        self._trouble = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None

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
        """Accept a message; the future gives its stream sequence (or a later one, with `gather`) once it is stored.

        `msg_id` tells the stream that a message sent twice is one. Raises OutboxFull if `limit` messages wait, and
        ValueError for a message that NATS would end the connection for.
        """
        if self.depth >= self._limit:
            raise OutboxFull(f"{self.depth} messages wait for NATS")
        payload = message if isinstance(message, bytes) else msgspec.json.encode(message)
        if len(payload) > MAX_PAYLOAD - HEADERS:
            raise ValueError(f"a message of {len(payload)} bytes for {subject} is too big for NATS")
        done: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Entry(subject, payload, {"Nats-Msg-Id": msg_id, **(headers or {})}, done))
        self._kick()
        return done

    def confirm(self) -> None:
        """Ask now for the receipts of everything that was accepted."""
        self._hurry = True
        self._kick()

    def connection_lost(self) -> None:
        """Everything in flight must be sent again once NATS is back."""
        self._broken = True
        self._trouble.set()

    async def drain(self, timeout_s: float) -> bool:
        """Wait until all accepted messages are stored. Returns False if time ran out."""
        self.confirm()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                pending = [entry.done for entry in (*self._in_flight.values(), *self._waiting)]
                if pending:
                    await asyncio.wait(pending)
        return self.depth == 0

    async def close(self) -> None:
        """Close the line. Unconfirmed messages are given up: their futures are cancelled."""
        if self._keeper is not None:
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeper
        if self._receipt_due is not None:
            self._receipt_due.cancel()
        for entry in (*self._in_flight.values(), *self._waiting):
            entry.done.cancel()

    async def _keep(self) -> None:
        """Subscribe to the receipts, then mend whatever breaks."""
        await self._connection.hear(f"{self._inbox}.*", self._answered)
        self._open = True
        while True:
            if self._broken or self._overdue():
                await self._take_back()
            self._kick()
            self._trouble.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY_S):
                    await self._trouble.wait()

    # ---- sending -----------------------------------------------------------------------------------------------------

    def _kick(self) -> None:
        """Let out what waits, and the question for receipts if it is time."""
        if not self._open:
            return
        while self._waiting and len(self._in_flight) < WINDOW and self._may_send():
            entry = self._waiting.popleft()
            if entry.done.cancelled():
                continue
            self._token += 1
            entry.sent_at = time.monotonic()
            self._in_flight[self._token] = entry
            reply = self._receipt_to() if self._receipt_wanted() else ""
            self._connection.say(entry.subject, entry.payload, reply, entry.headers)
        if self._hurry and not self._waiting and self._may_send():
            self._hurry = False
            self._ask()

    def _may_send(self) -> bool:
        return self._connection.is_connected and not self._broken

    def _receipt_wanted(self) -> bool:
        """Whether the newest message asks for its receipt by itself."""
        if not self._gather or not self._trusted or (self._hurry and not self._waiting):
            return True
        if self._token - self._asked >= RECEIPT_AFTER:
            return True
        if self._receipt_due is None:
            self._receipt_due = asyncio.get_running_loop().call_later(RECEIPT_AFTER_S, self._receipt_is_due)
        return False

    def _ask(self) -> None:
        """Ask for the receipt of the newest message if it does not ask by itself."""
        newest = self._in_flight.get(self._token)
        if newest is not None and self._asked < self._token:
            headers = {**newest.headers, **NEVER_STORED}
            self._connection.say(newest.subject, b"", self._receipt_to(), headers)

    def _receipt_to(self) -> str:
        self._asked = self._token
        return f"{self._inbox}.{self._token}"

    def _receipt_is_due(self) -> None:
        self._receipt_due = None
        self.confirm()

    # ---- receipts and trouble ----------------------------------------------------------------------------------------

    def _answered(self, message: nats.aio.msg.Msg) -> None:
        token = int(message.subject.rpartition(".")[2])
        entry = self._in_flight.get(token)
        if entry is None:
            return
        sequence, refusal = _answer_of(message)
        if refusal:  # it keeps its place: it is sent again before everything that came after it
            log.debug("publish_refused", subject=entry.subject, error=refusal)
            self.connection_lost()
        elif self._broken:  # what came before it is sent again
            self._stored(token, sequence)
        else:
            self._trusted = True
            while self._in_flight and (first := next(iter(self._in_flight))) <= token:
                self._stored(first, sequence)
        self._kick()

    def _stored(self, token: int, sequence: int) -> None:
        entry = self._in_flight.pop(token)
        if not entry.done.done():
            entry.done.set_result(sequence)

    def _overdue(self) -> bool:
        oldest = next(iter(self._in_flight.values()), None)
        return oldest is not None and time.monotonic() - oldest.sent_at > ACKNOWLEDGE_WITHIN_S

    async def _take_back(self) -> None:
        """Put what is in flight back in front of what waits, once the connection is there again."""
        while not self._connection.is_connected:  # noqa: ASYNC110  # the client library has no event for it
            await asyncio.sleep(RETRY_PAUSE_S)
        await asyncio.sleep(RETRY_PAUSE_S)  # receipts already on the way still count
        self._broken = self._trusted = False
        PUBLISH_RETRIES.inc(len(self._in_flight))
        self._waiting.extendleft(reversed(self._in_flight.values()))
        self._in_flight.clear()


def _answer_of(message: nats.aio.msg.Msg) -> tuple[int, str]:
    """Sequence in the stream, and why the stream did not store the message; empty if it did."""
    if message.headers and message.headers.get("Status") == "503":
        return 0, "no stream answers"
    answer = _ANSWERS.decode(message.data)
    return answer.seq, "" if answer.error is None else str(answer.error.get("description", answer.error))
