"""Convert what radios hear into what clients see, and back: the converter service."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
from collections.abc import Coroutine, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import structlog

from zigbus.bus import Consumer
from zigbus.contract import operations, storage
from zigbus.contract.base import RequestFailed
from zigbus.contract.devices import DeviceDescription, LogicalType
from zigbus.contract.events import Event
from zigbus.contract.household import ConverterSettings, EntityOptions, ImportedState, UserConverter
from zigbus.contract.updates import Update
from zigbus.service import Service, run_service
from zigbus_converter import catalogue_requests
from zigbus_converter.air import Air
from zigbus_converter.binding import TABLE_WITHIN_S, Bindings
from zigbus_converter.captured.provider import Plain
from zigbus_converter.check import check
from zigbus_converter.commands import Commands
from zigbus_converter.configuring import Configuring
from zigbus_converter.conversations import Conversations
from zigbus_converter.definition import Definition
from zigbus_converter.effects import Conversation
from zigbus_converter.engine import Engine
from zigbus_converter.entity import Entity
from zigbus_converter.generated import generate
from zigbus_converter.groups import Groups
from zigbus_converter.keeper import Keeper
from zigbus_converter.polling import Polling
from zigbus_converter.provider import Generated, Native, Provider, Providers
from zigbus_converter.publishing import Updates
from zigbus_converter.returning import Returning
from zigbus_converter.roster import Roster
from zigbus_converter.user_converters import UserConverters
from zigbus_converter.zhc.catalogue import Catalogue
from zigbus_converter.zhc.host import Host
from zigbus_converter.zhc.provider import Upstream, open_catalogue
from zigbus_converter.zhc.user_scripts import Scripts
from zigbus_converter.zhc.worker import Worker

log = structlog.get_logger()

T = TypeVar("T")

OPEN_WITHIN_S = 10.0  # at the start; definitions that are not ready by then make their devices wait, not the service
STORE_WITHIN_S = 4.0  # at the end; what is not stored by then comes again at the next start


def main(argv: list[str]) -> int:
    """Convert what radios hear into what clients see, and back: the converter service."""
    parser = argparse.ArgumentParser(prog="zigbus converter", description=main.__doc__)
    parser.add_argument("--check", metavar="FILE", type=Path, help="say what a file with definitions gives, and exit")
    file: Path | None = parser.parse_args(argv).check
    return run_service("converter", serve) if file is None else check(file)


def providers(user: UserConverters, plain: Plain, upstream: Upstream, generated: Generated) -> Provider:
    """Return all sources of definitions, in the order they are asked."""
    return Providers([user, Native(), plain, upstream, generated])


async def serve(service: Service) -> None:
    """Run the converter until the service stops."""
    service.health.report("settings", ok=False, reason="waiting for the registry's settings")
    settings = await _or_stopping(
        service, service.bus.settings("converter", ConverterSettings, lambda s: _settings_changed(live, s))
    )
    live: list[Engine] = []
    if settings is None:
        return
    service.health.report("settings", ok=True)
    service.health.report("devices", ok=False, reason="loading")
    async with asyncio.TaskGroup() as tasks:
        converter = _Converter(service, settings, tasks)
        live.append(converter.engine)
        await converter.start()
        service.health.report("devices", ok=True)
        await service.stopping.wait()
        await converter.stop()


def _settings_changed(live: Sequence[Engine], settings: ConverterSettings) -> None:
    for engine in live:
        engine.settings = settings


class _Converter:
    """The parts of the service, put together."""

    def __init__(self, service: Service, settings: ConverterSettings, tasks: asyncio.TaskGroup) -> None:
        self._service, self._bus, self._tasks = service, service.bus, tasks
        states, definitions = self._bus.bucket(storage.STATE, gather=True), self._bus.bucket(storage.DEFINITIONS)
        self.updates = Updates(self._bus)
        self.keeper = Keeper(states, self.updates.confirm)
        self.worker, plain, upstream = _catalogue()
        self.user = UserConverters(Scripts(self.worker))
        self.roster = Roster(providers(self.user, plain, upstream, Generated(self._generate)), states, definitions)
        self.groups = Groups(self.roster.find)
        self.engine = Engine(self.roster, self.groups, self.updates, self.keeper, settings)
        air = Air(self._bus)
        self.conversations = Conversations(air, self.engine.local, self.worker.ask)
        self.commands = Commands(
            self.roster,
            self.groups,
            self.conversations,
            self.engine,
            self.keeper,
            settings=lambda: self.engine.settings,
        )
        self.configuring = Configuring(self.roster, self.conversations, self.engine)
        self.bindings = Bindings(self.roster, self.groups, self.conversations, air, self.configuring)
        self.polling = Polling(self.roster, self.groups, self.conversations, self._spawn)
        self.returning = Returning(self.roster.find, self.conversations, self.commands, self.engine, self._spawn)
        self._background: set[asyncio.Task[Any]] = set()
        self._opening: dict[str, asyncio.Task[None]] = {}  # by ieee
        self._loaded = False  # devices and definitions are matched
        self._started = False  # definitions are told of occasions
        self._events: Consumer[Event] | None = None

    async def start(self) -> None:
        """Load what is stored, then follow the buckets, the events and the requests."""

        def device_changed(ieee: str, description: DeviceDescription | None, revision: int) -> None:
            if description is not None and description.logical_type is LogicalType.COORDINATOR:
                self.worker.coordinators[description.coordinator] = ieee
            if self._loaded:
                self.roster.device_changed(ieee, description, revision)

        await self._load_files()
        devices = await self._bus.table(storage.DEVICES, device_changed)
        await self.roster.load(list(devices))
        await self._bus.table(storage.OPTIONS, self._options_changed)
        groups = await self._bus.table(storage.GROUPS, lambda key, value, _: self.groups.group_changed(key, value))
        tables = {storage.DEVICES.name: devices, storage.GROUPS.name: groups}
        self.bindings.seen = lambda bucket, revision: tables[bucket].until(revision, TABLE_WITHIN_S)
        await self.groups.load(self._bus.bucket(storage.STATE))
        for update in await self._bus.newest(storage.UPDATES):
            if isinstance(update, Update):
                self._catch_up(update)
        self.engine.revision_seen = lambda: devices.revision
        self._loaded = True
        self._connect()
        for ieee, description in list(devices.items()):
            self.roster.device_changed(ieee, description, devices.revision_of(ieee))
        await self._bus.table(
            storage.SETTINGS,
            lambda _, value, __: self._states_imported(value),
            kind=ImportedState,
            key_filter="imported_state",
        )
        self._storing = self._tasks.create_task(self.keeper.run())
        if self._opening:
            await asyncio.wait(self._opening.values(), timeout=OPEN_WITHIN_S)
        await self._bus.serve(operations.SET, self.commands.set)
        await self._bus.serve(operations.GET, self.commands.get)
        await self._bus.serve(operations.CONFIGURE, self.configuring.configure)
        await self.bindings.serve(self._bus)
        await self._bus.serve(operations.CHECK_CONVERTER, partial(catalogue_requests.check_converter, user=self.user))
        generate_definition = partial(catalogue_requests.generate_definition, roster=self.roster)
        await self._bus.serve(operations.GENERATE_DEFINITION, generate_definition)
        await self._bus.serve(operations.FIND_MODELS, partial(catalogue_requests.find_models, user=self.user))
        self._events = await self._bus.consume(storage.ZIGBEE, name="converter", handler=self.engine.handle)
        await self._bus.table(
            storage.AVAILABILITY, lambda key, value, _: self.returning.availability_changed(key, value)
        )
        self._spawn(self.engine.go_live())
        self._started = True
        for entity in list(self.roster):
            self.returning.occasion(entity, "started")
        self._spawn(self.configuring.run_on_routers())

    async def _load_files(self) -> None:
        """Load the household's definitions and follow them; one that takes long counts when it is ready."""
        first: list[asyncio.Task[None]] = []

        def changed(key: str, file: UserConverter | None, _: int) -> None:
            task = self._spawn(self._take_file(key, file))
            if not self._loaded:
                first.append(task)

        await self._bus.table(storage.CONVERTERS, changed)
        if first:
            await asyncio.wait(first, timeout=OPEN_WITHIN_S)

    async def _take_file(self, key: str, file: UserConverter | None) -> None:
        if await self.user.changed(key, file) and self._loaded:
            self.roster.definitions_changed()

    async def stop(self) -> None:
        """End what runs and store what changed."""
        assert self._events is not None
        await self._events.close()
        for task in list(self._background):
            task.cancel()
        self.keeper.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STORE_WITHIN_S):
                await self._storing

    def _options_changed(self, key: str, options: EntityOptions | None, _: int) -> None:
        owner = self.roster if key.startswith("0x") else self.groups
        owner.options_changed(key, options)

    def _states_imported(self, imported: ImportedState | None) -> None:
        self.roster.states_imported(imported)
        for group in self.groups.states_imported(imported):
            self.keeper.changed(group)

    def _connect(self) -> None:
        engine = self.engine
        engine.perform = self._perform
        engine.on_heard = self._heard
        engine.on_announced = self.returning.announced
        engine.on_commanded = self.polling.commanded
        engine.on_exposes_changed = self.roster.refresh
        engine.on_joined = self._joined
        engine.on_interviewed = self._interviewed
        self.roster.on_removed = self._removed
        self.groups.on_removed = engine.removed
        self.roster.on_described = engine.device_described
        self.roster.on_imported = self.keeper.changed
        self.roster.on_options = lambda entity: self.returning.occasion(entity, "options_changed")
        self.roster.on_redefined = self._redefined
        self.roster.on_elsewhere = self._elsewhere

    def _perform(self, entity: Entity, conversation: Conversation) -> None:
        self._spawn(self._hold(entity, conversation))

    async def _hold(self, entity: Entity, conversation: Conversation) -> None:
        try:
            await self.conversations.in_line(entity, lambda: self.conversations.hold(entity, conversation))
        except RequestFailed as error:
            log.info("effect_failed", ieee=entity.ieee, error=error.failure.text)
        except Exception as error:  # a definition's fault costs this conversation of this device
            self.engine.tell(entity, "effects", error)

    def _removed(self, entity: Entity) -> None:
        self.engine.removed(entity)
        self._opening.pop(entity.ieee, None)
        self.worker.close(entity.ieee)

    def _elsewhere(self, entity: Entity, definition: Definition) -> None:
        self._opening[entity.ieee] = self._spawn(self._open(entity, definition))

    async def _open(self, entity: Entity, definition: Definition) -> None:
        """Make a definition that runs elsewhere ready on a device, or ask it again."""
        assert definition.elsewhere is not None
        first = entity.opening
        ready: Definition | None = None
        try:
            ready = await definition.elsewhere.open(entity)
        except Exception as error:  # a defect in one definition costs its devices their conversion, nothing else
            self.engine.tell(entity, definition.model, error)
        if self._opening.get(entity.ieee) is not asyncio.current_task():
            return  # asked again meanwhile
        del self._opening[entity.ieee]
        self.roster.opened(entity, ready)
        self.engine.opened(entity)
        if first and self._started:
            self.returning.occasion(entity, "started")
            self._heard(entity)

    def _heard(self, entity: Entity) -> None:
        if entity.mind.kept:
            self._spawn(self.commands.resend(entity))
        if self.configuring.wanted(entity):
            self._spawn(self.configuring.run(entity))

    def _generate(self, device: DeviceDescription) -> Definition | None:
        return generate(device, self.roster.get(device.ieee).attribute)

    def _catch_up(self, update: Update) -> None:
        found = self.roster.find(update.ieee) if update.ieee is not None else self.groups.find(update.group or 0)
        if found is not None:
            found.catch_up(update)

    def _joined(self, entity: Entity) -> None:
        self.configuring.start_over(entity)
        self.returning.occasion(entity, "joined")

    def _interviewed(self, entity: Entity) -> None:
        self.returning.occasion(entity, "interviewed")
        self._spawn(self.configuring.run(entity))

    def _redefined(self, entity: Entity) -> None:
        """Set a router up by its new definition at once; a sleeping device takes it when it is heard."""
        self.configuring.start_over(entity)
        if entity.description.logical_type == LogicalType.ROUTER:
            self._spawn(self.configuring.run(entity))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = self._tasks.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)
        return task


def _catalogue() -> tuple[Worker, Plain, Upstream]:
    catalogue = open_catalogue()
    worker = Worker(lambda: Host(catalogue or Catalogue()))
    return worker, Plain(catalogue), Upstream(worker, catalogue)


async def _or_stopping(service: Service, work: Coroutine[Any, Any, T]) -> T | None:
    """Return the result of `work`, or None if the service stops first."""
    task, stop = asyncio.ensure_future(work), asyncio.ensure_future(service.stopping.wait())
    await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    if task.done():
        return task.result()
    task.cancel()
    return None
