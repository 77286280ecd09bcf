"""All native definitions, one module per vendor (`DEFINITIONS`), loaded when a device asks for one.

`INDEX` says which modules may know a model id, so that thousands of definitions cost nothing at start; a test keeps it
equal to the modules. Modules with fingerprints that name no model id stand under `ANY_MODEL`.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from functools import cache
from itertools import chain

from zigbus.contract.devices import DeviceDescription
from zigbus_converter.definition import Definition
from zigbus_converter.matching import Catalogue, model_ids

ANY_MODEL = ""

# Module -> the model ids that it knows.
KNOWN: dict[str, tuple[str, ...]] = {
    "aqara_seeds": ("lumi.ctrl_neutral1", "lumi.remote.rkba01"),
    "danfoss": ("TRV001", "TRV003", "eT093WRG", "eT093WRO", "eTRV0100", "eTRV0101", "eTRV0103"),
    "ikea": (
        "FYRTUR block-out roller blind",
        "TRADFRI bulb E26 WS opal 980lm",
        "TRADFRI bulb E27 WS opal 980lm",
        "TRADFRI bulb E27 WS\ufffdopal 980lm",
        "TRADFRI on/off switch",
        "TRADFRI remote control",
    ),
    "innr": ("SP 120",),
    "lumi_sensors": ("lumi.sensor_magnet.aq2", "lumi.sensor_motion.aq2", "lumi.weather"),
    "moes": ("TS0601",),
    "onenuo": ("TS0601",),
    "philips": ("LCT001", "LCT007", "LCT010", "LCT012", "LCT014", "LCT015", "LCT016", "LCT021"),
    "sonoff": ("CK-TLSR8656-SS5-01(7002)", "MS01", "MSO1", "SNZB-02D", "SNZB-03"),
    "tuya": ("TS011F",),
    "yale": ("YRD226 TSDB", "YRD226L TSDB"),
}


def _index() -> dict[str, tuple[str, ...]]:
    index: dict[str, tuple[str, ...]] = {}
    for module, models in KNOWN.items():
        for model in models:
            index[model] = (*index.get(model, ()), module)
    return index


INDEX = _index()


def find(device: DeviceDescription) -> Definition | None:
    """Return the native definition of a device, as the white label that it is sold under; None if nothing matches."""
    modules = chain.from_iterable(INDEX.get(model, ()) for model in (*model_ids(device.model), ANY_MODEL))
    names = tuple(dict.fromkeys(modules))
    return _catalogue(names).find(device) if names else None


def all_definitions() -> tuple[Definition, ...]:
    """Return every native definition. Loads all modules."""
    return tuple(chain.from_iterable(definitions_of(name) for name in KNOWN))


def definitions_of(name: str) -> Iterable[Definition]:
    """Return the definitions of one module."""
    module = importlib.import_module(f"{__name__}.{name}")
    found: tuple[Definition, ...] = module.DEFINITIONS
    return found


@cache
def _catalogue(names: tuple[str, ...]) -> Catalogue:
    return Catalogue(chain.from_iterable(definitions_of(name) for name in names))
