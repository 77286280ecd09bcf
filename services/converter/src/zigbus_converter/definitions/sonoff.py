"""SONOFF and eWeLink."""

from __future__ import annotations

from zigbus_converter.definition import Definition, Part, WhiteLabel
from zigbus_converter.parts import attribute
from zigbus_converter.parts.base import HOUR, Reported, bind
from zigbus_converter.parts.battery import battery
from zigbus_converter.parts.ias import zone
from zigbus_converter.parts.own import own
from zigbus_converter.parts.sensors import humidity, temperature
from zigbus_converter.parts.zcl import (
    BATTERY_PERCENTAGE,
    BATTERY_VOLTAGE,
    POLL_CONTROL,
    S16,
    U16,
    Attribute,
)

SCREEN = 0xFC11


def _setting(name: str, source: Attribute, unit: str, limits: tuple[float, float], about: str) -> Part:
    """Return a setting in hundredths, shown in steps of a tenth."""
    return attribute.numeric(
        name,
        source,
        scale=100,
        unit=unit,
        minimum=limits[0],
        maximum=limits[1],
        step=0.1,
        description=about,
        category="config",
    )


WAKE_UP = "wake the device up with its button before changing this"

DEFINITIONS = (
    Definition(
        models=("MS01", "MSO1", "SNZB-03", "CK-TLSR8656-SS5-01(7002)"),
        model="SNZB-03",
        vendor="SONOFF",
        description="Motion sensor",
        white_labels=(WhiteLabel("RHK09", "eWeLink"), WhiteLabel("SQ510A", "eWeLink")),
        parts=(
            battery(
                voltage=True,
                reporting=Reported(BATTERY_PERCENTAGE, HOUR, 7200, 2),
                voltage_reporting=Reported(BATTERY_VOLTAGE, HOUR, 7200, 100),
            ),
            zone("occupancy", ("alarm_1", "battery_low")),
        ),
    ),
    Definition(
        models=("SNZB-02D",),
        model="SNZB-02D",
        vendor="SONOFF",
        description="Temperature and humidity sensor with screen",
        parts=(
            own("sonoff SNZB-02D"),
            battery(),
            temperature(),
            humidity(),
            Part(configure=(bind(POLL_CONTROL),)),
            _setting(
                "comfort_temperature_min",
                Attribute(SCREEN, 0x0004, S16),
                "°C",
                (-10, 60),
                f"Below it feels cold; {WAKE_UP}",
            ),
            _setting(
                "comfort_temperature_max",
                Attribute(SCREEN, 0x0003, S16),
                "°C",
                (-10, 60),
                f"Above it feels hot; {WAKE_UP}",
            ),
            _setting(
                "comfort_humidity_min", Attribute(SCREEN, 0x0005, U16), "%", (5, 95), f"Below it feels dry; {WAKE_UP}"
            ),
            _setting(
                "comfort_humidity_max", Attribute(SCREEN, 0x0006, U16), "%", (5, 95), f"Above it feels damp; {WAKE_UP}"
            ),
            attribute.enum(
                "temperature_units",
                Attribute(SCREEN, 0x0007, U16),
                {"celsius": 0, "fahrenheit": 1},
                description=f"Unit of temperatures on the screen; {WAKE_UP}",
                category="config",
            ),
            _setting(
                "temperature_calibration",
                Attribute(SCREEN, 0x2003, S16),
                "°C",
                (-50, 50),
                "Added to the temperature by the device",
            ),
            _setting(
                "humidity_calibration",
                Attribute(SCREEN, 0x2004, S16),
                "%",
                (-50, 50),
                "Added to the humidity by the device",
            ),
        ),
        ota=True,
    ),
)
