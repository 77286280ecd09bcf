"""Groups (ZCL rev 8, 3.6)."""

from __future__ import annotations

from typing import Final

from zigbus.zcl.frames import DUPLICATE_EXISTS, NOT_FOUND, SUCCESS, ZclFrame
from zigbus_simulator.behaviours.outcome import Handler, Outcome, Reply, number
from zigbus_simulator.device import Device
from zigbus_simulator.octets import Reader, u16

CAPACITY = 16
_IDENTIFY = 0x0003


def _add(device: Device, endpoint: int, frame: ZclFrame) -> Outcome:
    group = Reader(frame.payload).u16()
    members = device.groups[endpoint]
    status = DUPLICATE_EXISTS if group in members else SUCCESS
    members.add(group)
    device.air.device_changed()
    return Reply(0x00, bytes((status,)) + u16(group))


def _view(device: Device, endpoint: int, frame: ZclFrame) -> Outcome:
    group = Reader(frame.payload).u16()
    status = SUCCESS if group in device.groups[endpoint] else NOT_FOUND
    return Reply(0x01, bytes((status,)) + u16(group) + b"\0")


def _membership(device: Device, endpoint: int, frame: ZclFrame) -> Outcome:
    asked = Reader(frame.payload).u16s()
    members = device.groups[endpoint]
    listed = sorted(group for group in members if not asked or group in asked)
    return Reply(0x02, bytes((max(0, CAPACITY - len(members)), len(listed))) + b"".join(map(u16, listed)))


def _remove(device: Device, endpoint: int, frame: ZclFrame) -> Outcome:
    group = Reader(frame.payload).u16()
    members = device.groups[endpoint]
    status = SUCCESS if group in members else NOT_FOUND
    members.discard(group)
    _forget_scenes(device, endpoint, {group})
    return Reply(0x03, bytes((status,)) + u16(group))


def _remove_all(device: Device, endpoint: int, frame: ZclFrame) -> Outcome:
    members = device.groups[endpoint]
    _forget_scenes(device, endpoint, members)
    members.clear()
    return SUCCESS


def _add_if_identifying(device: Device, endpoint: int, frame: ZclFrame) -> Outcome:
    if number(device, endpoint, _IDENTIFY, 0):
        device.groups[endpoint].add(Reader(frame.payload).u16())
        device.air.device_changed()
    return SUCCESS


def _forget_scenes(device: Device, endpoint: int, groups: set[int]) -> None:
    for key in [key for key in device.scenes if key[0] == endpoint and key[1] in groups]:
        del device.scenes[key]
    device.air.device_changed()


GROUPS: Final[dict[int, Handler]] = {
    0x00: _add,
    0x01: _view,
    0x02: _membership,
    0x03: _remove,
    0x04: _remove_all,
    0x05: _add_if_identifying,
}
