"""What a device is, as data: identity, descriptors and attribute values. How it behaves follows from its clusters."""

from __future__ import annotations

from typing import Any

import msgspec

HOME_AUTOMATION = 0x0104
GREEN_POWER = 0xA1E0

Values = dict[int, tuple[int, Any]]  # attribute id -> (ZCL type, value)


class Endpoint(msgspec.Struct, frozen=True):
    """One simple descriptor, and the values of its attributes by cluster."""

    id: int
    device_type: int
    inputs: tuple[int, ...] = ()
    outputs: tuple[int, ...] = ()
    attributes: dict[int, Values] = {}
    own_attributes: dict[int, Values] = {}  # those that only exist in frames with the manufacturer's code
    profile: int = HOME_AUTOMATION


class DeviceSpec(msgspec.Struct, frozen=True, kw_only=True):
    """One device. `label` is what a person calls it in one or two words; it never leaves the simulator."""

    name: str
    ieee: str
    label: str
    endpoints: tuple[Endpoint, ...]
    manufacturer_code: int = 0  # of the node descriptor
    attribute_code: int | None = None  # manufacturer code of `own_attributes`; None: that of the node descriptor
    router: bool = False
    mains: bool = False
    revision: int = 22  # of the stack, in the node descriptor; 0 for devices older than R21
    nwk: int | None = None  # wanted network address; None: derived from the ieee
    lqi: int = 120
    reports_always: frozenset[tuple[int, int, int]] = (
        frozenset()
    )  # (endpoint, cluster, attribute) told without configuration
    datapoints: dict[int, tuple[int, bytes]] = {}  # Tuya: id -> (datapoint type, octets)

    @property
    def own_code(self) -> int:
        """Manufacturer code of `own_attributes`."""
        return self.manufacturer_code if self.attribute_code is None else self.attribute_code
