"""Bosch."""

from __future__ import annotations

from zigbus_converter.definition import Definition
from zigbus_converter.expose import STATE
from zigbus_converter.parts import usual
from zigbus_converter.parts.base import HOUR, MAX, Reported, bound, in_turn, read, reported
from zigbus_converter.parts.battery import Linear, plain_battery
from zigbus_converter.parts.ias import notified_zone
from zigbus_converter.parts.sensors import MEASURED_TEMPERATURE, temperature
from zigbus_converter.parts.zcl import BATTERY_VOLTAGE, POWER_CONFIGURATION, TEMPERATURE

SENSOR_ENDPOINT = 5

DEFINITIONS = (
    Definition(
        models=("ISW-ZPR1-WP13",),
        model="ISW-ZPR1-WP13",
        vendor="Bosch",
        description="Motion sensor",
        parts=(
            temperature(STATE, reporting=False),
            plain_battery(usual.battery(), trusts_percentage=False, curve=Linear(2500, 3000)),
            notified_zone("occupancy", "occupancy", "battery_low", "tamper"),
            in_turn(
                bound(SENSOR_ENDPOINT, TEMPERATURE, POWER_CONFIGURATION),
                reported(SENSOR_ENDPOINT, Reported(MEASURED_TEMPERATURE, 10, HOUR, 100)),
                reported(SENSOR_ENDPOINT, Reported(BATTERY_VOLTAGE, HOUR, MAX, 0)),
                read(SENSOR_ENDPOINT, BATTERY_VOLTAGE),
            ),
        ),
    ),
)
