"""Names, ids, types and limits of clusters, attributes and commands, spelled as zigbee2mqtt spells them.

The tables are the text files beside this one, one cluster after another: a line `name id [mMANUFACTURER]`; then lines
`id name type [mMANUFACTURER] facts …` for attributes, and commands, `> id name facts … parameters …` from client to
server and `<` from server to client. Ids and codes are hexadecimal; types are the ZCL specification's short names. Facts
are words (`required`, `write`, `writeOptional`, `report`, `scene`, `client`, `noread`), limits (`max=255`,
`default=''`) and names of special values (`255=SetToPreviousValue`); numbers in them are decimal.

A parameter is `name:form,limits…` and the conditions under which it is there: `?2` at least two octets are left, `?a=0`
and `?a>0` by the value of an earlier parameter, `?a&3` all these bits are set in it (`?a!&3` not all; hexadecimal),
`?a.4.2=1` the two bits from bit 4 on are 1. `uint8[]` and the like take all that follows as a list, the forms from
`bytes` on as octets. A line that ends in a backslash goes on in the next one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import resources
from typing import Any, Final

import msgspec

from zigbus.contract.base import JsonObject
from zigbus.zcl.commands import Command, Condition, Parameter
from zigbus.zcl.types import IDS

_COMMENT: Final = "#"
_SET: Final = "@"  # in the table of manufacturers' clusters: a line with the name of those that follow


class Attribute(msgspec.Struct, frozen=True):
    """One attribute of a cluster; `manufacturer` is the code its frames must carry, None for a standard attribute."""

    id: int
    name: str
    type: int
    manufacturer: int | None = None
    facts: JsonObject = {}  # limits and flags in zigbee2mqtt's keys

    def described(self) -> JsonObject:
        """Return it as `bridge/definitions` shows it (mqtt.md 3.5)."""
        own = {} if self.manufacturer is None else {"manufacturerCode": self.manufacturer}
        return {"ID": self.id, "name": self.name, "type": self.type} | own | self.facts


class Cluster(msgspec.Struct, frozen=True):
    """One cluster, its parts by name. `commands` go from client to server, `responses` from server to client."""

    id: int
    name: str
    attributes: dict[str, Attribute] = {}
    commands: dict[str, Command] = {}
    responses: dict[str, Command] = {}
    manufacturer: int | None = None  # set for a manufacturer's own cluster

    def attribute(self, name: str) -> Attribute:
        """Return the attribute of this name. Raises KeyError."""
        return self.attributes[name]

    def attribute_of(self, id_: int) -> Attribute | None:
        """Return the first attribute with this id, None if the tables do not name it."""
        return next((attribute for attribute in self.attributes.values() if attribute.id == id_), None)

    def command(self, name: str) -> Command:
        """Return the command of this name that goes from client to server. Raises KeyError."""
        return self.commands[name]

    def response(self, name: str) -> Command:
        """Return the command of this name that goes from server to client. Raises KeyError."""
        return self.responses[name]

    def described(self) -> JsonObject:
        """Return it as `bridge/definitions` shows it."""
        own = {} if self.manufacturer is None else {"manufacturerCode": self.manufacturer}
        return {
            "ID": self.id,
            "name": self.name,
            "attributes": {name: attribute.described() for name, attribute in self.attributes.items()},
            "commands": {name: command.described() for name, command in self.commands.items()},
            "commandsResponse": {name: command.described() for name, command in self.responses.items()},
        } | own


# ---- reading the tables ----------------------------------------------------------------------------------------------

_CONDITIONS: Final = (  # patterns of what follows `?`, tried in order
    (re.compile(r"(?P<value>\d+)"), "minimumRemainingBufferBytes"),
    (re.compile(r"(?P<param>\w+)\.(?P<offset>\d+)\.(?P<size>\d+)=(?P<value>\d+)"), "bitFieldEnum"),
    (re.compile(r"(?P<param>\w+)(?P<reversed>!?)&(?P<mask>[0-9a-f]+)"), "bitMaskSet"),
    (re.compile(r"(?P<field>\w+)=(?P<value>\d+)"), "fieldEquals"),
    (re.compile(r"(?P<field>\w+)>(?P<value>\d+)"), "fieldGT"),
)


def _lines(file: str) -> Iterator[str]:
    text = resources.files(__package__).joinpath(file).read_text(encoding="utf-8")
    for line in text.replace("\\\n", " ").splitlines():
        if line.strip() and not line.startswith(_COMMENT):
            yield line


def _read(lines: Iterator[str]) -> Iterator[Cluster]:
    """Yield the clusters of a table as their heads come; each is complete when the next one is asked for."""
    cluster = Cluster(0, "")
    for line in lines:
        first, *words = line.split()
        if not line.startswith(" "):
            manufacturer = int(words[1][1:], 16) if len(words) > 1 else None
            cluster = Cluster(int(words[0], 16), first, {}, {}, {}, manufacturer)
            yield cluster
        elif first in "<>":
            command = _command(words)
            (cluster.commands if first == ">" else cluster.responses)[command.name] = command
        else:
            cluster.attributes[words[0]] = _attribute(int(first, 16), *words)


def _attribute(id_: int, name: str, type_name: str, *words: str) -> Attribute:
    own = [int(word[1:], 16) for word in words[:1] if re.fullmatch("m[0-9a-f]{4}", word)]
    return Attribute(id_, name, IDS[type_name], own[0] if own else None, _facts(words[len(own) :]))


def _command(words: list[str]) -> Command:
    facts = [word for word in words[2:] if ":" not in word]
    parameters = tuple(_parameter(word) for word in words[2:] if ":" in word)
    return Command(int(words[0], 16), words[1], parameters, _facts(facts))


def _parameter(word: str) -> Parameter:
    said, *conditions = word.split("?")
    head, *limits = said.split(",")
    name, form = head.split(":")
    return Parameter(name, form, tuple(map(_condition, conditions)), _facts(limits))


def _condition(said: str) -> Condition:
    kind, match = next((kind, found) for form, kind in _CONDITIONS if (found := form.fullmatch(said)))
    when: JsonObject = {"type": kind}
    for key, value in match.groupdict().items():
        if key == "reversed":
            when |= {key: True} if value else {}
        else:
            when[key] = value if key in ("field", "param") else int(value, 16 if key == "mask" else 10)
    return when


def _facts(words: list[str] | tuple[str, ...]) -> JsonObject:
    facts: dict[str, Any] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if key == "noread":
            facts["read"] = False
        elif not equals:
            facts[key] = True
        elif key[0].isdigit():
            facts.setdefault("special", {})[key] = value
        else:
            facts[key] = value.strip("'").replace("\\0", "\0") if value[0] == "'" else int(value)
    return facts


def _read_sets(file: str) -> dict[str, dict[str, Cluster]]:
    sets: dict[str, list[str]] = {}
    for line in _lines(file):
        if line.startswith(_SET):
            lines = sets[line.removeprefix(_SET)] = []
        else:
            lines.append(line)
    return {name: {cluster.name: cluster for cluster in _read(iter(lines))} for name, lines in sets.items()}


CLUSTERS: Final[dict[int, Cluster]] = {cluster.id: cluster for cluster in _read(_lines("standard_clusters.txt"))}
"""The standard clusters by id (`mqtt.md` appendix A)."""

OWN_CLUSTERS: Final[dict[str, dict[str, Cluster]]] = _read_sets("own_clusters.txt")
"""Manufacturers' own clusters and what they add to standard ones, by set and name. A definition says which set it has."""

CLUSTERS_BY_NAME: Final[dict[str, Cluster]] = {
    cluster.name: cluster
    for cluster in (*(own for clusters in OWN_CLUSTERS.values() for own in clusters.values()), *CLUSTERS.values())
}
"""All clusters by name, standard ones without what manufacturers add."""
