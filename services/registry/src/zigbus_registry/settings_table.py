"""Every setting of a zigbee2mqtt data folder, version 5, with what it means in our words.

Source: contract/configuration.md 3-5. What is not in this table is kept in the file and ignored.
"""

from __future__ import annotations

from zigbus.contract.base import JsonObject
from zigbus_registry.options_table import DEVICE, GROUP
from zigbus_registry.table import Section, Setting, choice, flag, generated, number, text, texts

VERSION = 5
BYTES = {"type": "array", "items": {"type": "number"}}
LEVELS = ("error", "warning", "info", "debug")

MQTT = Section(
    title="MQTT",
    description="The broker, and what is published there",
    required=("server",),
    keys={
        "base_topic": text(
            "Base topic", "First part of every topic", "zigbee2mqtt", restart=True, examples=("zigbee2mqtt",)
        ),
        "server": text(
            "MQTT server",
            "Address of the broker: mqtt://, mqtts://, ws://, wss:// or mqtt+unix://",
            restart=True,
            examples=("mqtt://localhost:1883",),
        ),
        "keepalive": number("Keepalive", "Seconds after which a silent connection is checked", 60, restart=True),
        "ca": text(
            "Certificate authority",
            "Path of the PEM file that signs the broker's certificate",
            restart=True,
            examples=("/etc/ssl/mqtt-ca.crt",),
        ),
        "key": text(
            "SSL/TLS key", "Path of our private key (PEM)", restart=True, examples=("/etc/ssl/mqtt-client.key",)
        ),
        "cert": text(
            "SSL/TLS certificate", "Path of our certificate (PEM)", restart=True, examples=("/etc/ssl/mqtt-client.crt",)
        ),
        "user": text("User", "Name to log in with", restart=True, examples=("johndoe",)),
        "password": text(
            "Password",
            "Password to log in with; better kept in secret.yaml",
            restart=True,
            examples=("!secret.yaml mqtt_password",),
        ),
        "client_id": text(
            "Client ID",
            "Identity shown to the broker; made up if it is missing",
            restart=True,
            examples=("MY_CLIENT_ID",),
        ),
        "reject_unauthorized": flag(
            "Reject unauthorized", "Off: any certificate of the broker is accepted", True, restart=True
        ),
        "server_name": text(
            "TLS server name",
            "Name to ask for and to find in the broker's certificate",
            restart=True,
            examples=("mqtt.example.com",),
        ),
        "include_device_information": flag(
            "Include device information", "Adds the key `device` to every state of a device", False
        ),
        "version": number(
            "Version", "MQTT protocol: 3, 4 (3.1.1) or 5", 4, restart=True, nullable=True, examples=(4, 5)
        ),
        "force_disable_retain": flag(
            "Force disable retain",
            "Nothing is retained, for brokers that cannot. Expect trouble after restarts",
            False,
            restart=True,
        ),
        "maximum_packet_size": number(
            "Maximum packet size",
            "Octets the broker may send in one packet (MQTT 5)",
            1048576,
            restart=True,
            least=20,
            most=268435456,
        ),
    },
)

SERIAL = Section(
    title="Serial",
    description="The Zigbee stick",
    keys={
        "port": text(
            "Port",
            "Device path, tcp://host:port or mdns://NAME; empty: sticks on USB are looked for",
            restart=True,
            nullable=True,
            examples=("/dev/serial/by-id/usb-stick", "tcp://192.168.1.12:6638"),
        ),
        "disable_led": flag("Disable led", "Switch the stick's lamp off, if it can", False, restart=True),
        "adapter": choice(
            "Adapter",
            "Kind of stick; found out if it is missing",
            ("deconz", "zstack", "zigate", "ezsp", "ember", "zboss", "zoh"),
            restart=True,
        ),
        "baudrate": number(
            "Baudrate",
            "Speed of the serial line in bit/s",
            restart=True,
            examples=(115200, 921600, 460800, 230400, 57600, 38400),
        ),
        "rtscts": flag("RTS / CTS", "Hardware flow control", restart=True),
    },
)

