"""One device as the converter knows it: descriptors, definition, cache and memory. No I/O, no clock.

`snapshot` and `restore` are the two directions of its entry in bucket STATE.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from zigbus.contract.base import FailureCode, Ieee, Json, JsonObject, RequestFailed
from zigbus.contract.devices import DeviceDescription, InterviewState
from zigbus.contract.events import AttributeValue
from zigbus.contract.updates import EntityState, Update
from zigbus_converter.assembly import Assembled, assembled
from zigbus_converter.cache import KeyFilter, never_stored
from zigbus_converter.definition import Definition, Member
from zigbus_converter.effects import Effect
from zigbus_converter.pacing import Pace, Waiting, pace_of

NO_OPTIONS: Mapping[str, Json] = {}


class Timer(msgspec.Struct, frozen=True):
    """A running timer of a device."""

    deadline_s: float  # Unix time
    effects: tuple[Effect, ...]
    every_s: float | None = None  # set again with this distance when it fires


class Kept(msgspec.Struct, frozen=True):
    """A set that the sleeping device did not take, to be sent again when it is heard."""

    key: str
    value: Any
    message: JsonObject
    endpoint_name: str | None
    until_s: float  # Unix time after which it is given up


class HeardFrame(msgspec.Struct, frozen=True, array_like=True):
    """What is remembered of a frame to know its repetition."""

    sequence: int
    checksum: int
    at_s: float


class Memory(msgspec.Struct):
    """What the converter remembers of a device beside the cache; stored with it."""

    attributes: JsonObject = {}  # "endpoint/cluster/attribute" in hex -> value
    remembered: JsonObject = {}  # effect Remember
    timers: dict[str, Timer] = {}
    waiting: Waiting | None = None
    heard: dict[int, list[HeardFrame]] = {}  # by endpoint, the last few
    kept: list[Kept] = []
    converted_at_s: float | None = None  # when the last message of the device was converted (`elapsed`)


class Entity:
    """One device. Converters see it as `definition.Device`."""

    def __init__(self, ieee: Ieee) -> None:
        self.ieee = ieee
        self.group: int | None = None  # set for a group, which has no ieee
        self.known: DeviceDescription | None = None  # None while DEVICES has no entry
        self.device_revision = 0
        self.assembled: Assembled | None = None
        self.opening = False  # a definition is matched and being made ready elsewhere: events wait
        self.options: Mapping[str, Json] = NO_OPTIONS
        self.forget: KeyFilter = never_stored(NO_OPTIONS)
        self.pace: Pace = Pace()
        self.state: JsonObject = {}
        self.mind = Memory()
        self.position = 0  # of the last event worked in
        self.sequence = 0  # of the last publication
        self.lqi: int | None = None
        self.last_seen_s: float | None = None

    @property
    def key(self) -> str:
        """Its key in the buckets."""
        return self.ieee if self.group is None else str(self.group)

    @property
    def members(self) -> tuple[Member, ...]:
        """Of a group."""
        return ()

    @property
    def devices(self) -> tuple[Entity, ...]:
        """The devices behind it: itself, or a group's members."""
        return (self,)

    # ---- what converters see (definition.Device) -----------------------------------------------------------------

    @property
    def description(self) -> DeviceDescription:
        """Descriptors and Basic attributes."""
        assert self.known is not None, "conversion starts when the device is known"
        return self.known

    @property
    def definition(self) -> Definition:
        """The matched definition."""
        assert self.assembled is not None, "conversion starts when a definition is matched"
        return self.assembled.definition

    @property
    def memory(self) -> Mapping[str, Json]:
        """What earlier conversions remembered."""
        return self.mind.remembered

    @property
    def attributes(self) -> Mapping[str, Json]:
        """All attribute values heard or written."""
        return self.mind.attributes

    def attribute(self, endpoint: int, cluster: int, attribute: int) -> Json:
        """Last value heard or written of an attribute; None if never."""
        return self.mind.attributes.get(f"{endpoint:x}/{cluster:x}/{attribute:x}")

    def endpoint(self, name: str | None) -> int:
        """Number of an endpoint by name or number; None: the default one. Raises RequestFailed if it has none such."""
        names, numbers = self.definition.endpoints, self.description.endpoints
        if name is None or name == "default":
            return names.get("default") or next(iter(numbers), 1)
        if name in names:
            return names[name]
        if name.isdecimal() and int(name) in numbers:
            return int(name)
        raise RequestFailed.of(
            FailureCode.NOT_FOUND, f"The device has no endpoint '{name}'", ieee=self.ieee, endpoint=name
        )

    def endpoint_name(self, number: int) -> str | None:
        """Name of an endpoint if the definition names it (never "default")."""
        return next((n for n, value in self.definition.endpoints.items() if value == number and n != "default"), None)

    # ---- what the service tells it ---------------------------------------------------------------------------------

    @property
    def converts(self) -> bool:
        """Whether its frames are converted: the interview is over and there is a definition."""
        over = self.known is not None and self.known.interview in (InterviewState.SUCCESSFUL, InterviewState.FAILED)
        return over and self.assembled is not None

    def set_options(self, options: Mapping[str, Json]) -> None:
        """Take effective options; they count from now on."""
        self.options = options
        self.forget = never_stored(options)
        self.pace = pace_of(options)

    def use(self, definition: Definition | None) -> None:
        """Take a definition (or the same again, after descriptors or options changed)."""
        self.assembled = None if definition is None else assembled(definition, self)

    def depart(self) -> None:
        """The device has left: only the cache stays, for the case that it comes back."""
        self.known, self.assembled, self.mind, self.opening = None, None, Memory(), False

    def learn(self, endpoint: int, cluster: int, records: tuple[AttributeValue, ...]) -> None:
        """Remember attribute values that were heard or written."""
        for record in records:
            if record.status == 0 and record.value is not None:
                self.mind.attributes[f"{endpoint:x}/{cluster:x}/{record.id:x}"] = record.value

    def learn_values(self, endpoint: int, cluster: int, values: JsonObject) -> None:
        """Remember attribute values that a definition worked out, by number or by its own name."""
        for attribute, value in values.items():
            place = f"{int(attribute):x}" if attribute.isdecimal() else attribute
            self.mind.attributes[f"{endpoint:x}/{cluster:x}/{place}"] = value

    def next_deadline_s(self) -> float | None:
        """When something of this device is due, None if nothing is."""
        deadlines = [timer.deadline_s for timer in self.mind.timers.values()]
        if self.mind.waiting is not None:
            deadlines.append(self.mind.waiting.deadline_s)
        return min(deadlines, default=None)

    # ---- storage -----------------------------------------------------------------------------------------------------

    def snapshot(self) -> EntityState:
        """Return everything that must survive a restart."""
        return EntityState(
            state=self.state,
            event_position=self.position,
            update_sequence=self.sequence,
            lqi=self.lqi,
            last_seen_s=self.last_seen_s,
            memory={field: value for field in Memory.__struct_fields__ if (value := getattr(self.mind, field))},
        )

    def catch_up(self, update: Update) -> None:
        """Take over what a command made so, if it was published and not stored before the process was killed.

        What a report made so comes again with the report.
        """
        if update.cause == "command" and update.sequence > self.sequence:
            self.state, self.sequence = dict(update.state), update.sequence

    def restore(self, stored: EntityState) -> None:
        """Take over what was stored. Raises msgspec.ValidationError if the memory was written by another version."""
        self.state = dict(stored.state)
        self.position, self.sequence = stored.event_position, stored.update_sequence
        self.lqi, self.last_seen_s = stored.lqi, stored.last_seen_s
        self.mind = msgspec.convert(stored.memory, Memory, str_keys=True)
