"""Remotes: commands that devices send become actions."""

from __future__ import annotations

import pytest

from zigbus.contract.base import Json, JsonObject
from zigbus_converter.bench import Bench, described

ON_OFF, LEVEL, COLOUR, SCENES, COVER = 6, 8, 0x300, 5, 0x102


def two_buttons(**options: Json) -> Bench:
    """IKEA's on/off switch."""
    return Bench(described("TRADFRI on/off switch", {1: ((0, 1, 3, 0x20), (3, 4, 6, 8))}, build="2.3.080"), **options)


def five_buttons() -> Bench:
    """IKEA's round remote."""
    return Bench(described("TRADFRI remote control", {1: ((0, 1, 3, 0x20), (3, 4, 5, 6, 8))}, build="2.3.014"))


def anything() -> Bench:
    """A remote that nobody knows, with two endpoints."""
    outputs = (6, 8, 0x300, 0x102)
    return Bench(described("unheard of", {1: ((0, 3), outputs), 2: ((0,), outputs)}))


@pytest.mark.parametrize(
    ("cluster", "command", "payload", "published"),
    [
        (ON_OFF, 0x01, "", {"action": "on"}),
        (ON_OFF, 0x00, "", {"action": "off"}),
        (LEVEL, 0x05, "0053", {"action": "brightness_move_up", "action_rate": 83}),
        (LEVEL, 0x01, "0153", {"action": "brightness_move_down", "action_rate": 83}),
        (LEVEL, 0x07, "", {"action": "brightness_stop"}),
    ],
)
def test_a_switch_with_two_buttons(cluster: int, command: int, payload: str, published: JsonObject) -> None:
    assert two_buttons().command(cluster, command, payload) == [published]


@pytest.mark.parametrize(
    ("cluster", "command", "payload", "action"),
    [
        (ON_OFF, 0x02, "", "toggle"),
        (LEVEL, 0x06, "002b0500", "brightness_up_click"),
        (LEVEL, 0x02, "012b0500", "brightness_down_click"),
        (LEVEL, 0x05, "0053", "brightness_up_hold"),
        (LEVEL, 0x01, "0153", "brightness_down_hold"),
        (LEVEL, 0x07, "", "brightness_up_release"),
        (LEVEL, 0x03, "", "brightness_down_release"),
        (LEVEL, 0x04, "fe0100", "toggle_hold"),
        (SCENES, 0x07, "01010d00", "arrow_left_click"),
        (SCENES, 0x07, "00010d00", "arrow_right_click"),
        (SCENES, 0x08, "010d0000", "arrow_left_hold"),
    ],
)
def test_a_remote_with_five_buttons(cluster: int, command: int, payload: str, action: str) -> None:
    assert [message["action"] for message in five_buttons().command(cluster, command, payload)] == [action]


def test_an_arrow_is_released_on_the_side_it_was_held_on() -> None:
    bench = five_buttons()
    bench.command(SCENES, 0x08, "000d0000")
    assert bench.command(SCENES, 0x09, "dc05") == [{"action": "arrow_right_release", "action_duration": 1.5}]
    assert bench.command(SCENES, 0x09, "dc05") == []


def test_a_repeated_press_is_published_once() -> None:
    bench = two_buttons()
    bench.command(ON_OFF, 0x01)
    bench.sequence -= 1
    assert bench.command(ON_OFF, 0x01) == []


def test_a_command_that_is_cut_short_says_nothing() -> None:
    assert two_buttons().command(LEVEL, 0x05, "00") == []


@pytest.mark.parametrize(
    ("cluster", "command", "payload", "published"),
    [
        (LEVEL, 0x00, "800a00", {"action_level": 128, "action_transition_time": 1}),
        (LEVEL, 0x02, "01200500", {"action_step_size": 32, "action_transition_time": 0.5}),
        (COLOUR, 0x4B, "0110000000ff00", {"action_rate": 16}),
        (COLOUR, 0x4C, "03200005000000ff00", {"action_step_size": 32, "action_transition_time": 0.5}),
        (COLOUR, 0x0A, "72010500", {"action_color_temperature": 370, "action_transition_time": 5}),
        (COLOUR, 0x07, "0080004005000000", {"action_color": {"x": 0.5, "y": 0.25}, "action_transition_time": 5}),
        (COLOUR, 0x06, "7f7f0a00", {"action_hue": 180, "action_saturation": 50, "action_transition_time": 1}),
        (COLOUR, 0x01, "0114", {"action_rate": 20}),
        (COVER, 0x01, "", {}),
    ],
)
def test_what_a_command_carries_is_published_beside_the_action(
    cluster: int, command: int, payload: str, published: JsonObject
) -> None:
    (message,) = anything().command(cluster, command, payload)
    assert {key: value for key, value in message.items() if key != "action"} == published


def test_a_group_command_names_its_group() -> None:
    assert anything().command(ON_OFF, 0x01, group=901) == [{"action": "on_1", "action_group": 901}]
    assert two_buttons().command(ON_OFF, 0x01, group=901) == [{"action": "on"}]


def test_simulated_brightness_runs_until_the_button_is_released() -> None:
    bench = two_buttons(simulated_brightness={"delta": 40, "interval": 100})
    assert bench.command(LEVEL, 0x01, "0153") == [{"action": "brightness_move_down", "action_rate": 83}]
    assert bench.pass_time(0.1) == [{"brightness": 215, "action_brightness_delta": -40}]
    assert bench.pass_time(0.1) == [{"brightness": 175, "action_brightness_delta": -40}]
    bench.command(LEVEL, 0x07)
    assert bench.pass_time(1) == []
    bench.command(LEVEL, 0x05, "0053")
    assert bench.pass_time(0.1) == [{"brightness": 215, "action_brightness_delta": 40}]


def test_simulated_brightness_stays_at_the_end_of_its_range_until_the_stop() -> None:
    bench = two_buttons(simulated_brightness=True)
    bench.command(LEVEL, 0x01, "0153")
    levels = [message["brightness"] for message in bench.pass_time(10)]
    assert levels[11] == 15
    assert set(levels[12:]) == {0}
    bench.command(LEVEL, 0x03)
    assert bench.pass_time(10) == []


def test_set_up_binds_what_the_remote_sends() -> None:
    frames = two_buttons().set_up()
    assert frames[:3] == ["1:0x0006 bind", "1:0x0006 bind", "1:0x0008 bind"]
    assert frames[3:] == ["1:0x0001 bind", "1:0x0001 report 0x0021 3600/65000/10", "1:0x0001 read 0x0021"]


def test_old_software_of_a_remote_binds_to_a_group() -> None:
    assert five_buttons().set_up()[0] == "1:0x0006 bind group 901"
