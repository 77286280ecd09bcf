"""ZDO: the standard requests that MT wraps, start-up, groups of the stick's own endpoints, raw callbacks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from zigbus_simulator import topology, zdo
from zigbus_simulator.air import BROADCAST
from zigbus_simulator.coordinator import Commands, Coordinator
from zigbus_simulator.mt import Status
from zigbus_simulator.octets import Reader, eui64, u16, u32

_OWN_ANSWER_S = 0.002
_BROADCAST_MODE = 0x0F
_ROUTERS, _LISTENERS = 0xFFFC, 0xFFFD
_MAX_BUFFER, _CHANGE_CHANNEL, _MAX_SCAN = 160, 0xFE, 5
_TABLE_EMPTY = 0x01

# MT command -> ZDO cluster, for requests that start with the destination and pass the rest on.
_WITH_DESTINATION = {
    0x02: zdo.NODE_DESCRIPTOR, 0x03: zdo.POWER_DESCRIPTOR, 0x04: zdo.SIMPLE_DESCRIPTOR, 0x05: zdo.ACTIVE_ENDPOINTS,
    0x06: zdo.MATCH_DESCRIPTOR, 0x0C: zdo.SERVER_DISCOVERY, 0x21: zdo.BIND, 0x22: zdo.UNBIND, 0x31: zdo.MGMT_LQI,
    0x32: zdo.MGMT_ROUTING, 0x33: zdo.MGMT_BIND, 0x34: zdo.MGMT_LEAVE,
}  # fmt: skip


def request(stick: Coordinator, nwk: int, cluster: int, sequence: int, payload: bytes) -> bytes:
    """Send a ZDO request over the air; the stick answers what is meant for itself."""
    if not stick.running:
        return bytes((Status.NWK_INVALID_REQUEST,))
    if nwk == 0 or nwk >= BROADCAST:
        answer = own_answer(stick, cluster, payload)
        if answer is not None:
            stick.later(_OWN_ANSWER_S, lambda: stick.zdo_response(0, cluster, sequence, answer))
    stick.air.request(nwk, cluster, sequence, payload)
    return bytes((Status.SUCCESS,))


def _wrapped(cluster: int) -> Callable[[Coordinator, Reader], bytes]:
    def handler(stick: Coordinator, ask: Reader) -> bytes:
        return request(stick, ask.u16(), cluster, stick.next_sequence(), ask.rest())

    return handler


def _nwk_address(stick: Coordinator, ask: Reader) -> bytes:
    return request(stick, _LISTENERS, zdo.NWK_ADDRESS, stick.next_sequence(), ask.rest())


def _ieee_address(stick: Coordinator, ask: Reader) -> bytes:
    payload = ask.rest()
    return request(stick, Reader(payload).u16(), zdo.IEEE_ADDRESS, stick.next_sequence(), payload)


def _permit_joining(stick: Coordinator, ask: Reader) -> bytes:
    mode, nwk = ask.u8(), ask.u16()
    if mode != _BROADCAST_MODE and nwk == _ROUTERS:
        nwk = 0
    return request(stick, nwk, zdo.MGMT_PERMIT_JOINING, stick.next_sequence(), ask.rest())


def _nwk_update(stick: Coordinator, ask: Reader) -> bytes:
    nwk, _mode = ask.u16(), ask.u8()
    mask, duration, count, manager = ask.u32(), ask.u8(), ask.u8(), ask.u16()
    scans = bytes((count if duration <= _MAX_SCAN else 0,))
    payload = u32(mask) + bytes((duration,)) + scans + u16(manager)
    return request(stick, nwk, zdo.MGMT_NWK_UPDATE, stick.next_sequence(), payload)


# ---- what the stick answers for itself --------------------------------------------------------------------------------


def own_answer(stick: Coordinator, cluster: int, payload: bytes) -> bytes | None:
    """Return the stick's own answer to a ZDO request, None if it has none."""
    handler = _OWN.get(cluster)
    return handler(stick, Reader(payload)) if handler else None


def _own_addresses(stick: Coordinator) -> bytes:
    return b"\0" + eui64(stick.ieee) + u16(0)


def _own_nwk_address(stick: Coordinator, ask: Reader) -> bytes | None:
    return _own_addresses(stick) if ask.ieee() == stick.ieee else None


def _own_ieee_address(stick: Coordinator, ask: Reader) -> bytes | None:
    return _own_addresses(stick) if ask.u16() == 0 else None


def _own_node_descriptor(stick: Coordinator, ask: Reader) -> bytes:
    # Coordinator; 2.4 GHz; alternate coordinator, full function, mains, listens; no manufacturer; R22, trust centre.
    head = b"\0" + u16(0) + b"\x00\x40\x8f" + u16(0) + b"\x50"
    return head + u16(_MAX_BUFFER) + u16(22 << 9 | 0x0001) + u16(_MAX_BUFFER) + b"\0"


def _own_power_descriptor(stick: Coordinator, ask: Reader) -> bytes:
    return b"\0" + u16(0) + b"\x10\xc1"


def _own_simple_descriptor(stick: Coordinator, ask: Reader) -> bytes:
    ask.u16()
    return zdo.simple_descriptor(0, stick.endpoints.get(ask.u8()))


