"""What a thermostat shows, and whether its keys work: the user interface cluster."""

from __future__ import annotations

from collections.abc import Iterable

from zigbus_converter.definition import Part
from zigbus_converter.parts import attribute
from zigbus_converter.parts.base import HOUR, Reported
from zigbus_converter.parts.thermostat import KEYPAD_LOCKOUTS
from zigbus_converter.parts.zcl import E8, USER_INTERFACE, Attribute

DISPLAY_MODE = Attribute(USER_INTERFACE, 0x0000, E8)
LOCKOUT = Attribute(USER_INTERFACE, 0x0001, E8)
DISPLAY_MODES = {"celsius": 0, "fahrenheit": 1}


def temperature_display_mode(*, endpoints: Iterable[str] | None = None) -> Part:
    """Return the unit of temperatures on the screen."""
    about = "Unit of temperatures on the screen"
    return attribute.enum(
        "temperature_display_mode", DISPLAY_MODE, DISPLAY_MODES, description=about, endpoints=endpoints
    )


def keypad_lockout(*, endpoints: Iterable[str] | None = None) -> Part:
    """Return how far the keys are locked."""
    return attribute.enum(
        "keypad_lockout",
        LOCKOUT,
        KEYPAD_LOCKOUTS,
        description="How far the keys are locked",
        reporting=Reported(LOCKOUT, 10, HOUR, 0),
        endpoints=endpoints,
    )
