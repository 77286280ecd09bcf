"""Battery sensors of Aqara."""

from __future__ import annotations

from zigbus_converter.definition import Definition, Part
from zigbus_converter.expose import STATE, numeric
from zigbus_converter.parts import lumi_sensors as lumi
from zigbus_converter.parts import usual
from zigbus_converter.parts.light import identify
from zigbus_converter.parts.sensors import PLAUSIBLE_PERCENT, humidity, motion, scaled_pressure

BATTERY = Part(exposes=(usual.battery(),))
VOLTAGE = Part(exposes=(usual.battery_voltage(),))
DEVICE_TEMPERATURE = Part(exposes=(usual.device_temperature(),))
POWER_OUTAGES = Part(exposes=(usual.power_outage_count(),))
TRIGGERS = Part(
    exposes=(
        numeric(
            "trigger_count", description="How often it was triggered since the last heartbeat", category="diagnostic"
        ),
    )
)

DEFINITIONS = (
    Definition(
        models=("lumi.weather",),
        model="WSDCGQ11LM",
        vendor="Aqara",
        description="Temperature and humidity sensor",
        parts=(
            lumi.heartbeat(lumi.climate),
            BATTERY,
            lumi.temperature(),
            humidity(STATE, plausible=PLAUSIBLE_PERCENT, reporting=False),
            scaled_pressure(),
            VOLTAGE,
        ),
        check_in_interval_s=lumi.CHECK_IN_S,
    ),
    Definition(
        models=("lumi.sensor_magnet.aq2",),
        model="MCCGQ11LM",
        vendor="Aqara",
        description="Door and window sensor",
        parts=(
            lumi.heartbeat(lumi.contact_state, lumi.trigger_count),
            BATTERY,
            lumi.contact(),
            DEVICE_TEMPERATURE,
            VOLTAGE,
            POWER_OUTAGES,
            TRIGGERS,
            identify(sleepy=True),
        ),
        check_in_interval_s=lumi.CHECK_IN_S,
    ),
    Definition(
        models=("lumi.sensor_motion.aq2",),
        model="RTCGQ11LM",
        vendor="Aqara",
        description="Motion sensor",
        parts=(
            lumi.heartbeat(lumi.light_level),
            BATTERY,
            motion(),
            DEVICE_TEMPERATURE,
            VOLTAGE,
            lumi.light_with_motion(),
            POWER_OUTAGES,
        ),
        check_in_interval_s=lumi.CHECK_IN_S,
    ),
)
