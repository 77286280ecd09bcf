"""docs/adding-a-device.md, carried out: from a device that nobody lists to a definition that was tested."""

from __future__ import annotations

import asyncio
import re
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from tests.harness import Stack
from tests.harness.stack import BASE, ZIGBUS

from zigbus.zcl.types import ENUM8, INT16, UINT16
from zigbus_converter.zhc.catalogue import default_folder
from zigbus_simulator import Simulator
from zigbus_simulator.home import parts as p
from zigbus_simulator.spec import DeviceSpec, Endpoint

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "adding-a-device.md").read_text()
DEFINITION, TEST = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
NAME, IEEE = "acme_ps1.py", "0x00124b00deadbeef"
OWN, MOISTURE, LAMP = 0xFC80, 0x0000, 0x0001
PLANT = DeviceSpec(
    name="plant",
    ieee=IEEE,
    label="plant sensor",
    router=True,
    mains=True,
    endpoints=(
        Endpoint(
            1,
            0x0302,
            (p.BASIC, p.POWER, p.TEMPERATURE, OWN),
            (),
            {
                p.BASIC: p.basic("Acme", "PS-1", p.MAINS),
                p.POWER: p.battery(80, 2.9),
                p.TEMPERATURE: {0: (INT16, 2150)},
                OWN: {MOISTURE: (UINT16, 4250), LAMP: (ENUM8, 0)},
            },
        ),
    ),
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    folder = tmp_path_factory.mktemp("adding")
    async with Simulator(devices=[PLANT]) as simulator, Stack(folder, simulator) as running:
        await running.request("permit_join", {"time": 254})
        simulator.device("plant").join()
        await entry(running, lambda e: e["interview_completed"] and e.get("definition"))
        await running.request("device/rename", {"last": True, "to": "plant"})
        yield running


async def entry(stack: Stack, match: Any, since: int = 0) -> Any:
    """Wait for an entry of the plant sensor in bridge/devices that matches, and return it."""

    def of_plant(devices: Any) -> Any:
        return next((device for device in devices if device["ieee_address"] == IEEE), None)

    topic = f"{BASE}/bridge/devices"
    devices = await stack.recorder.expect(
        topic, lambda found: (e := of_plant(found)) and match(e), since=since, timeout_s=60
    )
    return of_plant(devices)


async def defined_by(stack: Stack, source: str, description: str, since: int) -> Any:
    """Wait until the plant sensor has a definition of this source, and return it."""
    described = (source, description)
    wanted = await entry(
        stack, lambda e: (e["definition"]["source"], e["definition"]["description"]) == described, since=since
    )
    return wanted["definition"]


def property_names(definition: Any) -> list[str]:
    return [expose.get("property") for expose in definition["exposes"]]


async def told(stack: Stack, text: str, since: int) -> None:
    """Wait for a line on bridge/logging that holds a text."""
    await stack.recorder.expect(
        f"{BASE}/bridge/logging", lambda line: text in line["message"], since=since, timeout_s=30
    )


async def command(*words: str) -> tuple[int | None, str]:
    """Run a program; returns its exit code and all that it says."""
    process = await asyncio.create_subprocess_exec(
        *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    async with asyncio.timeout(120):
        out, _ = await process.communicate()
    return process.returncode, out.decode()


def file_of(stack: Stack) -> Path:
    folder = stack.data / "external_converters"
    folder.mkdir(exist_ok=True)
    return folder / NAME


async def test_device_that_nobody_lists_works_as_its_clusters_say(stack: Stack) -> None:
    found = await entry(stack, lambda e: e["definition"]["source"] == "generated")
    assert found["supported"] is False
    assert property_names(found["definition"]) == ["battery", "temperature", "linkquality"]
    await told(stack, "(model 'PS-1', manufacturer 'Acme') is in no list of devices", since=0)
    mark = len(stack.recorder.messages)
    stack.simulator.device("plant").report(1, p.TEMPERATURE, {0: (INT16, 2200)})
    await stack.recorder.expect(f"{BASE}/plant", lambda state: state["temperature"] == 22, since=mark)


async def test_generated_definition_is_a_file_to_begin_with(stack: Stack, tmp_path: Path) -> None:
    answer = await stack.request("device/generate_external_definition", {"id": "plant"})
    assert answer["status"] == "ok"
    assert "extend: [m.battery(), m.temperature()]," in answer["data"]["source"]
    code, printed = await command(str(ZIGBUS), "generate", "plant", "--data", str(stack.data))
    assert (code, printed) == (0, answer["data"]["python"])
    (tmp_path / NAME).write_text(printed)
    code, said = await command(str(ZIGBUS), "converter", "--check", str(tmp_path / NAME))
    assert code == 0
    assert "shows   battery, temperature, linkquality" in said


async def test_test_of_the_page_passes_for_its_definition(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text(DEFINITION)
    (tmp_path / f"test_{NAME}").write_text(TEST)
    code, said = await command(sys.executable, "-m", "pytest", "-q", "-c", "/dev/null", str(tmp_path))
    assert code == 0, said


async def test_file_counts_when_it_is_saved_and_its_values_arrive(stack: Stack) -> None:
    mark = len(stack.recorder.messages)
    file_of(stack).write_text(DEFINITION)
    definition = await defined_by(stack, "external", "Plant sensor", mark)
    assert property_names(definition) == ["battery", "temperature", "soil_moisture", "lamp", "linkquality"]
    await told(stack, f"Loaded external converter '{NAME}'.", mark)
    listed = await stack.recorder.expect(f"{BASE}/bridge/converters", lambda files: files, since=mark)
    assert listed == [{"code": DEFINITION, "name": NAME}]
    stack.simulator.device("plant").report(1, OWN, {MOISTURE: (UINT16, 3975)})
    await stack.recorder.expect(f"{BASE}/plant", lambda state: state["soil_moisture"] == 39.75, since=mark)
    stack.recorder.publish(f"{BASE}/plant/set", {"lamp": "blink"})
    await stack.recorder.expect(f"{BASE}/plant", lambda state: state["lamp"] == "blink", since=mark)
    assert stack.simulator.device("plant").get(1, OWN, LAMP) == 2


async def test_set_up_of_the_new_definition_reaches_the_device(stack: Stack) -> None:
    found = await entry(
        stack,
        lambda e: any(
            (item["cluster"], item["minimum_report_interval"]) in ((OWN, 10), (str(OWN), 10))
            for item in e["endpoints"]["1"]["configured_reportings"]
        ),
    )
    assert found["definition"]["source"] == "external"


async def test_wrong_file_is_refused_with_its_line_and_the_one_before_stays(stack: Stack) -> None:
    mark = len(stack.recorder.messages)
    file_of(stack).write_text(DEFINITION.replace("temperature(),", "temprature(),"))
    await told(
        stack,
        f"External converter '{NAME}' is refused, line 22: NameError: name 'temprature' is not defined"
        " (the one before it stays)",
        mark,
    )
    mark = len(stack.recorder.messages)
    stack.simulator.device("plant").report(1, OWN, {MOISTURE: (UINT16, 4100)})
    await stack.recorder.expect(f"{BASE}/plant", lambda state: state["soil_moisture"] == 41, since=mark)
    answer = await stack.request("converter/save", {"name": NAME, "code": "DEFINITIONS = 1"})
    assert answer["status"] == "error"
    assert answer["error"].startswith(f"{NAME} contains invalid code: line 1: DEFINITIONS must be a tuple")


async def test_loop_without_end_in_a_definition_costs_one_message(stack: Stack) -> None:
    endless = (
        "from zigbus_converter.definition import Part, Receiver\n\n"
        "def receive(frame, device):\n    while frame.value(0) == 666:\n        pass\n    return ()\n\n"
    )
    parts = f'Part(receivers=(Receiver(0x{OWN:04X}, ("report",), receive),)),\n            battery(),'
    code = DEFINITION.replace("DEFINITIONS = (", f"{endless}DEFINITIONS = (").replace("battery(),", parts)
    mark = len(stack.recorder.messages)
    answer = await stack.request("converter/save", {"name": NAME, "code": code.replace("Plant sensor", "Endless")})
    assert answer == {"data": {}, "status": "ok"}
    await defined_by(stack, "external", "Endless", mark)
    stack.simulator.device("plant").report(1, OWN, {MOISTURE: (UINT16, 666)})
    stack.simulator.device("plant").report(1, OWN, {MOISTURE: (UINT16, 5000)})
    await stack.recorder.expect(f"{BASE}/plant", lambda state: state["soil_moisture"] == 50, since=mark, timeout_s=60)
    await told(stack, "Exception while calling fromZigbee converter", mark)


async def test_definition_survives_a_killed_converter_and_goes_with_its_file(stack: Stack) -> None:
    mark = len(stack.recorder.messages)
    await stack.request("converter/save", {"name": NAME, "code": DEFINITION.replace("Plant sensor", "Saved")})
    await defined_by(stack, "external", "Saved", mark)
    await stack.kill("converter")
    mark = len(stack.recorder.messages)
    stack.simulator.device("plant").report(1, OWN, {MOISTURE: (UINT16, 2000)})
    await stack.recorder.expect(f"{BASE}/plant", lambda state: state["soil_moisture"] == 20, since=mark, timeout_s=60)
    assert await stack.request("converter/remove", {"name": NAME}) == {"data": {}, "status": "ok"}
    await entry(stack, lambda e: e["definition"]["source"] == "generated", since=mark)
    assert not file_of(stack).exists()
    shutil.rmtree(file_of(stack).parent)


JAVASCRIPT = """\
import {Zcl} from 'zigbee-herdsman';
import * as m from 'zigbee-herdsman-converters/lib/modernExtend';

const attributes = {
    moisture: {name: 'moisture', ID: 0x0000, type: Zcl.DataType.UINT16},
    lamp: {name: 'lamp', ID: 0x0001, type: Zcl.DataType.ENUM8, write: true},
};

export default {
    zigbeeModel: ['PS-1'],
    model: 'PS-1',
    vendor: 'Acme',
    description: 'Plant sensor of zigbee2mqtt',
    extend: [
        m.deviceAddCustomCluster('acmePlant', {name: 'acmePlant', ID: 0xfc80, attributes, commands: {}, commandsResponse: {}}),
        m.numeric({
            name: 'soil_moisture', cluster: 'acmePlant', attribute: 'moisture', scale: 100, unit: '%', access: 'STATE', description: 'Moisture',
        }),
        m.enumLookup({name: 'lamp', cluster: 'acmePlant', attribute: 'lamp', lookup: {off: 0, on: 1, blink: 2}, description: 'Lamp'}),
    ],
};
"""


@pytest.mark.skipif(not (default_folder() / "manifest.json").exists(), reason="the catalogue is not built")
async def test_file_that_was_written_for_zigbee2mqtt_runs_unchanged(stack: Stack) -> None:
    mark = len(stack.recorder.messages)
    file_of(stack).with_name("acme.mjs").write_text(JAVASCRIPT)
    definition = await defined_by(stack, "external", "Plant sensor of zigbee2mqtt", mark)
    assert property_names(definition) == ["soil_moisture", "lamp", "linkquality"]
    stack.simulator.device("plant").report(1, OWN, {MOISTURE: (UINT16, 1234)})
    await stack.recorder.expect(f"{BASE}/plant", lambda state: state["soil_moisture"] == 12.34, since=mark)
    stack.recorder.publish(f"{BASE}/plant/set", {"lamp": "on"})
    await stack.recorder.expect(f"{BASE}/plant", lambda state: state["lamp"] == "on", since=mark)
    assert stack.simulator.device("plant").get(1, OWN, LAMP) == 1


@pytest.mark.skipif(not (default_folder() / "manifest.json").exists(), reason="the catalogue is not built")
async def test_wrong_javascript_is_refused_with_its_line_and_the_next_version_counts(stack: Stack) -> None:
    mark = len(stack.recorder.messages)
    wrong = JAVASCRIPT.replace("m.enumLookup", "m.lookup")
    answer = await stack.request("converter/save", {"name": "acme.mjs", "code": wrong})
    assert answer["error"] == "acme.mjs contains invalid code: line 19: TypeError: not a function"
    stack.simulator.device("plant").report(1, OWN, {MOISTURE: (UINT16, 1300)})
    await stack.recorder.expect(f"{BASE}/plant", lambda state: state["soil_moisture"] == 13, since=mark)
    newer = JAVASCRIPT.replace("scale: 100", "scale: 10").replace("of zigbee2mqtt", "in tenths")
    assert await stack.request("converter/save", {"name": "acme.mjs", "code": newer}) == {"data": {}, "status": "ok"}
    await defined_by(stack, "external", "Plant sensor in tenths", mark)
    stack.simulator.device("plant").report(1, OWN, {MOISTURE: (UINT16, 1400)})
    await stack.recorder.expect(f"{BASE}/plant", lambda state: state["soil_moisture"] == 140, since=mark)
    assert await stack.request("converter/remove", {"name": "acme.mjs"}) == {"data": {}, "status": "ok"}
    await entry(stack, lambda e: e["definition"]["source"] == "generated", since=mark)
