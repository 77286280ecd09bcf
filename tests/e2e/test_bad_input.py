"""Whatever is wrong outside: a clear error that says what to do, a counter, and everything else goes on."""

from __future__ import annotations

import asyncio
import random
import shutil
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from tests.harness import Broker, Stack
from tests.harness.stack import BASE
from tests.harness.status import Status

from zigbus.waiting import until
from zigbus_simulator import Simulator, home

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

SWITCH, IEEE = "wall_switch", "0x00158d0001a2b3c4"
DEVICES = {"devices": {IEEE: {"friendly_name": SWITCH, "legacy": False}}}
ON_OFF = 0x0006


async def join(stack: Stack) -> None:
    """Let the wall switch join."""
    await stack.request("permit_join", {"time": 60})
    stack.simulator.device(SWITCH).join()
    await stack.recorder.expect(
        f"{BASE}/bridge/devices",
        lambda devices: any(d["interview_completed"] and d.get("definition") for d in devices[1:]),
    )


async def good_report_arrives(stack: Stack) -> None:
    """Let the switch report both states; each must arrive."""
    for word, value in (("ON", "01"), ("OFF", "00")):
        mark = len(stack.recorder.messages)
        stack.simulator.device(SWITCH).send_frame(2, ON_OFF, bytes.fromhex(f"18330a000010{value}"))
        wanted = partial(is_state, word)
        await stack.recorder.expect(f"{BASE}/{SWITCH}", wanted, since=mark, timeout_s=60)


def is_state(word: str, state: Any) -> bool:
    return bool(state["state"] == word)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    folder = tmp_path_factory.mktemp("bad")
    async with Simulator(devices=home.devices(SWITCH)) as simulator, Stack(folder, simulator, DEVICES) as running:
        await join(running)
        yield running


async def test_noise_on_the_serial_line_is_skipped_and_counted(stack: Stack) -> None:
    radio, noise = Status(stack, "radio"), random.Random(7)
    skipped = await radio.count("zigbus_radio_serial_skipped_bytes_total")
    stack.simulator.garbage(bytes.fromhex("00ff55aa1337"))
    stack.simulator.garbage(bytes.fromhex("fe03448101020300"))  # wrong checksum
    stack.simulator.garbage(bytes(noise.choice([b for b in range(256) if b != 0xFE]) for _ in range(300)))
    stack.simulator.garbage()  # a frame that is cut short
    await good_report_arrives(stack)
    await radio.grows("zigbus_radio_serial_skipped_bytes_total", skipped + 300)


@pytest.mark.parametrize(
    ("cluster", "octets"),
    [
        (ON_OFF, ""),  # no header
        (ON_OFF, "1833"),
        (ON_OFF, "1c5f"),  # ends within the manufacturer code
        (ON_OFF, "18330a00"),
        (ON_OFF, "18330a000010"),  # no value
        (ON_OFF, "18330a0000ee01"),  # a data type that nobody knows
        (0x0000, "1c5f11330a01ff42"),
        (0xFCC0, "1c5f11330af70041ff01"),
    ],
)
async def test_malformed_zcl_frame_is_counted_and_costs_nothing_else(stack: Stack, cluster: int, octets: str) -> None:
    radio = Status(stack, "radio")
    before = await radio.count('zigbus_radio_malformed_total{layer="zcl"')
    stack.simulator.device(SWITCH).send_frame(2, cluster, bytes.fromhex(octets))
    await good_report_arrives(stack)
    await radio.grows('zigbus_radio_malformed_total{layer="zcl"', before)


@pytest.mark.parametrize(
    ("endpoint", "cluster", "octets"),
    [
        (77, 0xFEFE, "18330a000020 01"),  # unknown endpoint and cluster
        (2, 0x0B04, "18330a0505 21 0001"),  # a cluster that the device does not have
        (2, ON_OFF, "0933fe0102"),  # a command that nobody knows
    ],
)
async def test_what_no_converter_knows_is_counted_and_costs_nothing_else(
    stack: Stack, endpoint: int, cluster: int, octets: str
) -> None:
    converter = Status(stack, "converter")
    before = await converter.count("zigbus_converter_unconverted_total")
    stack.simulator.device(SWITCH).send_frame(endpoint, cluster, bytes.fromhex(octets))
    await good_report_arrives(stack)
    await converter.grows("zigbus_converter_unconverted_total", before)


