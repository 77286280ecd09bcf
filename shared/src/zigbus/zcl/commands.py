"""Commands of clusters: their parameters, and these from and to octets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from zigbus.contract.base import JsonObject
from zigbus.zcl.types import IDS, ParseError, decode_value, encode_value

LISTS: Final = {"uint8[]": 1, "uint16[]": 2, "uint24[]": 3, "uint32[]": 4}  # octets of each element

_LIST_NUMBERS: Final = {"uint8[]": 1001, "uint16[]": 1002, "uint24[]": 1003, "uint32[]": 1004}
_STRUCTURE_NUMBERS: Final = {
    "zones": 1005,
    "extensions": 1006,
    "transitions": 1007,
    "bytes": 1008,
    "gpd": 1009,
    "datapoints": 1011,
    "miboxer": 1012,
}
FORM_NUMBERS: Final[Mapping[str, int]] = IDS | _LIST_NUMBERS | _STRUCTURE_NUMBERS
"""zigbee2mqtt's number of each form of a parameter; those from 1000 on fill the frame."""

Condition = JsonObject
"""When a parameter is there, as zigbee2mqtt writes it: `type` is a key of `_HOLDS`."""

_HOLDS: Final[Mapping[str, Callable[[Condition, Mapping[str, Any], int], bool]]] = {
    "minimumRemainingBufferBytes": lambda when, _, left: left >= when["value"],
    "fieldEquals": lambda when, values, _: bool(values.get(when["field"]) == when["value"]),
    "fieldGT": lambda when, values, _: bool(values.get(when["field"], 0) > when["value"]),
    "bitMaskSet": lambda when, values, _: _mask_set(when, values) != when.get("reversed", False),
    "bitFieldEnum": lambda when, values, _: bool(_bits(when, values) == when["value"]),
}


def _mask_set(when: Condition, values: Mapping[str, Any]) -> bool:
    return bool(values.get(when["param"], 0) & when["mask"] == when["mask"])


def _bits(when: Condition, values: Mapping[str, Any]) -> int:
    return int(values.get(when["param"], 0)) >> int(when["offset"]) & (1 << int(when["size"])) - 1


class Parameter(msgspec.Struct, frozen=True):
    """One parameter of a command. `form` is a key of FORM_NUMBERS, `facts` are its limits in zigbee2mqtt's keys."""

    name: str
    form: str
    conditions: tuple[Condition, ...] = ()
    facts: JsonObject = {}

    @property
    def is_open(self) -> bool:
        """Whether a frame may end before it."""
        open_form = self.form in LISTS or self.form in _STRUCTURE_NUMBERS
        return open_form or any(when["type"] == "minimumRemainingBufferBytes" for when in self.conditions)

    def is_there(self, values: Mapping[str, Any], left: int) -> bool:
        """Whether a frame with these values so far, and this number of octets left, has it."""
        return all(_HOLDS[when["type"]](when, values, left) for when in self.conditions)

    def described(self) -> JsonObject:
        """Return it as `bridge/definitions` shows it (mqtt.md 3.5)."""
        shown = {"name": self.name, "type": FORM_NUMBERS[self.form]} | self.facts
        return shown | {"conditions": list(self.conditions)} if self.conditions else shown


class Command(msgspec.Struct, frozen=True):
    """One cluster-specific command with its parameters in wire order; `facts`: what else is known of it."""

    id: int
    name: str
    parameters: tuple[Parameter, ...] = ()
    facts: JsonObject = {}

    def encode(self, values: Mapping[str, Any]) -> bytes:
        """Return the payload. It ends at the first missing parameter before which a frame may end.

        Raises KeyError with the name of a parameter that must be there, EncodeError if a value does not fit its type.
        """
        parts: list[bytes] = []
        for parameter in self.parameters:
            if parameter.name in values:
                parts.append(_encode(parameter.form, values[parameter.name]))
            elif parameter.is_open:
                break
            elif parameter.is_there(values, 0):
                raise KeyError(parameter.name)
        return b"".join(parts)

    def decode(self, payload: bytes) -> dict[str, Any]:
        """Return the parameters of a payload by name. Raises ParseError if it is cut short; what follows is ignored."""
        values: dict[str, Any] = {}
        offset = 0
        for parameter in self.parameters:
            if parameter.is_there(values, len(payload) - offset):
                values[parameter.name], offset = _decode(parameter.form, payload, offset)
        return values

    def described(self) -> JsonObject:
        """Return it as `bridge/definitions` shows it."""
        parameters = [parameter.described() for parameter in self.parameters]
        return {"ID": self.id, "name": self.name, "parameters": parameters} | self.facts


def _encode(form: str, value: Any) -> bytes:
    if form in _STRUCTURE_NUMBERS:
        return bytes(value)
    if form in LISTS:
        element = form.removesuffix("[]")
        return b"".join(encode_value(IDS[element], item) for item in value)
    return encode_value(IDS[form], value)


def _decode(form: str, payload: bytes, offset: int) -> tuple[Any, int]:
    if form in _STRUCTURE_NUMBERS:
        return payload[offset:], len(payload)
    if form in LISTS:
        size = LISTS[form]
        if (len(payload) - offset) % size:
            raise ParseError(len(payload), "list cut short")
        steps = range(offset, len(payload), size)
        return [int.from_bytes(payload[i : i + size], "little") for i in steps], len(payload)
    value, octets, offset = decode_value(IDS[form], payload, offset)
    return (octets if value is None else value), offset
