"""Plain definitions of the catalogue on our own parts: what is built, and what is left to the engine."""

from __future__ import annotations

from typing import Any

import pytest

from zigbus_converter.assembly import exposes_of
from zigbus_converter.captured.blocks import NotOurs
from zigbus_converter.captured.definitions import Captured, definition_of
from zigbus_converter.definition import Definition


def built(*blocks: tuple[Any, ...], meta: dict[str, Any] | None = None) -> Definition:
    return definition_of(Captured(blocks=blocks, meta=meta or {}), "M", "V", "D")


def shown(definition: Definition) -> list[str | None]:
    """Names of what a definition exposes, without the link quality."""
    return [expose.name or expose.type for expose in exposes_of(definition, None)[:-1]]


def test_blocks_become_parts_in_their_order() -> None:
    definition = built(
        ("modernExtend.battery",), ("modernExtend.temperature",), ("modernExtend.identify", {"isSleepy": True})
    )
    assert shown(definition) == ["battery", "temperature", "identify"]


def test_named_endpoints_give_their_names_to_keys() -> None:
    names = {"l1": 1, "l2": 2}
    definition = built(
        ("modernExtend.deviceEndpoints", {"endpoints": names}),
        ("modernExtend.onOff", {"endpointNames": ["l1", "l2"], "powerOnBehavior": False}),
    )
    assert definition.endpoints == names
    assert definition.multi_endpoint
    properties = [feature.property for e in exposes_of(definition, None)[:-1] for feature in e.features or ()]
    assert properties == ["state_l1", "state_l2"]


@pytest.mark.parametrize(
    "block",
    [
        ("modernExtend.somethingNew",),
        ("modernExtend.temperature", {"unheardOf": 1}),
        ("modernExtend.light", {"color": {"modes": ["hs"]}}),
        ("modernExtend.battery", {"percentageReportingConfig": {"min": "1_FORTNIGHT", "max": "MAX", "change": 1}}),
    ],
)
def test_an_unknown_block_or_value_leaves_the_definition_to_the_engine(block: tuple[Any, ...]) -> None:
    with pytest.raises(NotOurs):
        built(block)


def test_an_unknown_fact_leaves_the_definition_to_the_engine() -> None:
    with pytest.raises(NotOurs):
        built(("modernExtend.light",), meta={"somethingNew": True})
