"""Window Covering (ZCL rev 8, 7.4). Percentages are the device's: 100 is closed. A move takes effect at once."""

from __future__ import annotations

from typing import Final

from zigbus.zcl.frames import INVALID_VALUE, SUCCESS, ZclFrame
from zigbus_simulator.behaviours.outcome import Handler, Outcome, accept, change
from zigbus_simulator.device import Device
from zigbus_simulator.octets import Reader

COVER_CLUSTER = 0x0102
LIFT, TILT = 0x0008, 0x0009


def _lift_to(percent: int) -> Handler:
    def handler(device: Device, endpoint: int, frame: ZclFrame) -> Outcome:
        change(device, endpoint, COVER_CLUSTER, LIFT, percent)
        return SUCCESS

    return handler


def _go_to(attribute: int) -> Handler:
    def handler(device: Device, endpoint: int, frame: ZclFrame) -> Outcome:
        percent = Reader(frame.payload).u8()
        if percent > 100:
            return INVALID_VALUE
        change(device, endpoint, COVER_CLUSTER, attribute, percent)
        return SUCCESS

    return handler


WINDOW_COVERING: Final[dict[int, Handler]] = {
    0x00: _lift_to(0),
    0x01: _lift_to(100),
    0x02: accept,  # stop
    0x05: _go_to(LIFT),
    0x08: _go_to(TILT),
}
