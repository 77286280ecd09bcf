"""Discovery messages that the broker holds from earlier: whose they are, and whether they are still right."""

from __future__ import annotations

import re
from dataclasses import dataclass

import msgspec

from zigbus.contract.base import Json

TRIGGERS = "device_automation"  # component of device triggers
TOPIC = re.compile(r"([^/]+)/([^/]+)/(?:([^/]+)/)?config")  # COMPONENT/NODE/[OBJECT/]config


@dataclass(frozen=True, slots=True)
class Address:
    """What a topic below the discovery topic names."""

    component: str
    key: str  # ieee or group id; for the bridge the ieee of its coordinator
    object_id: str  # empty: one message for the whole device

    @property
    def action(self) -> str:
        """The action that a device trigger waits for."""
        return self.object_id.partition("_")[2]


def address_of(topic: str) -> Address | None:
    """Read a topic below the discovery topic; None if it names no entity."""
    match = TOPIC.fullmatch(topic)
    if match is None:
        return None
    return Address(match[1], match[2].split("_", 1)[-1], match[3] or "")


def is_ours(address: Address, payload: bytes, base_topic: str) -> bool:
    """Whether a message speaks of topics below our base topic. Bytes from outside: anything may come."""
    try:
        message = msgspec.json.decode(payload)
    except msgspec.DecodeError:
        return False
    if not isinstance(message, dict):
        return False
    if address.component == TRIGGERS:
        return _starts(message.get("topic"), base_topic)
    parts = message.get("components")
    messages = [message, *(parts.values() if isinstance(parts, dict) else ())]
    topics = [topic for part in messages for topic in (_first_availability(part), _state_topic(part))]
    return any(_starts(topic, base_topic) for topic in topics)


def is_same(held: bytes, payload: bytes) -> bool:
    """Whether two messages say the same."""
    if held == payload:
        return True
    try:
        return bool(msgspec.json.decode(held) == msgspec.json.decode(payload))
    except msgspec.DecodeError:
        return False


def _first_availability(message: Json) -> Json:
    topics = message.get("availability") if isinstance(message, dict) else None
    first = topics[0] if isinstance(topics, list) and topics else None
    return first.get("topic") if isinstance(first, dict) else None


def _state_topic(message: Json) -> Json:
    return message.get("state_topic") if isinstance(message, dict) else None


def _starts(topic: Json, base_topic: str) -> bool:
    return isinstance(topic, str) and topic.startswith(f"{base_topic}/")
