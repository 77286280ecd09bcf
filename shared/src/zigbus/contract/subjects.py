"""Every subject of the bus is built here and nowhere else. Version 1: `zigbus.v1.…`."""

from __future__ import annotations

import zlib
from typing import Literal

from zigbus.contract.base import Ieee

ROOT = "zigbus.v1"
PARTITIONS = 64

EventKind = Literal["report", "command", "frame", "join", "announce", "leave", "interview"]


def partition_of(ieee: Ieee) -> int:
    """Return the partition of a device: CRC-32 of the 8 bytes of its ieee, most significant first, modulo 64."""
    return zlib.crc32(bytes.fromhex(ieee[2:])) % PARTITIONS


def partition_of_group(group: int) -> int:
    """Return the partition of a group: CRC-32 of its id as 8 big-endian bytes, modulo 64."""
    return zlib.crc32(group.to_bytes(8, "big")) % PARTITIONS


def event(coordinator: str, ieee: Ieee, kind: EventKind) -> str:
    """Subject of a radio event in stream ZIGBEE."""
    return f"{ROOT}.{coordinator}.event.{partition_of(ieee)}.{ieee}.{kind}"


def all_events(kind: EventKind | Literal["*"] = "*") -> str:
    """Filter for the events of all coordinators, of one kind or of all."""
    return f"{ROOT}.*.event.*.*.{kind}"


def update_of_device(ieee: Ieee) -> str:
    """Subject of a device's updates in stream UPDATES."""
    return f"{ROOT}.update.device.{ieee}"


def update_of_group(group: int) -> str:
    """Subject of a group's updates in stream UPDATES."""
    return f"{ROOT}.update.group.{group}"


def bridge_event(kind: str) -> str:
    """Subject of an event of the network as a whole, in stream UPDATES."""
    return f"{ROOT}.update.bridge.{kind}"


def radio_request(coordinator: str, operation: str) -> str:
    """Subject that the radio of this coordinator answers."""
    return f"{ROOT}.{coordinator}.request.{operation}"


def converter_request(partition: int | Literal["*", "any"], operation: str) -> str:
    """Subject that the converter owning the partition answers; "*" for the one that owns all, "any" for no device."""
    return f"{ROOT}.converter.request.{operation}.{partition}"


def registry_request(operation: str) -> str:
    """Subject that the registry answers."""
    return f"{ROOT}.registry.request.{operation}"


def log(service: str, level: str) -> str:
    """Core subject of a service's log events."""
    return f"{ROOT}.log.{service}.{level}"


ALL_LOGS = f"{ROOT}.log.>"
CENSUS = f"{ROOT}.control.census"  # core request that every service answers for itself
RESTART = f"{ROOT}.control.restart"  # core broadcast: every service ends with code 0, its runner starts it again
