"""Reporting that a device has lost with its power."""

from __future__ import annotations

from zigbus.contract.devices import Reporting
from zigbus.zcl.clusters import CLUSTERS
from zigbus_converter.definition import Device
from zigbus_converter.effects import Conversation, Report, ReportItem


def report_again(device: Device) -> Conversation:
    """Configure again what the device once agreed to report."""
    for number, endpoint in device.description.endpoints.items():
        for reporting in endpoint.reportings:
            kind = _type_of(device, reporting)
            if kind is not None:
                yield Report(
                    endpoint=number,
                    cluster=reporting.cluster,
                    items=(_item(reporting, kind),),
                    manufacturer=reporting.manufacturer,
                )


def _item(reporting: Reporting, kind: int) -> ReportItem:
    return ReportItem(
        attribute=reporting.attribute,
        type=kind,
        min_interval_s=reporting.min_interval_s,
        max_interval_s=reporting.max_interval_s,
        change=reporting.reportable_change,
        manufacturer=reporting.manufacturer,
    )


def _type_of(device: Device, reporting: Reporting) -> int | None:
    own = (c for part in device.definition.parts for c in part.custom_clusters if c.id == reporting.cluster)
    named = next((a for c in own for a in c.attributes if a.id == reporting.attribute), None)
    if named is not None:
        return named.type
    standard = CLUSTERS[reporting.cluster].attribute_of(reporting.attribute) if reporting.cluster in CLUSTERS else None
    return None if standard is None else standard.type
