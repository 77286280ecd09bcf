"""The state message of an entity: what is in it, and in which form it leaves (behaviour.md 3.3 and 4, mqtt.md 5.1 and 5.2)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from zigbus.contract.base import Json, JsonObject
from zigbus.contract.definitions import DefinitionRecord
from zigbus.contract.devices import DeviceDescription, LogicalType
from zigbus_gateway.json_text import to_json

LastSeen = Literal["disable", "ISO_8601", "ISO_8601_local", "epoch"]
Output = Literal["json", "attribute", "attribute_and_json"]

POWER_SOURCES = (  # ZCL revision 8, 3.2.2.2.8
    "Unknown",
    "Mains (single phase)",
    "Mains (3 phase)",
    "Battery",
    "DC Source",
    "Emergency mains constantly powered",
    "Emergency mains and transfer switch",
)
BATTERY_BACKUP = 0x80  # bit of the power source that says nothing about the first source
TYPES = {
    LogicalType.COORDINATOR: "Coordinator",
    LogicalType.ROUTER: "Router",
    LogicalType.END_DEVICE: "EndDevice",
    LogicalType.UNKNOWN: "Unknown",
}


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """What is known of a device besides its state."""

    lqi: int | None = None
    last_seen_s: float | None = None  # Unix time
    information: JsonObject | None = None  # content of the key `device`, if wanted


def merge(state: JsonObject, changed: JsonObject) -> JsonObject:
    """Merge `changed` over `state`: objects key by key, everything else replaced (behaviour.md 3.1)."""
    merged = {**state, **changed}
    for key, value in changed.items():
        before = state.get(key)
        if isinstance(value, dict) and isinstance(before, dict):
            merged[key] = merge(before, value)
    return merged


def message_of(
    content: JsonObject,
    facts: DeviceFacts | None,
    last_seen: LastSeen,
    filtered: tuple[re.Pattern[str], ...] = (),
    adjust: Callable[[JsonObject], JsonObject] = dict,
) -> JsonObject:
    """Return the message for some content of an entity; `facts` is None for groups. Empty: nothing is to be published.

    `adjust` may add to it what others need, before the filter.
    """
    message = dict(content)
    if facts is not None:
        if facts.information is not None:
            message["device"] = facts.information
        if last_seen != "disable" and facts.last_seen_s is not None:
            message["last_seen"] = last_seen_text(facts.last_seen_s, last_seen)
        if facts.lqi is not None:
            message["linkquality"] = facts.lqi
    message = adjust(message)
    if filtered:
        return {key: value for key, value in message.items() if not any(pattern.search(key) for pattern in filtered)}
    return message


def last_seen_text(at_s: float, form: LastSeen) -> str | int:
    """Render the time a device was last heard (behaviour.md 4.3)."""
    if form == "epoch":
        return int(at_s * 1000)
    if form == "ISO_8601":
        return datetime.fromtimestamp(at_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return datetime.fromtimestamp(at_s, UTC).astimezone().isoformat(timespec="seconds")


def information_of(device: DeviceDescription, name: str, definition: DefinitionRecord | None) -> JsonObject:
    """Content of the key `device` (`mqtt.include_device_information`); unknown keys are absent."""
    everything: JsonObject = {
        "applicationVersion": device.application_version,
        "dateCode": device.date_code,
        "friendlyName": name,
        "hardwareVersion": device.hardware_version,
        "ieeeAddr": device.ieee,
        "manufacturerID": device.manufacturer_code,
        "manufacturerName": device.manufacturer.split("\0")[0] if device.manufacturer is not None else None,
        "model": definition.model if definition is not None else None,
        "networkAddress": device.nwk,
        "powerSource": power_source_text(device.power_source),
        "softwareBuildID": device.software_build,
        "stackVersion": device.stack_version,
        "type": type_text(device, definition),
        "zclVersion": device.zcl_version,
    }
    return {key: value for key, value in everything.items() if value is not None}


def type_text(device: DeviceDescription, definition: DefinitionRecord | None) -> str:
    """The logical type as clients know it; a definition may correct the node descriptor."""
    corrected = definition.logical_type if definition is not None else None
    if corrected is not None:
        return TYPES[LogicalType(corrected)] if corrected in set(LogicalType) else corrected
    return TYPES[device.logical_type]


def power_source_text(value: int | None) -> str | None:
    """The power source of the Basic cluster in words, None if it was never read."""
    if value is None:
        return None
    source = value & ~BATTERY_BACKUP
    return POWER_SOURCES[source] if source < len(POWER_SOURCES) else POWER_SOURCES[0]


def renditions(topic: str, message: JsonObject, output: Output) -> Iterator[tuple[str, bytes]]:
    """Yield topic and payload of every publication that a state message becomes."""
    if output != "attribute":
        yield topic, to_json(message)
    if output != "json":
        for key in sorted(message):
            yield from _attribute(f"{topic}/{key}", key, message[key])


def _attribute(topic: str, key: str, value: Json) -> Iterator[tuple[str, bytes]]:
    if isinstance(value, dict):
        if key == "color" and all(part in value for part in "rgb"):
            yield topic, ",".join(_bare(value[part]).decode() for part in "rgb").encode()
            return
        for part in sorted(value):
            yield from _attribute(f"{topic}-{part}", part, value[part])
        return
    yield topic, _bare(value)


def _bare(value: Json) -> bytes:
    if value is None:
        return b""
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, list):
        return b",".join(_bare(item) for item in value)
    return to_json(value)
