"""Lights: commands as bytes, results, reports. Values were recorded from zigbee2mqtt 2.14.1 on the same lamps."""

from __future__ import annotations

import pytest

from zigbus.contract.base import Json, JsonObject, RequestFailed
from zigbus_converter.bench import Attributes, Bench, described

LIGHT = (0, 3, 4, 5, 6, 8, 0x300)
LIMITS: Attributes = {
    (1, 0x300, 0x400B): 250,
    (1, 0x300, 0x400C): 454,
    (11, 0x300, 0x400B): 153,
    (11, 0x300, 0x400C): 500,
}


def white(holds: Attributes | None = None, **options: Json) -> Bench:
    """A lamp with white spectrum."""
    device = described("TRADFRI bulb E27 WS opal 980lm", {1: (LIGHT, ())}, code=0x117C, build="2.0.022")
    return Bench(device, holds={**LIMITS, **(holds or {})}, **options)


def colour(**options: Json) -> Bench:
    """A colour lamp."""
    device = described("LCT015", {11: ((*LIGHT, 0xFC01), ())}, code=0x100B)
    return Bench(device, holds=LIMITS, **options)


def on(bench: Bench) -> Bench:
    """Return the lamp, switched on at half brightness."""
    bench.entity.state = {"state": "ON", "brightness": 128}
    return bench


@pytest.mark.parametrize(
    ("message", "frame", "result"),
    [
        ({"state": "ON"}, "1:0x0006 command 0x01", {"state": "ON"}),
        ({"state": "off"}, "1:0x0006 command 0x00", {"state": "OFF"}),
        ({"state": "TOGGLE"}, "1:0x0006 command 0x02", {"state": "OFF"}),
        ({"brightness": 128}, "1:0x0008 command 0x04 8000000000", {"brightness": 128, "state": "ON"}),
        ({"brightness": "100"}, "1:0x0008 command 0x04 6400000000", {"brightness": 100, "state": "ON"}),
        ({"brightness": 255}, "1:0x0008 command 0x04 fe00000000", {"brightness": 254, "state": "ON"}),
        ({"brightness": 0}, "1:0x0008 command 0x04 0000000000", {"brightness": 0, "state": "OFF"}),
        ({"brightness": 50, "transition": 2}, "1:0x0008 command 0x04 3214000000", {"brightness": 50, "state": "ON"}),
        ({"brightness": 50, "state": None}, "1:0x0008 command 0x00 3200000000", {"brightness": 50}),
        ({"brightness_percent": 50}, "1:0x0008 command 0x04 8000000000", {"brightness": 128, "state": "ON"}),
        ({"brightness_move": 40}, "1:0x0008 command 0x01 00280000", {}),
        ({"brightness_move": -40}, "1:0x0008 command 0x01 01280000", {}),
        ({"brightness_move_onoff": 40}, "1:0x0008 command 0x05 00280000", {}),
        ({"brightness_step": 25}, "1:0x0008 command 0x02 001900000000", {"brightness": 153, "state": "ON"}),
        (
            {"brightness_step": -25, "transition": 1},
            "1:0x0008 command 0x02 01190a000000",
            {"brightness": 103, "state": "ON"},
        ),
        ({"effect": "blink"}, "1:0x0003 command 0x40 0000", {}),
        ({"effect": "stop_effect"}, "1:0x0003 command 0x40 ff00", {}),
        ({"identify": "identify"}, "1:0x0003 command 0x00 0300", {}),
        ({"power_on_behavior": "off"}, "1:0x0006 write 0x4003=0", {"power_on_behavior": "off"}),
        ({"power_on_behavior": "previous"}, "1:0x0006 write 0x4003=255", {"power_on_behavior": "previous"}),
        (
            {"level_config": {"on_level": "previous"}},
            "1:0x0008 write 0x0011=255",
            {"level_config": {"on_level": "previous"}},
        ),
        (
            {"color_options": {"execute_if_off": True}},
            "1:0x0300 write 0x000f=1",
            {"color_options": {"execute_if_off": True}},
        ),
        ({"color_temp_startup": "warm"}, "1:0x0300 write 0x4010=454", {"color_temp_startup": 454}),
        ({"color_temp_startup": "previous"}, "1:0x0300 write 0x4010=65535", {"color_temp_startup": 65535}),
    ],
)
def test_a_message_becomes_one_frame_and_a_result(message: JsonObject, frame: str, result: JsonObject) -> None:
    assert on(white()).set(message) == ([frame], result)


