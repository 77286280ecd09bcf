"""JSON as JavaScript writes it."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zigbus_gateway.json_text import to_json, to_json_in_order


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (21.0, "21"),
        (-0.0, "0"),
        (21.5, "21.5"),
        (0.1, "0.1"),
        (1e16, "10000000000000000"),
        (1e21, "1e+21"),
        (1.5e300, "1.5e+300"),
        (0.00001, "0.00001"),
        (1e-7, "1e-7"),
        (1.5e-7, "1.5e-7"),
        (math.nan, "null"),
        (math.inf, "null"),
        (True, "true"),
        ("21.0", '"21.0"'),
    ],
)
def test_numbers_are_printed_as_javascript_prints_them(value: object, text: str) -> None:
    assert to_json(value).decode() == text


def test_keys_are_sorted_at_every_level_and_nothing_is_spaced() -> None:
    assert to_json({"b": {"d": 1.0, "c": [2.0, {"z": 1, "a": 2}]}, "B": None, "é": 1}) == (
        '{"B":null,"b":{"c":[2,{"a":2,"z":1}],"d":1},"é":1}'.encode()
    )


def test_values_in_error_texts_keep_the_order_of_their_keys() -> None:
    assert to_json_in_order({"b": 1.0, "a": [2.5]}) == b'{"b":1,"a":[2.5]}'


_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(_VALUES)
def test_no_value_is_changed(value: object) -> None:
    assert json.loads(to_json(value)) == value
