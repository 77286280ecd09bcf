"""What each definition does to a device that joined: binds, reporting, reads and writes, in order.

The sequences are those that zigbee2mqtt 2.14.1 sent to the same devices (reads of the interview apart).
"""

from __future__ import annotations

from zigbus_converter.bench import Attributes, Bench, described

DANFOSS = 0x1246


def test_a_zone_with_battery_reports_percentage_and_voltage() -> None:
    assert Bench(described("MS01", {1: ((0, 3, 1, 0x500), (3,))})).set_up() == [
        "1:0x0001 bind",
        "1:0x0001 report 0x0021 3600/7200/2",
        "1:0x0001 read 0x0021",
        "1:0x0001 bind",
        "1:0x0001 report 0x0020 3600/7200/100",
        "1:0x0001 read 0x0020",
    ]


def test_a_sensor_with_screen_reports_its_values_and_is_asked_for_its_settings() -> None:
    device = described("SNZB-02D", {1: ((0, 1, 3, 0x20, 0x402, 0x405, 0xFC57, 0xFC11), (0x19,))})
    frames = Bench(device).set_up()
    assert frames[:10] == [
        "1:0x0001 bind",
        "1:0x0001 report 0x0021 3600/65000/10",
        "1:0x0001 read 0x0021",
        "1:0x0402 bind",
        "1:0x0402 report 0x0000 10/3600/100",
        "1:0x0402 read 0x0000",
        "1:0x0405 bind",
        "1:0x0405 report 0x0000 10/3600/100",
        "1:0x0405 read 0x0000",
        "1:0x0020 bind",
    ]
    settings = ("0x0004", "0x0003", "0x0005", "0x0006", "0x0007", "0x2003", "0x2004")
    assert frames[10:] == [f"1:0xfc11 read {attribute}" for attribute in settings]


def test_a_metering_plug_reports_switch_power_and_energy() -> None:
    assert Bench(described("SP 120", {1: ((0, 3, 4, 5, 6, 8, 0x702, 0xB04), ())})).set_up() == [
        "1:0x0006 bind",
        "1:0x0006 report 0x0000 0/65000/1",
        "1:0x0006 read 0x0000",
        "1:0x0b04 bind",
        "1:0x0b04 report 0x050b 10/65000/5 0x0508 10/65000/50 0x0505 10/65000/5",
        "1:0x0b04 read 0x050b 0x0508 0x0505",
        "1:0x0702 bind",
        "1:0x0702 report 0x0000 10/65000/10",
        "1:0x0702 read 0x0000",
    ]


def test_tuya_devices_are_greeted_and_silent_ones_asked_for_their_values() -> None:
    greeting = "1:0x0000 read 0x0004 0x0000 0x0001 0x0005 0x0007 0xfffe"
    sensor = described("TS0601", {1: ((4, 5, 0xEF00, 0), ())}, manufacturer="_TZE200_vvmbj46n")
    valve = described("TS0601", {1: ((4, 5, 0xEF00, 0), ())}, manufacturer="_TZE200_b6wax7g0")
    version = "1:0xef00 command 0x10 0200"
    assert Bench(sensor).set_up() == [greeting, "1:0xef00 command 0x03", version]
    assert Bench(valve).set_up() == [greeting, version]


def test_a_blind_reports_its_position() -> None:
    device = described("FYRTUR block-out roller blind", {1: ((0, 1, 3, 4, 5, 0x20, 0x102), ())}, build="2.2.009")
    assert Bench(device).set_up() == [
        "1:0x0102 bind",
        "1:0x0102 report 0x0008 1/65000/1",
        "1:0x0102 read 0x0008",
        "1:0x0001 bind",
        "1:0x0001 report 0x0021 3600/65000/10",
        "1:0x0001 read 0x0021",
    ]


def test_new_blinds_are_told_to_check_in_rarely() -> None:
    device = described("FYRTUR block-out roller blind", {1: ((0, 1, 3, 0x20, 0x102), ())}, build="24.4.13")
    assert Bench(device).set_up()[0] == "1:0x0020 write 0x0000=172800"


