"""What clients mean by the name or number of a cluster or attribute: the definition's own names first, then the standard's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from zigbus.contract.base import FailureCode, Json, RequestFailed
from zigbus.contract.definitions import AttributeInfo, CustomCluster
from zigbus.zcl.clusters import CLUSTERS, CLUSTERS_BY_NAME, Cluster
from zigbus.zcl.types import IDS
from zigbus_converter.definition import Part

HIGHEST_ID = 0xFFFF  # of clusters and attributes


def cluster_called(name: Json, parts: Iterable[Part]) -> Cluster:
    """Return the cluster with this name or number. Raises RequestFailed if the name is not known."""
    own = next((c for part in parts for c in part.custom_clusters if name in (c.name, c.id)), None)
    number = number_in(name)
    if own is not None:
        return _of_definition(own)
    if isinstance(name, str) and name in CLUSTERS_BY_NAME:
        return CLUSTERS_BY_NAME[name]
    if number is None or not 0 <= number <= HIGHEST_ID:
        raise invalid_name(f"Cluster '{name}' is not known; give its number instead", cluster=name)
    return CLUSTERS.get(number) or Cluster(number, str(number))


def attribute_called(name: Json, cluster: Cluster, parts: Iterable[Part]) -> AttributeInfo | None:
    """Return the attribute with this name or number, None if it is not known."""
    clusters = (c for part in parts for c in part.custom_clusters if c.id == cluster.id)
    for info in (info for custom in clusters for info in custom.attributes):
        if name in (info.name, info.id):
            return info
    number = number_in(name)
    for known in cluster.attributes.values():
        if name == known.name or number == known.id:
            return AttributeInfo(id=known.id, type=known.type, name=known.name, manufacturer=known.manufacturer)
    return None


def attribute_id(name: Json, cluster: Cluster, parts: Iterable[Part]) -> int:
    """Return the number of an attribute. Raises RequestFailed if the name is not known."""
    info = attribute_called(name, cluster, parts)
    number = number_in(name) if info is None else info.id
    if number is None or not 0 <= number <= HIGHEST_ID:
        raise invalid_name(f"Cluster '{cluster.name}' has no attribute '{name}'", attribute=name)
    return number


def type_id(kind: Any) -> int:
    """Return the number of a ZCL data type given by name or number. Raises RequestFailed if there is none such."""
    number = IDS.get(kind) if isinstance(kind, str) else kind
    if isinstance(number, int) and 0 <= number <= 0xFF:
        return number
    raise invalid_name(f"Data type '{kind}' is not known", type=kind)


def number_in(name: Json) -> int | None:
    """Return a number that may be written as text, also in hex; None if it is none."""
    if isinstance(name, int):
        return name
    try:
        return int(str(name), 0)
    except ValueError:
        return None


def invalid_name(text: str, **facts: Json) -> RequestFailed:
    """Return the failure of a name that a client must change."""
    return RequestFailed.of(FailureCode.INVALID, text, **facts)


def _of_definition(custom: CustomCluster) -> Cluster:
    return CLUSTERS_BY_NAME.get(custom.name) or Cluster(custom.id, custom.name, manufacturer=custom.manufacturer)
