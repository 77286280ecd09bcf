"""Clusters of one manufacturer's devices, and what it adds to standard ones, as the shared tables name them."""

from __future__ import annotations

from zigbus.contract.definitions import AttributeInfo, CustomCluster
from zigbus.zcl.clusters import OWN_CLUSTERS, Cluster
from zigbus_converter.definition import Part


def own_clusters(set_name: str) -> tuple[CustomCluster, ...]:
    """Return the clusters of a set of `zigbus/zcl/own_clusters.txt`."""
    return tuple(map(_custom, OWN_CLUSTERS[set_name].values()))


def own(set_name: str) -> Part:
    """Return a part that names the clusters of a set and does nothing else."""
    return Part(custom_clusters=own_clusters(set_name))


def _custom(cluster: Cluster) -> CustomCluster:
    return CustomCluster(
        id=cluster.id,
        name=cluster.name,
        manufacturer=cluster.manufacturer,
        attributes=tuple(
            AttributeInfo(id=a.id, type=a.type, name=a.name, manufacturer=a.manufacturer)
            for a in cluster.attributes.values()
        ),
        commands={command.name: command.id for command in cluster.commands.values()},
        responses={command.name: command.id for command in cluster.responses.values()},
        raw=cluster.described(),
    )
