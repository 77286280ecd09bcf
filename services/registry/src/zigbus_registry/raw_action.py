"""The action `raw` of `bridge/request/action`: from zigbee2mqtt's parameters to a frame, and back (mqtt.md 4.5)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from zigbus.contract.base import FailureCode, Json, JsonObject, RequestFailed
from zigbus.contract.events import AttributeValue
from zigbus.contract.raw_requests import SayToStrangers, SendFrame, SendFrameResult
from zigbus.zcl import frames
from zigbus.zcl.clusters import CLUSTERS, CLUSTERS_BY_NAME, Cluster
from zigbus.zcl.commands import Command
from zigbus.zcl.types import EncodeError

ZDO = 0  # profile
MAIN_ENDPOINT = 1  # of a coordinator; `src_endpoint` is not listened to: what we send from follows from the profile
BROADCAST = 0xFFF8  # network addresses from here on mean many devices
DEFAULT_TIMEOUT_MS = 10_000
LONGEST_TIMEOUT_MS = 20_000  # the bus waits no longer

HUE_PAIRING, SIGNIFY = 0x1000, 0x100B  # cluster, manufacturer
TOUCHLINK_CHANNELS = (11, 15, 20, 25, 12, 13, 14, 16, 17, 18, 19, 21, 22, 23, 24, 26)  # likely ones first

GENERAL_COMMANDS = {  # frame type 0
    "read": frames.READ,
    "write": frames.WRITE,
    "configReport": frames.CONFIGURE_REPORTING,
    "readReportConfig": frames.READ_REPORTING,
    "report": frames.REPORT,
    "defaultRsp": frames.DEFAULT_RESPONSE,
    "discover": frames.DISCOVER,
}


def frame_of(params: Mapping[str, Any]) -> SendFrame:
    """Return the frame that is asked for. Raises RequestFailed (INVALID) if the parameters make none."""
    if params.get("interpan"):
        raise RequestFailed.of(FailureCode.UNSUPPORTED, "Frames between networks (interpan) cannot be sent")
    if params.get("profile_id") == ZDO:
        return _zdo(params)
    zcl = params.get("zcl")
    if not isinstance(zcl, dict) or zcl.get("command_key") is None:
        raise _invalid("'zcl' with a 'command_key' is needed")
    cluster = _cluster(params.get("cluster_key"))
    from_server, specific = zcl.get("direction", 0) == 1, zcl.get("frame_type", 1) == 1
    build = _specific if specific else _general
    number, payload, has_response = build(zcl, cluster, from_server)
    quiet = zcl.get("disable_default_response") is True
    nwk, group = _number(params, "network_address", 0xFFFF), _number(params, "group_id", 0xFFFF)
    return SendFrame(
        ieee=None if group is not None else _ieee(params, nwk),
        group=group,
        broadcast=nwk if group is None and nwk is not None and nwk >= BROADCAST else None,
        endpoint=_number(params, "dst_endpoint", 255) or 255,
        profile=_number(params, "profile_id", 0xFFFF) or 0x0104,
        cluster=cluster.id,
        cluster_specific=specific,
        command=number,
        payload=payload,
        manufacturer=_number(zcl, "manufacturer_code", 0xFFFF),
        from_server=from_server,
        disable_default_response=quiet,
        sequence=_number(zcl, "tsn", 255),
        answered=params.get("disable_response") is not True and (has_response or not quiet),
        timeout_s=min(_number(params, "timeout", 3_600_000) or DEFAULT_TIMEOUT_MS, LONGEST_TIMEOUT_MS) / 1000,
    )


def answer_of(ask: SendFrame, answer: SendFrameResult) -> Json:
    """Return what clients of zigbee2mqtt get: the frame as its adapter describes it, or the octets of a ZDO response."""
    if answer.response is None:
        return {}
    if ask.profile == ZDO:
        return {"status": answer.response[0] if answer.response else None, "data": list(answer.response)}
    frame = frames.parse_frame(answer.response)
    control: JsonObject = {
        "direction": int(frame.from_server),
        "disableDefaultResponse": bool(frame.frame_control & 0x10),
        "frameType": frame.frame_control & 0x03,
        "manufacturerSpecific": frame.manufacturer is not None,
        "reservedBits": frame.frame_control >> 5,
    }
    header: JsonObject = {
        "commandIdentifier": frame.command,
        "frameControl": control,
        "transactionSequenceNumber": frame.sequence,
    }
    if frame.manufacturer is not None:
        header["manufacturerCode"] = frame.manufacturer
    return {
        "address": answer.nwk,
        "clusterID": ask.cluster,
        "data": {"data": list(answer.response), "type": "Buffer"},
        "destinationEndpoint": MAIN_ENDPOINT,
        "endpoint": ask.endpoint,
        "groupID": 0,
        "header": header,
        "linkquality": answer.lqi,
        "wasBroadcast": False,
    }


def hue_reset(params: Mapping[str, Any], own_pan: str | None) -> SayToStrangers:
    """Return the frame that resets Hue lamps with these serial numbers, whatever network they are in."""
    pan, numbers = params.get("extended_pan_id") or own_pan, params.get("serial_numbers")
    if not isinstance(pan, str) or not re.fullmatch("0x[0-9a-fA-F]{16}", pan):
        raise _invalid("'extended_pan_id' must be 0x and 16 hexadecimal digits")
    if not isinstance(numbers, list) or not 0 < len(numbers) < 10 or not all(_is_serial(number) for number in numbers):
        raise _invalid("serial_numbers must be an array of one to nine 6-character hex strings")
    payload = bytes.fromhex(pan[2:])[::-1] + bytes((len(numbers),))
    payload += b"".join(int(number, 16).to_bytes(4, "little") for number in numbers)
    return SayToStrangers(
        channels=TOUCHLINK_CHANNELS, cluster=HUE_PAIRING, command=0, payload=payload, manufacturer=SIGNIFY
    )


def _is_serial(number: Json) -> bool:
    return isinstance(number, str) and re.fullmatch("[0-9a-fA-F]{6}", number) is not None


def _zdo(params: Mapping[str, Any]) -> SendFrame:
    cluster, octets = _number(params, "cluster_key", 0x7FFF), params.get("zdo_params")
    if cluster is None or not isinstance(octets, list) or not _are_octets(octets):
        raise _invalid("A ZDO request needs a number as 'cluster_key' and octets as 'zdo_params'")
    return SendFrame(ieee=_ieee(params, None), profile=ZDO, cluster=cluster, payload=bytes(octets))


def _specific(zcl: Mapping[str, Any], cluster: Cluster, from_server: bool) -> tuple[int, bytes, bool]:
    """Number and payload of a cluster's own command, and whether it has a response of its own."""
    key, payload = zcl["command_key"], zcl.get("payload") or {}
    listed = (cluster.responses if from_server else cluster.commands).values()
    command = next((c for c in listed if key in (c.name, c.id)), None)
    number = command.id if command is not None else key
    if _are_octets(payload) and _is_octet(number):
        return number, bytes(payload), False
    if command is None or not isinstance(payload, dict):
        raise _invalid(f"Cluster '{cluster.name}' has no command '{key}' with this payload")
    try:
        return command.id, command.encode(payload), _is_answered(command)
    except (KeyError, TypeError, EncodeError) as error:
        raise _invalid(f"The payload of command '{command.name}' does not fit: {error}") from None


