"""What makers do in their own way: buttons, cube, schedules, lights that go on for a time; values as zigbee2mqtt 2.14.1 has them."""

from __future__ import annotations

import math

import pytest

from zigbus.contract.base import Json, JsonObject
from zigbus_converter.bench import Bench, described
from zigbus_converter.parts.thermostat_schedule import decode, encode
from zigbus_converter.validity import valid

ON_OFF, LEVEL, ANALOG, MULTISTATE, THERMOSTAT = 0x0006, 0x0008, 0x000C, 0x0012, 0x0201


def button(model: str, endpoints: int = 1, **options: Json) -> Bench:
    """Xiaomi or Aqara button."""
    return Bench(described(model, {n + 1: ((0, 3, 18), (6,)) for n in range(endpoints)}), **options)


# ---- buttons and cube ------------------------------------------------------------------------------------------------


def test_a_button_that_goes_down_and_up_is_timed() -> None:
    bench = button("lumi.sensor_switch")
    assert bench.report(ON_OFF, {0: False}) == []
    bench.now_s += 0.4
    assert bench.report(ON_OFF, {0: True}) == [{"action": "single"}]
    bench.report(ON_OFF, {0: False})
    assert bench.pass_time(1.2) == [{"action": "hold"}]
    bench.now_s += 0.8
    (released,) = bench.report(ON_OFF, {0: True})
    assert released["action"] == "release"
    assert released["action_duration"] == pytest.approx(1000, abs=1)
    assert bench.report(ON_OFF, {0x8000: 3}) == [{"action": "triple"}]


def test_a_hold_without_a_release_is_forgotten() -> None:
    bench = button("lumi.sensor_switch", hold_timeout=500, hold_timeout_expire=2000)
    bench.report(ON_OFF, {0: False})
    assert bench.pass_time(0.6) == [{"action": "hold"}]
    assert bench.pass_time(2) == []
    assert bench.report(ON_OFF, {0: True}) == []


@pytest.mark.parametrize(
    ("endpoint", "value", "action"), [(1, 1, "single_left"), (2, 2, "double_right"), (3, 0, "hold_both")]
)
def test_rockers_are_named_by_their_endpoint(endpoint: int, value: int, action: str) -> None:
    bench = button("lumi.remote.b286acn01", endpoints=3)
    assert bench.report(MULTISTATE, {0x55: value}, endpoint=endpoint) == [{"action": action}]


@pytest.mark.parametrize(
    ("cluster", "value", "published"),
    [
        (MULTISTATE, 0, {"action": "shake"}),
        (MULTISTATE, 260, {"action": "slide", "side": 4}),
        (MULTISTATE, 515, {"action": "tap", "side": 3}),
        (MULTISTATE, 130, {"action": "flip180", "side": 2}),
        (ANALOG, -45.678, {"action": "rotate_left", "angle": -45.68, "action_angle": -45.68}),
    ],
)
def test_the_cube_tells_moves_sides_and_angles(cluster: int, value: float, published: JsonObject) -> None:
    assert button("lumi.sensor_cube").report(cluster, {0x55: value}) == [published]


def test_a_quarter_turn_of_the_cube_names_both_sides() -> None:
    (message,) = button("lumi.sensor_cube").report(MULTISTATE, {0x55: 64 + 8 * 1 + 5})
    assert (message["action"], message["action_from_side"], message["action_to_side"]) == ("flip90", 1, 5)


# ---- weekly schedules ------------------------------------------------------------------------------------------------

EVENING = bytes.fromhex("02 21 01 a401 3408 3804 d007".replace(" ", ""))  # Sunday and Friday, 7:00 21 °C, 18:00 20 °C


@pytest.mark.parametrize(
    "written",
    [
        {
            "dayofweek": ["sunday", "friday"],
            "transitions": [{"time": "07:00", "heat_setpoint": 21}, {"time": "18:00", "heat_setpoint": 20}],
        },
        {
            "dayofweek": [{"day": "sunday"}, {"day": "friday"}],
            "transitions": [
                {"transitionTime": {"hour": 7, "minute": 0}, "heatSetpoint": 21},
                {"transitionTime": 1080, "heatSetpoint": 20},
            ],
        },
    ],
)
def test_a_schedule_is_written_short_or_long(written: JsonObject) -> None:
    assert encode(written) == EVENING


def test_a_schedule_is_read_and_cleared() -> None:
    assert decode(EVENING) == {
        "days": ["sunday", "friday"],
        "transitions": [{"time": 420, "heating_setpoint": 21}, {"time": 1080, "heating_setpoint": 20}],
    }
    assert decode(EVENING[:-1])["transitions"] == [{"time": 420, "heating_setpoint": 21}]


@pytest.mark.parametrize(
    "wrong",
    [
        {"dayofweek": ["sunday"]},
        {"dayofweek": ["someday"], "transitions": []},
        {"dayofweek": ["sunday"], "transitions": [{"time": "late", "heat_setpoint": 20}]},
    ],
)
def test_a_schedule_with_nonsense_is_refused(wrong: JsonObject) -> None:
    with pytest.raises(Exception, match="weekly_schedule"):
        encode(wrong)


# ---- lamps -----------------------------------------------------------------------------------------------------------


def motion(**options: Json) -> Bench:
    """IKEA motion sensor, which tells its lamps to go on for a time."""
    return Bench(described("TRADFRI motion sensor", {1: ((0, 1, 3), (6,))}), **options)


