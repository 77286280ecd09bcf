"""Sensors, batteries, alarm zones and meters: reports in, payloads out; values as zigbee2mqtt 2.14.1 published them."""

from __future__ import annotations

import pytest

from zigbus.contract.base import Json, JsonObject
from zigbus_converter.bench import Attributes, Bench, described

LUMI = 0x115F
PLUG = (0, 3, 4, 5, 6, 8, 0x702, 0xB04)


def weather(**options: Json) -> Bench:
    """Aqara climate sensor."""
    return Bench(described("lumi.weather", {1: ((0, 3, 0x402, 0x403, 0x405), ())}), **options)


def contact() -> Bench:
    """Aqara door contact."""
    return Bench(described("lumi.sensor_magnet.aq2", {1: ((0, 3, 6), ())}))


def motion(**options: Json) -> Bench:
    """Aqara motion sensor, which never tells the end of motion."""
    return Bench(described("lumi.sensor_motion.aq2", {1: ((0, 3, 0x406, 0x400), ())}), **options)


def comfort(**options: Json) -> Bench:
    """SONOFF sensor with a screen."""
    return Bench(described("SNZB-02D", {1: ((0, 1, 3, 0x20, 0x402, 0x405, 0xFC11), ())}), **options)


def plug(holds: Attributes | None = None, **options: Json) -> Bench:
    """Innr plug with a meter whose scaling is known."""
    return Bench(described("SP 120", {1: (PLUG, ())}), holds=holds, **options)


@pytest.mark.parametrize(
    ("cluster", "attributes", "published"),
    [
        (0x402, {0: 2234}, [{"temperature": 22.34}]),
        (0x402, {0: -1250}, [{"temperature": -12.5}]),
        (0x402, {0: 9900}, []),
        (0x402, {0x7777: 1}, []),
        (0x405, {0: 5678}, [{"humidity": 56.78}]),
        (0x405, {0: 20000}, []),
        (0x403, {0: 1009, 0x14: -1, 0x10: 10093}, [{"pressure": 1009.3}]),
        (0x403, {0: 1009}, [{"pressure": 1009}]),
    ],
)
def test_a_climate_sensor_publishes_what_is_plausible(
    cluster: int, attributes: dict[int, Json], published: list[JsonObject]
) -> None:
    assert weather().report(cluster, attributes) == published


def test_a_heartbeat_says_everything_at_once() -> None:
    octets = bytes.fromhex("0121bd0b0421a813052106000a2100006429060965215111662b308a0100")
    assert weather().report(0, {0xFF01: octets}, manufacturer=LUMI) == [
        {
            "battery": 100,
            "voltage": 3005,
            "power_outage_count": 5,
            "temperature": 23.1,
            "humidity": 44.33,
            "pressure": 1009.1,
        }
    ]


def test_a_contact_is_closed_when_the_switch_is_off() -> None:
    assert contact().report(6, {0: True}) == [{"contact": False}]
    assert contact().report(6, {0: False}) == [{"contact": True}]


def test_a_contacts_heartbeat_counts_and_tells_the_contact_too() -> None:
    octets = bytes.fromhex("0121a90b0328160521090006244d00000000641001")
    assert contact().report(0, {0xFF01: octets}, manufacturer=LUMI) == [
        {
            "battery": 90,
            "voltage": 2985,
            "device_temperature": 22,
            "power_outage_count": 8,
            "trigger_count": 76,
            "contact": False,
        }
    ]


def test_motion_ends_ninety_seconds_after_the_last_report() -> None:
    bench = motion()
    assert bench.report(0x406, {0: 1}) == [{"occupancy": True}]
    assert bench.pass_time(60) == []
    bench.report(0x406, {0: 1})
    assert bench.pass_time(60) == []
    assert bench.pass_time(31) == [{"occupancy": False}]


def test_motion_ends_when_the_option_says_and_counts_the_time_since() -> None:
    bench = motion(occupancy_timeout=2, no_occupancy_since=[1])
    bench.report(0x406, {0: 1})
    assert bench.pass_time(1.5) == [{"no_occupancy_since": 1}]
    assert bench.pass_time(1) == [{"occupancy": False}]


def test_motion_never_ends_with_a_timeout_of_zero() -> None:
    bench = motion(occupancy_timeout=0)
    bench.report(0x406, {0: 1})
    assert bench.pass_time(1000) == []


def test_illuminance_of_a_motion_sensor_means_motion() -> None:
    assert motion().report(0x400, {0: 133}) == [{"occupancy": True, "illuminance": 133}]


