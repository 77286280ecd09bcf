"""Neighbour and routing tables of the coordinator and the routers, as their management answers list them."""

from __future__ import annotations

from zigbus_simulator.device import Device, Surroundings
from zigbus_simulator.octets import eui64, u16

NEIGHBOURS_PER_PAGE, ROUTES_PER_PAGE = 3, 10
_COORDINATOR, _ROUTER, _END_DEVICE = 0, 1, 2
_PARENT, _CHILD, _SIBLING = 0, 1, 2


def link_lqi(one: int, other: int) -> int:
    """Return a link quality for two network addresses, 60-239: the same whoever is asked, and at every run."""
    return 60 + ((one + other) * 31 + 17) % 180


def neighbours(air: Surroundings, of: Device | None) -> list[bytes]:
    """Return the neighbour rows of a router, or of the coordinator (None)."""
    nwk = of.nwk if of else 0
    extended_pan_id = air.extended_pan_id()

    def row(ieee: str, other: int, flags: int, depth: int) -> bytes:
        # 2: it is not known whether the neighbour lets devices join
        return extended_pan_id + eui64(ieee) + u16(other) + bytes((flags, 2, depth, link_lqi(nwk, other)))

    rows: list[bytes] = []
    if of is not None:
        rows.append(
            row(air.coordinator_ieee, 0, _flags(_COORDINATOR, True, _PARENT if of.parent == 0 else _SIBLING), 0)
        )
    for device in air.joined_devices():
        if device is of:
            continue
        child = device.parent == nwk
        if device.spec.router:
            relation = _CHILD if child and of is None else _SIBLING
            rows.append(row(device.ieee, device.nwk, _flags(_ROUTER, True, relation), 1))
        elif child:
            flags = _flags(_END_DEVICE, device.listens, _CHILD)
            rows.append(row(device.ieee, device.nwk, flags, 1 if of is None else 2))
    return rows


def _flags(kind: int, listens: bool, relation: int) -> int:
    return kind | listens << 2 | relation << 4


def routes(air: Surroundings, of: Device | None) -> list[bytes]:
    """Return the routing rows of a router, or of the coordinator (None): every router is one hop away."""
    targets = [device.nwk for device in air.joined_devices() if device.spec.router and device is not of]
    if of is not None:
        targets.append(0)
    return [u16(target) + b"\0" + u16(target) for target in targets]
