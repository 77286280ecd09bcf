"""One entry of `bridge/devices` (mqtt.md 3.3). Names of clusters and attributes come from a `Names`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import msgspec

from zigbus.contract.base import JsonObject
from zigbus.contract.definitions import DefinitionRecord, Scene
from zigbus.contract.devices import (
    Binding,
    DeviceDescription,
    EndpointDescription,
    InterviewState,
    LogicalType,
    Reporting,
)
from zigbus_gateway.entities import COORDINATOR_NAME
from zigbus_gateway.messages import power_source_text, type_text

INTERVIEW_STATES = {
    InterviewState.PENDING: "PENDING",
    InterviewState.IN_PROGRESS: "IN_PROGRESS",
    InterviewState.SUCCESSFUL: "SUCCESSFUL",
    InterviewState.FAILED: "FAILED",
}


class Names(Protocol):
    """Gives clusters and attributes the names of mqtt.md appendix A."""

    def cluster(self, cluster: int) -> str:
        """Name of a cluster, its number as text if it has none."""

    def attribute(self, cluster: int, attribute: int, manufacturer: int | None) -> str | int:
        """Name of an attribute, its number if it has none."""


def device_entry(
    device: DeviceDescription, name: str, own_options: JsonObject, definition: DefinitionRecord | None, names: Names
) -> JsonObject:
    """Return the entry of one device; keys without a value are left out."""
    coordinator = device.logical_type is LogicalType.COORDINATOR
    shown = None if coordinator else definition
    entry: JsonObject = {
        "date_code": device.date_code,
        "definition": definition_object(shown, own_options.get("icon")) if shown is not None else None,
        "description": own_options.get("description"),
        "manufacturer": device.manufacturer,
        "model_id": device.model,
        "power_source": power_source_text(device.power_source),
        "software_build_id": device.software_build,
    }
    entry = {key: value for key, value in entry.items() if value is not None}
    state = InterviewState.SUCCESSFUL if coordinator else device.interview
    return entry | {
        "disabled": own_options.get("disabled") is True,
        "endpoints": {
            str(number): endpoint_object(number, endpoint, shown, names)
            for number, endpoint in device.endpoints.items()
        },
        "friendly_name": COORDINATOR_NAME if coordinator else name,
        "ieee_address": device.ieee,
        "interview_completed": state is InterviewState.SUCCESSFUL,
        "interview_state": INTERVIEW_STATES[state],
        "interviewing": state is InterviewState.IN_PROGRESS,
        "network_address": device.nwk,
        "supported": coordinator or (shown is not None and shown.model is not None and shown.supported),
        "type": type_text(device, shown),
    }


def definition_object(definition: DefinitionRecord, own_icon: str | None = None) -> JsonObject | None:
    """The `definition` of an entry (mqtt.md 3.3.1), None while nothing matches. An option may replace its icon."""
    if definition.model is None:
        return None
    found: JsonObject = {
        "description": definition.description or "",
        "exposes": msgspec.to_builtins(definition.exposes),
        "model": definition.model,
        "options": msgspec.to_builtins(definition.options),
        "source": definition.source,
        "supports_ota": definition.supports_ota,
        "vendor": definition.vendor or "",
        "version": definition.version,
    }
    icon = own_icon or definition.icon
    return found if icon is None else found | {"icon": icon}


def endpoint_object(
    number: int, endpoint: EndpointDescription, definition: DefinitionRecord | None, names: Names
) -> JsonObject:
    """One endpoint of an entry (mqtt.md 3.3.2)."""
    outputs = list(endpoint.output_clusters)
    if definition is not None:
        outputs += [c for c in definition.extra_output_clusters.get(number, ()) if c not in outputs]
    shown: JsonObject = {
        "bindings": [_binding(binding, names) for binding in endpoint.bindings],
        "clusters": {
            "input": [names.cluster(c) for c in endpoint.input_clusters],
            "output": [names.cluster(c) for c in outputs],
        },
        "configured_reportings": [_reporting(reporting, names) for reporting in endpoint.reportings],
        "scenes": scene_list(definition.scenes if definition is not None else (), group=0, endpoint=number),
    }
    name = endpoint_name(number, definition)
    return shown if name is None else shown | {"name": name}


def scene_list(scenes: Iterable[Scene], *, group: int, endpoint: int) -> list[JsonObject]:
    """The scenes that an endpoint remembers for a group (0: its own), as overviews show them."""
    mine = (scene for scene in scenes if (scene.group, scene.endpoint) == (group, endpoint))
    return [{"id": scene.id, "name": scene.name or f"Scene {scene.id}"} for scene in mine]


def endpoint_name(number: int, definition: DefinitionRecord | None) -> str | None:
    """The first name that the definition gives to an endpoint; the default endpoint has none."""
    if definition is None:
        return None
    found = next((name for name, target in definition.endpoint_names.items() if target == number), None)
    return None if found == "default" else found


def _binding(binding: Binding, names: Names) -> JsonObject:
    target: JsonObject
    if binding.group is not None:
        target = {"id": binding.group, "type": "group"}
    else:
        target = {"endpoint": binding.endpoint, "ieee_address": binding.ieee, "type": "endpoint"}
    return {"cluster": names.cluster(binding.cluster), "target": target}


def _reporting(reporting: Reporting, names: Names) -> JsonObject:
    return {
        "attribute": names.attribute(reporting.cluster, reporting.attribute, reporting.manufacturer),
        "cluster": names.cluster(reporting.cluster),
        "maximum_report_interval": reporting.max_interval_s,
        "minimum_report_interval": reporting.min_interval_s,
        "reportable_change": reporting.reportable_change if reporting.reportable_change is not None else 0,
    }
