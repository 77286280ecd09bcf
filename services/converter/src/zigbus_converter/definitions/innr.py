"""Innr."""

from __future__ import annotations

from zigbus_converter.definition import Definition, Fingerprint, WhiteLabel
from zigbus_converter.parts.base import bound, in_turn
from zigbus_converter.parts.battery import battery
from zigbus_converter.parts.light import light
from zigbus_converter.parts.meter import Fixed, meter
from zigbus_converter.parts.remote import colour_commands, level_commands, on_off_commands
from zigbus_converter.parts.switch import on_off
from zigbus_converter.parts.zcl import BASIC, COLOUR, LEVEL, ON_OFF

SHARP_END = {"turns_off_at_brightness_1": True}
LAMPS = (
    ("RB 165", "E27 bulb", light(), False),
    ("RB 265", "E27 bulb", light(), False),
    ("RB 278 T", "Smart bulb tunable white E27", light(temperature=(153, 555)), False),
    ("RB 249 T", "E14 candle, dimmable with, color temp", light(temperature=(200, 454)), True),
    ("RB 285 C", "E27 bulb RGBW", light(temperature=(153, 555), colour=True, hue=True, red_fix=True), False),
)

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
    Definition(
        models=("SP 220",), model="SP 220", vendor="Innr", description="Smart plug", parts=(on_off(),)
    ),
    Definition(
        models=("SP 240", "SP 242", "SP 244"),
        model="SP 240",
        vendor="Innr",
        description="Smart plug (EU)",
        white_labels=tuple(
            WhiteLabel(model, "Innr", f"Smart plug ({country})", fingerprints=(Fingerprint(model=model),))
            for model, country in (("SP 242", "UK"), ("SP 244", "US"))
        ),
        parts=(on_off(), meter()),
        version="0.0.1",
        ota=True,
    ),
    *(
        Definition(models=(model,), model=model, vendor="Innr", description=description, parts=(lamp,), meta=SHARP_END, ota=ota)
        for model, description, lamp, ota in LAMPS
    ),
    Definition(
        models=("RC 210",),
        model="RC 210",
        vendor="Innr",
        description="Remote control",
        parts=(
            on_off_commands("on", "off", to_bind=False),
            level_commands(
                "brightness_move_up", "brightness_move_down", "brightness_stop", "brightness_move_to_level", to_bind=False
            ),
            colour_commands("color_temperature_move", to_bind=False),
            in_turn(bound(1, BASIC, ON_OFF, LEVEL, COLOUR)),
            battery(),
        ),
    ),
)  # fmt: skip
