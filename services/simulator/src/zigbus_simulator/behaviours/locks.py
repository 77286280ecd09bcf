"""Door Lock (ZCL rev 8, 7.3): lock, unlock, PIN codes."""

from __future__ import annotations

from typing import Final

from zigbus.zcl.frames import SUCCESS, ZclFrame
from zigbus_simulator.behaviours.outcome import Handler, Outcome, Reply, change
from zigbus_simulator.device import Device
from zigbus_simulator.octets import Reader, u16

LOCK_CLUSTER = 0x0101
LOCKED, UNLOCKED = 1, 2


def _turn(to: int | None) -> Handler:
    """Lock or unlock; None: the other way round."""

    def handler(device: Device, endpoint: int, frame: ZclFrame) -> Outcome:
        now = device.get(endpoint, LOCK_CLUSTER, 0)
        change(device, endpoint, LOCK_CLUSTER, 0, to or (UNLOCKED if now == LOCKED else LOCKED))
        return Reply(frame.command, b"\0")

    return handler


def _set_pin(device: Device, endpoint: int, frame: ZclFrame) -> Outcome:
    reader = Reader(frame.payload)
    user, status, kind = reader.u16(), reader.u8(), reader.u8()
    device.pins[user] = (status, kind, reader.take(reader.u8()))
    return Reply(frame.command, b"\0")


def _get_pin(device: Device, endpoint: int, frame: ZclFrame) -> Outcome:
    user = Reader(frame.payload).u16()
    status, kind, code = device.pins.get(user, (0, 0xFF, b""))
    return Reply(frame.command, u16(user) + bytes((status, kind, len(code))) + code)


def _clear_pin(device: Device, endpoint: int, frame: ZclFrame) -> Outcome:
    device.pins.pop(Reader(frame.payload).u16(), None)
    return Reply(frame.command, b"\0")


def _clear_all_pins(device: Device, endpoint: int, frame: ZclFrame) -> Outcome:
    device.pins.clear()
    return Reply(frame.command, bytes((SUCCESS,)))


DOOR_LOCK: Final[dict[int, Handler]] = {
    0x00: _turn(LOCKED),
    0x01: _turn(UNLOCKED),
    0x02: _turn(None),
    0x05: _set_pin,
    0x06: _get_pin,
    0x07: _clear_pin,
    0x08: _clear_all_pins,
}
