"""The gateway's live mirrors of the buckets: opens them, says what changed, waits for revisions."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, Protocol

import msgspec

from zigbus.bus import Bus, Table
from zigbus.contract import storage
from zigbus.contract.definitions import DefinitionRecord
from zigbus.contract.devices import DeviceDescription, InterviewState, LogicalType
from zigbus.contract.household import (
    Availability,
    EntityOptions,
    GatewaySettings,
    Group,
    Name,
    PublicSettings,
    UserConverter,
)
from zigbus_gateway.entities import Household


class Watcher(Protocol):
    """Who is told of changes, after the mirrors show them."""

    def on_overview_changed(self, *names: str) -> None:
        """These of `info`, `devices`, `groups`, `definitions` look different now."""

    def on_device_changed(self, key: str) -> None:
        """The entry of this device in `devices` looks different now, or the group is not what it was."""

    def on_renamed(self, key: str, old: str, new: str | None) -> None:
        """An entity has another name, or none any more."""

    def on_gone(self, key: str) -> None:
        """A device or group is gone from the network."""

    def on_availability(self, key: str) -> None:
        """An entity can be reached again, or no longer, or is not watched any more."""

    def on_settings(self, settings: GatewaySettings) -> None:
        """The gateway's settings changed."""


class Picture:
    """Everything the gateway knows; the household part of it is complete once `open` returned."""

    def __init__(self, bus: Bus, watcher: Watcher) -> None:
        self._bus, self._watcher = bus, watcher
        self._tables: dict[str, Table[Any]] = {}
        self._devices: dict[str, DeviceDescription] = {}  # as they were shown, without what changes all the time
        self._names: dict[str, str] = {}
        self._latest: dict[str, Any] = {}  # settings by key
        self._loaded = False
        self._changed = asyncio.Event()
        self.settings: GatewaySettings
        self.public: PublicSettings
        self.household: Household
        self.converters: Table[UserConverter]
        self.availability: Table[Availability]

    async def open(self) -> None:
        """Wait for the settings and load every mirror."""
        await self._first("gateway", GatewaySettings)
        await self._first("public", PublicSettings)
        devices: Table[DeviceDescription] = await self._open(storage.DEVICES, self._device)
        definitions: Table[DefinitionRecord] = await self._open(storage.DEFINITIONS, self._definition)
        names: Table[Name] = await self._open(storage.NAMES, self._name)
        options: Table[EntityOptions] = await self._open(storage.OPTIONS, self._option)
        groups: Table[Group] = await self._open(storage.GROUPS, self._group)
        self.availability = await self._open(storage.AVAILABILITY, lambda key, _: self._watcher.on_availability(key))
        self.converters = await self._open(storage.CONVERTERS, self._converter)
        self.household = Household(devices, definitions, names, options, groups)
        self._devices = {key: _lasting(device) for key, device in devices.items()}
        self._names = {key: name.friendly_name for key, name in names.items()}
        self.settings, self.public = self._latest["gateway"], self._latest["public"]
        self._loaded = True

    async def until_complete(self, timeout_s: float) -> bool:
        """Wait until there is a coordinator, every device has a name, and every interviewed one a definition."""
        try:
            async with asyncio.timeout(timeout_s):
                while self.incomplete():
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            return False
        return True

    def incomplete(self) -> str:
        """What is missing for a complete picture; empty if nothing is."""
        home = self.household
        if home.coordinator() is None:
            return "no coordinator yet: waiting for the radio"
        devices = [d for d in home.devices.values() if d.logical_type is not LogicalType.COORDINATOR]
        if any(d.ieee not in home.names for d in devices):
            return "devices without a name: waiting for the registry"
        if any(d.ieee not in home.definitions for d in devices if d.interview is InterviewState.SUCCESSFUL):
            return "devices without a definition: waiting for the converter"
        return ""

    async def until(self, revisions: dict[str, int], timeout_s: float) -> bool:
        """Wait until the mirrors show these revisions (bucket name -> revision). Returns False if time ran out."""
        waits: list[Awaitable[bool]] = []
        for bucket, revision in revisions.items():
            table = self._tables.get("SETTINGS.public" if bucket == storage.SETTINGS.name else bucket)
            if table is not None and table.revision < revision:
                waits.append(table.until(revision, timeout_s))
        return all(await asyncio.gather(*waits)) if waits else True

    async def until_defined(self, ieee: str, timeout_s: float) -> bool:
        """Wait until the definition of a device was matched from its present description."""
        wanted = self._tables[storage.DEVICES.name].revision_of(ieee)
        try:
            async with asyncio.timeout(timeout_s):
                while not self._defined(ieee, wanted):
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            return False
        return True

    def _defined(self, ieee: str, revision: int) -> bool:
        record = self.household.definitions.get(ieee)
        return record is not None and record.device_revision >= revision

    # ---- mirrors -----------------------------------------------------------------------------------------------------

    async def _open(self, spec: storage.BucketSpec, changed: Any) -> Table[Any]:
        table = self._tables[spec.name] = await self._bus.table(
            spec, lambda key, value, _: self._apply(changed, key, value)
        )
        return table

    def _apply(self, changed: Any, key: str, value: Any) -> None:
        if self._loaded:
            changed(key, value)
            self._changed.set()

    async def _first(self, key: str, kind: type[Any]) -> None:
        """Follow one key of the settings; returns when it is there."""
        there = asyncio.Event()

        def changed(_: str, value: Any, __: int) -> None:
            if value is not None:
                self._latest[key] = value
                there.set()
                if self._loaded:
                    self._setting(key, value)

        self._tables[f"SETTINGS.{key}"] = await self._bus.table(storage.SETTINGS, changed, kind=kind, key_filter=key)
        await there.wait()

    def _setting(self, key: str, value: Any) -> None:
        if key == "public" and value != self.public:
            self.public = value
            self._watcher.on_overview_changed("info")
        elif key == "gateway" and value != self.settings:
            self.settings = value
            self._watcher.on_overview_changed("info")
            self._watcher.on_settings(value)

    def _device(self, key: str, value: DeviceDescription | None) -> None:
        before, after = self._devices.get(key), None if value is None else _lasting(value)
        if before == after:
            return
        if after is None:
            del self._devices[key]
        else:
            self._devices[key] = after
        self.household.forget_lookups()
        self._watcher.on_device_changed(key)
        of_coordinator = any(d is not None and d.logical_type is LogicalType.COORDINATOR for d in (before, after))
        self._watcher.on_overview_changed("devices", *(("info",) if of_coordinator else ()))
        if after is None:
            self._watcher.on_gone(key)

    def _definition(self, key: str, _: DefinitionRecord | None) -> None:
        self._watcher.on_device_changed(key)
        self._watcher.on_overview_changed("devices", "definitions", "groups")

    def _name(self, key: str, value: Name | None) -> None:
        before, after = self._names.get(key), None if value is None else value.friendly_name
        if before == after:
            return
        if after is None:
            del self._names[key]
        else:
            self._names[key] = after
        self.household.forget_lookups()
        self._watcher.on_device_changed(key)
        self._watcher.on_overview_changed("devices" if key.startswith("0x") else "groups")
        if before is not None:
            self._watcher.on_renamed(key, before, after)

    def _converter(self, _: str, __: UserConverter | None) -> None:
        self._watcher.on_overview_changed("converters")

    def _option(self, key: str, _: EntityOptions | None) -> None:
        self.household.forget_options(key)
        self._watcher.on_device_changed(key)
        self._watcher.on_overview_changed("devices" if key.startswith("0x") else "groups")

    def _group(self, key: str, value: Group | None) -> None:
        self.household.forget_lookups()
        self._watcher.on_device_changed(key)
        if value is None:
            self._watcher.on_gone(key)
        self._watcher.on_overview_changed("groups")


def _lasting(device: DeviceDescription) -> DeviceDescription:
    """A description without the time last heard: that alone is no news for anybody."""
    return msgspec.structs.replace(device, last_seen_s=None)