def _own_active_endpoints(stick: Coordinator, ask: Reader) -> bytes:
    return zdo.active_endpoints(0, sorted(stick.endpoints, reverse=True))


def _own_neighbours(stick: Coordinator, ask: Reader) -> bytes:
    return zdo.table_page(topology.neighbours(stick.air, None), ask.u8(), topology.NEIGHBOURS_PER_PAGE)


def _own_routes(stick: Coordinator, ask: Reader) -> bytes:
    return zdo.table_page(topology.routes(stick.air, None), ask.u8(), topology.ROUTES_PER_PAGE)


def _own_bindings(stick: Coordinator, ask: Reader) -> bytes:
    return zdo.table_page([], ask.u8(), 3)


def _own_agreement(stick: Coordinator, ask: Reader) -> bytes:
    return b"\0"


def _own_nwk_update(stick: Coordinator, ask: Reader) -> bytes | None:
    """Change the channel, or scan for energy on the channels of the mask."""
    mask, duration = ask.u32(), ask.u8()
    channels = [channel for channel in range(11, 27) if mask >> channel & 1]
    if duration == _CHANGE_CHANNEL:
        nib = stick.nv.nib
        nib.channel, nib.update_id = channels[0] if channels else 11, nib.update_id + 1 & 0xFF
        stick.nv.nib = nib
        return None
    energies = bytes(40 + 5 * (channel % 7) for channel in channels)
    return b"\0" + u32(mask) + u16(20) + u16(1) + bytes((len(channels),)) + energies


_OWN: Final[dict[int, Callable[[Coordinator, Reader], bytes | None]]] = {
    zdo.NWK_ADDRESS: _own_nwk_address,
    zdo.IEEE_ADDRESS: _own_ieee_address,
    zdo.NODE_DESCRIPTOR: _own_node_descriptor,
    zdo.POWER_DESCRIPTOR: _own_power_descriptor,
    zdo.SIMPLE_DESCRIPTOR: _own_simple_descriptor,
    zdo.ACTIVE_ENDPOINTS: _own_active_endpoints,
    zdo.MGMT_LQI: _own_neighbours,
    zdo.MGMT_ROUTING: _own_routes,
    zdo.MGMT_BIND: _own_bindings,
    zdo.BIND: _own_agreement,
    zdo.UNBIND: _own_agreement,
    zdo.MGMT_LEAVE: _own_agreement,
    zdo.MGMT_PERMIT_JOINING: _own_agreement,
    zdo.MGMT_NWK_UPDATE: _own_nwk_update,
}


# ---- start-up, groups, callbacks --------------------------------------------------------------------------------------


def _register_callback(stick: Coordinator, ask: Reader) -> bytes:
    stick.callbacks.add(ask.u16())
    return bytes((Status.SUCCESS,))


def _remove_callback(stick: Coordinator, ask: Reader) -> bytes:
    stick.callbacks.discard(ask.u16())
    return bytes((Status.SUCCESS,))


def _startup(stick: Coordinator, ask: Reader) -> bytes:
    """Start from the application: 0 = restored, 1 = a new network."""
    resumed = True if stick.running else stick.start()
    return b"\0" if resumed else b"\x01"


def _discover_route(stick: Coordinator, ask: Reader) -> bytes:
    return bytes((Status.SUCCESS,))


def _check_route(stick: Coordinator, ask: Reader) -> bytes:
    return b"\0" if stick.air.by_nwk(ask.u16()) else b"\x04"


def _find_group(stick: Coordinator, ask: Reader) -> bytes:
    endpoint, group = ask.u8(), ask.u16()
    return bytes((0 if (endpoint, group) in stick.groups else _TABLE_EMPTY,)) + u16(group) + b"\0"


def _add_group(stick: Coordinator, ask: Reader) -> bytes:
    stick.groups.add((ask.u8(), ask.u16()))
    return bytes((Status.SUCCESS,))


def _remove_group(stick: Coordinator, ask: Reader) -> bytes:
    stick.groups.discard((ask.u8(), ask.u16()))
    return bytes((Status.SUCCESS,))


def _remove_all_groups(stick: Coordinator, ask: Reader) -> bytes:
    stick.groups.clear()
    return bytes((Status.SUCCESS,))


def _count_groups(stick: Coordinator, ask: Reader) -> bytes:
    return bytes((len(stick.groups),))


def _network_info(stick: Coordinator, ask: Reader) -> bytes:
    """Return network address, state, PAN id, parent, extended PAN id, parent's address, channel."""
    nib = stick.nv.nib
    head = u16(0) + bytes((stick.state,)) + u16(nib.pan_id) + u16(0)
    return head + stick.extended_pan_id() + bytes(8) + bytes((nib.channel,))


COMMANDS: Final[Commands] = {
    **{command: _wrapped(cluster) for command, cluster in _WITH_DESTINATION.items()},
    0x00: _nwk_address,
    0x01: _ieee_address,
    0x36: _permit_joining,
    0x37: _nwk_update,
    0x3E: _register_callback,
    0x3F: _remove_callback,
    0x40: _startup,
    0x45: _discover_route,
    0x46: _check_route,
    0x47: _remove_group,
    0x48: _remove_all_groups,
    0x4A: _find_group,
    0x4B: _add_group,
    0x4C: _count_groups,
    0x50: _network_info,
}
