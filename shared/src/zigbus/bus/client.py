"""The connection of one service to the bus, and everything that is made from it."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec
import nats
import nats.aio.client
import nats.aio.msg
import nats.errors
import nats.js.errors
import structlog

from zigbus.backoff import Backoff
from zigbus.bus.bucket import Bucket, Table
from zigbus.bus.connection import Connection
from zigbus.bus.consumer import Consumer, Delivery
from zigbus.bus.lease import Lease
from zigbus.bus.listing import newest
from zigbus.bus.provision import create_storage
from zigbus.bus.publisher import Publisher
from zigbus.contract import storage, subjects
from zigbus.contract.base import Failure, FailureCode, Ieee, Message, Reply, RequestFailed
from zigbus.contract.operations import Operation
from zigbus.contract.storage import BucketSpec, StreamSpec
from zigbus.metrics import BUS_CONNECTED, BUS_RECONNECTS

log = structlog.get_logger()

M = TypeVar("M", bound=msgspec.Struct)
AskT = TypeVar("AskT", bound=Message)
AnswerT = TypeVar("AnswerT", bound=Reply)

OLDEST_SERVER = (2, 12)  # older servers silently ignore stream features that we declare
SETTLES_WITHIN_S = 2  # subscribing; a server that needs longer has other troubles
BUCKET_LIMIT = 100_000  # puts that may wait for NATS; the writers coalesce by key long before


@dataclass(frozen=True)
class BusAddress:
    """Where NATS is and who we are there. The password is read from a file, it never stands in an argument."""

    url: str = "nats://127.0.0.1:4222"
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def from_environment(cls) -> BusAddress:
        """Read ZIGBUS_NATS_URL, ZIGBUS_NATS_USER and ZIGBUS_NATS_PASSWORD_FILE (or ZIGBUS_NATS_PASSWORD)."""
        file = os.environ.get("ZIGBUS_NATS_PASSWORD_FILE")
        password = Path(file).read_text().strip() if file else os.environ.get("ZIGBUS_NATS_PASSWORD")
        return cls(os.environ.get("ZIGBUS_NATS_URL", cls.url), os.environ.get("ZIGBUS_NATS_USER"), password)


class Bus:
    """One service's connection. Requests fail at once while NATS is away; everything durable waits for it."""

    def __init__(self, connection: Connection, service: str) -> None:
        self.service = service
        self.on_connection: Callable[[bool], None] = lambda connected: None
        self._connection = connection
        self._publishers: list[Publisher] = []
        self._followers: list[Consumer[Any] | Table[Any]] = []
        self._tasks: set[asyncio.Task[Any]] = set()
        self._resuming: asyncio.Task[None] | None = None
        self._buckets = Publisher(connection, BUCKET_LIMIT)

    @classmethod
    async def connect(cls, address: BusAddress | str, service: str) -> Bus:
        """Connect, for as long as it takes, and create streams and buckets that are missing."""
        where = BusAddress(address) if isinstance(address, str) else address
        backoff = Backoff()
        while True:
            bus = cls(Connection(), service)
            try:
                await bus._open(where)
                await create_storage(bus._connection)
            except (nats.errors.Error, OSError, TimeoutError) as error:
                log.warning("bus_unreachable", url=where.url, error=f"{type(error).__name__}: {error}")
                with contextlib.suppress(nats.errors.Error, OSError):
                    await bus._connection.close()
                await asyncio.sleep(backoff.next_s())
            else:
                BUS_CONNECTED.set(1)
                bus._add_publisher(bus._buckets)
                return bus

    @property
    def connected(self) -> bool:
        """Whether NATS is reachable now."""
        return self._connection.is_connected

    async def close(self) -> None:
        """Stop following and serving, and disconnect."""
        for task in list(self._tasks):
            task.cancel()
        for follower in self._followers:
            await follower.close()
        for publisher in self._publishers:
            await publisher.close()
        with contextlib.suppress(nats.errors.Error, OSError, TimeoutError):
            await self._connection.close()

    # ---- requests ----------------------------------------------------------------------------------------------------

    async def call(
        self,
        operation: Operation[AskT, AnswerT],
        ask: AskT,
        *,
        coordinator: str | None = None,
        ieee: Ieee | None = None,
        group: int | None = None,
        timeout_s: float | None = None,
    ) -> AnswerT:
        """Ask for an operation and return the answer.

        Radio operations need `coordinator`; converter operations go to the owner of `ieee` or `group`, without one to
        any converter. Raises RequestFailed: with the
        other side's failure, with UNAVAILABLE if nobody serves it or NATS is away, with TIMEOUT after the deadline.
        """
        subject = _subject_of(operation, coordinator, _partition(ieee, group))
        if not self.connected:
            raise RequestFailed.of(
                FailureCode.UNAVAILABLE, "The bus is away; the request was not sent", operation=operation.name
            )
        try:
            message = await self._connection.request(
                subject, msgspec.json.encode(ask), timeout=timeout_s or operation.timeout_s
            )
        except nats.errors.NoRespondersError:
            raise RequestFailed.of(
                FailureCode.UNAVAILABLE, f"No {operation.owner} is running", operation=operation.name
            ) from None
        except (TimeoutError, nats.errors.Error) as error:
            code = FailureCode.TIMEOUT if isinstance(error, TimeoutError) else FailureCode.UNAVAILABLE
            raise RequestFailed.of(code, f"No answer from the {operation.owner}", operation=operation.name) from None
        answer = msgspec.json.decode(message.data, type=operation.answer)
        if answer.error is not None:
            raise RequestFailed(answer.error)
        return answer

    async def serve(
        self,
        operation: Operation[AskT, AnswerT],
        handler: Callable[[AskT], Coroutine[Any, Any, AnswerT]],
        *,
        coordinator: str | None = None,
    ) -> None:
        """Answer an operation. Handlers run concurrently; a RequestFailed that one raises is the answer."""
        subject = _subject_of(operation, coordinator, "*")
        decoder = msgspec.json.Decoder(operation.ask)

        async def received(message: nats.aio.msg.Msg) -> None:
            self._spawn(_answer(message, operation, decoder, handler))

        await self._connection.subscribe(subject, queue=self.service, cb=received)
        await self._settle()

    # ---- core messages -----------------------------------------------------------------------------------------------

    def publish(self, subject: str, message: msgspec.Struct) -> None:
        """Publish without storing; lost while NATS is away."""
        if self.connected:
            self._spawn(self._publish(subject, msgspec.json.encode(message)))

    async def _publish(self, subject: str, payload: bytes) -> None:
        with contextlib.suppress(nats.errors.Error, OSError):
            await self._connection.publish(subject, payload)

    async def subscribe(self, subject: str, kind: type[M], callback: Callable[[str, M], None]) -> None:
        """Hand every message on a subject to a callback, decoded; what cannot be decoded is skipped."""
        decoder = msgspec.json.Decoder(kind)

        async def received(message: nats.aio.msg.Msg) -> None:
            with contextlib.suppress(msgspec.MsgspecError):
                callback(message.subject, decoder.decode(message.data))

        await self._connection.subscribe(subject, cb=received)
        await self._settle()

    async def answer_all(self, subject: str, kind: type[M], handler: Callable[[M], msgspec.Struct]) -> None:
        """Answer every request on a subject that many answer; what cannot be decoded gets none."""
        decoder = msgspec.json.Decoder(kind)

        async def received(message: nats.aio.msg.Msg) -> None:
            with contextlib.suppress(msgspec.MsgspecError, nats.errors.Error):
                await message.respond(msgspec.json.encode(handler(decoder.decode(message.data))))

        await self._connection.subscribe(subject, cb=received)
        await self._settle()

    async def _settle(self) -> None:
        """Return when the server knows what was subscribed; while it is away, at once: it learns of it when it is back."""
        with contextlib.suppress(nats.errors.Error, OSError, TimeoutError):
            await self._connection.flush(SETTLES_WITHIN_S)

    async def ask_all(self, subject: str, ask: msgspec.Struct, kind: type[M], wait_s: float) -> list[M]:
        """Ask everybody who answers on a subject; returns what came within `wait_s` seconds, nothing while NATS is away."""
        answers: list[M] = []
        decoder = msgspec.json.Decoder(kind)

        async def received(message: nats.aio.msg.Msg) -> None:
            with contextlib.suppress(msgspec.MsgspecError):
                answers.append(decoder.decode(message.data))

        if not self.connected:
            return answers
        inbox = self._connection.new_inbox()
        with contextlib.suppress(nats.errors.Error, OSError):
            subscription = await self._connection.subscribe(inbox, cb=received)
            await self._connection.publish(subject, msgspec.json.encode(ask), reply=inbox)
            await asyncio.sleep(wait_s)
            await subscription.unsubscribe()
        return answers

    async def overhear(self, subject: str, callback: Callable[[str], None]) -> None:
        """Call back with the subject of every message as it passes; what is in it is not looked at."""

        async def received(message: nats.aio.msg.Msg) -> None:
            callback(message.subject)

        await self._connection.subscribe(subject, cb=received)

    # ---- streams and buckets -----------------------------------------------------------------------------------------

    def publisher(self, limit: int = 10_000, *, gather: bool = False) -> Publisher:
        """Return a new ordered line to the streams that holds up to `limit` messages while NATS is away.

        `gather`: receipts come together, a little later (or on `confirm`), for less.
        """
        return self._add_publisher(Publisher(self._connection, limit, gather=gather))

    async def consume(
        self, stream: StreamSpec, name: str, handler: Callable[[Delivery[Any]], None], filters: tuple[str, ...] = ()
    ) -> Consumer[Any]:
        """Start the consumer `name` of a stream; `filters` are subjects, none = all."""
        consumer: Consumer[Any] = Consumer(self._connection, stream, name, handler, filters)
        self._followers.append(consumer)
        await consumer.start()
        return consumer

    async def newest(self, stream: StreamSpec) -> list[Any]:
        """Return the newest message of every subject of a stream, once, in their order."""
        decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(stream.content)
        found = []
        for message in await newest(self._connection, stream.name, ">"):
            with contextlib.suppress(msgspec.MsgspecError):  # its consumer counts what cannot be decoded
                found.append(decoder.decode(message.data))
        return found

    def bucket(self, spec: BucketSpec, *, gather: bool = False) -> Bucket[Any]:
        """Return a bucket to write to or read from. `gather`: as for `publisher`, and it has a line of its own."""
        line = self.publisher(BUCKET_LIMIT, gather=True) if gather else self._buckets
        return Bucket(self._connection, line, spec)

    def lease(self, key: str, holder: str) -> Lease:
        """Return a lease that `holder` wants; `holder` names this process before and after a restart."""
        return Lease(self._connection, key, holder)

    async def table(
        self,
        spec: BucketSpec,
        on_change: Callable[[str, Any, int], None] | None = None,
        *,
        kind: type[M] | None = None,
        key_filter: str = ">",
    ) -> Table[Any]:
        """Return a live mirror of a bucket, complete. `on_change(key, value or None, revision)` is also called while it fills."""
        table: Table[Any] = Table(self._connection, spec, kind or spec.content or Message, key_filter, on_change)
        self._followers.append(table)
        await table.start()
        return table

    async def settings(self, key: str, kind: type[M], on_change: Callable[[M], None] | None = None) -> M:
        """Return the settings stored under `key` of bucket SETTINGS; waits until they are there.

        `on_change` is called with every later value that differs.
        """
        first: asyncio.Future[M] = asyncio.get_running_loop().create_future()
        last: list[M] = []

        def changed(_: str, value: M | None, __: int) -> None:
            if value is None or last == [value]:
                return
            last[:] = [value]
            if not first.done():
                first.set_result(value)
            elif on_change is not None:
                on_change(value)

        await self.table(storage.SETTINGS, changed, kind=kind, key_filter=key)
        return await first

    # ---- the connection ----------------------------------------------------------------------------------------------

    async def _open(self, where: BusAddress) -> None:
        backoff = Backoff()

        def next_server(servers: list[Any], _: dict[str, Any]) -> tuple[Any, float]:
            return servers[0], backoff.next_s()

        async def connected() -> None:
            backoff.reset()
            await self._restored()

        await self._connection.connect(
            where.url,
            name=f"zigbus {self.service}",
            user=where.user,
            password=where.password,
            error_cb=_report_error,
            disconnected_cb=self._lost,
            reconnected_cb=connected,
            reconnect_to_server_handler=next_server,
            max_reconnect_attempts=-1,
            connect_timeout=2,
            ping_interval=5,
            max_outstanding_pings=2,
            pending_size=8 * 1024 * 1024,
            skip_subject_validation=True,  # all subjects come from `zigbus.contract.subjects`
        )
        version = self._connection.connected_server_version
        if (version.major, version.minor) < OLDEST_SERVER:
            raise nats.errors.Error(f"NATS server {version} is too old, 2.12 or newer is needed")

    async def _lost(self) -> None:
        if self._connection.is_closed:
            return
        log.warning("bus_lost")
        BUS_CONNECTED.set(0)
        BUS_RECONNECTS.inc()
        for publisher in self._publishers:
            publisher.connection_lost()
        self.on_connection(False)

    async def _restored(self) -> None:
        log.info("bus_restored")
        BUS_CONNECTED.set(1)
        if self._resuming is not None:
            self._resuming.cancel()  # the connection broke again meanwhile: begin anew
        self._resuming = self._spawn(self._resume())

    async def _resume(self) -> None:
        """The server may have lost its store, or been replaced: make everything anew."""
        backoff = Backoff()
        while True:
            try:
                await create_storage(self._connection)
                break
            except (nats.errors.Error, OSError, TimeoutError) as error:
                log.debug("storage_not_ready", error=f"{type(error).__name__}: {error}")
                await asyncio.sleep(backoff.next_s())
        for publisher in self._publishers:
            publisher.connection_lost()
        await asyncio.gather(*(follower.start() for follower in self._followers))
        self.on_connection(True)

    def _add_publisher(self, publisher: Publisher) -> Publisher:
        self._publishers.append(publisher)
        publisher.start()
        return publisher

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _partition(ieee: Ieee | None, group: int | None) -> int | Literal["any"]:
    if ieee is not None:
        return subjects.partition_of(ieee)
    return "any" if group is None else subjects.partition_of_group(group)


