"""Lamps and plugs, which are the routers of the home."""

from __future__ import annotations

from zigbus.zcl.types import BOOL, ENUM8, INT16, INT24, MAP8, MAP16, MAP32, UINT8, UINT16, UINT24, UINT48
from zigbus_simulator.home import parts as p
from zigbus_simulator.spec import DeviceSpec, Endpoint, Values

_BY_TEMPERATURE = 2  # colour mode

BULB_CT = DeviceSpec(  # IKEA LED1545G12
    name="bulb_ct",
    ieee="0x000d6ffffe100001",
    label="white spectrum bulb",
    manufacturer_code=p.IKEA_CODE,
    router=True,
    mains=True,
    lqi=170,
    endpoints=(
        Endpoint(
            1,
            0x0220,
            (*p.LIGHT, p.COLOR, p.DIAGNOSTIC, p.TOUCHLINK),
            (p.SCENES, p.OTA, p.POLL_CONTROL, p.TOUCHLINK),
            {
                p.BASIC: p.basic(
                    "IKEA of Sweden", "TRADFRI bulb E27 WS opal 980lm", p.MAINS,
                    zcl=3, application=32, stack=98, hardware=1, date="20190705", build="2.0.022",
                ),
                **p.light(),
                p.COLOR: {
                    2: (UINT16, 0), 3: (UINT16, 30138), 4: (UINT16, 26909), 7: (UINT16, 370),
                    8: (ENUM8, _BY_TEMPERATURE), 0x0F: (MAP8, 0), 0x4001: (ENUM8, _BY_TEMPERATURE),
                    0x400A: (MAP16, 0x10), 0x400B: (UINT16, 250), 0x400C: (UINT16, 454), 0x4010: (UINT16, 0xFFFF),
                },
            },
        ),
        p.GREEN_POWER_PROXY,
    ),
)  # fmt: skip

BULB_COLOR = DeviceSpec(  # Philips Hue LCT015
    name="bulb_color",
    ieee="0x0017880104e50002",
    label="colour bulb",
    manufacturer_code=0x100B,
    router=True,
    mains=True,
    lqi=150,
    endpoints=(
        Endpoint(
            11,
            0x0210,
            (*p.LIGHT, p.COLOR, p.TOUCHLINK, 0xFC01),
            (p.OTA,),
            {
                p.BASIC: p.basic(
                    "Philips", "LCT015", p.MAINS,
                    zcl=2, application=2, stack=1, hardware=1, date="20191218", build="1.50.2_r30933",
                ),
                **p.light(),
                p.COLOR: {
                    0: (UINT8, 30), 1: (UINT8, 100), 2: (UINT16, 0), 3: (UINT16, 30015), 4: (UINT16, 26870),
                    7: (UINT16, 366), 8: (ENUM8, _BY_TEMPERATURE), 0x0F: (MAP8, 0), 0x4000: (UINT16, 7680),
                    0x4001: (ENUM8, _BY_TEMPERATURE), 0x4002: (UINT8, 0), 0x4003: (UINT8, 0), 0x4004: (UINT16, 25),
                    0x4005: (UINT16, 0), 0x400A: (MAP16, 0x1F), 0x400B: (UINT16, 153), 0x400C: (UINT16, 500),
                    0x4010: (UINT16, 366),
                },
            },
        ),
        p.GREEN_POWER_PROXY,
    ),
)  # fmt: skip


def _metering(total: int, *, demand: bool) -> Values:
    """Energy in hundredths of a kilowatt-hour."""
    values: Values = {
        0: (UINT48, total), 0x0300: (ENUM8, 0), 0x0301: (UINT24, 1), 0x0302: (UINT24, 100), 0x0303: (MAP8, 0x1B),
        0x0306: (MAP8, 0),
    }  # fmt: skip
    return values | ({0x0200: (MAP8, 0), 0x0400: (INT24, 0)} if demand else {})


