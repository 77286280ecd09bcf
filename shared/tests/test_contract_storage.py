"""The tables of streams, buckets and requests: one owner each, no overlap, limits that NATS can keep."""

from __future__ import annotations

import inspect
import re
from itertools import combinations
from typing import get_args

import pytest

from zigbus.contract import operations, requests, storage, subjects
from zigbus.contract.base import Message, Reply
from zigbus.contract.events import Event

SERVICES = {"radio", "converter", "registry"}  # those that may own something; frontends own nothing
IEEE = "0x00158d0001a2b3c4"


def fits(pattern: str, subject: str) -> bool:
    """Tell whether a NATS filter covers a subject (or every subject of another filter)."""
    expression = re.escape(pattern).replace(r"\*", "[^.]+").replace(">", ".+")
    return re.fullmatch(expression, subject) is not None


def overlap(one: str, other: str) -> bool:
    """Tell whether some subject fits both filters."""
    for mine, theirs in zip(one.split("."), other.split("."), strict=False):
        if ">" in (mine, theirs):
            return True
        if "*" not in (mine, theirs) and mine != theirs:
            return False
    return one.count(".") == other.count(".")


def test_every_bucket_has_exactly_one_writer_that_is_a_service() -> None:
    assert {bucket.name: bucket.writer for bucket in storage.BUCKETS} == {
        "DEVICES": "radio",
        "DEFINITIONS": "converter",
        "STATE": "converter",
        "NAMES": "registry",
        "OPTIONS": "registry",
        "GROUPS": "registry",
        "AVAILABILITY": "registry",
        "SETTINGS": "registry",
        "CONVERTERS": "registry",
        "LEASES": "gateway",
    }


def test_names_of_streams_and_buckets_are_unique_and_legal() -> None:
    names = [stream.name for stream in storage.STREAMS] + [f"KV_{bucket.name}" for bucket in storage.BUCKETS]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch("[A-Z_]+", name) for name in names)


def test_only_the_bucket_whose_key_decides_has_no_type() -> None:
    assert [bucket.name for bucket in storage.BUCKETS if bucket.content is None] == ["SETTINGS"]
    assert all(issubclass(kind, Message) for kind in storage.SETTINGS_CONTENT.values())


def test_streams_are_written_by_services_alone() -> None:
    assert all(set(stream.writers) <= SERVICES for stream in storage.STREAMS)


def test_no_subject_belongs_to_two_streams() -> None:
    for one, other in combinations(storage.STREAMS, 2):
        assert not [(a, b) for a in one.subjects for b in other.subjects if overlap(a, b)]


@pytest.mark.parametrize("kind", [kind.__struct_config__.tag for kind in get_args(Event)])
def test_radio_event_is_kept_by_its_stream(kind: str) -> None:
    subject = subjects.event("main", IEEE, kind)  # type: ignore[arg-type]  # the tags are the kinds
    assert [stream.name for stream in storage.STREAMS if any(fits(p, subject) for p in stream.subjects)] == ["ZIGBEE"]


@pytest.mark.parametrize(
    "subject", [subjects.update_of_device(IEEE), subjects.update_of_group(7), subjects.bridge_event("device_joined")]
)
def test_update_is_kept_by_its_stream(subject: str) -> None:
    assert [stream.name for stream in storage.STREAMS if any(fits(p, subject) for p in stream.subjects)] == ["UPDATES"]


@pytest.mark.parametrize(
    "subject",
    [
        subjects.radio_request("main", "read"),
        subjects.converter_request(3, "set"),
        subjects.registry_request("rename"),
        subjects.log("radio", "info"),
        subjects.RESTART,
    ],
)
def test_requests_logs_and_restart_are_kept_by_no_stream(subject: str) -> None:
    assert [stream.name for stream in storage.STREAMS if any(fits(p, subject) for p in stream.subjects)] == []


def test_stream_recognises_doubles_as_long_as_a_writer_may_repeat_itself() -> None:
    assert all(stream.duplicate_window_s >= 120 for stream in storage.STREAMS)
    assert all(stream.duplicate_window_s <= stream.max_age_s for stream in storage.STREAMS)


def test_every_operation_is_answered_by_one_service_and_found_under_one_name() -> None:
    names = [operation.name for operation in operations.OPERATIONS]
    assert len(set(names)) == len(names)
    assert all(operation.owner in SERVICES for operation in operations.OPERATIONS)
    assert all(re.fullmatch("[a-z_]+", name) for name in names)


@pytest.mark.parametrize("owner", sorted(SERVICES))
def test_operations_are_listed_with_their_owner(owner: str) -> None:
    listed = {"radio": operations.RADIO, "converter": operations.CONVERTER, "registry": operations.REGISTRY}[owner]
    assert {operation.owner for operation in listed} == {owner}


def test_every_operation_of_the_module_is_in_the_table() -> None:
    declared = {name for name, value in vars(operations).items() if isinstance(value, operations.Operation)}
    assert len(declared) == len(operations.OPERATIONS)


def test_every_operation_has_a_deadline_and_an_answer_that_can_carry_a_failure() -> None:
    for operation in operations.OPERATIONS:
        assert operation.timeout_s > 0
        assert issubclass(operation.answer, Reply)


def test_caller_waits_longer_than_the_one_who_asks_the_device_for_it() -> None:
    timeouts = {operation.name: operation.timeout_s for operation in operations.OPERATIONS}
    assert timeouts["set"] > timeouts["write"]
    assert timeouts["get"] > timeouts["read"]
    assert timeouts["remove_device"] > timeouts["leave"]
    assert timeouts["open_network"] > timeouts["permit_join"]
    assert timeouts["interview_entity"] > timeouts["interview"]
    assert timeouts["check_coordinators"] > timeouts["check_coordinator"]


def test_every_request_type_belongs_to_an_operation() -> None:
    used = {kind for operation in operations.OPERATIONS for kind in (operation.ask, operation.answer)}
    parts = {requests.EndpointRequest, requests.ReportingItem, requests.KeyOutcome, requests.SupportedModel}
    declared = {
        kind for _, kind in inspect.getmembers(requests, inspect.isclass) if kind.__module__ == requests.__name__
    }
    assert declared - parts - used == set()
