"""What reached the radio from the host, for tests and people to look at."""

from __future__ import annotations

import msgspec

from zigbus.zcl.frames import ZclFrame


class HeardFrame(msgspec.Struct, frozen=True, kw_only=True):
    """One frame the host sent to an endpoint other than 0. `device` is None for groups, broadcasts and strangers."""

    device: str | None
    ieee: str | None
    nwk: int  # destination: network address, broadcast address, or group id if `group` is set
    endpoint: int
    source_endpoint: int
    cluster: int
    frame: ZclFrame | None  # None: not a ZCL frame
    octets: bytes
    group: int | None = None
    at_s: float = 0.0  # monotonic clock


class HeardRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One ZDO request the host sent."""

    device: str | None
    ieee: str | None
    nwk: int
    name: str  # see `zdo.NAMES`; hexadecimal cluster id of others
    cluster: int
    payload: bytes  # without the transaction number
    at_s: float = 0.0


Heard = HeardFrame | HeardRequest
