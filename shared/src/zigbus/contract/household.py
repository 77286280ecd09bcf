"""What the household decided: names, options, groups, settings. Written by the registry alone."""

from __future__ import annotations

from typing import Literal

from zigbus.contract.base import Ieee, Json, JsonObject, Message
from zigbus.contract.logs import Level


class Name(Message, frozen=True, kw_only=True):
    """Bucket NAMES, key ieee or group id: how people call an entity. Unique over devices and groups."""

    friendly_name: str


class EntityOptions(Message, frozen=True, kw_only=True):
    """Bucket OPTIONS, key ieee or group id: the options of one entity, with and without the defaults."""

    own: JsonObject = {}  # the entity's own entry in the settings, without its friendly name
    effective: JsonObject = {}  # `device_options` overlaid with `own`, key by key


class GroupMember(Message, frozen=True, kw_only=True):
    """One endpoint that belongs to a group."""

    ieee: Ieee
    endpoint: int


class Group(Message, frozen=True, kw_only=True):
    """Bucket GROUPS, key group id 1-65527: a Zigbee group across all coordinators."""

    id: int
    members: tuple[GroupMember, ...] = ()


class Availability(Message, frozen=True, kw_only=True):
    """Bucket AVAILABILITY, key ieee or group id: whether an entity can be reached. No entry: nobody watches it."""

    available: bool


class LeaseHolder(Message, frozen=True, kw_only=True):
    """Bucket LEASES, key the name of a service: which process does what only one may do. Gone 5 s after the last renewal."""

    holder: str  # the same after a restart of that process, so that it need not wait for its own lease to end
    renewed_at_s: float


class SerialSettings(Message, frozen=True, kw_only=True):
    """zigbee2mqtt's `serial` section."""

    port: str | None = None  # /dev/…, tcp://host:port, mdns://NAME; None = search USB
    adapter: str | None = None
    baudrate: int | None = None
    rtscts: bool | None = None
    disable_led: bool = False


class NetworkSettings(Message, frozen=True, kw_only=True):
    """The network to form or resume (zigbee2mqtt's `advanced`)."""

    channel: int = 11
    pan_id: int = 0x1A62
    extended_pan_id: tuple[int, ...] = (0xDD,) * 8  # in the order of the settings file
    network_key: tuple[int, ...] = ()  # 16 bytes; a secret: never logged
    transmit_power_dbm: int | None = None
    adapter_concurrent: int | None = None


class RadioSettings(Message, frozen=True, kw_only=True):
    """Bucket SETTINGS, key `radio`."""

    serial: SerialSettings
    network: NetworkSettings
    passlist: tuple[Ieee, ...] = ()
    blocklist: tuple[Ieee, ...] = ()


class ConverterSettings(Message, frozen=True, kw_only=True):
    """Bucket SETTINGS, key `converter`: the settings that change conversion."""

    last_seen_updates: bool = False  # `advanced.last_seen` is not `disable`: frames without a payload publish too
    elapsed: bool = False
    cache_state: bool = True
    home_assistant: bool = False  # rules of the contract that depend on discovery being on
    legacy_action_sensor: bool = False


class MqttSettings(Message, frozen=True, kw_only=True):
    """zigbee2mqtt's `mqtt` section."""

    server: str = "mqtt://localhost:1883"
    base_topic: str = "zigbee2mqtt"
    keepalive_s: int = 60
    version: Literal[3, 4, 5] = 4
    user: str | None = None
    password: str | None = None  # a secret: never logged
    client_id: str | None = None
    ca: str | None = None  # paths of PEM files
    key: str | None = None
    cert: str | None = None
    reject_unauthorized: bool = True
    server_name: str | None = None
    include_device_information: bool = False
    force_disable_retain: bool = False
    maximum_packet_size: int = 1048576


class HomeAssistantSettings(Message, frozen=True, kw_only=True):
    """zigbee2mqtt's `homeassistant` section, and where its frontend is, which discovery names."""

    discovery_topic: str = "homeassistant"
    status_topic: str = "homeassistant/status"
    legacy_action_sensor: bool = False
    experimental_event_entities: bool = False
    device_discovery: bool = False  # one message for each device instead of one for each entity
    frontend_url: str | None = None
    frontend_instances: bool = True  # addresses of its pages name an instance (zigbee2mqtt-windfront)


class GatewaySettings(Message, frozen=True, kw_only=True):
    """Bucket SETTINGS, key `gateway`."""

    mqtt: MqttSettings
    cache_state: bool = True
    cache_state_send_on_startup: bool = True
    last_seen: Literal["disable", "ISO_8601", "ISO_8601_local", "epoch"] = "disable"
    output: Literal["json", "attribute", "attribute_and_json"] = "json"
    log_level: Literal["error", "warning", "info", "debug"] = "info"
    log_debug_to_mqtt_frontend: bool = False
    home_assistant: bool = False
    discovery: HomeAssistantSettings = HomeAssistantSettings()  # counts while `home_assistant` is true
    enable_external_js: bool = True
    ieee_topics: bool = False  # states also on topics that no renaming moves: BASE/<ieee>
    health_interval_s: float = 600.0  # between two reports on `bridge/health`
    health_reset: bool = False  # counters begin anew with every report


class LoggingSettings(Message, frozen=True, kw_only=True):
    """Bucket SETTINGS, key `logging`: what every service logs (zigbee2mqtt's `advanced.log_*`); counts at once."""

    level: Level = "info"
    namespaced_levels: dict[str, Level] = {}  # by zigbee2mqtt's namespaces: z2m, z2m:mqtt, zh, zhc …
    debug_ignore: str = ""  # regular expression: namespaces whose debug lines nobody wants
    console: bool = True
    console_json: bool = False


class PublicSettings(Message, frozen=True, kw_only=True):
    """Bucket SETTINGS, key `public`: what anybody may see of the settings (`bridge/info`)."""

    config: JsonObject  # effective settings without network key, MQTT password and frontend token
    schema: JsonObject  # JSON schema of the settings, with titles, defaults and `requiresRestart`
    restart_required: bool = False
    writable: bool = True  # False: the settings file cannot be written, changes are kept in the store


class UserConverter(Message, frozen=True, kw_only=True):
    """Bucket CONVERTERS, key `storage.converter_key(name)`: a file of the household with definitions of its own.

    Only files that a converter service has accepted are there, so a refused one leaves its predecessor in place.
    """

    name: str  # of the file, with its ending
    code: str


class ImportedState(Message, frozen=True, kw_only=True):
    """Bucket SETTINGS, key `imported_state`: states of `state.json` for devices and groups without an entry in STATE.

    The converter reads it at its start and takes a device's state from here only while STATE has none for it.
    """

    states: dict[Ieee, JsonObject] = {}
    groups: dict[str, JsonObject] = {}  # by group id


class SettingChange(Message, frozen=True, kw_only=True):
    """One difference between two settings: the key at `path` got `value`, or was `removed`."""

    path: tuple[str, ...]
    value: Json = None
    removed: bool = False


class LearnedSettings(Message, frozen=True, kw_only=True):
    """Bucket SETTINGS, key `learned`: changes that could not be written because the settings file is read-only.

    Only the registry reads it. May hold secrets (a generated network key).
    """

    changes: tuple[SettingChange, ...] = ()
