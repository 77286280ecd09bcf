"""The newest message of every subject of a stream or bucket, once: what a service starts from."""

from __future__ import annotations

import asyncio
import contextlib
import secrets

import nats.aio.client
import nats.aio.msg
import nats.errors
import nats.js.errors
import structlog
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from zigbus.backoff import Backoff

log = structlog.get_logger()

WITHIN_S = 10.0  # a listing that takes longer is made anew


async def newest(connection: nats.aio.client.Client, stream: str, subjects: str) -> list[nats.aio.msg.Msg]:
    """Return the newest message of every subject that matches, in the order of the stream. Tries until it works."""
    backoff = Backoff()
    while True:
        try:
            async with asyncio.timeout(WITHIN_S):
                return await _list(connection, stream, subjects)
        except (nats.errors.Error, OSError, TimeoutError) as error:
            log.debug("listing_failed", stream=stream, error=repr(error))
            await asyncio.sleep(backoff.next_s())


async def _list(connection: nats.aio.client.Client, stream: str, subjects: str) -> list[nats.aio.msg.Msg]:
    found: list[nats.aio.msg.Msg] = []
    complete = asyncio.Event()

    async def received(message: nats.aio.msg.Msg) -> None:
        found.append(message)
        if message.reply.endswith(".0"):  # the last token of an acknowledgement subject: messages still to come
            complete.set()

    inbox = connection.new_inbox()
    subscription = await connection.subscribe(inbox, cb=received)
    config = ConsumerConfig(
        name=secrets.token_hex(8),  # with a name the API subject carries the filter: permissions need it there
        deliver_subject=inbox,
        deliver_policy=DeliverPolicy.LAST_PER_SUBJECT,
        ack_policy=AckPolicy.NONE,
        filter_subject=subjects,
        mem_storage=True,
        inactive_threshold=WITHIN_S,
    )
    try:
        info = await connection.jetstream().add_consumer(stream, config)
        if info.num_pending or found:
            await complete.wait()
        return found
    finally:
        with contextlib.suppress(nats.errors.Error, OSError):
            await subscription.unsubscribe()
