"""The entry of a device in bucket DEFINITIONS."""

from __future__ import annotations

from zigbus.contract.definitions import DefinitionRecord
from zigbus.contract.devices import LogicalType
from zigbus_converter.entity import Entity
from zigbus_converter.scene_memory import listed


def record_of(entity: Entity, *, configured: bool) -> DefinitionRecord:
    """Return what clients must know of the device's definition; without one, that there is none."""
    if entity.assembled is None:
        coordinator = entity.known is not None and entity.known.logical_type == LogicalType.COORDINATOR
        return DefinitionRecord(ieee=entity.ieee, device_revision=entity.device_revision, supported=coordinator)
    definition = entity.definition
    return DefinitionRecord(
        ieee=entity.ieee,
        device_revision=entity.device_revision,
        supported=definition.source != "generated",
        source=definition.source,
        model=definition.model,
        vendor=definition.vendor,
        description=definition.description,
        exposes=entity.assembled.exposes,
        options=entity.assembled.options,
        supports_ota=definition.ota,
        version=definition.version,
        icon=definition.icon,
        endpoint_names=dict(definition.endpoints),
        custom_clusters=tuple(cluster for part in definition.parts for cluster in part.custom_clusters),
        configured=configured,
        logical_type=definition.logical_type,
        extra_output_clusters=dict(definition.extra_output_clusters),
        scenes=tuple(listed(entity.memory)),
    )


def still_configured(stored: DefinitionRecord | None, entity: Entity) -> bool:
    """Tell whether the set-up that ran earlier counts for the definition as it is now (behaviour 12.7)."""
    if stored is None or not stored.configured or entity.assembled is None:
        return False
    now = entity.definition.version
    return now in ("0.0.0", stored.version)
