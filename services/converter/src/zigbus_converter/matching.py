"""Which definition a device gets: fingerprints by priority, then the model id, then white labels (behaviour 12.5)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from zigbus.contract.devices import DeviceDescription, EndpointDescription
from zigbus_converter.definition import Definition, EndpointMatch, Fingerprint

_FACTS = (
    "manufacturer_code", "power_source", "application_version", "stack_version", "zcl_version", "hardware_version", "date_code", "software_build",
)  # fmt: skip


class Catalogue:
    """Definitions, indexed by what a device says of itself."""

    def __init__(self, definitions: Iterable[Definition] = ()) -> None:
        self._by_model: dict[str, list[Definition]] = {}
        self._by_fingerprint_model: dict[str | None, list[tuple[Fingerprint, Definition]]] = {}
        for definition in definitions:
            self._add(definition)

    def find(self, device: DeviceDescription) -> Definition | None:
        """Return the definition of a device, as the white label that it is sold under; None if nothing matches."""
        found = self._by_fingerprint(device) or self._by_model_id(device)
        return None if found is None else as_white_label(found, device)

    def _add(self, definition: Definition) -> None:
        for model in definition.models:
            self._by_model.setdefault(model, []).append(definition)
        for fingerprint in definition.fingerprints:
            self._by_fingerprint_model.setdefault(fingerprint.model, []).append((fingerprint, definition))

    def _by_fingerprint(self, device: DeviceDescription) -> Definition | None:
        named = [c for model in model_ids(device.model) for c in self._by_fingerprint_model.get(model, ())]
        matching = [(f, d) for f, d in (*named, *self._by_fingerprint_model.get(None, ())) if fits(f, device)]
        return max(matching, key=lambda found: found[0].priority)[1] if matching else None

    def _by_model_id(self, device: DeviceDescription) -> Definition | None:
        candidates = (d for model in model_ids(device.model) for d in self._by_model.get(model, ()))
        return next((d for d in candidates if device.manufacturer not in d.not_made_by), None)


def model_ids(model: str | None) -> list[str]:
    """Return the forms of a model id that are looked up: as it is, cut at the first NUL, and trimmed."""
    if model is None:
        return []
    return list(dict.fromkeys((model, model.split("\0", 1)[0], model.split("\0", 1)[0].strip())))


def fits(fingerprint: Fingerprint, device: DeviceDescription) -> bool:
    """Tell whether everything that the fingerprint names is so."""
    return (
        (fingerprint.model is None or fingerprint.model in model_ids(device.model))
        and (fingerprint.manufacturer is None or fingerprint.manufacturer in model_ids(device.manufacturer))
        and (fingerprint.logical_type is None or fingerprint.logical_type == device.logical_type.value)
        and (fingerprint.ieee is None or re.search(fingerprint.ieee, device.ieee) is not None)
        and all(getattr(fingerprint, f) in (None, getattr(device, f)) for f in _FACTS)
        and all(_has_endpoint(match, device) for match in fingerprint.endpoints)
    )


def as_white_label(definition: Definition, device: DeviceDescription) -> Definition:
    """Return the definition under the name of the white label whose fingerprint fits, else as it is."""
    for label in definition.white_labels:
        if any(fits(fingerprint, device) for fingerprint in label.fingerprints):
            return replace(
                definition,
                model=label.model,
                vendor=label.vendor,
                description=label.description or definition.description,
            )
    return definition


def _has_endpoint(match: EndpointMatch, device: DeviceDescription) -> bool:
    numbers: Sequence[int] = tuple(device.endpoints) if match.id is None else (match.id,)
    return any(number in device.endpoints and _endpoint_fits(match, device.endpoints[number]) for number in numbers)


def _endpoint_fits(match: EndpointMatch, endpoint: EndpointDescription) -> bool:
    return (
        match.profile in (None, endpoint.profile)
        and match.device_type in (None, endpoint.device_type)
        and (match.input_clusters is None or set(match.input_clusters) == set(endpoint.input_clusters))
        and (match.output_clusters is None or set(match.output_clusters) == set(endpoint.output_clusters))
    )
