"""What a binding brings along: which clusters are bound, and which reporting is set up or taken down (behaviour 11).

A remote that is bound to a lamp commands it without us. So the lamp has to report to the coordinator what the remote
made of it, as long as something is bound to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from zigbus.contract.base import Ieee
from zigbus.contract.devices import Binding, EndpointDescription
from zigbus_converter.definition import Device
from zigbus_converter.effects import Bind, Conversation, Report, ReportItem
from zigbus_converter.parts.base import Inquiry, read, value_of
from zigbus_converter.parts.zcl import (
    CO2,
    COLOUR,
    COLOUR_CAPABILITIES,
    COLOUR_TEMPERATURE,
    CURRENT_LEVEL,
    CURRENT_X,
    CURRENT_Y,
    HUMIDITY,
    ILLUMINANCE,
    LEVEL,
    LIFT_PERCENTAGE,
    ON_OFF,
    SCENES,
    SOIL_MOISTURE,
    SWITCHED,
    TEMPERATURE,
    THERMOSTAT,
    TILT_PERCENTAGE,
    WINDOW_COVERING,
    Attribute,
)

CANDIDATES = (
    SCENES, ON_OFF, LEVEL, COLOUR, WINDOW_COVERING, THERMOSTAT, ILLUMINANCE, TEMPERATURE, HUMIDITY, SOIL_MOISTURE, CO2,
)  # fmt: skip
"""Clusters that are tried when none are named (mqtt.md 4.6.2)."""

XY, TEMPERATURE_BIT = 1 << 3, 1 << 4  # colour capabilities (ZCL rev 8, 5.2.2.2.1.12)
LONGEST_S = 3600
SWITCHED_OFF_S = 0xFFFF  # as longest interval: no reports


@dataclass(frozen=True, slots=True)
class Reported:
    """An attribute that is reported for the sake of bindings. `capability`: of the colour cluster, that it needs."""

    attribute: Attribute
    minimum_s: int = 5
    change: int = 1
    capability: int = 0


REPORTED: Mapping[int, tuple[Reported, ...]] = {
    ON_OFF: (Reported(SWITCHED, minimum_s=0, change=0),),
    LEVEL: (Reported(CURRENT_LEVEL),),
    COLOUR: (
        Reported(COLOUR_TEMPERATURE, capability=TEMPERATURE_BIT),
        Reported(CURRENT_X, capability=XY),
        Reported(CURRENT_Y, capability=XY),
    ),
    WINDOW_COVERING: (Reported(LIFT_PERCENTAGE), Reported(TILT_PERCENTAGE)),
}


@dataclass(frozen=True, slots=True)
class Side:
    """The clusters of an endpoint that is to be bound."""

    inputs: frozenset[int]
    outputs: frozenset[int]

    @classmethod
    def of(cls, description: EndpointDescription, extra_outputs: Iterable[int] = ()) -> Side:
        """Return those of a descriptor, and outputs that a definition adds."""
        return cls(frozenset(description.input_clusters), frozenset((*description.output_clusters, *extra_outputs)))


def bindable(source: Side, target: Side | None, wanted: Iterable[int] | None) -> list[int]:
    """Return which clusters can be bound: the source has them, the target the opposite side. None takes any."""
    found = []
    for cluster in CANDIDATES if wanted is None else wanted:
        if target is None:
            fits = cluster in source.inputs or cluster in source.outputs
        else:
            there, back = cluster in source.outputs and cluster in target.inputs, cluster in source.inputs
            fits = there or (back and cluster in target.outputs)
        if fits:
            found.append(cluster)
    return found


def needs_reporting(endpoint: EndpointDescription, cluster: int, coordinator: Ieee) -> bool:
    """Tell whether an endpoint that something is bound to still has to be told to report a cluster."""
    if cluster not in REPORTED or cluster not in endpoint.input_clusters:
        return False
    reports = any(reporting.cluster == cluster for reporting in endpoint.reportings)
    return not (reports and _reports_to(endpoint, cluster, coordinator))


def superfluous(endpoint: EndpointDescription, bindings_to_it: Iterable[Binding], coordinator: Ieee) -> list[int]:
    """Return the clusters that an endpoint need not report any more: nothing is bound to it for them."""
    required = {binding.cluster for binding in bindings_to_it}
    return [
        binding.cluster
        for binding in endpoint.bindings
        if binding.ieee == coordinator and binding.cluster in REPORTED and binding.cluster not in required
    ]


def set_up(device: Device, endpoint: int, cluster: int) -> Conversation:
    """Have an endpoint report a cluster to the coordinator."""
    yield Bind(endpoint=endpoint, clusters=(cluster,))
    yield from _configure(device, endpoint, cluster, LONGEST_S)


def take_down(device: Device, endpoint: int, cluster: int) -> Conversation:
    """End that."""
    yield Bind(endpoint=endpoint, clusters=(cluster,), bind=False)
    yield from _configure(device, endpoint, cluster, SWITCHED_OFF_S)


def capabilities(device: Device, endpoint: int) -> Inquiry[Any]:
    """Return the colour capabilities of a lamp; it is asked if it never said."""
    known = device.attribute(endpoint, COLOUR, COLOUR_CAPABILITIES.id)
    if known is None:
        known = value_of((yield read(endpoint, COLOUR_CAPABILITIES)), COLOUR_CAPABILITIES)
    return known or 0


def _configure(device: Device, endpoint: int, cluster: int, longest_s: int) -> Conversation:
    wanted = REPORTED[cluster]
    if any(item.capability for item in wanted):
        able = yield from capabilities(device, endpoint)
        wanted = tuple(item for item in wanted if item.capability & able)
    items = tuple(
        ReportItem(
            attribute=item.attribute.id,
            type=item.attribute.type,
            min_interval_s=item.minimum_s,
            max_interval_s=longest_s,
            change=item.change,
        )
        for item in wanted
    )
    if items:
        yield Report(endpoint=endpoint, cluster=cluster, items=items)


def _reports_to(endpoint: EndpointDescription, cluster: int, coordinator: Ieee) -> bool:
    return any(binding.cluster == cluster and binding.ieee == coordinator for binding in endpoint.bindings)
