"""One simulated device: its live state, and the interface by which a test, a hand or the demo makes it do something."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable
from typing import Any, Literal, NamedTuple, Protocol

import msgspec

from zigbus.contract.events import AttributeValue
from zigbus.zcl import frames
from zigbus.zcl.frames import ReportingRecord, ZclFrame, build_frame
from zigbus.zcl.types import STRING_TYPES
from zigbus_simulator.packet import Packet
from zigbus_simulator.spec import DeviceSpec, Values

Fault = Literal["no_ack", "no_route", "busy", "expired", "mute", "silent"]
AttributeKey = tuple[int | None, int]  # manufacturer code, attribute id
COALESCE_S = 0.02  # changes of one cluster within this time share a report, as in devices that poll their sensors
# Standard attributes that say what a device is or measures; everything else may be written.
_READ_ONLY = {
    0x0000: set(range(0x00, 0x08)) | {0x4000},
    0x0001: {0x0000, 0x0020, 0x0021},
    0x0006: {0x0000},
    0x0008: {0x0000, 0x0001},
    0x0300: {*range(0x00, 0x09), 0x4000, 0x4001, 0x400A, 0x400B, 0x400C},
    **{cluster: {0x0000, 0x0001, 0x0002} for cluster in (0x0400, 0x0402, 0x0403, 0x0405, 0x0406)},
    0x0500: {0x0000, 0x0001, 0x0002},
    0x0702: {0x0000, 0x0400},
}


class Binding(NamedTuple):
    """One entry of the binding table: to a device's endpoint, or to a group (`endpoint` 0)."""

    source: int
    cluster: int
    target: str | int  # ieee, or group id
    endpoint: int


class Attribute(msgspec.Struct):
    """One attribute as it is now."""

    type: int
    value: Any
    writable: bool = True

    def record(self, attribute: int) -> AttributeValue:
        """Return it as a record of a frame."""
        return attribute_value(attribute, self.type, self.value)


def attribute_value(attribute: int, type_id: int, value: Any) -> AttributeValue:
    """Build a record; the value of a string type may be text or octets."""
    if type_id in STRING_TYPES and isinstance(value, bytes):
        return AttributeValue(id=attribute, type=type_id, octets=value)
    return AttributeValue(id=attribute, type=type_id, value=value)


class Surroundings(Protocol):
    """What a device needs from the air around it."""

    @property
    def coordinator_ieee(self) -> str:
        """Address of the coordinator."""

    @property
    def later(self) -> Callable[[float, Callable[[], None]], object]:
        """Runs a function after some seconds."""

    def network_identity(self) -> tuple[int, bytes]:
        """PAN id and key of the network that runs."""

    def extended_pan_id(self) -> bytes:
        """Extended PAN id as frames carry it."""

    def joined_devices(self) -> Iterable[Device]:
        """The devices of the network."""

    def device_changed(self) -> None:
        """Something of a device changed that outlives a restart."""

    def from_device(self, device: Device, packet: Packet) -> None:
        """Carry a frame to the coordinator or to a group."""

    def between_devices(self, sender: Device, ieee: str, packet: Packet) -> None:
        """Carry a frame along a binding to another device."""

    def deliver_waiting(self, device: Device) -> None:
        """Hand out what waited for a sleeping device."""

    def join(self, device: Device, *, force: bool) -> bool:
        """Let a device join; False if joining is closed or nothing runs."""

    def announce(self, device: Device) -> None:
        """Broadcast a device announce."""

    def leave(self, device: Device, *, rejoin: bool = False) -> None:
        """Take a device out of the network; with `rejoin` it comes back at once."""


