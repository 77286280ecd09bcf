"""What the tests of the catalogue share: the built catalogue, a host for every engine, some devices."""

from __future__ import annotations

from typing import Any

import pytest
from services.converter.tests.converter_home import COORDINATOR, endpoint, event_of

from zigbus.contract.base import Ieee, JsonObject
from zigbus.contract.devices import DeviceDescription, InterviewState, LogicalType
from zigbus_converter.frames import frame_of
from zigbus_converter.zhc import protocol as p
from zigbus_converter.zhc.catalogue import Catalogue, CatalogueMissing
from zigbus_converter.zhc.host import Host
from zigbus_converter.zhc.identities import Identities

VALVE: Ieee = "0xa4c1380000000001"


def catalogue() -> Catalogue:
    """The catalogue that `make catalogue` built; tests are skipped where it could not be built."""
    try:
        return Catalogue()
    except CatalogueMissing as missing:
        pytest.skip(str(missing))


def device(
    model: str | None, manufacturer: str | None, *clusters: int, ieee: Ieee = VALVE, router: bool = False, **facts: Any
) -> DeviceDescription:
    """Return an interviewed device with one endpoint."""
    return DeviceDescription(
        ieee=ieee,
        coordinator=COORDINATOR,
        nwk=0x1001,
        logical_type=LogicalType.ROUTER if router else LogicalType.END_DEVICE,
        interview=InterviewState.SUCCESSFUL,
        endpoints={1: endpoint(0, *clusters, outputs=(0x0A, 0x19), device_type=0x0051)},
        manufacturer=manufacturer,
        model=model,
        power_source=1 if router else 3,
        **facts,
    )


def valve() -> DeviceDescription:
    """A radiator valve that speaks Tuya datapoints; only the catalogue knows it."""
    return device("TS0601", "_TZE200_p3dbf6qs", 4, 5, 0xEF00)


def heard(host: Host, description: DeviceDescription, wire: str, cluster: int, **at: Any) -> p.Step:
    """Have a frame in hex converted."""
    return host.receive(description.ieee, frame_of(event_of(wire, description.ieee, 1, cluster, **at), 1))


def payloads(step: p.Step) -> list[JsonObject]:
    """What a step publishes as heard."""
    return [op.payload for op in step.effects if isinstance(op, p.Heard)]


def sender(opened: p.Opened | None, key: str, way: str = "set") -> int:
    """The place of the sender of a key."""
    assert opened is not None
    return next(place for place, s in enumerate(opened.senders) if key in (s.keys or (key,)) and getattr(s, way))


def use(host: Host, name: str, code: str, model: str) -> tuple[DeviceDescription, p.Step]:
    """Load a module and open a device with one of its models."""
    found = Identities.of(host.load(name, code)).find(described := device(model, "Household", 6))
    assert found is not None
    return described, host.open(described, found)


def definition(model: str, convert: str, **more: str) -> str:
    """The source of a definition that converts reports of on/off with this function."""
    fields = {
        "zigbeeModel": f"['{model}']",
        "model": f"'{model}'",
        "vendor": "'Household'",
        "description": "'Test'",
        "exposes": "[]",
        "toZigbee": "[]",
        "fromZigbee": f"[{{cluster: 'genOnOff', type: ['attributeReport'], convert: {convert}}}]",
        **more,
    }
    return "{" + ", ".join(f"{key}: {value}" for key, value in fields.items()) + "}"


ON = "18SS0a 0000 10 01"  # a report of on/off
