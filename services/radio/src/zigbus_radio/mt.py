"""The serial line of a Z-Stack coordinator: UNPI framing and the three asynchronous MT messages on the hot path.

Framing: 0xFE, length, command 0, command 1, data, XOR of everything between 0xFE and itself (TI MT specification).
Everything else of MT is zigpy-znp's business. No I/O here.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from zigbus.zcl.types import ParseError

START = 0xFE
MAX_DATA = 250
OVERHEAD = 5  # start, length, two command bytes, checksum

AF_INCOMING_MSG = 0x8144  # the two command bytes as a little-endian number
AF_INCOMING_MSG_EXT = 0x8244
ZDO_TC_DEVICE_IND = 0xCA45
ZDO_LEAVE_IND = 0xC945
ZDO_MSG_CB_INCOMING = 0xFF45

_AF = struct.Struct("<HHHBBBBBIBB")
_AF_EXT = struct.Struct("<HHBQBHBBBBIBH")
_ZDO = struct.Struct("<HBHBBH")
_TC = struct.Struct("<H8sH")
_LEAVE = struct.Struct("<H8sBBB")


class Deframer:
    """Cuts a byte stream into MT frames and skips what is none, whatever comes."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self.skipped = 0  # bytes that belonged to no valid frame, since the start

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Add received bytes and yield each complete frame as (command bytes as little-endian number, data)."""
        buffer = self._buffer
        buffer += data
        while (frame := self._next(buffer)) is not None:
            yield frame

    def _next(self, buffer: bytearray) -> tuple[int, bytes] | None:
        while True:
            if buffer and buffer[0] != START:
                self._skip(buffer, buffer.find(START, 1))
            if len(buffer) < OVERHEAD:
                return None
            length = buffer[1]
            if length > MAX_DATA:
                self._skip(buffer, buffer.find(START, 1))
                continue
            end = length + OVERHEAD
            if len(buffer) < end:
                return None
            checksum = 0
            for octet in buffer[1 : end - 1]:
                checksum ^= octet
            if checksum != buffer[end - 1]:
                self._skip(buffer, buffer.find(START, 1))
                continue
            command = buffer[2] | buffer[3] << 8
            payload = bytes(buffer[4 : end - 1])
            del buffer[:end]
            return command, payload

    def _skip(self, buffer: bytearray, upto: int) -> None:
        count = len(buffer) if upto < 0 else upto
        self.skipped += count
        del buffer[:count]


def frame(command: int, data: bytes) -> bytes:
    """Return the bytes on the wire of one frame; `command` as in `Deframer.feed`."""
    body = bytes((len(data), command & 0xFF, command >> 8)) + data
    checksum = 0
    for octet in body:
        checksum ^= octet
    return bytes((START,)) + body + bytes((checksum,))


@dataclass(slots=True)
class ApsFrame:
    """One APS data frame as the stick handed it over."""

    nwk: int  # network address of the sender
    endpoint: int  # of the sender
    to_endpoint: int  # ours
    cluster: int
    data: bytes
    lqi: int | None
    group: int | None  # None: not addressed to a group
    broadcast: bool
    received_at_s: float  # Unix time when its last byte was read


@dataclass(slots=True)
class Announced:
    """The stick holds a frame that is too big for one MT frame; it is fetched by `timestamp`."""

    aps: ApsFrame
    timestamp: int
    length: int


@dataclass(slots=True)
class ZdoFrame:
    """One ZDO message from the air."""

    nwk: int
    cluster: int
    sequence: int
    data: bytes  # after the transaction sequence number
    broadcast: bool
    received_at_s: float


def parse_incoming(data: bytes, received_at_s: float) -> ApsFrame:
    """Read AF_INCOMING_MSG. Raises ParseError if it is cut short."""
    if len(data) < _AF.size:
        raise ParseError(len(data), "AF_INCOMING_MSG is cut short")
    group, cluster, nwk, source, target, broadcast, lqi, _, _, _, length = _AF.unpack_from(data)
    payload = data[_AF.size : _AF.size + length]
    if len(payload) < length:
        raise ParseError(len(data), "AF_INCOMING_MSG holds less than it says")
    return ApsFrame(nwk, source, target, cluster, payload, lqi, group or None, bool(broadcast), received_at_s)


def parse_incoming_ext(data: bytes, received_at_s: float) -> ApsFrame | Announced:
    """Read AF_INCOMING_MSG_EXT: a whole frame, or the announcement of one that has to be fetched."""
    if len(data) < _AF_EXT.size:
        raise ParseError(len(data), "AF_INCOMING_MSG_EXT is cut short")
    group, cluster, _, address, source, _, target, broadcast, lqi, _, timestamp, _, length = _AF_EXT.unpack_from(data)
    aps = ApsFrame(address & 0xFFFF, source, target, cluster, b"", lqi, group or None, bool(broadcast), received_at_s)
    if len(data) < _AF_EXT.size + length:
        return Announced(aps, timestamp, length)
    aps.data = data[_AF_EXT.size : _AF_EXT.size + length]
    return aps


def parse_zdo(data: bytes, received_at_s: float) -> ZdoFrame:
    """Read ZDO_MSG_CB_INCOMING. Raises ParseError if it is cut short."""
    if len(data) < _ZDO.size:
        raise ParseError(len(data), "ZDO_MSG_CB_INCOMING is cut short")
    nwk, broadcast, cluster, _, sequence, _ = _ZDO.unpack_from(data)
    return ZdoFrame(nwk, cluster, sequence, data[_ZDO.size :], bool(broadcast), received_at_s)


def parse_join(data: bytes) -> tuple[int, str, int]:
    """Read ZDO_TC_DEV_IND: network address, ieee, network address of the parent."""
    if len(data) < _TC.size:
        raise ParseError(len(data), "ZDO_TC_DEV_IND is cut short")
    nwk, ieee, parent = _TC.unpack_from(data)
    return nwk, ieee_text(ieee), parent


def parse_leave(data: bytes) -> tuple[int, str, bool]:
    """Read ZDO_LEAVE_IND: network address, ieee, whether the device is going to rejoin."""
    if len(data) < _LEAVE.size:
        raise ParseError(len(data), "ZDO_LEAVE_IND is cut short")
    nwk, ieee, _request, _remove, rejoin = _LEAVE.unpack_from(data)
    return nwk, ieee_text(ieee), bool(rejoin)


def ieee_text(octets: bytes) -> str:
    """Return an IEEE address of the air (least significant octet first) as `0x` and 16 hex digits."""
    return "0x" + octets[::-1].hex()


def ieee_octets(ieee: str) -> bytes:
    """Return an IEEE address as it goes over the air, least significant octet first."""
    return bytes.fromhex(ieee[2:])[::-1]
