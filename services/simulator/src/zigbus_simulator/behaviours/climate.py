"""Thermostat (ZCL rev 8, 6.3): set points are attributes; commands shift them or ask for the schedule."""

from __future__ import annotations

from typing import Final

from zigbus.zcl.frames import SUCCESS, ZclFrame
from zigbus_simulator.behaviours.outcome import Handler, Outcome, Reply, accept, change, number
from zigbus_simulator.device import Device
from zigbus_simulator.octets import Reader

THERMOSTAT_CLUSTER = 0x0201
_HEATING_SETPOINT, _COOLING_SETPOINT = 0x0012, 0x0011
_DANFOSS_SETPOINT, _DANFOSS_PREHEAT = 0x40, 0x42


def _raise_or_lower(device: Device, endpoint: int, frame: ZclFrame) -> Outcome:
    reader = Reader(frame.payload)
    mode, tenths = reader.u8(), int.from_bytes(reader.take(1), "little", signed=True)
    for attribute, modes in ((_HEATING_SETPOINT, (0, 2)), (_COOLING_SETPOINT, (1, 2))):
        if mode in modes:
            setpoint = number(device, endpoint, THERMOSTAT_CLUSTER, attribute) + 10 * tenths
            change(device, endpoint, THERMOSTAT_CLUSTER, attribute, setpoint)
    return SUCCESS


def _danfoss_setpoint(device: Device, endpoint: int, frame: ZclFrame) -> Outcome:
    reader = Reader(frame.payload)
    reader.u8()
    setpoint = int.from_bytes(reader.take(2), "little", signed=True)
    change(device, endpoint, THERMOSTAT_CLUSTER, _HEATING_SETPOINT, setpoint)
    return SUCCESS


def _weekly_schedule(device: Device, endpoint: int, frame: ZclFrame) -> Outcome:
    reader = Reader(frame.payload)
    days, mode = reader.u8(), reader.u8()
    return Reply(0x00, bytes((0, days, mode)))  # no transitions


THERMOSTAT: Final[dict[int, Handler]] = {
    0x00: _raise_or_lower,
    0x01: accept,
    0x02: _weekly_schedule,
    0x03: accept,
    _DANFOSS_SETPOINT: _danfoss_setpoint,
    _DANFOSS_PREHEAT: accept,
}