@pytest.mark.parametrize(
    ("value", "mired", "octets"),
    [
        (300, 300, "2c01"),
        (100, 250, "fa00"),
        (999, 454, "c601"),
        ("warm", 454, "c601"),
        ("coolest", 250, "fa00"),
        ("370", 370, "7201"),
    ],
)
def test_colour_temperatures_are_kept_within_the_lamps_limits(value: Json, mired: int, octets: str) -> None:
    frames, result = white().set({"color_temp": value})
    assert frames == [f"1:0x0300 command 0x0a {octets}00000000"]
    assert result == {"color_mode": "color_temp", "color_temp": mired}


def test_colour_temperature_in_percent_spans_the_lamps_limits() -> None:
    frames, result = white().set({"color_temp_percent": 50})
    assert frames == ["1:0x0300 command 0x0a 600100000000"]
    assert result["color_temp"] == 352


@pytest.mark.parametrize(
    ("message", "frames"),
    [
        (
            {"color_temp_step": 30},
            ["1:0x0300 command 0x4c 011e000000000058020000", "wait 0.1", "1:0x0300 read 0x0007"],
        ),
        ({"color_temp_move": 60}, ["1:0x0300 command 0x4b 013c00000058020000"]),
        (
            {"color_temp_move": "stop"},
            ["1:0x0300 command 0x4b 000100990072010000", "wait 0.1", "1:0x0300 read 0x0007 0x0008"],
        ),
        (
            {"color_temp_move": {"rate": -20, "minimum": 200, "maximum": 400}},
            ["1:0x0300 command 0x4b 031400c80090010000"],
        ),
    ],
)
def test_colour_temperature_moves_and_steps(message: JsonObject, frames: list[str]) -> None:
    assert white({(1, 0x300, 7): 300, (1, 0x300, 8): 2}).set(message) == (frames, {})


def test_stopping_a_move_reads_what_came_of_it() -> None:
    frames, result = on(white({(1, 6, 0): True, (1, 8, 0): 254})).set({"brightness_move": "stop"})
    assert frames == ["1:0x0008 command 0x03 0000", "wait 0.5", "1:0x0006 read 0x0000", "1:0x0008 read 0x0000"]
    assert result == {"brightness": 254, "state": "ON"}


def test_state_brightness_and_colour_temperature_in_one_message_take_two_frames() -> None:
    frames, result = white().set({"state": "ON", "brightness": 77, "color_temp": 370})
    assert frames == ["1:0x0008 command 0x04 4d00000000", "1:0x0300 command 0x0a 720100000000"]
    assert result == {"brightness": 77, "state": "ON", "color_mode": "color_temp", "color_temp": 370}


def test_an_ikea_lamp_gets_its_brightness_without_transition_when_a_colour_follows() -> None:
    frames, _ = white().set({"brightness": 77, "color_temp": 370, "transition": 2})
    assert frames == ["1:0x0008 command 0x04 4d00000000", "1:0x0300 command 0x0a 720114000000"]


def test_the_transition_option_counts_when_the_message_has_none() -> None:
    assert white(transition=3).set({"brightness": 90})[0] == ["1:0x0008 command 0x04 5a1e000000"]


def test_off_with_transition_fades_to_zero_and_on_restores_the_level() -> None:
    bench = on(white({(1, 8, 0x11): 255}))
    assert bench.set({"state": "OFF", "transition": 1}) == (["1:0x0008 command 0x04 000a000000"], {"state": "OFF"})
    frames, result = bench.set({"state": "ON"})
    assert frames == ["1:0x0008 read 0x0011", "1:0x0008 command 0x04 8000000000"]
    assert result == {"brightness": 128, "state": "ON"}


def test_a_lamp_whose_software_lights_up_when_faded_out_twice_is_switched_off_instead() -> None:
    bench = white()
    bench.entity.state = {"state": "OFF", "brightness": 50}
    assert bench.set({"state": "OFF", "transition": 1})[0] == ["1:0x0006 command 0x00"]


def test_a_lamp_without_the_on_level_attribute_is_asked_for_it_once() -> None:
    bench = on(white())
    first, _ = bench.set({"state": "ON", "transition": 1})
    again, _ = bench.set({"state": "ON", "transition": 1})
    assert first[0] == "1:0x0008 read 0x0011"
    assert again == ["1:0x0008 command 0x04 800a000000"]


