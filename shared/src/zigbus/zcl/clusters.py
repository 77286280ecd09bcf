"""Names, ids and types of clusters, attributes and commands, spelled as zigbee2mqtt spells them.

The tables are text, one cluster after another: a line `name id [mMANUFACTURER]`; then attributes `id name type
[mMANUFACTURER]`, separated by commas; then commands `> id name parameter:type …` from client to server and `<` from
server to client. All numbers are hexadecimal, types are the ZCL specification's short names. A parameter type ending in
`?` may be missing at the end of a frame, `uint8[]` and `uint16[]` take all that follows as a list, `bytes` as octets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from zigbus.zcl.tables import building, general, manufacturer, measurement, security_energy
from zigbus.zcl.types import IDS, ParseError, decode_value, encode_value

_LISTS: Final = {"uint8[]": 1, "uint16[]": 2}  # octets of each element
_OCTETS: Final = "bytes"


class Attribute(msgspec.Struct, frozen=True):
    """One attribute of a cluster; `manufacturer` is the code its frames must carry, None for a standard attribute."""

    id: int
    name: str
    type: int
    manufacturer: int | None = None


class Parameter(msgspec.Struct, frozen=True):
    """One parameter of a command. `form` is the name of its type in the tables."""

    name: str
    form: str
    optional: bool = False


class Command(msgspec.Struct, frozen=True):
    """One cluster-specific command with its parameters in wire order."""

    id: int
    name: str
    parameters: tuple[Parameter, ...] = ()

    def encode(self, values: Mapping[str, Any]) -> bytes:
        """Return the payload; optional parameters end at the first one that is missing.

        Raises KeyError with the name of a parameter that must be there, EncodeError if a value does not fit its type.
        """
        parts: list[bytes] = []
        for parameter in self.parameters:
            if parameter.name not in values:
                if parameter.optional or parameter.form in _LISTS or parameter.form == _OCTETS:
                    break
                raise KeyError(parameter.name)
            parts.append(_encode_parameter(parameter.form, values[parameter.name]))
        return b"".join(parts)

    def decode(self, payload: bytes) -> dict[str, Any]:
        """Return the parameters of a payload by name. Raises ParseError if it is cut short; what follows is ignored."""
        values: dict[str, Any] = {}
        offset = 0
        for parameter in self.parameters:
            if parameter.optional and offset >= len(payload):
                break
            values[parameter.name], offset = _decode_parameter(parameter.form, payload, offset)
        return values


class Cluster(msgspec.Struct, frozen=True):
    """One cluster. `commands` go from client to server, `responses` from server to client."""

    id: int
    name: str
    attributes: dict[int, Attribute] = {}  # standard ones, or all of a manufacturer's own cluster
    manufacturer_attributes: dict[tuple[int, int], Attribute] = {}  # by (manufacturer code, id)
    commands: dict[int, Command] = {}
    responses: dict[int, Command] = {}
    manufacturer: int | None = None  # set for a manufacturer's own cluster

    def attribute(self, name: str) -> Attribute:
        """Return the attribute of this name. Raises KeyError."""
        for attribute in (*self.attributes.values(), *self.manufacturer_attributes.values()):
            if attribute.name == name:
                return attribute
        raise KeyError(name)

    def attribute_of(self, id_: int, manufacturer: int | None = None) -> Attribute | None:
        """Return the attribute with this id in a frame of this manufacturer, None if the tables do not name it."""
        if manufacturer is not None and (manufacturer, id_) in self.manufacturer_attributes:
            return self.manufacturer_attributes[manufacturer, id_]
        return self.attributes.get(id_)

    def command(self, name: str) -> Command:
        """Return the command of this name that goes from client to server. Raises KeyError."""
        return _named(self.commands, name)

    def response(self, name: str) -> Command:
        """Return the command of this name that goes from server to client. Raises KeyError."""
        return _named(self.responses, name)


def _named(commands: dict[int, Command], name: str) -> Command:
    for command in commands.values():
        if command.name == name:
            return command
    raise KeyError(name)


def _encode_parameter(form: str, value: Any) -> bytes:
    if form == _OCTETS:
        return bytes(value)
    if form in _LISTS:
        element = form.removesuffix("[]")
        return b"".join(encode_value(IDS[element], item) for item in value)
    return encode_value(IDS[form], value)


def _decode_parameter(form: str, payload: bytes, offset: int) -> tuple[Any, int]:
    if form == _OCTETS:
        return payload[offset:], len(payload)
    if form in _LISTS:
        size = _LISTS[form]
        if (len(payload) - offset) % size:
            raise ParseError(len(payload), "list cut short")
        steps = range(offset, len(payload), size)
        return [int.from_bytes(payload[i : i + size], "little") for i in steps], len(payload)
    value, octets, offset = decode_value(IDS[form], payload, offset)
    return (octets if value is None else value), offset


def _parse(table: str) -> Iterator[Cluster]:
    """Yield the clusters of one table."""
    for block in re.split(r"\n(?=\w)", table.replace("\\\n", " ").strip()):
        head, *lines = block.splitlines()
        name, id_, *code = head.split()
        cluster = Cluster(int(id_, 16), name, {}, {}, {}, {}, int(code[0][1:], 16) if code else None)
        for line in map(str.strip, lines):
            if line[0] in "<>":
                command = _parse_command(line[1:].split())
                (cluster.commands if line[0] == ">" else cluster.responses)[command.id] = command
                continue
            for text in line.strip(",").split(", "):
                _add_attribute(cluster, _parse_attribute(text.split()))
        yield cluster


def _parse_attribute(words: list[str]) -> Attribute:
    id_, name, type_name, *code = words
    return Attribute(int(id_, 16), name, IDS[type_name], int(code[0][1:], 16) if code else None)


def _add_attribute(cluster: Cluster, attribute: Attribute) -> None:
    if attribute.manufacturer is None:
        cluster.attributes[attribute.id] = attribute
    else:
        cluster.manufacturer_attributes[attribute.manufacturer, attribute.id] = attribute


def _parse_command(words: list[str]) -> Command:
    parameters = []
    for word in words[2:]:
        name, form = word.split(":")
        parameters.append(Parameter(name, form.removesuffix("?"), form.endswith("?")))
    return Command(int(words[0], 16), words[1], tuple(parameters))


_STANDARD = (general.TABLE, building.TABLE, measurement.TABLE, security_energy.TABLE)

CLUSTERS: Final[dict[int, Cluster]] = {cluster.id: cluster for table in _STANDARD for cluster in _parse(table)}
"""The standard clusters by id (`mqtt.md` appendix A)."""

CUSTOM_CLUSTERS: Final[dict[str, Cluster]] = {cluster.name: cluster for cluster in _parse(manufacturer.TABLE)}
"""Manufacturers' own clusters by name; which device has which, its definition says."""

CLUSTERS_BY_NAME: Final[dict[str, Cluster]] = {cluster.name: cluster for cluster in CLUSTERS.values()} | CUSTOM_CLUSTERS
"""All clusters by name."""
