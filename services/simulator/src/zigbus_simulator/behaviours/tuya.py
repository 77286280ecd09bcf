"""Tuya datapoints (cluster 0xEF00): id, type, big-endian length, octets; several in one frame after a sequence number."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from zigbus.zcl.frames import SUCCESS, ZclFrame
from zigbus_simulator.behaviours.outcome import Handler, Outcome, Reply, accept
from zigbus_simulator.device import Device
from zigbus_simulator.octets import Reader

TUYA_CLUSTER = 0xEF00
RESPONSE, REPORT = 0x01, 0x02
_ECHO_DELAY_S = 0.02  # the module's microcontroller confirms a moment later
_MCU_VERSION = b"\x40"
Datapoint = tuple[int, int, bytes]  # id, type (1 bool, 2 number, 4 enum …), octets


def datapoints(items: Iterable[Datapoint]) -> bytes:
    """Return datapoints as they stand in a frame, after its sequence number."""
    return b"".join(bytes((dp, kind)) + len(octets).to_bytes(2, "big") + octets for dp, kind, octets in items)


def send(device: Device, items: Iterable[Datapoint], command: int = REPORT) -> None:
    """Make a device tell datapoints; they are its values from now on."""
    told = list(items)
    for dp, kind, octets in told:
        device.datapoints[dp] = (kind, octets)
    device.air.device_changed()
    sequence = device.next_sequence().to_bytes(2, "big")
    device.send_command(1, TUYA_CLUSTER, command, sequence + datapoints(told), from_server=True)


def _set(device: Device, endpoint: int, frame: ZclFrame) -> Outcome:
    reader = Reader(frame.payload)
    reader.take(2)
    items: list[Datapoint] = []
    while reader.left:
        dp, kind, length = reader.u8(), reader.u8(), int.from_bytes(reader.take(2), "big")
        items.append((dp, kind, reader.take(length)))
    device.air.later(_ECHO_DELAY_S, lambda: send(device, items, RESPONSE))
    return SUCCESS


def _query(device: Device, endpoint: int, frame: ZclFrame) -> Outcome:
    items = [(dp, kind, octets) for dp, (kind, octets) in device.datapoints.items()]
    if items:
        device.air.later(_ECHO_DELAY_S, lambda: send(device, items))
    return SUCCESS


def _mcu_version(device: Device, endpoint: int, frame: ZclFrame) -> Outcome:
    return Reply(0x11, Reader(frame.payload).take(2) + _MCU_VERSION)


DATAPOINTS: Final[dict[int, Handler]] = {
    0x00: _set,
    0x03: _query,
    0x04: _set,
    0x10: _mcu_version,
    0x24: accept,  # time
    0x25: accept,  # gateway status
}
