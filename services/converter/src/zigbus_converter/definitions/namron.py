"""Namron."""

from __future__ import annotations

from zigbus_converter.definition import Definition, Fingerprint, WhiteLabel
from zigbus_converter.parts.light import light
from zigbus_converter.parts.meter import meter
from zigbus_converter.parts.switch import on_off

DIMMER = light(reporting=True)
WHITE_SPECTRUM = light(temperature=(153, 370))

LAMPS = (
    ("3308431", "Luna ceiling light", WHITE_SPECTRUM),
    ("3802960", "LED 9W DIM E27", light()),
    ("3802961", "LED 9W CCT E27", WHITE_SPECTRUM),
    ("3802963", "LED 5,3W DIM E14", light()),
    ("3802965", "LED 4,8W DIM GU10", light()),
    ("3802966", "LED 4.8W CCT GU10", light(temperature=(153, 454))),
    ("3802967", "Led bulb 6w RGBW", light(temperature=(153, 555), colour=True)),
)
WALL_DIMMERS = (
    ("4512708", "Zigbee LED dimmer"),
    ("4512733", "Zigbee dimmer 2-pol 400W"),
    ("1402755", "Zigbee LED dimmer"),
)

DEFINITIONS = (
    *(
        Definition(models=(model,), model=model, vendor="Namron", description=description, parts=(lamp,))
        for model, description, lamp in LAMPS
    ),
    *(
        Definition(models=(model,), model=model, vendor="Namron", description=description, parts=(DIMMER,))
        for model, description in WALL_DIMMERS
    ),
    *(
        Definition(
            models=(model,),
            model=model,
            vendor="Namron",
            description="Zigbee smart plug 16A",
            parts=(on_off(), meter()),
            ota=True,
        )
        for model in ("4512766", "4512767")
    ),
    Definition(
        models=("3802968",),
        model="3802968",
        vendor="Namron",
        description="LED Filament Flex 5W CCT E27 Clear",
        parts=(light(temperature=(153, 555)),),
        meta={"turns_off_at_brightness_1": True},
    ),
    Definition(
        models=("4512700",),
        model="4512700",
        vendor="Namron",
        description="Zigbee dimmer 400W",
        parts=(DIMMER,),
        ota=True,
    ),
    Definition(
        models=("4512704",),
        model="4512704",
        vendor="Namron",
        description="Zigbee switch 400W",
        parts=(on_off(),),
        ota=True,
    ),
    Definition(
        models=("4512739",),
        model="4512739",
        vendor="Namron",
        description="Zigbee dimmer TW 400W",
        parts=(light(temperature=(160, 450), reporting=True), meter()),
        ota=True,
    ),
    Definition(
        models=("4512750", "4512751"),
        model="4512750",
        vendor="Namron",
        description="Zigbee dimmer 2.0",
        white_labels=(
            WhiteLabel("4512751", "Namron", "Zigbee dimmer 2.0", fingerprints=(Fingerprint(model="4512751"),)),
        ),
        parts=(DIMMER,),
        ota=True,
    ),
    Definition(
        models=("4512760",),
        model="4512760",
        vendor="Namron",
        description="Zigbee dimmer 400W",
        parts=(DIMMER, meter("power", "energy")),
        ota=True,
    ),
    Definition(
        models=("4512782", "4512781", "4566700", "4566701"),
        model="4512782 / 4512781 / 4566700 / 4566701",
        vendor="Namron",
        description="Namron Edge Dimmer",
        parts=(light(effect=False, power_on_behaviour=False, reporting=True), meter("power", "energy")),
    ),
)