def _is_answered(command: Command) -> bool:
    return "response" in command.facts


def _general(zcl: Mapping[str, Any], cluster: Cluster, from_server: bool) -> tuple[int, bytes, bool]:
    """Number and payload of a command that all clusters have."""
    del from_server
    key, payload = zcl["command_key"], zcl.get("payload", [])
    number: Any = GENERAL_COMMANDS.get(key) if isinstance(key, str) else key
    if not _is_octet(number):
        raise _invalid(f"'{key}' is no general command that is known; give its number instead")
    if _are_octets(payload):
        return number, bytes(payload), number == frames.READ
    encode = _RECORDS.get(number)
    if encode is None or not isinstance(payload, list) or not all(isinstance(item, dict) for item in payload):
        raise _invalid(f"The payload of '{key}' must be a list of octets")
    try:
        return number, encode(payload), True
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise _invalid(f"The payload of '{key}' does not fit: {error!r}") from None


def _reads(items: list[JsonObject]) -> bytes:
    return frames.encode_read(int(item["attrId"]) for item in items)


def _writes(items: list[JsonObject]) -> bytes:
    return frames.encode_write(
        AttributeValue(id=int(item["attrId"]), type=int(item["dataType"]), value=item["attrData"]) for item in items
    )


_RECORDS: Mapping[int, Callable[[list[JsonObject]], bytes]] = {
    frames.READ: _reads,
    frames.WRITE: _writes,
    frames.REPORT: _writes,
}


def _cluster(key: Json) -> Cluster:
    if isinstance(key, str) and key in CLUSTERS_BY_NAME:
        return CLUSTERS_BY_NAME[key]
    if isinstance(key, int) and 0 <= key <= 0xFFFF:
        return CLUSTERS.get(key) or Cluster(key, str(key))
    raise _invalid(f"Cluster '{key}' is not known; give its number instead")


def _ieee(params: Mapping[str, Any], nwk: int | None) -> str | None:
    ieee = params.get("ieee_address")
    if isinstance(ieee, str):
        return ieee.lower()
    if nwk is None or nwk < BROADCAST:
        raise _invalid("'ieee_address' of a device, 'group_id' or a broadcast 'network_address' is needed")
    return None


def _number(params: Mapping[str, Any], key: str, most: int) -> int | None:
    value = params.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise _invalid(f"'{key}' must be a number from 0 to {most}")
    return value


def _are_octets(value: Json) -> bool:
    return isinstance(value, list) and all(map(_is_octet, value))


def _is_octet(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 255


def _invalid(text: str) -> RequestFailed:
    return RequestFailed.of(FailureCode.INVALID, text)