def _subject_of(operation: Operation[Any, Any], coordinator: str | None, partition: int | Literal["*", "any"]) -> str:
    if operation.owner == "radio":
        if coordinator is None:
            raise ValueError(f"operation {operation.name} needs a coordinator")
        return subjects.radio_request(coordinator, operation.name)
    if operation.owner == "registry":
        return subjects.registry_request(operation.name)
    return subjects.converter_request(partition, operation.name)


async def _answer(
    message: nats.aio.msg.Msg,
    operation: Operation[AskT, AnswerT],
    decoder: msgspec.json.Decoder[AskT],
    handler: Callable[[AskT], Awaitable[AnswerT]],
) -> None:
    answer: Reply
    try:
        answer = await handler(decoder.decode(message.data))
    except RequestFailed as error:
        answer = operation.answer(error=error.failure)
    except msgspec.MsgspecError as error:
        answer = operation.answer(
            error=Failure(code=FailureCode.INVALID, text=f"The request does not follow the contract: {error}")
        )
    except Exception as error:  # one request must not end the service; a defect of ours is said loudly
        log.exception("request_crashed", operation=operation.name)
        answer = operation.answer(error=Failure(code=FailureCode.INTERNAL, text=repr(error)))
    with contextlib.suppress(nats.errors.Error):
        await message.respond(msgspec.json.encode(answer))


async def _report_error(error: Exception) -> None:
    log.debug("bus_error", error=f"{type(error).__name__}: {error}")