@pytest.mark.parametrize(
    ("topic", "payload", "error"),
    [
        (f"{SWITCH}/set", '{"state":', "Invalid message 'undefined', skipping..."),
        ("nobody/set", '{"state":"ON"}', "Entity 'nobody' is unknown"),
        (f"{SWITCH}/set", b"\xff\xfe\x00", "Invalid message 'undefined', skipping..."),
        (f"{SWITCH}/window/set", '{"state":"ON"}', f"Device '{SWITCH}' has no endpoint 'window'"),
        (f"{SWITCH}/set", "[1", "Invalid message 'undefined', skipping..."),
        (f"{SWITCH}/99/set", '{"state":"ON"}', f"Device '{SWITCH}' has no endpoint '99'"),
        (f"{SWITCH}/set", '{"glow":1}', f"No converter available for 'glow' on '{SWITCH}': (1)"),
        (f"{SWITCH}/set", '{"state":17}', f"Publish 'set' 'state' to '{SWITCH}' failed: 'Error: "),
        (f"{SWITCH}/set", '{"state":{"a":[]}}', f"Publish 'set' 'state' to '{SWITCH}' failed: 'Error: "),
        (f"{SWITCH}/set", '{"operation_mode":null}', f"Publish 'set' 'operation_mode' to '{SWITCH}' failed: 'Error: "),
    ],
)
async def test_wrong_command_is_refused_with_a_reason_and_counted(
    stack: Stack, topic: str, payload: str | bytes, error: str
) -> None:
    gateway, mark = Status(stack, "gateway"), len(stack.recorder.messages)
    bad = [f'zigbus_gateway_commands_total{{kind="set",outcome="{outcome}"' for outcome in ("failed", "rejected")]
    before = sum([await gateway.count(series) for series in bad])
    stack.recorder.publish(f"{BASE}/{topic}", payload)
    await stack.recorder.expect(
        f"{BASE}/bridge/logging",
        lambda line: line["level"] == "error" and line["message"].startswith(f"z2m: {error}"),
        since=mark,
        timeout_s=5,
    )
    await good_report_arrives(stack)
    assert sum([await gateway.count(series) for series in bad]) == before + 1


@pytest.mark.parametrize(
    ("path", "payload", "error"),
    [
        ("permit_join", '{"time":', "Invalid payload"),
        ("permit_join", {"time": "soon"}, ""),
        ("device/rename", {}, "Invalid payload"),
        ("device/rename", {"from": "nobody", "to": "somebody"}, "Device 'nobody' does not exist"),
        ("device/options", 17, "Invalid payload"),
        ("device/options", {"id": SWITCH, "options": {"debounce": "long"}}, ""),
        ("device/options", {"id": "nobody", "options": {}}, "Device 'nobody' does not exist"),
        ("device/remove", {"id": "nobody"}, "Device 'nobody' does not exist"),
        ("device/interview", {"id": "nobody"}, "Device 'nobody' does not exist"),
        ("device/configure", b"\xff", ""),
    ],
)
async def test_wrong_request_is_answered_with_an_error_and_counted(
    stack: Stack, path: str, payload: Any, error: str
) -> None:
    gateway, series = Status(stack, "gateway"), f'zigbus_gateway_requests_total{{outcome="error",path="{path}"'
    before = await gateway.count(series)
    answer = await stack.request(path, payload)
    assert (answer["status"], answer["data"]) == ("error", {})
    assert answer["error"].startswith(error)
    assert answer["error"]
    await good_report_arrives(stack)
    await gateway.grows(series, before)


