"""Follows who comes and goes: gives new devices a name, and tells frontends once the name can be seen."""

from __future__ import annotations

import asyncio
import time
from typing import Literal

import structlog

from zigbus.bus import Bus, Delivery, Table
from zigbus.contract import storage, subjects
from zigbus.contract.base import Ieee
from zigbus.contract.devices import DeviceDescription
from zigbus.contract.events import DeviceAnnounced, DeviceJoined, DeviceLeft, InterviewChanged, RadioEvent
from zigbus.contract.updates import BridgeEvent
from zigbus_registry import metrics
from zigbus_registry.entities import name_of
from zigbus_registry.keeper import Keeper, is_coordinator
from zigbus_registry.membership import without_device
from zigbus_registry.settings import Settings

log = structlog.get_logger()

Kind = Literal["device_joined", "device_announce", "device_leave", "device_interview"]

KINDS: dict[type[RadioEvent], Kind] = {
    DeviceJoined: "device_joined",
    DeviceAnnounced: "device_announce",
    DeviceLeft: "device_leave",
    InterviewChanged: "device_interview",
}
TABLE_WITHIN_S = 2.0  # the radio stores a device before its event; the two come to us on different ways
OUTBOX_LIMIT = 1000  # events; a home has some hundred devices
FORGET_REMOVAL_S = 60.0  # a device that was told to leave says so within seconds, or is asleep and never does


class NetworkEvents:
    """Works off the events of stream ZIGBEE that are about devices as such, in order, each once."""

    def __init__(self, bus: Bus, keeper: Keeper, devices: Table[DeviceDescription]) -> None:
        self.last_joined: Ieee | None = None  # since this start
        self._bus, self._keeper, self._devices = bus, keeper, devices
        self._outbox = bus.publisher(limit=OUTBOX_LIMIT)
        self._waiting: asyncio.Queue[Delivery[RadioEvent]] = asyncio.Queue()  # bounded by the consumer
        self._removed: dict[Ieee, float] = {}  # devices whose leaving was asked for -> Unix time of that

    async def start(self) -> None:
        """Start to follow the events.

        Not part of `run`: a cancellation that comes together with an answer of NATS is swallowed by the
        `asyncio.wait_for` of Python 3.11, which nats-py waits with.
        """
        filters = tuple(subjects.all_events(kind) for kind in ("join", "announce", "leave", "interview"))
        await self._bus.consume(storage.ZIGBEE, name="registry", handler=self._waiting.put_nowait, filters=filters)

    async def run(self) -> None:
        """Work off the events until cancelled."""
        while True:
            delivery = await self._waiting.get()
            await self._tell(delivery.message, delivery.position)
            delivery.ack()

    def expect_leave(self, ieee: Ieee) -> None:
        """The device is being removed on request: its leaving is no news, and it gets no new entry meanwhile."""
        self._removed[ieee] = time.time()

    def removal_failed(self, ieee: Ieee) -> None:
        """The device stays."""
        self._removed.pop(ieee, None)

    def is_removed(self, ieee: Ieee) -> bool:
        """Whether the device was removed on request a moment ago."""
        return time.time() - self._removed.get(ieee, 0.0) < FORGET_REMOVAL_S

    async def name_new_devices(self) -> None:
        """Give everybody in the network who has none a name, and devices an entry in the settings."""
        unnamed = [ieee for ieee in self._devices if not self._keeper.is_named(ieee) and not self.is_removed(ieee)]
        if not unnamed:
            return
        devices = [ieee for ieee in unnamed if not is_coordinator(self._devices[ieee])]

        def with_devices(settings: Settings) -> Settings:
            for ieee in devices:
                settings = settings.with_device(ieee)
            return settings

        await self._keeper.change(with_devices)
        await self._keeper.show()

    async def _tell(self, event: RadioEvent, position: int) -> None:
        ieee = event.ieee
        if isinstance(event, DeviceLeft):
            await self._keeper.change_members(lambda members: without_device(members, ieee))
        if isinstance(event, DeviceLeft) and self.is_removed(ieee):
            self._removed.pop(ieee)
            return
        revision = await self._settled(event)
        if isinstance(event, DeviceJoined):
            self._removed.pop(ieee, None)
            self.last_joined = ieee
        if ieee in self._devices:
            revisions = await self._keeper.change(lambda settings: settings.with_device(ieee))
        else:
            revisions = self._keeper.revisions
        kind = KINDS[type(event)]
        told = BridgeEvent(
            kind=kind,
            ieee=ieee,
            friendly_name=name_of(ieee, self._devices, self._keeper.settings),
            status=event.status if isinstance(event, InterviewChanged) else None,
            at_s=event.received_at_s,
            revisions={storage.NAMES.name: revisions[storage.NAMES.name], storage.DEVICES.name: revision},
        )
        await self._outbox.send(subjects.bridge_event(kind), told, f"bridge.{position}")
        metrics.EVENTS.labels(kind).inc()
        log.info(_log_event(event), ieee=ieee, friendly_name=told.friendly_name)

    async def _settled(self, event: RadioEvent) -> int:
        """Wait until DEVICES shows what the event tells; returns the revision that does."""
        deadline = time.monotonic() + TABLE_WITHIN_S
        if isinstance(event, InterviewChanged) and event.device_revision:
            await self._devices.until(event.device_revision, TABLE_WITHIN_S)
            return event.device_revision
        present = not isinstance(event, DeviceLeft)
        while (event.ieee in self._devices) is not present and time.monotonic() < deadline:
            await self._devices.until(self._devices.revision + 1, 0.2)
        return self._devices.revision_of(event.ieee) or self._devices.revision


def _log_event(event: RadioEvent) -> str:
    """The name under which an event is logged."""
    if isinstance(event, InterviewChanged):
        return f"interview_{event.status}"
    if isinstance(event, DeviceLeft):
        return "device_left"
    return "device_joined" if isinstance(event, DeviceJoined) else "device_announced"
