"""On/Off and Level Control (ZCL rev 8, 3.8 and 3.10). Transitions take effect at once."""

from __future__ import annotations

from typing import Final

from zigbus.zcl.frames import INVALID_FIELD, SUCCESS, ZclFrame
from zigbus_simulator.behaviours.outcome import Handler, Outcome, change, number
from zigbus_simulator.device import Device
from zigbus_simulator.octets import Reader

ON_OFF_CLUSTER, LEVEL_CLUSTER = 0x0006, 0x0008
MIN_LEVEL, MAX_LEVEL = 1, 254
_OPTIONS = 0x000F
_EXECUTE_IF_OFF = 0x01
_WITH_ON_OFF = 0x04  # commands 4-7 are commands 0-3 that switch on and off as well
_MOVE_TO_LEVEL, _MOVE, _STEP, _STOP = range(4)
_PARAMETERS = (3, 2, 4, 0)  # octets before the options, by command


def is_on(device: Device, endpoint: int) -> bool:
    """Whether the endpoint is switched on; one without On/Off is."""
    return bool(number(device, endpoint, ON_OFF_CLUSTER, 0, default=1))


def _switch(to: bool) -> Handler:
    def handler(device: Device, endpoint: int, frame: ZclFrame) -> Outcome:
        change(device, endpoint, ON_OFF_CLUSTER, 0, to)
        return SUCCESS

    return handler


def _toggle(device: Device, endpoint: int, frame: ZclFrame) -> Outcome:
    change(device, endpoint, ON_OFF_CLUSTER, 0, not is_on(device, endpoint))
    return SUCCESS


def _on_with_timed_off(device: Device, endpoint: int, frame: ZclFrame) -> Outcome:
    reader = Reader(frame.payload)
    only_when_on, on_time, _wait = reader.u8() & 0x01, reader.u16(), reader.u16()
    if only_when_on and not is_on(device, endpoint):
        return SUCCESS
    change(device, endpoint, ON_OFF_CLUSTER, 0, True)
    if 0 < on_time < 0xFFFF:  # tenths of a second
        device.air.later(on_time / 10, lambda: change(device, endpoint, ON_OFF_CLUSTER, 0, False))
    return SUCCESS


def _level(device: Device, endpoint: int, frame: ZclFrame) -> Outcome:
    command, with_on_off = frame.command & 0x03, bool(frame.command & _WITH_ON_OFF)
    if command == _STOP:
        return SUCCESS
    reader = Reader(frame.payload)
    target = _target(command, reader, number(device, endpoint, LEVEL_CLUSTER, 0))
    if target is None:
        return INVALID_FIELD
    if not with_on_off and not is_on(device, endpoint) and not _executes_if_off(device, endpoint, frame, command):
        return SUCCESS
    if with_on_off:
        change(device, endpoint, ON_OFF_CLUSTER, 0, target > 0)
        if target <= 0:  # the level stays, so that it comes back when switched on
            return SUCCESS
    change(device, endpoint, LEVEL_CLUSTER, 0, max(MIN_LEVEL, min(MAX_LEVEL, target)))
    return SUCCESS


def _target(command: int, reader: Reader, level: int) -> int | None:
    """Return the level that the command leads to, unclamped; None if its mode is unknown."""
    if command == _MOVE_TO_LEVEL:
        return reader.u8()
    mode, amount = reader.u8(), reader.u8()
    if mode not in (0, 1):
        return None
    if command == _MOVE:
        return MIN_LEVEL if mode else MAX_LEVEL
    return level - amount if mode else level + amount


def _executes_if_off(device: Device, endpoint: int, frame: ZclFrame, command: int) -> bool:
    options = number(device, endpoint, LEVEL_CLUSTER, _OPTIONS)
    given = frame.payload[_PARAMETERS[command] :]
    if len(given) >= 2:
        mask, override = given[0], given[1]
        options = options & ~mask | override & mask
    return bool(options & _EXECUTE_IF_OFF)


ON_OFF: Final[dict[int, Handler]] = {
    0x00: _switch(False),
    0x01: _switch(True),
    0x02: _toggle,
    0x40: _switch(False),  # off with effect
    0x41: _switch(True),  # on with recall of the global scene
    0x42: _on_with_timed_off,
}
LEVEL: Final[dict[int, Handler]] = dict.fromkeys(range(8), _level)
