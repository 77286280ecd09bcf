"""IKEA."""

from __future__ import annotations

from zigbus_converter.definition import Definition, Part, WhiteLabel
from zigbus_converter.parts.base import HOUR, MAX, Reported, bind
from zigbus_converter.parts.battery import battery
from zigbus_converter.parts.cover import window_covering
from zigbus_converter.parts.ias import zone
from zigbus_converter.parts.ikea import (
    BIND_REMOTE,
    RARE_CHECK_INS,
    UNKNOWN_CLUSTER,
    WHITE_SPECTRUM,
    arrow_clicks,
    five_button_commands,
    ikea_battery,
    light,
    requested_brightness,
    timed_occupancy,
)
from zigbus_converter.parts.light import identify
from zigbus_converter.parts.remote import cover_commands, level_commands, on_off_commands
from zigbus_converter.parts.switch import on_off
from zigbus_converter.parts.zcl import BATTERY_VOLTAGE, IAS_ZONE

NO_FADE_WHEN_OFF = {"no_off_transition_when_off": "1.0.012"}  # newer lamps light up when faded out twice

BATTERY_WITH_VOLTAGE = battery(voltage=True, voltage_reporting=Reported(BATTERY_VOLTAGE, HOUR, MAX, 10))

WHITE = light()
SPECTRUM = light(temperature=WHITE_SPECTRUM)
LAMPS: tuple[tuple[str, str, Part, dict[str, bool], tuple[str, ...]], ...] = (
    (
        "LED1623G12",
        "TRADFRI bulb E27, white, globe, opal, 1000 lm",
        WHITE,
        {},
        ("TRADFRI bulb E27 opal 1000lm", "TRADFRI bulb E27 W opal 1000lm"),
    ),
    (
        "LED1842G3",
        "TRADFRI bulb E26/E27, warm white, globe, clear, 250 lm",
        WHITE,
        {},
        ("TRADFRI bulb E27 WW clear 250lm", "TRADFRI bulb E26 WW clear 250lm"),
    ),
    (
        "LED1836G9",
        "TRADFRI bulb E26/E27, warm white, globe, opal, 806 lm",
        WHITE,
        {"turns_off_at_brightness_1": True},
        ("TRADFRI bulb E27 WW 806lm", "TRADFRI bulb E26 WW 806lm"),
    ),
    (
        "LED1732G11",
        "TRADFRI bulb E26/E27, white spectrum, globe, opal, 1000 lm",
        SPECTRUM,
        {},
        ("TRADFRI bulb E27 WS opal 1000lm", "TRADFRI bulb E26 WS opal 1000lm"),
    ),
    (
        "LED2003G10",
        "TRADFRI bulb E26/27, white spectrum, globe, opal, 1055/1100/1160 lm",
        SPECTRUM,
        {},
        (
            "TRADFRIbulbE27WSglobeopal1055lm",
            "TRADFRIbulbE26WSglobeopal1100lm",
            "TRADFRIbulbE26WSglobeopal1160lm",
            "TRADFRIbulbE26WSglobeopal1055lm",
        ),
    ),
    (
        "LED2201G8",
        "TRADFRI bulb E26/27, white spectrum, globe, opal, 1055/1100/1160 lm",
        SPECTRUM,
        {},
        (
            "TRADFRI bulb E27 WS globe 1055lm",
            "TRADFRI bulb E26 WS globe 1055lm",
            "TRADFRI bulb E26 WS globe 1100lm",
            "TRADFRI bulb E26 WS globe 1160lm",
        ),
    ),
)
OUTLETS = tuple(
    WhiteLabel(model, "IKEA", f"{model} (Type - {plug})")
    for model, plug in (
        ("E1603", "F"),
        ("E1702/E1703", "E"),
        ("E1704", "G"),
        ("E1705", "L"),
        ("E1706/E1707/E1708/E1709/E1710", "B"),
        ("E1902", "J"),
    )
)

