"""Battery sensors of Aqara's T1 and P1 lines."""

from __future__ import annotations

from zigbus_converter.definition import Definition, Part, WhiteLabel
from zigbus_converter.parts import lumi_motion, usual
from zigbus_converter.parts import lumi_sensors as lumi
from zigbus_converter.parts.base import HOUR, MAX, Reported, in_turn, read
from zigbus_converter.parts.battery import Linear, battery, plain_battery
from zigbus_converter.parts.ias import notified_zone
from zigbus_converter.parts.sensors import humidity, pressure, temperature
from zigbus_converter.parts.zcl import BATTERY_VOLTAGE

BATTERY = plain_battery(usual.battery(), usual.battery_voltage(), trusts_percentage=False, curve=Linear(2850, 3000))
DEVICE_TEMPERATURE = Part(exposes=(usual.device_temperature(),))
POWER_OUTAGES = Part(exposes=(usual.power_outage_count(),))


def _yandex(model: str) -> WhiteLabel:
    return WhiteLabel(model, "Yandex")


DEFINITIONS = (
    Definition(
        models=("lumi.sensor_ht.agl02",),
        model="WSDCGQ12LM",
        vendor="Aqara",
        description="Temperature and humidity sensor T1",
        white_labels=(WhiteLabel("TH-S02D", "Aqara"), _yandex("YNDX-00523")),
        parts=(
            lumi.newer_heartbeat(lumi.temperature_and_humidity),
            DEVICE_TEMPERATURE,
            POWER_OUTAGES,
            temperature(),
            humidity(),
            pressure(),
            battery(voltage=True, curve=Linear(2850, 3000), voltage_reporting=Reported(BATTERY_VOLTAGE, HOUR, MAX, 10)),
        ),
        check_in_interval_s=lumi.CHECK_IN_S,
        ota=True,
    ),
    Definition(
        models=("lumi.magnet.agl02",),
        model="MCCGQ12LM",
        vendor="Aqara",
        description="Door and window sensor T1",
        white_labels=(WhiteLabel("DW-S03D", "Aqara"), _yandex("YNDX-00520")),
        parts=(
            lumi.contact(),
            Part(exposes=(usual.battery(), usual.battery_voltage())),
            lumi.newer_heartbeat(),
            notified_zone("contact"),
        ),
        check_in_interval_s=lumi.CHECK_IN_S,
    ),
    Definition(
        models=("lumi.motion.agl02",),
        model="RTCGQ12LM",
        vendor="Aqara",
        description="Motion sensor T1",
        white_labels=(_yandex("YNDX-00522"),),
        parts=(
            lumi_motion.motion(),
            lumi_motion.detection_interval(),
            DEVICE_TEMPERATURE,
            BATTERY,
            POWER_OUTAGES,
            lumi.newer_heartbeat(lumi_motion.light_level),
            in_turn(read(1, BATTERY_VOLTAGE), read(1, lumi_motion.INTERVAL)),
        ),
        check_in_interval_s=lumi.CHECK_IN_S,
        ota=True,
    ),
    Definition(
        models=("lumi.motion.ac02",),
        model="RTCGQ14LM",
        vendor="Aqara",
        description="Motion sensor P1",
        white_labels=(WhiteLabel("MS-S02", "Aqara"),),
        parts=(
            lumi_motion.motion(interval_s=30),
            lumi_motion.motion_sensitivity(),
            lumi_motion.detection_interval(to_set_up=True),
            lumi_motion.trigger_indicator(),
            DEVICE_TEMPERATURE,
            BATTERY,
            lumi.newer_heartbeat(lumi_motion.light_level, lumi_motion.settings_in_heartbeat),
            in_turn(
                read(1, BATTERY_VOLTAGE),
                read(1, lumi_motion.INTERVAL),
                read(1, lumi_motion.SENSITIVITY),
                read(1, lumi_motion.INDICATOR),
            ),
        ),
        check_in_interval_s=lumi.CHECK_IN_S,
        ota=True,
    ),
)
