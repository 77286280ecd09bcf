"""Names of clusters and attributes as one device's clients see them, and the tables of `bridge/definitions` (mqtt.md 3.5)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from zigbus.contract.base import JsonObject
from zigbus.contract.definitions import CustomCluster, DefinitionRecord
from zigbus.zcl.clusters import CLUSTERS, Attribute, Cluster
from zigbus.zcl.commands import Command
from zigbus_gateway.json_text import to_json
from zigbus_gateway.overview_payloads import ACTIONS


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
        standard = CLUSTERS[cluster].attribute_of(attribute) if cluster in CLUSTERS else None
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
    return to_json({cluster.name: cluster.described() for cluster in CLUSTERS.values()})


def _custom(cluster: CustomCluster) -> JsonObject:
    """A cluster of one device: what its definition brings along, added to the standard cluster if it is one."""
    own = cluster.raw if isinstance(cluster.raw, dict) else _named(cluster)
    known = CLUSTERS.get(cluster.id)
    if known is None or known.name != cluster.name:
        return own
    standard = known.described()
    return {key: value | own.get(key, {}) if isinstance(value, dict) else value for key, value in standard.items()}


def _named(cluster: CustomCluster) -> JsonObject:
    """Without a description: names, ids and types. The code of a manufacturer's own cluster is not said again."""
    own = cluster.manufacturer
    codes = {a.id: None if a.manufacturer == own else a.manufacturer for a in cluster.attributes}
    described = Cluster(
        cluster.id,
        cluster.name,
        {a.name: Attribute(a.id, a.name, a.type, codes[a.id]) for a in cluster.attributes},
        {name: Command(id_, name) for name, id_ in cluster.commands.items()},
        {name: Command(id_, name) for name, id_ in cluster.responses.items()},
        own,
    )
    return described.described()