DEFINITIONS = (
    Definition(
        models=(
            "TRADFRI bulb E27 WS opal 980lm",
            "TRADFRI bulb E26 WS opal 980lm",
            "TRADFRI bulb E27 WS\ufffdopal 980lm",
        ),
        model="LED1545G12",
        vendor="IKEA",
        description="TRADFRI bulb E26/E27, white spectrum, globe, opal, 980 lm",
        parts=(UNKNOWN_CLUSTER, light(temperature=WHITE_SPECTRUM), identify()),
        meta=NO_FADE_WHEN_OFF,
        ota=True,
    ),
    Definition(
        models=("TRADFRI on/off switch",),
        model="E1743",
        vendor="IKEA",
        description="TRADFRI on/off switch",
        parts=(
            UNKNOWN_CLUSTER,
            BIND_REMOTE,
            identify(sleepy=True),
            on_off_commands("on", "off"),
            level_commands("brightness_move_up", "brightness_move_down", "brightness_stop"),
            ikea_battery(),
        ),
        meta={"disable_action_group": True},
        ota=True,
    ),
    Definition(
        models=("TRADFRI remote control",),
        model="E1524/E1810",
        vendor="IKEA",
        description="TRADFRI remote control",
        parts=(
            UNKNOWN_CLUSTER,
            BIND_REMOTE,
            identify(sleepy=True),
            *five_button_commands(),
            arrow_clicks(to_bind=False),
            ikea_battery(),
        ),
        ota=True,
    ),
    Definition(
        models=("FYRTUR block-out roller blind",),
        model="E1757",
        vendor="IKEA",
        description="FYRTUR roller blind, block-out",
        parts=(UNKNOWN_CLUSTER, RARE_CHECK_INS, window_covering("lift"), identify(), ikea_battery()),
        ota=True,
    ),
    *(
        Definition(
            models=models,
            model=model,
            vendor="IKEA",
            description=description,
            parts=(UNKNOWN_CLUSTER, lamp, identify()),
            meta=NO_FADE_WHEN_OFF | facts,
            ota=True,
        )
        for model, description, lamp, facts, models in LAMPS
    ),
    Definition(
        models=("TRADFRI control outlet",),
        model="E160x/E170x/E190x",
        vendor="IKEA",
        description="TRADFRI control outlet",
        white_labels=OUTLETS,
        parts=(UNKNOWN_CLUSTER, on_off(), identify()),
        ota=True,
    ),
    Definition(
        models=("KADRILJ roller blind",),
        model="E1926",
        vendor="IKEA",
        description="KADRILJ roller blind",
        parts=(UNKNOWN_CLUSTER, RARE_CHECK_INS, window_covering("lift"), identify(), ikea_battery()),
        ota=True,
    ),
    Definition(
        models=("TRADFRI SHORTCUT Button",),
        model="E1812",
        vendor="IKEA",
        description="TRADFRI shortcut button",
        parts=(
            UNKNOWN_CLUSTER,
            identify(sleepy=True),
            on_off_commands("on", "off"),
            level_commands("brightness_move_up", "brightness_stop"),
            ikea_battery(),
        ),
        meta={"disable_action_group": True},
        ota=True,
    ),
    Definition(
        models=("TRADFRI open/close remote",),
        model="E1766",
        vendor="IKEA",
        description="TRADFRI open/close remote",
        parts=(BIND_REMOTE, identify(sleepy=True), cover_commands(), ikea_battery()),
        ota=True,
    ),
    Definition(
        models=("TRADFRI wireless dimmer",),
        model="ICTC-G-1",
        vendor="IKEA",
        description="TRADFRI wireless dimmer",
        parts=(
            UNKNOWN_CLUSTER,
            identify(sleepy=True),
            level_commands("brightness_move_up", "brightness_move_down", "brightness_stop", "brightness_move_to_level"),
            battery(halves=False),
        ),
        ota=True,
    ),
    Definition(
        models=("TRADFRI motion sensor",),
        model="E1525/E1745",
        vendor="IKEA",
        description="TRADFRI motion sensor",
        parts=(UNKNOWN_CLUSTER, timed_occupancy(), requested_brightness(), identify(sleepy=True), ikea_battery()),
        ota=True,
    ),
    Definition(
        models=("BADRING Water Leakage Sensor",),
        model="E2202",
        vendor="IKEA",
        description="BADRING water leakage sensor",
        parts=(
            UNKNOWN_CLUSTER,
            Part(configure=(bind(IAS_ZONE),)),
            zone("water_leak", ("alarm_1",), reporting=True),
            identify(sleepy=True),
            BATTERY_WITH_VOLTAGE,
        ),
        ota=True,
    ),
)