class Device:
    """A device in or near the network. Everything it says goes through `air`."""

    def __init__(self, spec: DeviceSpec, air: Surroundings) -> None:
        self.spec = spec
        self.air = air
        self.name, self.ieee = spec.name, spec.ieee
        self.nwk = spec.nwk if spec.nwk is not None else 1 + zlib.crc32(bytes.fromhex(spec.ieee[2:])) % 0xFFF0
        self.parent = 0  # network address of the router or coordinator it hangs on
        self.network: tuple[int, bytes] | None = None  # PAN id and key of the network it joined; None: not joined
        self.lqi = spec.lqi
        self.latency_s = 0.004  # from hearing a request to answering it
        self.fault: Fault | None = None
        self.asleep = False
        self.endpoints = {endpoint.id: endpoint for endpoint in spec.endpoints}
        self.attributes: dict[tuple[int, int], dict[AttributeKey, Attribute]] = {}
        self.bindings: list[Binding] = []
        self.reporting: dict[tuple[int, int, int | None, int], ReportingRecord] = {}
        self.groups: dict[int, set[int]] = {endpoint: set() for endpoint in self.endpoints}
        self.scenes: dict[tuple[int, int, int], dict[tuple[int, int], Any]] = {}  # (endpoint, group, scene) -> values
        self.pins: dict[int, tuple[int, int, bytes]] = {}  # of a lock: user -> (status, type, code)
        self.datapoints = dict(spec.datapoints)
        self.refused: dict[tuple[int, int], int] = {}  # (cluster, attribute) -> status
        self.write_status: int | None = None
        self.command_status: int | None = None
        self._sequence = 0
        self._untold: dict[tuple[int, int, int | None], set[int]] = {}
        self._load_attributes()

    def _load_attributes(self) -> None:
        for endpoint in self.spec.endpoints:
            for code, clusters in ((None, endpoint.attributes), (self.spec.own_code, endpoint.own_attributes)):
                for cluster, values in clusters.items():
                    store = self.attributes.setdefault((endpoint.id, cluster), {})
                    for attribute, (type_id, value) in values.items():
                        writable = code is not None or attribute not in _READ_ONLY.get(cluster, ())
                        store[code, attribute] = Attribute(type_id, value, writable)

    # ---- state -------------------------------------------------------------------------------------------------------

    @property
    def joined(self) -> bool:
        """Whether it belongs to the network that the coordinator runs now."""
        return self.network is not None and self.network == self.air.network_identity()

    @property
    def listens(self) -> bool:
        """Whether its receiver is on between its own messages."""
        return self.spec.mains

    @property
    def capability(self) -> int:
        """MAC capability flags: router, mains power, receiver on when idle, address allocated."""
        return 0x02 * self.spec.router | 0x04 * self.spec.mains | 0x08 * self.spec.mains | 0x80

    def get(self, endpoint: int, cluster: int, attribute: int, manufacturer: int | None = None) -> Any:
        """Return the value of an attribute, None if it has no such attribute."""
        found = self.attributes.get((endpoint, cluster), {}).get((manufacturer, attribute))
        return None if found is None else found.value

    def set(self, endpoint: int, cluster: int, attribute: int, value: Any, manufacturer: int | None = None) -> None:
        """Change an attribute from inside; told to whom reporting and bindings name. Raises KeyError if it has none."""
        found = self.attributes[endpoint, cluster][manufacturer, attribute]
        if found.value == value:
            return
        found.value = value
        self.air.device_changed()
        always = (endpoint, cluster, attribute) in self.spec.reports_always
        if always or (endpoint, cluster, manufacturer, attribute) in self.reporting:
            self._tell_later((endpoint, cluster, manufacturer), attribute)

    def next_sequence(self) -> int:
        """Return the next ZCL sequence number."""
        self._sequence = (self._sequence + 1) & 0xFF
        return self._sequence

    # ---- what it says ------------------------------------------------------------------------------------------------

    def report(
        self,
        endpoint: int,
        cluster: int,
        values: Values,
        *,
        manufacturer: int | None = None,
        sequence: int | None = None,
        disable_default_response: bool = True,
    ) -> int:
        """Send Report Attributes to the coordinator; the endpoint need not be declared. Returns the sequence number."""
        number = self.next_sequence() if sequence is None else sequence
        frame = build_frame(
            number,
            frames.REPORT,
            frames.encode_reports(_records(values)),
            manufacturer=manufacturer,
            from_server=True,
            disable_default_response=disable_default_response,
        )
        self.send_frame(endpoint, cluster, frame)
        return number

    def read_response(self, endpoint: int, cluster: int, values: Values, *, manufacturer: int | None = None) -> int:
        """Send a Read Attributes Response that nobody asked for, as some devices do. Returns the sequence number."""
        number = self.next_sequence()
        payload = frames.encode_read_response(_records(values))
        frame = build_frame(number, frames.READ_RESPONSE, payload, manufacturer=manufacturer, from_server=True)
        self.send_frame(endpoint, cluster, frame)
        return number

    def send_command(
        self,
        endpoint: int,
        cluster: int,
        command: int,
        payload: bytes = b"",
        *,
        manufacturer: int | None = None,
        from_server: bool = False,
        group: int | None = None,
        sequence: int | None = None,
        disable_default_response: bool = True,
    ) -> int:
        """Send a cluster-specific command to the coordinator, or to a group. Returns the sequence number."""
        number = self.next_sequence() if sequence is None else sequence
        frame = build_frame(
            number, command, payload, cluster_specific=True, manufacturer=manufacturer, from_server=from_server,
            disable_default_response=disable_default_response,
        )  # fmt: skip
        self.send_frame(endpoint, cluster, frame, group=group)
        return number

    def send_frame(self, endpoint: int, cluster: int, frame: bytes, *, group: int | None = None, to: int = 1) -> None:
        """Send octets as they are to endpoint `to` of the coordinator, or to a group."""
        self.air.from_device(self, Packet(cluster, frame, endpoint, to, group))

    def tell(self, endpoint: int, cluster: int, values: dict[int, Any], manufacturer: int | None = None) -> None:
        """Take on new values and report them now, bound or not, changed or not. Raises KeyError if it has no such one."""
        store = self.attributes[endpoint, cluster]
        for attribute, value in values.items():
            store[manufacturer, attribute].value = value
        self.air.device_changed()
        told = {each: (store[manufacturer, each].type, value) for each, value in values.items()}
        self.report(endpoint, cluster, told, manufacturer=manufacturer)

    def report_bound(self, endpoint: int, cluster: int, attributes: Iterable[int], manufacturer: int | None) -> None:
        """Report the present values where the bindings lead; without one to the coordinator if told always."""
        store = self.attributes[endpoint, cluster]
        payload = frames.encode_reports(store[manufacturer, each].record(each) for each in attributes)
        bound = [each for each in self.bindings if (each.source, each.cluster) == (endpoint, cluster)]
        if not bound and any((endpoint, cluster, each) in self.spec.reports_always for each in attributes):
            bound = [Binding(endpoint, cluster, self.air.coordinator_ieee, 1)]
        for binding in bound:
            frame = build_frame(
                self.next_sequence(), frames.REPORT, payload, manufacturer=manufacturer, from_server=True
            )
            self._send_to(binding, frame)

    def command_bound(self, endpoint: int, cluster: int, command: int, payload: bytes = b"") -> None:
        """Send a cluster-specific command where the bindings lead; without one to the coordinator."""
        bound = [each for each in self.bindings if (each.source, each.cluster) == (endpoint, cluster)]
        for binding in bound or [Binding(endpoint, cluster, self.air.coordinator_ieee, 1)]:
            frame = build_frame(self.next_sequence(), command, payload, cluster_specific=True)
            self._send_to(binding, frame)

    # ---- membership and faults ---------------------------------------------------------------------------------------

    def join(self, *, force: bool = False) -> bool:
        """Join the network and announce itself; False if joining is closed (`force`: join anyway) or nothing runs."""
        return self.air.join(self, force=force)

    def leave(self) -> None:
        """Leave the network and forget what belonged to it; the coordinator hears of it."""
        self.air.leave(self)

    def announce(self) -> None:
        """Say that it is there (ZDO device announce)."""
        self.air.announce(self)

    def silence(self, on: bool = True) -> None:
        """Hear and say nothing, as with its power cut."""
        self.fault = "silent" if on else None

    def fail(self, fault: Fault | None) -> None:
        """Make messages to it fail this way; "mute": they arrive, but it answers nothing."""
        self.fault = fault

    def sleep(self, on: bool = True) -> None:
        """Poll no more, so that messages wait with its parent and expire; False: poll again, which delivers them."""
        self.asleep = on
        if not on:
            self.air.deliver_waiting(self)

    def refuse(self, cluster: int, attribute: int, status: int) -> None:
        """Answer reads of this attribute with a status; 0 answers them again."""
        self.refused.pop((cluster, attribute), None)
        if status:
            self.refused[cluster, attribute] = status

    def forget_network(self) -> None:
        """Lose all that belongs to the network."""
        self.network = None
        self.bindings.clear()
        self.reporting.clear()
        self.scenes.clear()
        for members in self.groups.values():
            members.clear()

    # ---- for the servers ---------------------------------------------------------------------------------------------

    @staticmethod
    def reply(to: ZclFrame, command: int, payload: bytes, *, specific: bool) -> bytes:
        """Build the answer to a frame: its sequence number and manufacturer code, the other direction."""
        return build_frame(
            to.sequence, command, payload, cluster_specific=specific, manufacturer=to.manufacturer,
            from_server=not to.from_server,
        )  # fmt: skip

    def _send_to(self, binding: Binding, frame: bytes) -> None:
        packet = Packet(binding.cluster, frame, binding.source, binding.endpoint)
        if isinstance(binding.target, int):
            self.air.from_device(self, packet._replace(target=1, group=binding.target))
        elif binding.target == self.air.coordinator_ieee:
            self.air.from_device(self, packet)
        else:
            self.air.between_devices(self, binding.target, packet)

    def _tell_later(self, key: tuple[int, int, int | None], attribute: int) -> None:
        waiting = self._untold.setdefault(key, set())
        if not waiting:
            self.air.later(COALESCE_S, lambda: self._tell(key))
        waiting.add(attribute)

    def _tell(self, key: tuple[int, int, int | None]) -> None:
        endpoint, cluster, manufacturer = key
        self.report_bound(endpoint, cluster, sorted(self._untold.pop(key, ())), manufacturer)


def _records(values: Values) -> list[AttributeValue]:
    return [attribute_value(attribute, type_id, value) for attribute, (type_id, value) in values.items()]
