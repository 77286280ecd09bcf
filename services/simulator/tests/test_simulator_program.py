"""`zigbus simulator` and `zigbus sim` as a person runs them, and the life of the demo home."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import urllib.request
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from zigbus.zcl import frames as f
from zigbus_simulator import Simulator, home, main, remote
from zigbus_simulator.air import Air
from zigbus_simulator.control import Ask, Control
from zigbus_simulator.coordinator import Coordinator
from zigbus_simulator.home.life import HABITS, Life
from zigbus_simulator.nv import Nv

DEADLINE_S = 60.0
RUN = "import sys; from zigbus_simulator.{0} import main; sys.exit(main(sys.argv[1:]))"


@contextlib.asynccontextmanager
async def program(
    *arguments: str, **environment: str
) -> AsyncIterator[tuple[asyncio.subprocess.Process, dict[str, Any]]]:
    """Run the simulator and give its first line."""
    command = (sys.executable, "-c", RUN.format("main"), *arguments)
    env = {"PYTHONPATH": ":".join(path for path in sys.path if path), **environment}
    child = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, env=env)
    assert child.stdout is not None
    try:
        async with asyncio.timeout(DEADLINE_S):
            line = await child.stdout.readline()
        yield child, json.loads(line)
    finally:
        if child.returncode is None:
            child.terminate()
        async with asyncio.timeout(DEADLINE_S):
            await child.wait()


async def sim(folder: Path, *words: str) -> tuple[int, str, str]:
    """Run `zigbus sim` and give its exit code and what it printed."""
    env = {"PYTHONPATH": ":".join(path for path in sys.path if path)}
    pipe = asyncio.subprocess.PIPE
    command = (sys.executable, "-c", RUN.format("remote"), "--data", str(folder), *words)
    child = await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe, env=env)
    async with asyncio.timeout(DEADLINE_S):
        out, err = await child.communicate()
    return child.returncode or 0, out.decode(), err.decode()


async def test_it_tells_where_it_is_and_ends_in_order(tmp_path: Path) -> None:
    async with program("--data", str(tmp_path), "--demo") as (child, line):
        assert line["serial"] == f"tcp://127.0.0.1:{line['port']}"
        assert line["devices"] == len(home.ALL)
        code, out, _ = await sim(tmp_path, "--json", "status")
        assert (code, json.loads(out)["started"]) == (0, False)
        code, out, _ = await sim(tmp_path, "devices")
        assert "lumi.remote.rkba01" in out
        code, _, err = await sim(tmp_path, "press", "knob")
        assert (code, "not in the network" in err) == (1, True)
    assert child.returncode == 0
    code, _, err = await sim(tmp_path, "devices")
    assert (code, "does not answer" in err) == (2, True)


async def test_its_health_and_metrics_are_served_on_a_port(tmp_path: Path, unused_tcp_port: int) -> None:
    async with program("--data", str(tmp_path), ZIGBUS_METRICS_PORT=str(unused_tcp_port)):

        def fetch(path: str) -> str:
            with urllib.request.urlopen(f"http://127.0.0.1:{unused_tcp_port}{path}", timeout=DEADLINE_S) as answer:
                return str(answer.read().decode())

        async with asyncio.timeout(DEADLINE_S):
            while True:
                with contextlib.suppress(OSError):
                    assert json.loads(await asyncio.to_thread(fetch, "/readyz"))["ready"]
                    break
        assert "zigbus_simulator_devices_joined 0.0" in await asyncio.to_thread(fetch, "/metrics")


async def test_without_a_simulator_it_says_how_to_start_one(tmp_path: Path) -> None:
    code, _, err = await sim(tmp_path, "devices")
    assert (code, "zigbus simulator --data" in err) == (2, True)


def test_an_unknown_device_on_the_command_line_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        main.main(["--data", str(tmp_path), "--devices", "toaster"])
    assert "wall_switch" in capsys.readouterr().err


def test_a_damaged_folder_is_reported(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "nv.json").write_text("{")
    assert main.main(["--data", str(tmp_path)]) == 1
    assert "damaged" in capsys.readouterr().err


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[tuple[Simulator, Path]]:
    """A simulator with a network and a control socket in a folder."""
    async with Simulator(devices=home.devices()) as simulator:
        simulator.stick.start()
        await simulator.until(lambda: simulator.started)
        control = Control(simulator)
        await control.listen(tmp_path, simulator.url)
        yield simulator, tmp_path
        await control.close()


async def ask(folder: Path, *words: str, **options: str | bool) -> Any:
    """Ask over the control socket."""
    return await asyncio.to_thread(remote.send, folder, Ask(words[0], list(words[1:]), options))


async def test_a_hand_reaches_the_devices_through_the_control_socket(running: tuple[Simulator, Path]) -> None:
    simulator, folder = running
    said = spy(simulator.air)
    assert (await ask(folder, "join", "weather", force=True)).error is None
    assert (await ask(folder, "set", "weather", "temperature", "21.5")).error is None
    assert simulator.device("weather").get(1, 0x0402, 0) == 2150
    assert (await ask(folder, "join", "knob", force=True)).error is None
    assert (await ask(folder, "turn", "knob", "24", pressed=True)).error is None
    await simulator.until(lambda: [packet.source for packet in said].count(72) == 3)
    assert (await ask(folder, "report", "knob", "1", "0xfcc0", "9", "uint8", "1", manufacturer="0x115f")).error is None
    assert f.parse_frame(said[-1].octets).manufacturer == 0x115F
    assert (await ask(folder, "leave", "knob")).error is None
    assert not simulator.device("knob").joined


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("press",), "missing"), (("press", "nobody"), "nobody"), (("dance",), "press"), (("lqi", "knob", "x"), "x"),
        (("set", "weather", "temperature", "warm"), "number"), (("join", "knob"), "--force"), (("garbage", "zz"), "hex"),
    ],
)  # fmt: skip
async def test_what_cannot_be_done_is_said(running: tuple[Simulator, Path], words: tuple[str, ...], text: str) -> None:
    assert text in (await ask(running[1], *words)).error


def spy(air: Air) -> list[Any]:
    """Note every packet that devices send."""
    packets: list[Any] = []
    deliver = air.from_device

    def note(device: Any, packet: Any) -> None:
        packets.append(packet)
        deliver(device, packet)

    air.from_device = note  # type: ignore[method-assign]
    return packets


def test_the_home_lives_by_itself() -> None:
    clock: list[tuple[float, int, Callable[[], None]]] = []
    now = 0.0

    def later(delay_s: float, run: Callable[[], None]) -> None:
        clock.append((now + delay_s, len(clock), run))

    stick = Coordinator(Nv(None, "0x00124b0029e1a7c3"), later)
    for spec in home.ALL:
        stick.air.add(spec)
    said = spy(stick.air)
    stick.start()
    Life(stick.air, seed=1).begin()
    joined = False
    while clock:
        clock.sort()
        now, _, run = clock.pop(0)
        if now > 1800:
            break
        run()
        if stick.running and not joined:
            joined = True
            for device in stick.air.devices.values():
                device.join(force=True)
    assert joined
    assert len(said) > 500
    temperatures = [device.get(1, 0x0402, 0) for device in stick.air.devices.values() if device.name == "weather"]
    assert 1800 <= temperatures[0] <= 2500
    assert {habit.device for habit in HABITS} <= {spec.name for spec in home.ALL}
