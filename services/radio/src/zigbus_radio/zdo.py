"""ZDO requests and responses as octets, after the transaction sequence number (Zigbee specification R22, 2.4.3 and 2.4.4)."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from zigbus.contract.devices import EndpointDescription, LogicalType
from zigbus.zcl.types import ParseError
from zigbus_radio.mt import ieee_octets, ieee_text

NWK_ADDRESS, IEEE_ADDRESS, NODE_DESCRIPTOR, SIMPLE_DESCRIPTOR, ACTIVE_ENDPOINTS = 0x0000, 0x0001, 0x0002, 0x0004, 0x0005
DEVICE_ANNOUNCE, BIND, UNBIND, CLEAR_ALL_BINDINGS, LEAVE = 0x0013, 0x0021, 0x0022, 0x002B, 0x0034
RESPONSE = 0x8000

STATUS_NAMES = {
    0x80: "INV_REQUESTTYPE", 0x81: "DEVICE_NOT_FOUND", 0x82: "INVALID_EP", 0x83: "NOT_ACTIVE", 0x84: "NOT_SUPPORTED",
    0x85: "TIMEOUT", 0x86: "NO_MATCH", 0x88: "NO_ENTRY", 0x89: "NO_DESCRIPTOR", 0x8A: "INSUFFICIENT_SPACE",
    0x8B: "NOT_PERMITTED", 0x8C: "TABLE_FULL", 0x8D: "NOT_AUTHORIZED", 0x8E: "DEVICE_BINDING_TABLE_FULL",
}  # fmt: skip

_REMOVE_CHILDREN, _REJOIN = 0x40, 0x80
_LOGICAL_TYPES = {0: LogicalType.COORDINATOR, 1: LogicalType.ROUTER, 2: LogicalType.END_DEVICE}


@dataclass(frozen=True)
class NodeDescriptor:
    """What a device says it is."""

    logical_type: LogicalType
    manufacturer_code: int
    mains_powered: bool
    rx_on_when_idle: bool


@dataclass(frozen=True)
class Announcement:
    """A device says that it is there."""

    nwk: int
    ieee: str
    logical_type: LogicalType


def address_request(nwk: int) -> bytes:
    """Ask for the ieee of a network address, or with another cluster for a descriptor of it."""
    return nwk.to_bytes(2, "little")


def ieee_request(nwk: int) -> bytes:
    """Ask a network address for its ieee, without the list of its children."""
    return nwk.to_bytes(2, "little") + b"\0\0"


def simple_descriptor_request(nwk: int, endpoint: int) -> bytes:
    """Ask for the clusters of one endpoint."""
    return nwk.to_bytes(2, "little") + bytes((endpoint,))


def bind_request(source: str, endpoint: int, cluster: int, target: str, target_endpoint: int) -> bytes:
    """Ask `source` to send what its cluster has to say to an endpoint of `target`; the same octets unbind."""
    return (
        ieee_octets(source)
        + bytes((endpoint,))
        + cluster.to_bytes(2, "little")
        + b"\x03"
        + ieee_octets(target)
        + bytes((target_endpoint,))
    )


def clear_bindings_request(targets: Sequence[str]) -> bytes:
    """Ask a device to forget its bindings to these targets (Zigbee specification R23, 2.4.3.2.3: one TLV, tag 0)."""
    value = bytes((len(targets),)) + b"".join(ieee_octets(target) for target in targets)
    return bytes((0, len(value) - 1)) + value


def leave_request(ieee: str, *, rejoin: bool) -> bytes:
    """Ask a device to leave; its children may stay."""
    return ieee_octets(ieee) + bytes((_REJOIN if rejoin else 0,))


def status_of(data: bytes) -> int:
    """Return the status, the first octet of every response."""
    if not data:
        raise ParseError(0, "empty ZDO response")
    return data[0]


def parse_node_descriptor(data: bytes) -> NodeDescriptor:
    """Read a successful node descriptor response. Raises ParseError if it is cut short."""
    if len(data) < 8:
        raise ParseError(len(data), "node descriptor cut short")
    kind, _, capabilities, manufacturer = struct.unpack_from("<BBBH", data, 3)
    return NodeDescriptor(
        _LOGICAL_TYPES.get(kind & 0x07, LogicalType.UNKNOWN),
        manufacturer,
        bool(capabilities & 0x04),
        bool(capabilities & 0x08),
    )


def parse_active_endpoints(data: bytes) -> list[int]:
    """Read a successful active endpoints response, in its order."""
    if len(data) < 4 or len(data) < 4 + data[3]:
        raise ParseError(len(data), "list of endpoints cut short")
    return list(dict.fromkeys(data[4 : 4 + data[3]]))


def parse_simple_descriptor(data: bytes) -> EndpointDescription:
    """Read a successful simple descriptor response; clusters that are listed twice count once."""
    try:
        _, profile, device_type, _, inputs = struct.unpack_from("<BHHBB", data, 4)
        input_clusters = struct.unpack_from(f"<{inputs}H", data, 11)
        outputs = data[11 + 2 * inputs]
        output_clusters = struct.unpack_from(f"<{outputs}H", data, 12 + 2 * inputs)
    except (struct.error, IndexError):
        raise ParseError(len(data), "simple descriptor cut short") from None
    return EndpointDescription(
        profile=profile,
        device_type=device_type,
        input_clusters=tuple(dict.fromkeys(input_clusters)),
        output_clusters=tuple(dict.fromkeys(output_clusters)),
    )


def parse_ieee_response(data: bytes) -> tuple[int, str]:
    """Read a successful address response: network address and ieee."""
    if len(data) < 11:
        raise ParseError(len(data), "address response cut short")
    return int.from_bytes(data[9:11], "little"), ieee_text(data[1:9])


def parse_announcement(data: bytes) -> Announcement:
    """Read a device announcement."""
    if len(data) < 11:
        raise ParseError(len(data), "device announcement cut short")
    is_router = bool(data[10] & 0x02)
    return Announcement(
        int.from_bytes(data[:2], "little"),
        ieee_text(data[2:10]),
        LogicalType.ROUTER if is_router else LogicalType.END_DEVICE,
    )
