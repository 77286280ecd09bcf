"""Clusters that only confirm: Basic, Identify, Alarms, Poll Control, and an OTA client that declines."""

from __future__ import annotations

from typing import Final

from zigbus.zcl.frames import SUCCESS, ZclFrame
from zigbus_simulator.behaviours.outcome import Handler, Outcome, Reply, accept, change
from zigbus_simulator.device import Device
from zigbus_simulator.octets import Reader, u16

_IDENTIFY = 0x0003


def _identify(device: Device, endpoint: int, frame: ZclFrame) -> Outcome:
    change(device, endpoint, _IDENTIFY, 0, Reader(frame.payload).u16())
    return SUCCESS


def _identify_query(device: Device, endpoint: int, frame: ZclFrame) -> Outcome:
    remaining_s = device.get(endpoint, _IDENTIFY, 0)
    return Reply(0x00, u16(remaining_s)) if remaining_s else SUCCESS


BASIC: Final[dict[int, Handler]] = {0x00: accept}
IDENTIFY: Final[dict[int, Handler]] = {0x00: _identify, 0x01: _identify_query, 0x40: accept}
ALARMS: Final[dict[int, Handler]] = dict.fromkeys(range(4), accept)
OTA: Final[dict[int, Handler]] = dict.fromkeys((0, 2, 5, 7), accept)  # from the OTA server
POLL_CONTROL: Final[dict[int, Handler]] = dict.fromkeys(range(4), accept)
