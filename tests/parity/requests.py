"""Radio requests in the form in which both sides are compared: address, cluster and the octets of the frame.

The sequence number is zero, as is the running number of Tuya frames, and the bit "disable default response" is left out: which answer is awaited is the radio's
business, and both radios listen to the default response where there is one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from zigbus.contract.base import Json, JsonObject
from zigbus.contract.events import AttributeValue
from zigbus.zcl import frames
from zigbus.zcl.types import ParseError
from zigbus_converter.effects import Bind, Invoke, Read, Report, Write

NO_DEFAULT_RESPONSE = 0x10
TUYA = 0xEF00
TUYA_NUMBERED = ("00", "04", "10")  # commands with a datapoint, and the one that asks for the version


def call_of(effect: Read | Write | Invoke | Bind | Report) -> Iterator[JsonObject]:
    """Yield the requests that an effect makes."""
    match effect:
        case Bind():
            for cluster in effect.clusters:
                group = {} if effect.group is None else {"to_group": effect.group}
                yield {"bind": {"endpoint": effect.endpoint, "cluster": cluster, **group}}
        case _:
            yield {
                "endpoint": effect.endpoint,
                "cluster": effect.cluster,
                "frame": masked(frame_of(effect).hex(), effect.cluster),
            }


def frame_of(effect: Read | Write | Invoke | Report) -> bytes:
    """Return the octets of a request as the radio builds them, with sequence number 0."""
    match effect:
        case Read():
            return frames.build_frame(
                0, frames.READ, frames.encode_read(effect.attributes), manufacturer=effect.manufacturer
            )
        case Write():
            return frames.build_frame(
                0, frames.WRITE, frames.encode_write(effect.attributes), manufacturer=effect.manufacturer
            )
        case Report():
            return frames.build_frame(
                0, frames.CONFIGURE_REPORTING, _reporting(effect), manufacturer=effect.manufacturer
            )
        case Invoke():
            return frames.build_frame(
                0,
                effect.command,
                effect.payload,
                cluster_specific=True,
                manufacturer=effect.manufacturer,
                from_server=effect.to_client,
            )


def recorded(call: JsonObject) -> JsonObject:
    """Return a recorded request in the form of `call_of`."""
    if "frame" not in call:
        return call
    return {
        **{key: value for key, value in call.items() if key != "answer"},
        "frame": masked(call["frame"], call["cluster"]),
    }


class Answers:
    """What devices answered in a recording, found again by the request."""

    def __init__(self, calls: Iterable[JsonObject]) -> None:
        self._answers: dict[tuple[Json, Json, Json], bytes] = {
            (call["endpoint"], call["cluster"], masked(call["frame"], call["cluster"])): bytes.fromhex(call["answer"])
            for call in calls
            if call.get("answer") and "endpoint" in call
        }

    def to_read(self, effect: Read) -> tuple[AttributeValue, ...]:
        """Return the records that answer a read; nothing if the recording has no such request."""
        data = self._answers.get((effect.endpoint, effect.cluster, masked(frame_of(effect).hex(), effect.cluster)))
        if data is None:
            return ()
        try:
            return tuple(frames.decode_read_response(frames.parse_frame(data).payload))
        except ParseError:
            return ()

    def frame(self, call: JsonObject) -> frames.ZclFrame | None:
        """Return the frame that answered a request, None if the recording has none."""
        data = self._answers.get((call.get("endpoint"), call.get("cluster"), call.get("frame")))
        return None if data is None else frames.parse_frame(data)

    def value(self, endpoint: int, cluster: int, attribute: int) -> Json:
        """Return what was answered of one attribute, None if nothing."""
        for place, answer in self._answers.items():
            if place[:2] == (endpoint, cluster):
                for record in frames.decode_read_response(frames.parse_frame(answer).payload):
                    if record.id == attribute:
                        return record.value
        return None


def _reporting(effect: Report) -> bytes:
    return frames.encode_configure_reporting(
        frames.ReportingRecord(i.attribute, i.type, i.min_interval_s, i.max_interval_s, i.change) for i in effect.items
    )


def masked(frame: str, cluster: int) -> str:
    """Return a frame in hex without what is not compared: one bit, and the running number that Tuya puts in front."""
    frame = f"{int(frame[:2], 16) & ~NO_DEFAULT_RESPONSE:02x}{frame[2:]}"
    if cluster == TUYA and frame.startswith("01") and frame[4:6] in TUYA_NUMBERED:
        return f"{frame[:6]}0000{frame[10:]}"
    return frame
