"""The demo home: its devices as data, what hands can do to them, and how it lives by itself."""

from __future__ import annotations

from typing import Final

from zigbus_simulator.home import lamps, lumi, others
from zigbus_simulator.spec import DeviceSpec

ALL: Final[tuple[DeviceSpec, ...]] = (*lumi.DEVICES, *lamps.DEVICES, *others.DEVICES)


def devices(*names: str) -> list[DeviceSpec]:
    """Return the devices of these names, in the home's order; without names all of them. Raises KeyError."""
    unknown = set(names) - {spec.name for spec in ALL}
    if unknown:
        raise KeyError(", ".join(sorted(unknown)))
    return [spec for spec in ALL if not names or spec.name in names]
