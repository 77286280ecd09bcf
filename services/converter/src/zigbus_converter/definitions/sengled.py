"""Sengled."""

from __future__ import annotations

from zigbus_converter.definition import Definition
from zigbus_converter.parts.light import light
from zigbus_converter.parts.meter import meter
from zigbus_converter.parts.switch import on_off

WHITE = light(effect=False, power_on_behaviour=False)
COLOUR = light(temperature=(154, 500), colour=True, effect=False, power_on_behaviour=False)
METER = meter("power", "energy", metered_power=True)
LAMPS = (
    ("E11-G13", "Element classic (A19)", (WHITE, METER)),
    ("E12-N14", "Element Classic (BR30)", (WHITE,)),
    ("Z01-CIA19NAE26", "Element touch (A19)", (WHITE,)),
    ("E11-N1EA", "Element plus color (A19)", (COLOUR, METER)),
    ("E1F-N5E", "Element color plus E12", (COLOUR, METER)),
)

DEFINITIONS = (
    *(
        Definition(models=(model,), model=model, vendor="Sengled", description=description, parts=parts, ota=True)
        for model, description, parts in LAMPS
    ),
    Definition(
        models=("E1C-NB7",),
        model="E1C-NB7",
        vendor="Sengled",
        description="Smart plug with energy tracker",
        parts=(on_off(power_on_behaviour=False), METER),
    ),
)
