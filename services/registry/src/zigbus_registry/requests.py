"""Answers what frontends ask the registry: names, options, who belongs to the network, whether it is well."""

from __future__ import annotations

import asyncio

import structlog

from zigbus.bus import Bus, Table
from zigbus.contract import operations, storage, subjects
from zigbus.contract import requests as r
from zigbus.contract.base import FailureCode, Reply, RequestFailed
from zigbus.contract.devices import DeviceDescription
from zigbus_registry.entities import coordinators, find, name_of
from zigbus_registry.icons import icon_file
from zigbus_registry.jsonvalues import javascript_text, javascript_type
from zigbus_registry.keeper import Keeper, is_coordinator
from zigbus_registry.membership import without_device
from zigbus_registry.names import name_errors
from zigbus_registry.network_events import NetworkEvents
from zigbus_registry.serving import serve_counted
from zigbus_registry.settings import Settings, needs_restart, settings_need_restart

log = structlog.get_logger()

LONGEST_JOIN_S = 254  # the field of the Zigbee command is one octet, 255 means for ever
TABLE_WITHIN_S = 2.0


class Requests:
    """The handlers of the registry's operations."""

    def __init__(self, bus: Bus, keeper: Keeper, events: NetworkEvents, devices: Table[DeviceDescription]) -> None:
        self._bus, self._keeper, self._events, self._devices = bus, keeper, events, devices

    async def serve(self) -> None:
        """Start to answer."""
        await serve_counted(self._bus, operations.RENAME, self.rename)
        await serve_counted(self._bus, operations.SET_OPTIONS, self.set_options)
        await serve_counted(self._bus, operations.CHANGE_SETTINGS, self.change_settings)
        await serve_counted(self._bus, operations.REMOVE_DEVICE, self.remove_device)
        await serve_counted(self._bus, operations.OPEN_NETWORK, self.open_network)
        await serve_counted(self._bus, operations.INTERVIEW_ENTITY, self.interview)
        await serve_counted(self._bus, operations.RESTART_ALL, self.restart_all)
        await serve_counted(self._bus, operations.HEALTH, self.health)
        await serve_counted(self._bus, operations.CHECK_COORDINATORS, self.check_coordinators)

    async def rename(self, ask: r.Rename) -> r.RenameResult:
        """Give an entity another name."""
        old = self._events.last_joined if ask.old is None else ask.old
        if old is None:
            raise RequestFailed.of(FailureCode.NOT_FOUND, "No device has joined since start")
        if not isinstance(ask.new, str):
            shown = f"{javascript_type(ask.new)} ({javascript_text(ask.new)})"
            raise RequestFailed.of(FailureCode.INVALID, f"to is not a string, got {shown}", to=ask.new)
        new = ask.new.strip()
        before: list[str] = []

        def renamed(settings: Settings) -> Settings:
            key = find(ask.kind, old, self._devices, settings)
            self._refuse_coordinator(key, old)
            before[:] = [name_of(key, self._devices, settings)]
            for error in name_errors(new):
                raise RequestFailed.of(FailureCode.INVALID, error, to=new)
            if settings.is_name_in_use(new):
                raise RequestFailed.of(FailureCode.CONFLICT, f"friendly_name '{new}' is already in use", to=new)
            return settings.with_name(ask.kind, key, new)

        revisions = await self._keeper.change(renamed)
        log.info("renamed", old=before[0], new=new)
        return r.RenameResult(old=before[0], new=new, revisions=revisions)

    async def set_options(self, ask: r.SetOptions) -> r.SetOptionsResult:
        """Merge options into those of an entity."""
        options = dict(ask.options)
        picture = icon_file(options.get("icon"))
        if picture is not None:
            await asyncio.to_thread(self._keeper.write_icon, *picture)
            options["icon"] = picture[0]
        seen: list[Settings] = []
        keys: list[str] = []

        def merged(settings: Settings) -> Settings:
            key = find(ask.kind, ask.id, self._devices, settings)
            self._refuse_coordinator(key, ask.id)
            keys[:], seen[:] = [key], [settings]
            return settings.with_options(ask.kind, key, options)

        revisions = await self._keeper.change(merged, restart_required=needs_restart(ask.kind, options))
        key = keys[0]
        name = name_of(key, self._devices, self._keeper.settings)
        return r.SetOptionsResult(
            name=name,
            before=seen[0].own_options(ask.kind, key),
            after=self._keeper.settings.own_options(ask.kind, key),
            restart_required=self._keeper.restart_required,
            revisions=revisions,
        )

    async def change_settings(self, ask: r.ChangeSettings) -> r.ChangeSettingsResult:
        """Merge settings into those of the household."""
        revisions = await self._keeper.change(
            lambda settings: settings.with_settings(ask.options), restart_required=settings_need_restart(ask.options)
        )
        log.info("settings_changed", keys=sorted(ask.options))
        return r.ChangeSettingsResult(restart_required=self._keeper.restart_required, revisions=revisions)

    async def remove_device(self, ask: r.RemoveDevice) -> r.RemoveDeviceResult:
        """Remove a device from the network, then from the settings. Fails as the radio fails; then it stays."""
        ieee = find("device", ask.id, self._devices, self._keeper.settings)
        self._refuse_coordinator(ieee, ask.id)
        device = self._devices[ieee]
        name = name_of(ieee, self._devices, self._keeper.settings)
        if ask.block:
            await self._keeper.change(lambda settings: settings.with_blocked(ieee))
        self._events.expect_leave(ieee)
        try:
            left = await self._bus.call(
                operations.LEAVE, r.LeaveRequest(ieee=ieee, force=ask.force), coordinator=device.coordinator
            )
        except RequestFailed:
            self._events.removal_failed(ieee)
            raise
        await self._devices.until(left.revision, TABLE_WITHIN_S)
        await self._keeper.change_members(lambda members: without_device(members, ieee))
        if ask.keep_config:
            revisions = self._keeper.revisions
        else:
            revisions = await self._keeper.change(lambda settings: settings.without_device(ieee))
        log.info("device_removed", ieee=ieee, name=name, force=ask.force, block=ask.block)
        revisions = {**revisions, storage.DEVICES.name: left.revision or self._devices.revision}
        return r.RemoveDeviceResult(ieee=ieee, name=name, revisions=revisions)

    async def open_network(self, ask: r.OpenNetwork) -> r.OpenNetworkResult:
        """Open or close the network for joining, through all coordinators or one device."""
        if ask.time_s < 0:
            raise RequestFailed.of(FailureCode.INVALID, "Invalid payload", time=ask.time_s)
        settings = self._keeper.settings
        via = None if ask.via is None else find("device", ask.via, self._devices, settings)
        if ask.time_s > LONGEST_JOIN_S:
            raise RequestFailed.of(
                FailureCode.INVALID, f"Cannot permit join for more than {LONGEST_JOIN_S} seconds.", time=ask.time_s
            )
        through = self._coordinators() if via is None else [self._devices[via].coordinator]
        permit = r.PermitJoin(time_s=ask.time_s, via=via)
        answers = await asyncio.gather(
            *(self._bus.call(operations.PERMIT_JOIN, permit, coordinator=name) for name in through)
        )
        revision = max(answer.revision for answer in answers)
        log.info("network_opened" if ask.time_s else "network_closed", time_s=ask.time_s, via=via)
        return r.OpenNetworkResult(
            via=None if via is None else name_of(via, self._devices, settings),
            revisions={storage.DEVICES.name: revision},
        )

    async def interview(self, ask: r.InterviewEntity) -> r.InterviewEntityResult:
        """Interview a device again. Fails as the radio fails."""
        ieee = find("device", ask.id, self._devices, self._keeper.settings)
        name = name_of(ieee, self._devices, self._keeper.settings)
        coordinator = self._devices[ieee].coordinator
        answer = await self._bus.call(operations.INTERVIEW, r.InterviewRequest(ieee=ieee), coordinator=coordinator)
        return r.InterviewEntityResult(ieee=ieee, name=name, revisions={storage.DEVICES.name: answer.revision})

    async def restart_all(self, ask: r.RestartAll) -> Reply:
        """Tell every service to end; each waits half a second, so that this answer is out."""
        self._bus.publish(subjects.RESTART, ask)
        return Reply()

    async def health(self, ask: r.CheckHealth) -> r.HealthResult:
        """Ask whether every coordinator answers."""
        del ask
        names = {device.coordinator for device in coordinators(self._devices)}
        sign_of_life = r.CheckCoordinator(alive_only=True)
        checks = [self._bus.call(operations.CHECK_COORDINATOR, sign_of_life, coordinator=name) for name in names]
        answers = await asyncio.gather(*checks, return_exceptions=True)
        return r.HealthResult(healthy=bool(names) and not any(isinstance(answer, BaseException) for answer in answers))

    async def check_coordinators(self, ask: r.CheckCoordinators) -> r.CheckCoordinatorsResult:
        """Ask the sticks for routers that their tables lack."""
        del ask
        checks = [
            self._bus.call(operations.CHECK_COORDINATOR, r.CheckCoordinator(), coordinator=name)
            for name in self._coordinators()
        ]
        missing = [ieee for answer in await asyncio.gather(*checks) for ieee in answer.missing_routers]
        settings = self._keeper.settings
        return r.CheckCoordinatorsResult(
            missing_routers={ieee: name_of(ieee, self._devices, settings) for ieee in missing}
        )

    def _coordinators(self) -> list[str]:
        """Names of all coordinators. Raises RequestFailed if there is none."""
        names = [device.coordinator for device in coordinators(self._devices)]
        if not names:
            raise RequestFailed.of(
                FailureCode.UNAVAILABLE, "No coordinator is there yet: check the stick and the log of the radio"
            )
        return names

    def _refuse_coordinator(self, key: str, text: str) -> None:
        device = self._devices.get(key)
        if device is not None and is_coordinator(device):
            raise RequestFailed.of(FailureCode.NOT_FOUND, f"Device '{text}' does not exist", id=text)
