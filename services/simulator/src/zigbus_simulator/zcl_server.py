"""What a device answers to ZCL frames: general commands here, cluster commands in `behaviours/`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from zigbus.contract.events import AttributeValue
from zigbus.zcl import frames
from zigbus.zcl.frames import AttributeStatus, ReportingRecord, ZclFrame
from zigbus.zcl.types import ParseError
from zigbus_simulator.behaviours import commands
from zigbus_simulator.device import Attribute, Device
from zigbus_simulator.octets import Reader, u16

NO_REPORTING = 0xFFFF  # maximum interval that switches reporting off


class Ask:
    """One frame that arrived at an endpoint of a device."""

    __slots__ = ("cluster", "device", "endpoint", "frame")

    def __init__(self, device: Device, endpoint: int, cluster: int, frame: ZclFrame) -> None:
        self.device = device
        self.endpoint = endpoint
        self.cluster = cluster
        self.frame = frame

    @property
    def store(self) -> dict[tuple[int | None, int], Attribute]:
        """The attributes of the cluster."""
        return self.device.attributes.get((self.endpoint, self.cluster), {})

    @property
    def knows_cluster(self) -> bool:
        """Whether the endpoint declares the cluster, on either side, or has attributes of it."""
        declared = self.device.endpoints.get(self.endpoint)
        in_descriptor = declared is not None and self.cluster in (*declared.inputs, *declared.outputs)
        return in_descriptor or (self.endpoint, self.cluster) in self.device.attributes


def answer(device: Device, endpoint: int, cluster: int, octets: bytes) -> bytes | None:
    """Return the frame that answers this one, None if nothing does."""
    try:
        frame = frames.parse_frame(octets)
    except ParseError:
        return None  # a real device drops it as well
    ask = Ask(device, endpoint, cluster, frame)
    try:
        return _cluster_command(ask) if frame.cluster_specific else _general_command(ask)
    except ParseError:
        return _default_response(ask, frames.MALFORMED_COMMAND)


def _default_response(ask: Ask, status: int) -> bytes | None:
    if ask.frame.disable_default_response and status == frames.SUCCESS:
        return None
    payload = frames.encode_default_response(ask.frame.command, status)
    return ask.device.reply(ask.frame, frames.DEFAULT_RESPONSE, payload, specific=False)


def _cluster_command(ask: Ask) -> bytes | None:
    device = ask.device
    if device.command_status is not None:
        return _default_response(ask, device.command_status)
    if not ask.knows_cluster:
        return _default_response(ask, frames.UNSUPPORTED_CLUSTER)
    outcome = commands.handle(device, ask.endpoint, ask.cluster, ask.frame)
    if isinstance(outcome, int):
        return _default_response(ask, outcome)
    return device.reply(ask.frame, outcome.command, outcome.payload, specific=True)


def _general_command(ask: Ask) -> bytes | None:
    command = ask.frame.command
    if command in frames.RESPONSES or command == frames.REPORT:
        return None
    handler = _GENERAL.get(command)
    if handler is None:
        return _default_response(ask, frames.UNSUP_GENERAL_COMMAND)
    if not ask.knows_cluster:
        return _default_response(ask, frames.UNSUPPORTED_CLUSTER)
    payload = handler(ask)
    if payload is None:
        return None
    response = frames.WRITE_RESPONSE if command in (frames.WRITE, frames.WRITE_UNDIVIDED) else command + 1
    return ask.device.reply(ask.frame, response, payload, specific=False)


def _read(ask: Ask) -> bytes:
    return frames.encode_read_response(_read_one(ask, each) for each in frames.decode_read(ask.frame.payload))


def _read_one(ask: Ask, attribute: int) -> AttributeValue:
    refused = ask.device.refused.get((ask.cluster, attribute))
    found = ask.store.get((ask.frame.manufacturer, attribute))
    if refused is not None or found is None:
        status = frames.UNSUPPORTED_ATTRIBUTE if refused is None else refused
        return AttributeValue(id=attribute, type=0, status=status)
    return found.record(attribute)


def _write(ask: Ask) -> bytes:
    records = frames.decode_write(ask.frame.payload)
    return frames.encode_write_response([AttributeStatus(_write_one(ask, each), each.id) for each in records])


def _write_undivided(ask: Ask) -> bytes:
    records = frames.decode_write(ask.frame.payload)
    results = [AttributeStatus(_write_status(ask, each), each.id) for each in records]
    if all(result.status == frames.SUCCESS for result in results):
        results = [AttributeStatus(_write_one(ask, each), each.id) for each in records]
    return frames.encode_write_response(results)


def _write_no_response(ask: Ask) -> None:
    for each in frames.decode_write(ask.frame.payload):
        _write_one(ask, each)


def _write_status(ask: Ask, record: AttributeValue) -> int:
    if ask.device.write_status is not None:
        return ask.device.write_status
    found = ask.store.get((ask.frame.manufacturer, record.id))
    if found is None:
        return frames.UNSUPPORTED_ATTRIBUTE
    if not found.writable:
        return frames.READ_ONLY
    return frames.SUCCESS if found.type == record.type else frames.INVALID_DATA_TYPE


def _write_one(ask: Ask, record: AttributeValue) -> int:
    status = _write_status(ask, record)
    if status == frames.SUCCESS:
        value = record.value if record.octets is None else record.octets
        ask.device.set(ask.endpoint, ask.cluster, record.id, value, ask.frame.manufacturer)
    return status


def _configure_reporting(ask: Ask) -> bytes:
    records = frames.decode_configure_reporting(ask.frame.payload)
    results = [AttributeStatus(_configure_one(ask, each), each.attribute, each.received) for each in records]
    ask.device.air.device_changed()
    return frames.encode_configure_reporting_response(results)


def _configure_one(ask: Ask, record: ReportingRecord) -> int:
    if record.received:
        return frames.SUCCESS
    found = ask.store.get((ask.frame.manufacturer, record.attribute))
    if found is None:
        return frames.UNSUPPORTED_ATTRIBUTE
    if found.type != record.type:
        return frames.INVALID_DATA_TYPE
    key = (ask.endpoint, ask.cluster, ask.frame.manufacturer, record.attribute)
    ask.device.reporting.pop(key, None)
    if record.max_interval_s != NO_REPORTING:
        ask.device.reporting[key] = record
    return frames.SUCCESS


def _read_reporting(ask: Ask) -> bytes:
    asked = frames.decode_read_reporting(ask.frame.payload)
    return frames.encode_read_reporting_response(_reporting_of(ask, *each) for each in asked)


def _reporting_of(ask: Ask, received: bool, attribute: int) -> ReportingRecord:
    manufacturer = ask.frame.manufacturer
    if (manufacturer, attribute) not in ask.store:
        return ReportingRecord(attribute, received=received, status=frames.UNSUPPORTED_ATTRIBUTE)
    missing = ReportingRecord(attribute, received=received, status=frames.NOT_FOUND)
    return ask.device.reporting.get((ask.endpoint, ask.cluster, manufacturer, attribute), missing)


def _discover(ask: Ask) -> bytes:
    """Answer both forms of attribute discovery: id and type, the extended form with access flags as well."""
    reader = Reader(ask.frame.payload)
    start, count = reader.u16(), reader.u8()
    extended = ask.frame.command == frames.DISCOVER_EXTENDED
    ids = sorted(each for code, each in ask.store if code == ask.frame.manufacturer and each >= start)
    rows = [_discovered(ask, each, extended) for each in ids[:count]]
    return bytes((len(ids) <= count,)) + b"".join(rows)


def _discovered(ask: Ask, attribute: int, extended: bool) -> bytes:
    found = ask.store[ask.frame.manufacturer, attribute]
    access = bytes((0x07 if found.writable else 0x05,)) if extended else b""  # read, write, report
    return u16(attribute) + bytes((found.type,)) + access


def _discover_commands(ask: Ask) -> bytes:
    reader = Reader(ask.frame.payload)
    start, count = reader.u8(), reader.u8()
    known = commands.of_cluster(ask.cluster) if ask.frame.command == frames.DISCOVER_RECEIVED else ()
    ids = [each for each in known if each >= start]
    return bytes((len(ids) <= count, *ids[:count]))


_GENERAL: Final[dict[int, Callable[[Ask], bytes | None]]] = {
    frames.READ: _read,
    frames.WRITE: _write,
    frames.WRITE_UNDIVIDED: _write_undivided,
    frames.WRITE_NO_RESPONSE: _write_no_response,
    frames.CONFIGURE_REPORTING: _configure_reporting,
    frames.READ_REPORTING: _read_reporting,
    frames.DISCOVER: _discover,
    frames.DISCOVER_EXTENDED: _discover,
    frames.DISCOVER_RECEIVED: _discover_commands,
    frames.DISCOVER_GENERATED: _discover_commands,
}
