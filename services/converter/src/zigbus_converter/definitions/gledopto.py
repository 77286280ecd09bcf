"""Gledopto."""

from __future__ import annotations

from zigbus_converter.definition import Definition
from zigbus_converter.parts.light import identify, light
from zigbus_converter.parts.switch import on_off

DIMMER = light(reporting=True)

DEFINITIONS = (
    Definition(
        models=("GL-C-103P",),
        model="GL-C-103P",
        vendor="Gledopto",
        description="Zigbee LED controller (pro)",
        parts=(light(temperature=(158, 495), colour=True),),
    ),
    Definition(
        models=("GL-C-310P",),
        model="GL-C-310P",
        vendor="Gledopto",
        description="Zigbee relay switch",
        parts=(on_off(),),
    ),
    Definition(
        models=("GL-D-013P",),
        model="GL-D-013P",
        vendor="Gledopto",
        description="Zigbee 6W Downlight RGB+CCT (pro)",
        parts=(light(temperature=(158, 500), colour=True, hue=True, enhanced_hue=True), identify()),
        ota=True,
    ),
    Definition(
        models=("GL-SD-001P",), model="GL-SD-001P", vendor="Gledopto", description="Triac-dimmer", parts=(DIMMER,)
    ),
    Definition(
        models=("GL-SD-301P",),
        model="GL-SD-301P",
        vendor="Gledopto",
        description="Zigbee triac AC dimmer",
        parts=(DIMMER,),
    ),
)
