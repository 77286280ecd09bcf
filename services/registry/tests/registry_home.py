"""A registry on a real NATS server, with the other services' side of the bus played by the test."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from zigbus.bus import Bus
from zigbus.bus.nats_server import NatsServer
from zigbus.contract import operations, storage, subjects
from zigbus.contract import requests as r
from zigbus.contract.devices import AdapterDescription, DeviceDescription, LogicalType
from zigbus.contract.events import DeviceJoined, DeviceLeft, Event
from zigbus.contract.subjects import EventKind
from zigbus.contract.updates import BridgeEvent
from zigbus.health import Health
from zigbus.service import Service, ServiceSettings
from zigbus.waiting import until
from zigbus_registry.service import serve

COORDINATOR = "0x00124b0012345678"


@dataclass
class Home:
    """A bus with a registry on it; the test plays radio, converter and gateway."""

    bus: Bus
    data: Path
    server: NatsServer
    events: list[BridgeEvent] = field(default_factory=list)
    health: Health = field(default_factory=Health)
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _registry: asyncio.Task[None] | None = None
    _registry_bus: Bus | None = None
    _told: int = 0

    @property
    def file(self) -> Path:
        """The settings file."""
        return self.data / "configuration.yaml"

    async def start(self) -> None:
        """Start the registry; returns before it is ready."""
        self._registry_bus = await Bus.connect(self.server.url, "registry")
        self._stopping, self.health = asyncio.Event(), Health()
        service = Service("registry", self._registry_bus, self.health, ServiceSettings(data=self.data), self._stopping)
        self._registry = asyncio.get_running_loop().create_task(serve(service))

    async def ready(self) -> None:
        """Wait until the registry says that it is ready."""
        await until(lambda: self.health.ready)

    async def stop(self) -> None:
        """Stop the registry in order."""
        self._stopping.set()
        await self._end()

    async def kill(self) -> None:
        """End the registry in the middle of whatever it does."""
        while self._registry is not None and not self._registry.done():
            self._registry.cancel()  # again and again: Python 3.11's wait_for may swallow it
            await asyncio.wait({self._registry}, timeout=0.2)
        await self._end()

    async def _end(self) -> None:
        if self._registry is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await self._registry
        if self._registry_bus is not None:
            await self._registry_bus.close()
        self._registry = self._registry_bus = None

    async def add_coordinator(self) -> None:
        """The radio says that its stick is there."""
        device = DeviceDescription(
            ieee=COORDINATOR,
            coordinator="main",
            nwk=0,
            logical_type=LogicalType.COORDINATOR,
            adapter=AdapterDescription(type="zStack3x0"),
        )
        await self.bus.bucket(storage.DEVICES).put(COORDINATOR, device)

    async def join(self, ieee: str, nwk: int = 0x1234) -> int:
        """A device joins; returns the revision of its entry."""
        device = DeviceDescription(ieee=ieee, coordinator="main", nwk=nwk, logical_type=LogicalType.ROUTER)
        revision = await self.bus.bucket(storage.DEVICES).put(ieee, device)
        await self.tell(DeviceJoined(coordinator="main", ieee=ieee, received_at_s=1.5, nwk=nwk), "join")
        return revision

    async def leave(self, ieee: str) -> int:
        """A device leaves by itself; returns the revision of the deletion."""
        revision = await self.bus.bucket(storage.DEVICES).delete(ieee)
        await self.tell(DeviceLeft(coordinator="main", ieee=ieee, received_at_s=2.5), "leave")
        return revision

    async def tell(self, event: Event, kind: EventKind, msg_id: str | None = None) -> None:
        """Publish an event as the radio does."""
        self._told += 1
        await self.bus.publisher().send(subjects.event("main", event.ieee, kind), event, msg_id or f"test.{self._told}")

    async def serve_radio(self, leave: Callable[[r.LeaveRequest], Awaitable[None]] | None = None) -> list[object]:
        """Answer as a radio whose devices obey; returns the list that requests are noted in."""
        asked: list[object] = []

        async def forget(ask: r.LeaveRequest) -> r.DeviceRevision:
            asked.append(ask)
            if leave is not None:
                await leave(ask)
            return r.DeviceRevision(revision=await self.bus.bucket(storage.DEVICES).delete(ask.ieee))

        async def permit(ask: r.PermitJoin) -> r.DeviceRevision:
            asked.append(ask)
            return r.DeviceRevision(revision=7)

        async def interview(ask: r.InterviewRequest) -> r.DeviceRevision:
            asked.append(ask)
            return r.DeviceRevision(revision=8)

        async def check(ask: r.CheckCoordinator) -> r.CheckCoordinatorResult:
            asked.append(ask)
            return r.CheckCoordinatorResult(missing_routers=("0x00158d0001a2b3c4",))

        await self.bus.serve(operations.LEAVE, forget, coordinator="main")
        await self.bus.serve(operations.PERMIT_JOIN, permit, coordinator="main")
        await self.bus.serve(operations.INTERVIEW, interview, coordinator="main")
        await self.bus.serve(operations.CHECK_COORDINATOR, check, coordinator="main")
        return asked
