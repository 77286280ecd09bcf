"""What a state message holds."""

from __future__ import annotations

import pytest

from zigbus_gateway.entities import PublishOptions
from zigbus_gateway.messages import DeviceFacts, last_seen_text, merge, message_of, power_source_text, renditions


def test_objects_are_merged_and_everything_else_is_replaced() -> None:
    state = {"color": {"x": 1, "y": 2}, "list": [1, 2], "state": "ON"}
    changed = {"color": {"x": 3}, "list": [3], "state": None}
    assert merge(state, changed) == {"color": {"x": 3, "y": 2}, "list": [3], "state": None}
    assert state["color"] == {"x": 1, "y": 2}


def test_a_groups_message_has_no_facts_of_a_device() -> None:
    assert message_of({"state": "ON"}, None, "epoch") == {"state": "ON"}


def test_a_device_that_was_never_heard_has_neither_time_nor_link_quality() -> None:
    assert message_of({"state": "ON"}, DeviceFacts(), "ISO_8601") == {"state": "ON"}


def test_filters_match_the_whole_key() -> None:
    filtered = PublishOptions.of({"filtered_attributes": ["volt.*", "linkquality", "("]}).filtered
    assert message_of({"voltage": 1, "revolt": 2, "(": 3}, DeviceFacts(lqi=1), "disable", filtered) == {"revolt": 2}


def test_options_that_make_no_sense_count_as_not_given() -> None:
    assert (
        PublishOptions.of({"retain": "yes", "qos": 9, "retention": -1, "filtered_attributes": "x"}) == PublishOptions()
    )


@pytest.mark.parametrize(
    ("form", "text"),
    [("ISO_8601", "2026-11-20T11:17:32.041Z"), ("epoch", 1795173452041)],
)
def test_last_seen_has_the_wanted_form(form: str, text: object) -> None:
    assert last_seen_text(1795173452.0415, form) == text  # type: ignore[arg-type]  # a literal from the table


def test_local_time_has_an_offset_and_no_milliseconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "CET-1")
    import time  # noqa: PLC0415  # the zone must be set first

    time.tzset()
    try:
        assert last_seen_text(1795173452.041, "ISO_8601_local") == "2026-11-20T12:17:32+01:00"
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    ("value", "text"), [(1, "Mains (single phase)"), (0x83, "Battery"), (0x7F, "Unknown"), (None, None)]
)
def test_the_power_source_is_said_in_words(value: int | None, text: str | None) -> None:
    assert power_source_text(value) == text


def test_attributes_are_told_one_by_one() -> None:
    message = {
        "color": {"r": 1, "g": 2, "b": 3},
        "list": ["a", 1],
        "none": None,
        "state": "ON",
        "update": {"state": "idle"},
        "x": 1.0,
    }
    assert list(renditions("lamp", message, "attribute")) == [
        ("lamp/color", b"1,2,3"),
        ("lamp/list", b"a,1"),
        ("lamp/none", b""),
        ("lamp/state", b"ON"),
        ("lamp/update-state", b"idle"),
        ("lamp/x", b"1"),
    ]


def test_both_outputs_tell_the_json_first() -> None:
    assert [topic for topic, _ in renditions("lamp", {"state": "ON"}, "attribute_and_json")] == ["lamp", "lamp/state"]
