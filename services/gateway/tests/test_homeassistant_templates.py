"""What the longer templates give, rendered as Home Assistant renders them."""

from __future__ import annotations

import json
import re
from typing import Any

import jinja2
import pytest

from zigbus.contract.definitions import Expose
from zigbus_gateway.homeassistant.actions import EVENT_TEMPLATE, event_types
from zigbus_gateway.homeassistant.draft import Subject
from zigbus_gateway.homeassistant.exposes import device_drafts
from zigbus_gateway.homeassistant.extras import UPDATE_TEMPLATE
from zigbus_gateway.homeassistant.models import CHANGES
from zigbus_gateway.homeassistant.siren import ON_TEMPLATE

POSITION = Expose(type="numeric", name="position", property="position", access=7)
COVER = Expose(
    type="cover",
    features=(
        Expose(type="enum", name="state", property="state", access=3, values=("OPEN", "CLOSE", "STOP")),
        POSITION,
    ),
)


def render(template: str, **values: Any) -> str:
    """Render as Home Assistant does."""
    jinja = jinja2.Environment(autoescape=False)
    jinja.filters |= {"regex_findall": lambda value, find: re.findall(find, value), "to_json": json.dumps}
    jinja.globals["zip"] = zip
    return jinja.from_string(template).render(**values)


def payload_of(*exposes: Expose, model: str | None = None) -> dict[str, Any]:
    """The discovery payload of the last entity made of these."""
    return device_drafts(Subject("zigbee2mqtt", "x", exposes, model=model))[-1].payload


@pytest.mark.parametrize(
    ("action", "event"),
    [
        ("button_1_hold_release", {"button": "button_1", "event_type": "hold_release"}),
        ("up_press", {"button": "up", "event_type": "press"}),
        ("recall_12", {"event_type": "recall", "scene": "12"}),
        ("region_3_enter", {"event_type": "region_enter", "region": "3"}),
        ("dial_rotate_left_slow", {"direction": "left", "event_type": "dial_rotate", "speed": "slow"}),
        ("brightness_step_up", {"direction": "up", "event_type": "brightness_step"}),
        ("single", {"event_type": "single"}),
        ("", {}),
        (None, {}),
    ],
)
def test_an_action_is_taken_apart_into_event_and_details(action: str | None, event: dict[str, str]) -> None:
    assert json.loads(render(EVENT_TEMPLATE, value_json={"action": action})) == event


def test_a_message_without_action_is_no_event() -> None:
    assert json.loads(render(EVENT_TEMPLATE, value_json={"state": "ON"})) == {}


def test_event_types_stand_once_and_without_asterisks() -> None:
    values = ["button_1_press", "button_2_press", "recall_*", "recall_1", "region_*_enter", "hue_*", "single"]
    assert event_types(values) == ["press", "recall", "region_enter", "single"]


MOTOR = Expose(type="enum", name="motor_state", property="motor_state", access=1, values=("up", "down", "stop"))
RUNNING = Expose(type="binary", name="running", property="running", access=1, value_on=True, value_off=False)


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        ({"motor_state": "up", "position": 0, "state": "CLOSE"}, "CLOSE"),  # an old word of the motor
        ({"motor_state": "down", "position": 100, "state": "OPEN"}, "OPEN"),
        ({"motor_state": "up", "position": 40, "state": "OPEN"}, "up"),
        ({"motor_state": "down", "position": 40, "state": "OPEN"}, "down"),
        ({"motor_state": "stop", "position": 40, "state": "CLOSE"}, "OPEN"),
        ({"motor_state": "stop", "position": 0, "state": "OPEN"}, "CLOSE"),
        ({"state": "CLOSE"}, "CLOSE"),
        ({"state": None}, "stop"),
    ],
)
def test_a_cover_with_a_motor_shows_what_it_does(state: dict[str, Any], shown: str) -> None:
    payload = payload_of(MOTOR, COVER)
    assert render(payload["value_template"], value_json=state) == shown
    assert (payload["state_opening"], payload["state_closing"], payload["state_stopped"]) == ("up", "down", "stop")


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        ({"running": True, "position": 30}, "closing"),
        ({"running": True, "position": 0}, "opening"),
        ({"running": False, "position": 30}, "stopped"),
        ({"position": 30}, "stopped"),
    ],
)
def test_a_cover_that_only_runs_goes_the_way_that_is_left(state: dict[str, Any], shown: str) -> None:
    assert render(payload_of(RUNNING, COVER)["value_template"], value_json=state) == shown


@pytest.mark.parametrize(
    ("wished", "warning"),
    [
        ({}, {"mode": "emergency", "level": "medium", "duration": 10}),
        ({"tone": "fire", "volume_level": 0.25, "duration": 3}, {"mode": "fire", "level": "low", "duration": 3}),
        ({"volume_level": 0.6}, {"mode": "emergency", "level": "high", "duration": 10}),
        ({"volume_level": 1}, {"mode": "emergency", "level": "very_high", "duration": 10}),
    ],
)
def test_a_siren_sounds_as_loud_and_long_as_wished(wished: dict[str, Any], warning: dict[str, Any]) -> None:
    assert json.loads(render(ON_TEMPLATE, **wished)) == {"warning": warning}


def test_firmware_shows_versions_and_progress() -> None:
    update = {"state": "updating", "progress": 12.5, "installed_version": 1, "latest_version": 2}
    shown = json.loads(render(UPDATE_TEMPLATE, value_json={"update": update}))
    assert shown == {"installed_version": "1", "latest_version": "2", "update_percentage": 12.5, "in_progress": True}


def test_a_long_text_is_cut_to_what_a_state_may_be() -> None:
    template = payload_of(Expose(type="text", name="about", property="about", access=1))["value_template"]
    assert render(template, value_json={"about": "x" * 300}) == "x" * 254
    assert render(template, value_json={"about": None}) == ""


def test_modes_of_a_fan_are_steps_and_presets() -> None:
    mode = Expose(type="enum", name="mode", property="fan_mode", access=7, values=("off", "low", "high", "auto"))
    payload = payload_of(Expose(type="fan", features=(mode,)))
    assert (payload["speed_range_max"], payload["preset_modes"]) == (2, ["auto"])
    assert render(payload["percentage_value_template"], value_json={"fan_mode": "high"}) == "2"
    assert render(payload["percentage_value_template"], value_json={"fan_mode": "auto"}) == "None"
    assert render(payload["percentage_command_template"], value=1) == "low"
    assert render(payload["preset_mode_value_template"], value_json={"fan_mode": "auto"}) == "auto"
    assert render(payload["preset_mode_value_template"], value_json={"fan_mode": "low"}) == "None"


def test_a_thermostat_with_two_modes_of_its_own_is_steered_through_both() -> None:
    payload: dict[str, Any] = {"mode_command_topic": "zigbee2mqtt/x/set/system_mode"}
    CHANGES["BTH-RM230Z"](payload, {"homeassistant_climate_modes": "heat_cool"})
    assert payload["mode_command_topic"] == "zigbee2mqtt/x/set"
    assert payload["modes"] == ["off", "heat", "cool", "auto"]
    command, state = payload["mode_command_template"], payload["mode_state_template"]
    assert json.loads(render(command, value="cool")) == {"operating_mode": "manual", "system_mode": "cool"}
    assert json.loads(render(command, value="auto")) == {"operating_mode": "schedule"}
    assert render(state, value_json={"operating_mode": "manual", "system_mode": "cool"}) == "cool"
    assert render(state, value_json={"operating_mode": "pause"}) == "off"
