"""Subjects: what a client in another language must compute alike, and that NATS takes them."""

from __future__ import annotations

import re
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zigbus.contract import operations, subjects

IEEES = st.integers(0, 2**64 - 1).map(lambda number: f"0x{number:016x}")
LEGAL = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")  # a subset of what NATS and its key-value stores allow


@pytest.mark.parametrize(
    ("ieee", "partition"),
    [("0x0000000000000000", 41), ("0x00158d0001a2b3c4", 63), ("0xffffffffffffffff", 28)],
)
def test_partition_of_a_device_is_the_number_that_other_languages_get(ieee: str, partition: int) -> None:
    assert subjects.partition_of(ieee) == partition


@pytest.mark.parametrize(("group", "partition"), [(1, 63), (901, 5), (65527, 36)])
def test_partition_of_a_group_is_the_number_that_other_languages_get(group: int, partition: int) -> None:
    assert subjects.partition_of_group(group) == partition


def test_crc_is_the_one_of_ethernet_and_zip() -> None:
    assert zlib.crc32(b"123456789") == 0xCBF43926  # check value of CRC-32/ISO-HDLC


@given(IEEES)
def test_partition_is_always_in_range(ieee: str) -> None:
    assert 0 <= subjects.partition_of(ieee) < subjects.PARTITIONS


def test_devices_of_one_vendor_spread_over_the_partitions() -> None:
    hits = [subjects.partition_of(f"0x00158d00{number:08x}") for number in range(6400)]
    counts = [hits.count(partition) for partition in range(subjects.PARTITIONS)]
    assert min(counts) > 50
    assert max(counts) < 200


@given(IEEES, st.from_regex(r"[a-z0-9-]{1,20}", fullmatch=True))
def test_subjects_are_made_of_characters_that_nats_takes(ieee: str, coordinator: str) -> None:
    made = [
        subjects.event(coordinator, ieee, "report"),
        subjects.update_of_device(ieee),
        subjects.update_of_group(7),
        subjects.bridge_event("device_joined"),
        subjects.radio_request(coordinator, "read"),
        subjects.converter_request(subjects.partition_of(ieee), "set"),
        subjects.registry_request("rename"),
        subjects.log("radio", "info"),
        subjects.RESTART,
    ]
    assert [subject for subject in made if not LEGAL.fullmatch(subject)] == []


def test_all_subjects_are_of_version_1() -> None:
    names = [operation.name for operation in operations.OPERATIONS]
    made = [subjects.event("main", "0x00158d0001a2b3c4", "leave"), *map(subjects.registry_request, names)]
    assert all(subject.startswith("zigbus.v1.") for subject in made)


def test_filter_of_all_events_fits_the_events_of_every_coordinator_and_no_other_kind() -> None:
    wanted = re.compile(subjects.all_events("report").replace(".", r"\.").replace("*", "[^.]+"))
    assert wanted.fullmatch(subjects.event("second", "0x00158d0001a2b3c4", "report"))
    assert not wanted.fullmatch(subjects.event("second", "0x00158d0001a2b3c4", "leave"))
