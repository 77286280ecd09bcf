"""Differences, overlays and merge patches of settings."""

from __future__ import annotations

import copy
import json

from hypothesis import given
from hypothesis import strategies as st

from zigbus.contract.base import Json, JsonObject
from zigbus.contract.household import SettingChange
from zigbus_registry.changes import applied, difference
from zigbus_registry.jsonvalues import javascript_text, javascript_type, overlaid, patched, same

SCALARS = st.none() | st.booleans() | st.integers(-9, 9) | st.floats(-2, 2) | st.text(max_size=3)
KEYS = st.sampled_from(["a", "b", "c", "0x1", "homeassistant"])
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=8
)
SETTINGS = st.dictionaries(KEYS, VALUES, max_size=4)


@given(SETTINGS, SETTINGS)
def test_the_difference_turns_one_settings_object_into_the_other(before: JsonObject, after: JsonObject) -> None:
    assert same(applied(before, difference(before, after)), after)


@given(SETTINGS)
def test_equal_settings_have_no_difference(settings: JsonObject) -> None:
    assert difference(settings, copy.deepcopy(settings)) == ()


@given(SETTINGS, SETTINGS)
def test_making_changes_leaves_the_settings_it_started_from_alone(before: JsonObject, after: JsonObject) -> None:
    kept = json.dumps(before)
    applied(before, difference(before, after))
    assert json.dumps(before) == kept


@given(SETTINGS, SETTINGS)
def test_changes_learned_twice_are_as_good_as_once(before: JsonObject, after: JsonObject) -> None:
    changes = difference(before, after)
    assert same(applied(applied(before, changes), changes), after)


@given(SETTINGS, SETTINGS)
def test_an_overlay_holds_every_top_value_that_is_no_mapping(base: JsonObject, top: JsonObject) -> None:
    result = overlaid(base, top)
    assert all(same(result[key], value) for key, value in top.items() if not isinstance(value, dict))
    assert result.keys() == base.keys() | top.keys()


def test_a_change_is_as_deep_as_it_can_be() -> None:
    before = {"devices": {"0x1": {"friendly_name": "a", "qos": 1}}}
    after = {"devices": {"0x1": {"friendly_name": "b"}}}
    assert difference(before, after) == (
        SettingChange(path=("devices", "0x1", "qos"), removed=True),
        SettingChange(path=("devices", "0x1", "friendly_name"), value="b"),
    )


def test_true_is_not_one() -> None:
    assert difference({"a": 1}, {"a": True}) == (SettingChange(path=("a",), value=True),)


def test_null_in_a_patch_deletes_and_lists_are_replaced() -> None:
    assert patched({"a": 1, "b": [1, 2], "c": {"d": 1, "e": 2}}, {"a": None, "b": [3], "c": {"d": None}}) == {
        "b": [3],
        "c": {"e": 2},
    }


def test_null_for_home_assistant_is_a_value_and_not_a_deletion() -> None:
    assert patched({"retain": True}, {"homeassistant": None, "retain": None}, ("homeassistant",)) == {
        "homeassistant": None
    }
    nested: Json = {"homeassistant": {"name": None}}
    assert patched({}, nested, ("homeassistant",)) == nested


def test_values_read_in_texts_as_javascript_prints_them() -> None:
    assert [javascript_text(value) for value in (5, 5.0, 1.5, True, None, {"a": 1}, [1, None, "b"])] == [
        "5",
        "5",
        "1.5",
        "true",
        "null",
        "[object Object]",
        "1,,b",
    ]
    values: list[Json] = [5, True, None, "x", [], {}]
    assert [javascript_type(value) for value in values] == [
        "number",
        "boolean",
        "object",
        "string",
        "object",
        "object",
    ]
