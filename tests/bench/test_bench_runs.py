"""The benchmark runs; how fast the stack is, is not a test."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bench.__main__ import measure, table
from tests.bench.catalogue import catalogue_table, measure_catalogue
from tests.bench.conversion import CASES, conversion_us
from tests.bench.house import house_table, measure_home
from zigbus_converter.zhc.catalogue import CatalogueMissing

pytestmark = pytest.mark.slow


async def test_the_benchmark_measures_every_rate_and_service() -> None:
    result = await measure(devices=3, seconds=1.0, repeat=1, commands=4)
    assert [row["rate"] for row in result["reports"]] == [20.0, 100.0, 300.0, "flat out"]
    assert all(row["sent"] > 0 and row["lost"] == 0 for row in result["reports"])
    assert {"radio", "converter", "gateway", "registry", "supervisor", "nats-server"} <= result["rss_mib"].keys()
    assert json.dumps(result)
    assert "| flat out |" in table(result)


def test_the_conversion_of_every_kind_of_device_is_measured() -> None:
    result = conversion_us(rounds=1, reports=20)
    assert result.keys() == CASES.keys()
    assert all(us > 0 for us in result.values())


def test_what_definitions_of_the_catalogue_cost_is_measured() -> None:
    try:
        result = measure_catalogue(quick=True)
    except CatalogueMissing as missing:
        pytest.skip(str(missing))
    assert all(us > 0 for us in result["report_us"].values())
    assert result["mixed_home"]["rss_mib"] > 0
    assert "50 models" in catalogue_table(result)


async def test_the_benchmark_of_a_big_home_measures_start_changes_and_discovery() -> None:
    result = await measure_home(6, seconds=1.0)
    assert result["at_rest"]["bridge_devices"] == 0, "nothing changed"
    assert result["renaming"]["bridge_devices"] >= result["renaming"]["renames"] == 1
    assert result["start"]["bridge_devices"] >= 1
    assert result["discovery"]["messages"] > 6
    assert all(result[part]["lost"] == 0 for part in ("at_rest", "renaming", "start", "discovery"))
    assert json.dumps(result)
    assert "home of 6 devices" in house_table(result)


def test_the_documented_numbers_say_how_they_were_measured() -> None:
    assert "make bench" in Path("docs/benchmarks.md").read_text()
