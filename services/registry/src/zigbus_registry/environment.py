"""Settings from environment variables: `ZIGBEE2MQTT_CONFIG_MQTT_SERVER` is `mqtt.server`."""

from __future__ import annotations

import json
from collections.abc import Mapping

from zigbus.contract.base import Json, JsonObject
from zigbus_registry.settings_table import ROOT
from zigbus_registry.table import Section, Setting

PREFIX = "ZIGBEE2MQTT_CONFIG_"


def environment_settings(environment: Mapping[str, str]) -> JsonObject:
    """Return what the variables set, in the form of the settings.

    Mappings and lists are JSON (or a text: a file name), booleans `true` or anything else, numbers as they read; a
    number that cannot be read stays a text, so that validation names it. A variable for a single key wins over one
    for its whole section. Empty variables do not count.
    """
    result: JsonObject = {}
    for path, part in ROOT.walk():
        raw = environment.get(PREFIX + "_".join(path).upper())
        if raw:
            _put(result, path, _value(raw, part))
    return result


def _value(raw: str, part: Setting | Section) -> Json:
    kinds = part.type if isinstance(part.type, tuple) else (part.type or "object",)
    if "object" in kinds or "array" in kinds:
        return _json_or_text(raw)
    if "number" in kinds:
        return _number_or_text(raw)
    if "boolean" in kinds:
        return raw.lower() == "true"
    return raw


def _json_or_text(raw: str) -> Json:
    try:
        return json.loads(raw)
    except ValueError:
        return raw


def _number_or_text(raw: str) -> Json:
    try:
        return int(raw, 0)
    except ValueError:
        pass
    try:
        return float(raw)
    except ValueError:
        return raw


def _put(settings: JsonObject, path: tuple[str, ...], value: Json) -> None:
    for step in path[:-1]:
        below = settings.get(step)
        settings = settings.setdefault(step, {}) if isinstance(below, dict) or below is None else {}
    settings[path[-1]] = value
