"""Requests of people who know what they do: a frame made by hand, to a device, a group or everybody."""

from __future__ import annotations

from zigbus.contract.base import Ieee, Json, JsonObject, Message, Reply

# ---- to a radio ------------------------------------------------------------------------------------------------------


class SendFrame(Message, frozen=True, kw_only=True):
    """Send one ZCL frame to the device, the group or the broadcast address that is given; a device may answer it.

    With `profile` 0 it is a ZDO request: `cluster` says which, `payload` follows its sequence number, the rest of the
    frame does not count.
    """

    ieee: Ieee | None = None
    group: int | None = None
    broadcast: int | None = None  # network address 0xfff8-0xffff
    endpoint: int = 255
    profile: int = 0x0104  # decides from which endpoint of ours it is sent
    cluster: int
    cluster_specific: bool = True
    command: int = 0
    payload: bytes = b""
    manufacturer: int | None = None
    from_server: bool = False
    disable_default_response: bool = False
    sequence: int | None = None  # None: the radio's next
    answered: bool = True  # wait for a device's answer
    timeout_s: float = 10.0


class SendFrameResult(Reply, frozen=True, kw_only=True):
    """The answer of the device as it came, with the ZCL header (of a ZDO response: from its status on)."""

    response: bytes | None = None
    nwk: int = 0
    lqi: int | None = None


class SayToStrangers(Message, frozen=True, kw_only=True):
    """Send one ZCL frame on these channels, one after the other, to devices of any network (inter-PAN).

    Meanwhile, a second per channel and three more, the coordinator's own devices cannot be reached.
    """

    channels: tuple[int, ...]  # 11-26
    cluster: int
    command: int
    payload: bytes = b""
    manufacturer: int | None = None


# ---- to the registry -------------------------------------------------------------------------------------------------


class RunAction(Message, frozen=True, kw_only=True):
    """Carry out an action of zigbee2mqtt's by name, if the household's settings allow such things."""

    name: str
    params: JsonObject = {}


class RunActionResult(Reply, frozen=True, kw_only=True):
    """What it came to."""

    data: Json = None
