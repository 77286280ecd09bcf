"""A radio service between a real NATS server and a simulated stick, for tests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from zigbus.bus import Bus, Delivery, Table
from zigbus.bus.nats_server import NatsServer
from zigbus.contract import operations as ops
from zigbus.contract import requests as r
from zigbus.contract import storage
from zigbus.contract.devices import DeviceDescription, InterviewState
from zigbus.contract.events import Event, InterviewChanged
from zigbus.contract.household import NetworkSettings, RadioSettings, SerialSettings
from zigbus.contract.operations import Operation
from zigbus.health import Health
from zigbus.service import Service, ServiceSettings
from zigbus_radio.main import serve
from zigbus_simulator import DeviceSpec, Endpoint, Simulator

T = TypeVar("T")

NETWORK = NetworkSettings(
    channel=15,
    pan_id=0x1A62,
    extended_pan_id=(0xDD, 0xAA, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66),
    network_key=(1, 3, 5, 7, 9, 11, 13, 15, 0, 2, 4, 6, 8, 10, 12, 13),
)
COORDINATOR = "main"
ZONE = DeviceSpec(  # a plain IAS zone that wants to be enrolled
    name="zone",
    ieee="0x00124b0022aa0003",
    label="zone",
    endpoints=(
        Endpoint(
            1,
            0x0402,
            inputs=(0x0000, 0x0003, 0x0500),
            attributes={
                0x0000: {0x0004: (0x42, "eWeLink"), 0x0005: (0x42, "MS01"), 0x0007: (0x30, 3)},
                0x0500: {
                    0x0000: (0x30, 0),
                    0x0001: (0x31, 0x000D),
                    0x0002: (0x19, 0),
                    0x0010: (0xF0, "0x0000000000000000"),
                    0x0011: (0x20, 0xFF),
                },
            },
        ),
    ),
)
LIMIT_S = 60.0


def settings(port: str, network: NetworkSettings = NETWORK, **more: Any) -> RadioSettings:
    """Settings for a stick at this port."""
    return RadioSettings(serial=SerialSettings(port=port, adapter="zstack"), network=network, **more)


class RadioRig:
    """The radio under test, and what it says on the bus. `bus` is the test's own connection."""

    def __init__(self, nats: NatsServer, data: Path, bus: Bus) -> None:
        self.nats, self.data, self.bus = nats, data, bus
        self.events: list[Event] = []
        self.revisions: dict[str, list[int]] = {}
        self.health = Health()
        self.devices: Table[DeviceDescription]
        self._running: tuple[Bus, Service, asyncio.Task[None]] | None = None

    @classmethod
    async def create(cls, nats: NatsServer, data: Path) -> RadioRig:
        """Connect to the bus and follow what the radio will say."""
        rig = cls(nats, data, await Bus.connect(nats.url, "test"))
        await rig.bus.consume(storage.ZIGBEE, "test", rig._event)
        rig.devices = await rig.bus.table(storage.DEVICES, rig._changed)
        return rig

    async def start(self, wanted: RadioSettings, *, ready: bool = True) -> None:
        """Start the radio with these settings and wait until its stick runs."""
        await self.bus.bucket(storage.SETTINGS).put("radio", wanted)
        bus = await Bus.connect(self.nats.url, "radio")
        self.health = Health()
        self.health.report("stick", ok=False, reason="not started")
        service = Service("radio", bus, self.health, ServiceSettings(data=self.data), asyncio.Event())
        self._running = (bus, service, asyncio.create_task(serve(service, COORDINATOR)))
        if ready:
            await self.until(lambda: self.health.ready)

    async def stop(self) -> None:
        """Stop the radio in order."""
        if self._running is None:
            return
        bus, service, task = self._running
        self._running = None
        service.stopping.set()
        await task
        await bus.close()

    async def close(self) -> None:
        """Stop everything."""
        await self.stop()
        await self.bus.close()

    async def call(self, operation: Operation[Any, Any], ask: Any) -> Any:
        """Ask the radio."""
        return await self.bus.call(operation, ask, coordinator=COORDINATOR)

    async def until(self, predicate: Callable[[], T | None], timeout_s: float = LIMIT_S) -> T:
        """Wait until the predicate is true, and return what it returned. Raises TimeoutError."""
        async with asyncio.timeout(timeout_s):
            while not (result := predicate()):  # noqa: ASYNC110  # the conditions have no event of their own
                await asyncio.sleep(0.01)
            return result

    def of(self, kind: type[T], ieee: str | None = None) -> list[T]:
        """The events of one kind, in order."""
        return [e for e in self.events if isinstance(e, kind) and (ieee is None or e.ieee == ieee)]

    async def join(self, sim: Simulator, *names: str) -> None:
        """Open the network, let devices join, and wait until each is interviewed."""
        await self.call(ops.PERMIT_JOIN, r.PermitJoin(time_s=254))
        for name in names:
            assert sim.device(name).join()
        for name in names:
            await self.until(partial(self.interviewed, sim.device(name).ieee))

    def interviewed(self, ieee: str) -> bool:
        """Whether the bus shows a device as interviewed, and has said so."""
        shown = self.devices.get(ieee)
        said = [e.status for e in self.of(InterviewChanged, ieee)]
        return shown is not None and shown.interview is InterviewState.SUCCESSFUL and "successful" in said

    def _event(self, delivery: Delivery[Event]) -> None:
        self.events.append(delivery.message)
        delivery.ack()

    def _changed(self, key: str, value: DeviceDescription | None, revision: int) -> None:
        self.revisions.setdefault(key, []).append(revision)
