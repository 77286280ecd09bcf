"""Whom a client means: name, ieee or group number to a key (contract/behaviour.md 2.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from zigbus.contract.base import FailureCode, Ieee, RequestFailed
from zigbus.contract.devices import DeviceDescription, LogicalType
from zigbus_registry.messages import COORDINATOR_NAME
from zigbus_registry.settings import Settings

Devices = Mapping[str, DeviceDescription]
Kind = Literal["device", "group"]


def coordinators(devices: Devices) -> list[DeviceDescription]:
    """Return the coordinators' own entries, by their names."""
    found = [device for device in devices.values() if device.logical_type is LogicalType.COORDINATOR]
    return sorted(found, key=lambda device: device.coordinator)


def find_device(text: str, devices: Devices, settings: Settings) -> Ieee | None:
    """Return the ieee of the device (or coordinator) that `text` means; only devices of the network are found."""
    if text.lower() == COORDINATOR_NAME.lower():
        return next((device.ieee for device in coordinators(devices)), None)
    if text.lower() in devices:
        return text.lower()
    named = (ieee for ieee, options in settings.devices.items() if options.get("friendly_name") == text)
    return next((ieee for ieee in named if ieee in devices), None)


def find_group(text: str, settings: Settings) -> str | None:
    """Return the id of the group that `text` means."""
    if text in settings.groups:
        return text
    return next((key for key, options in settings.groups.items() if options.get("friendly_name") == text), None)


def find(kind: Kind, text: str, devices: Devices, settings: Settings) -> str:
    """Return the key of an entity. Raises RequestFailed (NOT_FOUND) with the contract's text."""
    key = find_device(text, devices, settings) if kind == "device" else find_group(text, settings)
    if key is None:
        raise RequestFailed.of(FailureCode.NOT_FOUND, f"{kind.capitalize()} '{text}' does not exist", id=text)
    return key


def name_of(key: str, devices: Devices, settings: Settings) -> str:
    """Return how people call a device or group; its ieee or id if nobody named it."""
    device = devices.get(key)
    if device is not None and device.logical_type is LogicalType.COORDINATOR:
        return COORDINATOR_NAME
    entity = settings.devices.get(key) or settings.groups.get(key) or {}
    return str(entity.get("friendly_name", key))
