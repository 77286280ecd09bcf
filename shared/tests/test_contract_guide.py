"""The guide for frontends in other languages: its program runs, its numbers are right."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from pathlib import Path

from zigbus.bus import Bus
from zigbus.bus.nats_server import NatsServer
from zigbus.contract import operations, storage, subjects
from zigbus.contract.household import Name
from zigbus.contract.requests import KeyOutcome, KeysResult, SetRequest
from zigbus.contract.updates import EntityState, Update

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "bus" / "README.md").read_text()
IEEE = "0x00158d0001a2b3c4"


async def test_program_of_the_guide_shows_switches_and_hears_a_device(nats_server: NatsServer, bus: Bus) -> None:
    updates = bus.publisher()

    async def switch(ask: SetRequest) -> KeysResult:
        assert ask.payload == {"state": "TOGGLE"}
        update = Update(ieee=IEEE, sequence=2, changed={"state": "OFF"}, state={"state": "OFF"}, cause="command")
        await updates.send(subjects.update_of_device(IEEE), update, "update-2")
        return KeysResult(keys=(KeyOutcome(key="state", value="OFF"),))

    await bus.bucket(storage.NAMES).put(IEEE, Name(friendly_name="wall switch"))
    await bus.bucket(storage.STATE).put(IEEE, EntityState(state={"state": "ON"}, update_sequence=1))
    await bus.bucket(storage.STATE).put("7", EntityState(state={"state": "ON"}))
    earlier = Update(ieee=IEEE, sequence=1, changed={"state": "ON"}, state={"state": "ON"})
    await updates.send(subjects.update_of_device(IEEE), earlier, "update-1")
    await bus.serve(operations.SET, switch)
    (program,) = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        program,
        env={**os.environ, "ZIGBUS_NATS_URL": nats_server.url},
        stdout=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(60):
        said, _ = await process.communicate()
    assert said.decode().splitlines() == [
        "known: wall switch {'state': 'ON'}",
        "answer: None",
        "update: wall switch {'state': 'OFF'}",
    ]


def test_partitions_in_the_guide_are_right() -> None:
    ieee, device = re.search(r"`(0x[0-9a-f]{16})` that is (\d+)", GUIDE).groups()  # type: ignore[union-attr]  # None fails the test
    group, of_group = re.search(r"group (\d+) has partition (\d+)", GUIDE).groups()  # type: ignore[union-attr]  # same
    assert subjects.partition_of(ieee) == int(device)
    assert subjects.partition_of_group(int(group)) == int(of_group)


def test_guide_names_every_bucket_that_frontends_read() -> None:
    private = {"SETTINGS"}  # each service has its own key there, some hold secrets
    assert {bucket.name for bucket in storage.BUCKETS} - private == set(re.findall(r"`([A-Z]{4,})`", GUIDE)) & {
        bucket.name for bucket in storage.BUCKETS
    }
