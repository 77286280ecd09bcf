"""From the stick's three kinds of message to the bus: ZCL frames become events at once, ZDO is handed on.

This is the hot path: one call per frame from the serial line to the outbox, nothing awaited.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import structlog

from zigbus.contract.devices import EndpointDescription, InterviewState, LogicalType
from zigbus.contract.events import AttributeReport, CommandReceived, FrameReceived, ZclEvent
from zigbus.contract.subjects import EventKind
from zigbus.zcl.frames import ZclFrame, parse_frame
from zigbus.zcl.types import ParseError
from zigbus_radio import metrics, mt
from zigbus_radio.adapter import Adapter
from zigbus_radio.air import Air, Waiter
from zigbus_radio.answers import Clock, answer_to, is_check_in
from zigbus_radio.check_in import answer_check_in
from zigbus_radio.devices import Device, DeviceBook
from zigbus_radio.endpoints import HOME_AUTOMATION
from zigbus_radio.frames import LUMI, basic_facts, event_of, says_only_status
from zigbus_radio.journal import Journal
from zigbus_radio.stick import Hot
from zigbus_radio.tasks import Tasks

log = structlog.get_logger()

COORDINATOR_NWK = 0x0000
HELD_FRAMES = 20  # of a sender whose ieee is being asked for
ASK_AGAIN_S = 30.0  # an address that nobody claims is not asked for on every frame
STORED_WITHIN_S = 1.0
INTERVIEWED = (InterviewState.SUCCESSFUL, InterviewState.FAILED)

_KINDS: dict[type, EventKind] = {AttributeReport: "report", CommandReceived: "command", FrameReceived: "frame"}


class Receiver:
    """Takes what the stick heard."""

    def __init__(self, coordinator: str, book: DeviceBook, air: Air, journal: Journal, tasks: Tasks) -> None:
        self.on_zdo: Callable[[mt.ZdoFrame], None] = lambda frame: None
        self.on_join: Callable[[int, str], None] = lambda nwk, ieee: None
        self.on_leave: Callable[[str, bool], None] = lambda ieee, rejoin: None
        self._coordinator, self._book, self._air, self._journal, self._tasks = coordinator, book, air, journal, tasks
        self._held: dict[int, list[mt.ApsFrame]] = {}
        self._unclaimed: dict[int, float] = {}
        self._adapter: Adapter | None = None

    def hot(self) -> Hot:
        """What to do with the messages that do not take the way through zigpy."""
        return {
            mt.AF_INCOMING_MSG: lambda data, at_s: self._guard(lambda: self.heard(mt.parse_incoming(data, at_s))),
            mt.AF_INCOMING_MSG_EXT: lambda data, at_s: self._guard(lambda: self._incoming_ext(data, at_s)),
            mt.ZDO_MSG_CB_INCOMING: lambda data, at_s: self._guard(lambda: self.on_zdo(mt.parse_zdo(data, at_s))),
            mt.ZDO_TC_DEVICE_IND: lambda data, at_s: self._guard(lambda: self.on_join(*mt.parse_join(data)[:2])),
            mt.ZDO_LEAVE_IND: lambda data, at_s: self._guard(lambda: self.on_leave(*mt.parse_leave(data)[1:])),
        }

    def connected(self, adapter: Adapter) -> None:
        """Big frames are fetched through this stick from now on."""
        self._adapter = adapter

    def heard(self, aps: mt.ApsFrame) -> None:
        """Take one frame from the air."""
        if aps.nwk == COORDINATOR_NWK:
            metrics.IGNORED.labels("own").inc()
            return
        device = self._book.at(aps.nwk)
        if device is None:
            self._hold(aps)
            return
        if (
            aps.group is not None
            and device.description.manufacturer == LUMI
            and device.description.logical_type is LogicalType.ROUTER
        ):
            device = self._book.at(aps.group)  # a repeated frame: the group is its sender's network address
            if device is None:
                metrics.IGNORED.labels("relayed_unknown").inc()
                return
            aps.group = None
        self._take(device, aps)

    def _guard(self, take: Callable[[], None]) -> None:
        try:
            take()
        except ParseError as error:
            metrics.MALFORMED.labels("mt").inc()
            log.debug("mt_message_malformed", error=str(error))

    def _take(self, device: Device, aps: mt.ApsFrame) -> None:
        self._book.heard(device, aps.received_at_s, aps.lqi)
        if aps.endpoint not in device.description.endpoints and device.description.interview in INTERVIEWED:
            self._declare(device, aps)
        frame: ZclFrame | None
        try:
            frame = parse_frame(aps.data)
        except ParseError:
            frame = None
        waiter = self._air.waiter_for(device.ieee, aps, frame) if frame is not None else None
        if waiter is not None and frame is not None and says_only_status(frame):
            waiter.give(frame)
            return
        event = event_of(aps, frame, self._coordinator, device.ieee, time.time())
        if not isinstance(event, CommandReceived) and event.malformed:
            self._malformed(event, aps)
        stored = self._journal.frame(event, _KINDS[type(event)])
        if aps.cluster == 0:
            self._learn(device, event)
        if frame is None:
            return
        if waiter is not None:
            self._journal.confirm()
            _give_when_stored(waiter, frame, stored)
        else:
            self._answer(device, aps, frame)

    def _declare(self, device: Device, aps: mt.ApsFrame) -> None:
        """Show an endpoint that the device uses and never declared (the knob's 71 and 72)."""
        log.info("endpoint_undeclared", ieee=device.ieee, endpoint=aps.endpoint, cluster=aps.cluster)
        own = EndpointDescription(profile=HOME_AUTOMATION, device_type=0)
        self._book.put(device, endpoints=dict(sorted({**device.description.endpoints, aps.endpoint: own}.items())))

    def _malformed(self, event: ZclEvent, aps: mt.ApsFrame) -> None:
        metrics.MALFORMED.labels("zcl").inc()
        log.debug(
            "frame_malformed", ieee=event.ieee, endpoint=aps.endpoint, cluster=aps.cluster, data=aps.data[:64].hex()
        )

    def _learn(self, device: Device, event: ZclEvent) -> None:
        """Keep what the Basic cluster says about the device."""
        facts = {
            name: value for name, value in basic_facts(event).items() if getattr(device.description, name) != value
        }
        if facts:
            self._book.put(device, **facts)

    def _answer(self, device: Device, aps: mt.ApsFrame, frame: ZclFrame) -> None:
        key = (aps.endpoint, frame.sequence)
        if is_check_in(aps.cluster, frame):
            self._tasks.start(answer_check_in(self._air, device, aps.endpoint, frame.sequence))
            return
        answer = answer_to(aps, frame, _clock())
        if answer is None or device.answered == key:  # a frame that came twice is answered once
            return
        device.answered = key
        self._tasks.start(self._air.answer(device, aps.endpoint, aps.cluster, answer))

    # ---- senders without a name --------------------------------------------------------------------------------------

    def _hold(self, aps: mt.ApsFrame) -> None:
        held = self._held.get(aps.nwk)
        if held is None:
            if time.monotonic() - self._unclaimed.get(aps.nwk, -ASK_AGAIN_S) < ASK_AGAIN_S:
                metrics.IGNORED.labels("unknown").inc()
                return
            held = self._held[aps.nwk] = []
            self._tasks.start(self._identify(aps.nwk))
        if len(held) < HELD_FRAMES:
            held.append(aps)
        else:
            metrics.IGNORED.labels("unknown").inc()

    async def _identify(self, nwk: int) -> None:
        """Ask who has this address; if it is a device of ours, it has moved and its frames count."""
        ieee = await self._air.ask_ieee(nwk)
        held = self._held.pop(nwk, [])
        device = self._book.get(ieee) if ieee is not None else None
        if device is None:
            if self._air.available:
                self._unclaimed[nwk] = time.monotonic()
            metrics.IGNORED.labels("unknown").inc(len(held))
            log.info("frames_of_unknown_device", nwk=nwk, ieee=ieee, frames=len(held))
            return
        log.info("address_changed", ieee=device.ieee, nwk=nwk, before=device.nwk)
        self._book.put(device, nwk=nwk)
        for aps in held:
            self._take(device, aps)

    # ---- big frames --------------------------------------------------------------------------------------------------

    def _incoming_ext(self, data: bytes, at_s: float) -> None:
        taken = mt.parse_incoming_ext(data, at_s)
        if isinstance(taken, mt.ApsFrame):
            self.heard(taken)
        else:
            self._tasks.start(self._fetch(taken))

    async def _fetch(self, announced: mt.Announced) -> None:
        if self._adapter is None:
            return
        announced.aps.data = await self._adapter.retrieve(announced)
        self.heard(announced.aps)


def _give_when_stored(waiter: Waiter, frame: ZclFrame, stored: asyncio.Future[int] | None) -> None:
    """Answer a request only after its response is in the stream: the converter takes the values from there."""
    if stored is None:
        waiter.give(frame)
        return
    stored.add_done_callback(lambda _: waiter.give(frame))
    asyncio.get_running_loop().call_later(
        STORED_WITHIN_S, waiter.give, frame
    )  # an interview goes on while NATS is away


def _clock() -> Clock:
    now = time.time()
    local = time.localtime(now)
    daylight_s = 3600 if local.tm_isdst > 0 else 0
    return Clock(now, local.tm_gmtoff - daylight_s, daylight_s)
