"""From a ZCL frame of a device to the event that tells of it. Decisions only: no stick, no bus, no clock."""

from __future__ import annotations

from collections.abc import Callable

from zigbus.contract.events import AttributeReport, AttributeValue, CommandReceived, FrameReceived, ZclEvent
from zigbus.zcl.frames import (
    CONFIGURE_REPORTING_RESPONSE,
    DEFAULT_RESPONSE,
    READ,
    READ_RESPONSE,
    REPORT,
    RESPONSES,
    WRITE,
    WRITE_NO_RESPONSE,
    WRITE_RESPONSE,
    WRITE_UNDIVIDED,
    ZclFrame,
    build_frame,
    decode_read_response,
    decode_reports,
    encode_default_response,
)
from zigbus.zcl.types import ParseError
from zigbus_radio.mt import ApsFrame

BASIC, POLL_CONTROL, TIME, IAS_ZONE = 0x0000, 0x0020, 0x000A, 0x0500
LUMI = "LUMI"  # manufacturer of routers that repeat frames of other devices

_FORMS: dict[int, tuple[str, Callable[[bytes], list[AttributeValue]]]] = {
    REPORT: ("report", decode_reports),
    READ_RESPONSE: ("read_response", decode_read_response),
    WRITE: ("write", decode_reports),
    WRITE_UNDIVIDED: ("write", decode_reports),
    WRITE_NO_RESPONSE: ("write", decode_reports),
}
_ANSWERS_ITSELF = frozenset((READ, *RESPONSES))  # commands that no default response belongs to (ZCL rev 8, 2.5.12.2)
_PURE_ANSWERS = frozenset(
    (WRITE_RESPONSE, CONFIGURE_REPORTING_RESPONSE, DEFAULT_RESPONSE)
)  # nothing in them but a status


def event_of(aps: ApsFrame, frame: ZclFrame | None, coordinator: str, ieee: str, published_at_s: float) -> ZclEvent:
    """Return the event of a frame; `frame` None: the header could not be read. Never raises, whatever the payload is."""
    if frame is None:
        return FrameReceived(
            coordinator=coordinator,
            ieee=ieee,
            received_at_s=aps.received_at_s,
            published_at_s=published_at_s,
            endpoint=aps.endpoint,
            cluster=aps.cluster,
            sequence=0,
            lqi=aps.lqi,
            group=aps.group,
            payload=aps.data,
            malformed=True,
        )
    if frame.frame_control & 0x03 == 0 and (form := _FORMS.get(frame.command)) is not None:
        return _attributes(aps, frame, form, coordinator, ieee, published_at_s=published_at_s)
    if frame.cluster_specific:
        return CommandReceived(
            coordinator=coordinator,
            ieee=ieee,
            received_at_s=aps.received_at_s,
            published_at_s=published_at_s,
            endpoint=aps.endpoint,
            cluster=aps.cluster,
            sequence=frame.sequence,
            manufacturer=frame.manufacturer,
            lqi=aps.lqi,
            group=aps.group,
            payload=frame.payload,
            command=frame.command,
            from_server=frame.from_server,
        )
    return FrameReceived(
        coordinator=coordinator,
        ieee=ieee,
        received_at_s=aps.received_at_s,
        published_at_s=published_at_s,
        endpoint=aps.endpoint,
        cluster=aps.cluster,
        sequence=frame.sequence,
        manufacturer=frame.manufacturer,
        lqi=aps.lqi,
        group=aps.group,
        payload=frame.payload,
        frame_control=frame.frame_control,
        command=frame.command,
    )


def _attributes(
    aps: ApsFrame,
    frame: ZclFrame,
    form: tuple[str, Callable[[bytes], list[AttributeValue]]],
    coordinator: str,
    ieee: str,
    *,
    published_at_s: float,
) -> AttributeReport:
    name, decode = form
    malformed = False
    try:
        attributes = tuple(decode(frame.payload))
    except ParseError as error:
        attributes, malformed = error.partial, True
    return AttributeReport(
        coordinator=coordinator,
        ieee=ieee,
        received_at_s=aps.received_at_s,
        published_at_s=published_at_s,
        endpoint=aps.endpoint,
        cluster=aps.cluster,
        sequence=frame.sequence,
        manufacturer=frame.manufacturer,
        lqi=aps.lqi,
        group=aps.group,
        payload=frame.payload,
        form=name,  # type: ignore[arg-type]  # the table above holds the literals
        attributes=attributes,
        malformed=malformed,
    )


def says_only_status(frame: ZclFrame) -> bool:
    """Whether the frame carries nothing but the outcome of a request, so that nobody but its sender wants it."""
    return not frame.cluster_specific and frame.command in _PURE_ANSWERS


def wants_default_response(aps: ApsFrame, frame: ZclFrame) -> bool:
    """Whether the sender expects a default response (`behaviour` 18.1): unicast, not disabled, and no answer by itself."""
    if aps.group is not None or aps.broadcast or frame.disable_default_response:
        return False
    return frame.cluster_specific or frame.command not in _ANSWERS_ITSELF


def default_response(frame: ZclFrame) -> bytes:
    """Return the default response "success" to a frame.

    The direction is turned round for a cluster's own command; for a general one we speak as a server, since devices
    drop the other form.
    """
    return build_frame(
        frame.sequence,
        DEFAULT_RESPONSE,
        encode_default_response(frame.command, 0),
        manufacturer=frame.manufacturer,
        from_server=not frame.from_server if frame.cluster_specific else True,
    )


def basic_facts(event: ZclEvent) -> dict[str, object]:
    """Return what a report or read of the Basic cluster says about the device, by field name of DeviceDescription.

    Early reports matter: Xiaomi devices send their model right after joining and may sleep through the interview.
    """
    if not isinstance(event, AttributeReport) or event.cluster != BASIC or event.manufacturer is not None:
        return {}
    facts: dict[str, object] = {}
    for attribute in event.attributes:
        name = BASIC_FIELDS.get(attribute.id)
        if name is None or attribute.status or attribute.value is None:
            continue
        facts[name] = attribute.value.split("\0")[0] if isinstance(attribute.value, str) else attribute.value
    return {name: value for name, value in facts.items() if isinstance(value, str if name in _TEXTS else int)}


BASIC_FIELDS = {
    0x0005: "model",
    0x0004: "manufacturer",
    0x0007: "power_source",
    0x0000: "zcl_version",
    0x0001: "application_version",
    0x0002: "stack_version",
    0x0003: "hardware_version",
    0x0006: "date_code",
    0x4000: "software_build",
}
"""Attributes of the Basic cluster that describe a device, in the order in which an interview reads them."""

_TEXTS = frozenset(("model", "manufacturer", "date_code", "software_build"))
