"""Color Control (ZCL rev 8, 5.2). Moves and transitions take effect at once; continuous moves are confirmed only."""

from __future__ import annotations

from typing import Final

from zigbus.zcl.frames import SUCCESS, ZclFrame
from zigbus_simulator.behaviours.outcome import Handler, Outcome, accept, change, number
from zigbus_simulator.device import Device
from zigbus_simulator.octets import Reader

COLOR_CLUSTER = 0x0300
HUE, SATURATION, X, Y, TEMPERATURE, MODE = 0x0000, 0x0001, 0x0003, 0x0004, 0x0007, 0x0008
ENHANCED_HUE, ENHANCED_MODE, MIREDS_MIN, MIREDS_MAX = 0x4000, 0x4001, 0x400B, 0x400C
_BY_HUE, _BY_XY, _BY_TEMPERATURE, _BY_ENHANCED_HUE = range(4)
_MAX_SATURATION, _HUES, _ENHANCED_HUES = 254, 255, 0x10000


def _set(device: Device, endpoint: int, values: dict[int, int], mode: int) -> Outcome:
    plain = _BY_HUE if mode == _BY_ENHANCED_HUE else mode
    for attribute, value in (values | {MODE: plain, ENHANCED_MODE: mode}).items():
        change(device, endpoint, COLOR_CLUSTER, attribute, value)
    return SUCCESS


def _move_to_hue(device: Device, endpoint: int, frame: ZclFrame) -> Outcome:
    return _set(device, endpoint, {HUE: Reader(frame.payload).u8()}, _BY_HUE)


def _move_to_saturation(device: Device, endpoint: int, frame: ZclFrame) -> Outcome:
    return _set(device, endpoint, {SATURATION: Reader(frame.payload).u8()}, _BY_HUE)


def _move_to_hue_and_saturation(device: Device, endpoint: int, frame: ZclFrame) -> Outcome:
    reader = Reader(frame.payload)
    return _set(device, endpoint, {HUE: reader.u8(), SATURATION: reader.u8()}, _BY_HUE)


def _move_to_color(device: Device, endpoint: int, frame: ZclFrame) -> Outcome:
    reader = Reader(frame.payload)
    return _set(device, endpoint, {X: reader.u16(), Y: reader.u16()}, _BY_XY)


def _move_to_temperature(device: Device, endpoint: int, frame: ZclFrame) -> Outcome:
    return _set_temperature(device, endpoint, Reader(frame.payload).u16())


def _enhanced_move_to_hue(device: Device, endpoint: int, frame: ZclFrame) -> Outcome:
    hue = Reader(frame.payload).u16()
    return _set(device, endpoint, {ENHANCED_HUE: hue, HUE: hue >> 8}, _BY_ENHANCED_HUE)


def _enhanced_move_to_hue_and_saturation(device: Device, endpoint: int, frame: ZclFrame) -> Outcome:
    reader = Reader(frame.payload)
    hue, saturation = reader.u16(), reader.u8()
    return _set(device, endpoint, {ENHANCED_HUE: hue, HUE: hue >> 8, SATURATION: saturation}, _BY_ENHANCED_HUE)


def _step_hue(device: Device, endpoint: int, frame: ZclFrame) -> Outcome:
    reader = Reader(frame.payload)
    up, size = reader.u8() == 1, reader.u8()
    hue = number(device, endpoint, COLOR_CLUSTER, HUE) + (size if up else -size)
    return _set(device, endpoint, {HUE: hue % _HUES}, _BY_HUE)


def _step_saturation(device: Device, endpoint: int, frame: ZclFrame) -> Outcome:
    reader = Reader(frame.payload)
    up, size = reader.u8() == 1, reader.u8()
    saturation = number(device, endpoint, COLOR_CLUSTER, SATURATION) + (size if up else -size)
    return _set(device, endpoint, {SATURATION: max(0, min(_MAX_SATURATION, saturation))}, _BY_HUE)


def _enhanced_step_hue(device: Device, endpoint: int, frame: ZclFrame) -> Outcome:
    reader = Reader(frame.payload)
    up, size = reader.u8() == 1, reader.u16()
    hue = (number(device, endpoint, COLOR_CLUSTER, ENHANCED_HUE) + (size if up else -size)) % _ENHANCED_HUES
    return _set(device, endpoint, {ENHANCED_HUE: hue, HUE: hue >> 8}, _BY_ENHANCED_HUE)


def _step_temperature(device: Device, endpoint: int, frame: ZclFrame) -> Outcome:
    reader = Reader(frame.payload)
    up, size = reader.u8() == 1, reader.u16()
    mireds = number(device, endpoint, COLOR_CLUSTER, TEMPERATURE)
    return _set_temperature(device, endpoint, mireds + (size if up else -size))


def _set_temperature(device: Device, endpoint: int, mireds: int) -> Outcome:
    low = number(device, endpoint, COLOR_CLUSTER, MIREDS_MIN, 0)
    high = number(device, endpoint, COLOR_CLUSTER, MIREDS_MAX, 0xFEFF)
    return _set(device, endpoint, {TEMPERATURE: max(low, min(high, mireds))}, _BY_TEMPERATURE)


COLOR: Final[dict[int, Handler]] = {
    **dict.fromkeys((0x01, 0x04, 0x08, 0x09, 0x41, 0x44, 0x47, 0x4B), accept),
    0x00: _move_to_hue,
    0x02: _step_hue,
    0x03: _move_to_saturation,
    0x05: _step_saturation,
    0x06: _move_to_hue_and_saturation,
    0x07: _move_to_color,
    0x0A: _move_to_temperature,
    0x40: _enhanced_move_to_hue,
    0x42: _enhanced_step_hue,
    0x43: _enhanced_move_to_hue_and_saturation,
    0x4C: _step_temperature,
}
