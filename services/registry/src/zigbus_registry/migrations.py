"""Brings settings of older versions to version 5, one step at a time, and says what each step did.

Source: contract/configuration.md 6. Unlike the original, `legacy` of devices and of device_options is kept
(contract/behaviour.md 8.5).
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field

from zigbus.contract.base import Json, JsonObject
from zigbus_registry.jsonvalues import javascript_text
from zigbus_registry.settings_table import VERSION

Path = tuple[str, ...]

MOVED: tuple[tuple[Path, Path], ...] = (
    (("advanced", "homeassistant_discovery_topic"), ("homeassistant", "discovery_topic")),
    (("advanced", "homeassistant_status_topic"), ("homeassistant", "status_topic")),
    (("advanced", "baudrate"), ("serial", "baudrate")),
    (("advanced", "rtscts"), ("serial", "rtscts")),
    (("experimental", "transmit_power"), ("advanced", "transmit_power")),
    (("experimental", "output"), ("advanced", "output")),
    (("ban",), ("blocklist",)),
    (("whitelist",), ("passlist",)),
)
REMOVED: tuple[tuple[Path, str], ...] = (
    (
        ("homeassistant", "legacy_triggers"),
        "Use `homeassistant.legacy_action_sensor` if automations need the emptied action.",
    ),
    (("homeassistant", "legacy_entity_attributes"), "Attributes have entities of their own."),
    (
        ("advanced", "homeassistant_legacy_triggers"),
        "Use `homeassistant.legacy_action_sensor` if automations need the emptied action.",
    ),
    (("advanced", "homeassistant_legacy_entity_attributes"), "Attributes have entities of their own."),
    (("permit_join",), "The network is closed at start; open it by request."),
    (("ota", "ikea_ota_use_test_url"), "There is no test index any more."),
    (("advanced", "ikea_ota_use_test_url"), "There is no test index any more."),
    (("advanced", "legacy_api"), "The topics bridge/config and bridge/log are gone; use bridge/request."),
    (("advanced", "legacy_availability_payload"), "Availability and bridge/state are JSON."),
    (("advanced", "soft_reset_timeout"), "It has no effect any more."),
    (("advanced", "report"), "Reporting is set up by each definition."),
    (("advanced", "availability_timeout"), "See the section `availability`."),
    (("advanced", "availability_blocklist"), "Use `availability: false` of the device."),
    (("advanced", "availability_passlist"), "Use `availability: true` of the device."),
    (("advanced", "availability_blacklist"), "Use `availability: false` of the device."),
    (("advanced", "availability_whitelist"), "Use `availability: true` of the device."),
    (("experimental",), "Its settings have moved."),
    (("external_converters",), "Put the files into the folder external_converters."),
)
SWITCHED = ("homeassistant", "frontend", "availability")


class UnsupportedVersion(Exception):
    """`version` of the settings is none that we know."""

    def __init__(self, version: Json) -> None:
        known = ",".join(["undefined", *(str(number) for number in range(2, VERSION + 1))])
        self.error = (
            f"Your configuration.yaml has an unsupported version {javascript_text(version)}, expected one of {known}."
        )
        super().__init__(self.error)


@dataclass
class Step:
    """One migration that was made: from version `number` to the next, with a note per change."""

    number: int
    notes: list[str] = field(default_factory=list)
    after: JsonObject = field(default_factory=dict)  # the settings when it was done

    @property
    def log_name(self) -> str:
        """Name of the file that the notes go to."""
        return f"migration-{self.number}-to-{self.number + 1}.log"

    @property
    def backup_name(self) -> str:
        """Name of the copy of the settings made before this step."""
        return f"configuration_backup_v{self.number}.yaml"


def migrated(settings: JsonObject) -> tuple[JsonObject, list[Step]]:
    """Return the settings as version 5 and the steps that led there. Raises UnsupportedVersion."""
    version = settings.get("version")
    if version is None:
        version = 1
    elif isinstance(version, bool) or version not in range(2, VERSION + 1):
        raise UnsupportedVersion(version)
    result, steps = copy.deepcopy(settings), []
    for number in range(int(version), VERSION):
        step = Step(number)
        STEPS[number](result, step)
        result["version"] = number + 1
        step.after = copy.deepcopy(result)
        steps.append(step)
    return result, steps


def _to_2(settings: JsonObject, step: Step) -> None:
    for source, target in MOVED:
        _move(settings, source, target, step)
    if _get(settings, ("advanced", "log_level")) == "warn":
        settings["advanced"]["log_level"] = "warning"
        step.notes.append("[CHANGE] `advanced.log_level`: `warn` is now called `warning`.")
    for path, reason in REMOVED:
        if _pop(settings, path) is not None:
            step.notes.append(f"[REMOVAL] `{'.'.join(path)}` was removed. {reason}")
    for part, key in (("devices", "retrieve_state"), ("groups", "retrieve_state"), ("groups", "devices")):
        for entity, options in _mappings(settings.get(part)):
            if options.pop(key, None) is not None:
                step.notes.append(f"[REMOVAL] `{part}.{entity}.{key}` was removed. {_why(key)}")


def _why(key: str) -> str:
    return "Members of groups are kept in the devices." if key == "devices" else "States are kept over restarts."


def _move(settings: JsonObject, source: Path, target: Path, step: Step) -> None:
    value = _pop(settings, source)
    if value is None:
        return
    present = _get(settings, target)
    if isinstance(value, list) and isinstance(present, list):
        _set(settings, target, [*present, *(item for item in value if item not in present)])
    elif present is None and _get(settings, target[:-1]) is not False:
        _set(settings, target, value)
    else:
        reason = "is set already" if present is not None else "belongs to a part that is switched off"
        step.notes.append(f"[REMOVAL] `{'.'.join(source)}` was removed: `{'.'.join(target)}` {reason}.")
        return
    step.notes.append(f"[TRANSFER] `{'.'.join(source)}` is now `{'.'.join(target)}`.")


def _to_3(settings: JsonObject, step: Step) -> None:
    for section in SWITCHED:
        value = settings.get(section)
        if isinstance(value, bool):
            settings[section] = {"enabled": value}
            step.notes.append(f"[SPECIAL] `{section}: {str(value).lower()}` is now `{section}.enabled`.")
        elif isinstance(value, dict):
            settings[section] = {**value, "enabled": True}
            step.notes.append(
                f"[SPECIAL] `{section}` was on because it was there; it is now switched by `{section}.enabled`."
            )


def _to_4(settings: JsonObject, step: Step) -> None:
    """Icons become files; whoever writes the settings does that for every data URL (see `icons`)."""
    for device, options in _mappings(settings.get("devices")):
        if str(options.get("icon", "")).startswith("data:image/"):
            step.notes.append(f"[CHANGE] The icon of `devices.{device}` is now a file in the folder device_icons.")


def _to_5(settings: JsonObject, step: Step) -> None:
    """Only `state.json` changes: see `state_file.without_updates`."""
    del settings
    step.notes.append("[SPECIAL] `update` was removed from every state in state.json; it is found out anew.")


STEPS: dict[int, Callable[[JsonObject, Step], None]] = {1: _to_2, 2: _to_3, 3: _to_4, 4: _to_5}


def _mappings(section: Json) -> list[tuple[str, JsonObject]]:
    return (
        [(key, value) for key, value in section.items() if isinstance(value, dict)] if isinstance(section, dict) else []
    )


def _get(settings: JsonObject, path: Path) -> Json:
    node: Json = settings
    for step in path:
        node = node.get(step) if isinstance(node, dict) else None
    return node


def _set(settings: JsonObject, path: Path, value: Json) -> None:
    for step in path[:-1]:
        if not isinstance(settings.get(step), dict):
            settings[step] = {}  # also in place of `homeassistant: true`; a mapping means switched on in version 1
        settings = settings[step]
    settings[path[-1]] = value


def _pop(settings: JsonObject, path: Path) -> Json:
    parent = _get(settings, path[:-1])
    return parent.pop(path[-1], None) if isinstance(parent, dict) else None
