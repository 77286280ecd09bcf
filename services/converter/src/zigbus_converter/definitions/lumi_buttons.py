"""Buttons and remotes of Xiaomi and Aqara."""

from __future__ import annotations

from zigbus_converter.definition import Definition, Part, WhiteLabel
from zigbus_converter.expose import numeric
from zigbus_converter.parts import usual
from zigbus_converter.parts.light import identify
from zigbus_converter.parts.lumi import reset_guard
from zigbus_converter.parts.lumi_buttons import (
    COUNTED,
    LEFT_RIGHT,
    SHAKEN,
    SIDES,
    clicks,
    counted_clicks,
    cube,
    presses,
    timed_presses,
)
from zigbus_converter.parts.lumi_sensors import CHECK_IN_S, heartbeat

BATTERY = Part(exposes=(usual.battery(),))
VOLTAGE = Part(exposes=(usual.battery_voltage(),))
HEALTH = Part(exposes=(usual.device_temperature(), usual.power_outage_count()))
OUTAGES = Part(exposes=(usual.power_outage_count(),))
ANGLE = numeric("action_angle", minimum=-360, maximum=360, unit="°")

DEFINITIONS = (
    Definition(
        models=("lumi.sensor_switch.aq2", "lumi.remote.b1acn01"),
        model="WXKG11LM",
        vendor="Aqara",
        description="Wireless mini switch",
        parts=(
            BATTERY,
            VOLTAGE,
            Part(exposes=(usual.action(*COUNTED.values(), "hold", "release"),)),
            HEALTH,
            presses(),
            counted_clicks(),
            heartbeat(),
            identify(sleepy=True),
        ),
        check_in_interval_s=CHECK_IN_S,
    ),
    Definition(
        models=("lumi.sensor_switch",),
        model="WXKG01LM",
        vendor="Xiaomi",
        description="Mi wireless switch",
        white_labels=tuple(
            WhiteLabel(model, "Xiaomi") for model in ("YTC4040GL", "YTC4006CN", "YTC4017CN", "ZHTZ02LM")
        ),
        parts=(heartbeat(), BATTERY, timed_presses(), VOLTAGE, OUTAGES),
        check_in_interval_s=CHECK_IN_S,
    ),
    Definition(
        models=("lumi.sensor_switch.aq3", "lumi.sensor_swit"),
        model="WXKG12LM",
        vendor="Aqara",
        description="Wireless mini switch (with gyroscope)",
        parts=(heartbeat(), BATTERY, presses("single", "double", "hold", "release", "shake", table=SHAKEN), VOLTAGE),
        check_in_interval_s=CHECK_IN_S,
    ),
    Definition(
        models=("lumi.sensor_86sw1",),
        model="WXKG03LM_rev1",
        vendor="Aqara",
        description="Wireless remote switch (single rocker), 2016 model",
        parts=(BATTERY, Part(exposes=(usual.action("single"),)), VOLTAGE, clicks(), heartbeat(), reset_guard()),
        check_in_interval_s=CHECK_IN_S,
    ),
    Definition(
        models=("lumi.remote.b186acn01",),
        model="WXKG03LM_rev2",
        vendor="Aqara",
        description="Wireless remote switch (single rocker), 2018 model",
        parts=(BATTERY, clicks(), presses("single", "double", "hold"), VOLTAGE, heartbeat(), reset_guard()),
        check_in_interval_s=CHECK_IN_S,
    ),
    Definition(
        models=("lumi.remote.b286acn01",),
        model="WXKG02LM_rev2",
        vendor="Aqara",
        description="Wireless remote switch (double rocker), 2018 model",
        parts=(
            BATTERY,
            clicks(LEFT_RIGHT),
            presses("single", "double", "hold", rockers=LEFT_RIGHT),
            VOLTAGE,
            heartbeat(),
            reset_guard(),
        ),
        check_in_interval_s=CHECK_IN_S,
    ),
    Definition(
        models=("lumi.sensor_cube", "lumi.sensor_cube.aqgl01"),
        model="MFKZQ01LM",
        vendor="Aqara",
        description="Cube",
        white_labels=(WhiteLabel("MFKZQ01LM", "Xiaomi"),),
        parts=(
            heartbeat(),
            BATTERY,
            VOLTAGE,
            Part(exposes=(ANGLE,)),
            HEALTH,
            Part(
                exposes=tuple(
                    numeric(side, minimum=0, maximum=6, step=1, description="Side of the cube") for side in SIDES
                )
            ),
            cube(),
        ),
        check_in_interval_s=CHECK_IN_S,
    ),
)
