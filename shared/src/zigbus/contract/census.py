"""Asking all services at once how they are. Core request; each answers for itself, nothing is stored."""

from __future__ import annotations

from zigbus.contract.base import Ieee, Message


class Census(Message, frozen=True, kw_only=True):
    """Ask every service for its ServiceStatus."""

    reset: bool = False  # count devices' messages anew from now on


class DeviceCounts(Message, frozen=True, kw_only=True):
    """What a radio heard of one device since it started, or since counting began anew."""

    messages: int = 0
    first_at_s: float | None = None  # Unix time of the first of these messages
    leaves: int = 0
    nwk_changes: int = 0


class ServiceStatus(Message, frozen=True, kw_only=True):
    """How one service is."""

    service: str
    started_at_s: float  # Unix time
    memory_octets: int  # resident set of its process
    devices: dict[Ieee, DeviceCounts] = {}  # of a radio
