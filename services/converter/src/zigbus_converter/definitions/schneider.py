"""Schneider Electric and ELKO."""

from __future__ import annotations

from zigbus_converter.definition import Definition, WhiteLabel
from zigbus_converter.parts.light import identify, light
from zigbus_converter.parts.meter import Fixed, meter
from zigbus_converter.parts.switch import on_off

VENDOR = "Schneider Electric"
TWO_GANGS = ("l1", "l2")
RELAY = on_off(power_on_behaviour=False)

DEFINITIONS = (
    Definition(
        models=("PUCK/SWITCH/1",),
        model="CCT5011-0001/CCT5011-0002/MEG5011-0001",
        vendor=VENDOR,
        description="Micro module switch",
        white_labels=(WhiteLabel("EKO07144", "ELKO"),),
        parts=(RELAY,),
        ota=True,
    ),
    Definition(
        models=("1GANG/SWITCH/1",),
        model="MEG5161-0000",
        vendor=VENDOR,
        description="Merten PlusLink relay insert with Merten Wiser system M push button (1fold)",
        parts=(RELAY,),
    ),
    Definition(
        models=("CCTFR6730",),
        model="CCTFR6730",
        vendor=VENDOR,
        description="Wiser power micromodule",
        white_labels=(WhiteLabel("EKO20004", "ELKO"),),
        parts=(on_off(), meter("power", "energy", metered_power=True), identify()),
    ),
    Definition(
        models=("SMARTPLUG/1",),
        model="CCT711119",
        vendor=VENDOR,
        description="Wiser smart plug",
        parts=(
            on_off(),
            meter(
                "power",
                "energy",
                fixed={"power": Fixed(minimum_s=5, change=1), "energy": Fixed(minimum_s=60, change=1)},
            ),
        ),
        version="0.0.1",
    ),
    Definition(
        models=("U201DST600ZB",),
        model="U201DST600ZB",
        vendor=VENDOR,
        description="EZinstall3 1 gang 550W dimmer module",
        parts=(light(reporting=True),),
    ),
    Definition(
        models=("U201SRY2KWZB",),
        model="U201SRY2KWZB",
        vendor=VENDOR,
        description="Ulti 240V 9.1 A 1 gang relay switch impress switch module, amber LED",
        parts=(on_off(),),
    ),
    Definition(
        models=("U202SRY2KWZB",),
        model="U202SRY2KWZB",
        vendor=VENDOR,
        description="Ulti 240V 9.1 A 2 gangs relay switch impress switch module, amber LED",
        endpoints={"l1": 10, "l2": 11},
        multi_endpoint=True,
        parts=(on_off(endpoints=TWO_GANGS),),
    ),
    Definition(
        models=("CH/Socket/2",),
        model="3025CSGZ",
        vendor=VENDOR,
        description="Dual connected smart socket",
        endpoints={"l1": 1, "l2": 2},
        multi_endpoint=True,
        parts=(on_off(endpoints=TWO_GANGS),),
        ota=True,
    ),
)
