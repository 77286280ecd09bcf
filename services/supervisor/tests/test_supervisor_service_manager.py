"""What systemd is told."""

from __future__ import annotations

import asyncio
import os
import socket
from pathlib import Path

from zigbus_supervisor.service_manager import ServiceManager

NAME = f"zigbus-test-{os.getpid()}"


def told(line: socket.socket) -> str:
    line.settimeout(60)
    return line.recv(100).decode()


async def test_the_service_manager_hears_start_life_and_stop(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(tmp_path / "notify"))
        manager = ServiceManager({"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "20000"})
        manager.started()
        assert told(line) == "READY=1"
        alive = asyncio.create_task(manager.show_life())
        assert [await asyncio.to_thread(told, line) for _ in range(3)] == ["WATCHDOG=1"] * 3
        alive.cancel()
        await asyncio.wait({alive})
        line.setblocking(False)
        while True:
            try:
                line.recv(100)
            except BlockingIOError:
                break
        manager.stopping()
        assert told(line) == "STOPPING=1"


async def test_an_abstract_socket_is_understood() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(f"\0{NAME}")
        ServiceManager({"NOTIFY_SOCKET": f"@{NAME}"}).started()
        assert told(line) == "READY=1"


async def test_nobody_to_tell_costs_nothing(tmp_path: Path) -> None:
    ServiceManager({"NOTIFY_SOCKET": str(tmp_path / "gone")}).started()
    async with asyncio.timeout(60):
        await ServiceManager({}).show_life()
