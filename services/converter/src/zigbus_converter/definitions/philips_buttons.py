"""Switches and buttons of Philips Hue."""

from __future__ import annotations

from zigbus.contract.base import JsonObject
from zigbus_converter.definition import Definition, Part
from zigbus_converter.parts import hue_buttons as hue
from zigbus_converter.parts import usual
from zigbus_converter.parts.base import HOUR, MAX, Reported, bound, in_turn, read, reported
from zigbus_converter.parts.battery import PERCENTAGE_REPORTED, plain_battery
from zigbus_converter.parts.remote import LEVEL_COMMANDS, commands, simulate_brightness
from zigbus_converter.parts.zcl import BATTERY_PERCENTAGE, LEVEL, ON_OFF, POWER_CONFIGURATION, SCENES

BATTERY = plain_battery(usual.battery())
DIMMER = hue.presses(hue.DIMMER_BUTTONS, measures=True)
ON_SECOND = (reported(2, Reported(BATTERY_PERCENTAGE, HOUR, MAX, 0)), read(2, BATTERY_PERCENTAGE))


def _recalled(payload: bytes) -> tuple[str, JsonObject] | None:
    return (f"recall_{payload[2]}", {}) if len(payload) >= 3 else None


DEFINITIONS = (
    Definition(
        models=("RWL020", "RWL021"),
        model="324131092621",
        vendor="Philips",
        description="Hue dimmer switch gen 1",
        endpoints={"ep1": 1, "ep2": 2},
        parts=(
            BATTERY,
            DIMMER,
            hue.actions(("on", "up", "down", "off"), ("press", "press_release", "hold", "hold_release")),
            Part(exposes=(hue.ACTION_DURATION,)),
            in_turn(
                bound(1, ON_OFF, LEVEL),
                hue.tell_us(2),
                bound(2, hue.CLUSTER, POWER_CONFIGURATION),
                *ON_SECOND,
            ),
        ),
        check_in_interval_s=HOUR,
        ota=True,
    ),
    Definition(
        models=("RWL022",),
        model="929002398602",
        vendor="Philips",
        description="Hue dimmer switch gen 2",
        parts=(
            BATTERY,
            DIMMER,
            hue.actions(
                ("on", "off", "up", "down"), ("press", "hold", "press_release", "hold_release"), "recall_0", "recall_1"
            ),
            commands(SCENES, {0x05: _recalled}, (), to_bind=False),
            in_turn(
                bound(1, ON_OFF, LEVEL, hue.CLUSTER, POWER_CONFIGURATION),
                hue.tell_us(1),
                *PERCENTAGE_REPORTED,
            ),
        ),
        ota=True,
    ),
    Definition(
        models=("ROM001", "RDM003"),
        model="8718699693985",
        vendor="Philips",
        description="Hue smart button",
        parts=(
            BATTERY,
            commands(ON_OFF, {0x01: "on", 0x40: "off"}, ("on", "off"), to_bind=False),
            commands(
                LEVEL,
                {number: LEVEL_COMMANDS[number] for number in (0x02, 0x06)},
                (),
                to_bind=False,
                after=simulate_brightness,
                options=(usual.SIMULATED_BRIGHTNESS,),
            ),
            hue.presses(None, {0: "press", 1: "hold", 2: "release", 3: "release"}),
            Part(exposes=(usual.action("press", "hold", "release"),)),
            in_turn(
                bound(1, ON_OFF, LEVEL),
                hue.tell_us(1),
                bound(1, hue.CLUSTER, POWER_CONFIGURATION),
                *PERCENTAGE_REPORTED,
            ),
        ),
        ota=True,
    ),
)
