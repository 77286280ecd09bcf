"""IAS Zone enrolment and warning devices (ZCL rev 8, 8.2 and 8.4)."""

from __future__ import annotations

from typing import Final

from zigbus.zcl.frames import SUCCESS, ZclFrame
from zigbus_simulator.behaviours.outcome import Handler, Outcome, accept, change
from zigbus_simulator.device import Device
from zigbus_simulator.octets import Reader

ZONE_CLUSTER = 0x0500
_ZONE_STATE, _ZONE_ID = 0x0000, 0x0011


def _enroll_response(device: Device, endpoint: int, frame: ZclFrame) -> Outcome:
    reader = Reader(frame.payload)
    status, zone = reader.u8(), reader.u8()
    if status == SUCCESS:
        change(device, endpoint, ZONE_CLUSTER, _ZONE_STATE, 1)
        change(device, endpoint, ZONE_CLUSTER, _ZONE_ID, zone)
    return SUCCESS


IAS_ZONE: Final[dict[int, Handler]] = {0x00: _enroll_response, 0x01: accept, 0x02: accept}
WARNING: Final[dict[int, Handler]] = {0x00: accept, 0x01: accept}
