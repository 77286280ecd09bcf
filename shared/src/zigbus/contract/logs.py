"""Log events on the bus, so that a frontend can show them. Core subject, nothing is stored."""

from __future__ import annotations

from typing import Literal

from zigbus.contract.base import JsonObject, Message

Level = Literal["debug", "info", "warning", "error"]


class LogEvent(Message, frozen=True, kw_only=True):
    """One log line of a service: an event name and its fields. Never holds keys, codes or passwords."""

    service: str
    level: Level
    event: str  # e.g. "adapter_lost"
    fields: JsonObject = {}
    at_s: float = 0.0  # Unix time
