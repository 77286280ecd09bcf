"""ZCL frames: header and the general commands that carry attributes (ZCL rev 8, 2.4 and 2.5).

Decoders raise ParseError and nothing else. A ParseError of a decoder of attribute records has in `partial` the records
that came before the fault.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

from zigbus.contract.events import AttributeValue
from zigbus.zcl.types import ParseError, Value, decode_value, encode_value, is_discrete

READ, READ_RESPONSE, WRITE, WRITE_UNDIVIDED, WRITE_RESPONSE, WRITE_NO_RESPONSE = range(0x06)
CONFIGURE_REPORTING, CONFIGURE_REPORTING_RESPONSE = 0x06, 0x07
READ_REPORTING, READ_REPORTING_RESPONSE = 0x08, 0x09
REPORT, DEFAULT_RESPONSE, DISCOVER, DISCOVER_RESPONSE = 0x0A, 0x0B, 0x0C, 0x0D
READ_STRUCTURED, WRITE_STRUCTURED, WRITE_STRUCTURED_RESPONSE = 0x0E, 0x0F, 0x10
DISCOVER_RECEIVED, DISCOVER_RECEIVED_RESPONSE = 0x11, 0x12
DISCOVER_GENERATED, DISCOVER_GENERATED_RESPONSE = 0x13, 0x14
DISCOVER_EXTENDED, DISCOVER_EXTENDED_RESPONSE = 0x15, 0x16

SUCCESS, FAILURE, MALFORMED_COMMAND, UNSUP_CLUSTER_COMMAND, UNSUP_GENERAL_COMMAND = 0x00, 0x01, 0x80, 0x81, 0x82
INVALID_FIELD, UNSUPPORTED_ATTRIBUTE, INVALID_VALUE, READ_ONLY, INSUFFICIENT_SPACE = 0x85, 0x86, 0x87, 0x88, 0x89
DUPLICATE_EXISTS, NOT_FOUND, UNREPORTABLE_ATTRIBUTE, INVALID_DATA_TYPE = 0x8A, 0x8B, 0x8C, 0x8D
UNSUPPORTED_CLUSTER = 0xC3

_CLUSTER_SPECIFIC, _MANUFACTURER, _FROM_SERVER, _NO_DEFAULT_RESPONSE = 0x01, 0x04, 0x08, 0x10
RESPONSES: Final = frozenset((
    READ_RESPONSE, WRITE_RESPONSE, CONFIGURE_REPORTING_RESPONSE, READ_REPORTING_RESPONSE, DEFAULT_RESPONSE,
    DISCOVER_RESPONSE, WRITE_STRUCTURED_RESPONSE, DISCOVER_RECEIVED_RESPONSE, DISCOVER_GENERATED_RESPONSE,
    DISCOVER_EXTENDED_RESPONSE,
))  # fmt: skip
"""General commands that answer another command."""


class ZclFrame(NamedTuple):
    """One ZCL frame: the header taken apart, and the payload as it came."""

    frame_control: int
    manufacturer: int | None
    sequence: int
    command: int
    payload: bytes

    @property
    def cluster_specific(self) -> bool:
        """Whether `command` belongs to the cluster; otherwise it is a general command."""
        return self.frame_control & 0x03 == _CLUSTER_SPECIFIC

    @property
    def from_server(self) -> bool:
        """Direction: True = server to client."""
        return bool(self.frame_control & _FROM_SERVER)

    @property
    def disable_default_response(self) -> bool:
        """Whether the sender wants a default response only if something goes wrong."""
        return bool(self.frame_control & _NO_DEFAULT_RESPONSE)


class ReportingRecord(NamedTuple):
    """One record of Configure Reporting, or of the answer to Read Reporting Configuration.

    `change` is in the attribute's own unit, None for discrete types. `received` True: the record tells the device how
    often reports are to be expected (`timeout_s`) instead of when to send them; only `attribute` and `timeout_s` count.
    """

    attribute: int
    type: int = 0
    min_interval_s: int = 0
    max_interval_s: int = 0
    change: Value = None
    received: bool = False
    timeout_s: int = 0
    status: int = SUCCESS


class AttributeStatus(NamedTuple):
    """What became of one record of a write or configure reporting command."""

    status: int
    attribute: int | None = None  # None: the one status stands for all records
    received: bool = False


def parse_frame(data: bytes) -> ZclFrame:
    """Take the header of a frame apart. Raises ParseError if it is cut short or of a reserved frame type."""
    if not data:
        raise ParseError(0, "empty frame")
    control = data[0]
    if control & 0x02:
        raise ParseError(0, "reserved frame type")
    head = 5 if control & _MANUFACTURER else 3
    if len(data) < head:
        raise ParseError(len(data), "header cut short")
    manufacturer = int.from_bytes(data[1:3], "little") if head == 5 else None
    return ZclFrame(control, manufacturer, data[head - 2], data[head - 1], bytes(data[head:]))


def build_frame(
    sequence: int,
    command: int,
    payload: bytes = b"",
    *,
    cluster_specific: bool = False,
    manufacturer: int | None = None,
    from_server: bool = False,
    disable_default_response: bool = True,
) -> bytes:
    """Return the octets of a frame."""
    control = (
        (_CLUSTER_SPECIFIC if cluster_specific else 0)
        | (_MANUFACTURER if manufacturer is not None else 0)
        | (_FROM_SERVER if from_server else 0)
        | (_NO_DEFAULT_RESPONSE if disable_default_response else 0)
    )
    code = b"" if manufacturer is None else manufacturer.to_bytes(2, "little")
    return bytes((control,)) + code + bytes((sequence & 0xFF, command)) + payload


def decode_reports(payload: bytes) -> list[AttributeValue]:
    """Return the attribute records of a Report Attributes payload, in wire order (2.5.11)."""
    return _records(payload, _report_record)


def decode_write(payload: bytes) -> list[AttributeValue]:
    """Return the attribute records of any form of Write Attributes: the form is that of a report (2.5.3)."""
    return _records(payload, _report_record)


def decode_read_response(payload: bytes) -> list[AttributeValue]:
    """Return the records of a Read Attributes Response; a failed one has its status, type 0 and no value (2.5.2)."""
    return _records(payload, _read_response_record)


def encode_reports(records: Iterable[AttributeValue]) -> bytes:
    """Return the payload of Report Attributes or Write Attributes. Raises EncodeError."""
    return b"".join(
        record.id.to_bytes(2, "little") + bytes((record.type,)) + encode_value(record.type, record.value, record.octets)
        for record in records
    )


encode_write = encode_reports  # the two payloads have one form


def encode_read_response(records: Iterable[AttributeValue]) -> bytes:
    """Return the payload of Read Attributes Response. Raises EncodeError."""
    parts: list[bytes] = []
    for record in records:
        parts.append(record.id.to_bytes(2, "little") + bytes((record.status,)))
        if record.status == SUCCESS:
            parts.append(bytes((record.type,)) + encode_value(record.type, record.value, record.octets))
    return b"".join(parts)


def encode_read(attributes: Iterable[int]) -> bytes:
    """Return the payload of Read Attributes."""
    return b"".join(attribute.to_bytes(2, "little") for attribute in attributes)


def decode_read(payload: bytes) -> list[int]:
    """Return the attribute ids that Read Attributes asks for."""
    if len(payload) % 2:
        raise ParseError(len(payload), "attribute id cut short")
    return [payload[i] | payload[i + 1] << 8 for i in range(0, len(payload), 2)]


def encode_write_response(results: Sequence[AttributeStatus]) -> bytes:
    """Return the payload of Write Attributes Response: one octet if all went well, else the failed records (2.5.5)."""
    failed = [result for result in results if result.status != SUCCESS]
    if not failed:
        return bytes((SUCCESS,))
    return b"".join(bytes((result.status,)) + (result.attribute or 0).to_bytes(2, "little") for result in failed)


def decode_write_response(payload: bytes) -> list[AttributeStatus]:
    """Return the failed records of Write Attributes Response; one record without attribute stands for all."""
    if len(payload) == 1:
        return [AttributeStatus(payload[0])]
    if not payload or len(payload) % 3:
        raise ParseError(len(payload), "status record cut short")
    return [AttributeStatus(payload[i], payload[i + 1] | payload[i + 2] << 8) for i in range(0, len(payload), 3)]


def encode_configure_reporting(records: Iterable[ReportingRecord]) -> bytes:
    """Return the payload of Configure Reporting (2.5.7). Raises EncodeError."""
    return b"".join(bytes((record.received,)) + _encode_reporting(record) for record in records)


def decode_configure_reporting(payload: bytes) -> list[ReportingRecord]:
    """Return the records of Configure Reporting."""
    records: list[ReportingRecord] = []
    offset = 0
    while offset < len(payload):
        record, offset = _decode_reporting(payload, offset, SUCCESS)
        records.append(record)
    return records


def encode_configure_reporting_response(results: Sequence[AttributeStatus]) -> bytes:
    """Return the payload of Configure Reporting Response: one octet if all went well, else the failed records."""
    failed = [result for result in results if result.status != SUCCESS]
    if not failed:
        return bytes((SUCCESS,))
    return b"".join(
        bytes((result.status, result.received)) + (result.attribute or 0).to_bytes(2, "little") for result in failed
    )


def decode_configure_reporting_response(payload: bytes) -> list[AttributeStatus]:
    """Return the failed records of Configure Reporting Response; one record without attribute stands for all."""
    if len(payload) == 1:
        return [AttributeStatus(payload[0])]
    if not payload or len(payload) % 4:
        raise ParseError(len(payload), "status record cut short")
    return [
        AttributeStatus(payload[i], payload[i + 2] | payload[i + 3] << 8, bool(payload[i + 1]))
        for i in range(0, len(payload), 4)
    ]


def encode_read_reporting(attributes: Iterable[int], received: bool = False) -> bytes:
    """Return the payload of Read Reporting Configuration (2.5.9)."""
    return b"".join(bytes((received,)) + attribute.to_bytes(2, "little") for attribute in attributes)


def decode_read_reporting(payload: bytes) -> list[tuple[bool, int]]:
    """Return what Read Reporting Configuration asks for: (received, attribute)."""
    if len(payload) % 3:
        raise ParseError(len(payload), "record cut short")
    return [(bool(payload[i]), payload[i + 1] | payload[i + 2] << 8) for i in range(0, len(payload), 3)]


def encode_read_reporting_response(records: Iterable[ReportingRecord]) -> bytes:
    """Return the payload of Read Reporting Configuration Response (2.5.10). Raises EncodeError."""
    parts: list[bytes] = []
    for record in records:
        body = _encode_reporting(record) if record.status == SUCCESS else record.attribute.to_bytes(2, "little")
        parts.append(bytes((record.status, record.received)) + body)
    return b"".join(parts)


def decode_read_reporting_response(payload: bytes) -> list[ReportingRecord]:
    """Return the records of Read Reporting Configuration Response; a failed one has only attribute and status."""
    records: list[ReportingRecord] = []
    offset = 0
    while offset < len(payload):
        record, offset = _decode_reporting(payload, offset + 1, payload[offset])
        records.append(record)
    return records


def encode_default_response(command: int, status: int) -> bytes:
    """Return the payload of Default Response."""
    return bytes((command, status))


def decode_default_response(payload: bytes) -> tuple[int, int]:
    """Return (command answered, status) of Default Response."""
    if len(payload) < 2:
        raise ParseError(len(payload), "default response cut short")
    return payload[0], payload[1]


def _records(payload: bytes, parse: Callable[[bytes, int], tuple[AttributeValue, int]]) -> list[AttributeValue]:
    records: list[AttributeValue] = []
    offset = 0
    try:
        while offset < len(payload):
            record, offset = parse(payload, offset)
            records.append(record)
    except ParseError as error:
        raise ParseError(error.offset, error.reason, tuple(records)) from None
    return records


def _report_record(payload: bytes, offset: int) -> tuple[AttributeValue, int]:
    if offset + 3 > len(payload):
        raise ParseError(offset, "record cut short")
    attribute = payload[offset] | payload[offset + 1] << 8
    type_id = payload[offset + 2]
    value, octets, end = decode_value(type_id, payload, offset + 3)
    return AttributeValue(id=attribute, type=type_id, value=value, octets=octets), end


def _read_response_record(payload: bytes, offset: int) -> tuple[AttributeValue, int]:
    if offset + 3 > len(payload):
        raise ParseError(offset, "record cut short")
    attribute = payload[offset] | payload[offset + 1] << 8
    status = payload[offset + 2]
    if status != SUCCESS:
        return AttributeValue(id=attribute, type=0, status=status), offset + 3
    if offset + 4 > len(payload):
        raise ParseError(offset + 3, "record cut short")
    type_id = payload[offset + 3]
    value, octets, end = decode_value(type_id, payload, offset + 4)
    return AttributeValue(id=attribute, type=type_id, value=value, octets=octets), end


def _encode_reporting(record: ReportingRecord) -> bytes:
    attribute = record.attribute.to_bytes(2, "little")
    if record.received:
        return attribute + record.timeout_s.to_bytes(2, "little")
    intervals = record.min_interval_s.to_bytes(2, "little") + record.max_interval_s.to_bytes(2, "little")
    change = b"" if is_discrete(record.type) else encode_value(record.type, record.change or 0)
    return attribute + bytes((record.type,)) + intervals + change


def _decode_reporting(payload: bytes, offset: int, status: int) -> tuple[ReportingRecord, int]:
    """Read direction, attribute and what follows from them; `offset` is that of the direction octet."""
    if offset + 3 > len(payload):
        raise ParseError(offset, "record cut short")
    received = bool(payload[offset])
    attribute = payload[offset + 1] | payload[offset + 2] << 8
    offset += 3
    if status != SUCCESS:
        return ReportingRecord(attribute, received=received, status=status), offset
    if offset + (2 if received else 5) > len(payload):
        raise ParseError(offset, "record cut short")
    if received:
        timeout_s = payload[offset] | payload[offset + 1] << 8
        return ReportingRecord(attribute, received=True, timeout_s=timeout_s), offset + 2
    type_id = payload[offset]
    minimum, maximum = payload[offset + 1] | payload[offset + 2] << 8, payload[offset + 3] | payload[offset + 4] << 8
    offset += 5
    change: Value = None
    # A device that has reporting switched off (0xffff) may leave out the reportable change at the end.
    if not is_discrete(type_id) and not (maximum == 0xFFFF and offset == len(payload)):
        change, _, offset = decode_value(type_id, payload, offset)
    return ReportingRecord(attribute, type_id, minimum, maximum, change), offset
