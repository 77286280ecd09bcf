"""Which numbers of standard attributes mean something: the non-values of types and the limits of the cluster tables.

A device that has no value sends the non-value of the type (0x8000, 0xffff ...); a broken one sends what the standard
rules out. Both would reach clients as nonsense such as -327.68 °C. Attributes that the tables do not name pass.
"""

from __future__ import annotations

import math
from functools import cache
from typing import NamedTuple

from zigbus.contract.base import Json
from zigbus.zcl.clusters import CLUSTERS, Attribute

NOT_A_NUMBER = math.nan
_NON_VALUES = {
    0x10: 0xFF, 0x20: 0xFF, 0x21: 0xFFFF, 0x22: 0xFFFFFF, 0x23: 0xFFFFFFFF, 0x28: -0x80, 0x29: -0x8000, 0x2A: -0x800000,
    0x2B: -0x80000000, 0x30: 0xFF, 0x31: 0xFFFF, 0xE2: 0xFFFFFFFF,
}  # fmt: skip
"""ZCL rev 8, 2.6.2: what a number of a type is when there is none."""


class _Limits(NamedTuple):
    low: float
    high: float
    non_value: int | None  # None where the tables count it as a value: as default, as a limit or by a name
    also: frozenset[int]  # valid outside of the limits


def valid(cluster: int, attribute: int, value: Json) -> Json:
    """Return the value of a standard attribute, NaN for the non-value of its type, None if it is out of its limits."""
    limits = _limits(cluster, attribute)
    if limits is None or not isinstance(value, (int, float)) or value in limits.also:
        return value
    if value == limits.non_value:
        return NOT_A_NUMBER
    return value if limits.low <= value <= limits.high else None


@cache
def _limits(cluster: int, attribute: int) -> _Limits | None:
    known = CLUSTERS.get(cluster)
    found = (
        () if known is None else (a for a in known.attributes.values() if a.id == attribute and a.manufacturer is None)
    )
    return next(map(_of, found), None)


def _of(attribute: Attribute) -> _Limits:
    facts = attribute.facts
    low, high = facts.get("min", -math.inf), facts.get("max", math.inf)
    also = {int(value) for value in facts.get("special", {})} | {facts.get("default")}
    non_value = _NON_VALUES.get(attribute.type)
    counts = non_value in (low, high) or non_value in also
    return _Limits(low, high, None if counts else non_value, frozenset(v for v in also if isinstance(v, int)))
