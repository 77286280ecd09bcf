"""The stick's non-volatile memory: OSAL items, and the extended tables of Z-Stack 3.x.0, kept in a JSON file."""

from __future__ import annotations

import struct
from enum import IntEnum
from pathlib import Path

import msgspec

from zigbus_simulator.octets import eui64, u16, u32

STACK = 1  # system id of the extended tables; its table 0 is another way to the OSAL items
OSAL_TABLE = 0


class Item(IntEnum):
    """OSAL item ids (Z-Stack ZComDef.h)."""

    EXTADDR = 0x0001
    BOOT_COUNTER = 0x0002
    STARTUP_OPTION = 0x0003
    NIB = 0x0021
    EXTENDED_PAN_ID = 0x002D
    NWK_ACTIVE_KEY = 0x003A
    NWK_ALTERNATE_KEY = 0x003B
    APS_USE_EXT_PAN_ID = 0x0047
    APS_LINK_KEY_TABLE = 0x004C
    BDB_NODE_IS_ON_NETWORK = 0x0055
    CONFIGURED_BY_HOST = 0x0060  # not the stack's: hosts keep a note here
    PRECONFIGURED_KEY = 0x0062
    PRECONFIGURED_KEYS_ENABLE = 0x0063
    NWK_KEY = 0x0082
    PAN_ID = 0x0083
    CHANNELS = 0x0084
    LOGICAL_TYPE = 0x0087
    ZDO_DIRECT_CALLBACK = 0x008F
    TCLK_SEED = 0x0101


class Table(IntEnum):
    """Ids of the extended tables."""

    ADDRESS_MANAGER = 0x0001
    TCLK = 0x0004
    DEVICE_LIST = 0x0005
    APS_KEYS = 0x0006
    NWK_SECURITY = 0x0007


DEVICES = 120  # devices a CC2652 build of this size can hold keys for
_ROWS = {Table.ADDRESS_MANAGER: DEVICES, Table.TCLK: DEVICES, Table.APS_KEYS: 20, Table.NWK_SECURITY: 12}
EMPTY_ROW: dict[int, bytes] = {
    Table.ADDRESS_MANAGER: b"\xff" * 12,  # use, padding, network address, ieee
    Table.TCLK: bytes(16) + b"\xff" + bytes(3),  # two counters, ieee, key attributes 0xff = default key, type, shift
    Table.APS_KEYS: bytes(24),  # key, two counters
    Table.NWK_SECURITY: bytes(12),  # counter, extended PAN id
}
# The network itself: what the start-up option "clear state" forgets.
_NETWORK_ITEMS = (
    Item.NIB, Item.NWK_ACTIVE_KEY, Item.NWK_ALTERNATE_KEY, Item.NWK_KEY, Item.BDB_NODE_IS_ON_NETWORK,
)  # fmt: skip
# Items of these ids are not the stack's and outlive its resets.
_HOST_ITEMS = (0x005F, Item.CONFIGURED_BY_HOST)
_CLEAR_CONFIG, _CLEAR_STATE = 0x01, 0x02  # bits of STARTUP_OPTION

_NIB = struct.Struct("<15sx H 3B x H B x H Q H H I 4s I I B Q B 17s 17s 2s 7s x H H B x")


class Nib(msgspec.Struct, kw_only=True):
    """Network information base as it lies in the memory of a 32-bit part (116 octets, ZStack nl_mede.h nwkIB_t)."""

    timings: bytes = bytes((0, 5, 2, 20, 15, 20, 0, 30, 1, 3, 0, 1, 5, 1, 0x8F))  # sequence … capability flags
    persistence: int = 7
    protocol: int = 2
    route_discovery_s: int = 13
    route_expiry_s: int = 30
    nwk: int = 0xFFFE
    channel: int = 0
    coordinator_nwk: int = 0xFFFE
    coordinator_ieee: int = 0
    pan_id: int = 0xFFFF
    state: int = 0  # 8 = running as router or coordinator
    channels: int = 0  # bit mask
    superframe: bytes = bytes((15, 15, 3, 0))
    allocated_routers: int = 0
    allocated_end_devices: int = 0
    depth: int = 0
    extended_pan_id: int = 0
    key_loaded: int = 0
    spare_key_1: bytes = bytes(17)
    spare_key_2: bytes = bytes(17)
    spare: bytes = bytes(2)
    routing: bytes = bytes((15, 3, 0, 1, 120, 10, 0))  # link status period … all fresh
    manager: int = 0
    transmissions: int = 0
    update_id: int = 0

    def pack(self) -> bytes:
        """Return the octets of the item."""
        return _NIB.pack(*msgspec.structs.astuple(self))

    @classmethod
    def unpack(cls, octets: bytes | None) -> Nib:
        """Return the structure; an item that is missing or of another size gives an empty one."""
        if octets is None or len(octets) != _NIB.size:
            return cls()
        return cls(**dict(zip(cls.__struct_fields__, _NIB.unpack(octets), strict=True)))


class _File(msgspec.Struct):
    items: dict[str, str]
    tables: dict[str, str]


