"""What a coordinator knows about its devices. Bucket DEVICES, one entry per ieee, written by the radio alone."""

from __future__ import annotations

from enum import StrEnum

from zigbus.contract.base import CoordinatorName, Ieee, Message


class LogicalType(StrEnum):
    """Logical device type of the node descriptor."""

    COORDINATOR = "coordinator"
    ROUTER = "router"
    END_DEVICE = "end_device"
    UNKNOWN = "unknown"


class InterviewState(StrEnum):
    """How far the interview of a device has come."""

    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    SUCCESSFUL = "successful"
    FAILED = "failed"


class Binding(Message, frozen=True, kw_only=True):
    """One source binding of an endpoint. Either `ieee` and `endpoint` or `group` says the target."""

    cluster: int
    ieee: Ieee | None = None
    endpoint: int | None = None
    group: int | None = None


class Reporting(Message, frozen=True, kw_only=True):
    """One reporting configuration that was accepted by the device."""

    cluster: int
    attribute: int
    min_interval_s: int
    max_interval_s: int
    reportable_change: float | int | None = None  # in the attribute's own unit, None for discrete attributes
    manufacturer: int | None = None


class EndpointDescription(Message, frozen=True, kw_only=True):
    """The simple descriptor of one endpoint, with what was bound and configured on it."""

    profile: int
    device_type: int
    input_clusters: tuple[int, ...] = ()
    output_clusters: tuple[int, ...] = ()
    bindings: tuple[Binding, ...] = ()
    reportings: tuple[Reporting, ...] = ()


class AdapterDescription(Message, frozen=True, kw_only=True):
    """The stick behind a coordinator and the network it runs; only the coordinator's own entry has it."""

    type: str  # e.g. "zStack3x0"
    meta: dict[str, int] = {}  # for z-stack: transportrev, product, majorrel, minorrel, maintrel, revision
    pan_id: int = 0
    extended_pan_id: str = ""  # "0x" and 16 hex digits
    channel: int = 0
    permit_join: bool = False
    permit_join_until_s: float | None = None  # Unix time when joining closes; None when closed
    reachable: bool = True  # False while the radio has no connection to the stick


class DeviceDescription(Message, frozen=True, kw_only=True):
    """One device as its descriptors and its Basic cluster describe it."""

    ieee: Ieee
    coordinator: CoordinatorName
    nwk: int
    logical_type: LogicalType = LogicalType.UNKNOWN
    interview: InterviewState = InterviewState.PENDING
    endpoints: dict[int, EndpointDescription] = {}  # by endpoint number, in the order the device listed them
    manufacturer_code: int | None = None  # from the node descriptor
    mains_powered: bool | None = None  # MAC capability flags of the node descriptor; None while unknown
    rx_on_when_idle: bool | None = None  # same source
    manufacturer: str | None = None  # Basic 0x0004
    model: str | None = None  # Basic 0x0005
    date_code: str | None = None  # Basic 0x0006
    power_source: int | None = None  # Basic 0x0007, ZCL enum8
    software_build: str | None = None  # Basic 0x4000
    zcl_version: int | None = None  # Basic 0x0000
    application_version: int | None = None  # Basic 0x0001
    stack_version: int | None = None  # Basic 0x0002
    hardware_version: int | None = None  # Basic 0x0003
    last_seen_s: float | None = None  # Unix time; refreshed at most once a minute, events carry the exact time
    adapter: AdapterDescription | None = None
