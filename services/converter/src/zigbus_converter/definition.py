"""The form of a definition: a value made of parts. Knows no device model, no bus and no clock.

A part carries everything about one ability of a device: what it shows (exposes), what it understands (receivers),
what it can be told (senders), how it is set up (configure). A definition is identity plus parts. A device of standard
parts is one or two lines, see `definitions/`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

import msgspec

from zigbus.contract.base import Ieee, Json
from zigbus.contract.definitions import CustomCluster, Expose
from zigbus.contract.devices import DeviceDescription
from zigbus.contract.events import AttributeValue
from zigbus_converter.effects import Conversation, Effect, Effects, Wake
from zigbus_converter.validity import valid


class Device(Protocol):
    """What a converter may know about the device (or group) it works for. Read only."""

    @property
    def ieee(self) -> Ieee: ...
    @property
    def description(self) -> DeviceDescription:
        """Descriptors and Basic attributes."""

    @property
    def definition(self) -> Definition: ...
    @property
    def options(self) -> Mapping[str, Json]:
        """Effective options: the household's defaults overlaid with the device's own."""

    @property
    def state(self) -> Mapping[str, Json]:
        """The cache: what clients know."""

    @property
    def memory(self) -> Mapping[str, Json]:
        """What earlier conversions remembered (effect Remember); persists."""

    @property
    def attributes(self) -> Mapping[str, Json]:
        """All attribute values heard or written, by "endpoint/cluster/attribute" in hex. Persists."""

    def attribute(self, endpoint: int, cluster: int, attribute: int) -> Json:
        """Last value heard or written of an attribute; None if never. Persists."""

    def endpoint(self, name: str | None) -> int:
        """Number of an endpoint name; None: the default endpoint."""

    def endpoint_name(self, number: int) -> str | None:
        """Name of an endpoint if the definition names it (never "default")."""


Kind = Literal["report", "read_response", "write", "command", "frame"]


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """One ZCL frame as a receiver sees it."""

    kind: Kind
    endpoint: int
    cluster: int
    sequence: int
    manufacturer: int | None
    group: int | None
    attributes: Mapping[int, AttributeValue]  # by id; empty unless kind is report, read_response or write
    command: int | None  # kind command (and frame, if the header could be read)
    from_server: bool
    payload: bytes
    position: int  # stream position of the event: the same frame has the same position, also when replayed
    heard_at_s: float = 0.0  # Unix time when it was heard
    frame_control: int | None = None  # of kind frame; None there: the header could not be read
    malformed: bool = False  # the payload could not be decoded to its end
    lqi: int | None = None

    def value(self, attribute: int) -> Json:
        """The value of an attribute, or None if the frame does not carry it, or not a valid one.

        NaN if the device says that it has no value.
        """
        record = self.attributes.get(attribute)
        if record is None or record.status != 0:
            return None
        return record.value if self.manufacturer else valid(self.cluster, attribute, record.value)


@dataclass(frozen=True, slots=True)
class Member:
    """An endpoint of a device that belongs to the addressed group."""

    device: Device
    endpoint: int


@dataclass(frozen=True, slots=True)
class Ask:
    """One key of a set or get message, as a sender sees it."""

    key: str  # without endpoint suffix
    value: Json
    message: Mapping[str, Json]  # the whole message for this endpoint, keys without suffix
    device: Device
    endpoint: int
    endpoint_name: str | None  # as addressed by topic or suffix; results get it as suffix where the definition says so
    group: int | None = None  # set when the message is for a group: what is sent goes out as groupcast, unanswered
    members: tuple[Member, ...] = ()  # of the group


ReceiveFunction = Callable[[Frame, Device], Effects]
SetFunction = Callable[[Ask], Conversation]
ExposeSource = Expose | Callable[[Device | None], Iterable[Expose]]


@dataclass(frozen=True, slots=True)
class Receiver:
    """Turns frames of one cluster into effects. Called for frames of these kinds, in definition order."""

    cluster: int
    kinds: tuple[Kind, ...]
    receive: ReceiveFunction
    endpoints: tuple[int, ...] | None = None  # None: any
    once_per_sequence: bool = False  # drop frames whose ZCL sequence number is among the endpoint's last 5 (commands)
    drop_repeats: bool = (
        False  # drop frames whose sequence number and bytes equal one of the endpoint's last 5 within 5 s
    )


@dataclass(frozen=True, slots=True)
class Sender:
    """Turns keys of set and get messages into a conversation with the device.

    One sender handles all of its keys in a message at once: it is called for the first of them.
    """

    keys: tuple[str, ...]
    set: SetFunction | None = None
    get: SetFunction | None = None
    endpoints: tuple[str, ...] | None = None  # endpoint names it serves; None: any
    any_key: bool = False  # takes every key that no sender before it takes


ConfigureStep = Callable[[Device], Conversation]
Occasion = Literal["started", "joined", "interviewed", "announced", "options_changed"]
OccasionStep = Callable[[Device, Occasion], Conversation]


@dataclass(frozen=True, slots=True)
class Part:
    """One ability of a device."""

    exposes: tuple[ExposeSource, ...] = ()
    receivers: tuple[Receiver, ...] = ()
    senders: tuple[Sender, ...] = ()
    configure: tuple[ConfigureStep, ...] = ()
    occasions: tuple[OccasionStep, ...] = ()  # called whenever one of the occasions comes (behaviour 12.11)
    options: tuple[Expose, ...] = ()
    receive_options: tuple[Expose, ...] = ()  # of the receivers: listed after the `options` of all parts
    custom_clusters: tuple[CustomCluster, ...] = ()


@dataclass(frozen=True, slots=True)
class EndpointMatch:
    """Part of a fingerprint: an endpoint that must be there; None and () match anything."""

    id: int | None = None
    profile: int | None = None
    device_type: int | None = None
    input_clusters: tuple[int, ...] | None = None
    output_clusters: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A match on more than the model id. Fields that are None match anything; `ieee` is a regular expression."""

    model: str | None = None
    manufacturer: str | None = None
    manufacturer_code: int | None = None
    logical_type: str | None = None
    power_source: int | None = None
    application_version: int | None = None
    stack_version: int | None = None
    zcl_version: int | None = None
    hardware_version: int | None = None
    date_code: str | None = None
    software_build: str | None = None
    ieee: str | None = None
    endpoints: tuple[EndpointMatch, ...] = ()
    priority: int = 0


