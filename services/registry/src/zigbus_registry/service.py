"""The service: waits for usable settings, shows them, then follows the network and answers requests."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine, Iterable
from pathlib import Path

import structlog

from zigbus.bus import Table
from zigbus.contract import storage
from zigbus.contract.devices import DeviceDescription
from zigbus.contract.household import ImportedState
from zigbus.service import Service
from zigbus_registry import metrics
from zigbus_registry.actions import Actions
from zigbus_registry.availability_watch import AvailabilityWatch
from zigbus_registry.converter_files import ConverterFiles
from zigbus_registry.folder import MAIN, DataFolder
from zigbus_registry.group_requests import GroupRequests
from zigbus_registry.keeper import Keeper
from zigbus_registry.loading import InvalidConfiguration, Loaded, load, open_folder
from zigbus_registry.log_files import LogFiles
from zigbus_registry.network_events import NetworkEvents
from zigbus_registry.requests import Requests
from zigbus_registry.state_file import StateFile

log = structlog.get_logger()

LOOK_EVERY_S = 1.0  # at invalid settings, for a change
REMOVES_UPDATES = 4  # the migration step that drops `update` from cached states


async def serve(service: Service) -> None:
    """Run the registry until `service.stopping` is set."""
    service.health.report("settings", ok=False, reason="not read yet")
    folder = open_folder(DataFolder(service.settings.data), os.environ)
    arrived = asyncio.Event()
    devices: Table[DeviceDescription] = await service.bus.table(storage.DEVICES, lambda *_: arrived.set())
    keeper = Keeper(service.bus, folder, devices)
    await keeper.open()
    loaded = await _load_until_valid(service, folder, keeper)
    if loaded is None:
        return
    states = StateFile(service.bus, folder) if loaded.settings.effective["advanced"]["cache_state_persistent"] else None
    imported = (
        await states.open(drop_updates=any(step.number == REMOVES_UPDATES for step in loaded.steps))
        if states
        else ImportedState()
    )
    await keeper.take(loaded, imported)
    log.info(
        "settings_ready",
        file=str(folder.main_file),
        devices=len(keeper.settings.devices),
        groups=len(keeper.settings.groups),
    )
    async with LogFiles(service.bus, loaded.settings.effective["advanced"], folder.path):
        events = NetworkEvents(service.bus, keeper, devices)
        await events.start()
        watch = AvailabilityWatch(service.bus, lambda: keeper.settings.effective["availability"])
        await watch.start()
        await Requests(service.bus, keeper, events, devices).serve()
        await GroupRequests(service.bus, keeper, devices).serve()
        await Actions(service.bus, keeper, devices).serve()
        wanted = keeper.settings.effective["advanced"]["enable_external_js"]
        converters = await ConverterFiles.open(service.bus, folder, enabled=wanted)
        service.health.report("settings", ok=True)
        followers = [events.run(), _follow_devices(events, keeper, arrived), _restore(keeper), watch.run()]
        if converters is not None:
            followers.append(converters.run())
        await _work(service.stopping, followers, states)
        if states is not None:
            await states.close({*devices, *keeper.settings.devices, *keeper.settings.groups})


async def _work(
    stopping: asyncio.Event, followers: Iterable[Coroutine[None, None, None]], states: StateFile | None
) -> None:
    """Run all followers; the first that fails ends all, and the stop ends them too."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(follower) for follower in followers]
        if states is not None:
            group.create_task(states.run(stopping))
        await stopping.wait()
        for task in tasks:
            task.cancel()


async def _follow_devices(events: NetworkEvents, keeper: Keeper, arrived: asyncio.Event) -> None:
    """Devices may be in the table without an event: taken over, or joined while we were away for long."""
    while True:
        await arrived.wait()
        arrived.clear()
        await events.name_new_devices()
        await keeper.change_members(lambda members: members)  # something may be bound to the default group now


async def _restore(keeper: Keeper) -> None:
    """NATS lost its store, or somebody deleted our entries: put them back."""
    while True:
        await keeper.lost.wait()
        keeper.lost.clear()
        log.warning("entries_lost", effect="they are put back")
        await keeper.show()


async def _load_until_valid(service: Service, folder: DataFolder, keeper: Keeper) -> Loaded | None:
    """Load the settings; while they are invalid, wait for the file to change. None if the service is to stop."""
    while not service.stopping.is_set():
        seen = await asyncio.to_thread(_fingerprint, folder.path)
        loaded = await asyncio.to_thread(_load, folder, keeper)
        if isinstance(loaded, Loaded):
            metrics.LOADS.labels("ok").inc()
            return loaded
        metrics.LOADS.labels("invalid").inc()
        service.health.report("settings", ok=False, reason="; ".join(loaded))
        log.error("settings_invalid", file=str(folder.main_file), errors=loaded, to_do=f"correct {MAIN} and save it")
        await _until_changed(folder.path, seen, service.stopping)
    return None


def _load(folder: DataFolder, keeper: Keeper) -> Loaded | list[str]:
    """Usable settings, or what is wrong with them."""
    try:
        return load(folder, os.environ, keeper.learned)
    except InvalidConfiguration as error:
        return error.errors


async def _until_changed(path: Path, seen: object, stopping: asyncio.Event) -> None:
    while not stopping.is_set() and await asyncio.to_thread(_fingerprint, path) == seen:
        try:
            async with asyncio.timeout(LOOK_EVERY_S):
                await stopping.wait()
        except TimeoutError:
            continue


def _fingerprint(path: Path) -> dict[str, tuple[int, int]]:
    """Modification time and size of every file that may be part of the settings."""
    if not path.is_dir():
        return {}
    found = {}
    for file in path.iterdir():
        if file.suffix in (".yaml", ".yml") and file.is_file():
            facts = file.stat()
            found[file.name] = (facts.st_mtime_ns, facts.st_size)
    return found
