"""The settings of a household as one value: what the files say, what the environment adds, what holds in effect.

Every change gives a new value; writing and publishing it is somebody else's work.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from zigbus.contract.base import Json, JsonObject
from zigbus_registry.jsonvalues import overlaid, patched, without_nulls
from zigbus_registry.options_table import DEVICE, GROUP
from zigbus_registry.settings_table import ROOT, default_settings

SECRETS = (("advanced", "network_key"), ("mqtt", "password"), ("frontend", "auth_token"))
KINDS = {"device": ("devices", DEVICE), "group": ("groups", GROUP)}
NULL_MEANS_SOMETHING = ("homeassistant",)  # null there: no discovery
HELD_BACK = ("mqtt", "serial", "advanced")  # sections whose changes disturb a running home; others may count at once
DEFAULT_BIND_GROUP = "901"  # known to every stick, never part of the settings


@dataclass(frozen=True)
class Settings:
    """One state of the settings. `persisted` is what belongs into the files, references resolved."""

    persisted: JsonObject
    environment: JsonObject = field(default_factory=dict)
    log_directory: str = "log/%TIMESTAMP%"
    debug: bool = False

    @cached_property
    def effective(self) -> JsonObject:
        """What holds: defaults, overlaid with the files, overlaid with the environment."""
        return overlaid(default_settings(self.log_directory, debug=self.debug), self.persisted, self.environment)

    @cached_property
    def public(self) -> JsonObject:
        """The effective settings without secrets."""
        result = dict(self.effective)
        for section, key in SECRETS:
            if isinstance(result.get(section), dict):
                result[section] = {name: value for name, value in result[section].items() if name != key}
        return result

    @property
    def devices(self) -> Mapping[str, JsonObject]:
        """Names and own options by ieee, lower-case."""
        return {ieee.lower(): options for ieee, options in (self.effective.get("devices") or {}).items()}

    @property
    def groups(self) -> Mapping[str, JsonObject]:
        """Names and own options by group id."""
        return {
            key: options for key, options in (self.effective.get("groups") or {}).items() if key != DEFAULT_BIND_GROUP
        }

    def own_options(self, kind: str, key: str) -> JsonObject:
        """Return what the settings say about an entity itself, without its name."""
        entity = (self.devices if kind == "device" else self.groups).get(key, {})
        return {name: value for name, value in entity.items() if name != "friendly_name"}

    def effective_options(self, kind: str, key: str) -> JsonObject:
        """Return the options of an entity with the defaults of `device_options`; its own win key by key."""
        shared = (self.effective.get("device_options") or {}) if kind == "device" else {}
        return {**shared, **self.own_options(kind, key)}

    def with_settings(self, options: JsonObject) -> Settings:
        """Merge anything into the settings: null deletes a key, lists are replaced."""
        return replace(self, persisted=patched(self.persisted, options, NULL_MEANS_SOMETHING))

    def until_restart(self, started: Settings) -> Settings:
        """Return what holds until the restart that some changes need: these still have the values of `started`."""
        persisted = overlaid(self.persisted)
        for path in _restart_paths():
            _copy_key(started.persisted, persisted, path)
        return replace(self, persisted=persisted)

    def with_device(self, ieee: str) -> Settings:
        """Give a device that is not known an entry with its ieee as name."""
        if ieee in self.devices:
            return self
        return self._with("devices", ieee, {"friendly_name": ieee})

    def without_device(self, ieee: str) -> Settings:
        """Forget a device's name and options."""
        devices = {
            key: options for key, options in (self.persisted.get("devices") or {}).items() if key.lower() != ieee
        }
        return replace(self, persisted={**self.persisted, "devices": devices})

    def with_group(self, key: str, name: str) -> Settings:
        """Add a group."""
        return self._with("groups", key, {"friendly_name": name})

    def without_group(self, key: str) -> Settings:
        """Forget a group's name and options."""
        groups = {other: options for other, options in (self.persisted.get("groups") or {}).items() if other != key}
        return replace(self, persisted={**self.persisted, "groups": groups})

    def with_blocked(self, ieee: str) -> Settings:
        """Put a device on the block list."""
        blocked = self.persisted.get("blocklist") or []
        return self if ieee in blocked else replace(self, persisted={**self.persisted, "blocklist": [*blocked, ieee]})

    def is_name_in_use(self, name: str) -> bool:
        """Tell whether a name, ieee or group id is taken."""
        entities = (*self.devices.values(), *self.groups.values())
        return (
            name in self.devices
            or name in self.groups
            or any(entity.get("friendly_name") == name for entity in entities)
        )

    def with_name(self, kind: str, key: str, name: str) -> Settings:
        """Call an entity `name`."""
        part = KINDS[kind][0]
        entity = (self.devices if kind == "device" else self.groups).get(key, {})
        return self._with(part, key, {**entity, "friendly_name": name})

    def with_options(self, kind: str, key: str, options: JsonObject) -> Settings:
        """Merge options into those of an entity: null deletes, lists are replaced, the name stays."""
        part = KINDS[kind][0]
        entity = (self.devices if kind == "device" else self.groups).get(key, {"friendly_name": key})
        wanted = {name: value for name, value in options.items() if name != "friendly_name"}
        return self._with(part, key, patched(without_nulls(entity, NULL_MEANS_SOMETHING), wanted, NULL_MEANS_SOMETHING))

    def _with(self, part: str, key: str, entity: JsonObject) -> Settings:
        entities = self.persisted.get(part) or {}
        spelled = next((name for name in entities if name.lower() == key), key)  # the file may have it in capitals
        return replace(self, persisted={**self.persisted, part: {**entities, spelled: entity}})


def settings_need_restart(options: JsonObject) -> bool:
    """Tell whether some of these settings take effect only after a restart."""
    return any(_has(options, path) for path, part in ROOT.walk() if part.restart)


def needs_restart(kind: str, options: JsonObject) -> bool:
    """Tell whether a change of these options of a device or group takes effect only after a restart."""
    return bool(KINDS[kind][1].restart_keys() & options.keys())


def _restart_paths() -> list[tuple[str, ...]]:
    return [path for path, part in ROOT.walk() if part.restart and path[0] in HELD_BACK]


def _has(value: Json, path: tuple[str, ...]) -> bool:
    for key in path:
        if not isinstance(value, dict) or key not in value:
            return False
        value = value[key]
    return True


def _copy_key(source: JsonObject, target: JsonObject, path: tuple[str, ...]) -> None:
    """Make the key at `path` of `target` what it is in `source`, missing if it is missing there."""
    *parents, key = path
    for parent in parents:
        source = source.get(parent) or {}
        if parent not in target and key not in source:
            return
        target = target.setdefault(parent, {})
    if key in source:
        target[key] = source[key]
    else:
        target.pop(key, None)
