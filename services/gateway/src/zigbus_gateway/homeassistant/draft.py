"""One entity on its way to Home Assistant, and the small words that every kind of entity is made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from zigbus.contract.base import Json, JsonObject
from zigbus.contract.definitions import Expose
from zigbus_gateway.json_text import to_json

PUBLISHED, SETTABLE = 1, 2  # bits of `Expose.access`


@dataclass(slots=True)
class Draft:
    """An entity before it gets what all have in common. Topics in `payload` are complete."""

    component: str  # of Home Assistant: `light`, `sensor` ...
    object_id: str  # distinguishes it from others of its device; part of topic and unique id
    payload: JsonObject
    defaults: JsonObject = field(default_factory=dict)  # keys that no state message may lack, with their value then
    kind: str = ""  # what entities of a group and its members have in common, empty if groups do not show it
    endpoint: str | None = None  # name of the device's endpoint behind it
    id_suffix: str = ""  # what the suggested entity id has at its end
    wishes: JsonObject = field(default_factory=dict)  # what the user wants otherwise
    depends: bool = True  # False: available even if the bridge is not


@dataclass(frozen=True, slots=True)
class Subject:
    """The device or group that entities are made for."""

    base_topic: str
    name: str  # friendly name
    exposes: tuple[Expose, ...]  # of the device, or of all members of the group
    is_group: bool = False
    model: str | None = None
    action_sensor: bool = False  # `homeassistant.legacy_action_sensor`
    action_events: bool = False  # `homeassistant.experimental_event_entities`

    def endpoint_of(self, expose: Expose) -> str | None:
        """The endpoint of an entity made from this; entities of groups have none."""
        return None if self.is_group else expose.endpoint

    def property_of(self, expose: Expose) -> str:
        """The property of a feature, for groups without endpoint."""
        return bare_property(expose) if self.is_group else property_of(expose)

    def state_topic(self, endpoint: str | None = None) -> str:
        """Where states are published; lights and covers with an endpoint have a topic of their own."""
        return "/".join(part for part in (self.base_topic, self.name, endpoint) if part)

    def command_topic(self, endpoint: str | None = None, key: str | None = None) -> str:
        """Where commands are heard."""
        return "/".join(part for part in (self.base_topic, self.name, endpoint, "set", key) if part)

    def find(self, kind: str, *names: str, published: bool = False) -> Expose | None:
        """The first expose of this type and name."""
        found = (e for e in self.exposes if e.type == kind and e.name in names)
        return next((e for e in found if not published or is_published(e)), None)


def feature(expose: Expose, *names: str, kind: str | None = None) -> Expose | None:
    """The first feature with one of these names."""
    found = (f for f in expose.features or () if f.name in names)
    return next((f for f in found if kind is None or f.type == kind), None)


def property_of(expose: Expose) -> str:
    """The key in state messages."""
    return expose.property or expose.name or ""


def bare_property(expose: Expose) -> str:
    """The key in state messages, without the endpoint behind it."""
    return property_of(expose).removesuffix(f"_{expose.endpoint}") if expose.endpoint else property_of(expose)


def is_published(expose: Expose) -> bool:
    """Whether state messages carry it."""
    return bool((expose.access or 0) & PUBLISHED)


def is_settable(expose: Expose) -> bool:
    """Whether commands may carry it."""
    return bool((expose.access or 0) & SETTABLE)


def value_of(key: str) -> str:
    """The template of a value in a state message."""
    return f'{{{{ value_json["{key}"] }}}}'


def choose(*branches: tuple[str, str], otherwise: str) -> str:
    """The template of the first result whose condition holds."""
    words = ["if", *["elif"] * (len(branches) - 1)]
    tests = "".join(f"{{% {word} {test} %}}{result}" for word, (test, result) in zip(words, branches, strict=True))
    return f"{tests}{{% else %}}{otherwise}{{% endif %}}"


def at_endpoint(name: str, endpoint: str | None) -> str:
    """An object id, told apart by its endpoint."""
    return f"{name}_{endpoint}" if endpoint else name


def label_at(expose: Expose, endpoint: str | None) -> str | None:
    """What an entity beside others is called."""
    return f"{expose.label} {endpoint}" if endpoint else expose.label


def name_at(endpoint: str | None) -> str | None:
    """What the main entity of a device is called: nothing, or like its endpoint."""
    return endpoint[:1].upper() + endpoint[1:] if endpoint else None


def given(**payload: Json) -> JsonObject:
    """The keys that have a value."""
    return {key: value for key, value in payload.items() if value is not None}


def text(value: Json) -> str:
    """A value as the text that stands for it in commands and options."""
    return value if isinstance(value, str) else to_json(value).decode()


def unique(values: Iterable[Json]) -> list[Json]:
    """Each value once, in order."""
    return list(dict.fromkeys(values))