SYSLOG = Section(
    title="syslog (enabled)",
    keys={
        "host": text("Host", "Where syslog listens", "localhost"),
        "port": number("Port", "UDP or TCP port of syslog", 514),
        "protocol": text("Protocol", "How to reach it", "udp4", examples=("udp4", "tls4", "unix", "unix-connect")),
        "path": text("Path", "Socket of a local syslog", "/dev/log", examples=("/var/run/syslog",)),
        "pid": text("PID", "Process number to show", "process.pid"),
        "localhost": text("Local host", "Host name to show", "localhost"),
        "type": text("Type", "Message format: BSD or 5424", "5424"),
        "app_name": text("Application", "Program name to show", "Zigbee2MQTT"),
        "eol": text("End of line", "What ends a message", "/n"),
    },
)

NETWORK: dict[str, Setting | Section] = {
    "transmit_power": number(
        "Transmit power", "dBm; empty: what the stick has", restart=True, nullable=True, least=-128, most=127
    ),
    "adapter_concurrent": number(
        "Adapter concurrency",
        "Requests that the stick may handle at the same time",
        None,
        restart=True,
        nullable=True,
        least=1,
        most=64,
    ),
    "adapter_delay": number(
        "Adapter delay",
        "Milliseconds between requests to the stick",
        None,
        restart=True,
        nullable=True,
        least=0,
        most=1000,
    ),
    "pan_id": generated(
        "Pan ID",
        "Short id of the network, 1 to 65534; GENERATE makes a random one",
        0x1A62,
        {"type": "number", "minimum": 1, "maximum": 65534},
    ),
    "ext_pan_id": generated(
        "Ext Pan ID", "Long id of the network, 8 bytes; GENERATE makes a random one", [0xDD] * 8, BYTES
    ),
    "channel": number(
        "Zigbee channel",
        "Radio channel; devices must be joined again if it changes",
        11,
        restart=True,
        least=11,
        most=26,
        examples=(15, 20, 25),
    ),
    "network_key": generated(
        "Network key",
        "16 bytes that encrypt the network; GENERATE makes random ones. Changing it means joining all devices again",
        [1, 3, 5, 7, 9, 11, 13, 15, 0, 2, 4, 6, 8, 10, 12, 13],
        BYTES,
    ),
}

STATES: dict[str, Setting | Section] = {
    "cache_state": flag("Cache state", "Every message holds the whole known state of its device", True),
    "cache_state_persistent": flag("Persist cache state", "Keep known states over restarts", True),
    "cache_state_send_on_startup": flag("Send cached state on startup", "Publish known states once at start", True),
    "last_seen": choice(
        "Last seen",
        "Form of `last_seen` in states of devices",
        ("disable", "ISO_8601", "ISO_8601_local", "epoch"),
        "disable",
    ),
    "elapsed": flag("Elapsed", "Adds the milliseconds since the device's message before", False),
    "output": choice(
        "MQTT output type",
        "State as one JSON object, one topic per key, or both",
        ("attribute_and_json", "attribute", "json"),
        "json",
    ),
    "enable_external_js": flag("Enable external JS", "User converters may be loaded and changed", True, restart=True),
}

LOGGING: dict[str, Setting | Section] = {
    "timestamp_format": text(
        "Timestamp format",
        "Time in log lines",
        "YYYY-MM-DD HH:mm:ss",
        restart=True,
        examples=("YYYY-MM-DD HH:mm:ss.SSS",),
    ),
    "log_level": choice("Log level", "What is logged at least", LEVELS, "info"),
    "log_namespaced_levels": Setting(
        type="object",
        title="Log namespaced levels",
        description="Other levels for parts of the program",
        default={},
        examples=({"z2m:mqtt": "warning"},),
        extra={
            "propertyNames": {"pattern": "^(z2m|zhc|zh)(:[a-z0-9]{1,})*$"},
            "additionalProperties": {"type": "string", "enum": list(LEVELS)},
        },
    ),
    "log_debug_namespace_ignore": text(
        "Log debug namespace ignore",
        "Expression: parts whose debug lines are left out",
        "",
        examples=("^zhc:legacy:fz:(tuya|moes)",),
    ),
    "log_debug_to_mqtt_frontend": flag(
        "Log debug to MQTT and frontend", "Publish debug lines too. Not for every day", False, restart=True
    ),
    "log_output": texts(
        "Log output", "Where log lines go", ["console", "file"], restart=True, values=("console", "file", "syslog")
    ),
    "log_directory": text("Log directory", "Folder of log files", restart=True, examples=("data/log/%TIMESTAMP%",)),
    "log_file": text(
        "Log file", "Name of the log file", "log.log", restart=True, examples=("zigbee2mqtt_%TIMESTAMP%.log",)
    ),
    "log_rotation": flag("Log rotation", "Start a new file after 10 MB, keep 3", True, restart=True),
    "log_console_json": flag("Console json log", "Log lines on the console are JSON", False, restart=True),
    "log_symlink_current": flag(
        "Log symlink current", "Keep a link `current` to the newest folder", False, restart=True
    ),
    "log_directories_to_keep": number(
        "Number of past log folders to keep", "Older ones are deleted", 10, least=5, most=1000
    ),
    "log_syslog": Setting(
        type=None,
        title="Syslog",
        description="Where syslog is, if log_output names it",
        default={},
        restart=True,
        extra={"oneOf": [{"type": "null", "title": "syslog (disabled)"}, SYSLOG.schema()]},
    ),
}

