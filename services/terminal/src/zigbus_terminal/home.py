"""The home as the tools see it: devices with their names, definitions and states. `Home` itself is pure."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from zigbus.bus import Bus
from zigbus.contract import storage
from zigbus.contract.base import Ieee, JsonObject
from zigbus.contract.definitions import DefinitionRecord
from zigbus.contract.devices import DeviceDescription, LogicalType
from zigbus.contract.household import Name
from zigbus.contract.updates import EntityState


@dataclass(frozen=True)
class Target:
    """What a name stands for: a device or a group (one of them is set), and the endpoint that was named with it."""

    ieee: Ieee | None = None
    group: int | None = None
    endpoint: str | None = None


@dataclass(frozen=True)
class Row:
    """One device with everything that is known of it."""

    name: str
    ieee: Ieee
    model: str | None
    vendor: str | None
    type: str
    interview: str
    lqi: int | None
    last_seen_s: float | None
    state: JsonObject


@dataclass(frozen=True)
class Home:
    """Tables of the bus, by ieee or group id."""

    devices: Mapping[str, DeviceDescription]
    definitions: Mapping[str, DefinitionRecord]
    names: Mapping[str, Name]
    states: Mapping[str, EntityState]

    def name_of(self, key: str) -> str:
        """Return the friendly name of an ieee or group id; the key itself while it has none."""
        name = self.names.get(key)
        return name.friendly_name if name is not None else key

    def find(self, text: str) -> Target | None:
        """Return what a friendly name, ieee or group id stands for, also as NAME/ENDPOINT. None: nothing does."""
        key = self._key_of(text)
        if key is not None:
            return _target(key, None)
        owner, slash, endpoint = text.rpartition("/")
        key = self._key_of(owner) if slash else None
        if key is None or not (endpoint.isdecimal() or endpoint in self._endpoints_of(key)):
            return None
        return _target(key, endpoint)

    def rows(self) -> list[Row]:
        """Return all devices but coordinators, by name."""
        keys = (key for key, device in self.devices.items() if device.logical_type is not LogicalType.COORDINATOR)
        return sorted((self.row(key) for key in keys), key=lambda row: row.name)

    def row(self, key: str) -> Row:
        """Return what is known of one device."""
        device, definition, state = self.devices[key], self.definitions.get(key), self.states.get(key)
        return Row(
            name=self.name_of(key),
            ieee=key,
            model=definition.model if definition is not None and definition.model else device.model,
            vendor=definition.vendor if definition is not None and definition.vendor else device.manufacturer,
            type=device.logical_type.value,
            interview=device.interview.value,
            lqi=state.lqi if state is not None else None,
            last_seen_s=max(
                (at for at in (device.last_seen_s, state.last_seen_s if state else None) if at), default=None
            ),
            state=state.state if state is not None else {},
        )

    def _key_of(self, text: str) -> str | None:
        if text.lower() in self.devices:
            return text.lower()
        for key, name in self.names.items():
            if name.friendly_name == text or (key == text and not key.startswith("0x")):
                return key
        return None

    def _endpoints_of(self, key: str) -> Mapping[str, int]:
        definition = self.definitions.get(key)
        return definition.endpoint_names if definition is not None else {}


async def read_home(bus: Bus) -> Home:
    """Return a live view of the home: the tables go on following the bus while it is open."""
    devices, definitions, names, states = await asyncio.gather(
        bus.table(storage.DEVICES), bus.table(storage.DEFINITIONS), bus.table(storage.NAMES), bus.table(storage.STATE)
    )
    return Home(devices, definitions, names, states)


def _target(key: str, endpoint: str | None) -> Target:
    return Target(ieee=key, endpoint=endpoint) if key.startswith("0x") else Target(group=int(key), endpoint=endpoint)
