"""All services are asked at once how they are."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from zigbus.bus import Bus
from zigbus.bus.nats_server import NatsServer
from zigbus.census import Counts, answer_census, resident_octets
from zigbus.contract import subjects
from zigbus.contract.census import Census, DeviceCounts, ServiceStatus

LAMP = "0x0017880100000001"


@pytest.fixture
async def bus(tmp_path: Path) -> AsyncIterator[Bus]:
    server = NatsServer(tmp_path / "nats")
    await server.start()
    bus = await Bus.connect(server.url, "test")
    yield bus
    await bus.close()
    await server.stop()


async def test_every_service_answers_for_itself(bus: Bus) -> None:
    counts = Counts()
    counts.heard(LAMP, 5.0)
    counts.heard(LAMP, 6.0)
    counts.left(LAMP)
    counts.moved(LAMP)
    await answer_census(bus, "radio", counts)
    await answer_census(bus, "registry", Counts())
    answers = await bus.ask_all(subjects.CENSUS, Census(reset=True), ServiceStatus, 0.5)
    assert {answer.service: answer.devices for answer in answers} == {
        "radio": {LAMP: DeviceCounts(messages=2, first_at_s=5.0, leaves=1, nwk_changes=1)},
        "registry": {},
    }
    assert counts.take(reset=False) == {}


def test_the_memory_of_this_process_is_known() -> None:
    assert 1024 * 1024 < resident_octets() < 4 * 1024**3
