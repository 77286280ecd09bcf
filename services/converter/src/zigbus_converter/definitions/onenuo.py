"""ONENUO, and the same sensor under Tuya's name."""

from __future__ import annotations

from zigbus_converter.definition import Definition, Fingerprint, Part, WhiteLabel
from zigbus_converter.expose import STATE_SET, enum, numeric
from zigbus_converter.parts import tuya, usual
from zigbus_converter.parts.tuya_kinds import BATTERY_STATE, CLIMATE_ALARM, PLAIN, TEMPERATURE_UNIT_CHOICE, TENTHS
from zigbus_converter.parts.tuya_points import Point, datapoints

MANUFACTURERS = ("_TZE200_vvmbj46n", "_TZE284_vvmbj46n", "_TZE200_w6n8jeuu")
UNITS = ("celsius", "fahrenheit")
ALARMS = ("lower_alarm", "upper_alarm", "cancel")

SHOWN = Part(
    exposes=(
        usual.temperature(),
        usual.humidity(),
        enum("temperature_unit", UNITS, STATE_SET, description="Unit of the display"),
        numeric("max_temperature_alarm", STATE_SET, unit="°C", minimum=-20, maximum=60, description="Alarm above this"),
        numeric("min_temperature_alarm", STATE_SET, unit="°C", minimum=-20, maximum=60, description="Alarm below this"),
        numeric("max_humidity_alarm", STATE_SET, unit="%", minimum=0, maximum=100, description="Alarm above this"),
        numeric("min_humidity_alarm", STATE_SET, unit="%", minimum=0, maximum=100, description="Alarm below this"),
        enum("temperature_alarm", ALARMS, description="Alarm of the temperature"),
        enum("humidity_alarm", ALARMS, description="Alarm of the humidity"),
        numeric(
            "temperature_periodic_report", STATE_SET, unit="min", minimum=1, maximum=120, description="Report interval"
        ),
        numeric(
            "humidity_periodic_report", STATE_SET, unit="min", minimum=1, maximum=120, description="Report interval"
        ),
        numeric(
            "temperature_sensitivity",
            STATE_SET,
            unit="°C",
            minimum=0.3,
            maximum=1,
            step=0.1,
            description="Change that is reported",
        ),
        numeric(
            "humidity_sensitivity",
            STATE_SET,
            unit="%",
            minimum=3,
            maximum=10,
            step=1,
            description="Change that is reported",
        ),
        usual.battery(),
    )
)
TABLE = (
    Point(1, "temperature", TENTHS),
    Point(2, "humidity", PLAIN),
    Point(3, "battery_state", BATTERY_STATE),
    Point(4, "battery", PLAIN),
    Point(9, "temperature_unit", TEMPERATURE_UNIT_CHOICE),
    Point(10, "max_temperature_alarm", TENTHS),
    Point(11, "min_temperature_alarm", TENTHS),
    Point(12, "max_humidity_alarm", PLAIN),
    Point(13, "min_humidity_alarm", PLAIN),
    Point(14, "temperature_alarm", CLIMATE_ALARM),
    Point(15, "humidity_alarm", CLIMATE_ALARM),
    Point(17, "temperature_periodic_report", PLAIN),
    Point(18, "humidity_periodic_report", PLAIN),
    Point(19, "temperature_sensitivity", TENTHS),
    Point(20, "humidity_sensitivity", PLAIN),
    Point(23, "temperature_calibration", TENTHS),
    Point(24, "humidity_calibration", PLAIN),
)

DEFINITIONS = (
    Definition(
        fingerprints=tuple(Fingerprint(model="TS0601", manufacturer=name) for name in MANUFACTURERS),
        model="ZTH05Z",
        vendor="Tuya",
        description="Temperature and humidity sensor",
        white_labels=(
            WhiteLabel(
                "TH05Z",
                "ONENUO",
                "Temperature & humidity sensor with clock and humidity display",
                fingerprints=(Fingerprint(model="TS0601", manufacturer="_TZE200_vvmbj46n"),),
            ),
        ),
        parts=(tuya.base(query=True, time_start="1970"), SHOWN, datapoints(TABLE)),
        options=(tuya.time_start_option("1970"),),
    ),
)
