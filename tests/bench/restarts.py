"""How long a killed service takes until it does its job again."""

from __future__ import annotations

import asyncio
import os
import signal
import time

from tests.harness import Stack
from tests.harness.status import Status

SERVICES = ("registry", "radio", "converter", "gateway")
LIMIT_S = 30.0


async def ready_after_kill_s(stack: Stack) -> dict[str, float]:
    """SIGKILL each service in turn; seconds until its status port says that it is ready again."""
    return {service: await _one(stack, service) for service in SERVICES}


async def _one(stack: Stack, service: str) -> float:
    pid, status = stack.pid_of(service), Status(stack, service)
    assert pid is not None, f"{service} does not run"
    start = time.monotonic()
    os.kill(pid, signal.SIGKILL)
    while time.monotonic() - start < LIMIT_S:
        await asyncio.sleep(0.02)
        if stack.pid_of(service) not in (None, pid) and (await status.readiness()).get("ready"):
            return round(time.monotonic() - start, 2)
    raise TimeoutError(f"{service} was not ready within {LIMIT_S:g} s")
