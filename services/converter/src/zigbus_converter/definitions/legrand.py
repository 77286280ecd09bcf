"""Legrand."""

from __future__ import annotations

from zigbus_converter.definition import Definition, Device, Frame, Occasion, Part, Receiver
from zigbus_converter.effects import Conversation, Effects
from zigbus_converter.parts import usual
from zigbus_converter.parts.base import REPORTS, bound, in_turn, read
from zigbus_converter.parts.battery import Linear, plain_battery
from zigbus_converter.parts.remote import LEVEL_COMMANDS, action_effects, commands, simulate_brightness
from zigbus_converter.parts.zcl import BATTERY_VOLTAGE, IDENTIFY, LEVEL, ON_OFF, POWER_CONFIGURATION

LEGRAND_BATTERY = BATTERY_VOLTAGE._replace(manufacturer=0x1021)


def receive_identify(frame: Frame, device: Device) -> Effects:
    """Publish that its button was held for joining."""
    return action_effects(device, frame, "identify", group=False)


def read_battery(device: Device, occasion: Occasion) -> Conversation:
    """Ask for the battery of a remote that is awake: it never reports it."""
    if occasion == "announced":
        yield read(1, LEGRAND_BATTERY)


DEFINITIONS = (
    Definition(
        models=(" Remote switch" + 17 * "\0",),
        model="067773",
        vendor="Legrand",
        description="Wireless remote switch",
        parts=(
            plain_battery(usual.battery(), trusts_percentage=False, curve=Linear(2500, 3000)),
            Part(
                exposes=(usual.action("identify"),),
                receivers=(Receiver(IDENTIFY, REPORTS, receive_identify),),
                occasions=(read_battery,),
            ),
            commands(
                ON_OFF,
                {0x00: "off", 0x01: "on", 0x02: "toggle"},
                ("on", "off", "toggle"),
                to_bind=False,
                repeats_frames=False,
            ),
            commands(
                LEVEL,
                {number: LEVEL_COMMANDS[number] for number in (0x01, 0x03, 0x05, 0x07)},
                ("brightness_move_up", "brightness_move_down", "brightness_stop"),
                to_bind=False,
                repeats_frames=False,
                after=simulate_brightness,
                options=(usual.SIMULATED_BRIGHTNESS,),
            ),
            in_turn(bound(1, POWER_CONFIGURATION, ON_OFF, LEVEL)),
        ),
        ota=True,
    ),
)
