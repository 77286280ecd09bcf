"""IKEA."""

from __future__ import annotations

from zigbus_converter.definition import Definition
from zigbus_converter.parts.cover import window_covering
from zigbus_converter.parts.ikea import (
    BIND_REMOTE,
    RARE_CHECK_INS,
    UNKNOWN_CLUSTER,
    WHITE_SPECTRUM,
    arrow_clicks,
    five_button_commands,
    ikea_battery,
    light,
)
from zigbus_converter.parts.light import identify
from zigbus_converter.parts.remote import level_commands, on_off_commands

NO_FADE_WHEN_OFF = {"no_off_transition_when_off": "1.0.012"}  # newer lamps light up when faded out twice

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
)
