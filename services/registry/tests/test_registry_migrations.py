"""Settings of older versions become version 5."""

from __future__ import annotations

import pytest

from zigbus.contract.base import Json, JsonObject
from zigbus_registry.migrations import UnsupportedVersion, migrated

OLD: JsonObject = {
    "homeassistant": True,
    "permit_join": True,
    "frontend": {"port": 8081},
    "mqtt": {"server": "mqtt://x"},
    "serial": {"port": "/dev/ttyACM0"},
    "ban": ["0x0000000000000001"],
    "blocklist": ["0x0000000000000002"],
    "whitelist": ["0x0000000000000003"],
    "advanced": {
        "log_level": "warn",
        "homeassistant_discovery_topic": "ha",
        "baudrate": 38400,
        "legacy_api": False,
        "availability_timeout": 5,
        "report": True,
    },
    "experimental": {"output": "attribute", "transmit_power": 9, "new_api": True},
    "device_options": {"legacy": False, "retain": True},
    "devices": {"0x00158d0001a2b3c4": {"friendly_name": "a", "legacy": True, "retrieve_state": True}},
    "groups": {"1": {"friendly_name": "g", "devices": ["a"], "retrieve_state": False}},
    "external_converters": ["x.js"],
    "custom": {"kept": 1},
}


def test_version_1_becomes_version_5_in_four_steps() -> None:
    result, steps = migrated(OLD)
    assert [step.number for step in steps] == [1, 2, 3, 4]
    assert result == {
        "version": 5,
        "homeassistant": {"discovery_topic": "ha", "enabled": True},
        "frontend": {"port": 8081, "enabled": True},
        "mqtt": {"server": "mqtt://x"},
        "serial": {"port": "/dev/ttyACM0", "baudrate": 38400},
        "blocklist": ["0x0000000000000002", "0x0000000000000001"],
        "passlist": ["0x0000000000000003"],
        "advanced": {"log_level": "warning", "output": "attribute", "transmit_power": 9},
        "device_options": {"legacy": False, "retain": True},
        "devices": {"0x00158d0001a2b3c4": {"friendly_name": "a", "legacy": True}},
        "groups": {"1": {"friendly_name": "g"}},
        "custom": {"kept": 1},
    }


def test_legacy_of_devices_and_device_options_is_kept() -> None:
    result, _ = migrated(OLD)
    assert result["device_options"]["legacy"] is False
    assert result["devices"]["0x00158d0001a2b3c4"]["legacy"] is True


def test_every_note_says_what_kind_of_change_it_is() -> None:
    _, steps = migrated(OLD)
    notes = [note for step in steps for note in step.notes]
    assert notes
    assert all(note.startswith(("[TRANSFER]", "[REMOVAL]", "[CHANGE]", "[ADDITION]", "[SPECIAL]")) for note in notes)
    assert (steps[0].backup_name, steps[0].log_name) == ("configuration_backup_v1.yaml", "migration-1-to-2.log")


def test_a_target_that_is_set_wins_over_the_old_key() -> None:
    old: JsonObject = {"serial": {"baudrate": 1}, "advanced": {"baudrate": 2}}
    assert migrated(old)[0]["serial"] == {"baudrate": 1}


def test_home_assistant_that_was_off_stays_off_though_it_had_a_topic() -> None:
    old: JsonObject = {"homeassistant": False, "advanced": {"homeassistant_discovery_topic": "ha"}}
    assert migrated(old)[0]["homeassistant"] == {"enabled": False}


@pytest.mark.parametrize("value", [True, False])
def test_a_switch_of_version_2_becomes_a_section(value: bool) -> None:
    result, steps = migrated({"version": 2, "availability": value})
    assert result["availability"] == {"enabled": value}
    assert [step.number for step in steps] == [2, 3, 4]


def test_a_mapping_of_version_2_was_switched_on() -> None:
    assert migrated({"version": 2, "homeassistant": {"status_topic": "x"}})[0]["homeassistant"] == {
        "status_topic": "x",
        "enabled": True,
    }


def test_version_5_is_left_alone() -> None:
    settings: JsonObject = {"version": 5, "homeassistant": True, "permit_join": True}
    assert migrated(settings) == (settings, [])


@pytest.mark.parametrize(("version", "shown"), [(1, "1"), (6, "6"), ("x", "x"), (True, "true"), (2.5, "2.5")])
def test_any_other_version_is_refused_with_the_contracts_text(version: Json, shown: str) -> None:
    with pytest.raises(UnsupportedVersion) as caught:
        migrated({"version": version})
    assert (
        caught.value.error
        == f"Your configuration.yaml has an unsupported version {shown}, expected one of undefined,2,3,4,5."
    )
