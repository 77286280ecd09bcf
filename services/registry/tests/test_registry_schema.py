"""The schema of the settings, its errors in the original's words, and the defaults in effect."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zigbus.contract.base import Json, JsonObject
from zigbus_registry.jsonvalues import overlaid
from zigbus_registry.rules import settings_errors
from zigbus_registry.schema_check import schema_errors
from zigbus_registry.settings import Settings, needs_restart
from zigbus_registry.settings_table import ROOT, default_settings, settings_schema
from zigbus_registry.table import Section

MINIMAL: JsonObject = {"version": 5, "mqtt": {"server": "mqtt://localhost"}}
DEVICE = "0x00158d0001a2b3c4"
# `config` of bridge/info of zigbee2mqtt 2.14.1 started with the settings of GIVEN (recording a_start_empty).
GIVEN: JsonObject = {
    "version": 5,
    "mqtt": {"base_topic": "zigbee2mqtt", "server": "mqtt://127.0.0.1:1883"},
    "serial": {"port": "tcp://127.0.0.1:6638", "adapter": "zstack"},
    "advanced": {
        "log_level": "info",
        "log_output": ["console"],
        "channel": 11,
        "network_key": [1, 3, 5, 7, 9, 11, 13, 15, 0, 2, 4, 6, 8, 10, 12, 13],
        "pan_id": 6754,
        "ext_pan_id": [0xDD, 0xAA, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66],
    },
    "frontend": {"enabled": False},
    "homeassistant": {"enabled": False},
    "availability": {"enabled": False},
    "health": {"interval": 100},
    "ota": {"disable_automatic_update_check": True},
}
SEEN: JsonObject = json.loads(
    """
{"advanced": {"cache_state": true, "cache_state_persistent": true, "cache_state_send_on_startup": true, "channel": 11,
  "elapsed": false, "enable_external_js": true, "ext_pan_id": [221, 170, 17, 34, 51, 68, 85, 102], "last_seen": "disable",
  "log_console_json": false, "log_debug_namespace_ignore": "", "log_debug_to_mqtt_frontend": false,
  "log_directories_to_keep": 10, "log_directory": "/data/log/%TIMESTAMP%", "log_file": "log.log", "log_level": "info",
  "log_namespaced_levels": {}, "log_output": ["console"], "log_rotation": true, "log_symlink_current": false,
  "log_syslog": {}, "output": "json", "pan_id": 6754, "timestamp_format": "YYYY-MM-DD HH:mm:ss"},
 "availability": {"active": {"backoff": true, "max_jitter": 30000, "pause_on_backoff_gt": 0, "timeout": 10},
  "enabled": false, "passive": {"timeout": 1500}},
 "blocklist": [], "device_options": {}, "devices": {},
 "frontend": {"base_url": "/", "enabled": false, "package": "zigbee2mqtt-windfront", "port": 8080},
 "groups": {}, "health": {"interval": 100, "reset_on_check": false},
 "homeassistant": {"discovery_topic": "homeassistant", "enabled": false, "experimental_event_entities": false,
  "legacy_action_sensor": false, "status_topic": "homeassistant/status"},
 "map_options": {"graphviz": {"colors": {
  "fill": {"coordinator": "#e04e5d", "enddevice": "#fff8ce", "router": "#4ea3e0"},
  "font": {"coordinator": "#ffffff", "enddevice": "#000000", "router": "#ffffff"},
  "line": {"active": "#009900", "inactive": "#994444"}}}},
 "mqtt": {"base_topic": "zigbee2mqtt", "force_disable_retain": false, "include_device_information": false,
  "keepalive": 60, "maximum_packet_size": 1048576, "reject_unauthorized": true, "server": "mqtt://127.0.0.1:1883",
  "version": 4},
 "ota": {"default_maximum_data_size": 50, "disable_automatic_update_check": true, "image_block_request_timeout": 150000,
  "image_block_response_delay": 250, "update_check_interval": 1440},
 "passlist": [], "serial": {"adapter": "zstack", "disable_led": false, "port": "tcp://127.0.0.1:6638"}, "version": 5}