async def test_unknown_request_is_counted_and_not_answered(stack: Stack) -> None:
    gateway, mark = Status(stack, "gateway"), len(stack.recorder.messages)
    before = await gateway.count('zigbus_gateway_rejected_total{reason="unknown_request"')
    stack.recorder.publish(f"{BASE}/bridge/request/make/coffee", {})
    await gateway.grows('zigbus_gateway_rejected_total{reason="unknown_request"', before)
    await good_report_arrives(stack)
    assert stack.recorder.of(f"{BASE}/bridge/response/make/coffee", mark) == []


# ---- at the start ----------------------------------------------------------------------------------------------------


async def test_settings_with_errors_are_told_and_mending_them_starts_the_home(tmp_path: Path) -> None:
    simulator = Simulator(devices=home.devices(SWITCH))
    settings: dict[str, Any] = {**DEVICES, "advanced": {"channel": "eleven", "last_seen": 5}}
    async with simulator, Stack(tmp_path, simulator, settings, expect_online=False) as stack:
        await stack.said(r"configuration\.yaml: .*advanced/channel must be number")
        await stack.said("Mend the settings file")
        registry = Status(stack, "registry")
        await registry.complains("advanced/channel must be number")
        assert await registry.count('zigbus_registry_configuration_loads_total{outcome="invalid"') >= 1
        stack.settings = dict(DEVICES)
        stack.write_settings()
        await stack.online()
        await join(stack)
        await good_report_arrives(stack)


async def test_missing_then_foreign_stick_is_told_and_the_right_one_is_taken(tmp_path: Path) -> None:
    async def speak_otherwise(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(64):
            writer.write(b"login: \r\n")
        writer.close()

    simulator = Simulator(devices=home.devices(SWITCH))
    async with simulator:
        await simulator.close_port()
        async with Stack(tmp_path, simulator, DEVICES, expect_online=False) as stack:
            await stack.said("radio is not ready: stick: .*cannot be opened")
            radio = Status(stack, "radio")
            await radio.complains(f"tcp://127.0.0.1:{simulator.port} cannot be opened")
            assert await radio.count("zigbus_radio_stick_up") == 0

            foreign = await asyncio.start_server(speak_otherwise, "127.0.0.1", simulator.port)
            await radio.complains("answers like a Z-Stack coordinator", 60)
            await radio.grows("zigbus_radio_serial_skipped_bytes_total", 0)
            foreign.close()

            await simulator.open_port()
            await stack.online()
            assert await radio.count("zigbus_radio_stick_up") == 1
            await join(stack)
            await good_report_arrives(stack)


async def test_broker_that_refuses_the_password_is_told_and_the_right_one_is_taken(tmp_path: Path) -> None:
    program = shutil.which("mosquitto_passwd")
    assert program, "it comes with mosquitto"
    passwords = tmp_path / "passwords"
    process = await asyncio.create_subprocess_exec(program, "-c", "-b", str(passwords), "home", "right")
    assert await process.wait() == 0
    strict = Broker(tmp_path / "strict", password_file=passwords)
    await strict.start()
    simulator = Simulator(devices=home.devices(SWITCH))
    login = {"mqtt": {"user": "home", "password": "wrong", "server": strict.url}}
    try:
        async with simulator, Stack(tmp_path, simulator, DEVICES | login, expect_online=False) as stack:
            await stack.said("the broker refuses user 'home'")
            await stack.said("check mqtt.user and mqtt.password in configuration.yaml")
            assert "wrong" not in stack.log
            gateway = Status(stack, "gateway")
            await gateway.complains("the broker refuses user 'home'")
            assert await gateway.count('zigbus_gateway_broker_connections_refused_total{reason="login"') >= 1

            await stack.stop()
            login["mqtt"]["password"] = "right"
            stack.write_settings()
            await stack.start()
            await stack.said("everything is ready after", 60)
            await until(lambda: simulator.started, 60, "the network")
            assert await gateway.count("zigbus_gateway_broker_connected") == 1
    finally:
        await strict.stop()
