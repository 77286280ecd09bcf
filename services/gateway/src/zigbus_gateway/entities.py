"""Devices and groups as a frontend sees them: what they are called, and how to find the one that somebody means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from zigbus.contract.base import Json, JsonObject
from zigbus.contract.definitions import DefinitionRecord
from zigbus.contract.devices import DeviceDescription, LogicalType
from zigbus.contract.household import EntityOptions, Group, Name

COORDINATOR_NAME = "Coordinator"
DEFAULT_BIND_GROUP = "901"
DEFAULT_BIND_GROUP_NAME = "default_bind_group"
NO_OPTIONS = EntityOptions()


@dataclass(frozen=True, slots=True)
class Entity:
    """One device (then `ieee` is set) or group (then `group` is set). `key` is its key in the buckets."""

    key: str
    name: str
    ieee: str | None = None
    group: int | None = None
    is_coordinator: bool = False


@dataclass(frozen=True, slots=True)
class PublishOptions:
    """The options of one entity that shape its state messages (behaviour.md 4.5, 4.6)."""

    retain: bool = False
    qos: int = 0
    retention_s: int | None = None
    filtered: tuple[re.Pattern[str], ...] = ()

    @classmethod
    def of(cls, effective: JsonObject) -> PublishOptions:
        """Read them from the effective options; what makes no sense counts as not given."""
        qos, retention = effective.get("qos"), effective.get("retention")
        return cls(
            retain=effective.get("retain") is True,
            qos=qos if qos in (0, 1, 2) else 0,
            retention_s=int(retention) if isinstance(retention, (int, float)) and retention > 0 else None,
            filtered=tuple(_patterns(effective.get("filtered_attributes"))),
        )


def _patterns(expressions: Json) -> list[re.Pattern[str]]:
    found = []
    for expression in expressions if isinstance(expressions, list) else ():
        try:
            found.append(re.compile(f"^{expression}$"))
        except re.error:
            found.append(re.compile(f"^{re.escape(str(expression))}$"))
    return found


class Household:
    """A live picture made of the buckets. Whoever fills it calls `forget_lookups` when names or devices change."""

    def __init__(
        self,
        devices: Mapping[str, DeviceDescription],
        definitions: Mapping[str, DefinitionRecord],
        names: Mapping[str, Name],
        options: Mapping[str, EntityOptions],
        groups: Mapping[str, Group],
    ) -> None:
        self.devices, self.definitions, self.names, self.options, self.groups = (
            devices,
            definitions,
            names,
            options,
            groups,
        )
        self._by_text: dict[str, Entity] = {}
        self._by_key: dict[str, Entity] = {}
        self._publish_options: dict[str, PublishOptions] = {}

    def forget_lookups(self) -> None:
        """Names, devices or groups changed."""
        self._by_text, self._by_key = {}, {}

    def forget_options(self, key: str) -> None:
        """The options of an entity changed."""
        self._publish_options.pop(key, None)

    def by_key(self, key: str) -> Entity | None:
        """Return the entity with this bucket key: ieee or group id."""
        if not self._by_key:
            self._index()
        return self._by_key.get(key)

    def find(self, text: str) -> Entity | None:
        """Look an entity up: coordinator, ieee, device name, group id, group name, in this order (behaviour.md 2.2)."""
        if not self._by_text:
            self._index()
        found = self._by_text.get(text)
        return self._by_text.get(COORDINATOR_NAME) if found is None and text.lower() == "coordinator" else found

    def find_device(self, text: str) -> Entity | None:
        """Look up a device by name or ieee."""
        found = self.find(text)
        return found if found is not None and found.ieee is not None else None

    def find_with_endpoint(self, text: str) -> tuple[Entity, str | None] | None:
        """Look up the target of a command topic: the whole text first, else its last part is an endpoint (mqtt.md 5.4)."""
        whole = self.find(text)
        if whole is not None:
            return whole, None
        target, slash, endpoint = text.rpartition("/")
        found = self.find(target) if slash else None
        return None if found is None else (found, endpoint)

    def publish_options(self, key: str) -> PublishOptions:
        """Return how the state of an entity is published."""
        found = self._publish_options.get(key)
        if found is None:
            found = self._publish_options[key] = PublishOptions.of(self.options.get(key, NO_OPTIONS).effective)
        return found

    def has_endpoint(self, ieee: str, endpoint: str) -> bool:
        """Whether a device has an endpoint of this name or number."""
        definition = self.definitions.get(ieee)
        if endpoint == "default" or (definition is not None and endpoint in definition.endpoint_names):
            return True
        return endpoint.isdecimal() and int(endpoint) in self.devices[ieee].endpoints

    def endpoint_number(self, ieee: str, given: Json) -> int | None:
        """Return the number of an endpoint by name or number, None: the default one; None if there is no such endpoint."""
        definition, numbers = self.definitions.get(ieee), self.devices[ieee].endpoints
        names = definition.endpoint_names if definition is not None else {}
        text = "default" if given is None or given == "" else str(given)
        if text in names:
            return names[text]
        if text == "default":
            return next(iter(numbers), None)
        return int(text) if text.isdecimal() and int(text) in numbers else None

    def coordinator(self) -> DeviceDescription | None:
        """Return the entry of the (first) coordinator."""
        return next((d for d in self.devices.values() if d.logical_type is LogicalType.COORDINATOR), None)

    def _index(self) -> None:
        entities = [*self._device_entities(), *self._group_entities()]
        self._by_key = {entity.key: entity for entity in entities}
        texts: dict[str, Entity] = {}
        for entity in entities:
            texts.setdefault(entity.key, entity)
        for entity in entities:
            texts.setdefault(entity.name, entity)
        self._by_text = texts

    def _device_entities(self) -> list[Entity]:
        coordinators = [key for key, device in self.devices.items() if device.logical_type is LogicalType.COORDINATOR]
        found = [Entity(key, COORDINATOR_NAME, ieee=key, is_coordinator=True) for key in coordinators]
        others = [key for key in self.devices if key not in coordinators]
        return found + [
            Entity(key, self.names[key].friendly_name if key in self.names else key, ieee=key) for key in others
        ]

    def _group_entities(self) -> list[Entity]:
        return [Entity(key, self.name_of_group(key), group=int(key)) for key in self.groups]

    def name_of_group(self, key: str) -> str:
        """Return what a group is called; the default bind group has a fixed name (behaviour.md 2.5)."""
        if key == DEFAULT_BIND_GROUP:
            return DEFAULT_BIND_GROUP_NAME
        return self.names[key].friendly_name if key in self.names else key
