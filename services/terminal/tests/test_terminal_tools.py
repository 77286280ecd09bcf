"""The tools as programs, on a real bus."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from zigbus.bus import Bus
from zigbus.bus.nats_server import NatsServer
from zigbus.contract import operations, storage, subjects
from zigbus.contract.devices import DeviceDescription, InterviewState, LogicalType
from zigbus.contract.household import Name
from zigbus.contract.requests import (
    FindModels,
    FindModelsResult,
    GenerateDefinition,
    GenerateDefinitionResult,
    SupportedModel,
)
from zigbus.contract.updates import Update

LAMP = "0x00158d0001a2b3c4"


@dataclass
class Home:
    """A bus with one lamp on it, and the data folder that leads there."""

    data: Path
    bus: Bus
    server: NatsServer


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    server = NatsServer(tmp_path / "nats")
    await server.start()
    (tmp_path / "nats" / "url").write_text(server.url)
    bus = await Bus.connect(server.url, service="test")
    lamp = DeviceDescription(
        ieee=LAMP, coordinator="main", nwk=1, logical_type=LogicalType.ROUTER, interview=InterviewState.SUCCESSFUL
    )
    await bus.bucket(storage.DEVICES).put(LAMP, lamp)
    await bus.bucket(storage.NAMES).put(LAMP, Name(friendly_name="lamp"))
    yield Home(tmp_path, bus, server)
    await bus.close()
    await server.stop()


async def start(*words: str) -> asyncio.subprocess.Process:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ZIGBUS_")}
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "zigbus.cli",
        *words,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment,
    )


async def run(*words: str) -> tuple[int | None, str, str]:
    process = await start(*words)
    async with asyncio.timeout(60):
        out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


async def test_devices_lists_the_home_as_a_table_and_as_json(home: Home) -> None:
    code, out, err = await run("devices", "--data", str(home.data))
    assert (code, err) == (0, "")
    header, row = out.splitlines()
    assert header.split()[:2] == ["NAME", "IEEE"]
    assert row.split()[:2] == ["lamp", LAMP]
    code, out, _ = await run("devices", "--data", str(home.data), "--json")
    assert code == 0
    assert json.loads(out)["name"] == "lamp"


async def test_watch_shows_updates_of_the_named_device_only(home: Home) -> None:
    watcher = await start("watch", "lamp", "--json", "--data", str(home.data))
    assert watcher.stdout is not None
    line = asyncio.ensure_future(watcher.stdout.readline())
    outbox, sequence = home.bus.publisher(), 0
    other = Update(group=3, sequence=1, changed={"state": "OFF"}, state={})
    while not line.done():  # the watcher takes a moment to subscribe
        sequence += 1
        outbox.send(subjects.update_of_group(3), other, f"group.{sequence}")
        mine = Update(ieee=LAMP, sequence=sequence, changed={"state": "ON"}, state={"state": "ON"})
        outbox.send(subjects.update_of_device(LAMP), mine, f"lamp.{sequence}")
        await asyncio.wait({line}, timeout=0.1)
    watcher.terminate()
    await watcher.communicate()
    shown = json.loads(line.result())
    assert (shown["name"], shown["changed"]) == ("lamp", {"state": "ON"})


async def test_set_without_a_converter_says_so_and_ends_with_3(home: Home) -> None:
    code, out, err = await run("set", "lamp", "state=ON", "--data", str(home.data))
    assert (code, out) == (3, "")
    assert "No converter is running" in err


async def test_unknown_name_ends_with_1_and_says_how_to_find_names(home: Home) -> None:
    for words in (("get", "nothing", "state"), ("set", "nothing", "state=ON"), ("watch", "nothing")):
        code, _, err = await run(*words, "--data", str(home.data))
        assert code == 1
        assert "There is no device or group 'nothing'; `zigbus devices` lists them." in err


async def test_models_that_zigbus_knows_are_found_by_words(home: Home) -> None:
    model = SupportedModel(
        model="TH-9", vendor="Acme", description="Thermometer", provider="native", model_ids=("th9.a", "th9.b")
    )

    async def find(ask: FindModels) -> FindModelsResult:
        return FindModelsResult(models=(model,), total=3) if ask.words == "acme ther" else FindModelsResult()

    await home.bus.serve(operations.FIND_MODELS, find)
    code, out, err = await run("devices", "--supported", "acme", "ther", "--data", str(home.data))
    assert code == 0
    assert [line.split() for line in out.splitlines()] == [
        ["VENDOR", "MODEL", "MODEL", "ID", "BY", "DESCRIPTION"],
        ["Acme", "TH-9", "th9.a,", "th9.b", "native", "Thermometer"],
    ]
    assert "3 models match, 1 are shown" in err
    code, out, _ = await run("devices", "--supported", "acme ther", "--json", "--data", str(home.data))
    assert json.loads(out)["model_ids"] == ["th9.a", "th9.b"]
    code, out, err = await run("devices", "--supported", "toaster", "--data", str(home.data))
    assert (code, out) == (1, "")
    assert "No model matches 'toaster'" in err


async def test_generate_prints_a_file_to_begin_with(home: Home) -> None:
    async def generate(ask: GenerateDefinition) -> GenerateDefinitionResult:
        assert ask.ieee == LAMP
        return GenerateDefinitionResult(python="DEFINITIONS = ()\n", javascript="export default {};\n")

    await home.bus.serve(operations.GENERATE_DEFINITION, generate)
    assert await run("generate", "lamp", "--data", str(home.data)) == (0, "DEFINITIONS = ()\n", "")
    code, out, _ = await run("generate", "lamp", "--javascript", "--data", str(home.data))
    assert (code, out) == (0, "export default {};\n")
    code, out, _ = await run("generate", "lamp", "--json", "--data", str(home.data))
    assert json.loads(out) == {"python": "DEFINITIONS = ()\n", "javascript": "export default {};\n"}


async def test_wrong_usage_ends_with_2(home: Home) -> None:
    code, _, err = await run("set", "lamp", "state", "--data", str(home.data))
    assert code == 2
    assert "'state' is not of the form key=value" in err


async def test_home_that_does_not_run_ends_with_3_and_says_how_to_start_it(tmp_path: Path) -> None:
    code, _, err = await run("devices", "--data", str(tmp_path))
    assert code == 3
    assert "make run" in err


async def test_bus_that_does_not_answer_ends_with_3(home: Home) -> None:
    await home.bus.close()
    await home.server.stop()
    code, _, err = await run("devices", "--data", str(home.data))
    assert code == 3
    assert "does not answer" in err
