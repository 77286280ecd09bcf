"""From a captured line of the catalogue to a definition of our own parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from zigbus.contract.base import Json
from zigbus_converter.captured.blocks import NotOurs, built
from zigbus_converter.definition import Definition, Part

META = {
    "turnsOffAtBrightness1": "turns_off_at_brightness_1",
    "omitOptionalLevelAndColorParams": "omit_optional_level_and_colour_fields",
    "disableActionGroup": "disable_action_group",
}


class Captured(msgspec.Struct, frozen=True):
    """A definition as the calls that make it: block name first, then what it was called with."""

    blocks: tuple[tuple[Any, ...], ...]
    meta: dict[str, Json] = {}
    ota: bool = False


def definition_of(captured: Captured, model: str, vendor: str, description: str) -> Definition:
    """Return the definition. Raises NotOurs if our parts cannot stand for it."""
    parts: list[Part] = []
    meta = _meta(captured.meta)
    multi_endpoint = bool(captured.meta.get("multiEndpoint"))
    endpoints: dict[str, int] = {}
    skip: Sequence[str] = ()
    for name, *values in captured.blocks:
        block = built(name, values)
        parts += block.parts
        meta = {**block.meta, **meta}
        if block.endpoints:
            endpoints, skip, multi_endpoint = block.endpoints, block.skip, True
    return Definition(
        model=model,
        vendor=vendor,
        description=description,
        parts=tuple(parts),
        endpoints=endpoints,
        multi_endpoint=multi_endpoint,
        multi_endpoint_skip=tuple(skip),
        ota=captured.ota,
        meta=meta,
    )


def _meta(meta: dict[str, Json]) -> dict[str, Json]:
    """In our words. Raises NotOurs for a fact that no part asks for."""
    unknown = meta.keys() - META.keys() - {"multiEndpoint", "disableDefaultResponse"}
    if unknown:
        raise NotOurs("meta", tuple(unknown))
    return {META[key]: value for key, value in meta.items() if key in META}
