"""OSRAM and LEDVANCE."""

from __future__ import annotations

from zigbus_converter.definition import Definition, WhiteLabel
from zigbus_converter.parts import osram
from zigbus_converter.parts.switch import on_off

LAMPS = (
    ("AC10787", "SMART+ classic E27 TW", "A60 TW Z3", osram.light((153, 370))),
    ("AC03642", "SMART+ CLASSIC A 60 TW", "CLA60 TW OSRAM", osram.light((153, 370))),
    ("AC03645", "LIGHTIFY LED CLA60 E27 RGBW", "CLA60 RGBW OSRAM", osram.light((153, 526), colour=True)),
    (
        "4058075816718",
        "SMART+ outdoor wall lantern RGBW",
        "Outdoor Lantern W RGBW OSRAM",
        osram.light((150, 500), colour=True),
    ),
)

DEFINITIONS = (
    *(
        Definition(models=(said,), model=model, vendor="OSRAM", description=description, parts=(lamp,), ota=True)
        for model, description, said, lamp in LAMPS
    ),
    Definition(
        models=("Plug 01",),
        model="AB3257001NJ",
        vendor="OSRAM",
        description="Smart+ plug",
        white_labels=(WhiteLabel("AB3257001NJ", "LEDVANCE"), WhiteLabel("AC03360", "LEDVANCE")),
        parts=(on_off(power_on_behaviour=False),),
        ota=True,
    ),
)
