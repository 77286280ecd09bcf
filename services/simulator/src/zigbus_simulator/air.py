"""The air between the coordinator and the devices: who is in the network, and what becomes of each message."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import Protocol

from zigbus.zcl.frames import ZclFrame, parse_frame
from zigbus.zcl.types import ParseError
from zigbus_simulator import zcl_server, zdo, zdo_server
from zigbus_simulator.device import Device
from zigbus_simulator.heard import Heard, HeardFrame, HeardRequest
from zigbus_simulator.mt import Status
from zigbus_simulator.octets import Reader
from zigbus_simulator.packet import Packet
from zigbus_simulator.spec import DeviceSpec

BROADCAST = 0xFFF8  # network addresses from here on are broadcasts
ALL_DEVICES, ALL_ROUTERS = 0xFFFF, 0xFFFC
FOREVER_S = float("inf")
_HEARD_LIMIT = 10_000
_ACK_S, _FAILURE_S = 0.001, 0.05  # until a data confirm says so
_FAULT_STATUS = {
    "no_ack": Status.MAC_NO_ACK,
    "silent": Status.MAC_NO_ACK,
    "no_route": Status.NWK_NO_ROUTE,
    "busy": Status.MAC_CHANNEL_ACCESS_FAILURE,
}

Confirm = Callable[[int], None]  # takes the status of a data confirm


class Host(Protocol):
    """What the air needs from the coordinator."""

    @property
    def ieee(self) -> str:
        """Address of the stick."""

    @property
    def running(self) -> bool:
        """Whether it serves a network."""

    def network_identity(self) -> tuple[int, bytes]:
        """PAN id and network key: what makes a network the same for a device."""

    def extended_pan_id(self) -> bytes:
        """The eight octets as frames carry them."""

    def incoming(self, device: Device, packet: Packet) -> None:
        """A frame for the host."""

    def zdo_response(self, nwk: int, cluster: int, sequence: int, payload: bytes) -> None:
        """The answer of a device to a ZDO request."""

    def device_joined(self, device: Device) -> None:
        """A device has associated."""

    def device_announced(self, device: Device) -> None:
        """A device announces itself."""

    def device_left(self, device: Device, rejoin: bool) -> None:
        """A device has gone."""


class Air:
    """All devices, and delivery in both directions."""

    def __init__(self, host: Host, later: Callable[[float, Callable[[], None]], object]) -> None:
        self.host = host
        self.later = later  # runs a function after some seconds
        self.devices: dict[str, Device] = {}
        self.heard: deque[Heard] = deque(maxlen=_HEARD_LIMIT)
        self.permit_until_s = 0.0  # monotonic clock
        self.expiry_s = 1.0  # how long a message waits for a sleeping device; 7.7 s on real sticks
        self.on_change: Callable[[], None] = lambda: None  # a device's stored state changed
        self.on_heard: Callable[[], None] = lambda: None
        self.on_permit: Callable[[], None] = lambda: None
        self._by_nwk: dict[int, Device] = {}
        self._waiting: dict[str, list[Callable[[], None]]] = {}

    # ---- who is there ------------------------------------------------------------------------------------------------

    @property
    def coordinator_ieee(self) -> str:
        """Address of the coordinator."""
        return self.host.ieee

    def network_identity(self) -> tuple[int, bytes]:
        """PAN id and key of the network that runs."""
        return self.host.network_identity()

    def extended_pan_id(self) -> bytes:
        """Extended PAN id as frames carry it."""
        return self.host.extended_pan_id()

    def add(self, spec: DeviceSpec) -> Device:
        """Bring a device near the network. Raises ValueError if its name or ieee is taken."""
        if spec.ieee in self.devices or any(device.name == spec.name for device in self.devices.values()):
            raise ValueError(f"there is a device {spec.name} or {spec.ieee} already")
        device = Device(spec, self)
        self.devices[spec.ieee] = device
        return device

    def joined_devices(self) -> Iterable[Device]:
        """The devices of the network, in the order they were added."""
        return [device for device in self.devices.values() if device.joined]

    def by_nwk(self, nwk: int) -> Device | None:
        """The device with this network address in the network that runs."""
        device = self._by_nwk.get(nwk)
        return device if device is not None and device.joined and device.nwk == nwk else None

    def device_changed(self) -> None:
        """Say that something of a device changed that outlives a restart."""
        self.on_change()

    # ---- membership --------------------------------------------------------------------------------------------------

    @property
    def permit_open(self) -> bool:
        """Whether devices may join."""
        return time.monotonic() < self.permit_until_s

    def permit(self, duration_s: float) -> None:
        """Let devices join for this long; 0 closes the network."""
        self.permit_until_s = time.monotonic() + duration_s if duration_s else 0.0
        if duration_s:
            self.on_permit()
        self.on_heard()

    def place(self, device: Device) -> None:
        """Make a device part of the network that runs, without a word."""
        device.network = self.network_identity()
        while self._taken(device.nwk, device):
            device.nwk = device.nwk % 0xFFF0 + 1
        self._by_nwk[device.nwk] = device
        self.on_change()

    def adopt_joined(self) -> None:
        """Take up devices that remember being in the network, after a restart of the simulator."""
        for device in self.devices.values():
            if device.joined:
                self._by_nwk[device.nwk] = device

    def join(self, device: Device, *, force: bool) -> bool:
        """Let a device join and announce itself a moment later; False if joining is closed or nothing runs."""
        if not self.host.running or not (force or self.permit_open):
            return False
        device.fault = None if device.fault == "silent" else device.fault
        self.place(device)
        self.host.device_joined(device)
        self.later(0.05, lambda: self.announce(device))
        return True

    def announce(self, device: Device) -> None:
        """Broadcast a device announce."""
        if device.joined and device.fault != "silent":
            self.host.device_announced(device)

    def leave(self, device: Device, *, rejoin: bool = False) -> None:
        """Take a device out of the network; with `rejoin` it comes back at once."""
        if not device.joined:
            return
        self.host.device_left(device, rejoin)
        if rejoin:
            self.later(0.5, lambda: self.announce(device))
            return
        self._by_nwk.pop(device.nwk, None)
        device.forget_network()
        self.on_change()
        self.on_heard()

    # ---- from the devices --------------------------------------------------------------------------------------------

    def from_device(self, device: Device, packet: Packet) -> None:
        """Carry a frame to the coordinator, and to the members of the group if it is addressed to one."""
        if not device.joined or device.fault == "silent":
            return
        self.host.incoming(device, packet)
        if packet.group is not None:
            self._to_group(packet, sender=device)

    def between_devices(self, sender: Device, ieee: str, packet: Packet) -> None:
        """Carry a frame along a binding from one device to another; nobody answers it."""
        target = self.devices.get(ieee)
        if sender.joined and sender.fault != "silent" and target is not None and self._reachable(target):
            self._receive_later(target, packet)

    # ---- from the host -----------------------------------------------------------------------------------------------

    def unicast(self, nwk: int, packet: Packet, confirm: Confirm) -> None:
        """Carry a frame to one device and say through `confirm` what became of it."""
        device = self.by_nwk(nwk)
        self._note_frame(device, nwk, packet)
        if device is None:
            self.later(_FAILURE_S, lambda: confirm(Status.NWK_NO_ROUTE))
            return

        def deliver() -> None:
            confirm(Status.SUCCESS)
            self._receive_later(device, packet, answered=True)

        status = _FAULT_STATUS.get(device.fault or "")
        if status is not None:
            self.later(_FAILURE_S, lambda: confirm(status))
        elif device.asleep or device.fault == "expired":
            self._keep(device, deliver, confirm)
        else:
            self.later(_ACK_S, deliver)

    def groupcast(self, group: int, packet: Packet) -> None:
        """Carry a frame to the members of a group."""
        self._note_frame(None, group, packet)
        self._to_group(packet, sender=None)

    def broadcast(self, nwk: int, packet: Packet) -> None:
        """Carry a frame to every device that the broadcast address means."""
        self._note_frame(None, nwk, packet)
        for device in self._meant_by(nwk):
            for each in device.endpoints.values():
                if packet.target in (each.id, 0xFF) and packet.cluster in (*each.inputs, *each.outputs):
                    self._receive_later(device, packet._replace(target=each.id))

    def request(self, nwk: int, cluster: int, sequence: int, payload: bytes) -> None:
        """Carry a ZDO request; the answers of the devices go to the host's `zdo_response`."""
        target = self.by_nwk(nwk)
        self._note_request(target, nwk, cluster, payload)
        broadcast = nwk >= BROADCAST
        if broadcast and cluster not in (zdo.NWK_ADDRESS, zdo.IEEE_ADDRESS):
            return  # nobody answers these
        devices = self._meant_by(nwk) if broadcast else [target] if target else []
        for device in devices:
            if self._reachable(device) and device.fault != "mute":
                self._answer_request(device, cluster, sequence, payload)

    def deliver_waiting(self, device: Device) -> None:
        """Hand out what waited for a sleeping device."""
        for deliver in self._waiting.pop(device.ieee, ()):
            deliver()

    # ---- inside ------------------------------------------------------------------------------------------------------

    def _reachable(self, device: Device) -> bool:
        return device.joined and not device.asleep and device.fault in (None, "mute")

    def _meant_by(self, nwk: int) -> list[Device]:
        def meant(device: Device) -> bool:
            if nwk == ALL_ROUTERS:
                return device.spec.router
            return nwk == ALL_DEVICES or device.listens

        return [device for device in self.joined_devices() if meant(device) and self._reachable(device)]

    def _keep(self, device: Device, deliver: Callable[[], None], confirm: Confirm) -> None:
        """Keep a message with the parent until the device polls or the message expires."""
        waiting = self._waiting.setdefault(device.ieee, [])
        waiting.append(deliver)

        def expire() -> None:
            kept = self._waiting.get(device.ieee, [])
            if deliver in kept:
                kept.remove(deliver)
                confirm(Status.MAC_TRANSACTION_EXPIRED)

        self.later(self.expiry_s, expire)

    def _taken(self, nwk: int, by_other_than: Device) -> bool:
        other = self.by_nwk(nwk)
        return other is not None and other is not by_other_than

    def _to_group(self, packet: Packet, *, sender: Device | None) -> None:
        for device in self.joined_devices():
            if device is sender or not self._reachable(device):
                continue
            for endpoint, groups in device.groups.items():
                if packet.group in groups:
                    self._receive_later(device, packet._replace(target=endpoint))

    def _receive_later(self, device: Device, packet: Packet, *, answered: bool = False) -> None:
        if device.fault != "mute":
            self.later(device.latency_s, lambda: self._receive(device, packet, answered))

    def _receive(self, device: Device, packet: Packet, answered: bool) -> None:
        """Let a device work on a frame; only what was meant for it alone is answered."""
        if not device.joined:
            return
        answer = zcl_server.answer(device, packet.target, packet.cluster, packet.octets)
        if answer is not None and answered:
            self.from_device(device, Packet(packet.cluster, answer, packet.target, packet.source))

    def _answer_request(self, device: Device, cluster: int, sequence: int, payload: bytes) -> None:
        def respond() -> None:
            try:
                answer = zdo_server.answer(device, cluster, payload)
            except ParseError:
                answer = b"\x80"  # INV_REQUESTTYPE
            if answer is not None and device.joined:
                self.host.zdo_response(device.nwk, cluster, sequence, answer)

        self.later(device.latency_s, respond)

    def _note_frame(self, device: Device | None, nwk: int, packet: Packet) -> None:
        frame: ZclFrame | None
        try:
            frame = parse_frame(packet.octets)
        except ParseError:
            frame = None
        self._note(
            HeardFrame(
                device=device.name if device else None,
                ieee=device.ieee if device else None,
                nwk=nwk,
                endpoint=packet.target,
                source_endpoint=packet.source,
                cluster=packet.cluster,
                frame=frame,
                octets=packet.octets,
                group=packet.group,
                at_s=time.monotonic(),
            )
        )

    def _note_request(self, device: Device | None, nwk: int, cluster: int, payload: bytes) -> None:
        name = zdo.NAMES.get(cluster, f"0x{cluster:04x}")
        if cluster == zdo.MGMT_PERMIT_JOINING and (nwk == 0 or nwk >= BROADCAST):
            seconds = Reader(payload).u8()
            self.permit(FOREVER_S if seconds == 0xFF else seconds)
        self._note(
            HeardRequest(
                device=device.name if device else None, ieee=device.ieee if device else None, nwk=nwk, name=name,
                cluster=cluster, payload=payload, at_s=time.monotonic(),
            )
        )  # fmt: skip

    def _note(self, heard: Heard) -> None:
        self.heard.append(heard)
        self.on_heard()