def test_a_colour_transition_of_an_ikea_lamp_is_stopped_before_the_next_command() -> None:
    bench = white()
    bench.set({"color_temp": 300, "transition": 1})
    assert bench.set({"color_temp": 280})[0][0] == "1:0x0008 command 0x03 0000"
    assert bench.set({"color_temp": 290})[0] == ["1:0x0300 command 0x0a 220100000000"]


def test_a_colour_transition_of_an_ikea_lamp_is_forgotten_when_its_time_is_over() -> None:
    bench = white()
    bench.set({"color_temp": 300, "transition": 1})
    bench.pass_time(1.5)
    assert bench.set({"brightness": 20})[0] == ["1:0x0008 command 0x04 1400000000"]


def test_unfreezing_can_be_switched_off() -> None:
    bench = white(unfreeze_support=False)
    bench.set({"color_temp": 300, "transition": 1})
    assert len(bench.set({"color_temp": 280})[0]) == 1


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ({"state": "maybe"}, "must be 'ON', 'OFF' or 'TOGGLE'"),
        ({"state": None}, "At least one of"),
        ({"brightness": "abc"}, "must be a number >= 0 and =< 254"),
        ({"brightness": -5}, "must be a number >= 0 and =< 254"),
        ({"brightness": 1000}, "must be a number >= 0 and =< 254"),
        ({"color_temp": "purple"}, "is not a number"),
        ({"transition": "x", "brightness": 20}, "'transition' is not a number"),
        ({"effect": "bogus"}, "Key 'bogus' not found in: \\[blink, breathe"),
        ({"color_temp_move": {"rate": 1, "minimum": 400, "maximum": 300}}, "must be less than maximum"),
    ],
)
def test_a_wrong_value_is_refused_before_anything_is_sent(message: JsonObject, text: str) -> None:
    with pytest.raises(RequestFailed, match=text):
        white().set(message)


@pytest.mark.parametrize(
    ("message", "frames"),
    [
        ({"state": ""}, ["1:0x0006 read 0x0000"]),
        ({"brightness": ""}, ["1:0x0008 read 0x0000"]),
        ({"color_temp": ""}, ["1:0x0300 read 0x0008 0x0007"]),
        ({"color_mode": ""}, ["1:0x0300 read 0x0008"]),
        ({"power_on_behavior": ""}, ["1:0x0006 read 0x4003"]),
    ],
)
def test_get_reads_attributes(message: JsonObject, frames: list[str]) -> None:
    holds: Attributes = {(1, 6, 0): True, (1, 8, 0): 9, (1, 0x300, 7): 300, (1, 0x300, 8): 2, (1, 6, 0x4003): 1}
    assert white(holds).get(message) == frames


@pytest.mark.parametrize(
    ("message", "frames", "colour_told"),
    [
        ({"x": 0.7, "y": 0.28}, ["0x07 33b3ae4700000000"], {"x": 0.7, "y": 0.28}),
        ({"r": 46, "g": 102, "b": 150}, ["0x07 432cd53700000000"], {"x": 0.1729, "y": 0.2181}),
        ("#FF0000", ["0x07 5ab39f4c00000000"], {"x": 0.7006, "y": 0.2993}),
        ({"hue": 120, "saturation": 100}, ["0x43 5555fe00000000"], {"hue": 120, "saturation": 100}),
        ({"hue": 240}, ["0x40 aaaa0000000000"], {"hue": 240}),
        ({"saturation": 50}, ["0x03 7f00000000"], {"saturation": 50}),
    ],
)
def test_colours_go_out_in_the_notation_they_were_given_in(
    message: Json, frames: list[str], colour_told: JsonObject
) -> None:
    sent, result = colour().set({"color": message})
    assert sent == [f"11:0x0300 command {frame}" for frame in frames]
    assert result["color"] == colour_told
    assert result["color_mode"] == ("hs" if set(colour_told) & {"hue", "saturation"} else "xy")


def test_a_colour_with_a_value_sets_the_level_first() -> None:
    frames, _ = colour().set({"color": {"hsv": "10,50,60"}})
    assert frames == ["11:0x0008 command 0x04 9800000000", "11:0x0300 command 0x43 1c077f00000000"]


