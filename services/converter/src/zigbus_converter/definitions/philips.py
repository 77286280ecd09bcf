"""Philips Hue."""

from __future__ import annotations

from zigbus_converter.definition import Definition, Fingerprint, WhiteLabel
from zigbus_converter.parts import hue
from zigbus_converter.parts.light import identify

DEFINITIONS = (
    Definition(
        models=("LCT001", "LCT007", "LCT010", "LCT012", "LCT014", "LCT015", "LCT016", "LCT021"),
        model="9290012573A",
        vendor="Philips",
        description="Hue white and color ambiance E26/E27/E14",
        white_labels=(
            WhiteLabel(
                "9290012574",
                "Philips",
                "Hue White and Color Ambiance B22/E27 806lm",
                fingerprints=(Fingerprint(model="LCT010"),),
            ),
        ),
        parts=(hue.light(temperature=(153, 500), colour=True), identify()),
        meta=hue.META,
        ota=True,
    ),
)
