"""A home for tests: plays radio and registry on a real bus, runs the converter, collects what it publishes.

Not used by the service. Everything here is a stand-in for *other* services; the converter itself is the real one.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from zigbus.bus import Bus, Consumer, Delivery
from zigbus.contract import operations, storage, subjects
from zigbus.contract.base import Ieee, JsonObject, Message, Reply
from zigbus.contract.definitions import DefinitionRecord
from zigbus.contract.devices import DeviceDescription, EndpointDescription, InterviewState, LogicalType
from zigbus.contract.events import (
    AttributeReport,
    AttributeValue,
    CommandReceived,
    DeviceAnnounced,
    DeviceJoined,
    DeviceLeft,
    Event,
    FrameReceived,
    ZclEvent,
)
from zigbus.contract.household import ConverterSettings, EntityOptions
from zigbus.contract.requests import (
    DeviceRevision,
    GroupCommand,
    InvokeCommand,
    InvokeResult,
    KeysResult,
    ReadAttributes,
    ReadAttributesResult,
    SetRequest,
)
from zigbus.contract.updates import EntityState, Publication, Update
from zigbus.health import Health, PartHealth
from zigbus.service import Service, ServiceSettings
from zigbus.waiting import until
from zigbus.zcl import frames
from zigbus_converter.conversations import now_s
from zigbus_converter.entity import Entity
from zigbus_converter.frames import frame_of
from zigbus_converter.main import serve
from zigbus_converter.provider import Native
from zigbus_converter.receive import Emission, receive

COORDINATOR = "main"
LOADING = PartHealth(ok=False, reason="", since_s=0.0)
SWITCH = "0x00158d0001a2b3c4"
KNOB = "0x54ef441000abcdef"

KINDS: dict[type[Event], subjects.EventKind] = {
    AttributeReport: "report",
    CommandReceived: "command",
    FrameReceived: "frame",
    DeviceAnnounced: "announce",
    DeviceJoined: "join",
    DeviceLeft: "leave",
}
_FORMS = {0x0A: "report", 0x01: "read_response", 0x02: "write"}


def endpoint(*inputs: int, outputs: tuple[int, ...] = (), device_type: int = 0) -> EndpointDescription:
    """Return the descriptor of an endpoint of the home automation profile."""
    return EndpointDescription(profile=0x0104, device_type=device_type, input_clusters=inputs, output_clusters=outputs)


def switch(ieee: Ieee = SWITCH) -> DeviceDescription:
    """Return the wall switch QBKG04LM as the radio describes it."""
    return DeviceDescription(
        ieee=ieee,
        coordinator=COORDINATOR,
        nwk=0x2A11,
        logical_type=LogicalType.ROUTER,
        interview=InterviewState.SUCCESSFUL,
        endpoints={1: endpoint(0, 3, 1, 2, 0x19, 0x0A), 2: endpoint(0x10, 6, 4, 5), 4: endpoint(0x12, 6)},
        manufacturer="LUMI",
        model="lumi.ctrl_neutral1",
        power_source=3,
    )


def knob(ieee: Ieee = KNOB) -> DeviceDescription:
    """Return the rotary knob ZNXNKG02LM as the radio describes it."""
    return DeviceDescription(
        ieee=ieee,
        coordinator=COORDINATOR,
        nwk=0x3B22,
        logical_type=LogicalType.END_DEVICE,
        interview=InterviewState.SUCCESSFUL,
        endpoints={1: endpoint(0, 1, 3, outputs=(3, 6, 0x19), device_type=0x0103)},
        manufacturer="LUMI",
        model="lumi.remote.rkba01",
        power_source=3,
    )


def event_of(
    wire: str,
    ieee: Ieee,
    endpoint: int,
    cluster: int,
    *,
    sequence: int = 1,
    at_s: float = 1000.0,
    lqi: int | None = None,
) -> ZclEvent:
    """Return the event that a radio makes of a ZCL frame in hex; `SS` stands for the sequence number."""
    frame = frames.parse_frame(bytes.fromhex(wire.replace("SS", f"{sequence:02x}").replace(" ", "")))
    heard: dict[str, Any] = {
        "coordinator": COORDINATOR, "ieee": ieee, "received_at_s": at_s, "published_at_s": at_s, "endpoint": endpoint, "cluster": cluster,
        "sequence": frame.sequence, "manufacturer": frame.manufacturer, "lqi": lqi, "payload": frame.payload,
    }  # fmt: skip
    if frame.cluster_specific:
        return CommandReceived(command=frame.command, from_server=frame.from_server, **heard)
    form: Any = _FORMS.get(frame.command)
    if form is None:
        return FrameReceived(command=frame.command, frame_control=frame.frame_control, **heard)
    decode = frames.decode_read_response if form == "read_response" else frames.decode_reports
    return AttributeReport(form=form, attributes=tuple(decode(frame.payload)), **heard)


class Bench:
    """One device without a bus: wire bytes in, payloads out. Time is what the caller says."""

    def __init__(
        self,
        description: DeviceDescription,
        options: Mapping[str, Any] | None = None,
        settings: ConverterSettings | None = None,
    ) -> None:
        self.entity = Entity(description.ieee)
        self.entity.known = description
        self.entity.set_options(options or {})
        self.entity.use(Native().identify(description))
        self.settings = settings or ConverterSettings()
        self.effects: list[Any] = []
        self._position = 0

    def hear(
        self, wire: str, endpoint: int, cluster: int, *, sequence: int | None = None, at_s: float = 1000.0
    ) -> list[JsonObject]:
        """Work a frame in; returns the payloads that were published, in order."""
        return [emission.payload for emission in self.emissions(wire, endpoint, cluster, sequence=sequence, at_s=at_s)]

    def emissions(
        self, wire: str, endpoint: int, cluster: int, *, sequence: int | None = None, at_s: float = 1000.0
    ) -> list[Emission]:
        """Work a frame in; returns what was published with the state behind it."""
        self._position += 1
        number = self._position % 256 if sequence is None else sequence
        event = event_of(wire, self.entity.ieee, endpoint, cluster, sequence=number, at_s=at_s)
        out = receive(self.entity, frame_of(event, self._position), at_s, self.settings)
        for failure in out.failures:
            raise failure.error
        self.effects += out.effects
        return out.emissions


class Home:
    """Radio, registry and reader of updates around a converter."""

    def __init__(self, bus: Bus) -> None:
        self.bus = bus
        self.calls: list[Message] = []  # what the converter asked of the radio
        self.updates: list[Update] = []
        self.answer: Callable[[Message], Reply] = lambda ask: Reply()  # of the radio; may raise RequestFailed
        self.reads: dict[tuple[int, int], AttributeValue] = {}  # (cluster, attribute) -> answer to a read
        self._late: dict[Ieee, tuple[asyncio.Event, asyncio.Event]] = {}
        self._events = bus.publisher()
        self._count = 0
        self._reader: Consumer[Publication] | None = None

    async def start(self, *devices: DeviceDescription, settings: ConverterSettings | None = None) -> None:
        """Fill the buckets, serve the radio's operations and read updates."""
        await self.bus.bucket(storage.SETTINGS).put("converter", settings or ConverterSettings())
        for device in devices:
            await self.bus.bucket(storage.DEVICES).put(device.ieee, device)
        await self.bus.serve(operations.READ, self._read, coordinator=COORDINATOR)
        await self.bus.serve(operations.WRITE, self._call, coordinator=COORDINATOR)
        await self.bus.serve(operations.INVOKE, self._invoke, coordinator=COORDINATOR)
        await self.bus.serve(operations.GROUP_INVOKE, self._groupcast, coordinator=COORDINATOR)
        await self.bus.serve(operations.UNBIND, self._change, coordinator=COORDINATOR)
        await self.bus.serve(operations.BIND, self._change, coordinator=COORDINATOR)
        await self.bus.serve(operations.CONFIGURE_REPORTING, self._change, coordinator=COORDINATOR)
        self._reader = await self.bus.consume(storage.UPDATES, "reader", self._update)

    def late(self, ieee: Ieee) -> tuple[asyncio.Event, asyncio.Event]:
        """Let a device answer commands only when the second event is set; the first says that one has come."""
        return self._late.setdefault(ieee, (asyncio.Event(), asyncio.Event()))

    async def options(self, ieee: Ieee, **options: Any) -> None:
        """Give a device options."""
        await self.bus.bucket(storage.OPTIONS).put(ieee, EntityOptions(own=options, effective=options))

    def hear(self, event: Event, msg_id: str | None = None) -> asyncio.Future[int]:
        """Publish an event as a radio does."""
        self._count += 1
        subject = subjects.event(COORDINATOR, event.ieee, KINDS.get(type(event), "interview"))
        return self._events.send(subject, event, msg_id or f"{COORDINATOR}.boot.{self._count}")

    def report(self, ieee: Ieee, wire: str, endpoint: int, cluster: int, **options: Any) -> asyncio.Future[int]:
        """Publish the event of a ZCL frame in hex, heard now."""
        options.setdefault("sequence", (self._count + 1) % 256)
        return self.hear(event_of(wire, ieee, endpoint, cluster, at_s=now_s(), **options))

    async def set(self, ieee: Ieee, payload: JsonObject, endpoint: str | None = None) -> KeysResult:
        """Send a set request as a frontend does."""
        return await self.bus.call(operations.SET, SetRequest(ieee=ieee, payload=payload, endpoint=endpoint), ieee=ieee)

    async def stored(self, ieee: Ieee) -> EntityState:
        """What bucket STATE holds of a device."""
        state: EntityState | None = await self.bus.bucket(storage.STATE).get(ieee)
        assert state is not None, "nothing stored"
        return state

    async def worked_in(self, ieee: Ieee, position: int) -> None:
        """Wait until what bucket STATE holds of a device contains the event at this position."""
        table = await self.bus.table(storage.STATE)
        await until(lambda: ieee in table and table[ieee].event_position >= position, 60, f"event {position} stored")

    async def definition(self, ieee: Ieee, *, configured: bool) -> DefinitionRecord:
        """Wait for the entry of a device in DEFINITIONS with this mark, and return it."""
        table = await self.bus.table(storage.DEFINITIONS)
        await until(lambda: ieee in table and table[ieee].configured is configured, 60, "definition")
        record: DefinitionRecord = table[ieee]
        return record

    def changed(self, ieee: Ieee) -> list[JsonObject]:
        """What was published for a device so far, in order."""
        return [update.changed for update in self.updates if update.ieee == ieee]

    async def expect(self, ieee: Ieee, *payloads: JsonObject) -> None:
        """Wait until exactly these were published for a device since the last call, then forget them."""
        await until(lambda: len(self.changed(ieee)) >= len(payloads), 60, f"{payloads}, got {self.changed(ieee)}")
        assert self.changed(ieee) == list(payloads)
        self.updates = [update for update in self.updates if update.ieee != ieee]

    @contextlib.asynccontextmanager
    async def converter(self, url: str) -> AsyncIterator[Service]:
        """Run the converter in this process; it is ready when the block begins and has stopped when it ends."""
        bus = await Bus.connect(url, "converter")
        service = Service("converter", bus, Health(), ServiceSettings(), asyncio.Event())
        work = asyncio.create_task(serve(service))
        try:
            await until(lambda: service.health.parts.get("devices", LOADING).ok or work.done(), 60, "converter ready")
            yield service
        finally:
            service.stopping.set()
            await work
            await bus.close()

    async def _read(self, ask: ReadAttributes) -> ReadAttributesResult:
        self.calls.append(ask)
        self.answer(ask)
        found = (self.reads.get((ask.cluster, attribute)) for attribute in ask.attributes)
        return ReadAttributesResult(attributes=tuple(record for record in found if record is not None))

    async def _call(self, ask: Any) -> Reply:
        self.calls.append(ask)
        if ask.ieee in self._late:
            come, answer = self._late[ask.ieee]
            come.set()
            await answer.wait()
        return self.answer(ask)

    async def _invoke(self, ask: InvokeCommand) -> InvokeResult:
        answer = await self._call(ask)
        return answer if isinstance(answer, InvokeResult) else InvokeResult()

    async def _groupcast(self, ask: GroupCommand) -> Reply:
        self.calls.append(ask)
        return Reply()

    async def _change(self, ask: Any) -> DeviceRevision:
        self.calls.append(ask)
        self.answer(ask)
        return DeviceRevision()

    def _update(self, delivery: Delivery[Publication]) -> None:
        if isinstance(delivery.message, Update):
            self.updates.append(delivery.message)
        delivery.ack()
