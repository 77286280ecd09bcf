"""Entities that devices and groups have beside their exposes: last seen, firmware, scenes."""

from __future__ import annotations

from zigbus_gateway.homeassistant.draft import Draft, Subject
from zigbus_gateway.homeassistant.message import slug

PICTURE = "https://github.com/Koenkk/zigbee2mqtt/raw/master/images/logo.png"  # what the entity has shown so far
UPDATE_TEMPLATE = (
    '{% set update = value_json.get("update") or {} %}'
    '{{ {"latest_version": update.latest_version | string, "installed_version": update.installed_version | string,'
    ' "update_percentage": update.get("progress"), "in_progress": update.state == "updating"} | to_json }}'
)


def last_seen(subject: Subject, form: str) -> Draft:
    """When the device was heard; `form` is `advanced.last_seen`."""
    payload = {
        "name": "Last seen",
        "state_topic": subject.state_topic(),
        "value_template": "{{ value_json.last_seen }}",
        "icon": "mdi:clock",
        "enabled_by_default": False,
        "entity_category": "diagnostic",
    }
    if form.startswith("ISO_8601"):
        payload["device_class"] = "timestamp"
    return Draft("sensor", "last_seen", payload, {"last_seen": None})


def update(subject: Subject, ieee: str) -> Draft:
    """The device's firmware, for devices that take updates over the air."""
    payload = {
        "name": None,
        "entity_picture": PICTURE,
        "device_class": "firmware",
        "entity_category": "config",
        "state_topic": subject.state_topic(),
        "value_template": UPDATE_TEMPLATE,
        "command_topic": f"{subject.base_topic}/bridge/request/device/ota_update/update",
        "payload_install": f'{{"id": "{ieee}"}}',
    }
    return Draft("update", "update", payload, {"update": {"state": None}})


def scene(subject: Subject, number: int, name: str) -> Draft:
    """A scene that can be recalled."""
    payload = {
        "name": name,
        "command_topic": subject.command_topic(),
        "payload_on": f'{{ "scene_recall": {number} }}',
    }
    return Draft("scene", f"scene_{number}", payload, id_suffix=f"_{slug(name)}")
