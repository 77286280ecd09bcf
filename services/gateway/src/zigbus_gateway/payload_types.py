"""The form of everything that the gateway publishes, for people who write clients.

`docs/mqtt.schema.json` is made from these types (`python -m zigbus_gateway.payload_types FILE`), and the tests hold whatever they hear against them. A key that is
not named here is a defect; `Any` stands where a device, a definition or the household decides.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from zigbus.contract.definitions import Expose

Address = Annotated[str, Meta(pattern="^0x[0-9a-f]{16}$", description="IEEE address (EUI-64)")]
Octet = Annotated[int, Meta(ge=0, le=255)]
Milliseconds = Annotated[int, Meta(ge=0, description="Unix time in ms")]


class Payload(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Base: what is not named must not be there; a field with a default may be missing."""


class Online(Payload):
    """`bridge/state`, `NAME/availability`."""

    state: Literal["online", "offline"]


class Coordinator(Payload):
    """The stick."""

    ieee_address: Address
    meta: dict[str, int]
    type: str


class Network(Payload):
    """What the stick runs."""

    channel: int
    extended_pan_id: str
    pan_id: int


class Server(Payload):
    """The broker."""

    server: str
    version: int


class System(Payload):
    """The machine."""

    cpus: str
    memory_mb: int
    node_version: str
    python_version: str
    version: str


class Version(Payload):
    """Of a part."""

    version: str


class Info(Payload):
    """`bridge/info`, retained."""

    commit: str
    config: dict[str, Any]
    config_schema: dict[str, Any]
    coordinator: Coordinator
    log_level: Literal["error", "warning", "info", "debug"]
    mqtt: Server
    network: Network
    os: System
    permit_join: bool
    restart_required: bool
    version: str
    zigbee_herdsman: Version
    zigbee_herdsman_converters: Version
    permit_join_end: Milliseconds | None = None


class Definition(Payload):
    """What a device is, in entries and events."""

    description: str
    exposes: list[Expose]
    model: str
    options: list[Expose]
    source: Literal["native", "generated", "external"]
    supports_ota: bool
    vendor: str
    version: str
    icon: str | None = None


class Target(Payload):
    """Where a binding leads: a group's `id`, or a device's endpoint."""

    type: Literal["group", "endpoint"]
    id: int | None = None
    endpoint: Octet | None = None
    ieee_address: Address | None = None


class Binding(Payload):
    """One binding of an endpoint."""

    cluster: str
    target: Target


class Reporting(Payload):
    """One reporting configuration."""

    attribute: str | int
    cluster: str
    maximum_report_interval: int
    minimum_report_interval: int
    reportable_change: Any


class Clusters(Payload):
    """Names of clusters, or numbers as text."""

    input: list[str]
    output: list[str]


class Scene(Payload):
    """A scene that an endpoint or group remembers."""

    id: Octet
    name: str


class Endpoint(Payload):
    """One endpoint of a device."""

    bindings: list[Binding]
    clusters: Clusters
    configured_reportings: list[Reporting]
    scenes: list[Scene]
    name: str | None = None


class Device(Payload):
    """One entry of `bridge/devices`."""

    disabled: bool
    endpoints: dict[str, Endpoint]
    friendly_name: str
    ieee_address: Address
    interview_completed: bool
    interview_state: Literal["PENDING", "IN_PROGRESS", "SUCCESSFUL", "FAILED"]
    interviewing: bool
    network_address: int
    supported: bool
    type: Literal["Coordinator", "Router", "EndDevice", "Unknown", "GreenPower"]
    date_code: str | None = None
    definition: Definition | None = None
    description: str | None = None
    manufacturer: str | None = None
    model_id: str | None = None
    power_source: str | None = None
    software_build_id: str | None = None


class Member(Payload):
    """An endpoint of a group."""

    endpoint: Octet
    ieee_address: Address


class Group(Payload):
    """One entry of `bridge/groups`."""

    friendly_name: str
    id: int
    members: list[Member]
    scenes: list[Scene]
    description: str | None = None


class Definitions(Payload):
    """`bridge/definitions`, retained: names of clusters with their attributes and commands."""

    actions: list[str]
    clusters: dict[str, dict[str, Any]]
    custom_clusters: dict[Address, dict[str, Any]]


