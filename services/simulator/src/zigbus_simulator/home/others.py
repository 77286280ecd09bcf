"""Remotes, standard and Tuya sensors, the thermostat, the blind and the lock."""

from __future__ import annotations

from zigbus.zcl.types import BOOL, ENUM8, INT8, INT16, INT32, MAP8, MAP16, MAP32, UINT8, UINT16, UINT32, UTC
from zigbus_simulator.home import parts as p
from zigbus_simulator.spec import DeviceSpec, Endpoint, Values

# Check-in interval, long and short poll interval in quarters of a second, fast poll timeout.
_HOURLY_CHECK_IN: Values = {0: (UINT32, 14400), 1: (UINT32, 20), 2: (UINT16, 2), 3: (UINT16, 40)}
_IKEA_CHECK_IN: Values = {0: (UINT32, 13200), 1: (UINT32, 24), 2: (UINT16, 2), 3: (UINT16, 40)}


def _ikea_remote(name: str, ieee: str, label: str, model: str, build: str, *extra: int) -> DeviceSpec:
    basic = p.basic(
        "IKEA of Sweden", model, p.BATTERY, zcl=3, application=33, stack=98, hardware=1, date="20190723", build=build
    )
    endpoint = Endpoint(
        1,
        0x0820,
        (p.BASIC, p.POWER, p.IDENTIFY, p.ALARMS, p.POLL_CONTROL, p.TOUCHLINK, 0xFC7C),
        (p.IDENTIFY, p.GROUPS, *extra, p.ON_OFF, p.LEVEL, p.OTA, p.COVER, p.TOUCHLINK),
        {
            p.BASIC: basic,
            p.POWER: p.battery(87, 2.9),
            p.IDENTIFY: p.IDENTIFYING,
            p.POLL_CONTROL: _IKEA_CHECK_IN,
        },
    )
    return DeviceSpec(name=name, ieee=ieee, label=label, manufacturer_code=p.IKEA_CODE, endpoints=(endpoint,))


CLIMATE = DeviceSpec(  # SONOFF SNZB-02D
    name="climate",
    ieee="0x00124b0022aa0004",
    label="temperature display",
    manufacturer_code=0x1286,
    endpoints=(
        Endpoint(
            1,
            0x0302,
            (p.BASIC, p.POWER, p.IDENTIFY, p.POLL_CONTROL, p.TEMPERATURE, p.HUMIDITY, 0xFC57, 0xFC11),
            (p.OTA,),
            {
                p.BASIC: p.basic("SONOFF", "SNZB-02D", p.BATTERY, zcl=8, application=1, date="20230317", build="1.0.3"),
                p.POWER: p.battery(100, 3.0),
                p.IDENTIFY: p.IDENTIFYING,
                p.TEMPERATURE: {0: (INT16, 2210), 1: (INT16, -990), 2: (INT16, 6000)},
                p.HUMIDITY: {0: (UINT16, 5012), 1: (UINT16, 0), 2: (UINT16, 9999)},
                p.POLL_CONTROL: _HOURLY_CHECK_IN,
                0xFC11: {
                    3: (INT16, 2700), 4: (INT16, 1900), 5: (UINT16, 4000), 6: (UINT16, 6000), 7: (UINT16, 0),
                    0x2003: (INT16, 0), 0x2004: (INT16, 0),
                },
            },
        ),
    ),
)  # fmt: skip

TUYA_SENSOR = DeviceSpec(  # TS0601 _TZE200_vvmbj46n: temperature in tenths, humidity, battery
    name="tuya_sensor",
    ieee="0xa4c138000000b001",
    label="Tuya temperature sensor",
    manufacturer_code=0x1002,
    endpoints=(
        Endpoint(
            1,
            0x0051,
            (p.GROUPS, p.SCENES, p.TUYA, p.BASIC),
            (p.TIME, p.OTA),
            {p.BASIC: p.basic("_TZE200_vvmbj46n", "TS0601", p.BATTERY, zcl=3, application=73, stack=0, hardware=1)},
        ),
    ),
    datapoints={
        1: (2, (213).to_bytes(4, "big")),
        2: (2, (47).to_bytes(4, "big")),
        4: (2, (93).to_bytes(4, "big")),
        9: (4, b"\0"),  # degrees Celsius
    },
)

_DANFOSS: Values = {
    0x4000: (ENUM8, 1), 0x4003: (BOOL, False), 0x4010: (ENUM8, 4), 0x4011: (UINT16, 660), 0x4012: (BOOL, True),
    0x4013: (BOOL, False), 0x4014: (BOOL, False), 0x4015: (INT16, -8000), 0x4016: (BOOL, True), 0x4020: (UINT8, 1),
    0x4030: (BOOL, False), 0x4031: (BOOL, False), 0x4032: (BOOL, False), 0x4040: (INT16, 0), 0x404A: (INT16, 50),
    0x404B: (INT8, 0), 0x404C: (ENUM8, 0), 0x404D: (MAP8, 0), 0x404E: (MAP8, 0), 0x404F: (BOOL, False),
    0x4050: (UINT32, 0), 0x4051: (BOOL, True), 0x4052: (BOOL, False),
}  # fmt: skip