def _electrical(volts: int, milliamperes: int, watts: int) -> Values:
    factors = {0x0600: 1, 0x0601: 1, 0x0602: 1, 0x0603: 1000, 0x0604: 1, 0x0605: 1}
    measured: Values = {0x0505: (UINT16, volts), 0x0508: (UINT16, milliamperes), 0x050B: (INT16, watts)}
    return measured | {attribute: (UINT16, factor) for attribute, factor in factors.items()}


PLUG_INNR = DeviceSpec(  # innr SP 120
    name="plug_innr",
    ieee="0x00158d0002000a01",
    label="metering plug",
    manufacturer_code=0x1166,
    router=True,
    mains=True,
    lqi=190,
    endpoints=(
        Endpoint(
            1,
            0x0051,
            (*p.LIGHT, p.METERING, p.ELECTRICAL),
            (p.TIME, p.OTA),
            {
                p.BASIC: p.basic(
                    "innr", "SP 120", p.MAINS, zcl=1, application=16, stack=2, hardware=1, date="20180301", build="2.0"
                ),
                **p.light(),
                p.METERING: _metering(1234, demand=True),
                p.ELECTRICAL: {0: (MAP32, 8), **_electrical(230, 125, 28)},
            },
        ),
    ),
)

PLUG_TUYA = DeviceSpec(  # Tuya TS011F
    name="plug_tuya",
    ieee="0xa4c138000000a002",
    label="second metering plug",
    manufacturer_code=0x1141,
    router=True,
    mains=True,
    lqi=130,
    endpoints=(
        Endpoint(
            1,
            0x0051,
            (p.IDENTIFY, p.GROUPS, p.SCENES, p.ON_OFF, p.METERING, p.ELECTRICAL, 0xE001, p.BASIC),
            (p.TIME, p.OTA),
            {
                p.BASIC: {
                    **p.basic("_TZ3000_cphmq0q7", "TS011F", p.MAINS, zcl=3, application=0x44, stack=0, hardware=1),
                    0xFFDE: (UINT8, 0x13), 0xFFE2: (UINT8, 0x38), 0xFFFE: (ENUM8, 0),
                },
                p.IDENTIFY: p.IDENTIFYING,
                p.ON_OFF: {
                    **p.SWITCHED_OFF,
                    0x5000: (ENUM8, 0), 0x8000: (BOOL, False), 0x8001: (ENUM8, 1), 0x8002: (ENUM8, 2),
                },
                p.METERING: _metering(567, demand=False),
                p.ELECTRICAL: _electrical(231, 90, 20),
                0xE001: {0xD010: (ENUM8, 2), 0xD030: (ENUM8, 0)},
            },
        ),
        p.GREEN_POWER_PROXY,
    ),
)  # fmt: skip

UNKNOWN = DeviceSpec(  # in no catalogue; it follows the standard, so that a definition can be made from its clusters
    name="unknown",
    ieee="0x0011223344556677",
    label="device that nobody knows",
    manufacturer_code=0x1234,
    router=True,
    mains=True,
    endpoints=(
        Endpoint(
            1,
            0x0101,
            (*p.LIGHT, p.TEMPERATURE, p.HUMIDITY),
            (p.OTA,),
            {
                p.BASIC: p.basic(
                    "Nobody Inc.", "NB-GENERIC-1", p.MAINS,
                    zcl=3, application=1, stack=1, hardware=1, date="20240101", build="1.0.0",
                ),
                **p.light(),
                p.TEMPERATURE: {0: (INT16, 1999)},
                p.HUMIDITY: {0: (UINT16, 3333)},
            },
        ),
        Endpoint(
            2,
            0x0002,
            (p.BASIC, p.IDENTIFY, p.ON_OFF),
            (),
            {p.BASIC: {0: (UINT8, 3)}, p.IDENTIFY: p.IDENTIFYING, p.ON_OFF: {0: (BOOL, False)}},
        ),
    ),
)  # fmt: skip

DEVICES = (BULB_CT, BULB_COLOR, PLUG_INNR, PLUG_TUYA, UNKNOWN)
