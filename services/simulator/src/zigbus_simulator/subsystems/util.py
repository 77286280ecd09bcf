"""UTIL: device info, associated devices, LED, callback subscription, address look-ups."""

from __future__ import annotations

from typing import Final

from zigbus_simulator.coordinator import Commands, Coordinator
from zigbus_simulator.device import Device
from zigbus_simulator.mt import Status
from zigbus_simulator.nv import Item
from zigbus_simulator.octets import Reader, eui64, u16

_ALL_TYPES = 0x07  # coordinator, router, end device
_NOBODY = 0xFFFE
_RELATION_NONE, _CHILD_POLLS, _CHILD_LISTENS, _CHILD_ROUTER = 0xFF, 1, 2, 5
_MEMORY_SIZE, _MESSAGE_SIZE = 36, 29  # of associated_devices_t: as it lies in memory, and as MT documents it
_MAX_LISTED = 60


def _children(stick: Coordinator) -> list[Device]:
    return [device for device in stick.air.joined_devices() if device.parent == 0]


def _device_info(stick: Coordinator, ask: Reader) -> bytes:
    children = [device.nwk for device in _children(stick) if not device.spec.router][:_MAX_LISTED]
    head = bytes((Status.SUCCESS,)) + eui64(stick.ieee) + u16(0)
    return head + bytes((_ALL_TYPES, stick.state, len(children))) + b"".join(map(u16, children))


def _nv_info(stick: Coordinator, ask: Reader) -> bytes:
    items = stick.nv.items
    network = items.get(Item.CHANNELS, bytes(4)) + items.get(Item.PAN_ID, bytes(2))
    head = bytes((Status.SUCCESS,)) + eui64(stick.ieee) + network
    return head + b"\x05" + items.get(Item.PRECONFIGURED_KEY, bytes(16))  # 5: security level


def _accept(stick: Coordinator, ask: Reader) -> bytes:
    return bytes((Status.SUCCESS,))


def _associated(stick: Coordinator, device: Device | None, size: int) -> bytes:
    """Return associated_devices_t: network address, address manager index, relation, and link state as zeros."""
    if device is None or not device.joined or device.parent != 0:
        head = u16(_NOBODY) + u16(0) + bytes((_RELATION_NONE,))
    else:
        relation = _CHILD_ROUTER if device.spec.router else _CHILD_LISTENS if device.listens else _CHILD_POLLS
        head = u16(device.nwk) + u16(stick.row_of(device) or 0) + bytes((relation,))
    return head.ljust(size, b"\0")


def _associated_count(stick: Coordinator, ask: Reader) -> bytes:
    return u16(len(_children(stick)))


def _find_associated(stick: Coordinator, ask: Reader) -> bytes:
    index, children = ask.u8(), _children(stick)
    return _associated(stick, children[index] if index < len(children) else None, _MEMORY_SIZE)


def _get_associated(stick: Coordinator, ask: Reader) -> bytes:
    octets, nwk = ask.ieee(), ask.u16()
    by_address = stick.air.devices.get(octets)
    return _associated(stick, by_address if int(octets, 16) else stick.air.by_nwk(nwk), _MESSAGE_SIZE)


def _nwk_of(stick: Coordinator, ask: Reader) -> bytes:
    device = stick.air.devices.get(ask.ieee())
    return u16(device.nwk if device is not None and device.joined else _NOBODY)


def _ieee_of(stick: Coordinator, ask: Reader) -> bytes:
    device = stick.air.by_nwk(ask.u16())
    return eui64(device.ieee) if device else bytes(8)


COMMANDS: Final[Commands] = {
    0x00: _device_info,
    0x01: _nv_info,
    0x06: _accept,  # callback subscription
    0x0A: _accept,  # LED
    0x40: _nwk_of,
    0x41: _ieee_of,
    0x48: _associated_count,
    0x49: _find_associated,
    0x4A: _get_associated,
    0x63: _accept,  # remove an associated device
    0x64: _accept,  # add one
}
