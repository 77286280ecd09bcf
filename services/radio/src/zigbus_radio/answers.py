"""What the coordinator answers by itself (`behaviour` 18): decisions only, the clock comes in as a value."""

from __future__ import annotations

from dataclasses import dataclass

from zigbus.contract.events import AttributeValue
from zigbus.zcl import frames as z
from zigbus.zcl import types as t
from zigbus.zcl.frames import ZclFrame, build_frame
from zigbus_radio.frames import BASIC, IAS_ZONE, POLL_CONTROL, TIME, default_response, wants_default_response
from zigbus_radio.mt import ApsFrame

ZCL_EPOCH_S = 946_684_800  # 2000-01-01T00:00:00Z
ZONE_ID = 23
MASTER_AND_SYNCHRONISED = 0x03

ENROL_REQUEST, ENROL_RESPONSE = 0x01, 0x00
CHECK_IN, CHECK_IN_RESPONSE, FAST_POLL_STOP = 0x00, 0x00, 0x01
FAST_POLL_QUARTERS = 4 * 60  # quarter seconds that a device may poll fast for; stopped as soon as nothing waits

_BASIC_DEFAULTS = {
    0x0000: AttributeValue(id=0x0000, type=t.UINT8, value=8),  # ZCL version
    0x0001: AttributeValue(id=0x0001, type=t.UINT8, value=0),
    0x0002: AttributeValue(id=0x0002, type=t.UINT8, value=0),
    0x0003: AttributeValue(id=0x0003, type=t.UINT8, value=0),
    0x0004: AttributeValue(id=0x0004, type=t.STRING, value=""),
    0x0005: AttributeValue(id=0x0005, type=t.STRING, value=""),
    0x0006: AttributeValue(id=0x0006, type=t.STRING, value=""),
    0x0007: AttributeValue(id=0x0007, type=t.ENUM8, value=0),
    0x4000: AttributeValue(id=0x4000, type=t.STRING, value=""),
}


@dataclass(frozen=True)
class Clock:
    """The time now as a device may ask for it."""

    unix_s: float
    zone_s: int  # local standard time minus UTC
    daylight_s: int  # what daylight saving adds now


def answer_to(aps: ApsFrame, frame: ZclFrame, clock: Clock) -> bytes | None:
    """Return the frame with which the coordinator answers, None if it has nothing to say. Never raises."""
    if aps.group is not None or aps.broadcast:
        return None
    if not frame.cluster_specific and frame.command == z.READ and not frame.from_server:
        return _read_response(aps.cluster, frame, clock)
    if aps.cluster == IAS_ZONE and frame.cluster_specific and frame.from_server and frame.command == ENROL_REQUEST:
        return enrol_response(frame.sequence)
    if is_check_in(aps.cluster, frame):
        return None  # answered a little later, when it is known whether something waits for the device
    return default_response(frame) if wants_default_response(aps, frame) else None


def is_check_in(cluster: int, frame: ZclFrame) -> bool:
    """Whether a sleeping device says that it is awake for a moment."""
    return cluster == POLL_CONTROL and frame.cluster_specific and frame.from_server and frame.command == CHECK_IN


def enrol_response(sequence: int) -> bytes:
    """Return the IAS enrol response: success, zone 23."""
    return build_frame(sequence, ENROL_RESPONSE, bytes((0, ZONE_ID)), cluster_specific=True)


def check_in_response(sequence: int, *, stay_awake: bool) -> bytes:
    """Return the answer to a poll control check-in."""
    quarters = FAST_POLL_QUARTERS if stay_awake else 0
    return build_frame(
        sequence, CHECK_IN_RESPONSE, bytes((stay_awake,)) + quarters.to_bytes(2, "little"), cluster_specific=True
    )


def _read_response(cluster: int, frame: ZclFrame, clock: Clock) -> bytes:
    known = _time_attributes(clock) if cluster == TIME else _BASIC_DEFAULTS if cluster == BASIC else {}
    if frame.manufacturer is not None:
        known = {}
    try:
        asked = z.decode_read(frame.payload)
    except t.ParseError:
        return build_frame(frame.sequence, z.DEFAULT_RESPONSE, bytes((z.READ, z.MALFORMED_COMMAND)), from_server=True)
    records = [known.get(a) or AttributeValue(id=a, type=0, status=z.UNSUPPORTED_ATTRIBUTE) for a in asked]
    return build_frame(
        frame.sequence,
        z.READ_RESPONSE,
        z.encode_read_response(records),
        manufacturer=frame.manufacturer,
        from_server=True,
    )


def _time_attributes(clock: Clock) -> dict[int, AttributeValue]:
    utc = int(clock.unix_s) - ZCL_EPOCH_S
    standard = utc + clock.zone_s
    values = (
        (0x0000, t.UTC, utc),
        (0x0001, t.MAP8, MASTER_AND_SYNCHRONISED),
        (0x0002, t.INT32, clock.zone_s),
        (0x0003, t.UINT32, utc if clock.daylight_s else 0),  # daylight saving began in the past, if it is on
        (0x0004, t.UINT32, utc + 86_400 if clock.daylight_s else 0),  # and does not end before it is asked for again
        (0x0005, t.INT32, clock.daylight_s),
        (0x0006, t.UINT32, standard),
        (0x0007, t.UINT32, standard + clock.daylight_s),
    )
    return {attribute: AttributeValue(id=attribute, type=kind, value=value) for attribute, kind, value in values}