ADVANCED = Section(title="Advanced", description="Network, states and logging", keys={**NETWORK, **STATES, **LOGGING})

AVAILABILITY = Section(
    title="Availability",
    description="Find out whether devices are there",
    keys={
        "enabled": flag("Enabled", "Follow whether devices answer", False, restart=True),
        "active": Section(
            title="Active",
            description="Devices on mains: they are asked when they are silent",
            restart=True,
            required=("timeout",),
            keys={
                "timeout": number(
                    "Timeout", "Minutes of silence after which a device is asked", 10, restart=True, least=1
                ),
                "max_jitter": number(
                    "Max jitter", "Milliseconds by which questions are spread at most", 30000, least=1000
                ),
                "backoff": flag("Backoff", "Ask less and less often while a device does not answer", True),
                "pause_on_backoff_gt": number(
                    "Pause on backoff greater than",
                    "Stop asking at this factor until the device is heard; 0: never stop",
                    0,
                    least=0,
                ),
            },
        ),
        "passive": Section(
            title="Passive",
            description="Devices on battery: they are only waited for",
            restart=True,
            required=("timeout",),
            keys={
                "timeout": number(
                    "Timeout", "Minutes of silence after which a device counts as offline", 1500, restart=True, least=1
                )
            },
        ),
    },
)

HOMEASSISTANT = Section(
    title="Home Assistant integration",
    description="Discovery messages for Home Assistant",
    keys={
        "enabled": flag("Enabled", "Publish discovery", False, restart=True),
        "discovery_topic": text(
            "Discovery topic",
            "Prefix that Home Assistant listens to",
            "homeassistant",
            restart=True,
            examples=("homeassistant",),
        ),
        "status_topic": text(
            "Status topic",
            "Where Home Assistant says that it started",
            "homeassistant/status",
            restart=True,
            examples=("homeassistant/status",),
        ),
        "legacy_action_sensor": flag(
            "Legacy action sensors", "Actions also as sensors, emptied after each", False, restart=True
        ),
        "experimental_event_entities": flag(
            "Experimental event entities", "Actions as event entities", False, restart=True
        ),
        "device_discovery": flag("Device discovery", "One message for each device (Home Assistant 2024.11 and later)"),
    },
)

FRONTEND = Section(
    title="Frontend",
    description="Web pages",
    keys={
        "enabled": flag("Enabled", "Serve the web pages", False, restart=True),
        "package": choice(
            "Package",
            "Which pages",
            ("zigbee2mqtt-windfront", "zigbee2mqtt-frontend"),
            "zigbee2mqtt-windfront",
            restart=True,
        ),
        "port": number("Port", "TCP port", 8080, restart=True),
        "host": text(
            "Bind host",
            "Address to listen on, or path of a socket; empty: all",
            restart=True,
            nullable=True,
            examples=("127.0.0.1", "::1", "/run/zigbus.sock"),
        ),
        "auth_token": text("Auth token", "Password of the pages", restart=True, nullable=True),
        "base_url": text("Base URL", "Path below which the pages are", "/", restart=True, pattern="^\\/.*"),
        "url": text("URL", "Link to the pages for other programs", restart=True, nullable=True),
        "ssl_cert": text(
            "Certificate file path", "PEM file; with a key the pages are https", restart=True, nullable=True
        ),
        "ssl_key": text("Key file path", "PEM file", restart=True, nullable=True),
        "notification_filter": texts("Notification filter", "Expressions: notifications that the pages do not show"),
        "disable_ui_serving": Setting(
            type=("boolean", "null"), title="Disable UI serving", description="Serve only the WebSocket", restart=True
        ),
    },
)

