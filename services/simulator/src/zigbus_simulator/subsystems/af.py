"""AF: endpoints of the stick, frames to the air, and the buffers for frames that do not fit one MT frame."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from zigbus_simulator.air import BROADCAST
from zigbus_simulator.coordinator import Commands, Coordinator
from zigbus_simulator.mt import Status, Subsystem
from zigbus_simulator.octets import Reader, ieee_text
from zigbus_simulator.packet import Packet
from zigbus_simulator.spec import Endpoint
from zigbus_simulator.subsystems import zdo

_CONFIRM = 0x80
_SENT_S, _LOOPED_BACK_S = 0.01, 0.002
_GROUP_MODE, _NWK_MODE, _IEEE_MODE, _BROADCAST_MODE = 1, 2, 3, 0x0F
_NOBODY = 0xFFFE
_OWN_LQI = 255


def _register(stick: Coordinator, ask: Reader) -> bytes:
    number, profile, device_type = ask.u8(), ask.u16(), ask.u16()
    ask.take(2)  # version, latency
    inputs, outputs = tuple(ask.u16s()), tuple(ask.u16s())
    if number in stick.endpoints:
        return bytes((Status.INVALID_PARAMETER,))
    stick.endpoints[number] = Endpoint(number, device_type, inputs, outputs, profile=profile)
    return bytes((Status.SUCCESS,))


def _delete(stick: Coordinator, ask: Reader) -> bytes:
    known = stick.endpoints.pop(ask.u8(), None)
    return bytes((Status.SUCCESS if known else Status.INVALID_PARAMETER,))


def _accept(stick: Coordinator, ask: Reader) -> bytes:
    return bytes((Status.SUCCESS,))


def _data_request(stick: Coordinator, ask: Reader) -> bytes:
    nwk, target, source, cluster, transaction = ask.u16(), ask.u8(), ask.u8(), ask.u16(), ask.u8()
    ask.take(2)  # options, radius
    return _send(stick, _NWK_MODE, nwk, Packet(cluster, ask.take(ask.u8()), source, target), transaction)


def _data_request_ext(stick: Coordinator, ask: Reader) -> bytes:
    mode, address, target = ask.u8(), ask.take(8), ask.u8()
    ask.u16()  # PAN id
    source, cluster, transaction = ask.u8(), ask.u16(), ask.u8()
    ask.take(2)  # options, radius
    length = ask.u16()
    octets = ask.take(length) if ask.left >= length else bytes(stick.stored[:length])
    packet = Packet(cluster, octets, source, target)
    if mode == _IEEE_MODE:
        device = stick.air.devices.get(ieee_text(address))
        return _send(stick, _NWK_MODE, device.nwk if device else _NOBODY, packet, transaction)
    nwk = int.from_bytes(address[:2], "little")
    return _send(stick, mode, nwk, packet, transaction)


def _data_request_routed(stick: Coordinator, ask: Reader) -> bytes:
    nwk, target, source, cluster, transaction = ask.u16(), ask.u8(), ask.u8(), ask.u16(), ask.u8()
    ask.take(2)
    ask.u16s()  # relays
    return _send(stick, _NWK_MODE, nwk, Packet(cluster, ask.take(ask.u8()), source, target), transaction)


def _data_store(stick: Coordinator, ask: Reader) -> bytes:
    """Take a part of a long frame, which AF_DATA_REQUEST_EXT without data sends."""
    index = ask.u16()
    part = ask.take(ask.u8())
    missing = index + len(part) - len(stick.stored)
    stick.stored.extend(bytes(max(0, missing)))
    stick.stored[index : index + len(part)] = part
    return bytes((Status.SUCCESS,))


def _data_retrieve(stick: Coordinator, ask: Reader) -> bytes:
    """Give a part of a long frame; length 0 says that the host has it all."""
    timestamp, index, length = ask.u32(), ask.u16(), ask.u8()
    if length == 0:
        stick.long_frames.pop(timestamp, None)
        return bytes((Status.SUCCESS, 0))
    part = stick.long_frames.get(timestamp, b"")[index : index + length]
    return bytes((Status.SUCCESS if part else Status.FAILURE, len(part))) + part


def _send(stick: Coordinator, mode: int, nwk: int, packet: Packet, transaction: int) -> bytes:
    """Send one frame; what became of it follows as AF_DATA_CONFIRM."""
    if not stick.running:
        return bytes((Status.NWK_INVALID_REQUEST,))
    if packet.target == 0 and mode != _GROUP_MODE:  # ZDO by way of AF: transaction number first, and no confirm
        sequence = packet.octets[0] if packet.octets else 0
        return zdo.request(stick, nwk, packet.cluster, sequence, packet.octets[1:])
    if packet.source not in stick.endpoints:
        return bytes((Status.INVALID_PARAMETER,))

    def confirm(status: int) -> None:
        stick.indicate(Subsystem.AF, _CONFIRM, bytes((status, packet.source, transaction)))

    if mode == _GROUP_MODE:
        stick.air.groupcast(nwk, packet._replace(target=0xFF, group=nwk))
        stick.later(_SENT_S, lambda: confirm(Status.SUCCESS))
    elif mode == _BROADCAST_MODE or nwk >= BROADCAST:
        stick.air.broadcast(nwk, packet)
        stick.later(_SENT_S, lambda: confirm(Status.SUCCESS))
    elif nwk == 0:
        _loop_back(stick, packet, confirm)
    else:
        stick.air.unicast(nwk, packet, confirm)
    return bytes((Status.SUCCESS,))


def _loop_back(stick: Coordinator, packet: Packet, confirm: Callable[[int], None]) -> None:
    def arrive() -> None:
        confirm(Status.SUCCESS)
        if packet.target in stick.endpoints:
            stick.indicate_frame(0, packet, _OWN_LQI, 0)

    stick.later(_LOOPED_BACK_S, arrive)


COMMANDS: Final[Commands] = {
    0x00: _register,
    0x01: _data_request,
    0x02: _data_request_ext,
    0x03: _data_request_routed,
    0x04: _delete,
    0x10: _accept,  # inter-PAN control
    0x11: _data_store,
    0x12: _data_retrieve,
    0x13: _accept,  # APSF configuration
}
