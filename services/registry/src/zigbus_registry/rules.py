"""Whether settings can be used: the schema, then the rules that a schema cannot say, with the texts of the contract.

Source: contract/configuration.md 8.
"""

from __future__ import annotations

from collections.abc import Iterator

from zigbus.contract.base import JsonObject
from zigbus_registry.generate import EXTENDED_PAN_ID_BYTES, GENERATE, KEY_BYTES
from zigbus_registry.names import name_errors
from zigbus_registry.schema_check import schema_errors
from zigbus_registry.settings_table import settings_schema

ICON_PLACES = ("http://", "https://", "device_icons/", "data:image/")  # a data URL is stored as a file later
MQTT_WITH_RETENTION = 5


def settings_errors(settings: JsonObject) -> list[str]:
    """Return what is wrong with `settings` (file and environment together); the rules count once the schema holds."""
    errors = schema_errors(settings, settings_schema())
    return errors or list(_rule_errors(settings))


def _rule_errors(settings: JsonObject) -> Iterator[str]:
    yield from _generated_errors(settings.get("advanced", {}))
    names: set[str] = set()
    devices, groups = settings.get("devices", {}), settings.get("groups", {})
    for entity in (*devices.values(), *groups.values()):
        name = entity["friendly_name"]
        if name in names:
            yield f"Duplicate friendly_name '{name}' found"
        names.add(name)
        yield from name_errors(name)
        icon = entity.get("icon")
        if isinstance(icon, str) and icon and not icon.startswith(ICON_PLACES):
            yield f"Device icon of '{name}' should start with 'device_icons/', got '{icon}'"
    if settings.get("mqtt", {}).get("version") != MQTT_WITH_RETENTION and any(
        device.get("retention") for device in devices.values()
    ):
        yield "MQTT retention requires protocol version 5"


def _generated_errors(advanced: JsonObject) -> Iterator[str]:
    for key, form in (("network_key", "array"), ("pan_id", "number"), ("ext_pan_id", "array")):
        value = advanced.get(key)
        if isinstance(value, str) and value != GENERATE:
            yield f"advanced.{key}: should be {form} or 'GENERATE' (is '{value}')"
    for key, length in (("network_key", KEY_BYTES), ("ext_pan_id", EXTENDED_PAN_ID_BYTES)):
        value = advanced.get(key)
        if isinstance(value, list) and not (len(value) == length and all(item in range(256) for item in value)):
            yield f"advanced.{key}: should be {length} numbers from 0 to 255, or 'GENERATE'"
