"""Keeps the settings: loads them, and brings every change first to the files, then to the bus."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping

import structlog

from zigbus.bus import Bus
from zigbus.contract import storage
from zigbus.contract.base import FailureCode, JsonObject, Message, RequestFailed
from zigbus.contract.devices import DeviceDescription, LogicalType
from zigbus.contract.household import (
    ConverterSettings,
    GatewaySettings,
    Group,
    ImportedState,
    LearnedSettings,
    LoggingSettings,
    PublicSettings,
    RadioSettings,
    SettingChange,
)
from zigbus_registry import messages, metrics
from zigbus_registry.changes import difference
from zigbus_registry.folder import DataFolder, InvalidFile
from zigbus_registry.jsonvalues import overlaid
from zigbus_registry.loading import Loaded
from zigbus_registry.membership import Members
from zigbus_registry.migrations import Step
from zigbus_registry.mirror import Mirror
from zigbus_registry.rules import settings_errors
from zigbus_registry.settings import DEFAULT_BIND_GROUP, Settings

log = structlog.get_logger()

SETTINGS_KINDS: dict[str, type[Message]] = {
    "radio": RadioSettings,
    "converter": ConverterSettings,
    "gateway": GatewaySettings,
    "logging": LoggingSettings,
    "public": PublicSettings,
    "imported_state": ImportedState,
    "learned": LearnedSettings,
}


class Keeper:
    """The one place that changes settings; changes are made one after another."""

    def __init__(self, bus: Bus, folder: DataFolder, devices: Mapping[str, DeviceDescription]) -> None:
        self.settings = Settings({})
        self.restart_required = False
        self._started = self.settings  # some changes wait for the next start
        self.lost = asyncio.Event()  # the store on the bus lost something of ours: call `show`
        self._bus, self._folder, self._devices = bus, folder, devices
        self._names: Mirror
        self._options: Mirror
        self._groups: Mirror
        self._settings: Mirror
        self._members: Members = {}
        self._on_disk: JsonObject = {}  # what the files say, as far as we know
        self._base: JsonObject = {}  # what `_learned` is relative to
        self._learned: tuple[SettingChange, ...] = ()
        self._writable = True
        self._imported = ImportedState()
        self._lock = asyncio.Lock()

    async def open(self) -> None:
        """Read what an earlier run left on the bus."""
        self._names = await Mirror.open(self._bus, storage.NAMES, self.lost.set)
        self._options = await Mirror.open(self._bus, storage.OPTIONS, self.lost.set)
        self._groups = await Mirror.open(self._bus, storage.GROUPS, self.lost.set)
        self._members = {key: group.members for key, group in self._groups.table.items()}
        self._settings = await Mirror.open(self._bus, storage.SETTINGS, self.lost.set, SETTINGS_KINDS)
        learned: LearnedSettings | None = await self._settings.get("learned", LearnedSettings)
        self._learned = () if learned is None else learned.changes

    @property
    def learned(self) -> tuple[SettingChange, ...]:
        """Changes that could not be written to the files yet."""
        return self._learned

    @property
    def writable(self) -> bool:
        """Whether the last attempt to write the files worked."""
        return self._writable

    async def take(self, loaded: Loaded, imported: ImportedState) -> None:
        """Use settings that were loaded: write down what became of them, and show them."""
        async with self._lock:
            self._on_disk, self._base, self._imported = loaded.on_disk, loaded.base, imported
            self.settings = self._started = loaded.settings
            await asyncio.to_thread(self._write_extras, loaded)
            await self._save(loaded.settings)
            await self._show()

    async def change(
        self, function: Callable[[Settings], Settings], *, restart_required: bool = False
    ) -> dict[str, int]:
        """Change the settings and return the revisions that show it.

        `function` gets the settings as they are; it may raise RequestFailed, then nothing changes. Settings that
        the next start would refuse are refused now (RequestFailed, INVALID, with the same text).
        """
        async with self._lock:
            settings = function(self.settings)
            if settings is self.settings and self.restart_required >= restart_required:
                return self.revisions
            if settings is not self.settings:
                self._refuse_invalid(settings)
                await self._save(settings)
            self.settings = settings
            self.restart_required = self.restart_required or restart_required
            return await self._show()

    @property
    def revisions(self) -> dict[str, int]:
        """The revisions that show everything that was changed so far."""
        mirrors = (self._names, self._options, self._groups, self._settings)
        return {mirror.spec.name: mirror.revision for mirror in mirrors}

    @property
    def members(self) -> Members:
        """Who belongs to which group."""
        return self._members

    async def change_members(self, function: Callable[[Members], Members]) -> dict[str, int]:
        """Change who belongs to which group; returns the revisions that show it. They live on the bus, not in a file."""
        async with self._lock:
            self._members = function(self._members)
            await self._groups.show(self._group_entries())
            return self.revisions

    async def show(self) -> dict[str, int]:
        """Bring the bus up to date; returns the revisions at which it is."""
        async with self._lock:
            return await self._show()

    def is_named(self, ieee: str) -> bool:
        """Whether a device or coordinator has its entry in NAMES."""
        return ieee in self._names.table

    def _refuse_invalid(self, settings: Settings) -> None:
        before = settings_errors(overlaid(self.settings.persisted, self.settings.environment))
        after = settings_errors(overlaid(settings.persisted, settings.environment))
        new = [error for error in after if error not in before]
        if new:
            raise RequestFailed.of(FailureCode.INVALID, new[0], errors=new)

    async def _save(self, settings: Settings) -> None:
        changes = difference(self._on_disk, settings.persisted)
        if not changes:
            return
        try:
            written = await asyncio.to_thread(self._folder.write_changes, changes)
        except (OSError, InvalidFile) as error:
            await self._learn(settings, error)
            return
        metrics.WRITES.labels("ok").inc()
        log.debug("settings_written", files=written)
        self._on_disk = self._base = settings.persisted
        if not self._writable:
            log.info("settings_writable_again", file=str(self._folder.main_file))
        self._writable = True
        if self._learned:
            self._learned = ()
            await self._settings.show({"learned": LearnedSettings()}, only=False)

    async def _learn(self, settings: Settings, error: Exception) -> None:
        """The files cannot be written: run on, and keep the changes in the store."""
        metrics.WRITES.labels("failed").inc()
        if self._writable:
            log.warning(
                "settings_not_writable",
                file=str(self._folder.main_file),
                error=str(error),
                effect="changes are kept in the store",
            )
        self._writable = False
        self._learned = difference(self._base, settings.persisted)
        await self._settings.show({"learned": LearnedSettings(changes=self._learned)}, only=False)

    def _write_extras(self, loaded: Loaded) -> None:
        """Write what migrations leave behind, and icons that came as text."""
        try:
            for step in loaded.steps:
                self._write_step(step)
            for name, content in loaded.icons.items():
                self._folder.write(name, content)
        except (OSError, InvalidFile) as error:
            log.warning("migration_not_written", folder=str(self._folder.path), error=str(error))

    def _write_step(self, step: Step) -> None:
        self._folder.write(step.backup_name, self._folder.main_file.read_bytes())
        self._folder.write(step.log_name, "\n\n".join(step.notes).encode())
        self._folder.write_changes(difference(self._on_disk, step.after))
        self._on_disk = step.after
        log.info("settings_migrated", version=step.number + 1, notes=len(step.notes), log=step.log_name)

    def write_icon(self, name: str, content: bytes) -> None:
        """Store a picture. Raises OSError."""
        self._folder.write(name, content)

    async def _show(self) -> dict[str, int]:
        """Names first: who follows the settings may then take them for complete."""
        settings = self.settings
        await self._names.show(messages.names(settings, list(self._devices.values())))
        await self._options.show(messages.options(settings))
        await self._groups.show(self._group_entries())
        in_force = settings.until_restart(self._started)
        shown: dict[str, Message] = {
            "imported_state": self._imported,
            "radio": messages.radio_settings(in_force),
            "converter": messages.converter_settings(in_force),
            "gateway": messages.gateway_settings(in_force),
            "logging": messages.logging_settings(in_force),
            "public": messages.public_settings(
                settings, restart_required=self.restart_required, writable=self._writable
            ),
        }
        await self._settings.show(shown, only=False)
        return self.revisions

    def _group_entries(self) -> dict[str, Message]:
        """The groups of the settings; and the default bind group, once something is bound to it or belongs to it."""
        keys = [key for key in self.settings.groups if key.isdecimal()]
        if self._members.get(DEFAULT_BIND_GROUP) or _is_bound_to(self._devices.values(), int(DEFAULT_BIND_GROUP)):
            keys.append(DEFAULT_BIND_GROUP)
        self._members = {key: self._members[key] for key in keys if key in self._members}
        return {key: Group(id=int(key), members=self._members.get(key, ())) for key in keys}


def is_coordinator(device: DeviceDescription) -> bool:
    """Tell whether an entry of DEVICES is a coordinator's own."""
    return device.logical_type is LogicalType.COORDINATOR


def _is_bound_to(devices: Iterable[DeviceDescription], group: int) -> bool:
    endpoints = (endpoint for device in devices for endpoint in device.endpoints.values())
    return any(binding.group == group for endpoint in endpoints for binding in endpoint.bindings)