OTA = Section(
    title="OTA updates",
    description="Firmware of devices",
    keys={
        "update_check_interval": number(
            "Update check interval", "Minutes between two looks for a device's firmware", 1440, least=1
        ),
        "disable_automatic_update_check": flag(
            "Disable automatic update check", "Never look for firmware because a device asked", False
        ),
        "zigbee_ota_override_index_location": text(
            "OTA index override",
            "URL or file of a further index",
            restart=True,
            nullable=True,
            examples=("index.json",),
        ),
        "image_block_request_timeout": number(
            "Image block request timeout",
            "Milliseconds without a request after which an update failed",
            150000,
            least=10000,
            most=2147483647,
        ),
        "image_block_response_delay": number(
            "Image block response delay", "Milliseconds between two blocks at least", 250, least=50
        ),
        "default_maximum_data_size": number(
            "Default maximum data size", "Octets per block at most", 50, least=10, most=100
        ),
    },
)

HEALTH = Section(
    title="Health",
    description="Reports on the program itself",
    keys={
        "interval": number("Interval", "Minutes between two reports", 10, restart=True, least=1),
        "reset_on_check": flag("Reset on check", "Counters start anew with every report", False),
    },
)


def _colors(title: str, **colors: str) -> Section:
    return Section(
        title=title, keys={key: text(key.capitalize(), f"Color of {key}", color) for key, color in colors.items()}
    )


MAP_OPTIONS = Section(
    title="Networkmap",
    description="How the map is drawn",
    keys={
        "graphviz": Section(
            title="Graphviz",
            keys={
                "colors": Section(
                    title="Colors",
                    keys={
                        "fill": _colors("Fill", enddevice="#fff8ce", coordinator="#e04e5d", router="#4ea3e0"),
                        "font": _colors("Font", enddevice="#000000", coordinator="#ffffff", router="#ffffff"),
                        "line": _colors("Line", active="#009900", inactive="#994444"),
                    },
                )
            },
        )
    },
)

ROOT = Section(
    required=("mqtt",),
    keys={
        "homeassistant": HOMEASSISTANT,
        "availability": AVAILABILITY,
        "health": HEALTH,
        "mqtt": MQTT,
        "serial": SERIAL,
        "passlist": texts("Passlist", "Only these devices may join, if there is one", [], restart=True),
        "blocklist": texts("Blocklist", "These devices may not join", [], restart=True),
        "map_options": MAP_OPTIONS,
        "ota": OTA,
        "frontend": FRONTEND,
        "advanced": ADVANCED,
        "device_options": Setting(
            type="object",
            title="Device options",
            description="Options for all devices that do not say otherwise",
            default={},
        ),
        "devices": Setting(
            type="object",
            title="Devices",
            description="Names and options of devices",
            default={},
            extra={
                "propertyNames": {"pattern": "^0x[\\d\\w]{16}$"},
                "patternProperties": {"^.*$": {"$ref": "#/definitions/device"}},
            },
        ),
        "groups": Setting(
            type="object",
            title="Groups",
            description="Names and options of groups",
            default={},
            extra={
                "propertyNames": {"pattern": "^[\\w].*$"},
                "patternProperties": {"^.*$": {"$ref": "#/definitions/group"}},
            },
        ),
    },
)


def settings_schema() -> JsonObject:
    """Return the JSON schema of the whole settings file."""
    return {**ROOT.schema(), "definitions": {"device": DEVICE.schema(), "group": GROUP.schema()}}


def default_settings(log_directory: str, *, debug: bool = False) -> JsonObject:
    """Return the settings that hold when a file says nothing. `debug`: what the environment variable DEBUG asks for."""
    defaults = {"version": VERSION, **ROOT.defaults()}
    defaults["advanced"]["log_directory"] = log_directory
    if debug:
        defaults["advanced"]["log_level"] = "debug"
    return defaults
