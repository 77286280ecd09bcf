"""Philips Hue."""

from __future__ import annotations

from typing import Any

from zigbus_converter.definition import Definition, Fingerprint, Part, WhiteLabel
from zigbus_converter.parts import hue
from zigbus_converter.parts.light import identify
from zigbus_converter.parts.switch import on_off

WHITE = hue.light()
AMBIANCE, WIDE_AMBIANCE = hue.light(temperature=(153, 454)), hue.light(temperature=(150, 500))
COLOUR, WIDE_COLOUR = (hue.light(temperature=limits, colour=True) for limits in ((153, 500), (150, 500)))

LAMPS: tuple[tuple[Part, str, str, tuple[str, ...]], ...] = (
    (WHITE, "8718699673147", "Hue white A60 bulb E27 bluetooth", ("LWA001",)),
    (WHITE, "8718699688820", "Hue Filament Standard A60/E27 bluetooth", ("LWA004",)),
    (WHITE, "929002469202", "Hue white A60 bulb E27 1050lm with Bluetooth", ("LWA017",)),
    (WHITE, "9290018195", "Hue white GU10", ("LWG001",)),
    (WHITE, "LWG004", "Hue white GU10 bluetooth", ("LWG004",)),
    (WHITE, "9290020399", "Hue white E14", ("LWE002",)),
    (WHITE, "929002241201", "Hue white filament Edison E27 LED", ("LWV001",)),
    (AMBIANCE, "9290022169", "Hue white ambiance E27 with Bluetooth", ("LTA001", "4080130P6", "4300631P6",)),
    (AMBIANCE, "8718696695203", "Hue white ambiance E14", ("LTW012",)),
    (AMBIANCE, "9290022944", "Hue white ambiance E14 (with Bluetooth)", ("LTE002",)),
    (AMBIANCE, "8718696598283", "Hue white ambiance GU10", ("LTW013",)),
    (AMBIANCE, "929001953301", "Hue white ambiance GU10 with Bluetooth", ("LTG002",)),
    (WIDE_AMBIANCE, "8718696548738", "Hue white ambiance E26/E27", ("LTW010", "LTW001", "LTW004",)),
    (WIDE_AMBIANCE, "9290022167", "Hue white ambiance E26 with Bluetooth", ("LTA002",)),
    (WIDE_AMBIANCE, "3261331P7", "Hue white ambiance Still", ("LTC003",)),
    (COLOUR, "929001953101", "Hue White and Color Ambiance GU10", ("LCG002", "929003047701", "929003526202_01", "929003526202_02", "929003526202_03", "929003526101",)),
    (COLOUR, "548727", "Hue White and Color Ambiance BR30 with bluetooth", ("LCB001",)),
    (COLOUR, "915005106701", "Hue white and color ambiance LightStrip plus", ("LST002",)),
    (COLOUR, "9290024896", "Hue white and color ambiance E27 800lm", ("LCA004",)),
    (COLOUR, "9290024688", "Hue white and color ambiance E27 1100lm", ("LCA006",)),
    (COLOUR, "9290024687", "Hue White and Color Ambiance A19 1100 lumen", ("LCA007",)),
    (COLOUR, "929002471601", "Hue white and color ambiance E26/E27 1600lm", ("LCA008",)),
    (COLOUR, "9290024717", "Hue white and color ambiance E26/A19 1600lm", ("LCA009",)),
    (COLOUR, "915005733701", "Hue White and color ambiance Play Lightbar", ("LCT024", "440400982841", "440400982842", "440400982843", "PCM002",)),
    (WIDE_COLOUR, "7146060PH", "Hue Go", ("LLC020",)),
    (WIDE_COLOUR, "8718699703424", "Hue white and color ambiance LightStrip plus", ("LCL001", "LCL006", "LCL007",)),
    (WIDE_COLOUR, "929002294203", "Hue White and Color Ambiance E14 with bluetooth", ("LCE002",)),
    (WIDE_COLOUR, "8718696485880", "Hue white and color ambiance GU10", ("LCT003",)),
)  # fmt: skip
PLUGS = (
    ("929002240401", "Hue smart plug - EU", ("LOM001",)),
    ("9290022407", "Hue smart plug bluetooth", ("LOM002", "LOM004", "LOM010")),
    ("8718699689308", "Hue smart plug - UK", ("LOM003", "LOM009")),
)


def _lamp(part: Part, model: str, description: str, models: tuple[str, ...], **facts: Any) -> Definition:
    return Definition(
        models=models, model=model, vendor="Philips", description=description, parts=(part, identify()), meta=hue.META, ota=True, **facts
    )  # fmt: skip


DEFINITIONS = (
    _lamp(
        COLOUR,
        "9290012573A",
        "Hue white and color ambiance E26/E27/E14",
        ("LCT001", "LCT007", "LCT010", "LCT012", "LCT014", "LCT015", "LCT016", "LCT021"),
        white_labels=(
            WhiteLabel(
                "9290012574",
                "Philips",
                "Hue White and Color Ambiance B22/E27 806lm",
                fingerprints=(Fingerprint(model="LCT010"),),
            ),
        ),
    ),
    _lamp(
        COLOUR,
        "9290022166",
        "Hue white and color ambiance E26/E27",
        ("LCA001", "LCA002", "LCA003"),
        endpoints={"default": 11},
    ),
    _lamp(
        WHITE,
        "9290011370",
        "Hue white A60 bulb",
        ("LWB006", "LWB010", "LWB014", "LWB019", "LWF001", "LWF002", "LWW001"),
        white_labels=tuple(
            WhiteLabel(model, "Philips")
            for model in ("9290011370A", "9290011370B", "9290011371", "9290011371A", "9290011371B", "8718696449691")
        ),
    ),
    *(_lamp(*row) for row in LAMPS),
    *(
        Definition(
            models=models,
            model=model,
            vendor="Philips",
            description=description,
            parts=(on_off(), identify()),
            ota=True,
        )
        for model, description, models in PLUGS
    ),
)
