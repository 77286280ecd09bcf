"""What devices remember when the simulator is not running: membership, attribute values, bindings, reporting, groups."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from zigbus.zcl.frames import ReportingRecord
from zigbus_simulator.device import Binding, Device


class _Value(msgspec.Struct, omit_defaults=True):
    """One attribute. Octets are kept apart from text."""

    endpoint: int
    cluster: int
    attribute: int
    manufacturer: int | None = None
    value: Any = None
    octets: bytes | None = None


class _Reporting(msgspec.Struct):
    endpoint: int
    cluster: int
    manufacturer: int | None
    record: ReportingRecord


class _Scene(msgspec.Struct):
    endpoint: int
    group: int
    scene: int
    values: list[tuple[int, int, Any]]  # cluster, attribute, value


class _Remembered(msgspec.Struct, omit_defaults=True):
    ieee: str
    nwk: int
    network: tuple[int, bytes] | None = None
    values: list[_Value] = []
    bindings: list[tuple[int, int, str | int, int]] = []
    reporting: list[_Reporting] = []
    groups: dict[int, list[int]] = {}
    scenes: list[_Scene] = []
    datapoints: dict[int, tuple[int, bytes]] = {}


_DECODER = msgspec.json.Decoder(list[_Remembered])


def load(path: Path, devices: Iterable[Device]) -> None:
    """Give devices back what they remembered; devices and attributes that no longer exist are passed over."""
    if not path.exists():
        return
    known = {device.ieee: device for device in devices}
    for remembered in _DECODER.decode(path.read_bytes()):
        device = known.get(remembered.ieee)
        if device is not None:
            _restore(device, remembered)


def save(path: Path, devices: Iterable[Device]) -> None:
    """Write what the devices remember."""
    partial = path.with_suffix(".part")
    octets = msgspec.json.encode([_remember(device) for device in devices])
    partial.write_bytes(msgspec.json.format(octets, indent=1))
    partial.replace(path)


def _restore(device: Device, remembered: _Remembered) -> None:
    device.nwk, device.network = remembered.nwk, remembered.network
    for value in remembered.values:
        store = device.attributes.get((value.endpoint, value.cluster), {})
        attribute = store.get((value.manufacturer, value.attribute))
        if attribute is not None:
            attribute.value = value.value if value.octets is None else value.octets
    device.bindings = [Binding(*binding) for binding in remembered.bindings]
    for each in remembered.reporting:
        device.reporting[each.endpoint, each.cluster, each.manufacturer, each.record.attribute] = each.record
    for endpoint, groups in remembered.groups.items():
        device.groups.setdefault(endpoint, set()).update(groups)
    for scene in remembered.scenes:
        values = {(cluster, attribute): value for cluster, attribute, value in scene.values}
        device.scenes[scene.endpoint, scene.group, scene.scene] = values
    device.datapoints |= remembered.datapoints


def _remember(device: Device) -> _Remembered:
    values = [
        _Value(endpoint, cluster, attribute, code, *_split(found.value))
        for (endpoint, cluster), store in device.attributes.items()
        for (code, attribute), found in store.items()
    ]
    return _Remembered(
        ieee=device.ieee,
        nwk=device.nwk,
        network=device.network,
        values=values,
        bindings=list(device.bindings),
        reporting=[
            _Reporting(endpoint, cluster, code, record)
            for (endpoint, cluster, code, _), record in device.reporting.items()
        ],
        groups={endpoint: sorted(groups) for endpoint, groups in device.groups.items() if groups},
        scenes=[
            _Scene(*key, [(cluster, attribute, value) for (cluster, attribute), value in values_of.items()])
            for key, values_of in device.scenes.items()
        ],
        datapoints=device.datapoints,
    )


def _split(value: Any) -> tuple[Any, bytes | None]:
    return (None, value) if isinstance(value, bytes) else (value, None)
