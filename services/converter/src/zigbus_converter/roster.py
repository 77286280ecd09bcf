"""All devices: their descriptors, options and definitions as the buckets have them, and what DEFINITIONS says of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import msgspec
import structlog

from zigbus.bus import Bucket
from zigbus.contract.base import Ieee, JsonObject
from zigbus.contract.definitions import DefinitionRecord
from zigbus.contract.devices import DeviceDescription, InterviewState, LogicalType
from zigbus.contract.household import EntityOptions, ImportedState
from zigbus.contract.updates import EntityState
from zigbus_converter.definition import Definition
from zigbus_converter.entity import NO_OPTIONS, Entity
from zigbus_converter.metrics import DEVICES
from zigbus_converter.provider import Provider
from zigbus_converter.records import record_of, still_configured

log = structlog.get_logger()


class Roster:
    """Keeps one Entity per device. Only calls back, does no work on events."""

    def __init__(self, provider: Provider, states: Bucket[EntityState], definitions: Bucket[DefinitionRecord]) -> None:
        self.on_removed: Callable[[Entity], None] = lambda entity: None
        self.on_imported: Callable[[Entity], None] = lambda entity: None
        self.on_described: Callable[[Entity], None] = lambda entity: None
        self.on_options: Callable[[Entity], None] = lambda entity: None
        self.on_redefined: Callable[[Entity], None] = lambda entity: None
        self.on_elsewhere: Callable[[Entity, Definition], None] = lambda entity, definition: None
        self._provider, self._states, self._definitions = provider, states, definitions
        self._entities: dict[Ieee, Entity] = {}
        self._records: dict[Ieee, DefinitionRecord] = {}
        self._options: dict[Ieee, JsonObject] = {}
        self._imported: dict[Ieee, JsonObject] = {}
        self._written: asyncio.Future[int] | None = None  # the last entry of DEFINITIONS

    def __iter__(self) -> Iterator[Entity]:
        return iter(self._entities.values())

    def find(self, ieee: Ieee) -> Entity | None:
        """Return the device, None if nobody has told of it."""
        return self._entities.get(ieee)

    def get(self, ieee: Ieee) -> Entity:
        """Return the device; one that is not known yet gets an empty entry."""
        entity = self._entities.get(ieee)
        if entity is None:
            entity = self._entities[ieee] = Entity(ieee)
            entity.set_options(self._options.get(ieee, NO_OPTIONS))
        return entity

    async def load(self, ieees: list[Ieee]) -> None:
        """Take over what was stored for these devices by an earlier life of this service."""
        records, states = await asyncio.gather(self._definitions.entries(), self._states.entries())
        for ieee in ieees:
            entity = self.get(ieee)
            if ieee in records:
                self._records[ieee] = records[ieee]
            if ieee in states:
                _restore(entity, states[ieee])

    # ---- what the buckets say ----------------------------------------------------------------------------------------

    def device_changed(self, ieee: Ieee, description: DeviceDescription | None, revision: int) -> None:
        """An entry of DEVICES changed or went."""
        if description is None:
            self._remove(ieee)
            return
        entity = self.get(ieee)
        same = entity.known is not None and _without_last_seen(entity.known) == _without_last_seen(description)
        entity.known = description
        if same and ieee in self._records:
            return
        entity.device_revision = revision
        self._identify(entity)
        if entity.sequence == 0 and not entity.state and ieee in self._imported:
            self._import(entity)
        self._count()
        self.on_described(entity)

    def options_changed(self, key: str, options: EntityOptions | None) -> None:
        """An entry of OPTIONS changed or went; it counts at once, for what the device exposes as well."""
        self._options[key] = {} if options is None else options.effective
        entity = self._entities.get(key)
        if entity is None:
            return
        entity.set_options(self._options[key])
        if entity.assembled is not None:
            self._use(entity, entity.definition)
            self._write_record(entity, configured=self.configured(entity))
            self.on_options(entity)

    def states_imported(self, imported: ImportedState | None) -> None:
        """States of a taken-over data folder: for devices that have none of ours."""
        self._imported = {} if imported is None else dict(imported.states)
        for entity in self:
            if entity.ieee in self._imported and entity.sequence == 0 and not entity.state:
                self._import(entity)

    def definitions_changed(self) -> None:
        """The household's own definitions changed: match all devices again. Those that got another one are set up anew."""
        for entity in [entity for entity in self if entity.known is not None]:
            before = None if entity.assembled is None else entity.definition
            if _redefined(before, self._identify(entity)):
                self.on_redefined(entity)

    # ---- set-up marks ------------------------------------------------------------------------------------------------

    def configured(self, entity: Entity) -> bool:
        """Whether the definition's set-up has run on the device."""
        record = self._records.get(entity.ieee)
        return record is not None and record.configured

    def mark_configured(self, entity: Entity, configured: bool) -> None:
        """Note in DEFINITIONS whether the set-up has run; what it read of the device may change what it exposes."""
        if entity.opening:  # its definition is not ready: what is shown of it stays
            if (record := self._records.get(entity.ieee)) is not None:
                self._put(entity.ieee, msgspec.structs.replace(record, configured=configured))
            return
        if configured and entity.assembled is not None:
            generated = entity.known if entity.definition.source == "generated" else None
            self._use(entity, self._provider.identify(generated) if generated is not None else entity.definition)
        self._write_record(entity, configured=configured)

    def scenes_changed(self, entity: Entity) -> None:
        """Show in DEFINITIONS which scenes the device remembers."""
        self._write_record(entity, configured=self.configured(entity))

    async def written(self) -> int:
        """Return the revision of DEFINITIONS that shows everything so far, 0 if nothing was written in this life."""
        return 0 if self._written is None else await self._written

    # ---- inside ----------------------------------------------------------------------------------------------------------

    def _identify(self, entity: Entity) -> Definition | None:
        assert entity.known is not None
        found: Definition | None = None
        if entity.known.logical_type != LogicalType.COORDINATOR and entity.known.interview in (
            InterviewState.SUCCESSFUL,
            InterviewState.FAILED,
        ):
            found = self._provider.identify(entity.known)
        self._use(entity, found)
        if entity.opening:
            return found
        stored = self._records.get(entity.ieee)
        if found is not None and found.source == "generated" and (stored is None or stored.source != "generated"):
            log.warning(
                "device_in_no_catalogue",
                ieee=entity.ieee,
                model=entity.known.model,
                manufacturer=entity.known.manufacturer,
            )
        self._write_record(entity, configured=still_configured(stored, entity))
        return found

    def opened(self, entity: Entity, definition: Definition | None) -> None:
        """A definition that runs elsewhere is ready on a device, or cannot be used there (None)."""
        entity.opening = False
        stored = self._records.get(entity.ieee)
        self._assemble(entity, definition)
        self._write_record(entity, configured=still_configured(stored, entity))

    def refresh(self, entity: Entity) -> None:
        """What a device exposes may have changed: ask its definition again."""
        if entity.assembled is not None:
            self._use(entity, entity.definition)

    def _use(self, entity: Entity, definition: Definition | None) -> None:
        if definition is None or definition.elsewhere is None:
            entity.opening = False
            self._assemble(entity, definition)
            return
        if entity.assembled is None or entity.definition.elsewhere != definition.elsewhere:
            entity.opening = True
            entity.use(None)
        self.on_elsewhere(entity, definition)

    def _assemble(self, entity: Entity, definition: Definition | None) -> None:
        try:
            entity.use(definition)
        except Exception:  # a defect in one definition costs its devices their conversion, nothing else
            log.exception("definition_unusable", ieee=entity.ieee, model=entity.known.model if entity.known else None)
            entity.use(None)

    def _write_record(self, entity: Entity, *, configured: bool) -> None:
        self._put(entity.ieee, record_of(entity, configured=configured))

    def _put(self, ieee: Ieee, record: DefinitionRecord) -> None:
        if self._records.get(ieee) != record:
            self._records[ieee] = record
            self._written = self._definitions.put(ieee, record)

    def _import(self, entity: Entity) -> None:
        entity.state = self._imported.pop(entity.ieee)
        self.on_imported(entity)

    def _remove(self, ieee: Ieee) -> None:
        """The device is gone. Its cache waits for it in memory, as long as this process runs (behaviour 12.10)."""
        entity = self._entities.get(ieee)
        if self._records.pop(ieee, None) is not None:
            self._definitions.delete(ieee)
        if entity is not None:
            entity.depart()
            self.on_removed(entity)
        self._count()

    def _count(self) -> None:
        DEVICES.set(sum(entity.known is not None for entity in self))


def _restore(entity: Entity, stored: EntityState) -> None:
    try:
        entity.restore(stored)
    except msgspec.MsgspecError as error:  # written by another version of us: start it afresh
        log.warning("stored_state_unreadable", ieee=entity.ieee, error=str(error))


def _redefined(before: Definition | None, after: Definition | None) -> bool:
    """Tell whether a definition of the household came, went or is another one now."""
    if not any(definition is not None and definition.source == "external" for definition in (before, after)):
        return False
    if before is None or after is None:
        return True
    here = before.elsewhere is None and after.elsewhere is None
    return before.parts is not after.parts if here else before.elsewhere != after.elsewhere


def _without_last_seen(description: DeviceDescription) -> DeviceDescription:
    return msgspec.structs.replace(description, last_seen_s=None)