TRV = DeviceSpec(  # Danfoss Ally eTRV0100
    name="trv",
    ieee="0x5c0272fffe000001",
    label="radiator valve",
    manufacturer_code=p.DANFOSS_CODE,
    endpoints=(
        Endpoint(
            1,
            0x0301,
            (p.BASIC, p.POWER, p.IDENTIFY, p.TIME, p.POLL_CONTROL, p.THERMOSTAT, p.THERMOSTAT_UI, p.DIAGNOSTIC),
            (p.BASIC, p.OTA),
            {
                p.BASIC: p.basic(
                    "Danfoss", "eTRV0100", p.BATTERY,
                    zcl=2, application=1, stack=6, hardware=18, date="20200908", build="01.08.0008 01.08",
                ),
                p.POWER: p.battery(85, 3.0),
                p.IDENTIFY: p.IDENTIFYING,
                p.TIME: {
                    0: (UTC, 0), 1: (MAP8, 0), 2: (INT32, 0), 3: (UINT32, 0), 4: (UINT32, 0), 5: (INT32, 0),
                },
                p.POLL_CONTROL: _HOURLY_CHECK_IN,
                p.THERMOSTAT: {
                    0: (INT16, 2080), 3: (INT16, 500), 4: (INT16, 3500), 8: (UINT8, 12), 0x10: (INT8, 0),
                    0x12: (INT16, 2100), 0x15: (INT16, 500), 0x16: (INT16, 3500), 0x1B: (ENUM8, 2), 0x1C: (ENUM8, 4),
                    0x20: (ENUM8, 0), 0x21: (UINT8, 7), 0x22: (UINT8, 6), 0x23: (ENUM8, 0), 0x24: (UINT16, 0),
                    0x25: (MAP8, 0), 0x29: (MAP16, 0), 0x30: (ENUM8, 0),
                },
                p.THERMOSTAT_UI: {0: (ENUM8, 0), 1: (ENUM8, 0)},
            },
            {
                p.THERMOSTAT: _DANFOSS,
                p.THERMOSTAT_UI: {0x4000: (ENUM8, 0)},
                p.DIAGNOSTIC: {0x4000: (MAP16, 0), 0x4001: (MAP32, 0), 0x4002: (UINT16, 0)},
            },
        ),
    ),
)  # fmt: skip

BLIND = DeviceSpec(  # IKEA FYRTUR
    name="cover",
    ieee="0x000d6ffffe300001",
    label="roller blind",
    manufacturer_code=p.IKEA_CODE,
    endpoints=(
        Endpoint(
            1,
            0x0202,
            (p.BASIC, p.POWER, p.IDENTIFY, p.GROUPS, p.SCENES, p.POLL_CONTROL, p.COVER, p.TOUCHLINK, 0xFC7C),
            (p.OTA, p.TOUCHLINK),
            {
                p.BASIC: p.basic(
                    "IKEA of Sweden", "FYRTUR block-out roller blind", p.BATTERY,
                    zcl=3, application=34, stack=98, hardware=1, date="20190311", build="2.2.009",
                ),
                p.POWER: p.battery(94, 7.6),
                p.IDENTIFY: p.IDENTIFYING,
                p.POLL_CONTROL: _IKEA_CHECK_IN,
                p.COVER: {0: (ENUM8, 0), 7: (MAP8, 0x23), 8: (UINT8, 0), 0x17: (MAP8, 0)},
            },
        ),
    ),
)  # fmt: skip

LOCK = DeviceSpec(  # Yale YRD226
    name="lock",
    ieee="0x000d6f0011d00001",
    label="door lock",
    manufacturer_code=0x101D,
    endpoints=(
        Endpoint(
            1,
            0x000A,
            (p.BASIC, p.POWER, p.IDENTIFY, p.ALARMS, p.TIME, p.LOCK, p.DIAGNOSTIC),
            (p.TIME, p.OTA),
            {
                p.BASIC: p.basic(
                    "Yale", "YRD226 TSDB", p.BATTERY, zcl=1, application=1, stack=2, hardware=3, date="20140408"
                ),
                p.POWER: p.battery(90, 5.8),
                p.IDENTIFY: p.IDENTIFYING,
                p.ALARMS: {0: (UINT16, 0)},
                p.LOCK: {
                    0: (ENUM8, 1), 1: (ENUM8, 0), 2: (BOOL, True), 3: (ENUM8, 1), 0x12: (UINT16, 250),
                    0x23: (UINT32, 30), 0x24: (UINT8, 2), 0x26: (MAP16, 5),
                },
            },
        ),
    ),
)  # fmt: skip

DEVICES = (
    CLIMATE,
    _ikea_remote("remote_onoff", "0x000d6ffffe200001", "on/off remote", "TRADFRI on/off switch", "2.3.080"),
    _ikea_remote("remote_5", "0x000d6ffffe200002", "five-button remote", "TRADFRI remote control", "2.3.014", p.SCENES),
    TUYA_SENSOR,
    TRV,
    BLIND,
    LOCK,
)
