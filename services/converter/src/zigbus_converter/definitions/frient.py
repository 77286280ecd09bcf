"""Develco and frient."""

from __future__ import annotations

from zigbus_converter.definition import Definition, WhiteLabel
from zigbus_converter.parts.battery import battery
from zigbus_converter.parts.ias import zone
from zigbus_converter.parts.meter import meter
from zigbus_converter.parts.sensors import temperature
from zigbus_converter.parts.switch import on_off

DEFINITIONS = (
    Definition(
        models=("WISZB-131",),
        model="WISZB-131",
        vendor="Frient",
        description="Temperature and contact sensor",
        parts=(battery(), zone("contact", ("alarm_1", "battery_low")), temperature()),
    ),
    Definition(
        models=("Co019",),
        model="Co019",
        vendor="Develco",
        description="Smart relay 16A",
        white_labels=(WhiteLabel("FH9047", "Futurehome"),),
        parts=(on_off(power_on_behaviour=False), meter()),
        ota=True,
    ),
)
