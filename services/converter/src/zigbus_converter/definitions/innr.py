"""Innr."""

from __future__ import annotations

from zigbus_converter.definition import Definition
from zigbus_converter.parts.meter import Fixed, meter
from zigbus_converter.parts.switch import on_off

DEFINITIONS = (
    Definition(
        models=("SP 120",),
        model="SP 120",
        vendor="Innr",
        description="Smart plug",
        parts=(
            on_off(power_on_behaviour=False),
            meter(
                "power", "voltage", "current", "energy",
                fixed={"current": Fixed(1000), "voltage": Fixed(1), "power": Fixed(1), "energy": Fixed(100)},
            ),
        ),
    ),
)  # fmt: skip
