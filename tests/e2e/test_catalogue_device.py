"""A device that only zigbee-herdsman-converters knows: from bytes on the wire to MQTT and back, with kills in between."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from tests.harness import Stack
from tests.harness.stack import BASE

from zigbus.waiting import until
from zigbus_converter.zhc.catalogue import Catalogue, CatalogueMissing
from zigbus_simulator import Simulator
from zigbus_simulator.home import parts as p
from zigbus_simulator.spec import DeviceSpec, Endpoint

pytestmark = pytest.mark.slow

IEEE, NAME = "0xa4c138d00d1e5678", "valve"
DATAPOINTS = 0xEF00
VALVE = DeviceSpec(
    name=NAME,
    ieee=IEEE,
    label="radiator valve",
    endpoints=(
        Endpoint(
            1,
            0x0051,
            (p.BASIC, 4, 5, DATAPOINTS),
            (0x0A, 0x19),
            {p.BASIC: p.basic("_TZE200_p3dbf6qs", "TS0601", p.BATTERY)},
        ),
    ),
)


async def test_a_device_of_the_catalogue_works_through_kills_of_the_converter(tmp_path: Path) -> None:
    try:
        Catalogue()
    except CatalogueMissing as missing:
        pytest.skip(str(missing))
    settings = {"devices": {IEEE: {"friendly_name": NAME}}}
    async with Simulator(devices=[VALVE]) as simulator, Stack(tmp_path, simulator, settings) as stack:
        await joined(stack)
        await says(stack, 1, 215)
        await stack.kill("converter")
        await says(stack, 2, 216)
        await locks(stack)
        await stack.kill("converter")
        await says(stack, 3, 217)
        assert stack.recorder.last(f"{BASE}/{NAME}")["child_lock"] == "LOCK"


async def joined(stack: Stack) -> None:
    """Let the valve join, and wait for its entry."""
    await stack.request("permit_join", {"time": 254})
    stack.simulator.device(NAME).join()

    def defined(devices: Any) -> Any:
        found = next((entry for entry in devices if entry["ieee_address"] == IEEE), None)
        return found and found.get("definition")

    devices = await stack.recorder.expect(f"{BASE}/bridge/devices", defined, timeout_s=60)
    definition = defined(devices)
    assert (definition["vendor"], definition["model"], definition["source"]) == ("AVATTO", "ME167_1", "native")
    assert "child_lock" in {expose.get("property") for expose in definition["exposes"]}


async def says(stack: Stack, sequence: int, tenths: int) -> None:
    """Let the valve report its temperature; it must arrive."""
    mark = len(stack.recorder.messages)
    frame = bytes((0x09, sequence, 0x02, 0x00, sequence, 0x05, 0x02, 0x00, 0x04)) + tenths.to_bytes(4, "big")
    stack.simulator.device(NAME).send_frame(1, DATAPOINTS, frame)
    await stack.recorder.expect(
        f"{BASE}/{NAME}", lambda state: state.get("local_temperature") == tenths / 10, since=mark, timeout_s=60
    )


async def locks(stack: Stack) -> None:
    """Set the child lock; the frame must reach the valve, and the state the clients."""
    mark, now_s = len(stack.recorder.messages), time.monotonic()
    stack.recorder.publish(f"{BASE}/{NAME}/set", {"child_lock": "LOCK"})
    await stack.recorder.expect(
        f"{BASE}/{NAME}", lambda state: state.get("child_lock") == "LOCK", since=mark, timeout_s=60
    )

    def reached() -> bool:
        heard = (frame for frame in stack.simulator.heard_zcl(NAME) if frame.at_s >= now_s)
        return any(frame.octets.endswith(bytes.fromhex("0701000101")) for frame in heard)

    await until(reached, 30, "the frame at the valve")