@pytest.mark.parametrize(
    ("status", "published"),
    [
        ("0100", {"occupancy": True, "battery_low": False}),
        ("0000", {"occupancy": False, "battery_low": False}),
        ("0d00", {"occupancy": True, "battery_low": True}),
        ("0400", {"occupancy": False, "battery_low": False}),
    ],
)
def test_a_zone_notification_is_read_bit_by_bit(status: str, published: JsonObject) -> None:
    bench = Bench(described("MS01", {1: ((0, 3, 1, 0x500), ())}))
    assert bench.command(0x500, 0, status + "00170000", to_us=True) == [published]


def test_a_zone_notification_that_is_cut_short_says_nothing() -> None:
    bench = Bench(described("MS01", {1: ((0, 3, 1, 0x500), ())}))
    assert bench.command(0x500, 0, "01", to_us=True) == []


def test_a_battery_counts_half_per_cents_and_tenths_of_a_volt() -> None:
    bench = Bench(described("MS01", {1: ((0, 3, 1, 0x500), ())}))
    assert bench.report(1, {0x20: 29, 0x21: 175}) == [{"battery": 87.5, "voltage": 2900}]
    assert bench.report(1, {0x20: 255, 0x21: 255}) == []


@pytest.mark.parametrize(("build", "published"), [("2.3.014", 87), ("2.4.11", 43.5), ("24.4.5", 43.5)])
def test_old_ikea_software_counts_whole_per_cents(build: str, published: float) -> None:
    bench = Bench(described("TRADFRI remote control", {1: ((0, 1, 3), (6, 8))}, build=build))
    assert bench.report(1, {0x21: 87}) == [{"battery": published}]


@pytest.mark.parametrize(
    ("message", "frames"),
    [
        ({"comfort_temperature_max": 26.5}, ["1:0xfc11 write 0x0003=2650"]),
        ({"temperature_units": "fahrenheit"}, ["1:0xfc11 write 0x0007=1"]),
        ({"temperature_calibration": -1.5}, ["1:0xfc11 write 0x2003=-150"]),
    ],
)
def test_settings_are_written_in_the_devices_own_units(message: JsonObject, frames: list[str]) -> None:
    assert comfort().set(message) == (frames, message)


def test_settings_are_read_one_by_one() -> None:
    bench = comfort()
    bench.holds = {(1, 0xFC11, 4): 1900, (1, 0xFC11, 6): 6000}
    frames = bench.get({"comfort_temperature_min": "", "comfort_humidity_max": ""})
    assert frames == ["1:0xfc11 read 0x0004", "1:0xfc11 read 0x0006"]
    assert bench.report(0xFC11, {4: 1900}, kind="read_response") == [{"comfort_temperature_min": 19}]


def test_calibration_and_precision_options_apply_to_reports() -> None:
    bench = comfort(
        temperature_calibration=1.25, temperature_precision=1, humidity_calibration=-2, humidity_precision=0
    )
    assert bench.report(0x402, {0: 2199}) == [{"temperature": 23.2}]
    assert bench.report(0x405, {0: 4999}) == [{"humidity": 48}]


def test_a_meter_applies_its_scaling() -> None:
    bench = plug()
    assert bench.report(0xB04, {0x50B: 28, 0x508: 125, 0x505: 230}) == [{"power": 28, "current": 0.13, "voltage": 230}]
    assert bench.report(0x702, {0: 1234}) == [{"energy": 12.34}]


def test_a_repeated_measurement_is_published_once() -> None:
    bench = plug()
    bench.report(0xB04, {0x50B: 28})
    bench.sequence -= 1
    assert bench.report(0xB04, {0x50B: 28}) == []


def test_a_meter_that_knows_its_scaling_is_asked_for_it_at_set_up() -> None:
    device = described("nobody knows it", {1: ((0, 0xB04, 0x702), ())})
    scaling: Attributes = {(1, 0xB04, first + step): 1 for first in (0x600, 0x602, 0x604) for step in (0, 1)}
    scaling |= {(1, 0xB04, 0x603): 1000, (1, 0x702, 0x301): 1, (1, 0x702, 0x302): 1000}
    bench = Bench(device, holds=scaling)
    frames = bench.set_up()
    assert "1:0x0b04 read 0x0603 0x0602" in frames
    assert "1:0x0b04 report 0x050b 10/65000/5 0x0508 10/65000/50 0x0505 10/65000/5" in frames
    assert bench.report(0xB04, {0x508: 125}) == [{"current": 0.13}]
    assert bench.report(0x702, {0: 1234}) == [{"energy": 1.23}]


def test_illuminance_is_the_inverse_of_its_logarithm() -> None:
    bench = Bench(described("a lux meter", {1: ((0, 0x400), ())}), illuminance_raw=True)
    assert bench.report(0x400, {0: 20001}) == [{"illuminance": 100, "illuminance_raw": 20001}]
