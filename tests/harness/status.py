"""What a service of the running stack says on its status port: readiness and counters."""

from __future__ import annotations

import asyncio
import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable
from typing import Any

from tests.harness.stack import Stack

BANNER = re.compile(r"metrics\s+(supervisor \d+.*)")  # `metrics  supervisor 9700, registry 9701, …`


class Status:
    """The status port of one service. Which one it is, the supervisor says at its start."""

    def __init__(self, stack: Stack, service: str) -> None:
        self._stack, self._service = stack, service

    async def count(self, series: str) -> float:
        """Return a counter, summed over the label sets that begin like `series` (`name{label="value"`)."""
        text = await asyncio.to_thread(self._get, "/metrics")
        values = [line.rpartition(" ")[2] for line in text.splitlines() if line.startswith(series)]
        return sum(map(float, values))

    async def readiness(self) -> Any:
        """Return what /readyz says."""
        return json.loads(await asyncio.to_thread(self._get, "/readyz"))

    async def grows(self, series: str, beyond: float, timeout_s: float = 60.0) -> None:
        """Wait until a counter is above a value."""

        async def grown() -> bool:
            return await self.count(series) > beyond

        await _until(grown, timeout_s, f"{series} above {beyond}")

    async def complains(self, text: str, timeout_s: float = 60.0) -> None:
        """Wait until /readyz says that the service is not ready, with a text in the reason."""

        async def complained() -> bool:
            return text in json.dumps(await self.readiness())

        await _until(complained, timeout_s, f"'{text}' in /readyz of {self._service}")

    def _port(self) -> int:
        banner = BANNER.findall(self._stack.log)[-1]
        ports = dict(re.findall(r"(\w+) (\d+)", banner))
        return int(ports[self._service])

    def _get(self, path: str) -> str:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._port()}{path}", timeout=5) as answer:
                return str(answer.read().decode())
        except urllib.error.HTTPError as error:  # 503: not ready
            return error.read().decode()
        except (OSError, IndexError):  # not there yet
            return "{}"


async def _until(condition: Callable[[], Awaitable[bool]], timeout_s: float, what: str) -> None:
    deadline_s = time.monotonic() + timeout_s
    while not await condition():
        assert time.monotonic() < deadline_s, f"not within {timeout_s:g} s: {what}"
        await asyncio.sleep(0.05)
