"""Streams and buckets: limits and owners, in one table each. Created idempotently by whoever starts first."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from zigbus.contract import subjects
from zigbus.contract.base import Message
from zigbus.contract.definitions import DefinitionRecord
from zigbus.contract.devices import DeviceDescription
from zigbus.contract.events import Event
from zigbus.contract.household import (
    Availability,
    ConverterSettings,
    EntityOptions,
    GatewaySettings,
    Group,
    ImportedState,
    LearnedSettings,
    LeaseHolder,
    LoggingSettings,
    Name,
    PublicSettings,
    RadioSettings,
    UserConverter,
)
from zigbus.contract.updates import EntityState, Publication

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class StreamSpec:
    """One stream: what it keeps, for how long, and who may write to it."""

    name: str
    subjects: tuple[str, ...]
    content: object  # type or union that a reader decodes
    writers: tuple[str, ...]
    max_age_s: int
    max_bytes: int
    duplicate_window_s: int


@dataclass(frozen=True)
class BucketSpec:
    """One key-value bucket: one value type, one writer."""

    name: str
    content: type[Message] | None  # None: the key decides (SETTINGS)
    writer: str
    history: int = 1
    max_value_bytes: int = 1 * MEBIBYTE
    max_age_s: float | None = None  # entries go when they are older
    in_memory: bool = False  # lost with the server


ZIGBEE = StreamSpec(
    name="ZIGBEE",
    subjects=(f"{subjects.ROOT}.*.event.>",),
    content=Event,
    writers=("radio",),
    max_age_s=600,  # a converter that is away longer than this finds state too old to be news
    max_bytes=256 * MEBIBYTE,  # 10 min at 300/s and 1 KiB is 176 MiB
    duplicate_window_s=120,
)
UPDATES = StreamSpec(
    name="UPDATES",
    subjects=tuple(
        f"{subjects.ROOT}.update.{kind}.*" for kind in ("device", "group", "bridge")
    ),  # must not overlap ZIGBEE's
    content=Publication,
    writers=("converter", "registry"),
    max_age_s=120,  # older states are in bucket STATE, older actions must not be shown
    max_bytes=128 * MEBIBYTE,
    duplicate_window_s=120,
)
STREAMS = (ZIGBEE, UPDATES)

DEVICES = BucketSpec(name="DEVICES", content=DeviceDescription, writer="radio")
DEFINITIONS = BucketSpec(name="DEFINITIONS", content=DefinitionRecord, writer="converter")
STATE = BucketSpec(name="STATE", content=EntityState, writer="converter")
NAMES = BucketSpec(name="NAMES", content=Name, writer="registry")
OPTIONS = BucketSpec(name="OPTIONS", content=EntityOptions, writer="registry")
GROUPS = BucketSpec(name="GROUPS", content=Group, writer="registry")
AVAILABILITY = BucketSpec(name="AVAILABILITY", content=Availability, writer="registry")
SETTINGS = BucketSpec(name="SETTINGS", content=None, writer="registry")
SETTINGS_CONTENT: Mapping[str, type[Message]] = {  # keys of SETTINGS
    "radio": RadioSettings,
    "converter": ConverterSettings,
    "gateway": GatewaySettings,
    "logging": LoggingSettings,
    "public": PublicSettings,
    "imported_state": ImportedState,
    "learned": LearnedSettings,
}
CONVERTERS = BucketSpec(name="CONVERTERS", content=UserConverter, writer="registry")
LEASE_S = 5.0  # a gateway that hangs so long has lost its place
LEASES = BucketSpec(name="LEASES", content=LeaseHolder, writer="gateway", max_age_s=LEASE_S, in_memory=True)
BUCKETS = (DEVICES, DEFINITIONS, STATE, NAMES, OPTIONS, GROUPS, AVAILABILITY, SETTINGS, CONVERTERS, LEASES)

EVENT_DECODER: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)
PUBLICATION_DECODER: msgspec.json.Decoder[Publication] = msgspec.json.Decoder(Publication)


def converter_key(name: str) -> str:
    """Return the key of a file in bucket CONVERTERS: its name in URL-safe base64 without padding, for keys know no dots."""
    return base64.urlsafe_b64encode(name.encode()).decode().rstrip("=")
