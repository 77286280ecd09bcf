"""What incoming topics and payloads mean."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zigbus_gateway.payloads import InvalidMessage, entity_payload, request_payload
from zigbus_gateway.topics import BridgeRequest, EntityCommand, TopicReader, has_wildcard


@pytest.mark.parametrize(
    ("topic", "meaning"),
    [
        ("home/z2m/lamp/set", EntityCommand("set", "lamp")),
        ("home/z2m/lamp/get", EntityCommand("get", "lamp")),
        ("home/z2m/lamp/set/state", EntityCommand("set", "lamp", "state")),
        ("home/z2m/floor/room/lamp/l1/set/a/b", EntityCommand("set", "floor/room/lamp/l1", "a/b")),
        ("home/z2m/lamp", None),
        ("home/z2m/lamp/availability", None),
        ("home/z2m/bridge/set", None),
        ("home/z2m/bridge/state", None),
        ("home/z2m/set", None),
        ("home/z2mm/lamp/set", None),
        ("home/z2m/bridge/request/device/Rename", BridgeRequest("device/Rename")),
        ("home/z2m/bridge/request/", None),
    ],
)
def test_a_topic_means_a_command_a_request_or_nothing(topic: str, meaning: object) -> None:
    assert TopicReader("home/z2m").read(topic) == meaning


def test_a_base_topic_is_no_pattern() -> None:
    assert TopicReader("a.b").read("axb/lamp/set") is None
    assert TopicReader("a.b").read("a.b/lamp/set") == EntityCommand("set", "lamp")


def test_topics_with_wildcards_cannot_be_published_to() -> None:
    assert has_wildcard("a/+/b")
    assert has_wildcard("a/#")
    assert not has_wildcard("a/b")


@pytest.mark.parametrize(
    ("payload", "attribute", "keys"),
    [
        (b'{"b":1,"a":2}', None, {"b": 1, "a": 2}),
        (b"on", None, {"state": "on"}),
        (b"ToGGle", None, {"state": "ToGGle"}),
        (b'"ON"', None, {"0": "O", "1": "N"}),
        (b"[7]", None, {"0": 7}),
        (b"", None, {}),
        (b"5", None, {}),
        (b"true", None, {}),
        (b"12", "brightness", {"brightness": 12}),
        (b"red", "color", {"color": "red"}),
        (b"", "state", {"state": ""}),
        (b"null", "state", {"state": None}),
    ],
)
def test_a_payload_carries_keys(payload: bytes, attribute: str | None, keys: dict[str, object]) -> None:
    assert entity_payload(payload, attribute) == keys


@pytest.mark.parametrize(
    ("payload", "shown"), [(b"{bad", "undefined"), (b"onn", "undefined"), (b"null", "null"), (b"NaN", "undefined")]
)
def test_a_payload_that_is_neither_json_nor_a_word_is_invalid(payload: bytes, shown: str) -> None:
    with pytest.raises(InvalidMessage) as caught:
        entity_payload(payload, None)
    assert str(caught.value) == f"Invalid message '{shown}', skipping..."


@given(st.binary())
def test_any_bytes_are_keys_or_invalid(payload: bytes) -> None:
    request_payload(payload)
    with contextlib.suppress(InvalidMessage):
        assert isinstance(entity_payload(payload, None), dict)
