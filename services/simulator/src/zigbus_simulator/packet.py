"""One APS frame on its way, in either direction."""

from __future__ import annotations

from typing import NamedTuple


class Packet(NamedTuple):
    """What travels from one endpoint to another. `group`: it is addressed to a group, and `target` does not count."""

    cluster: int
    octets: bytes
    source: int  # endpoint
    target: int  # endpoint; 0xff: all
    group: int | None = None
