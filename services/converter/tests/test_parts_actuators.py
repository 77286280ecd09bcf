"""Plugs, covers, locks, thermostats, Tuya datapoints: commands as bytes, and what the devices answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zigbus.contract.base import Json, JsonObject, RequestFailed
from zigbus_converter.bench import NOON_S, Attributes, Bench, described
from zigbus_converter.parts.tuya import time_payload
from zigbus_converter.parts.tuya_points import BITMAP, ENUM, VALUE, Heard, decode, encode

DANFOSS = 0x1246


def plug() -> Bench:
    """Innr plug."""
    return Bench(described("SP 120", {1: ((0, 3, 4, 5, 6, 8, 0x702, 0xB04), ())}))


def tuya_plug(**options: Json) -> Bench:
    """Tuya plug whose measurements are polled."""
    device = described("TS011F", {1: ((3, 4, 5, 6, 0x702, 0xB04, 0xE001, 0), ())}, application=68)
    return Bench(device, **options)


def cover(**options: Json) -> Bench:
    """IKEA blind."""
    device = described("FYRTUR block-out roller blind", {1: ((0, 1, 3, 4, 5, 0x20, 0x102), ())}, build="2.2.009")
    return Bench(device, **options)


def lock(**options: Json) -> Bench:
    """Yale lock."""
    return Bench(described("YRD226 TSDB", {1: ((0, 1, 3, 9, 0x0A, 0x101), ())}), **options)


def valve(holds: Attributes | None = None) -> Bench:
    """Danfoss valve."""
    clusters = (0, 1, 3, 0x0A, 0x20, 0x201, 0x204, 0xB05)
    return Bench(described("eTRV0100", {1: (clusters, ())}, code=DANFOSS), holds=holds)


def datapoint_sensor() -> Bench:
    """Tuya climate sensor."""
    return Bench(described("TS0601", {1: ((4, 5, 0xEF00, 0), ())}, manufacturer="_TZE200_vvmbj46n"))


def datapoint_valve() -> Bench:
    """Moes valve."""
    return Bench(described("TS0601", {1: ((4, 5, 0xEF00, 0), ())}, manufacturer="_TZE200_b6wax7g0"))


# ---- plugs -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "frames", "result"),
    [
        ({"state": "ON"}, ["1:0x0006 command 0x01"], {"state": "ON"}),
        ({"state": "toggle"}, ["1:0x0006 command 0x02"], {}),
        ({"state": "ON", "on_time": 30, "off_wait_time": 30}, ["1:0x0006 command 0x42 002c012c01"], {}),
    ],
)
def test_a_plug_is_switched(message: JsonObject, frames: list[str], result: JsonObject) -> None:
    assert plug().set(message) == (frames, result)


def test_each_measurement_is_read_for_itself() -> None:
    bench = plug()
    bench.holds = {(1, 0xB04, 0x50B): 1, (1, 0x702, 0): 2}
    assert bench.get({"power": "", "energy": ""}) == ["1:0x0b04 read 0x050b", "1:0x0702 read 0x0000"]


@pytest.mark.parametrize(
    ("message", "frames", "result"),
    [
        ({"state": "ON"}, ["1:0x0006 command 0x01"], {"state": "ON", "countdown": 0}),
        ({"countdown": 30}, ["1:0x0006 command 0x42 001e001e00"], {}),
        (
            {"state": "ON", "countdown": 30},
            ["1:0x0006 command 0x01", "1:0x0006 command 0x42 001e001e00"],
            {"state": "ON", "countdown": 30},
        ),
        ({"power_outage_memory": "restore"}, ["1:0x0006 write 0x8002=2"], {"power_outage_memory": "restore"}),
        ({"power_on_behavior": "previous"}, ["1:0x0006 write 0x8002=2"], {"power_on_behavior": "previous"}),
        ({"indicator_mode": "on"}, ["1:0x0006 write 0x8001=3"], {"indicator_mode": "on"}),
        ({"child_lock": "LOCK"}, ["1:0x0006 write 0x8000=1"], {}),
    ],
)
def test_a_tuya_plug_takes_its_own_settings(message: JsonObject, frames: list[str], result: JsonObject) -> None:
    assert tuya_plug().set(message) == (frames, result)


def test_a_countdown_beyond_half_a_day_is_refused() -> None:
    with pytest.raises(RequestFailed, match="countdown must be an integer"):
        tuya_plug().set({"countdown": 50000})


def test_a_plug_that_does_not_report_is_polled_as_long_as_it_answers() -> None:
    bench = tuya_plug()
    bench.report(6, {0: True})
    assert bench.next_frames(61) == ["1:0x0b04 read 0x0505 0x0508 0x050b"]
    assert bench.next_frames(61) == ["1:0x0b04 read 0x0505 0x0508 0x050b"]


def test_polling_can_be_switched_off() -> None:
    bench = tuya_plug(measurement_poll_interval=-1)
    bench.report(6, {0: True})
    assert bench.next_frames(100) == []


# ---- covers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "frames", "result"),
    [
        ({"state": "OPEN"}, ["1:0x0102 command 0x00"], {}),
        ({"state": "close"}, ["1:0x0102 command 0x01"], {}),
        ({"state": "STOP"}, ["1:0x0102 command 0x02"], {}),
        ({"position": 30}, ["1:0x0102 command 0x05 46"], {"position": 30}),
    ],
)
def test_a_cover_moves(message: JsonObject, frames: list[str], result: JsonObject) -> None:
    assert cover().set(message) == (frames, result)


def test_an_inverted_cover_moves_the_other_way() -> None:
    assert cover(invert_cover=True).set({"state": "OPEN"})[0] == ["1:0x0102 command 0x01"]
    assert cover(invert_cover=True).set({"position": 30})[0] == ["1:0x0102 command 0x05 1e"]


def test_the_target_of_a_cover_is_not_told_if_the_option_says_so() -> None:
    assert cover(cover_position_tilt_disable_report=True).set({"position": 30})[1] == {}


@pytest.mark.parametrize(
    ("raw", "published"),
    [
        (0, [{"position": 100, "state": "OPEN"}]),
        (40, [{"position": 60, "state": "OPEN"}]),
        (100, [{"position": 0, "state": "CLOSE"}]),
        (255, []),
    ],
)
def test_a_cover_is_open_as_long_as_it_is_not_shut(raw: int, published: list[JsonObject]) -> None:
    assert cover().report(0x102, {8: raw}) == published


# ---- locks -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "frames"),
    [
        ({"state": "LOCK"}, ["1:0x0101 command 0x00 00"]),
        ({"state": {"state": "UNLOCK", "code": "1234"}}, ["1:0x0101 command 0x01 0431323334"]),
        ({"pin_code": {"user": 3, "pin_code": 4321}}, ["1:0x0101 command 0x05 030001000434333231"]),
        ({"pin_code": {"user": 3, "pin_code": None}}, ["1:0x0101 command 0x07 0300"]),
        ({"user_status": {"user": 3, "status": "disabled"}}, ["1:0x0101 command 0x09 030003"]),
        ({"auto_relock_time": 60}, ["1:0x0101 write 0x0023=60"]),
        ({"sound_volume": "low_volume"}, ["1:0x0101 write 0x0024=1"]),
    ],
)
def test_a_lock_takes_commands_and_codes(message: JsonObject, frames: list[str]) -> None:
    assert lock().set(message)[0] == frames


def test_a_user_beyond_those_the_lock_has_is_refused() -> None:
    with pytest.raises(RequestFailed, match="user must be between"):
        lock().set({"pin_code": {"user": 250, "pin_code": 1}})


def test_a_lock_tells_its_state_and_who_did_it() -> None:
    assert lock().report(0x101, {0: 1}) == [{"state": "LOCK", "lock_state": "locked"}]
    assert lock().command(0x101, 0x20, "02020700000000000000", to_us=True) == [
        {"action": "unlock", "action_user": 7, "action_source": 2, "action_source_name": "manual"}
    ]


def test_codes_are_published_only_on_demand() -> None:
    answer = "030001000434333231"
    assert lock().command(0x101, 0x06, answer, to_us=True) == [{"users": {"3": {"status": "enabled"}}}]
    assert lock(expose_pin=True).command(0x101, 0x06, answer, to_us=True) == [
        {"users": {"3": {"status": "enabled", "pin_code": "4321"}}}
    ]


# ---- thermostats -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("attributes", "published"),
    [
        ({0: 2080}, {"local_temperature": 20.8}),
        ({0x12: 2150}, {"occupied_heating_setpoint": 21.5, "occupied_heating_setpoint_scheduled": 21.5}),
        ({0x1C: 4}, {"system_mode": "heat"}),
        ({8: 12}, {"pi_heating_demand": 12}),
        ({0x25: 3}, {"programming_operation_mode": "schedule_with_preheat"}),
    ],
)
def test_a_thermostat_publishes_its_attributes(attributes: dict[int, Json], published: JsonObject) -> None:
    assert valve().report(0x201, attributes) == [published]


def test_a_temperature_below_absolute_zero_is_no_temperature() -> None:
    assert valve().report(0x201, {0: -32768}) == []


@pytest.mark.parametrize(
    ("attribute", "raw", "published"),
    [
        (0x4031, True, {"running_state": "heat", "heat_required": True}),
        (0x4000, 3, {"window_open_internal": "open"}),
        (0x4011, 870, {"trigger_time": "14:30"}),
        (0x404B, -5, {"regulation_setpoint_offset": -0.5}),
    ],
)
def test_a_valve_publishes_its_makers_attributes(attribute: int, raw: Json, published: JsonObject) -> None:
    assert valve().report(0x201, {attribute: raw}, manufacturer=DANFOSS) == [published]


@pytest.mark.parametrize(
    ("message", "frames"),
    [
        ({"occupied_heating_setpoint": 21.3}, ["1:0x0201 of 0x1246 command 0x40 016608"] * 2),
        ({"occupied_heating_setpoint_scheduled": 21.5}, ["1:0x0201 of 0x1246 command 0x40 006608"]),
        ({"max_heat_setpoint_limit": 30}, ["1:0x0201 write 0x0016=3000"]),
        ({"trigger_time": "14:30"}, ["1:0x0201 of 0x1246 write 0x4011=870"]),
        ({"keypad_lockout": "lock"}, ["1:0x0204 write 0x0001=1"]),
        ({"thermostat_orientation": "vertical"}, ["1:0x0201 of 0x1246 write 0x4014=1"]),
    ],
)
def test_a_valve_takes_setpoints_as_commands_and_settings_as_attributes(message: JsonObject, frames: list[str]) -> None:
    assert valve().set(message)[0] == frames


def test_a_valve_is_told_the_time_at_set_up() -> None:
    clock = [frame for frame in valve({(1, 0xB05, 0x4000): 0}).set_up() if frame.startswith("1:0x000a")]
    assert clock[0].startswith(f"1:0x000a write 0x0000={int(NOON_S) - 946_684_800} 0x0001=2 ")


def test_faults_of_a_valve_are_named() -> None:
    assert valve().report(0xB05, {0x4000: 0x2200}, manufacturer=DANFOSS) == [
        {"system_status_code": "invalid_clock_information,low_battery"}
    ]


# ---- datapoints ------------------------------------------------------------------------------------------------------


@given(st.integers(0, 255), st.integers(-(2**31), 2**31 - 1))
def test_a_datapoint_survives_the_wire(point: int, value: int) -> None:
    assert list(decode(encode(point, value))) == [Heard(point, VALUE, value)]


@given(st.binary(max_size=64))
def test_any_octets_decode_to_datapoints_or_to_nothing(octets: bytes) -> None:
    for heard in decode(octets):
        assert 0 <= heard.number <= 255


def test_enumerations_and_bitmaps_have_the_length_they_have() -> None:
    assert list(decode(b"\0\x01\x05\x04\x00\x01\x02\x06\x05\x00\x02\x01\x00")) == [
        Heard(5, ENUM, 2),
        Heard(6, BITMAP, 256),
    ]


def test_a_frame_of_datapoints_is_published_as_one_message() -> None:
    payload = "000101020004000000d702020004000000370904000101"
    assert datapoint_sensor().command(0xEF00, 2, payload, to_us=True) == [
        {"temperature": 21.5, "humidity": 55, "temperature_unit": "fahrenheit"}
    ]


def test_a_datapoint_is_set_with_the_type_of_its_kind() -> None:
    bench = datapoint_sensor()
    assert bench.set({"max_temperature_alarm": 30.5}) == (
        ["1:0xef00 command 0x00 01000a02000400000131"],
        {"max_temperature_alarm": 30.5},
    )
    assert bench.set({"temperature_unit": "celsius"})[0] == ["1:0xef00 command 0x00 01000904000100"]


def test_a_datapoint_may_say_two_things() -> None:
    bench = datapoint_valve()
    assert bench.command(0xEF00, 2, "00010701000101", to_us=True) == [
        {"running_state": "idle", "valve_state": "CLOSED"}
    ]
    assert bench.command(0xEF00, 2, "00020104000101", to_us=True) == [{"preset": "manual", "system_mode": "heat"}]


def test_a_new_calibration_corrects_the_temperature_that_is_known() -> None:
    bench = datapoint_valve()
    bench.entity.state = {"local_temperature": 21, "local_temperature_calibration": 1}
    assert bench.command(0xEF00, 2, "000169020004fffffffe", to_us=True) == [
        {"local_temperature_calibration": -2, "local_temperature": 18}
    ]


def test_the_week_of_a_valve_is_one_text() -> None:
    bench = datapoint_valve()
    text = "  ".join(["06:00/20.5°C"] * 12)
    frames, _ = bench.set({"programming_mode": text})
    assert frames == ["1:0xef00 command 0x00 000065000024" + "060029" * 12]
    assert bench.command(0xEF00, 2, "000165000024" + "060029" * 12, to_us=True) == [{"programming_mode": text}]


def test_a_device_that_asks_for_the_time_is_told_it() -> None:
    bench = datapoint_sensor()
    bench.command(0xEF00, 0x24, "0008", to_us=True)
    assert bench.answered() == [f"1:0xef00 command 0x24 {time_payload(NOON_S, '1970').hex()}"]
    assert time_payload(NOON_S, "1970")[2:6] == int(NOON_S).to_bytes(4, "big")
