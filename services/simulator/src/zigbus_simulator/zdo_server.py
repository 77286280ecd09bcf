"""What a device answers to ZDO requests. Requests and answers are without the transaction number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from zigbus_simulator import topology, zdo
from zigbus_simulator.device import Binding, Device
from zigbus_simulator.octets import Reader, eui64, u16

LEAVE_DELAY_S = 0.05  # the answer goes out before the device is gone
_GROUP, _UNICAST = 0x01, 0x03  # address modes of a binding
_EVERY_TARGET = "0xffffffffffffffff"
_MAX_BUFFER = 82

Handler = Callable[[Device, Reader], bytes | None]


def answer(device: Device, cluster: int, request: bytes) -> bytes | None:
    """Return the answer, None if the device keeps silent. Raises ParseError if the request is cut short."""
    handler = _HANDLERS.get(cluster)
    return bytes((zdo.NOT_SUPPORTED,)) if handler is None else handler(device, Reader(request))


def _nwk_address(device: Device, ask: Reader) -> bytes | None:
    return _addresses(device) if ask.ieee() == device.ieee else None


def _ieee_address(device: Device, ask: Reader) -> bytes | None:
    return _addresses(device) if ask.u16() == device.nwk else None


def _addresses(device: Device) -> bytes:
    return b"\0" + eui64(device.ieee) + u16(device.nwk)


def _node_descriptor(device: Device, ask: Reader) -> bytes:
    logical_type = 1 if device.spec.router else 2
    return (
        b"\0"
        + u16(device.nwk)
        + bytes((logical_type, 0x40, device.capability))  # 0x40: 2.4 GHz
        + u16(device.spec.manufacturer_code)
        + bytes((_MAX_BUFFER,))
        + u16(_MAX_BUFFER)
        + u16(device.spec.revision << 9)
        + u16(_MAX_BUFFER)
        + b"\0"
    )


def _power_descriptor(device: Device, ask: Reader) -> bytes:
    # Available and current source, level 100 %: mains, or a disposable battery.
    return b"\0" + u16(device.nwk) + (b"\x10\xc1" if device.spec.mains else b"\x40\xc4")


def _simple_descriptor(device: Device, ask: Reader) -> bytes:
    ask.u16()
    return zdo.simple_descriptor(device.nwk, device.endpoints.get(ask.u8()))


def _active_endpoints(device: Device, ask: Reader) -> bytes:
    return zdo.active_endpoints(device.nwk, tuple(device.endpoints))


def _match_descriptor(device: Device, ask: Reader) -> bytes:
    ask.u16()
    profile, inputs, outputs = ask.u16(), set(ask.u16s()), set(ask.u16s())
    matching = [
        endpoint.id
        for endpoint in device.endpoints.values()
        if endpoint.profile == profile and (inputs & set(endpoint.inputs) or outputs & set(endpoint.outputs))
    ]
    return zdo.active_endpoints(device.nwk, matching)


def _read_binding(ask: Reader) -> Binding:
    ask.take(8)
    source, cluster, mode = ask.u8(), ask.u16(), ask.u8()
    if mode == _GROUP:
        return Binding(source, cluster, ask.u16(), 0)
    return Binding(source, cluster, ask.ieee(), ask.u8())


def _bind(device: Device, ask: Reader) -> bytes:
    binding = _read_binding(ask)
    if binding.source not in device.endpoints:
        return bytes((zdo.INVALID_ENDPOINT,))
    if binding not in device.bindings:
        device.bindings.append(binding)
        device.air.device_changed()
    return b"\0"


def _unbind(device: Device, ask: Reader) -> bytes:
    binding = _read_binding(ask)
    if binding not in device.bindings:
        return bytes((zdo.NO_ENTRY,))
    device.bindings.remove(binding)
    device.air.device_changed()
    return b"\0"


def _clear_all_bindings(device: Device, ask: Reader) -> bytes:
    ask.take(2)  # tag and length of the one TLV
    targets = [ask.ieee() for _ in range(ask.u8())]
    everything = _EVERY_TARGET in targets
    device.bindings[:] = [b for b in device.bindings if not everything and b.target not in targets]
    device.air.device_changed()
    return b"\0"


def _binding_row(device: Device, binding: Binding) -> bytes:
    head = eui64(device.ieee) + bytes((binding.source,)) + u16(binding.cluster)
    if isinstance(binding.target, int):
        return head + bytes((_GROUP,)) + u16(binding.target)
    return head + bytes((_UNICAST,)) + eui64(binding.target) + bytes((binding.endpoint,))


def _mgmt_bind(device: Device, ask: Reader) -> bytes:
    return zdo.table_page([_binding_row(device, binding) for binding in device.bindings], ask.u8(), 3)


def _mgmt_lqi(device: Device, ask: Reader) -> bytes:
    if not device.spec.router:
        return bytes((zdo.NOT_SUPPORTED,))
    return zdo.table_page(topology.neighbours(device.air, device), ask.u8(), topology.NEIGHBOURS_PER_PAGE)


def _mgmt_routing(device: Device, ask: Reader) -> bytes:
    if not device.spec.router:
        return bytes((zdo.NOT_SUPPORTED,))
    return zdo.table_page(topology.routes(device.air, device), ask.u8(), topology.ROUTES_PER_PAGE)


def _mgmt_leave(device: Device, ask: Reader) -> bytes:
    ask.take(8)
    rejoin = bool(ask.left and ask.u8() & 0x80)
    device.air.later(LEAVE_DELAY_S, lambda: device.air.leave(device, rejoin=rejoin))
    return b"\0"


def _agree(device: Device, ask: Reader) -> bytes:
    return b"\0"


_HANDLERS: Final[dict[int, Handler]] = {
    zdo.NWK_ADDRESS: _nwk_address,
    zdo.IEEE_ADDRESS: _ieee_address,
    zdo.NODE_DESCRIPTOR: _node_descriptor,
    zdo.POWER_DESCRIPTOR: _power_descriptor,
    zdo.SIMPLE_DESCRIPTOR: _simple_descriptor,
    zdo.ACTIVE_ENDPOINTS: _active_endpoints,
    zdo.MATCH_DESCRIPTOR: _match_descriptor,
    zdo.BIND: _bind,
    zdo.UNBIND: _unbind,
    zdo.CLEAR_ALL_BINDINGS: _clear_all_bindings,
    zdo.MGMT_BIND: _mgmt_bind,
    zdo.MGMT_LQI: _mgmt_lqi,
    zdo.MGMT_ROUTING: _mgmt_routing,
    zdo.MGMT_LEAVE: _mgmt_leave,
    zdo.MGMT_PERMIT_JOINING: _agree,
}
