"""UNPI frames and the numbers of TI's MT interface (Z-Stack Monitor and Test API, SWRA-198).

A frame is 0xFE, payload length, type and subsystem, command, payload, and the exclusive or of all but the first octet.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from functools import reduce
from operator import xor
from typing import NamedTuple

START = 0xFE
MAX_PAYLOAD = 250
VERSION = bytes((2, 1, 2, 7, 1))  # transport 2, product 1 = Z-Stack 3.x.0, release 2.7.1
REVISION = 20230507  # build of the firmware that most CC2652 sticks run
_OVERHEAD = 5  # start, length, two command octets, checksum


class Kind(IntEnum):
    """Upper three bits of the first command octet."""

    POLL = 0x00
    REQUEST = 0x20  # synchronous: answered by RESPONSE with the same subsystem and command
    INDICATION = 0x40  # asynchronous, both ways
    RESPONSE = 0x60


class Subsystem(IntEnum):
    """Lower five bits of the first command octet."""

    RPC_ERROR = 0
    SYS = 1
    AF = 4
    ZDO = 5
    SAPI = 6
    UTIL = 7
    APP_CNF = 15


class Status(IntEnum):
    """Statuses of responses and data confirms."""

    SUCCESS = 0x00
    FAILURE = 0x01
    INVALID_PARAMETER = 0x02
    NV_ITEM_UNINIT = 0x09
    NV_OPER_FAILED = 0x0A
    NV_BAD_ITEM_LENGTH = 0x0C
    NWK_INVALID_REQUEST = 0xC2
    NWK_NO_ROUTE = 0xCD
    MAC_CHANNEL_ACCESS_FAILURE = 0xE1
    MAC_NO_ACK = 0xE9
    MAC_TRANSACTION_EXPIRED = 0xF0


class MtFrame(NamedTuple):
    """One frame of the serial line."""

    kind: int
    subsystem: int
    command: int
    payload: bytes


def encode(kind: int, subsystem: int, command: int, payload: bytes = b"") -> bytes:
    """Return the octets of a frame. Raises ValueError if the payload does not fit one."""
    if len(payload) > MAX_PAYLOAD:
        raise ValueError(f"a payload of {len(payload)} octets does not fit a frame")
    body = bytes((len(payload), kind | subsystem, command)) + payload
    return bytes((START,)) + body + bytes((reduce(xor, body),))


class Deframer:
    """Finds frames in a stream of octets; what is not part of one (bootloader magic, noise) is skipped and counted."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self.skipped = 0  # octets
        self.bad_checksums = 0

    def feed(self, data: bytes) -> Iterator[MtFrame]:
        """Yield the frames that these octets complete."""
        self._buffer += data
        while (frame := self._next()) is not None:
            yield frame

    def _next(self) -> MtFrame | None:
        buffer = self._buffer
        while True:
            start = buffer.find(START)
            skip = len(buffer) if start < 0 else start
            self.skipped += skip
            del buffer[:skip]
            if len(buffer) < 2:
                return None
            end = buffer[1] + _OVERHEAD
            if buffer[1] <= MAX_PAYLOAD and len(buffer) < end:
                return None
            body = bytes(buffer[1:end])
            if buffer[1] > MAX_PAYLOAD or reduce(xor, body) != 0:
                self.bad_checksums += 1
                self.skipped += 1
                del buffer[0]
                continue
            del buffer[:end]
            return MtFrame(body[1] & 0xE0, body[1] & 0x1F, body[2], body[3:-1])
