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
    "bosch": ("ISW-ZPR1-WP13",),
    "danfoss": ("TRV001", "TRV003", "eT093WRG", "eT093WRO", "eTRV0100", "eTRV0101", "eTRV0103"),
    "frient": ("Co019", "WISZB-131"),
    "gledopto": ("GL-C-103P", "GL-C-310P", "GL-D-013P", "GL-SD-001P", "GL-SD-301P"),
    "heiman": (
        "319fa36e7384414a9ea62cba8f6e7626",
        "358e4e3e03c644709905034dae81433e",
        "98293058552c49f38ad0748541ee96ba",
        "COSensor-EF-3.0",
        "COSensor-EM",
        "COSensor-N",
        "DoorSensor-EF-3.0",
        "DoorSensor-EM",
        "FB56-SMF02HM1.4",
        "GASSensor-EM",
        "HT-EF-3.0",
        "HT-N",
        "PIRSensor-EF-3.0",
        "PIRSensor-EM",
        "PIRSensor-N",
        "PIRSensor-N-3.0",
        "PIR_TPV13",
        "SMOK_HV14",
        "SMOK_V15",
        "SMOK_V16",
        "SMOK_YDLV10",
        "SMOK_YDLV10N",
        "SmokeSensor-EF-3.0",
        "SmokeSensor-N-3.0",
        "TY0207",
        "WATER_TPV13",
        "WaterSensor-EF-3.0",
        "WaterSensor-EM",
        "WaterSensor-N",
        "WaterSensor-N-3.0",
        "b5db59bfd81e4f1f95dc57fdbba17931",
        "c3442b4ac59b4ba1a83119d938f283ab",
    ),
    "ikea": (
        "BADRING Water Leakage Sensor",
        "FYRTUR block-out roller blind",
        "KADRILJ roller blind",
        "TRADFRI SHORTCUT Button",
        "TRADFRI bulb E26 WS globe 1055lm",
        "TRADFRI bulb E26 WS globe 1100lm",
        "TRADFRI bulb E26 WS globe 1160lm",
        "TRADFRI bulb E26 WS opal 1000lm",
        "TRADFRI bulb E26 WS opal 980lm",
        "TRADFRI bulb E26 WW 806lm",
        "TRADFRI bulb E26 WW clear 250lm",
        "TRADFRI bulb E27 W opal 1000lm",
        "TRADFRI bulb E27 WS globe 1055lm",
        "TRADFRI bulb E27 WS opal 1000lm",
        "TRADFRI bulb E27 WS opal 980lm",
        "TRADFRI bulb E27 WS\ufffdopal 980lm",
        "TRADFRI bulb E27 WW 806lm",
        "TRADFRI bulb E27 WW clear 250lm",
        "TRADFRI bulb E27 opal 1000lm",
        "TRADFRI control outlet",
        "TRADFRI motion sensor",
        "TRADFRI on/off switch",
        "TRADFRI open/close remote",
        "TRADFRI remote control",
        "TRADFRI wireless dimmer",
        "TRADFRIbulbE26WSglobeopal1055lm",
        "TRADFRIbulbE26WSglobeopal1100lm",
        "TRADFRIbulbE26WSglobeopal1160lm",
        "TRADFRIbulbE27WSglobeopal1055lm",
    ),
    "innr": (
        "RB 165",
        "RB 249 T",
        "RB 265",
        "RB 278 T",
        "RB 285 C",
        "RC 210",
        "SP 120",
        "SP 220",
        "SP 240",
        "SP 242",
        "SP 244",
    ),
    "legrand": (" Remote switch\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",),
    "lumi_buttons": (
        "lumi.remote.b186acn01",
        "lumi.remote.b1acn01",
        "lumi.remote.b286acn01",
        "lumi.sensor_86sw1",
        "lumi.sensor_cube",
        "lumi.sensor_cube.aqgl01",
        "lumi.sensor_swit",
        "lumi.sensor_switch",
        "lumi.sensor_switch.aq2",
        "lumi.sensor_switch.aq3",
    ),
    "lumi_sensors": (
        "lumi.sens",
        "lumi.sensor_ht",
        "lumi.sensor_magnet",
        "lumi.sensor_magnet.aq2",
        "lumi.sensor_motion",
        "lumi.sensor_motion.aq2",
        "lumi.sensor_wleak.aq1",
        "lumi.weather",
    ),
    "lumi_t1": ("lumi.magnet.agl02", "lumi.motion.ac02", "lumi.motion.agl02", "lumi.sensor_ht.agl02"),
    "moes": ("TS0601",),
    "namron": (
        "1402755",
        "3308431",
        "3802960",
        "3802961",
        "3802963",
        "3802965",
        "3802966",
        "3802967",
        "3802968",
        "4512700",
        "4512704",
        "4512708",
        "4512733",
        "4512739",
        "4512750",
        "4512751",
        "4512760",
        "4512766",
        "4512767",
        "4512781",
        "4512782",
        "4566700",
        "4566701",
    ),
    "onenuo": ("TS0601",),
    "osram": ("A60 TW Z3", "CLA60 RGBW OSRAM", "CLA60 TW OSRAM", "Outdoor Lantern W RGBW OSRAM", "Plug 01"),
    "philips": (
        "4080130P6",
        "4300631P6",
        "440400982841",
        "440400982842",
        "440400982843",
        "929003047701",
        "929003526101",
        "929003526202_01",
        "929003526202_02",
        "929003526202_03",
        "LCA001",
        "LCA002",
        "LCA003",
        "LCA004",
        "LCA006",
        "LCA007",
        "LCA008",
        "LCA009",
        "LCB001",
        "LCE002",
        "LCG002",
        "LCL001",
        "LCL006",
        "LCL007",
        "LCT001",
        "LCT003",
        "LCT007",
        "LCT010",
        "LCT012",
        "LCT014",
        "LCT015",
        "LCT016",
        "LCT021",
        "LCT024",
        "LLC020",
        "LOM001",
        "LOM002",
        "LOM003",
        "LOM004",
        "LOM009",
        "LOM010",
        "LST002",
        "LTA001",
        "LTA002",
        "LTC003",
        "LTE002",
        "LTG002",
        "LTW001",
        "LTW004",
        "LTW010",
        "LTW012",
        "LTW013",
        "LWA001",
        "LWA004",
        "LWA017",
        "LWB006",
        "LWB010",
        "LWB014",
        "LWB019",
        "LWE002",
        "LWF001",
        "LWF002",
        "LWG001",
        "LWG004",
        "LWV001",
        "LWW001",
        "PCM002",
    ),
    "philips_buttons": ("RDM003", "ROM001", "RWL020", "RWL021", "RWL022"),
    "philips_motion": ("SML001", "SML002", "SML003", "SML004"),
    "schneider": (
        "1GANG/SWITCH/1",
        "CCTFR6730",
        "CH/Socket/2",
        "PUCK/SWITCH/1",
        "SMARTPLUG/1",
        "U201DST600ZB",
        "U201SRY2KWZB",
        "U202SRY2KWZB",
    ),
    "sengled": ("E11-G13", "E11-N1EA", "E12-N14", "E1C-NB7", "E1F-N5E", "Z01-CIA19NAE26"),
    "sonoff": (
        "01MINIZB",
        "66666",
        "BASICZBR3",
        "CK-TLSR8656-SS5-01(7000)",
        "CK-TLSR8656-SS5-01(7002)",
        "CK-TLSR8656-SS5-01(7003)",
        "CK-TLSR8656-SS5-01(7014)",
        "DS01",
        "MS01",
        "MSO1",
        "S26R2ZB",
        "S31 Lite zb",
        "S40LITE",
        "SNZB-01",
        "SNZB-01P",
        "SNZB-02",
        "SNZB-02D",
        "SNZB-02P",
        "SNZB-03",
        "SNZB-04",
        "SNZB-05P",
        "TH01",
        "WB-01",
        "WB01",
        "ZBMINI-L",
        "ZBMINIL2",
    ),
    "third_reality": ("3RDS17BZ", "3RMS16BZ", "3RSP019BZ", "3RTHS24BZ", "3RWS18BZ"),
    "tuya": ("TS011F",),
    "tuya_datapoints": ("TS0201", "TS0601"),
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
