"""What was bound and configured on a device's endpoints. Decisions only."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from zigbus.contract.base import Ieee
from zigbus.contract.binding_requests import EVERY_TARGET
from zigbus.contract.devices import Binding, EndpointDescription, Reporting

Endpoints = dict[int, EndpointDescription]

REPORTING_OFF = 0xFFFF  # maximum interval that switches reporting off


def bound(endpoints: Endpoints, number: int, binding: Binding) -> Endpoints:
    """Return the endpoints with a binding added; one that is there already is not added again."""
    endpoint = _endpoint(endpoints, number)
    if binding in endpoint.bindings:
        return endpoints
    return {**endpoints, number: msgspec.structs.replace(endpoint, bindings=(*endpoint.bindings, binding))}


def unbound(endpoints: Endpoints, number: int, binding: Binding) -> Endpoints:
    """Return the endpoints without a binding."""
    endpoint = _endpoint(endpoints, number)
    if binding not in endpoint.bindings:
        return endpoints
    left = tuple(other for other in endpoint.bindings if other != binding)
    return {**endpoints, number: msgspec.structs.replace(endpoint, bindings=left)}


def cleared(endpoints: Endpoints, targets: Iterable[Ieee]) -> Endpoints:
    """Return the endpoints without bindings to these targets; the target of all ones means all, groups too."""
    gone = frozenset(targets)
    return {
        number: msgspec.structs.replace(
            endpoint,
            bindings=() if EVERY_TARGET in gone else tuple(b for b in endpoint.bindings if b.ieee not in gone),
        )
        for number, endpoint in endpoints.items()
    }


def configured(endpoints: Endpoints, number: int, reportings: Iterable[Reporting]) -> Endpoints:
    """Return the endpoints with reportings as the device accepted them, the newest last: they replace older ones, switched off ones go."""
    endpoint = _endpoint(endpoints, number)
    kept = {_key(reporting): reporting for reporting in endpoint.reportings}
    for reporting in reportings:
        kept.pop(_key(reporting), None)
        if reporting.max_interval_s != REPORTING_OFF:
            kept[_key(reporting)] = reporting
    return {**endpoints, number: msgspec.structs.replace(endpoint, reportings=tuple(kept.values()))}


def interviewed(old: Endpoints, new: Endpoints) -> Endpoints:
    """Return freshly read descriptors together with the bindings and reportings known of the same endpoints."""
    return {
        number: msgspec.structs.replace(endpoint, bindings=old[number].bindings, reportings=old[number].reportings)
        if number in old
        else endpoint
        for number, endpoint in new.items()
    }


def _endpoint(endpoints: Endpoints, number: int) -> EndpointDescription:
    return endpoints.get(number) or EndpointDescription(profile=0x0104, device_type=0)


def _key(reporting: Reporting) -> tuple[int, int, int | None]:
    return reporting.cluster, reporting.attribute, reporting.manufacturer
