"""What the bus learns from this coordinator, in the order in which it must learn it.

Frames go out at once. Changes of a device go out as a pair: first its entry in DEVICES, then, when the entry's
revision is known, the event that points to it. Pairs keep their order among each other.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable

import structlog

from zigbus.bus import OutboxFull, Publisher
from zigbus.contract import subjects
from zigbus.contract.events import Event, ZclEvent
from zigbus.contract.subjects import EventKind
from zigbus.metrics import observe_hop
from zigbus_radio import metrics

log = structlog.get_logger()

Build = Callable[[int], Event]  # makes an event when the revision of the device's entry is known


class Journal:
    """The coordinator's line to stream ZIGBEE: ordered, durable, bounded."""

    def __init__(self, coordinator: str, outbox: Publisher) -> None:
        self._coordinator, self._outbox = coordinator, outbox
        self._boot = f"{coordinator}.{time.time_ns():x}"
        self._counter = 0
        self._subjects: dict[tuple[str, EventKind], str] = {}
        self._changes: asyncio.Queue[tuple[asyncio.Future[int], EventKind, Build, asyncio.Future[int]]] = (
            asyncio.Queue()
        )
        self._task = asyncio.get_running_loop().create_task(self._tell_changes(), name="journal")
        self._full = False
        metrics.OUTBOX_DEPTH.set_function(lambda: outbox.depth)

    def frame(self, event: ZclEvent, kind: EventKind) -> asyncio.Future[int] | None:
        """Publish what was heard. The future gives its place in the stream; None: the outbox is full, it is lost."""
        stored = self._send(event, kind)
        observe_hop("serial_to_radio", event.published_at_s - event.received_at_s)
        metrics.FRAMES.labels(kind).inc()
        return stored

    def confirm(self) -> None:
        """Ask now whether everything is in the stream: somebody waits for it."""
        self._outbox.confirm()

    def change(self, entry: asyncio.Future[int], kind: EventKind, build: Build) -> asyncio.Future[int]:
        """Publish an event after the entry it points to. The future gives the entry's revision, when both are out."""
        out: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._changes.put_nowait((entry, kind, build, out))
        return out

    async def close(self, timeout_s: float) -> None:
        """Wait until everything is stored, but not longer than this."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._changes.join()
        await self._outbox.drain(timeout_s)
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def _tell_changes(self) -> None:
        while True:
            entry, kind, build, out = await self._changes.get()
            revision = await entry
            self._send(build(revision), kind)
            if not out.done():
                out.set_result(revision)
            self._changes.task_done()

    def _send(self, event: Event, kind: EventKind) -> asyncio.Future[int] | None:
        subject = self._subjects.get((event.ieee, kind))
        if subject is None:
            subject = self._subjects[event.ieee, kind] = subjects.event(self._coordinator, event.ieee, kind)
        self._counter += 1
        try:
            stored = self._outbox.send(subject, event, f"{self._boot}.{self._counter}")
        except OutboxFull:
            metrics.OUTBOX_DROPPED.inc()
            if not self._full:
                log.warning("outbox_full", depth=self._outbox.depth)
            self._full = True
            return None
        self._full = False
        return stored
