"""The entities of the bridge itself (contract/homeassistant.md, 10)."""

from __future__ import annotations

from zigbus.contract.base import JsonObject
from zigbus_gateway.homeassistant.draft import Draft

LOG_LEVELS = ("error", "warning", "info", "debug")
LOG_LEVEL_TEMPLATE = '{"options": {"advanced": {"log_level": "{{ value }}" } } }'
LONGEST_JOIN_S = 254

# Component, object, topic of the state, topic of commands (both below `BASE/bridge`), the rest of the payload.
ROWS: tuple[tuple[str, str, str | None, str | None, JsonObject], ...] = (
    ("binary_sensor", "connection_state", "state", None, {
        "name": "Connection state", "device_class": "connectivity", "entity_category": "diagnostic",
        "value_template": "{{ value_json.state }}", "payload_on": "online", "payload_off": "offline",
    }),
    ("binary_sensor", "restart_required", "info", None, {
        "name": "Restart required", "device_class": "problem", "entity_category": "diagnostic",
        "enabled_by_default": False, "value_template": "{{ value_json.restart_required }}",
        "payload_on": True, "payload_off": False,
    }),
    ("button", "restart", None, "request/restart", {
        "name": "Restart", "device_class": "restart", "payload_press": "",
    }),
    ("select", "log_level", "info", "request/options", {
        "name": "Log level", "entity_category": "config", "value_template": "{{ value_json.log_level | lower }}",
        "command_template": LOG_LEVEL_TEMPLATE, "options": list(LOG_LEVELS),
    }),
    ("sensor", "version", "info", None, {
        "name": "Version", "icon": "mdi:zigbee", "entity_category": "diagnostic",
        "value_template": "{{ value_json.version }}",
    }),
    ("sensor", "coordinator_version", "info", None, {
        "name": "Coordinator version", "icon": "mdi:chip", "entity_category": "diagnostic",
        "enabled_by_default": False, "value_template": "{{ value_json.coordinator.meta.revision }}",
    }),
    ("sensor", "network_map", "response/networkmap", None, {
        "name": "Network map", "entity_category": "diagnostic", "enabled_by_default": False,
        "value_template": "{{ now().strftime('%Y-%m-%d %H:%M:%S') }}",
        "json_attributes_template": "{{ value_json.data.value | tojson }}",
    }),
    ("switch", "permit_join", "info", "request/permit_join", {
        "name": "Permit join", "icon": "mdi:human-greeting-proximity",
        "value_template": "{{ value_json.permit_join | lower }}", "state_on": "true", "state_off": "false",
        "payload_on": f'{{"time": {LONGEST_JOIN_S}}}', "payload_off": '{"time": 0}',
    }),
)  # fmt: skip


def bridge_drafts(base_topic: str) -> list[Draft]:
    """Return all of them. Whether the bridge is connected is known even if it is not available."""
    drafts = []
    for component, name, state, command, rest in ROWS:
        payload = dict(rest)
        if state is not None:
            payload["state_topic"] = f"{base_topic}/bridge/{state}"
        if command is not None:
            payload["command_topic"] = f"{base_topic}/bridge/{command}"
        if "json_attributes_template" in payload:
            payload["json_attributes_topic"] = payload["state_topic"]
        drafts.append(Draft(component, name, payload, depends=name != "connection_state"))
    return drafts
