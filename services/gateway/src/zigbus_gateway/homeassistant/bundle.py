"""The newer form of discovery: one message for a device with all its entities (Home Assistant 2024.11 and later)."""

from __future__ import annotations

from collections.abc import Sequence

from zigbus.contract.base import JsonObject
from zigbus_gateway.homeassistant.draft import Draft
from zigbus_gateway.homeassistant.message import Owner

COMPONENT = "device"  # first part of the topic
SHARED = ("device", "origin")  # told once for all entities
SHARED_IF_EQUAL = ("availability", "availability_mode")
MIGRATE: JsonObject = {"migrate_discovery": True}  # makes Home Assistant keep an entity that changes its topic


def bundled(owner: Owner, payloads: Sequence[tuple[Draft, JsonObject]]) -> dict[str, JsonObject]:
    """Return the one message, by its topic below the discovery topic."""
    if not payloads:
        return {}
    first = payloads[0][1]
    shared = {key: first[key] for key in SHARED}
    for key in SHARED_IF_EQUAL:
        if all(key in payload and payload[key] == first.get(key) for _, payload in payloads):
            shared[key] = first[key]
    components = {
        f"{draft.component}_{draft.object_id}": {
            "platform": draft.component,
            **{key: value for key, value in payload.items() if key not in shared},
        }
        for draft, payload in payloads
    }
    return {f"{COMPONENT}/{owner.node}/config": {**shared, "components": components}}


def is_bundle(topic: str) -> bool:
    """Whether this is the topic of such a message, below the discovery topic."""
    return topic.startswith(f"{COMPONENT}/")