"""
)
RESTART_KEYS_OF_DEVICES = {"disabled", "throttle", "debounce"}


def test_public_settings_are_those_that_the_original_shows() -> None:
    assert Settings(GIVEN, log_directory="/data/log/%TIMESTAMP%").public == SEEN


def test_secrets_are_not_public() -> None:
    secret = {"mqtt": {"password": "p"}, "frontend": {"auth_token": "t"}, "advanced": {"network_key": [9] * 16}}
    public = Settings(overlaid(MINIMAL, secret)).public
    assert "password" not in public["mqtt"]
    assert "auth_token" not in public["frontend"]
    assert "network_key" not in public["advanced"]


def test_the_environment_wins_over_the_file_and_the_file_over_defaults() -> None:
    settings = Settings(overlaid(MINIMAL, {"frontend": {"port": 1}}), {"mqtt": {"server": "mqtt://env"}})
    assert (
        settings.effective["mqtt"]["server"],
        settings.effective["frontend"]["port"],
        settings.effective["health"]["interval"],
    ) == (
        "mqtt://env",
        1,
        10,
    )


def test_every_setting_has_title_and_description() -> None:
    for path, part in ROOT.walk():
        assert part.title, path
        assert isinstance(part, Section) or part.description, path


def test_the_defaults_are_valid_once_a_broker_is_named() -> None:
    assert settings_errors(overlaid(default_settings("log"), MINIMAL)) == []


def test_options_of_the_table_say_whether_they_need_a_restart() -> None:
    assert all(needs_restart("device", {key: None}) for key in RESTART_KEYS_OF_DEVICES)
    assert not needs_restart("device", {"retain": True, "transition": 1, "description": "x"})
    assert needs_restart("group", {"off_state": "last_member_state"})


@pytest.mark.parametrize(
    ("settings", "errors"),
    [
        ({}, ["must have required property 'mqtt'"]),
        ({"mqtt": {}}, ["mqtt must have required property 'server'"]),
        ({"mqtt": {"server": 5}}, ["mqtt/server must be string"]),
        ({"mqtt": None}, ["mqtt must be object"]),
        ({"advanced": {"log_level": "bogus"}}, ["advanced/log_level must be equal to one of the allowed values"]),
        ({"advanced": {"channel": 10}}, ["advanced/channel must be >= 11"]),
        ({"advanced": {"channel": 27}}, ["advanced/channel must be <= 26"]),
        ({"advanced": {"channel": "11"}}, ["advanced/channel must be number"]),
        ({"advanced": {"elapsed": 1}}, ["advanced/elapsed must be boolean"]),
        ({"advanced": {"adapter_concurrent": "x"}}, ["advanced/adapter_concurrent must be number,null"]),
        (
            {"advanced": {"log_output": ["console", "tape"]}},
            ["advanced/log_output/1 must be equal to one of the allowed values"],
        ),
        ({"frontend": {"base_url": "x"}}, ['frontend/base_url must match pattern "^\\/.*"']),
        ({"availability": {"active": {}}}, ["availability/active must have required property 'timeout'"]),
        ({"passlist": "0x1"}, ["passlist must be array"]),
        ({"devices": {DEVICE: {}}}, [f"devices/{DEVICE} must have required property 'friendly_name'"]),
        (
            {"devices": {DEVICE: {"friendly_name": "a", "qos": 9}}},
            [f"devices/{DEVICE}/qos must be equal to one of the allowed values"],
        ),
        (
            {"devices": {"lamp": {"friendly_name": "a"}}},
            ['devices must match pattern "^0x[\\d\\w]{16}$"', "devices property name must be valid"],
        ),
        (
            {"groups": {"-1": {"friendly_name": "a"}}},
            ['groups must match pattern "^[\\w].*$"', "groups property name must be valid"],
        ),
    ],
)
def test_an_error_of_the_schema_has_path_and_message(settings: JsonObject, errors: list[str]) -> None:
    complete = settings if "mqtt" in settings or not settings else {**MINIMAL, **settings}
    assert settings_errors(complete) == errors


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({"advanced": {"network_key": "abc"}}, "advanced.network_key: should be array or 'GENERATE' (is 'abc')"),
        ({"advanced": {"ext_pan_id": "abc"}}, "advanced.ext_pan_id: should be array or 'GENERATE' (is 'abc')"),
        ({"advanced": {"pan_id": "abc"}}, "advanced.pan_id: should be number or 'GENERATE' (is 'abc')"),
        (
            {"advanced": {"network_key": [1, 2]}},
            "advanced.network_key: should be 16 numbers from 0 to 255, or 'GENERATE'",
        ),
        (
            {"devices": {DEVICE: {"friendly_name": "a"}}, "groups": {"1": {"friendly_name": "a"}}},
            "Duplicate friendly_name 'a' found",
        ),
        ({"devices": {DEVICE: {"friendly_name": "a/1"}}}, "Friendly name cannot end with a \"/DIGIT\" ('a/1')"),
        (
            {"devices": {DEVICE: {"friendly_name": "a", "icon": "lamp.png"}}},
            "Device icon of 'a' should start with 'device_icons/', got 'lamp.png'",
        ),
        ({"devices": {DEVICE: {"friendly_name": "a", "retention": 5}}}, "MQTT retention requires protocol version 5"),
    ],
)
def test_a_rule_beyond_the_schema_has_its_text(settings: JsonObject, error: str) -> None:
    assert settings_errors({**MINIMAL, **settings}) == [error]


def test_retention_is_allowed_with_mqtt_5() -> None:
    devices = {DEVICE: {"friendly_name": "a", "retention": 5}}
    assert settings_errors({"mqtt": {"server": "mqtt://x", "version": 5}, "devices": devices}) == []


def test_unknown_keys_are_no_errors() -> None:
    assert settings_errors({**MINIMAL, "nosuch": {"x": 1}, "mqtt": {"server": "mqtt://x", "nosuch": 1}}) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["mqtt", "server", "devices", DEVICE, "advanced", "channel"]), inner)
    ),
    max_leaves=10,
)


@given(JSON)
def test_any_value_is_valid_or_has_errors_but_never_raises(value: Json) -> None:
    assert all(isinstance(error, str) for error in schema_errors(value, settings_schema()))
