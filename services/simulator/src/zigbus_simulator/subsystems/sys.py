"""SYS: ping, version, address, time-keeping odds and ends, and the non-volatile memory in its three forms."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

from zigbus_simulator.coordinator import Commands, Coordinator
from zigbus_simulator.mt import REVISION, VERSION, Status
from zigbus_simulator.nv import OSAL_TABLE, STACK, Item
from zigbus_simulator.octets import Reader, u16, u32

MAX_PART = 246  # octets of an item that fit one response
MAX_ITEM = 4096  # octets; half a flash page of the part
CAPABILITIES = 0x0659  # SYS, AF, ZDO, UTIL, APP_CNF


def _ping(stick: Coordinator, ask: Reader) -> bytes:
    return u16(CAPABILITIES)


def _version(stick: Coordinator, ask: Reader) -> bytes:
    return VERSION + u32(REVISION)


def _get_address(stick: Coordinator, ask: Reader) -> bytes:
    return stick.nv.items.get(Item.EXTADDR, bytes(8))


def _set_address(stick: Coordinator, ask: Reader) -> bytes:
    stick.nv.put(Item.EXTADDR, ask.take(8))
    return bytes((Status.SUCCESS,))


def _random(stick: Coordinator, ask: Reader) -> bytes:
    return u16(random.getrandbits(16))


def _stack_tune(stick: Coordinator, ask: Reader) -> bytes:
    ask.u8()
    return bytes((ask.u8(),))


def _accept(stick: Coordinator, ask: Reader) -> bytes:
    return bytes((Status.SUCCESS,))


# ---- OSAL items -------------------------------------------------------------------------------------------------------


def _item_init(stick: Coordinator, ask: Reader) -> bytes:
    """Create an item if it is missing; the status says which of the two was the case."""
    item, size = ask.u16(), ask.u16()
    value = ask.take(ask.u8())
    if item in stick.nv.items:
        same = len(stick.nv.items[item]) == size
        return bytes((Status.SUCCESS if same else Status.NV_OPER_FAILED,))
    stick.nv.put(item, value.ljust(size, b"\0")[:size])
    return bytes((Status.NV_ITEM_UNINIT,))


def _read(offset_of: Callable[[Reader], int]) -> Callable[[Coordinator, Reader], bytes]:
    def read(stick: Coordinator, ask: Reader) -> bytes:
        item = stick.nv.items.get(ask.u16())
        offset = offset_of(ask)
        if item is None or offset >= len(item):
            return bytes((Status.INVALID_PARAMETER, 0))
        part = item[offset : offset + MAX_PART]
        return bytes((Status.SUCCESS, len(part))) + part

    return read


def _write(stick: Coordinator, ask: Reader) -> bytes:
    item, offset = ask.u16(), ask.u8()
    return _write_at(stick, item, offset, ask.take(ask.u8()))


def _write_ext(stick: Coordinator, ask: Reader) -> bytes:
    item, offset, length = ask.u16(), ask.u16(), ask.u8()
    if ask.left == length + 1:  # the length is documented as one octet; some hosts send two
        ask.u8()
    return _write_at(stick, item, offset, ask.take(length))


def _write_at(stick: Coordinator, item: int, offset: int, value: bytes) -> bytes:
    old = stick.nv.items.get(item)
    if old is None or offset + len(value) > len(old):
        return bytes((Status.INVALID_PARAMETER,))
    stick.nv.put(item, old[:offset] + value + old[offset + len(value) :])
    return bytes((Status.SUCCESS,))


def _delete(stick: Coordinator, ask: Reader) -> bytes:
    item, size = ask.u16(), ask.u16()
    old = stick.nv.items.get(item)
    if old is None:
        return bytes((Status.NV_ITEM_UNINIT,))
    if len(old) != size:
        return bytes((Status.NV_BAD_ITEM_LENGTH,))
    stick.nv.drop(item)
    return bytes((Status.SUCCESS,))


def _length(stick: Coordinator, ask: Reader) -> bytes:
    return u16(len(stick.nv.items.get(ask.u16(), b"")))


# ---- extended tables --------------------------------------------------------------------------------------------------


class _Row:
    """One row named by system, table and index. Table 0 of the stack is another way to the OSAL items."""

    def __init__(self, stick: Coordinator, ask: Reader) -> None:
        system, table = ask.u8(), ask.u16()
        self._nv = stick.nv
        self._osal = (system, table) == (STACK, OSAL_TABLE)
        self._table = (system - STACK) << 16 | table  # tables of other systems are kept apart
        self._index = ask.u16()

    def get(self) -> bytes | None:
        """The octets, None if there is no such row."""
        return self._nv.items.get(self._index) if self._osal else self._nv.rows.get((self._table, self._index))

    def put(self, value: bytes) -> None:
        """Create or replace it."""
        if self._osal:
            self._nv.put(self._index, value)
        else:
            self._nv.put_row(self._table, self._index, value)

    def drop(self) -> None:
        """Delete it."""
        if self._osal:
            self._nv.drop(self._index)
        else:
            self._nv.drop_row(self._table, self._index)


def _row_create(stick: Coordinator, ask: Reader) -> bytes:
    row = _Row(stick, ask)
    if row.get() is not None:
        return bytes((Status.SUCCESS,))
    size = ask.u32()
    if size > MAX_ITEM:
        return bytes((Status.NV_OPER_FAILED,))
    row.put(bytes(size))
    return bytes((Status.NV_ITEM_UNINIT,))


def _row_delete(stick: Coordinator, ask: Reader) -> bytes:
    row = _Row(stick, ask)
    if row.get() is None:
        return bytes((Status.NV_ITEM_UNINIT,))
    row.drop()
    return bytes((Status.SUCCESS,))


def _row_length(stick: Coordinator, ask: Reader) -> bytes:
    return u32(len(_Row(stick, ask).get() or b""))


def _row_read(stick: Coordinator, ask: Reader) -> bytes:
    value = _Row(stick, ask).get()
    offset, length = ask.u16(), ask.u8()
    if value is None or offset >= len(value):
        return bytes((Status.NV_OPER_FAILED, 0))
    part = value[offset : offset + min(length, MAX_PART)]
    return bytes((Status.SUCCESS, len(part))) + part


def _row_write(stick: Coordinator, ask: Reader) -> bytes:
    row = _Row(stick, ask)
    offset = ask.u16()
    value, old = ask.take(ask.u8()), row.get()
    if old is None or offset + len(value) > len(old):
        return bytes((Status.NV_OPER_FAILED,))
    row.put(old[:offset] + value + old[offset + len(value) :])
    return bytes((Status.SUCCESS,))


def _row_update(stick: Coordinator, ask: Reader) -> bytes:
    _Row(stick, ask).put(ask.take(ask.u8()))
    return bytes((Status.SUCCESS,))


COMMANDS: Final[Commands] = {
    0x01: _ping,
    0x02: _version,
    0x03: _set_address,
    0x04: _get_address,
    0x07: _item_init,
    0x08: _read(Reader.u8),
    0x09: _write,
    0x0C: _random,
    0x0F: _stack_tune,
    0x10: _accept,  # set time
    0x12: _delete,
    0x13: _length,
    0x14: _accept,  # set transmit power
    0x1C: _read(Reader.u16),
    0x1D: _write_ext,
    0x30: _row_create,
    0x31: _row_delete,
    0x32: _row_length,
    0x33: _row_read,
    0x34: _row_write,
    0x35: _row_update,
    0x36: _accept,  # compact
}
