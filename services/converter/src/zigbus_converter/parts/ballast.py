"""Dimmable ballasts: the limits of their light output."""

from __future__ import annotations

from zigbus_converter.definition import Part
from zigbus_converter.expose import ALL
from zigbus_converter.parts import attribute
from zigbus_converter.parts.zcl import U8, Attribute

BALLAST = 0x0301
LIMITS = {"minimum": Attribute(BALLAST, 0x0010, U8), "maximum": Attribute(BALLAST, 0x0011, U8)}


def ballast_limit(which: str) -> Part:
    """Return the `minimum` or `maximum` light output."""
    return attribute.numeric(
        f"ballast_{which}_level",
        LIMITS[which],
        ALL,
        minimum=1,
        maximum=254,
        description=f"{which.capitalize()} light output of the ballast",
    )
