"""Radio events as receivers see them."""

from __future__ import annotations

from typing import assert_never

from zigbus.contract.events import AttributeReport, CommandReceived, FrameReceived, ZclEvent
from zigbus_converter.definition import Frame, Kind

_KINDS: dict[str, Kind] = {"report": "report", "read_response": "read_response", "write": "write"}


def frame_of(event: ZclEvent, position: int) -> Frame:
    """Return the frame of an event; `position` is the event's place in its stream."""
    kind, command, from_server = _what(event)
    return Frame(
        kind=kind,
        endpoint=event.endpoint,
        cluster=event.cluster,
        sequence=event.sequence,
        manufacturer=event.manufacturer,
        group=event.group,
        attributes={record.id: record for record in event.attributes} if isinstance(event, AttributeReport) else {},
        command=command,
        from_server=from_server,
        payload=event.payload,
        position=position,
        heard_at_s=event.received_at_s,
        frame_control=event.frame_control if isinstance(event, FrameReceived) else None,
        malformed=not isinstance(event, CommandReceived) and event.malformed,
        lqi=event.lqi,
    )


def _what(event: ZclEvent) -> tuple[Kind, int | None, bool]:
    match event:
        case AttributeReport():
            return _KINDS[event.form], None, False
        case CommandReceived():
            return "command", event.command, event.from_server
        case FrameReceived():
            return "frame", event.command, False
        case _:
            assert_never(event)
