"""Events of the network as `bridge/event` shows them (mqtt.md 3.6)."""

from __future__ import annotations

from zigbus.contract.base import JsonObject
from zigbus.contract.definitions import DefinitionRecord
from zigbus.contract.updates import BridgeEvent
from zigbus_gateway.device_entry import definition_object


def event_payload(event: BridgeEvent, definition: DefinitionRecord | None) -> JsonObject:
    """Return the payload; a successful interview also says what the device is."""
    data: JsonObject = {"friendly_name": event.friendly_name, "ieee_address": event.ieee}
    if event.kind == "device_interview":
        data["status"] = event.status
        if event.status == "successful":
            shown = definition_object(definition) if definition is not None else None
            data["supported"] = definition is not None and shown is not None and definition.supported
            data["definition"] = shown
    return {"data": data, "type": event.kind}


def event_overviews(event: BridgeEvent) -> tuple[str, ...]:
    """The overviews that are told before the event, changed or not."""
    return ("groups", "devices", "definitions") if event.kind == "device_leave" else ("devices",)
