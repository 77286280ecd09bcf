"""Reading little-endian octets in order. All that comes from outside passes here, so that a short frame is a ParseError."""

from __future__ import annotations

from zigbus.zcl.types import ParseError


def u16(value: int) -> bytes:
    """Return two octets, least significant first."""
    return (value & 0xFFFF).to_bytes(2, "little")


def u32(value: int) -> bytes:
    """Return four octets, least significant first."""
    return (value & 0xFFFFFFFF).to_bytes(4, "little")


def eui64(ieee: str) -> bytes:
    """Return the eight octets of `"0x…"`, least significant first, as all frames carry it."""
    return bytes.fromhex(ieee[2:])[::-1]


def ieee_text(octets: bytes) -> str:
    """Return `"0x…"` for eight octets that come least significant first."""
    return "0x" + octets[::-1].hex()


class Reader:
    """A cursor over octets. Every method raises ParseError if what it wants is not there."""

    __slots__ = ("_data", "_offset")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._offset = 0

    @property
    def left(self) -> int:
        """Octets not yet read."""
        return len(self._data) - self._offset

    def take(self, count: int) -> bytes:
        """Return the next `count` octets."""
        end = self._offset + count
        if end > len(self._data):
            raise ParseError(self._offset, f"{count} octets expected, {self.left} left")
        octets = self._data[self._offset : end]
        self._offset = end
        return octets

    def u8(self) -> int:
        """Return the next octet."""
        return self.take(1)[0]

    def u16(self) -> int:
        """Return the next two octets as a number."""
        return int.from_bytes(self.take(2), "little")

    def u32(self) -> int:
        """Return the next four octets as a number."""
        return int.from_bytes(self.take(4), "little")

    def u64(self) -> int:
        """Return the next eight octets as a number."""
        return int.from_bytes(self.take(8), "little")

    def ieee(self) -> str:
        """Return the next eight octets as `"0x…"`."""
        return ieee_text(self.take(8))

    def u16s(self) -> list[int]:
        """Return a list whose first octet says how many 16-bit numbers follow."""
        return [self.u16() for _ in range(self.u8())]

    def rest(self) -> bytes:
        """Return all that is left."""
        return self.take(self.left)
