"""Radio events: what one coordinator heard, one message per frame, as numbers and values. Stream ZIGBEE.

Names of clusters, attributes and commands are the converter's business; nothing here needs a definition.
"""

from __future__ import annotations

from typing import Literal

from zigbus.contract.base import CoordinatorName, Ieee, Json, Message


class AttributeValue(Message, frozen=True, kw_only=True):
    """One attribute record of a ZCL frame.

    `value` is the JSON form of the ZCL value: bool for 0x10, int for integers, enumerations, bitmaps and times, float
    for 0x38-0x3a, `"0x…"` text for 0xf0, text for character strings (undecodable octets replaced), list for arrays,
    sets, bags and structures, None for octet strings and for types without a value. `octets` are the octets of a
    string type (0x41-0x44) without its length field, as they came; None for every other type.
    """

    id: int  # attribute id, 0x0000-0xffff
    type: int  # ZCL data type, 0x00-0xff
    value: Json = None
    octets: bytes | None = None
    status: int = 0  # ZCL status of the record in a read response; 0 everywhere else


class RadioEvent(Message, frozen=True, kw_only=True):
    """What every radio event says: who, through which coordinator, and when."""

    coordinator: CoordinatorName
    ieee: Ieee
    received_at_s: float  # Unix time when the last byte of the frame was read from the serial line
    published_at_s: float = 0.0  # Unix time when the radio handed the event to the bus


class Heard(RadioEvent, frozen=True, kw_only=True):
    """Base of events that are ZCL frames heard from a device."""

    endpoint: int  # source endpoint, 1-254; also endpoints that the device never declared
    cluster: int
    sequence: int  # ZCL transaction sequence number, 0-255
    manufacturer: int | None = None  # manufacturer code of the frame, None if it had none
    lqi: int | None = None  # 0-255, None if the adapter does not report it
    group: int | None = None  # group id the frame was addressed to, None for unicast
    payload: bytes = b""  # the ZCL payload after the header, as it came


class AttributeReport(Heard, frozen=True, kw_only=True, tag="report"):
    """The attributes of one Report Attributes, Read Attributes Response or Write Attributes frame of a device."""

    form: Literal["report", "read_response", "write"] = "report"
    attributes: tuple[AttributeValue, ...] = ()  # in wire order; what could be decoded if the frame was cut short
    malformed: bool = False  # the payload could not be decoded to its end


class CommandReceived(Heard, frozen=True, kw_only=True, tag="command"):
    """A cluster-specific command sent by a device (remote pressed, alarm raised, Tuya datapoint ...)."""

    command: int  # command id within the cluster
    from_server: bool = False  # direction bit of the frame: True = server to client


class FrameReceived(Heard, frozen=True, kw_only=True, tag="frame"):
    """Any other frame: a general command that is neither attributes nor an answer to us, or one we cannot parse."""

    frame_control: int | None = None  # None: the header itself could not be read; `payload` is then the whole frame
    command: int | None = None
    malformed: bool = False


class DeviceJoined(RadioEvent, frozen=True, kw_only=True, tag="join"):
    """A device that the coordinator did not know has joined the network."""

    nwk: int


class DeviceAnnounced(RadioEvent, frozen=True, kw_only=True, tag="announce"):
    """A device said that it is there (ZDO device announce), maybe with a new network address."""

    nwk: int


class DeviceLeft(RadioEvent, frozen=True, kw_only=True, tag="leave"):
    """A device has left the network; its entry in DEVICES is gone."""

    nwk: int | None = None
    requested: bool = False  # somebody asked for it: what is remembered of the device is not wanted any more


class InterviewChanged(RadioEvent, frozen=True, kw_only=True, tag="interview"):
    """The interview of a device went to another state. `device_revision`: revision of its DEVICES entry that shows it."""

    status: Literal["started", "successful", "failed"]
    device_revision: int = 0


Event = (
    AttributeReport | CommandReceived | FrameReceived | DeviceJoined | DeviceAnnounced | DeviceLeft | InterviewChanged
)
ZclEvent = AttributeReport | CommandReceived | FrameReceived
