"""Settings as the other services get them: one typed message each."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from zigbus.contract.base import Json, JsonObject, Message
from zigbus.contract.devices import DeviceDescription, LogicalType
from zigbus.contract.household import (
    ConverterSettings,
    EntityOptions,
    GatewaySettings,
    HomeAssistantSettings,
    LoggingSettings,
    MqttSettings,
    Name,
    NetworkSettings,
    PublicSettings,
    RadioSettings,
    SerialSettings,
)
from zigbus.logs import LEVELS
from zigbus_registry.settings import Settings
from zigbus_registry.settings_table import settings_schema

COORDINATOR_NAME = "Coordinator"
KEY = re.compile(r"0x[0-9a-f]{16}|\d+", re.ASCII)  # the settings allow more; the bus knows only ieee and group id
IEEE = re.compile("0x[0-9a-f]{16}")


def radio_settings(settings: Settings) -> RadioSettings:
    """Return what a radio needs: the stick and the network."""
    serial, advanced = settings.effective["serial"], settings.effective["advanced"]
    return RadioSettings(
        serial=SerialSettings(
            port=serial.get("port"),
            adapter=serial.get("adapter"),
            baudrate=_int(serial.get("baudrate")),
            rtscts=serial.get("rtscts"),
            disable_led=serial["disable_led"],
        ),
        network=NetworkSettings(
            channel=int(advanced["channel"]),
            pan_id=int(advanced["pan_id"]),
            extended_pan_id=tuple(map(int, advanced["ext_pan_id"])),
            network_key=tuple(map(int, advanced["network_key"])),
            transmit_power_dbm=_int(advanced.get("transmit_power")),
            adapter_concurrent=_int(advanced.get("adapter_concurrent")),
        ),
        passlist=_ieees(settings.effective["passlist"]),
        blocklist=_ieees(settings.effective["blocklist"]),
    )


def converter_settings(settings: Settings) -> ConverterSettings:
    """Return what changes conversion."""
    advanced, home_assistant = settings.effective["advanced"], settings.effective["homeassistant"]
    return ConverterSettings(
        last_seen_updates=advanced["last_seen"] != "disable",
        elapsed=advanced["elapsed"],
        cache_state=advanced["cache_state"],
        home_assistant=home_assistant["enabled"],
        legacy_action_sensor=home_assistant["legacy_action_sensor"],
    )


def gateway_settings(settings: Settings) -> GatewaySettings:
    """Return what the MQTT gateway needs."""
    advanced = settings.effective["advanced"]
    return GatewaySettings(
        mqtt=_mqtt_settings(settings.effective["mqtt"]),
        cache_state=advanced["cache_state"],
        cache_state_send_on_startup=advanced["cache_state_send_on_startup"],
        last_seen=advanced["last_seen"],
        output=advanced["output"],
        log_level=advanced["log_level"],
        log_debug_to_mqtt_frontend=advanced["log_debug_to_mqtt_frontend"],
        home_assistant=settings.effective["homeassistant"]["enabled"],
        discovery=_discovery_settings(settings.effective["homeassistant"], settings.effective["frontend"]),
        enable_external_js=advanced["enable_external_js"],
        ieee_topics=advanced.get("ieee_topics") is True,  # our own key: not in the schema that clients know
        health_interval_s=settings.effective["health"]["interval"] * 60,
        health_reset=settings.effective["health"]["reset_on_check"],
    )


def _discovery_settings(home_assistant: JsonObject, frontend: JsonObject) -> HomeAssistantSettings:
    known = {name: home_assistant[name] for name in HomeAssistantSettings.__struct_fields__ if name in home_assistant}
    url, instances = frontend.get("url"), frontend["package"] == "zigbee2mqtt-windfront"
    return msgspec.convert(known | {"frontend_url": url, "frontend_instances": instances}, HomeAssistantSettings)


def logging_settings(settings: Settings) -> LoggingSettings:
    """Return what every service logs. What zigbee2mqtt would take without looking, an unknown level, counts as info."""
    advanced = settings.effective["advanced"]
    return LoggingSettings(
        level=advanced["log_level"],
        namespaced_levels={name: level for name, level in advanced["log_namespaced_levels"].items() if level in LEVELS},
        debug_ignore=_expression(advanced["log_debug_namespace_ignore"]),
        console="console" in advanced["log_output"],
        console_json=advanced["log_console_json"],
    )


def _expression(text: str) -> str:
    """Return a regular expression, an empty one for what is none."""
    try:
        re.compile(text)
    except re.error:
        return ""
    return text


def _mqtt_settings(mqtt: JsonObject) -> MqttSettings:
    known = {name: mqtt[name] for name in MqttSettings.__struct_fields__ if mqtt.get(name) is not None}
    # numbers of a YAML file may be 60.0; a version other than 3 and 5 means 4, as for the original's MQTT library
    version = int(mqtt["version"]) if mqtt.get("version") in (3, 5) else 4
    known |= {
        "keepalive_s": int(mqtt["keepalive"]),
        "maximum_packet_size": int(mqtt["maximum_packet_size"]),
        "version": version,
    }
    return msgspec.convert(known, MqttSettings)


def public_settings(settings: Settings, *, restart_required: bool, writable: bool) -> PublicSettings:
    """Return what anybody may see."""
    return PublicSettings(
        config=settings.public, schema=settings_schema(), restart_required=restart_required, writable=writable
    )


def names(settings: Settings, devices: Iterable[DeviceDescription]) -> dict[str, Message]:
    """Return the entries of NAMES: every device and group of the settings, and the coordinators."""
    coordinators = [device.ieee for device in devices if device.logical_type is LogicalType.COORDINATOR]
    result: dict[str, Message] = {
        **{
            key: Name(friendly_name=entity["friendly_name"])
            for key, entity in (*settings.devices.items(), *settings.groups.items())
        },
        **{ieee: Name(friendly_name=COORDINATOR_NAME) for ieee in coordinators},
    }
    return {key: name for key, name in result.items() if KEY.fullmatch(key)}


def options(settings: Settings) -> dict[str, Message]:
    """Return the entries of OPTIONS: every device and group of the settings."""
    keys = [("device", key) for key in settings.devices] + [("group", key) for key in settings.groups]
    return {
        key: EntityOptions(own=settings.own_options(kind, key), effective=settings.effective_options(kind, key))
        for kind, key in keys
        if KEY.fullmatch(key)
    }


def _int(value: Json) -> int | None:
    return None if value is None else int(value)


def _ieees(values: list[str]) -> tuple[str, ...]:
    """Addresses only: the settings allow any text there, the contract does not."""
    return tuple(value.lower() for value in values if IEEE.fullmatch(value.lower()))
