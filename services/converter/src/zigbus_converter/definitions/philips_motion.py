"""Motion sensors of Philips Hue."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from zigbus_converter.definition import Definition, Part
from zigbus_converter.expose import ALL, STATE, enum
from zigbus_converter.parts import attribute, usual
from zigbus_converter.parts.base import HOUR, MAX, Reported, bound, in_turn, read, reported
from zigbus_converter.parts.battery import plain_battery
from zigbus_converter.parts.hue import MANUFACTURER
from zigbus_converter.parts.light import identify
from zigbus_converter.parts.own import own
from zigbus_converter.parts.sensors import MEASURED_TEMPERATURE, illuminance, occupancy, temperature
from zigbus_converter.parts.zcl import (
    BASIC,
    BATTERY_PERCENTAGE,
    BOOL,
    OCCUPANCY,
    OCCUPIED,
    POWER_CONFIGURATION,
    TEMPERATURE,
    U8,
    U16,
    Attribute,
)

SENSOR_ENDPOINT = 2
ENDS_AFTER = Attribute(OCCUPANCY, 0x0010, U16)
SENSITIVITY = Attribute(OCCUPANCY, 0x0030, U8, MANUFACTURER)
INDICATION = Attribute(BASIC, 0x0033, BOOL, MANUFACTURER)
SENSITIVITIES = {"low": 0, "medium": 1, "high": 2, "very_high": 3, "max": 4}
ON_SECOND: dict[str, Any] = {"endpoints": {"default": SENSOR_ENDPOINT, "ep1": 1, "ep2": SENSOR_ENDPOINT}}


def _setting(part: Part) -> Part:
    return replace(part, configure=())


SET_UP = in_turn(
    bound(SENSOR_ENDPOINT, POWER_CONFIGURATION, TEMPERATURE, OCCUPANCY),
    reported(SENSOR_ENDPOINT, Reported(BATTERY_PERCENTAGE, HOUR, MAX, 0)),
    read(SENSOR_ENDPOINT, BATTERY_PERCENTAGE),
    reported(SENSOR_ENDPOINT, Reported(OCCUPIED, 0, HOUR, 0)),
    reported(SENSOR_ENDPOINT, Reported(MEASURED_TEMPERATURE, 10, HOUR, 100)),
    read(SENSOR_ENDPOINT, ENDS_AFTER),
    read(SENSOR_ENDPOINT, SENSITIVITY),
)


def _sensor(model: str, said: str, where: str, steps: int, *, to_set_up: bool = False, **facts: Any) -> Definition:
    """Return a sensor with so many steps of sensitivity. `to_set_up`: that is shown among the settings."""
    sensitivity = attribute.enum("motion_sensitivity", SENSITIVITY, SENSITIVITIES)
    shown = enum("motion_sensitivity", tuple(SENSITIVITIES)[:steps], ALL, category="config" if to_set_up else None)
    return Definition(
        models=(said,),
        model=model,
        vendor="Philips",
        description=f"Hue motion {where}",
        parts=(
            temperature(STATE, reporting=False),
            replace(occupancy(reporting=False), exposes=(usual.occupancy(),), senders=()),
            plain_battery(usual.battery()),
            replace(sensitivity, exposes=(shown,), configure=()),
            _setting(attribute.binary("led_indication", INDICATION, description="Green light blinks at motion")),
            _setting(attribute.numeric("occupancy_timeout", ENDS_AFTER, unit="s", minimum=0, maximum=65535)),
            own("philips motion"),
            SET_UP,
            illuminance(),
            identify(sleepy=True),
        ),
        ota=True,
        **facts,
    )


DEFINITIONS = (
    _sensor("9290012607", "SML001", "sensor", 3, to_set_up=True, **ON_SECOND),
    _sensor("9290019758", "SML002", "outdoor sensor", 3, **ON_SECOND),
    _sensor("9290030675", "SML003", "sensor", 5),
    _sensor("9290030674", "SML004", "outdoor sensor", 5),
)
