"""The Z-Stack: boots, forms or resumes a network, takes requests from the serial line and says what it hears."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import Final

from zigbus.zcl.types import ParseError
from zigbus_simulator import zdo
from zigbus_simulator.air import Air
from zigbus_simulator.device import Device
from zigbus_simulator.mt import VERSION, Kind, MtFrame, Status, Subsystem, encode
from zigbus_simulator.nv import Item, Nv, Table
from zigbus_simulator.octets import Reader, eui64, ieee_text, u16, u32
from zigbus_simulator.packet import Packet
from zigbus_simulator.spec import Endpoint

BOOT_S, START_S, SAVE_S = 0.05, 0.1, 0.05
# A frame of this size or more does not fit one AF_INCOMING_MSG, and is fetched with AF_DATA_RETRIEVE.
LONG_FRAME = 225
FRAME_COUNTER = 1250  # what a new network starts with, as Z-Stack leaves room for lost counters

_RESET_INDICATION, _STATE_CHANGE, _ANNOUNCE, _LEAVE = 0x80, 0xC0, 0xC1, 0xC9
_TRUST_CENTER_DEVICE, _SOURCE_ROUTE, _MESSAGE_CALLBACK = 0xCA, 0xC4, 0xFF
_INCOMING, _INCOMING_EXT = 0x81, 0x82

# ZDO answers that have an indication of their own: cluster of the request -> MT command.
_ZDO_INDICATIONS: Final = {
    zdo.NWK_ADDRESS: 0x80, zdo.IEEE_ADDRESS: 0x81, zdo.NODE_DESCRIPTOR: 0x82, zdo.POWER_DESCRIPTOR: 0x83,
    zdo.SIMPLE_DESCRIPTOR: 0x84, zdo.ACTIVE_ENDPOINTS: 0x85, zdo.MATCH_DESCRIPTOR: 0x86, zdo.SERVER_DISCOVERY: 0x8A,
    zdo.BIND: 0xA1, zdo.UNBIND: 0xA2, zdo.MGMT_LQI: 0xB1, zdo.MGMT_ROUTING: 0xB2, zdo.MGMT_BIND: 0xB3,
    zdo.MGMT_LEAVE: 0xB4, zdo.MGMT_PERMIT_JOINING: 0xB6, zdo.MGMT_NWK_UPDATE: 0xB8,
}  # fmt: skip


Handler = Callable[["Coordinator", Reader], bytes]  # takes a request, returns the payload of the response
Commands = Mapping[int, Handler]  # by MT command, of one subsystem


class State(IntEnum):
    """Device states of the ZDO."""

    HOLD = 0
    STARTING = 8
    COORDINATOR = 9


class Coordinator:
    """One stick. `write` takes the octets for the serial line; `later` runs a function after some seconds."""

    def __init__(
        self,
        nv: Nv,
        later: Callable[[float, Callable[[], None]], object],
        commands: Mapping[int, Commands] | None = None,
    ) -> None:
        """`commands`: what it understands, by MT subsystem (`subsystems/mt_commands`)."""
        self._commands = commands or {}
        self.nv = nv
        self.later = later
        self.write: Callable[[bytes], None] = lambda octets: None
        self.on_change: Callable[[], None] = lambda: None
        self.air = Air(self, later)
        self.state = State.HOLD
        self.endpoints: dict[int, Endpoint] = {}
        self.groups: set[tuple[int, int]] = set()  # (endpoint, group)
        self.callbacks: set[int] = set()  # ZDO clusters whose messages the host wants raw; 0xffff: all
        self.channels = 1 << 11  # BDB primary channel mask
        self.stored = bytearray()  # of AF_DATA_STORE
        self.long_frames: dict[int, bytes] = {}  # by timestamp, for AF_DATA_RETRIEVE
        self.unsupported: list[tuple[int, int]] = []  # (subsystem, command) that were asked for and are not there
        self._sequence = 0
        self._identity: tuple[int, bytes] = (0xFFFF, b"")
        self._identity_version = -1
        self._routed: set[int] = set()
        self._boot_s = time.monotonic()
        self._boots = 0

    # ---- serial line -------------------------------------------------------------------------------------------------

    def receive(self, frame: MtFrame) -> None:
        """Work on one frame of the host."""
        if frame.kind == Kind.INDICATION:
            if (frame.subsystem, frame.command) in ((Subsystem.SYS, 0x00), (Subsystem.SAPI, 0x09)):
                self.reset()
            return
        if frame.kind != Kind.REQUEST:
            return
        handler = self._commands.get(frame.subsystem, {}).get(frame.command)
        if handler is None:
            self.unsupported.append((frame.subsystem, frame.command))
            # 2: no such command
            error = bytes((2, Kind.REQUEST | frame.subsystem, frame.command))
            self.write(encode(Kind.RESPONSE, Subsystem.RPC_ERROR, 0, error))
            return
        try:
            answer = handler(self, Reader(frame.payload))
        except ParseError:
            answer = bytes((Status.INVALID_PARAMETER,))
        self.write(encode(Kind.RESPONSE, frame.subsystem, frame.command, answer))
        if self.nv.changed:
            self.later(SAVE_S, self.nv.save)

    def indicate(self, subsystem: int, command: int, payload: bytes) -> None:
        """Tell the host something it did not ask for just now."""
        self.write(encode(Kind.INDICATION, subsystem, command, payload))

    def indicate_later(self, delay_s: float, subsystem: int, command: int, payload: bytes) -> None:
        """Same, after some seconds; not if the stick was reset in between."""
        boot = self._boots
        self.later(delay_s, lambda: self.indicate(subsystem, command, payload) if boot == self._boots else None)

    def next_sequence(self) -> int:
        """Return the next ZDO transaction number."""
        self._sequence = (self._sequence + 1) & 0xFF
        return self._sequence

    # ---- boot and network --------------------------------------------------------------------------------------------

    @property
    def ieee(self) -> str:
        """The stick's address; hosts may change it."""
        return ieee_text(self.nv.items[Item.EXTADDR]) if Item.EXTADDR in self.nv.items else "0x" + "0" * 16

    @property
    def running(self) -> bool:
        """Whether it serves a network."""
        return self.state == State.COORDINATOR

    @property
    def on_network(self) -> bool:
        """Whether the memory holds a network to resume."""
        return self.nv.items.get(Item.BDB_NODE_IS_ON_NETWORK) == b"\x01" and self.nv.nib.channel != 0

    def network_identity(self) -> tuple[int, bytes]:
        """PAN id and network key."""
        if self._identity_version != self.nv.version:  # asked for at every frame
            self._identity = self.nv.nib.pan_id, self.nv.items.get(Item.NWK_ACTIVE_KEY, b"")[1:]
            self._identity_version = self.nv.version
        return self._identity

    def extended_pan_id(self) -> bytes:
        """Extended PAN id as frames carry it."""
        return self.nv.nib.extended_pan_id.to_bytes(8, "little")

    def reset(self) -> None:
        """Boot again: the memory stays, everything else is as after power-up."""
        self.nv.apply_startup_option()
        self.nv.complete()
        self.nv.save()
        self.state = State.HOLD
        self._boots += 1
        self.air.permit(0)
        for known in (self.endpoints, self.groups, self.callbacks, self.stored, self.long_frames, self._routed):
            known.clear()
        self.indicate_later(BOOT_S, Subsystem.SYS, _RESET_INDICATION, bytes((0,)) + VERSION)
        self.on_change()

    def form(self) -> None:
        """Make a new network from the commissioning items: what they leave open is chosen at random."""
        items = self.nv.items
        pan_id = int.from_bytes(items.get(Item.PAN_ID, b"\xff\xff"), "little")
        if pan_id == 0xFFFF:
            pan_id = random.randrange(1, 0xFFFE)
        extended = items.get(Item.APS_USE_EXT_PAN_ID, bytes(8))
        if extended in (bytes(8), b"\xff" * 8):
            extended = eui64(self.ieee)
        nib = self.nv.nib
        nib.nwk = nib.coordinator_nwk = nib.manager = nib.update_id = 0
        nib.coordinator_ieee = int(self.ieee, 16)
        nib.pan_id, nib.state, nib.channels = pan_id, 8, self.channels
        nib.channel = next((channel for channel in range(11, 27) if self.channels >> channel & 1), 11)
        nib.extended_pan_id, nib.key_loaded = int.from_bytes(extended, "little"), 1
        self.nv.nib = nib
        key = items.get(Item.PRECONFIGURED_KEY, bytes(16))
        self.nv.put(Item.NWK_ACTIVE_KEY, b"\0" + key)
        self.nv.put(Item.NWK_ALTERNATE_KEY, b"\0" + key)
        self.nv.put(Item.NWK_KEY, b"\0" + key + bytes(3) + u32(FRAME_COUNTER))
        self.nv.put(Item.BDB_NODE_IS_ON_NETWORK, b"\x01")
        self.nv.put_row(Table.NWK_SECURITY, 0, u32(FRAME_COUNTER) + extended)

    def start(self) -> bool:
        """Form or resume a network; the state change follows. Returns whether one was resumed."""
        resumed = self.on_network
        if not resumed:
            self.form()
        self.indicate_later(START_S / 2, Subsystem.ZDO, _STATE_CHANGE, bytes((State.STARTING,)))
        boot = self._boots

        def run() -> None:
            if boot == self._boots:
                self.state = State.COORDINATOR
                self.indicate(Subsystem.ZDO, _STATE_CHANGE, bytes((State.COORDINATOR,)))
                self.on_change()

        self.later(START_S, run)
        return resumed

    # ---- from the air ------------------------------------------------------------------------------------------------

    def incoming(self, device: Device, packet: Packet) -> None:
        """Hand a device's frame to the host."""
        if self.state != State.COORDINATOR:
            return
        if device.parent and device.nwk not in self._routed:  # a route record precedes the first message
            self._routed.add(device.nwk)
            self.indicate(Subsystem.ZDO, _SOURCE_ROUTE, u16(device.nwk) + b"\x01" + u16(device.parent))
        self.indicate_frame(device.nwk, packet, device.lqi, device.parent or device.nwk)

    def indicate_frame(self, nwk: int, packet: Packet, lqi: int, last_hop: int) -> None:
        """Tell the host of a frame from `nwk`, or that a long one waits to be fetched."""
        octets = packet.octets
        ticks = int((time.monotonic() - self._boot_s) * 3125) & 0xFFFFFFFF  # MAC timestamps count 320 µs
        head = u16(packet.group or 0) + u16(packet.cluster)
        tail = u16(last_hop) + b"\x1e"  # radius left
        if len(octets) < LONG_FRAME:
            middle = u16(nwk) + bytes((packet.source, packet.target, 0, lqi, 0)) + u32(ticks) + bytes((0, len(octets)))
            self.indicate(Subsystem.AF, _INCOMING, head + middle + octets + tail)
            return
        while ticks in self.long_frames:
            ticks = (ticks + 1) & 0xFFFFFFFF
        self.long_frames[ticks] = octets
        address = b"\x02" + nwk.to_bytes(8, "little") + bytes((packet.source,)) + u16(0)
        middle = address + bytes((packet.target, 0, lqi, 0)) + u32(ticks) + b"\0" + u16(len(octets))
        self.indicate(Subsystem.AF, _INCOMING_EXT, head + middle + tail)

    def zdo_response(self, nwk: int, cluster: int, sequence: int, payload: bytes) -> None:
        """Tell the host of an answer, raw and in its own indication."""
        if self.state != State.COORDINATOR:
            return
        self._callback(nwk, cluster | zdo.RESPONSE, sequence, payload, broadcast=False)
        command = _ZDO_INDICATIONS.get(cluster)
        if cluster in (zdo.NWK_ADDRESS, zdo.IEEE_ADDRESS):  # no source; no associated devices follow
            self.indicate(Subsystem.ZDO, _ZDO_INDICATIONS[cluster], payload.ljust(11, b"\0")[:11] + b"\0\0")
        elif command is not None:
            self.indicate(Subsystem.ZDO, command, u16(nwk) + payload)

    def device_joined(self, device: Device) -> None:
        """Note a device in the tables as the trust centre does, and tell the host."""
        self._remember(device)
        self.indicate(Subsystem.ZDO, _TRUST_CENTER_DEVICE, u16(device.nwk) + eui64(device.ieee) + u16(device.parent))

    def device_announced(self, device: Device) -> None:
        """Tell the host of a device announce."""
        if self.state != State.COORDINATOR:
            return
        payload = u16(device.nwk) + eui64(device.ieee) + bytes((device.capability,))
        self._callback(device.nwk, zdo.DEVICE_ANNOUNCE, self.next_sequence(), payload, broadcast=True)
        self.indicate(Subsystem.ZDO, _ANNOUNCE, u16(device.nwk) + payload)

    def device_left(self, device: Device, rejoin: bool) -> None:
        """Tell the host that a device is gone, and forget it."""
        if self.state == State.COORDINATOR:
            flags = bytes((0, 0, rejoin))  # not a request, children stay
            self.indicate(Subsystem.ZDO, _LEAVE, u16(device.nwk) + eui64(device.ieee) + flags)
        if not rejoin:
            self._forget(device)

    def _callback(self, nwk: int, cluster: int, sequence: int, payload: bytes, *, broadcast: bool) -> None:
        if not self.callbacks & {0xFFFF, cluster}:
            return
        to = 0xFFFD if broadcast else 0
        head = u16(nwk) + bytes((broadcast,)) + u16(cluster) + bytes((0, sequence)) + u16(to)
        self.indicate(Subsystem.ZDO, _MESSAGE_CALLBACK, head + payload)

    # ---- tables ------------------------------------------------------------------------------------------------------

    def row_of(self, device: Device) -> int | None:
        """Return the index of a device in the address manager."""
        octets = eui64(device.ieee)
        rows = ((index, row) for (table, index), row in self.nv.rows.items() if table == Table.ADDRESS_MANAGER)
        return next((index for index, row in rows if row[4:] == octets), None)

    def _remember(self, device: Device) -> None:
        index = self.row_of(device)
        if index is None:
            free = (each for each in range(len(self.nv.rows)) if self._is_free(each))
            index = next(free, None)
        if index is None:
            return  # the table is full, as on the real stick; it serves the device all the same
        child = device.parent == 0 and not device.spec.router
        use = 0x02 | child  # security, association
        self.nv.put_row(Table.ADDRESS_MANAGER, index, bytes((use, 0)) + u16(device.nwk) + eui64(device.ieee))
        self.nv.put_row(Table.TCLK, index, bytes(8) + eui64(device.ieee) + bytes((0x02, 0, index & 0x0F, 0)))
        self.later(SAVE_S, self.nv.save)

    def _is_free(self, index: int) -> bool:
        row = self.nv.rows.get((Table.ADDRESS_MANAGER, index))
        return row is not None and row[4:] in (b"\xff" * 8, bytes(8))

    def _forget(self, device: Device) -> None:
        index = self.row_of(device)
        if index is not None:
            self.nv.drop_row(Table.ADDRESS_MANAGER, index)
            self.nv.drop_row(Table.TCLK, index)
            self.nv.complete()
            self.later(SAVE_S, self.nv.save)
