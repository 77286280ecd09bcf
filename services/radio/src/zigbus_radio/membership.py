"""Who belongs to the network: joins, announcements, leaves, admission, and when joining is open (`behaviour` 12, 15.1)."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Any

import msgspec
import structlog

from zigbus.contract.base import FailureCode, RequestFailed
from zigbus.contract.devices import AdapterDescription, DeviceDescription, InterviewState, LogicalType
from zigbus.contract.events import DeviceAnnounced, DeviceJoined, DeviceLeft
from zigbus.contract.household import RadioSettings
from zigbus.zcl.frames import build_frame
from zigbus.zcl.types import ParseError
from zigbus_radio import mt, zdo
from zigbus_radio.adapter import Adapter, SendFailed, StickGone
from zigbus_radio.air import Air
from zigbus_radio.devices import Device, DeviceBook
from zigbus_radio.endpoints import GREEN_POWER, GREEN_POWER_ENDPOINT
from zigbus_radio.interview import Interviewer
from zigbus_radio.journal import Journal
from zigbus_radio.settings import may_join
from zigbus_radio.tasks import Tasks

log = structlog.get_logger()

ALL_ROUTERS = 0xFFFC
ALL_AWAKE = 0xFFFD
LONGEST_OPEN_S = 254  # 255 would be for ever, which Zigbee 3.0 forbids

GREEN_POWER_CLUSTER, COMMISSIONING_MODE = 0x0021, 0x02
_GP_ENTER, _GP_UNTIL_WINDOW_ENDS, _GP_UNTIL_TOLD, _GP_UNICAST = 0x01, 0x02, 0x08, 0x20
CLOSE_WITHIN_S = 1.5
GREEN_POWER_CLOSE_PAUSE_S = 0.2  # what zigbee2mqtt leaves between the two broadcasts


class Membership:
    """Keeps the book of members and tells the bus of every change."""

    def __init__(
        self,
        *,
        settings: RadioSettings,
        coordinator: str,
        book: DeviceBook,
        air: Air,
        journal: Journal,
        interviewer: Interviewer,
        tasks: Tasks,
    ) -> None:
        self.settings = settings
        self._coordinator, self._book, self._air, self._journal = coordinator, book, air, journal
        self._interviewer, self._tasks = interviewer, tasks
        self._closing: asyncio.TimerHandle | None = None
        self._leaving: dict[str, bool] = {}  # devices that were asked to leave -> whether they said so
        self._changing = asyncio.Lock()  # opening and closing in the order in which they were asked for

    # ---- what the stick says -----------------------------------------------------------------------------------------

    def joined(self, nwk: int, ieee: str) -> Device | None:
        """A device was let in by the trust centre. Returns it, None if the household does not want it."""
        if not may_join(self.settings, ieee):
            log.warning("join_refused", ieee=ieee)
            self._tasks.start(self._air.send_zdo(nwk, zdo.LEAVE, zdo.leave_request(ieee, rejoin=False)))
            return None
        device = self._book.get(ieee)
        if device is None:
            device = self._enter(nwk, ieee)
        elif device.nwk != nwk:
            self._book.put(device, nwk=nwk)
        if device.description.interview in (InterviewState.PENDING, InterviewState.FAILED):
            self._interviewer.start(device)
        return device

    def zdo_heard(self, frame: mt.ZdoFrame) -> None:
        """A ZDO message came from the air: an announcement, or the answer to a request of ours."""
        try:
            if frame.cluster == zdo.DEVICE_ANNOUNCE:
                self._announced(zdo.parse_announcement(frame.data), frame.received_at_s)
                return
        except ParseError as error:
            log.debug("announcement_malformed", nwk=frame.nwk, error=str(error))
            return
        self._air.zdo_heard(frame)
        device = self._book.at(frame.nwk)
        if device is not None and device.description.logical_type is not LogicalType.COORDINATOR:
            self._book.heard(device, frame.received_at_s, None)

    def left(self, ieee: str, rejoin: bool) -> None:
        """A device has left. One that is about to come back stays in the book."""
        device = self._book.get(ieee)
        if ieee in self._leaving:
            self._leaving[ieee] = True
        elif device is not None and not rejoin:
            self._strike_out(device, requested=False)

    def _announced(self, said: zdo.Announcement, at_s: float) -> None:
        device = self._book.get(said.ieee) or self.joined(said.nwk, said.ieee)
        if device is None:
            return
        changes: dict[str, Any] = {"nwk": said.nwk, "last_seen_s": round(at_s, 3)}
        if device.description.logical_type is LogicalType.UNKNOWN:
            changes["logical_type"] = said.logical_type
        self._journal.change(
            self._book.put(device, **changes),
            "announce",
            lambda _: DeviceAnnounced(
                coordinator=self._coordinator,
                ieee=said.ieee,
                received_at_s=at_s,
                published_at_s=time.time(),
                nwk=said.nwk,
            ),
        )
        device.last_seen_s = at_s
        if device.description.interview in (InterviewState.PENDING, InterviewState.FAILED):
            self._interviewer.start(device)
        if said.logical_type is LogicalType.END_DEVICE:
            with contextlib.suppress(RequestFailed):
                self._tasks.start(self._air.adapter.discover_route(said.nwk))

    def _enter(self, nwk: int, ieee: str) -> Device:
        log.info("device_joined", ieee=ieee, nwk=nwk)
        now = time.time()
        device = self._book.add(
            DeviceDescription(ieee=ieee, coordinator=self._coordinator, nwk=nwk, last_seen_s=round(now, 3))
        )
        self._journal.change(
            self._book.put(device),
            "join",
            lambda _: DeviceJoined(
                coordinator=self._coordinator, ieee=ieee, received_at_s=now, published_at_s=time.time(), nwk=nwk
            ),
        )
        return device

    # ---- what the household wants ------------------------------------------------------------------------------------

    def expel_unwanted(self) -> None:
        """Send away who may not be here any more: not on the passlist, or on the blocklist."""
        for device in self._book:
            if device.description.logical_type is not LogicalType.COORDINATOR and not may_join(
                self.settings, device.ieee
            ):
                log.warning("device_expelled", ieee=device.ieee)
                self._tasks.start(self._expel(device))

    async def _expel(self, device: Device) -> None:
        with contextlib.suppress(RequestFailed):
            await self.remove(device, rejoin=False)

    async def remove(self, device: Device, *, rejoin: bool, force: bool = False) -> int:
        """Make a device leave, and forget it. Returns the revision of the deletion. Raises RequestFailed."""
        if not force:
            await self._ask_to_leave(device, rejoin=rejoin)
        return 0 if rejoin else await self._strike_out(device, requested=True)

    async def _ask_to_leave(self, device: Device, *, rejoin: bool) -> None:
        self._leaving[device.ieee] = False
        try:
            await self._air.zdo(device, zdo.LEAVE, zdo.leave_request(device.ieee, rejoin=rejoin))
        except RequestFailed:
            if not self._leaving[device.ieee]:
                raise  # neither an answer nor a sign that it has gone
        finally:
            del self._leaving[device.ieee]

    def _strike_out(self, device: Device, *, requested: bool) -> asyncio.Future[int]:
        """Forget a device and say so. The future gives the revision of the deletion."""
        log.info("device_left", ieee=device.ieee, requested=requested)
        self._interviewer.stop(device.ieee)
        return self._journal.change(
            self._book.remove(device),
            "leave",
            lambda _: DeviceLeft(
                coordinator=self._coordinator,
                ieee=device.ieee,
                received_at_s=time.time(),
                published_at_s=time.time(),
                nwk=device.nwk,
                requested=requested,
            ),
        )

    async def permit_join(self, time_s: int, via: str | None) -> int:
        """Open the network, or one device, for so many seconds; 0 closes. Returns the revision that shows it."""
        adapter = self._air.adapter
        if not 0 <= time_s <= LONGEST_OPEN_S:
            raise RequestFailed.of(FailureCode.INVALID, f"The time must be 0 to {LONGEST_OPEN_S} s", time_s=time_s)
        target = None if via is None else self._nwk_of(via)
        async with self._changing:
            try:
                await self._change_joining(adapter, time_s, target)
            except (SendFailed, StickGone) as error:
                text = f"The coordinator did not change joining: {error}"
                raise RequestFailed.of(FailureCode.UNAVAILABLE, text) from None
            shown = self.show_joining(time_s)
        return await shown

    async def _change_joining(self, adapter: Adapter, time_s: int, target: int | None) -> None:
        if time_s == 0:
            await self._green_power(0, None)
            await asyncio.sleep(GREEN_POWER_CLOSE_PAUSE_S)
            await adapter.permit_joining(ALL_ROUTERS, 0)
        else:
            await adapter.permit_joining(ALL_ROUTERS if target is None else target, time_s)
            await self._green_power(time_s, target)

    def show_joining(self, time_s: int) -> asyncio.Future[int]:
        """Show in the coordinator's entry that joining is open for so long, and when that ends."""
        if self._closing is not None:
            self._closing.cancel()
            self._closing = None
        if time_s:
            self._closing = asyncio.get_running_loop().call_later(time_s, self.show_joining, 0)
        device = self._book.get(self._air.adapter.ieee)
        assert device is not None  # entered when the stick was found
        adapter = device.description.adapter or AdapterDescription(type="")
        until_s = round(time.time() + time_s, 3) if time_s else None
        return self._book.put(
            device, adapter=msgspec.structs.replace(adapter, permit_join=bool(time_s), permit_join_until_s=until_s)
        )

    def forget_timer(self) -> None:
        """The stick is away: nobody closes what nobody knows."""
        if self._closing is not None:
            self._closing.cancel()
            self._closing = None

    async def close_joining(self) -> None:
        """Close the network; what cannot be said is left to the timers of the routers."""
        with contextlib.suppress(RequestFailed, TimeoutError):
            async with asyncio.timeout(CLOSE_WITHIN_S):
                await self.permit_join(0, None)

    def _nwk_of(self, ieee: str) -> int:
        device = self._book.get(ieee)
        if device is None:
            raise RequestFailed.of(FailureCode.NOT_FOUND, f"No device {ieee} is known to this coordinator", ieee=ieee)
        return device.nwk

    async def _green_power(self, time_s: int, target: int | None) -> None:
        """Tell Green Power proxies to take new devices, or to stop."""
        options = (
            _GP_UNTIL_WINDOW_ENDS
            | _GP_UNTIL_TOLD
            | (_GP_ENTER if time_s else 0)
            | (_GP_UNICAST if target is not None else 0)
        )
        data = build_frame(
            self._air.next_sequence(),
            COMMISSIONING_MODE,
            bytes((options,)) + time_s.to_bytes(2, "little"),
            cluster_specific=True,
            from_server=True,
        )
        adapter = self._air.adapter
        if target is None:
            await adapter.send_broadcast(
                ALL_AWAKE,
                GREEN_POWER_ENDPOINT,
                GREEN_POWER_CLUSTER,
                data,
                source=GREEN_POWER_ENDPOINT,
                profile=GREEN_POWER,
            )
        else:
            await adapter.unicast(
                target,
                GREEN_POWER_ENDPOINT,
                GREEN_POWER_CLUSTER,
                data,
                source=GREEN_POWER_ENDPOINT,
                profile=GREEN_POWER,
            )
