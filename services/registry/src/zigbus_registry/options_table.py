"""Options that every device or group has. Source: contract/configuration.md 4 and 5."""

from __future__ import annotations

from zigbus_registry.table import Section, Setting, flag, number, text, texts

RETAIN = flag("Retain", "The broker keeps the last state", False)
OPTIMISTIC = flag("Optimistic", "Publish what a command should lead to, before the device reports it", True)
QOS = Setting(
    type=("number",), title="QoS", description="MQTT quality of service of the states", extra={"enum": [0, 1, 2]}
)
FILTERED_ATTRIBUTES = texts(
    "Filtered publish attributes",
    "Expressions: keys that are not published",
    examples=("^temperature$", "^battery$", "^action$"),
)
HOME_ASSISTANT = Section(
    title="Home Assistant",
    description="Overrides of the discovery; null: no discovery",
    type=("object", "null"),
    keys={
        "name": Setting(
            type=("string", "null"), title="Home Assistant name", description="Name of the entity or device there"
        )
    },
)

DEVICE = Section(
    required=("friendly_name",),
    keys={
        "friendly_name": Setting(
            type="string", title="Friendly name", description="How the device is called", extra={"readOnly": True}
        ),
        "disabled": flag("Disabled", "Not configured, not followed, left out of groups and map", restart=True),
        "retain": RETAIN,
        "disable_automatic_update_check": flag(
            "Disable automatic update check", "Do not look for firmware because the device asked", False
        ),
        "qos": QOS,
        "retention": number("Retention", "Seconds after which the broker drops a state (needs MQTT 5)"),
        "homeassistant": HOME_ASSISTANT,
        "throttle": number("Throttle", "Seconds between two messages at least", restart=True),
        "debounce": number("Debounce", "Seconds to wait for more before a message is published", restart=True),
        "debounce_ignore": texts(
            "Ignore debounce", "Keys whose values are never merged away while waiting", examples=("action",)
        ),
        "optimistic": OPTIMISTIC,
        "filtered_attributes": FILTERED_ATTRIBUTES,
        "filtered_optimistic": texts(
            "Filtered optimistic attributes",
            "Expressions: keys that are only published when reported",
            examples=("^color_(mode|temp)$", "color"),
        ),
        "filtered_cache": texts(
            "Filtered attributes from cache", "Expressions: keys that are not remembered", examples=("^input_actions$",)
        ),
        "icon": text("Icon", "Address of a picture, or device_icons/FILE"),
    },
)

GROUP = Section(
    required=("friendly_name",),
    keys={
        "friendly_name": Setting(type="string", title="Friendly name", description="How the group is called"),
        "retain": RETAIN,
        "homeassistant": HOME_ASSISTANT,
        "optimistic": OPTIMISTIC,
        "qos": QOS,
        "off_state": Setting(
            type=("string",),
            title="Group off state",
            description="Off when all members are off, or when the last member that changed is",
            default="all_members_off",
            restart=True,
            extra={"enum": ["all_members_off", "last_member_state"]},
        ),
        "filtered_attributes": FILTERED_ATTRIBUTES,
    },
)