def test_a_lock_without_battery_alarm_is_set_up_all_the_same() -> None:
    bench = Bench(described("YRD226 TSDB", {1: ((0, 1, 3, 9, 0x0A, 0x101), ())}), holds={(1, 1, 0x21): 180})
    assert bench.set_up() == [
        "1:0x0101,0x0001 bind",
        "1:0x0101 report 0x0000 0/3600/0",
        "1:0x0001 report 0x0021 3600/65000/0",
        "1:0x0001 read 0x0021",
        "1:0x0001 report 0x003e 3600/65000/0",
        "1:0x0001 read 0x003e",
    ]


def test_a_valve_reports_its_temperatures_and_is_asked_for_everything_else() -> None:
    clusters = (0, 1, 3, 0x0A, 0x20, 0x201, 0x204, 0xB05)
    holds: Attributes = {(1, 0xB05, 0x4000): 0, (1, 0x204, 1): 0, (1, 0x201, 4): 3500}
    frames = Bench(described("eTRV0100", {1: (clusters, ())}, code=DANFOSS), holds=holds).set_up()
    assert frames[:16] == [
        "1:0x0b05 bind",
        "1:0x0b05 of 0x1246 report 0x4000 0/3600/1",
        "1:0x0b05 of 0x1246 read 0x4000",
        "1:0x0201 bind",
        "1:0x0201 bind",
        "1:0x0201 report 0x0000 0/3600/10",
        "1:0x0201 read 0x0000",
        "1:0x0201 bind",
        "1:0x0201 report 0x0012 0/3600/10",
        "1:0x0201 read 0x0012",
        "1:0x0201 bind",
        "1:0x0201 report 0x001c 0/3600/0",
        "1:0x0201 read 0x001c",
        "1:0x0201 bind",
        "1:0x0201 report 0x0008 0/3600/0",
        "1:0x0201 read 0x0008",
    ]
    assert frames[16:20] == [
        "1:0x0201 read 0x0016",
        "1:0x0201 read 0x0025",
        "1:0x0201 read 0x001c",
        "1:0x0204 read 0x0001",
    ]
    own = [frame.rsplit(" ", 1)[1] for frame in frames if frame.startswith("1:0x0201 of 0x1246 read")]
    assert own == [
        "0x4012",
        "0x4013",
        "0x4014",
        "0x4030",
        "0x4031",
        "0x4015",
        "0x4016",
        "0x4051",
        "0x4000",
        "0x4003",
        "0x4010",
        "0x4020",
        "0x4032",
        "0x4040",
        "0x404a",
        "0x404f",
        "0x4050",
        "0x404d",
        "0x404e",
        "0x404c",
        "0x404b",
    ]


def test_an_unknown_device_is_set_up_by_its_clusters() -> None:
    endpoints = {1: ((0, 3, 4, 5, 6, 8, 0x402, 0x405), (0x19,)), 2: ((0, 3, 6), ())}
    assert Bench(described("RW-GENERIC-1", endpoints)).set_up() == [
        "1:0x0006 bind",
        "1:0x0006 report 0x0000 0/65000/1",
        "1:0x0006 read 0x0000",
        "2:0x0006 bind",
        "2:0x0006 report 0x0000 0/65000/1",
        "2:0x0006 read 0x0000",
        "1:0x0006 read 0x4003",
        "2:0x0006 read 0x4003",
        "1:0x0402 bind",
        "1:0x0402 report 0x0000 10/3600/100",
        "1:0x0402 read 0x0000",
        "1:0x0405 bind",
        "1:0x0405 report 0x0000 10/3600/100",
        "1:0x0405 read 0x0000",
    ]


def test_an_unknown_device_shows_what_its_clusters_stand_for() -> None:
    endpoints = {1: ((0, 3, 4, 5, 6, 8, 0x402, 0x405), (0x19,)), 2: ((0, 3, 6), ())}
    bench = Bench(described("RW-GENERIC-1", endpoints, manufacturer="Rig Works"))
    assert bench.entity.assembled is not None
    shown = [expose.name or f"{expose.type}@{expose.endpoint}" for expose in bench.entity.assembled.exposes]
    assert shown == [
        "identify",
        "switch@2",
        "power_on_behavior",
        "light@None",
        "effect",
        "power_on_behavior",
        "temperature",
        "humidity",
        "linkquality",
    ]
    assert bench.definition.source == "generated"
    assert bench.set({"state_2": "ON"}) == (["2:0x0006 command 0x01"], {"state": "ON"})
    assert bench.set({"state": "OFF"}) == (["1:0x0006 command 0x00"], {"state": "OFF"})
