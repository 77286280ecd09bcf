"""ZDO numbers and names, and the parts that the coordinator's and the devices' answers share (Zigbee specification 2.4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from zigbus_simulator.octets import u16
from zigbus_simulator.spec import Endpoint

NWK_ADDRESS, IEEE_ADDRESS, NODE_DESCRIPTOR, POWER_DESCRIPTOR = 0x0000, 0x0001, 0x0002, 0x0003
SIMPLE_DESCRIPTOR, ACTIVE_ENDPOINTS, MATCH_DESCRIPTOR, DEVICE_ANNOUNCE = 0x0004, 0x0005, 0x0006, 0x0013
SERVER_DISCOVERY, BIND, UNBIND, CLEAR_ALL_BINDINGS = 0x0015, 0x0021, 0x0022, 0x002B
MGMT_LQI, MGMT_ROUTING, MGMT_BIND, MGMT_LEAVE, MGMT_PERMIT_JOINING, MGMT_NWK_UPDATE = 0x31, 0x32, 0x33, 0x34, 0x36, 0x38
RESPONSE: Final = 0x8000  # set in the cluster of an answer

SUCCESS, INVALID_ENDPOINT, NOT_SUPPORTED, NO_ENTRY = 0x00, 0x82, 0x84, 0x88

NAMES: Final = {
    NWK_ADDRESS: "nwk_address", IEEE_ADDRESS: "ieee_address", NODE_DESCRIPTOR: "node_descriptor",
    POWER_DESCRIPTOR: "power_descriptor", SIMPLE_DESCRIPTOR: "simple_descriptor", ACTIVE_ENDPOINTS: "active_endpoints",
    MATCH_DESCRIPTOR: "match_descriptor", DEVICE_ANNOUNCE: "device_announce", SERVER_DISCOVERY: "server_discovery",
    BIND: "bind", UNBIND: "unbind", CLEAR_ALL_BINDINGS: "clear_all_bindings", MGMT_LQI: "mgmt_lqi", MGMT_ROUTING: "mgmt_routing", MGMT_BIND: "mgmt_bind",
    MGMT_LEAVE: "mgmt_leave", MGMT_PERMIT_JOINING: "mgmt_permit_joining", MGMT_NWK_UPDATE: "mgmt_nwk_update",
}  # fmt: skip


def clusters(ids: Sequence[int]) -> bytes:
    """Return a cluster list with its length octet."""
    return bytes((len(ids),)) + b"".join(map(u16, ids))


def simple_descriptor(nwk: int, endpoint: Endpoint | None) -> bytes:
    """Return the answer to a simple descriptor request; None: there is no such endpoint."""
    if endpoint is None:
        return bytes((INVALID_ENDPOINT,)) + u16(nwk) + b"\0"
    head = bytes((endpoint.id,)) + u16(endpoint.profile) + u16(endpoint.device_type) + b"\x01"
    body = head + clusters(endpoint.inputs) + clusters(endpoint.outputs)
    return bytes((SUCCESS,)) + u16(nwk) + bytes((len(body),)) + body


def active_endpoints(nwk: int, endpoints: Sequence[int]) -> bytes:
    """Return the answer to an active endpoints request."""
    return bytes((SUCCESS,)) + u16(nwk) + bytes((len(endpoints), *endpoints))


def table_page(rows: Sequence[bytes], start: int, per_page: int) -> bytes:
    """Return one page of a management table: status, rows in all, first index, rows here, the rows."""
    page = rows[start : start + per_page]
    return bytes((SUCCESS, len(rows), start, len(page))) + b"".join(page)
