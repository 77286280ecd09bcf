"""From files to usable settings: read, migrate, add what was learned, check, make random values. Writes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from zigbus.contract.base import JsonObject
from zigbus.contract.household import SettingChange
from zigbus_registry.changes import applied
from zigbus_registry.environment import PREFIX, environment_settings
from zigbus_registry.folder import PARTS, DataFolder, Files, InvalidFile
from zigbus_registry.generate import GENERATE, generated
from zigbus_registry.icons import icon_file
from zigbus_registry.jsonvalues import overlaid
from zigbus_registry.migrations import Step, UnsupportedVersion, migrated
from zigbus_registry.references import file_names
from zigbus_registry.rules import settings_errors
from zigbus_registry.settings import Settings
from zigbus_registry.settings_table import VERSION, default_settings

NETWORK_FILES = ("database.db", "coordinator_backup.json")  # one of them is there: the network exists


class InvalidConfiguration(Exception):
    """The settings cannot be used. `errors` says why, one fault each, in the contract's words."""

    def __init__(self, errors: Sequence[str]) -> None:
        super().__init__("; ".join(errors))
        self.errors = list(errors)


@dataclass(frozen=True)
class Loaded:
    """Usable settings, and what must be written so that the files say the same."""

    settings: Settings
    on_disk: JsonObject  # what the files say
    base: JsonObject  # the same in version 5, or the first settings; learned changes are relative to it
    steps: tuple[Step, ...] = ()  # migrations that were made
    icons: Mapping[str, bytes] = field(default_factory=dict)  # pictures to be stored, by file name
    is_new: bool = False  # there was no file


def open_folder(folder: DataFolder, environment: Mapping[str, str]) -> DataFolder:
    """Return the folder with names of device and group files from the environment, if it has some."""
    values = environment_settings(environment)
    named = {part: values[part] for part in PARTS if file_names(values.get(part)) is not None}
    return DataFolder(folder.path, parts=named) if named else folder


def load(
    folder: DataFolder,
    environment: Mapping[str, str],
    learned: Sequence[SettingChange] = (),
    *,
    assume: JsonObject | None = None,
) -> Loaded:
    """Load the settings. Raises InvalidConfiguration; a missing file is no error, it gives new settings.

    `assume`: settings that are taken for given while checking, where nothing else says them.
    """
    try:
        files: Files | None = folder.read()
    except FileNotFoundError:
        files = None
    except InvalidFile as error:
        raise InvalidConfiguration([error.error]) from error
    on_disk = {} if files is None else files.settings
    values = {
        key: value
        for key, value in environment_settings(environment).items()
        if key not in PARTS or isinstance(value, dict)
    }
    try:
        base, steps = migrated(first_settings(environment) if files is None else on_disk)
    except UnsupportedVersion as error:
        raise InvalidConfiguration([error.error]) from error
    current = _asked_for(applied(base, learned), values)
    errors = settings_errors(overlaid(assume or {}, current, values))
    if errors:
        raise InvalidConfiguration(errors)
    network_is_new = not any((folder.path / name).exists() for name in NETWORK_FILES)
    wanted, icons = with_icon_files(
        generated(current, network_is_new=network_is_new and "network_key" not in values.get("advanced", {}))
    )
    settings = Settings(wanted, values, str(folder.path / "log" / "%TIMESTAMP%"), debug=bool(environment.get("DEBUG")))
    return Loaded(settings, on_disk, base, tuple(steps), icons, files is None)


def _asked_for(settings: JsonObject, environment: JsonObject) -> JsonObject:
    """Move GENERATE from the environment into the settings, so that what is made is the same at the next start."""
    advanced = environment.get("advanced", {})
    asked = [key for key, value in advanced.items() if value == GENERATE]
    for key in asked:
        del advanced[key]
    missing = {key: GENERATE for key in asked if settings.get("advanced", {}).get(key) is None}
    return overlaid(settings, {"advanced": missing}) if missing else settings


def first_settings(environment: Mapping[str, str]) -> JsonObject:
    """Return what a new settings file says (contract/configuration.md 7).

    A broker that the environment names is not written down: who started us chose it, and may choose another next time.
    """
    defaults = default_settings("")
    server = {} if environment.get(f"{PREFIX}MQTT_SERVER") else {"server": "mqtt://localhost:1883"}
    return {
        "version": VERSION,
        "mqtt": {"base_topic": defaults["mqtt"]["base_topic"], **server},
        "serial": {},
        "advanced": {
            "log_level": defaults["advanced"]["log_level"],
            "channel": defaults["advanced"]["channel"],
            "network_key": GENERATE,
            "pan_id": GENERATE,
            "ext_pan_id": GENERATE,
            "enable_external_js": False,
        },
        "frontend": {"enabled": defaults["frontend"]["enabled"], "port": defaults["frontend"]["port"]},
        "homeassistant": {"enabled": defaults["homeassistant"]["enabled"]},
    }


def with_icon_files(settings: JsonObject) -> tuple[JsonObject, dict[str, bytes]]:
    """Replace base64 icons of devices by names of files; returns the settings and the files' contents."""
    icons: dict[str, bytes] = {}
    devices = dict(settings.get("devices") or {})
    for ieee, options in devices.items():
        found = icon_file(options.get("icon"))
        if found is not None:
            icons[found[0]] = found[1]
            devices[ieee] = {**options, "icon": found[0]}
    return ({**settings, "devices": devices} if icons else settings), icons
