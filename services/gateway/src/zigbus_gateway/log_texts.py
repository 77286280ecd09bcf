"""The contract's log lines: from events with fields to the texts on `bridge/logging` (mqtt.md 3.7, 5.4)."""

from __future__ import annotations

from collections.abc import Callable

from zigbus.contract.base import Json, JsonObject
from zigbus.contract.logs import Level
from zigbus_gateway.json_text import to_json, to_json_in_order

NAMESPACE = "z2m"
LEVELS: tuple[Level, ...] = ("error", "warning", "info", "debug")  # loudest first

TEXTS: dict[str, str] = {
    "entity_unknown": "Entity '{entity}' is unknown",
    "device_unsupported": "Cannot publish to unsupported device '{name}'",
    "endpoint_unknown": "Device '{name}' has no endpoint '{endpoint}'",
    "message_invalid": "Invalid message '{message}', skipping...",
    "key_unsupported": "No converter available for '{key}' on '{name}': ({value})",
    "key_not_readable": "No converter available for 'get' '{key}' ({value})",
    "key_failed": "Publish '{kind}' '{key}' to '{name}' failed: 'Error: {cause}'",
    "request_failed": "Request '{topic}' failed with error: '{error}'",
    "option_unsupported": "Device '{name}' does not support option '{option}'",
    "topic_has_wildcard": "Topic '{topic}' includes wildcard characters, skipping publish.",
    "converter_failed": "Exception while calling fromZigbee converter: {error}}}",
    "stick_lost": "Adapter disconnected: {reason}",
    "stick_not_ready": "Adapter is not ready: {reason}",
    "device_joined": "Device '{name}' joined",
    "device_left": "Device '{name}' left the network",
    "device_removed": "Successfully removed device '{name}'",
    "device_expelled": "Device '{name}' is not allowed to be in the network and was asked to leave",
    "join_refused": "Rejecting joining of blocked device '{ieee}'",
    "interview_started": "Starting interview of '{name}'",
    "interview_successful": "Successfully interviewed '{name}', device has successfully been paired",
    "interview_failed": "Failed to interview '{name}', device has not successfully been paired",
    "scene_unknown": "Unknown scene was recalled for {ieee}, can't restore state.",
    "bind_failed": "Failed to bind cluster '{cluster}' of '{name}' ({error})",
    "unbind_failed": "Failed to unbind cluster '{cluster}' of '{name}' ({error})",
    "reporting_failed": "Failed to configure reporting of cluster '{cluster}' for '{name}' ({error})",
    "poll_failed": "Failed to poll {what} from '{name}' ({error})",
    "configured": "Successfully configured '{name}'",
    "configure_failed": "Failed to configure '{name}', attempt {attempt} ({error})",
    "ping_failed": "Failed to ping '{name}' (attempt {attempt}/{attempts}, {error})",
    "device_in_no_catalogue": (
        "Device '{name}' (model '{model}', manufacturer '{manufacturer}') is in no list of devices: what it shows was made"
        " from its clusters. Name it with bridge/request/device/rename. To give it a definition of its own, begin with what"
        " bridge/request/device/generate_external_definition writes and follow docs/adding-a-device.md"
    ),
    "user_converter_loaded": "Loaded external converter '{file}'.",
    "user_converter_removed": "Removed external converter '{file}'.",
    "user_converter_refused": "External converter '{file}' is refused, {error} ({effect})",
    "home_assistant_needs_json": "Home Assistant integration requires 'output: json' under 'advanced'",
    "home_assistant_topic_taken": "'homeassistant.discovery_topic' cannot not be equal to the 'mqtt.base_topic' (got '{topic}')",
    "home_assistant_without_cache": "Home Assistant needs 'cache_state: true' under 'advanced' to know all states",
    "network_opened": "Zigbee: allowing new devices to join.",
    "network_closed": "Zigbee: disabling joining new devices.",
}


def text_of(event: str, fields: JsonObject, name: str | None = None) -> str:
    """Return the contract's text of an event; events without one are shown as they are, with their fields.

    `name` is what the device in `fields` is called, if it is known.
    """
    template = TEXTS.get(event)
    if template is not None:
        try:
            return template.format_map({"name": name} | fields if name is not None else fields)
        except (KeyError, IndexError, AttributeError):
            pass  # another service's event of the same name with other fields
    shown = " ".join(
        f"{key}={value if isinstance(value, str) else to_json(value).decode()}" for key, value in fields.items()
    )
    return f"{event} {shown}".rstrip()


def value_text(value: Json) -> str:
    """A value inside a log text, as `JSON.stringify` has it."""
    return to_json_in_order(value).decode()


class BridgeLog:
    """Decides which lines are shown on `bridge/logging`, and shows them."""

    def __init__(self, publish: Callable[[JsonObject], None], name_of: Callable[[str], str | None]) -> None:
        self._publish, self._name_of = publish, name_of
        self._last: JsonObject = {}
        self.level: Level = "info"
        self.debug_wanted = False

    def show(self, level: Level, event: str, fields: JsonObject) -> None:
        """Show a line, unless the level hides it or it is the line before once more."""
        if LEVELS.index(level) > LEVELS.index(self.level) or (level == "debug" and not self.debug_wanted):
            return
        ieee = fields.get("ieee")
        text = text_of(event, fields, self._name_of(ieee) if isinstance(ieee, str) else None)
        line: JsonObject = {"level": level, "message": f"{NAMESPACE}: {text}"}
        if line != self._last:
            self._last = line
            self._publish(line)
