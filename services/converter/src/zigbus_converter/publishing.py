"""Hands emissions to stream UPDATES, with message ids that are the same when an event is worked in again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import get_args

import structlog

from zigbus.bus import Bus, OutboxFull
from zigbus.contract import subjects
from zigbus.contract.events import RadioEvent
from zigbus.contract.updates import Update
from zigbus_converter.conversations import now_s
from zigbus_converter.entity import Entity
from zigbus_converter.metrics import DROPPED, PUBLISHED, WAITING
from zigbus_converter.receive import Cause, Emission, is_action

log = structlog.get_logger()

OUTBOX_LIMIT = 50_000  # events stop coming while NATS is away, so only timers add to it then

_COUNTED = {cause: PUBLISHED.labels(cause) for cause in get_args(Cause)}


class Updates:
    """The line to stream UPDATES."""

    def __init__(self, bus: Bus) -> None:
        self._outbox = bus.publisher(OUTBOX_LIMIT, gather=True)

    def send(
        self, entity: Entity, emissions: Sequence[Emission], msg_id: str, event: RadioEvent | None = None
    ) -> asyncio.Future[int] | None:
        """Send emissions in order, as `MSG_ID:0`, `MSG_ID:1` … (or their token's); the future is that of the last one."""
        last: asyncio.Future[int] | None = None
        used: dict[str, int] = {}
        for emission in emissions:
            name = msg_id if emission.token is None else f"{entity.key}:{emission.token}"
            index = used[name] = used.get(name, -1) + 1
            update = Update(
                ieee=entity.ieee if entity.group is None else None,
                group=entity.group,
                sequence=emission.sequence,
                changed=emission.payload,
                state=emission.state,
                is_action=is_action(emission.payload),
                cause=emission.cause,
                lqi=entity.lqi,
                last_seen_s=entity.last_seen_s,
                received_at_s=None if event is None else event.received_at_s,
                published_at_s=None if event is None else event.published_at_s,
                converted_at_s=now_s(),
            )
            try:
                last = self._outbox.send(_subject_of(entity), update, f"{name}:{index}")
            except OutboxFull:
                DROPPED.inc()
                log.debug("update_dropped", key=entity.key)
            else:
                _COUNTED[emission.cause].inc()
        WAITING.set(self._outbox.depth)
        return last

    def confirm(self) -> None:
        """Ask now whether all updates are stored."""
        self._outbox.confirm()

    async def drain(self, timeout_s: float) -> bool:
        """Wait until all updates are stored; False if time ran out."""
        return await self._outbox.drain(timeout_s)


def _subject_of(entity: Entity) -> str:
    if entity.group is None:
        return subjects.update_of_device(entity.ieee)
    return subjects.update_of_group(entity.group)
