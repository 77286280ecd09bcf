"""Heiman."""

from __future__ import annotations

from zigbus_converter.definition import Definition, WhiteLabel
from zigbus_converter.expose import STATE
from zigbus_converter.parts import usual
from zigbus_converter.parts.base import HOUR, Reported, bound, in_turn, read, reported
from zigbus_converter.parts.battery import PERCENTAGE_REPORTED, plain_battery
from zigbus_converter.parts.ias import EVERY_BIT, notified_zone, zone
from zigbus_converter.parts.sensors import (
    MEASURED_HUMIDITY,
    MEASURED_TEMPERATURE,
    PLAUSIBLE_PERCENT,
    humidity,
    temperature,
)
from zigbus_converter.parts.zcl import BATTERY_PERCENTAGE, HUMIDITY, POWER_CONFIGURATION, TEMPERATURE

BATTERY = plain_battery(usual.battery())
REPORT_BATTERY = in_turn(bound(1, POWER_CONFIGURATION), *PERCENTAGE_REPORTED)
READ_TWICE = in_turn(bound(1, POWER_CONFIGURATION), *PERCENTAGE_REPORTED, read(1, BATTERY_PERCENTAGE))

DEFINITIONS = (
    Definition(
        models=("DoorSensor-EM", "DoorSensor-EF-3.0"),
        model="HS1DS",
        vendor="Heiman",
        description="Door sensor",
        parts=(notified_zone("contact", "contact", "battery_low", "tamper"), BATTERY, READ_TWICE),
    ),
    Definition(
        models=(
            "WaterSensor-N", "WaterSensor-EM", "WaterSensor-N-3.0", "WaterSensor-EF-3.0", "WATER_TPV13", "TY0207",
        ),
        model="HS1WL/HS3WL",
        vendor="Heiman",
        description="Water leakage sensor",
        parts=(notified_zone("water_leak", "water_leak", "battery_low", "tamper"), BATTERY, READ_TWICE),
    ),
    Definition(
        models=(
            "SMOK_V16", "SMOK_V15", "b5db59bfd81e4f1f95dc57fdbba17931", "98293058552c49f38ad0748541ee96ba", "SMOK_YDLV10",
            "FB56-SMF02HM1.4", "SmokeSensor-N-3.0", "319fa36e7384414a9ea62cba8f6e7626", "c3442b4ac59b4ba1a83119d938f283ab",
            "SmokeSensor-EF-3.0", "SMOK_HV14", "SMOK_YDLV10N",
        ),
        model="HS1SA-E",
        vendor="Heiman",
        description="Smart smoke alarm",
        parts=(
            zone("smoke", EVERY_BIT, shown=("smoke", "battery_low")),
            BATTERY,
            zone("smoke", (), shown=("test",)),
            REPORT_BATTERY,
        ),
    ),
    Definition(
        models=("COSensor-EM", "COSensor-N", "COSensor-EF-3.0"),
        model="HS1CA-E",
        vendor="Heiman",
        description="Smart carbon monoxide alarm",
        parts=(notified_zone("carbon_monoxide", "carbon_monoxide", "battery_low"), BATTERY, REPORT_BATTERY),
    ),
    Definition(
        models=("GASSensor-EM", "358e4e3e03c644709905034dae81433e"),
        model="HS1CG-E",
        vendor="Heiman",
        description="Combustible gas sensor",
        white_labels=(WhiteLabel("HSIO18008", "Piri"),),
        parts=(notified_zone("gas", "gas", "battery_low", "tamper"),),
    ),
    Definition(
        models=("PIRSensor-N", "PIRSensor-N-3.0", "PIRSensor-EM", "PIRSensor-EF-3.0", "PIR_TPV13"),
        model="HS3MS",
        vendor="Heiman",
        description="Smart motion sensor",
        parts=(notified_zone("occupancy", "occupancy", "battery_low", "tamper"),),
    ),
    Definition(
        models=("HT-N", "HT-EF-3.0"),
        model="HS1HT-N",
        vendor="Heiman",
        description="Smart temperature & humidity sensor",
        parts=(
            temperature(STATE, reporting=False),
            humidity(STATE, plausible=PLAUSIBLE_PERCENT, reporting=False),
            BATTERY,
            in_turn(
                bound(1, TEMPERATURE, POWER_CONFIGURATION),
                reported(1, Reported(MEASURED_TEMPERATURE, 10, HOUR, 100)),
                *PERCENTAGE_REPORTED,
                read(1, BATTERY_PERCENTAGE),
                bound(2, HUMIDITY),
                reported(2, Reported(MEASURED_HUMIDITY, 10, HOUR, 100)),
            ),
        ),
    ),
)  # fmt: skip