@dataclass(frozen=True, slots=True)
class WhiteLabel:
    """The same device sold under another name; with a fingerprint it is recognised as such."""

    model: str
    vendor: str
    description: str | None = None
    fingerprints: tuple[Fingerprint, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """What the device's documentation page needs beyond the definition. Notes live in `pages/MODEL.md`."""

    profile: Literal["A", "B"] = "B"  # layout: A until 2023, B since
    added_at: str | None = None  # ISO time, UTC, seconds, Z
    image: str | None = None  # file name; default from the model


@dataclass(frozen=True, slots=True)
class Converted:
    """What a definition that runs elsewhere made of a frame."""

    taken: bool = False  # some converter takes such frames
    effects: tuple[Effect, ...] = ()
    failures: tuple[tuple[str, Exception], ...] = ()  # converter and what it raised
    follow_up: Conversation | None = None  # what is to be done over the air, and after it


class Elsewhere(Protocol):
    """The engine side of a definition that is not made of parts of ours: it runs elsewhere and answers later."""

    async def open(self, device: Device) -> Definition:
        """Return the definition with all that it comes down to on this device as it is now. Raises what is wrong."""

    def receive(self, device: Device, frame: Frame, answer: Callable[[Converted], None]) -> None:
        """Have a frame converted; `answer` is called later, in the event loop."""

    def woken(self, device: Device, wake: Wake) -> Conversation:
        """Go on when a timer's time has come."""


@dataclass(frozen=True, slots=True)
class Definition:
    """Everything about one model."""

    model: str
    vendor: str
    description: str
    parts: tuple[Part, ...]
    models: tuple[str, ...] = ()  # model ids (Basic 0x0005)
    not_made_by: tuple[str, ...] = ()  # manufacturers whose devices with these model ids are something else
    fingerprints: tuple[Fingerprint, ...] = ()
    white_labels: tuple[WhiteLabel, ...] = ()
    endpoints: Mapping[str, int] = field(default_factory=dict)  # names; "default": target without endpoint
    multi_endpoint: bool = False  # reports of named endpoints get `_NAME` as key suffix
    multi_endpoint_skip: tuple[str, ...] = ()  # keys that never get one
    options: tuple[Expose, ...] = ()  # beyond those of the parts and of calibration and precision
    ota: bool = False
    icon: str | None = None
    version: str = "0.0.0"
    source: Literal["native", "generated", "external"] = "native"
    meta: Mapping[str, Json] = field(default_factory=dict)  # facts for parts, e.g. turns_off_at_brightness_1
    logical_type: Literal["end_device", "router"] | None = None  # corrects the node descriptor
    extra_output_clusters: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    check_in_interval_s: int | None = None  # requests are kept this long for the sleeping device; 0: it does not sleep
    exposes_order: tuple[str, ...] | None = (
        None  # property names in the wanted order; None: order of the parts, action last
    )
    page: Page = Page()
    elsewhere: Elsewhere | None = None  # set: receivers, corrections and order of exposes are not ours to apply

    @property
    def provider(self) -> str:
        """Where it comes from, for counters."""
        return self.source if self.elsewhere is None else "zhc"
