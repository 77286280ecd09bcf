"""Names of clusters and attributes as one device's clients see them, and the tables of `bridge/definitions` (mqtt.md 3.5)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from zigbus.contract.base import JsonObject
from zigbus.contract.definitions import CustomCluster, DefinitionRecord
from zigbus.zcl.clusters import CLUSTERS, Cluster, Command
from zigbus.zcl.types import IDS
from zigbus_gateway.json_text import to_json
from zigbus_gateway.overview_payloads import ACTIONS

LIST_TYPES = {
    "uint8[]": 1001,
    "uint16[]": 1002,
    "bytes": 1008,
}  # zigbee2mqtt's numbers for parameters that fill the frame
STRUCTURES = {"extensionfieldsets": 1006, "transitions": 1007, "dpValues": 1011}  # those that it takes apart, by name


class DeviceNames:
    """Names for one device: those that its definition brings along, then the standard ones."""

    def __init__(self, definition: DefinitionRecord | None) -> None:
        self._own = {cluster.id: cluster for cluster in definition.custom_clusters} if definition is not None else {}

    def cluster(self, cluster: int) -> str:
        """Name of a cluster, its number as text if it has none."""
        if cluster in self._own:
            return self._own[cluster].name
        return CLUSTERS[cluster].name if cluster in CLUSTERS else str(cluster)

    def attribute(self, cluster: int, attribute: int, manufacturer: int | None) -> str | int:
        """Name of an attribute, its number if it has none."""
        if cluster in self._own:
            same_id = [a for a in self._own[cluster].attributes if a.id == attribute]
            best = next((a for a in same_id if a.manufacturer == manufacturer), same_id[0] if same_id else None)
            if best is not None:
                return best.name
        standard = CLUSTERS[cluster].attribute_of(attribute, manufacturer) if cluster in CLUSTERS else None
        return standard.name if standard is not None else attribute


def definitions_payload(definitions: Mapping[str, DefinitionRecord]) -> bytes:
    """Return the payload of `bridge/definitions`."""
    custom = {
        ieee: {c.name: _custom(c) for c in record.custom_clusters}
        for ieee, record in definitions.items()
        if record.custom_clusters
    }
    return b'{"actions":%b,"clusters":%b,"custom_clusters":%b}' % (to_json(ACTIONS), _standard(), to_json(custom))


@cache
def _standard() -> bytes:
    return to_json({cluster.name: _cluster(cluster) for cluster in CLUSTERS.values()})


def _cluster(cluster: Cluster) -> JsonObject:
    """A standard cluster. What manufacturers added to it belongs to `custom_clusters` of their devices."""
    shown: JsonObject = {
        "ID": cluster.id,
        "attributes": {a.name: _numbered(a.id, a.name, None) | {"type": a.type} for a in cluster.attributes.values()},
        "commands": {command.name: _command(command) for command in cluster.commands.values()},
        "commandsResponse": {command.name: _command(command) for command in cluster.responses.values()},
        "name": cluster.name,
    }
    return shown if cluster.manufacturer is None else shown | {"manufacturerCode": cluster.manufacturer}


def _command(command: Command) -> JsonObject:
    parameters = [
        {"name": p.name, "type": STRUCTURES.get(p.name) or LIST_TYPES.get(p.form) or IDS[p.form]}
        for p in command.parameters
    ]
    return {"ID": command.id, "name": command.name, "parameters": parameters}


def _custom(cluster: CustomCluster) -> JsonObject:
    """A cluster of one device. The code of a manufacturer's own cluster is not said again for its attributes."""
    if isinstance(cluster.raw, dict):
        return cluster.raw
    own = cluster.manufacturer
    codes = {a.id: None if a.manufacturer == own else a.manufacturer for a in cluster.attributes}
    return _numbered(cluster.id, cluster.name, own) | {
        "attributes": {a.name: _numbered(a.id, a.name, codes[a.id]) | {"type": a.type} for a in cluster.attributes},
        "commands": {name: {"ID": id_, "name": name, "parameters": []} for name, id_ in cluster.commands.items()},
        "commandsResponse": {
            name: {"ID": id_, "name": name, "parameters": []} for name, id_ in cluster.responses.items()
        },
    }


def _numbered(id_: int, name: str, manufacturer: int | None) -> JsonObject:
    shown: JsonObject = {"ID": id_, "name": name}
    return shown if manufacturer is None else shown | {"manufacturerCode": manufacturer}
