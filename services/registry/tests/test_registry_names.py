"""Friendly names: the rules and their exact texts."""

from __future__ import annotations

import pytest

from zigbus_registry.names import name_errors


@pytest.mark.parametrize(
    "name", ["lamp", "1", "kitchen/lamp", "kitchen/l1", "Küche ☀", "😀", "a.b", "0x00158d0001a2b3c4", "a/b1"]
)
def test_a_usual_name_is_allowed(name: str) -> None:
    assert name_errors(name) == []


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("", "friendly_name must be at least 1 char long"),
        ("/a", "friendly_name is not allowed to end or start with /"),
        ("a/", "friendly_name is not allowed to end or start with /"),
        ("a\u0007b", "friendly_name is not allowed to contain control char"),
        ("a\u0085b", "friendly_name is not allowed to contain control char"),
        ("a\ufdd0b", "friendly_name is not allowed to contain control char"),
        ("a\U0001ffffb", "friendly_name is not allowed to contain control char"),
        ("lamp/1", "Friendly name cannot end with a \"/DIGIT\" ('lamp/1')"),
        ("a/b/22", "Friendly name cannot end with a \"/DIGIT\" ('a/b/22')"),
        ("a#b", "MQTT wildcard (+ and #) not allowed in friendly_name ('a#b')"),
        ("+", "MQTT wildcard (+ and #) not allowed in friendly_name ('+')"),
    ],
)
def test_a_bad_name_is_refused_with_the_text_of_its_first_rule(name: str, first: str) -> None:
    assert name_errors(name)[0] == first
