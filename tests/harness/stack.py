"""The running program: `zigbus run` on a data folder of its own, with everything else around it."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
from pathlib import Path
from typing import Any

import psutil

from tests.harness.broker import Broker
from tests.harness.recorder import Recorder
from zigbus.waiting import until
from zigbus_simulator import Simulator

BASE = "zigbee2mqtt"
NETWORK_KEY = [1, 3, 5, 7, 9, 11, 13, 15, 0, 2, 4, 6, 8, 10, 12, 13]
ZIGBUS = Path(sys.executable).with_name("zigbus")


class Stack:
    """Simulated stick, mosquitto, recorder and `zigbus run`."""

    def __init__(
        self,
        folder: Path,
        simulator: Simulator,
        settings: dict[str, Any] | None = None,
        *,
        expect_online: bool = True,  # False: something hinders it on purpose
    ) -> None:
        self._expect_online = expect_online
        self.data = folder / "data"
        self.simulator = simulator
        self.broker = Broker(folder / "broker")
        self.recorder = Recorder(self.broker.port)
        self.process: asyncio.subprocess.Process | None = None
        self.settings = settings or {}
        self._mqtt_port = self.broker.port
        self._log = folder / "zigbus.log"

    async def __aenter__(self) -> Stack:
        await self.broker.start()
        await self.recorder.__aenter__()
        self.data.mkdir(parents=True, exist_ok=True)
        self.write_settings()
        try:
            await self.start()
        except BaseException as error:
            await self.__aexit__(type(error))
            raise
        return self

    async def __aexit__(self, kind: object, *_: object) -> None:
        await self.stop()
        await self.broker.stop()
        await self.recorder.__aexit__(kind)

    def write_settings(self) -> None:
        """Write configuration.yaml; JSON is YAML."""
        settings: dict[str, Any] = {
            "version": 5,
            "mqtt": {"base_topic": BASE, "server": f"mqtt://127.0.0.1:{self._mqtt_port}"},
            "serial": {"port": f"tcp://127.0.0.1:{self.simulator.port}", "adapter": "zstack"},
            "advanced": {
                "network_key": NETWORK_KEY,
                "pan_id": 6754,
                "ext_pan_id": [221, 170, 17, 34, 51, 68, 85, 102],
                "channel": 11,
            },
        }
        for section, values in self.settings.items():
            settings[section] = {**settings.get(section, {}), **values} if isinstance(values, dict) else values
        (self.data / "configuration.yaml").write_text(json.dumps(settings, indent=1))

    def point_at(self, mqtt_port: int) -> None:
        """Let the settings name another MQTT port (a gate before the broker)."""
        self._mqtt_port = mqtt_port
        self.write_settings()

    async def start(self) -> None:
        """Start `zigbus run` and wait until the bridge is online."""
        mark = len(self.recorder.messages)
        environment = {**os.environ, "ZIGBUS_NATS_PORT": "0", "ZIGBUS_METRICS_PORT": "0"}
        environment.pop("ZIGBUS_NATS_URL", None)
        with self._log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                str(ZIGBUS),
                "run",
                "--data",
                str(self.data),
                stdout=log,
                stderr=log,
                stdin=asyncio.subprocess.DEVNULL,
                env=environment,
            )
        if self._expect_online:
            await self.online(since=mark)

    async def online(self, *, since: int = 0) -> None:
        """Wait until the bridge says that it is online."""
        await self.recorder.expect(f"{BASE}/bridge/state", lambda p: p["state"] == "online", since=since, timeout_s=120)

    @property
    def log(self) -> str:
        """What the program has said so far."""
        return self._log.read_text(errors="replace")

    async def said(self, text: str, timeout_s: float = 60.0) -> None:
        """Wait until the log has a text (a regular expression)."""
        await until(lambda: re.search(text, self.log), timeout_s, f"'{text}' in\n{self.log[-3000:]}")

    async def stop(self) -> int:
        """SIGTERM and wait; returns the exit code. Raises TimeoutError if it takes longer than it may."""
        if self.process is None:
            return 0
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(30):
                await self.process.wait()
        return self.process.returncode or 0

    def pid_of(self, service: str) -> int | None:
        """Process id of a service (`radio`, `nats-server` …) below the supervisor, None while it is down."""
        assert self.process is not None
        for child in psutil.Process(self.process.pid).children(recursive=True):
            try:
                words = child.cmdline()
            except psutil.Error:
                continue
            if service in words or any(Path(word).name == service for word in words[:2]):
                return child.pid
        return None

    async def kill(self, service: str) -> None:
        """SIGKILL a service and wait until another process has taken its place."""
        before = self.pid_of(service)
        assert before is not None, f"{service} does not run"
        os.kill(before, signal.SIGKILL)
        await until(lambda: self.pid_of(service) not in (None, before), 60, f"{service} restarted")

    async def request(self, path: str, payload: Any, timeout_s: float = 60.0) -> Any:
        """Publish a bridge request and return its answer."""
        mark = len(self.recorder.messages)
        self.recorder.publish(f"{BASE}/bridge/request/{path}", payload)
        return await self.recorder.expect(f"{BASE}/bridge/response/{path}", since=mark, timeout_s=timeout_s)