@pytest.mark.parametrize(
    ("message", "frames"),
    [
        ({"hue_move": 20}, ["11:0x0300 command 0x01 01140000"]),
        ({"hue_move": "stop"}, ["11:0x0300 command 0x01 00010000", "wait 0.1", "11:0x0300 read 0x0000 0x0008"]),
        ({"hue_step": 30}, ["11:0x0300 command 0x02 011e000000", "wait 0.1", "11:0x0300 read 0x0000 0x0008"]),
        ({"saturation_step": -10}, ["11:0x0300 command 0x05 030a000000", "wait 0.1", "11:0x0300 read 0x0001 0x0008"]),
        ({"effect": "colorloop"}, ["11:0xfc03 of 0x100b command 0x00 21000103"]),
        ({"effect": "blink"}, ["11:0x0003 command 0x40 0000"]),
        ({"effect": "stop_effect"}, ["11:0xfc03 of 0x100b command 0x00 200000", "11:0x0003 command 0x40 ff00"]),
    ],
)
def test_moves_steps_and_effects_of_a_colour_lamp(message: JsonObject, frames: list[str]) -> None:
    bench = colour()
    bench.holds |= {(11, 0x300, 0): 1, (11, 0x300, 1): 2, (11, 0x300, 8): 0}
    assert bench.set(message)[0] == frames


@pytest.mark.parametrize(
    ("message", "attributes"),
    [
        ({"color": {"x": "", "y": ""}}, "0x0008 0x0003 0x0004 0x0007"),
        ({"color": {"hue": "", "saturation": ""}}, "0x0008 0x4000 0x0001 0x0007"),
        ({"color_temp": ""}, "0x0008 0x0003 0x0004 0x4000 0x0001 0x0007"),
    ],
)
def test_get_reads_the_notations_that_are_asked_for(message: JsonObject, attributes: str) -> None:
    bench = colour()
    bench.holds[11, 0x300, 8] = 1
    assert bench.get(message) == [f"11:0x0300 read {attributes}"]


def test_reports_of_a_colour_bring_the_other_notations_into_step() -> None:
    bench = colour()
    bench.entity.state = {
        "color": {"hue": 40, "saturation": 49, "x": 0.3804, "y": 0.3767},
        "color_mode": "color_temp",
        "color_temp": 250,
    }
    assert bench.report(0x300, {3: 45000, 4: 20000, 8: 1}, endpoint=11) == [
        {"color_mode": "xy", "color": {"x": 0.6867, "y": 0.3052, "hue": 1, "saturation": 99}, "color_temp": 183}
    ]


def test_reports_of_state_and_level_are_published() -> None:
    bench = white()
    assert bench.report(6, {0: True}) == [{"state": "ON"}]
    assert bench.report(8, {0: 33}) == [{"brightness": 33}]
    assert bench.report(8, {0x11: 255, 0x0F: 1}) == [{"level_config": {"on_level": "previous", "execute_if_off": True}}]
    assert bench.report(6, {0x4003: 255}) == [{"power_on_behavior": "previous"}]


def test_state_action_publishes_changes_as_actions_too() -> None:
    assert white(state_action=True).report(6, {0: False}) == [{"state": "OFF", "action": "off"}]


def test_native_control_says_everything_in_one_frame() -> None:
    device = described("LCT015", {11: ((*LIGHT, 0xFC03), ())}, code=0x100B)
    bench = Bench(device, holds=LIMITS, hue_native_control=True)
    frames, result = bench.set({"state": "ON", "brightness": 100, "color_temp": 370, "transition": 1})
    assert frames == ["11:0xfc03 of 0x100b command 0x00 1700016472010a00"]
    assert result == {
        "state": "ON",
        "brightness": 100,
        "color_temp": 370,
        "color_mode": "color_temp",
        "effect": "none",
    }


def test_a_hue_lamp_tells_its_state_in_its_own_way() -> None:
    published = colour().report(0xFC03, {2: bytes.fromhex("ab000153df7e446a0180")}, endpoint=11, manufacturer=0x100B)
    assert published[0]["brightness"] == 0x53
    assert published[0]["effect"] == "candle"
    assert published[0]["color"] == {"x": 0.4956, "y": 0.4151}


def test_set_up_reads_what_the_lamp_can_do() -> None:
    bench = white({(1, 0x300, 0x400A): 0x10})
    assert bench.set_up() == ["1:0x0300 read 0x400a", "1:0x0300 read 0x400b 0x400c"]


def test_a_lamp_that_cannot_say_what_it_can_do_is_set_up_all_the_same() -> None:
    device = described("TRADFRI bulb E27 WS opal 980lm", {1: (LIGHT, ())})
    assert Bench(device).set_up() == ["1:0x0300 read 0x400a"]
