"""A real Home Assistant without a screen: started, onboarded and connected to a broker through its own HTTP API."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shlex
import signal
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from zigbus.bus.nats_server import free_port

START_S, STOP_S, CALL_S, ASK_AGAIN_S = 120.0, 30.0, 30.0, 0.3
# Only what is needed: no cloud, no search in the network.
CONFIGURATION = """\
homeassistant: {{name: Test, unit_system: metric, time_zone: UTC, country: AT, currency: EUR}}
http: {{server_host: 127.0.0.1, server_port: {port}}}
api:
config:
onboarding:
"""
USER = {"name": "Test", "username": "test", "password": "only for this test", "language": "en"}


class HomeAssistant:
    """One process. `command` is how `hass` is called; the folder becomes its configuration."""

    def __init__(self, command: str, folder: Path) -> None:
        self._command, self._folder, self._port, self._token = command, folder, free_port(), ""
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> HomeAssistant:
        self._folder.mkdir(parents=True)
        (self._folder / "configuration.yaml").write_text(CONFIGURATION.format(port=self._port))
        command = [*shlex.split(self._command), "--config", str(self._folder), "--skip-pip"]
        with (self._folder / "output.log").open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                *command, stdout=log, stderr=log, start_new_session=True
            )
        try:
            await self.until(self._is_up, START_S, "Home Assistant")
            await self._onboard()
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._process is None or self._process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGTERM)
        try:
            await asyncio.wait_for(self._process.wait(), STOP_S)
        except TimeoutError:
            os.killpg(self._process.pid, signal.SIGKILL)
            await self._process.wait()

    @property
    def said(self) -> str:
        """What it has logged so far."""
        return (self._folder / "output.log").read_text(errors="replace")

    async def until(self, condition: Callable[[], Any], timeout_s: float, what: str) -> Any:
        """Ask until the answer is true, and return it. `condition` may block: it runs in a thread."""
        ends_s = time.monotonic() + timeout_s
        while time.monotonic() < ends_s:
            found = await asyncio.to_thread(condition)
            if found:
                return found
            await asyncio.sleep(ASK_AGAIN_S)
        raise TimeoutError(f"not within {timeout_s} s: {what}\n{self.said[-3000:]}")

    async def use_broker(self, port: int) -> None:
        """Set the integration MQTT up, as a person would in the browser."""
        flow = await asyncio.to_thread(self._call, "/api/config/config_entries/flow", {"handler": "mqtt"})
        if flow["type"] == "menu":
            flow = await self._next_step(flow, {"next_step_id": "broker"})
        done = await self._next_step(flow, {"broker": "127.0.0.1", "port": port})
        if done["type"] != "create_entry":
            raise AssertionError(done)

    async def _next_step(self, flow: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
        path = f"/api/config/config_entries/flow/{flow['flow_id']}"
        found: dict[str, Any] = await asyncio.to_thread(self._call, path, answer)
        return found

    def states(self) -> dict[str, dict[str, Any]]:
        """Every entity with its state and attributes."""
        return {state["entity_id"]: state for state in self._call("/api/states")}

    def call(self, service: str, **data: Any) -> None:
        """Call a service, such as `light.turn_on`; nothing happens while the entity is not there."""
        self._call(f"/api/services/{service.replace('.', '/')}", data)

    async def _onboard(self) -> None:
        client = f"http://127.0.0.1:{self._port}/"
        given = await asyncio.to_thread(self._call, "/api/onboarding/users", {**USER, "client_id": client})
        form = {"grant_type": "authorization_code", "code": given["auth_code"], "client_id": client}
        data = urllib.parse.urlencode(form).encode()
        self._token = (await asyncio.to_thread(self._call, "/auth/token", data))["access_token"]

    def _is_up(self) -> bool:
        if self._process is not None and self._process.returncode is not None:
            raise AssertionError(f"Home Assistant ended:\n{self.said[-3000:]}")
        try:
            self._call("/api/onboarding")
        except urllib.error.HTTPError:
            return False
        except OSError:
            return False
        return True

    def _call(self, path: str, data: bytes | dict[str, Any] | None = None) -> Any:
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        if isinstance(data, dict):
            headers["Content-Type"] = "application/json"
        body = json.dumps(data).encode() if isinstance(data, dict) else data
        request = urllib.request.Request(f"http://127.0.0.1:{self._port}{path}", body, headers)
        with urllib.request.urlopen(request, timeout=CALL_S) as answer:
            return json.loads(answer.read() or b"null")