def test_motion_lasts_as_long_as_the_lamps_were_told_to_be_on() -> None:
    bench = motion()
    assert bench.command(ON_OFF, 0x42, "0008070000") == [{"occupancy": True, "illuminance_above_threshold": False}]
    assert bench.pass_time(179) == []
    assert bench.pass_time(1) == [{"occupancy": False}]


def test_in_night_mode_motion_by_day_counts_only_while_someone_was_seen_by_night() -> None:
    bench = motion()
    assert bench.command(ON_OFF, 0x42, "0108070000") == []
    bench.command(ON_OFF, 0x42, "0008070000")
    assert bench.command(ON_OFF, 0x42, "0108070000") == [{"occupancy": True, "illuminance_above_threshold": True}]


@pytest.mark.parametrize(
    ("message", "frame"),
    [
        ({"set_transition": 2.3}, "1:0x0008 write 0x0012=25 0x0013=25"),
        ({"set_transition": 0.1}, "1:0x0008 write 0x0012=1 0x0013=1"),
        ({"remember_state": True}, "1:0xfc0f of 0x110c command 0x01"),
        ({"remember_state": False}, "1:0xfc0f of 0x110c command 0x02"),
    ],
)
def test_an_osram_lamp_takes_its_own_settings(message: JsonObject, frame: str) -> None:
    bench = Bench(described("CLA60 RGBW OSRAM", {1: ((0, 3, 6, 8, 0x300, 0xFC0F), ())}))
    assert bench.set(message)[0] == [frame]


# ---- numbers that mean nothing ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cluster", "attribute", "value", "kept"),
    [
        (0x402, 0, 2150, 2150),
        (0x402, 0, -0x8000, math.nan),
        (0x201, 0, -30000, None),
        (0x405, 0, 0xFFFF, math.nan),
        (0x400, 0, 0xFFFF, 0xFFFF),
        (0x402, 0x7777, -0x8000, -0x8000),
        (0xFC00, 0, 0xFF, 0xFF),
    ],
)
def test_numbers_of_standard_attributes_mean_something_or_nothing(
    cluster: int, attribute: int, value: int, kept: float | None
) -> None:
    assert valid(cluster, attribute, value) == pytest.approx(kept, nan_ok=True)


# ---- motion on Aqara's own cluster -----------------------------------------------------------------------------------

LUMI, OWN = 0x115F, 0xFCC0


def p1(**options: Json) -> Bench:
    """Aqara motion sensor P1."""
    return Bench(described("lumi.motion.ac02", {1: ((0, 1, 3, OWN), ())}), **options)


def test_motion_lasts_as_long_as_the_sensor_looks_away_and_a_little_more() -> None:
    bench = p1()
    assert bench.report(OWN, {0x0112: 65536 + 123}, manufacturer=LUMI) == [{"occupancy": True, "illuminance": 123}]
    assert bench.pass_time(31) == []
    assert bench.pass_time(1) == [{"occupancy": False}]
    bench.report(OWN, {0x0102: 10}, manufacturer=LUMI)
    bench.report(OWN, {0x0112: 131000}, manufacturer=LUMI)
    assert bench.pass_time(12) == [{"occupancy": False}]


@pytest.mark.parametrize(("wish_s", "ends_after_s"), [(60, 60), (5, 32)])
def test_a_timeout_shorter_than_the_interval_does_not_count(wish_s: int, ends_after_s: int) -> None:
    bench = p1(occupancy_timeout=wish_s)
    bench.report(OWN, {0x0112: 65536}, manufacturer=LUMI)
    assert bench.pass_time(ends_after_s - 1) == []
    assert bench.pass_time(1) == [{"occupancy": False}]


def test_the_heartbeat_repeats_the_settings() -> None:
    octets = bytes.fromhex("0121bd0b0328180521030065210c00692005 6a2003 6b2001".replace(" ", ""))
    assert p1().report(OWN, {0xF7: octets}, manufacturer=LUMI) == [
        {
            "battery": 100,
            "voltage": 3005,
            "device_temperature": 24,
            "power_outage_count": 2,
            "illuminance": 12,
            "detection_interval": 5,
            "motion_sensitivity": "high",
            "trigger_indicator": True,
        }
    ]


# ---- buttons of Hue --------------------------------------------------------------------------------------------------

HUE = 0xFC00


def dimmer(**options: Json) -> Bench:
    """Hue dimmer switch: what it does for bound lamps on endpoint 1, what it tells us on endpoint 2."""
    return Bench(described("RWL021", {1: ((0,), (6, 8)), 2: ((0, 1, 3, HUE), ())}), **options)


def test_a_hold_of_a_dimmers_button_is_measured() -> None:
    bench = dimmer()
    assert bench.command(HUE, 0x00, "0200000000210000", endpoint=2, to_us=True) == [{"action": "up_press"}]
    bench.now_s += 0.8
    assert bench.command(HUE, 0x00, "0200000001210800", endpoint=2, to_us=True) == [
        {"action": "up_hold", "action_duration": 0.8}
    ]
    assert bench.command(HUE, 0x00, "0200000003211000", endpoint=2, to_us=True) == [{"action": "up_hold_release"}]
    assert bench.command(HUE, 0x00, "0700000000210000", endpoint=2, to_us=True) == []


def test_a_dimmers_level_follows_up_and_down() -> None:
    bench = dimmer(simulated_brightness={"delta": 50})
    (message,) = bench.command(HUE, 0x00, "0300000000210000", endpoint=2, to_us=True)
    assert message == {"action": "down_press", "brightness": 205, "action_brightness_delta": -50}
    (message,) = bench.command(HUE, 0x00, "0100000000210000", endpoint=2, to_us=True)
    assert message == {"action": "on_press"}
