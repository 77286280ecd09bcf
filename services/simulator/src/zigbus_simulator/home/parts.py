"""Parts that many devices of the home share: clusters by name, and usual attribute values."""

from __future__ import annotations

from typing import Any, Final

from zigbus.zcl.types import BOOL, ENUM8, MAP8, STRING, UINT8, UINT16, encode_value
from zigbus_simulator.spec import GREEN_POWER, Endpoint, Values

BASIC, POWER, DEVICE_TEMPERATURE, IDENTIFY, GROUPS, SCENES, ON_OFF, LEVEL = (
    0x00,
    0x01,
    0x02,
    0x03,
    0x04,
    0x05,
    0x06,
    0x08,
)
ALARMS, TIME, ANALOG_INPUT, BINARY_OUTPUT, MULTISTATE_INPUT, OTA, POLL_CONTROL = (
    0x09,
    0x0A,
    0x0C,
    0x10,
    0x12,
    0x19,
    0x20,
)
LOCK, COVER, THERMOSTAT, THERMOSTAT_UI, COLOR = 0x0101, 0x0102, 0x0201, 0x0204, 0x0300
ILLUMINANCE, TEMPERATURE, PRESSURE, HUMIDITY, OCCUPANCY = 0x0400, 0x0402, 0x0403, 0x0405, 0x0406
IAS_ZONE, METERING, ELECTRICAL, DIAGNOSTIC, TOUCHLINK = 0x0500, 0x0702, 0x0B04, 0x0B05, 0x1000
TUYA, LUMI = 0xEF00, 0xFCC0
LUMI_CODE, IKEA_CODE, DANFOSS_CODE = 0x115F, 0x117C, 0x1246

MAINS, BATTERY = 1, 3  # Basic 0x0007
LIGHT: Final = (BASIC, IDENTIFY, GROUPS, SCENES, ON_OFF, LEVEL)
IDENTIFYING: Final[Values] = {0: (UINT16, 0)}
SWITCHED_OFF: Final[Values] = {
    0: (BOOL, False), 0x4000: (BOOL, True), 0x4001: (UINT16, 0), 0x4002: (UINT16, 0), 0x4003: (ENUM8, 0xFF),
}  # fmt: skip
GREEN_POWER_PROXY: Final = Endpoint(242, 0x0061, (), (0x0021,), profile=GREEN_POWER)


def basic(manufacturer: str, model: str, power: int, **more: str | int) -> Values:
    """Return the Basic cluster; `more`: zcl, application, stack, hardware (numbers), date, build (texts)."""
    forms = {"zcl": (0, UINT8), "application": (1, UINT8), "stack": (2, UINT8), "hardware": (3, UINT8)}
    values: Values = {attribute: (form, more[key]) for key, (attribute, form) in forms.items() if key in more}
    values |= {4: (STRING, manufacturer), 5: (STRING, model), 6: (STRING, more.get("date", "")), 7: (ENUM8, power)}
    if "build" in more:
        values[0x4000] = (STRING, more["build"])
    return values


def battery(percent: float, volts: float) -> Values:
    """Return the Power Configuration cluster of a battery."""
    return {0x20: (UINT8, round(10 * volts)), 0x21: (UINT8, round(2 * percent))}


def light(level: int = 254) -> dict[int, Values]:
    """Return what every lamp has besides Basic and its colour."""
    levels: Values = {
        0: (UINT8, level), 1: (UINT16, 0), 0x0F: (MAP8, 0), 0x10: (UINT16, 0), 0x11: (UINT8, 0xFF), 0x4000: (UINT8, 0xFF),
    }  # fmt: skip
    return {
        IDENTIFY: IDENTIFYING,
        GROUPS: {0: (MAP8, 0)},
        SCENES: {0: (UINT8, 0)},
        ON_OFF: SWITCHED_OFF,
        LEVEL: levels,
    }


def lumi_struct(values: dict[int, tuple[int, Any]]) -> bytes:
    """Return Xiaomi's tag-type-value record, which fills attributes 0xff01 and 0x00f7."""
    return b"".join(bytes((tag, form)) + encode_value(form, value) for tag, (form, value) in values.items())