class Nv:
    """All items and rows. Changes are in memory at once and reach the file with `save`."""

    def __init__(self, path: Path | None, factory_ieee: str) -> None:
        self._path = path
        self._factory_ieee = factory_ieee
        self.items: dict[int, bytes] = {}
        self.rows: dict[tuple[int, int], bytes] = {}  # (table, index)
        self.changed = False
        self.version = 0  # grows with every change
        if path is not None and path.exists():
            stored = msgspec.json.decode(path.read_bytes(), type=_File)
            self.items = {int(key, 16): bytes.fromhex(value) for key, value in stored.items.items()}
            for key, value in stored.tables.items():
                table, index = key.split(":")
                self.rows[int(table, 16), int(index, 16)] = bytes.fromhex(value)
        self.complete()

    def complete(self) -> None:
        """Create what is missing, as the stack does when it boots: hosts delete items to get the defaults back."""
        self.version += 1
        self.items = {**self._factory_items(), **self.items}
        empty: dict[tuple[int, int], bytes] = {
            (int(table), index): EMPTY_ROW[table] for table, count in _ROWS.items() for index in range(count)
        }
        self.rows = {**empty, **self.rows}

    def apply_startup_option(self) -> None:
        """Do what STARTUP_OPTION asks for at boot, and clear it: bit 0 configuration, bit 1 network state."""
        option = self.items.get(Item.STARTUP_OPTION, b"\0")[0]
        if not option & (_CLEAR_CONFIG | _CLEAR_STATE):
            return
        fresh, old = self._factory_items(), self.items
        if option & _CLEAR_CONFIG:
            keep = (Item.EXTADDR, *_HOST_ITEMS, *(() if option & _CLEAR_STATE else _NETWORK_ITEMS))
            self.items = {**fresh, **{key: old[key] for key in keep if key in old}}
        else:
            self.items = {**old, **{key: fresh[key] for key in _NETWORK_ITEMS}}
        if option & _CLEAR_STATE:
            self.rows = {}
        self.items[Item.STARTUP_OPTION] = b"\0"
        self.complete()
        self.changed = True

    def put(self, item: int, value: bytes) -> None:
        """Create or replace an item."""
        self.items[item] = value
        self.changed = True
        self.version += 1

    def drop(self, item: int) -> None:
        """Delete an item."""
        self.items.pop(item, None)
        self.changed = True
        self.version += 1

    def put_row(self, table: int, index: int, value: bytes) -> None:
        """Create or replace a row of an extended table."""
        self.rows[table, index] = value
        self.changed = True

    def drop_row(self, table: int, index: int) -> None:
        """Delete a row of an extended table."""
        self.rows.pop((table, index), None)
        self.changed = True

    @property
    def nib(self) -> Nib:
        """The network information base."""
        return Nib.unpack(self.items.get(Item.NIB))

    @nib.setter
    def nib(self, nib: Nib) -> None:
        self.put(Item.NIB, nib.pack())

    def save(self) -> None:
        """Write the file if anything changed; rows that are empty are left out."""
        if not self.changed or self._path is None:
            self.changed = False
            return
        used = {key: value for key, value in self.rows.items() if value != EMPTY_ROW.get(key[0])}
        stored = _File(
            items={f"{key:04x}": value.hex() for key, value in sorted(self.items.items())},
            tables={f"{table:04x}:{index:04x}": value.hex() for (table, index), value in sorted(used.items())},
        )
        partial = self._path.with_suffix(".part")
        partial.write_bytes(msgspec.json.format(msgspec.json.encode(stored), indent=1))
        partial.replace(self._path)
        self.changed = False

    def _factory_items(self) -> dict[int, bytes]:
        """Contents of a freshly flashed coordinator that never formed a network."""
        return {
            Item.EXTADDR: eui64(self._factory_ieee),
            Item.BOOT_COUNTER: u16(1),
            Item.STARTUP_OPTION: b"\0",
            Item.NIB: Nib().pack(),
            0x0024: u16(1000),  # poll rate, ms
            Item.EXTENDED_PAN_ID: b"\xff" * 8,
            0x0030: b"\x1e",
            0x0032: b"\x01",
            0x0033: b"\x78",
            0x0034: b"\x0a",
            0x0036: b"\x01",
            0x0038: b"\xff",
            Item.NWK_ACTIVE_KEY: bytes(17),
            Item.NWK_ALTERNATE_KEY: bytes(17),
            0x003E: b"\0",
            Item.APS_USE_EXT_PAN_ID: bytes(8),
            Item.APS_LINK_KEY_TABLE: bytes(2 + 6 * 20),
            Item.BDB_NODE_IS_ON_NETWORK: b"\0",
            # The key every Z-Stack sample starts with: 01 03 05 … 0f 00 02 … 0e.
            Item.PRECONFIGURED_KEY: bytes((*range(1, 17, 2), *range(0, 16, 2))),
            Item.PRECONFIGURED_KEYS_ENABLE: b"\x01",
            Item.NWK_KEY: bytes(24),
            Item.PAN_ID: u16(0xFFFF),
            Item.CHANNELS: u32(1 << 11),
            Item.LOGICAL_TYPE: b"\0",
            Item.ZDO_DIRECT_CALLBACK: b"\0",
            Item.TCLK_SEED: bytes((7 * i * i + 29) & 0xFF for i in range(16)),
        }
