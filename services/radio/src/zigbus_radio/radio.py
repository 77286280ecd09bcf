"""One coordinator put together: stick, devices, bus."""

from __future__ import annotations

import asyncio
import time

import msgspec
import structlog

from zigbus.contract import storage
from zigbus.contract.base import Ieee
from zigbus.contract.devices import AdapterDescription, DeviceDescription, InterviewState, LogicalType
from zigbus.contract.household import RadioSettings
from zigbus.service import Service
from zigbus_radio.adapter import Adapter, StickGone
from zigbus_radio.air import Air
from zigbus_radio.backups import Backups
from zigbus_radio.devices import DeviceBook
from zigbus_radio.endpoints import ENDPOINTS
from zigbus_radio.interview import Interviewer
from zigbus_radio.journal import Journal
from zigbus_radio.link import Link
from zigbus_radio.membership import Membership
from zigbus_radio.operations import Operations
from zigbus_radio.raw_frames import RawFrames
from zigbus_radio.receiver import Receiver
from zigbus_radio.store import Store
from zigbus_radio.tasks import Tasks

log = structlog.get_logger()

OUTBOX_LIMIT = 50_000  # 2.7 minutes at 300/s while NATS is away; 1 KiB each
# A service has 8 s to stop; the parts below, CLOSE_WITHIN_S and the last backup have to fit in.
DRAIN_S = 1.5
UNPLUG_WITHIN_S = 1.5


