"""Watches who can be reached: hears signs of life, asks the silent, and keeps bucket AVAILABILITY."""

from __future__ import annotations

import asyncio
import contextlib
import math
import random
import time
from collections.abc import Callable

import structlog

from zigbus.bus import Bus, Table
from zigbus.contract import operations, storage, subjects
from zigbus.contract.base import Ieee, JsonObject, Message, RequestFailed
from zigbus.contract.devices import DeviceDescription
from zigbus.contract.household import Availability, EntityOptions, Group
from zigbus.contract.requests import ReadAttributes
from zigbus.contract.updates import EntityState
from zigbus_registry import metrics
from zigbus_registry.availability import Watched, group_availability, rules_for
from zigbus_registry.mirror import Mirror

log = structlog.get_logger()

GEN_BASIC, ZCL_VERSION = 0x0000, 0x0000  # what every device has to answer
PING_ATTEMPTS = 2  # of a device that was there a moment ago; one that was away gets one
ATTEMPT_AGAIN_S = 3.0
LOOK_AGAIN_S = 0.2  # for the stick
BETWEEN_PINGS_S = 2.0  # so that a power cut in the house does not flood the network
IDLE_S = 3600.0  # longest sleep when nobody is due


class AvailabilityWatch:
    """Follows the tables of the bus; `settings()` gives the section `availability` as it is now."""

    def __init__(self, bus: Bus, settings: Callable[[], JsonObject]) -> None:
        self._bus, self._settings = bus, settings
        self._watched: dict[Ieee, Watched] = {}
        self._last_seen_s: dict[Ieee, float] = {}
        self._silent: asyncio.Queue[Ieee] = asyncio.Queue()  # to be pinged; each device is in it once at most
        self._queued: set[Ieee] = set()
        self._wake = asyncio.Event()
        self._hearing = False
        self._devices: Table[DeviceDescription]
        self._options: Table[EntityOptions]
        self._groups: Table[Group]
        self._shown: Mirror

    async def start(self) -> None:
        """Hear signs of life, and show what is known of everybody (13.7)."""
        self._shown = await Mirror.open(self._bus, storage.AVAILABILITY, self._wake.set)
        self._devices = await self._bus.table(storage.DEVICES, lambda *_: self._wake.set())
        self._options = await self._bus.table(storage.OPTIONS, lambda *_: self._wake.set())
        self._groups = await self._bus.table(storage.GROUPS, lambda *_: self._wake.set())
        await self._load_last_seen()
        now_s = time.time()
        await self._follow_tables(now_s)
        for ieee, watched in self._watched.items():
            watched.online = watched.is_available(now_s)
            if not watched.online and watched.rules.active:
                self._ping_soon(ieee)
        await self._show()

    async def run(self) -> None:
        """Watch until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._follow())
            tasks.create_task(self._ping_silent())

    async def _load_last_seen(self) -> None:
        """The converter's memory knows best; the radio's is a minute coarse."""
        bucket = self._bus.bucket(storage.STATE)
        ieees = list(self._devices)
        states: list[EntityState | None] = await asyncio.gather(*(bucket.get(ieee) for ieee in ieees))
        for ieee, state in zip(ieees, states, strict=True):
            stored_s = 0.0 if state is None else state.last_seen_s or 0.0
            self._last_seen_s[ieee] = max(stored_s, self._devices[ieee].last_seen_s or 0.0)

    def _heard(self, subject: str) -> None:
        """A device said something: any event is a sign of life but its leaving."""
        ieee, kind = subject.rsplit(".", 2)[1:]
        if kind == "leave":
            return
        now_s = self._last_seen_s[ieee] = time.time()
        watched = self._watched.get(ieee)
        if watched is None:
            return
        self._queued.discard(ieee)
        watched.heard(now_s, random.random())
        if not watched.online:
            self._take_back(ieee, watched)
            self._wake.set()

    def _take_back(self, ieee: Ieee, watched: Watched) -> None:
        watched.online = True
        log.debug("device_reconnected", ieee=ieee)

    # ---- what is due -------------------------------------------------------------------------------------------------

    async def _follow(self) -> None:
        while True:
            self._wake.clear()
            now_s = time.time()
            await self._follow_tables(now_s)
            for ieee, watched in self._watched.items():
                if watched.due_s <= now_s:
                    self._silence(ieee, watched, now_s)
            await self._show()
            next_s = min((watched.due_s for watched in self._watched.values()), default=now_s + IDLE_S)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(next_s - now_s, IDLE_S)):
                    await self._wake.wait()

    def _silence(self, ieee: Ieee, watched: Watched, now_s: float) -> None:
        if watched.rules.active:
            self._ping_soon(ieee)
        else:
            watched.online = watched.is_available(now_s)
            watched.due_s = math.inf  # nothing more to do until it is heard

    async def _follow_tables(self, now_s: float) -> None:
        """Watch those whom devices, options and settings say are to be watched, by the rules that hold now."""
        settings = self._settings()
        wanted: dict[Ieee, Watched] = {}
        for ieee, device in self._devices.items():
            options = self._options.get(ieee)
            rules = rules_for(device, {} if options is None else options.effective, settings)
            if rules is None:
                continue
            watched = self._watched.get(ieee)
            if watched is None:
                seen_s = max(self._last_seen_s.get(ieee, 0.0), device.last_seen_s or 0.0)
                watched = Watched(rules, seen_s)
                watched.online = watched.is_available(now_s)
                watched.rest(now_s, random.random())
            elif watched.rules != rules:
                watched.rules = rules
                watched.rest(now_s, random.random())
            wanted[ieee] = watched
        self._watched = wanted
        if (wanted or settings["enabled"]) and not self._hearing:  # while the feature is off, messages cost us nothing
            self._hearing = True
            await self._bus.overhear(subjects.all_events(), self._heard)

    async def _show(self) -> None:
        shown: dict[str, Message] = {
            ieee: Availability(available=watched.online) for ieee, watched in self._watched.items()
        }
        for key, group in self._groups.items():
            reachable = group_availability({member.ieee for member in group.members}, self._watched)
            if reachable is not None:
                shown[key] = Availability(available=reachable)
        metrics.WATCHED.set(len(self._watched))
        metrics.UNREACHABLE.set(sum(not watched.online for watched in self._watched.values()))
        await self._shown.show(shown)

    # ---- pings -------------------------------------------------------------------------------------------------------

    def _ping_soon(self, ieee: Ieee) -> None:
        self._watched[ieee].due_s = math.inf
        if ieee not in self._queued:
            self._queued.add(ieee)
            self._silent.put_nowait(ieee)

    async def _ping_silent(self) -> None:
        """Ping one device after the other."""
        while True:
            ieee = await self._silent.get()
            while not self._is_served(ieee):  # noqa: ASYNC110  # the radio says so in a table, in its own time
                await asyncio.sleep(LOOK_AGAIN_S)
            watched = self._watched.get(ieee)
            if ieee not in self._queued or watched is None:
                continue  # heard, or gone, while it waited
            answered = await self._ping(ieee, PING_ATTEMPTS if watched.online else 1)
            self._queued.discard(ieee)
            metrics.PINGS.labels("answered" if answered else "failed").inc()
            now_s = time.time()
            if answered:
                watched.heard(now_s, random.random())
                if not watched.online:
                    self._take_back(ieee, watched)
            else:
                watched.missed(now_s, random.random())
                watched.online = watched.is_available(now_s)
            self._wake.set()
            await asyncio.sleep(BETWEEN_PINGS_S)

    def _is_served(self, ieee: Ieee) -> bool:
        """Whether the stick of a device works: without it silence says nothing."""
        device = self._devices.get(ieee)
        name = None if device is None else device.coordinator
        sticks = (one.adapter for one in self._devices.values() if one.adapter is not None and one.coordinator == name)
        return device is None or any(adapter.reachable for adapter in sticks)

    async def _ping(self, ieee: Ieee, attempts: int) -> bool:
        for attempt in range(1, attempts + 1):
            device = self._devices.get(ieee)
            if device is None:
                return False
            read = ReadAttributes(
                ieee=ieee, endpoint=next(iter(device.endpoints), 1), cluster=GEN_BASIC, attributes=(ZCL_VERSION,)
            )
            try:
                await self._bus.call(operations.READ, read, coordinator=device.coordinator)
            except RequestFailed as error:
                facts = {"attempt": attempt, "attempts": attempts, "error": error.failure.text}
                log.warning("ping_failed", ieee=ieee, **facts)
            else:
                return True
            if attempt < attempts:
                await asyncio.sleep(ATTEMPT_AGAIN_S)
        return False
