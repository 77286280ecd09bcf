"""Analog and binary inputs and outputs; people see them under the names that the device gives them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from zigbus_converter.expose import ALL, STATE_GET
from zigbus_converter.generated.pieces import Call, Piece, call
from zigbus_converter.generated.place import Build, Place
from zigbus_converter.generated.units import quantity_of, unit_of
from zigbus_converter.parts.attribute import binary, numeric
from zigbus_converter.parts.base import MAX, Reported
from zigbus_converter.parts.variations import called
from zigbus_converter.parts.zcl import BOOL, SINGLE, Attribute

PRESENT_VALUE = 0x0055
DESCRIPTION, MAXIMUM, MINIMUM, RESOLUTION, UNITS, APPLICATION = 0x001C, 0x0041, 0x0045, 0x006A, 0x0075, 0x0100
NUMBER_ATTRIBUTES = (DESCRIPTION, MINIMUM, MAXIMUM, RESOLUTION, APPLICATION, UNITS)
REPORTING = {"min": "MIN", "max": "MAX", "change": 1}
OUTPUT = "output"


class _Terminal:
    """One input or output: where it is, what the device says of it, and what is made of that."""

    def __init__(self, place: Place, endpoint: int, cluster: int, kind: str, way: str) -> None:
        self._place, self._endpoint, self._cluster, self._way = place, endpoint, cluster, way
        said = self.told(DESCRIPTION)
        self.label = said.strip("\0 ") if isinstance(said, str) and said.strip("\0 ") else None
        quantity = quantity_of(self.told(APPLICATION)) if kind == "analog" else None
        self.name = f"{kind}_{'out' if way == OUTPUT else 'in'}_{quantity}" if quantity else f"{kind}_{way}"
        self.about = f"{kind.capitalize()} {way.capitalize()} {self.label or self.name} on endpoint {endpoint}"

    def told(self, attribute: int) -> Any:
        """Return an attribute of it, None if the device never told."""
        return self._place.value(self._endpoint, self._cluster, attribute)

    def made(self, part: Callable[..., Any], kind: int, **options: Any) -> Call:
        """Return the call of its part; `kind`: ZCL type of the value."""
        names = None if self._place.names is None else (str(self._endpoint),)
        source = call(Attribute, self._cluster, PRESENT_VALUE, kind)
        options |= {"description": self.about, "reporting": call(Reported, source, 0, MAX, 1), "endpoints": names}
        made = call(part, self.name, source, ALL if self._way == OUTPUT else STATE_GET, **options)
        return made if self.label is None else call(called, made, self.label)


def analog(cluster: int, way: str) -> Build:
    """Return what builds the analog inputs or outputs of a device."""

    def build(place: Place) -> Iterator[Piece]:
        terminals = [_Terminal(place, number, cluster, "analog", way) for number in place.endpoints]
        limits = [
            {"minimum": t.told(MINIMUM), "maximum": t.told(MAXIMUM), "step": t.told(RESOLUTION)} for t in terminals
        ]
        units = [unit_of(t.told(APPLICATION), t.told(UNITS)) for t in terminals]
        calls = [t.made(numeric, SINGLE, unit=u, **given) for t, u, given in zip(terminals, units, limits, strict=True)]
        names = {"valueMin": "minimum", "valueMax": "maximum", "valueStep": "step"}
        arguments = {
            "name": [terminal.name for terminal in terminals],
            "label": [terminal.label for terminal in terminals],
            **{theirs: [given[ours] for given in limits] for theirs, ours in names.items()},
            **_source(f"genAnalog{way.capitalize()}"),
            **_texts(terminals, way),
            **{key: value for key, value in place.named.items() if value is not None},
            "unit": units,
            "homeassistant": _homeassistant(terminals),
        }
        yield Piece(tuple(calls), "numeric", arguments)

    return build


def truth(cluster: int, way: str) -> Build:
    """Return what builds the binary inputs or outputs of a device."""

    def build(place: Place) -> Iterator[Piece]:
        terminals = [_Terminal(place, number, cluster, "binary", way) for number in place.endpoints]
        arguments = {
            "name": terminals[0].name,
            "label": [terminal.label for terminal in terminals],
            **_source(f"genBinary{way.capitalize()}"),
            "valueOn": ["ON", 1],
            "valueOff": ["OFF", 0],
            **_texts(terminals, way),
            **({} if place.names is None else {"endpointName": list(place.names)}),
            "homeassistant": _homeassistant(terminals),
        }
        calls = (terminal.made(binary, BOOL, on=("ON", 1), off=("OFF", 0)) for terminal in terminals)
        yield Piece(tuple(calls), "binary", arguments)

    return build


def _source(cluster: str) -> dict[str, Any]:
    return {"cluster": cluster, "attribute": "presentValue", "reporting": REPORTING}


def _texts(terminals: list[_Terminal], way: str) -> dict[str, Any]:
    access = "ALL" if way == OUTPUT else "STATE_GET"
    return {"description": [terminal.about for terminal in terminals], "access": access}


def _homeassistant(terminals: list[_Terminal]) -> list[dict[str, str] | None]:
    return [None if terminal.label is None else {"name": terminal.label} for terminal in terminals]