class Radio:
    """Everything that runs for one coordinator. Made by `Radio.create`."""

    def __init__(self, service: Service, coordinator: str, settings: RadioSettings, store: Store) -> None:
        self._service, self._coordinator, self._settings, self._store = service, coordinator, settings, store
        self._tasks = Tasks()
        self.book = DeviceBook(coordinator, store, service.bus.bucket(storage.DEVICES), service.counts)
        self._air = Air()
        self._journal = Journal(coordinator, service.bus.publisher(OUTBOX_LIMIT, gather=True))
        self._receiver = Receiver(coordinator, self.book, self._air, self._journal, self._tasks)
        self._interviewer = Interviewer(coordinator, self.book, self._air, self._journal, self._tasks)
        self._membership = Membership(
            settings=settings,
            coordinator=coordinator,
            book=self.book,
            air=self._air,
            journal=self._journal,
            interviewer=self._interviewer,
            tasks=self._tasks,
        )
        self._backups = Backups(store)
        self._backing_up: asyncio.Task[None] | None = None
        self._link = Link(
            coordinator=coordinator,
            settings=settings,
            health=service.health,
            store=store,
            hot=self._receiver.hot(),
            known_devices=self._known_devices,
        )
        self._connect_parts()

    @classmethod
    async def create(cls, service: Service, coordinator: str, settings: RadioSettings) -> Radio:
        """Open the store and read what is known."""
        store = await Store.open(service.settings.data / f"radio-{coordinator}.sqlite")
        radio = cls(service, coordinator, settings, store)
        await radio.book.load()
        await radio._backups.load()
        radio._show_unreachable()
        return radio

    async def run(self) -> None:
        """Serve until the service stops."""
        operations = Operations(self.book, self._air, self._membership, self._interviewer, self._routers_missing)
        await operations.serve(self._service.bus, self._coordinator)
        await RawFrames(self.book, self._air).serve(self._service.bus, self._coordinator)
        unplug = asyncio.Event()  # not the service's own signal: joining is closed while the stick still works
        link = asyncio.create_task(self._link.run(unplug), name="link")
        stop = asyncio.create_task(self._service.stopping.wait())
        try:
            await asyncio.wait({link, stop}, return_when=asyncio.FIRST_COMPLETED)
            if link.done():
                link.result()  # the link never ends by itself: this raises what broke it
            await self._leave_in_order()
        finally:
            stop.cancel()
            unplug.set()
            await asyncio.wait({link}, timeout=UNPLUG_WITHIN_S)
            link.cancel()
            await asyncio.gather(link, return_exceptions=True)
            await self._tasks.close()
            await self._journal.close(DRAIN_S)
            await self._store.close()

    def settings_changed(self, settings: RadioSettings) -> None:
        """Take what can change while the stick runs: who may join. The rest takes a restart."""
        self._membership.settings = settings
        if (settings.serial, settings.network) != (self._settings.serial, self._settings.network):
            log.warning("restart_needed", reason="serial or network settings have changed")

    def _connect_parts(self) -> None:
        self._receiver.on_zdo = self._membership.zdo_heard
        self._receiver.on_join = self._joined
        self._receiver.on_leave = self._left
        self._link.on_up, self._link.on_down = self._stick_up, self._stick_down

    def _joined(self, nwk: int, ieee: Ieee) -> None:
        self._membership.joined(nwk, ieee)
        self._backups.members_changed()

    def _left(self, ieee: Ieee, rejoin: bool) -> None:
        self._service.counts.left(ieee)
        self._membership.left(ieee, rejoin)
        self._backups.members_changed()

    def _known_devices(self) -> int:
        return sum(device.description.logical_type is not LogicalType.COORDINATOR for device in self.book)

    # ---- the stick comes and goes ------------------------------------------------------------------------------------

    def _stick_up(self, adapter: Adapter, formed: bool) -> None:
        if formed:
            self.book.clear()
        adapter.watch_resets()
        self._enter_coordinator(adapter)
        self._air.connected(adapter)
        self._receiver.connected(adapter)
        self._membership.show_joining(0)
        self._tasks.start(self._membership.close_joining())  # whoever opened it before is not there to close it
        self._membership.expel_unwanted()
        for device in self.book:
            if device.description.interview in (InterviewState.PENDING, InterviewState.IN_PROGRESS):
                self._interviewer.start(device)
        self._backing_up = self._tasks.start(self._backups.keep(adapter))

    def _stick_down(self, reason: str) -> None:
        self._membership.forget_timer()
        self._air.disconnected(reason)
        self._show_unreachable()
        if self._backing_up is not None:
            self._backing_up.cancel()

    def _enter_coordinator(self, adapter: Adapter) -> None:
        """Show the coordinator as it is now; after a change of sticks the old one goes and the devices stay."""
        for device in self.book:
            if device.description.logical_type is LogicalType.COORDINATOR and device.ieee != adapter.ieee:
                log.warning("coordinator_replaced", before=device.ieee, now=adapter.ieee)
                self.book.remove(device)
        description = self._describe(adapter)
        device = self.book.get(adapter.ieee) or self.book.add(description)
        self.book.change(
            device,
            **{
                name: getattr(description, name)
                for name in ("nwk", "logical_type", "interview", "endpoints", "adapter")
            },
        )

    def _show_unreachable(self) -> None:
        """Let frontends know that nobody serves the network now."""
        for device in self.book:
            adapter = device.description.adapter
            if adapter is not None:
                self.book.change(device, adapter=msgspec.structs.replace(adapter, reachable=False))

    def _describe(self, adapter: Adapter) -> DeviceDescription:
        network = adapter.network
        return DeviceDescription(
            ieee=adapter.ieee,
            coordinator=self._coordinator,
            nwk=0,
            logical_type=LogicalType.COORDINATOR,
            interview=InterviewState.SUCCESSFUL,
            endpoints=ENDPOINTS,
            adapter=AdapterDescription(
                type=adapter.firmware,
                meta=adapter.version,
                pan_id=network.pan_id,
                extended_pan_id="0x" + bytes(self._settings.network.extended_pan_id).hex(),
                channel=network.channel,
            ),
        )

    async def _leave_in_order(self) -> None:
        adapter = self._link.adapter
        if adapter is None:
            return
        await self._membership.close_joining()
        self._show_unreachable()
        await self._backups.make_last(adapter)

    async def _routers_missing(self) -> tuple[Ieee, ...]:
        adapter = self._link.adapter
        if adapter is None:
            raise StickGone("the stick is away")
        started = time.monotonic()
        info = (await self._backups.make(adapter))["network_info"]
        listed = {
            _ieee(text)
            for text in (*info["nwk_addresses"], *info["children"], *(key["partner_ieee"] for key in info["key_table"]))
        }
        log.debug("coordinator_checked", listed=len(listed), took_s=round(time.monotonic() - started, 3))
        return tuple(
            device.ieee
            for device in self.book
            if device.description.logical_type is LogicalType.ROUTER and device.ieee not in listed
        )


def _ieee(text: str) -> Ieee:
    """Turn zigpy's form of an address (`00:12:…`) into ours."""
    return "0x" + text.replace(":", "").lower()
