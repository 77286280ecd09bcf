"""SAPI: the simple API's way to the configuration items and to what it knows of the device."""

from __future__ import annotations

from typing import Final

from zigbus_simulator.coordinator import Commands, Coordinator
from zigbus_simulator.mt import Status
from zigbus_simulator.octets import Reader, eui64, u16


def _read_configuration(stick: Coordinator, ask: Reader) -> bytes:
    item = ask.u8()
    value = stick.nv.items.get(item)
    if value is None:
        return bytes((Status.INVALID_PARAMETER, item, 0))
    return bytes((Status.SUCCESS, item, len(value))) + value


def _write_configuration(stick: Coordinator, ask: Reader) -> bytes:
    item = ask.u8()
    stick.nv.put(item, ask.take(ask.u8()))
    return bytes((Status.SUCCESS,))


def _device_info(stick: Coordinator, ask: Reader) -> bytes:
    """Return one parameter: state, address, network address, parent's two, channel, PAN id, extended PAN id."""
    parameter, nib = ask.u8(), stick.nv.nib
    own = eui64(stick.ieee)
    values = (
        bytes((stick.state,)), own, u16(0), u16(0), own, bytes((nib.channel,)), u16(nib.pan_id),
        stick.extended_pan_id(),
    )  # fmt: skip
    value = values[parameter] if parameter < len(values) else b""
    return bytes((parameter,)) + value.ljust(8, b"\0")


COMMANDS: Final[Commands] = {
    0x04: _read_configuration,
    0x05: _write_configuration,
    0x06: _device_info,
}