class EventData(Payload):
    """Whom an event is about."""

    friendly_name: str
    ieee_address: Address
    status: Literal["started", "successful", "failed"] | None = None
    supported: bool | None = None
    definition: Definition | None = None


class Event(Payload):
    """`bridge/event`."""

    data: EventData
    type: Literal["device_joined", "device_announce", "device_leave", "device_interview"]


class LogLine(Payload):
    """`bridge/logging`."""

    level: Literal["error", "warning", "info", "debug"]
    message: str


class Load(Payload):
    """The machine, in `bridge/health`; memory in MiB."""

    load_average: list[float]
    memory_used_mb: float
    memory_percent: float


class Process(Payload):
    """Our processes together; memory in MiB."""

    uptime_sec: int
    memory_used_mb: float
    memory_percent: float


class Traffic(Payload):
    """The line to the broker."""

    connected: bool
    queued: int
    published: int
    received: int


class DeviceHealth(Payload):
    """What was heard of a device."""

    messages: int
    messages_per_sec: float
    leave_count: int
    network_address_changes: int


class ServiceHealth(Payload):
    """One of our services; memory in MiB."""

    up: bool
    memory_used_mb: float


class Health(Payload):
    """`bridge/health`, retained."""

    response_time: Milliseconds
    os: Load
    process: Process
    mqtt: Traffic
    devices: dict[Address, DeviceHealth]
    services: dict[str, ServiceHealth]


class File(Payload):
    """A file of the household, in `bridge/converters` and `bridge/extensions`."""

    name: str
    code: str


class Response(Payload):
    """`bridge/response/PATH`: the data differs by path; `transaction` is the asker's."""

    data: dict[str, Any]
    status: Literal["ok", "error"]
    error: str | None = None
    transaction: Any = None


State = dict[str, Any]


@dataclass(frozen=True)
class Topic:
    """Topics below the base topic and what is published there; NAME and PATH may hold slashes."""

    pattern: str
    kind: Any
    about: str

    def matches(self, topic: str) -> bool:
        """Whether a topic (below the base) is one of these."""
        return re.fullmatch(re.sub("NAME|PATH", ".+", self.pattern), topic) is not None


TOPICS = (
    Topic("bridge/state", Online, "Whether zigbus serves the network (last will: offline)"),
    Topic("bridge/info", Info, "The program, its settings and its network"),
    Topic("bridge/devices", list[Device], "All devices"),
    Topic("bridge/groups", list[Group], "All groups"),
    Topic("bridge/definitions", Definitions, "Names of clusters"),
    Topic("bridge/event", Event, "Who comes and goes"),
    Topic("bridge/logging", LogLine, "The log"),
    Topic("bridge/health", Health, "How everything is, every some minutes"),
    Topic("bridge/converters", list[File], "Definitions of the household"),
    Topic("bridge/extensions", list[File], "Always empty: there are no extensions"),
    Topic("bridge/response/PATH", Response, "Answer to `bridge/request/PATH`, and to a set or get with a transaction"),
    Topic("NAME/availability", Online, "Whether a device or group can be reached"),
    Topic("NAME", State, "State of a device or group: the properties that its exposes name"),
)


class UnknownForm(Exception):
    """A payload is not of the form that its topic promises; the text says where."""


def check(topic: str, payload: bytes) -> None:
    """Hold a payload against its topic (below the base). Raises UnknownForm."""
    if not payload:
        return  # a retained message that is taken back
    found = next(one for one in TOPICS if one.matches(topic))
    if found.kind is State and not payload.startswith(b"{"):
        return  # one property on a topic of its own (`advanced.output`), in whatever form it has
    try:
        msgspec.json.decode(payload, type=found.kind)
    except msgspec.MsgspecError as error:
        raise UnknownForm(f"{topic}: {error}") from None


def schema() -> dict[str, Any]:
    """Return the JSON schema of every topic, with the types that they share."""
    kinds = [topic.kind for topic in TOPICS]
    forms, shared = msgspec.json.schema_components(kinds, ref_template="#/$defs/{name}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What zigbus publishes below its base topic",
        "topics": {
            topic.pattern: {"description": topic.about, **form} for topic, form in zip(TOPICS, forms, strict=True)
        },
        "$defs": shared,
    }


def main() -> None:
    """Write the schema to the file that the first argument names."""
    Path(sys.argv[1]).write_text(json.dumps(schema(), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
