"""The real process, killed and started again."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import urllib.request
from pathlib import Path

import pytest
from services.radio.tests.radio_rig import RadioRig, settings

from zigbus.bus.nats_server import free_port
from zigbus.contract import storage
from zigbus.contract.events import AttributeReport, InterviewChanged
from zigbus.contract.household import RadioSettings
from zigbus_radio.main import main
from zigbus_simulator import Simulator


class Process:
    """`zigbus radio` as the supervisor would start it."""

    def __init__(self, rig: RadioRig) -> None:
        self._rig, self._port = rig, free_port()
        self._process: asyncio.subprocess.Process | None = None

    async def start(self, wanted: RadioSettings) -> None:
        """Start it and wait until it says that it is ready."""
        await self._rig.bus.bucket(storage.SETTINGS).put("radio", wanted)
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            "import sys; from zigbus_radio.main import main; sys.exit(main([]))",
            env={
                **os.environ,
                "ZIGBUS_NATS_URL": self._rig.nats.url,
                "ZIGBUS_DATA": str(self._rig.data),
                "ZIGBUS_METRICS_PORT": str(self._port),
            },
        )
        async with asyncio.timeout(60):
            while not await asyncio.to_thread(self._ready):  # noqa: ASYNC110  # there is only this question to ask
                await asyncio.sleep(0.05)

    async def end(self, how: signal.Signals) -> int:
        """Send it a signal and return its exit code."""
        assert self._process is not None
        self._process.send_signal(how)
        return await self._process.wait()

    def metrics(self) -> str:
        """Its metrics page."""
        return self._get("/metrics")

    def _ready(self) -> bool:
        try:
            return bool(self._get("/readyz"))
        except OSError:
            return False

    def _get(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self._port}{path}", timeout=2) as page:
            return str(page.read().decode())


@pytest.mark.slow
async def test_a_killed_radio_serves_again_without_asking_its_devices_anything(rig: RadioRig, sim: Simulator) -> None:
    process = Process(rig)
    await process.start(settings(sim.url))
    await rig.join(sim, "weather")
    assert await process.end(signal.SIGKILL) == -signal.SIGKILL
    asked, interviews = len(sim.heard_zdo("weather")), len(rig.of(InterviewChanged))
    await process.start(settings(sim.url))
    sim.device("weather").report(1, 0x0402, {0x0000: (0x29, 2222)})
    await rig.until(lambda: [e for e in rig.of(AttributeReport) if e.cluster == 0x0402])
    assert (len(sim.heard_zdo("weather")), len(rig.of(InterviewChanged))) == (asked, interviews)
    page = await asyncio.to_thread(process.metrics)
    assert 'zigbus_radio_frames_total{kind="report"} 1.0' in page
    assert "zigbus_radio_stick_up 1.0" in page
    assert await process.end(signal.SIGTERM) == 0


@pytest.mark.slow
async def test_an_orderly_stop_closes_joining(rig: RadioRig, sim: Simulator) -> None:
    process = Process(rig)
    await process.start(settings(sim.url))
    await rig.join(sim, "weather")
    assert sim.permit_open
    assert await process.end(signal.SIGTERM) == 0
    assert not sim.permit_open


def test_the_command_takes_no_arguments(capsys: pytest.CaptureFixture[str]) -> None:

    assert main(["--port", "x"]) == 2
    assert "usage: zigbus radio" in capsys.readouterr().out


def test_the_package_is_a_command_of_zigbus() -> None:
    text = (Path(__file__).parent.parent / "pyproject.toml").read_text()
    assert 'radio = "zigbus_radio.main:main"' in text
