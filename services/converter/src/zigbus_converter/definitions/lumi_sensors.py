"""Battery sensors of Aqara."""

from __future__ import annotations

from zigbus_converter.definition import Definition, Part, WhiteLabel
from zigbus_converter.expose import STATE, numeric
from zigbus_converter.parts import lumi_sensors as lumi
from zigbus_converter.parts import usual
from zigbus_converter.parts.ias import zone
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


def _mi(*models: str) -> tuple[WhiteLabel, ...]:
    return tuple(WhiteLabel(model, "Xiaomi") for model in models)


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
    Definition(
        models=("lumi.sens", "lumi.sensor_ht"),
        model="WSDCGQ01LM",
        vendor="Xiaomi",
        description="Mi temperature and humidity sensor",
        white_labels=_mi("YTC4042GL", "YTC4007CN", "YTC4018CN"),
        parts=(
            lumi.heartbeat(lumi.climate),
            BATTERY,
            lumi.temperature(),
            humidity(STATE, plausible=PLAUSIBLE_PERCENT, reporting=False),
            VOLTAGE,
        ),
        check_in_interval_s=lumi.CHECK_IN_S,
    ),
    Definition(
        models=("lumi.sensor_magnet",),
        model="MCCGQ01LM",
        vendor="Xiaomi",
        description="Mi door and window sensor",
        white_labels=_mi("YTC4039GL", "YTC4005CN", "YTC4015CN", "ZHTZ02LM"),
        parts=(lumi.heartbeat(lumi.contact_state), BATTERY, lumi.contact(), VOLTAGE, POWER_OUTAGES),
        check_in_interval_s=lumi.CHECK_IN_S,
    ),
    Definition(
        models=("lumi.sensor_motion",),
        model="RTCGQ01LM",
        vendor="Xiaomi",
        description="Mi motion sensor",
        white_labels=_mi("YTC4041GL", "YTC4004CN", "YTC4016CN", "ZHTZ02LM"),
        parts=(lumi.heartbeat(), BATTERY, motion(), VOLTAGE, POWER_OUTAGES),
        check_in_interval_s=lumi.CHECK_IN_S,
    ),
    Definition(
        models=("lumi.sensor_wleak.aq1",),
        model="SJCGQ11LM",
        vendor="Aqara",
        description="Water leak sensor",
        parts=(
            lumi.heartbeat(lumi.trigger_count),
            BATTERY,
            VOLTAGE,
            DEVICE_TEMPERATURE,
            POWER_OUTAGES,
            TRIGGERS,
            zone("water_leak"),
        ),
        check_in_interval_s=lumi.CHECK_IN_S,
    ),
)
