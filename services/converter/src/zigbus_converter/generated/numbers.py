"""Analog and binary inputs and outputs, called as the device calls them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from zigbus_converter.expose import ALL, STATE_GET
from zigbus_converter.generated.pieces import Call, Piece, call, piece
from zigbus_converter.generated.place import Build, Place
from zigbus_converter.generated.units import unit_of
from zigbus_converter.parts.attribute import binary, numeric
from zigbus_converter.parts.base import MAX, Reported
from zigbus_converter.parts.zcl import BOOL, SINGLE, Attribute

PRESENT_VALUE = 0x0055
DESCRIPTION, MAXIMUM, MINIMUM, RESOLUTION, UNITS, APPLICATION = 0x001C, 0x0041, 0x0045, 0x006A, 0x0075, 0x0100
NUMBER_ATTRIBUTES = (DESCRIPTION, MINIMUM, MAXIMUM, RESOLUTION, APPLICATION, UNITS)
REPORTING = {"min": "MIN", "max": "MAX", "change": 1}


def analog(cluster: int, way: str) -> Build:
    """Return what builds the analog inputs or outputs of a device."""

    def build(place: Place) -> Iterator[Piece]:
        for number in place.endpoints:
            called = _Called(place, number, cluster, f"analog_{way}")
            unit = unit_of(called.told(APPLICATION), called.told(UNITS))
            limits = {"minimum": called.told(MINIMUM), "maximum": called.told(MAXIMUM), "step": called.told(RESOLUTION)}
            source = call(Attribute, cluster, PRESENT_VALUE, SINGLE)
            made = called.made(numeric, source, _access(way), unit=unit, **limits)
            arguments: dict[str, Any] = {"name": called.name, "label": called.label}
            arguments |= {"valueMin": limits["minimum"], "valueMax": limits["maximum"], "valueStep": limits["step"]}
            arguments |= called.arguments(f"genAnalog{way.capitalize()}", way)
            yield piece(
                made, "numeric", {**arguments, "endpointNames": called.names and list(called.names), "unit": unit}
            )

    return build


def truth(cluster: int, way: str) -> Build:
    """Return what builds the binary inputs or outputs of a device."""

    def build(place: Place) -> Iterator[Piece]:
        for number in place.endpoints:
            called = _Called(place, number, cluster, f"binary_{way}")
            source = call(Attribute, cluster, PRESENT_VALUE, BOOL)
            made = called.made(binary, source, _access(way), on=("ON", 1), off=("OFF", 0))
            arguments: dict[str, Any] = {"name": called.name, "label": called.label}
            arguments |= called.arguments(f"genBinary{way.capitalize()}", way)
            access = {"access": arguments.pop("access")}
            arguments |= {"valueOn": ["ON", 1], "valueOff": ["OFF", 0], "description": arguments.pop("description")}
            yield piece(made, "binary", {**arguments, **access, "endpointName": called.names and called.names[0]})

    return build


class _Called:
    """One input or output, and what it is called."""

    def __init__(self, place: Place, endpoint: int, cluster: int, usual: str) -> None:
        self._place, self._endpoint, self._cluster = place, endpoint, cluster
        self.names = None if place.names is None else (str(endpoint),)
        usual = usual if self.names else f"{usual}_{endpoint}"
        said = self.told(DESCRIPTION)
        self.label = said.strip("\0 ") if isinstance(said, str) and said.strip("\0 ") else None
        self.name = re.sub(r"\s+", "_", self.label or usual).lower()
        kind, way = ("Analog" if "analog" in usual else "Binary"), ("Input" if "input" in usual else "Output")
        self._about = f"{kind} {way} {self.label or usual} on endpoint {self._endpoint}"

    def told(self, attribute: int) -> Any:
        """Return an attribute of it."""
        return self._place.value(self._endpoint, self._cluster, attribute)

    def made(self, part: Any, source: Call, access: int, **options: Any) -> Call:
        """Return the call of its part."""
        options |= {"description": self._about, "label": self.label, "endpoints": self.names}
        return call(part, self.name, source, access, reporting=call(Reported, source, 0, MAX, 1), **options)

    def arguments(self, cluster: str, way: str) -> dict[str, Any]:
        """Return the arguments that are alike in zigbee2mqtt's form."""
        access = "ALL" if way == "output" else "STATE_GET"
        source = {"cluster": cluster, "attribute": "presentValue", "reporting": REPORTING}
        return {**source, "description": self._about, "access": access}


def _access(way: str) -> int:
    return ALL if way == "output" else STATE_GET
