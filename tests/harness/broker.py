"""A mosquitto of our own on a loopback port."""

from __future__ import annotations

import asyncio
import getpass
import shutil
from pathlib import Path

from zigbus.bus.nats_server import free_port
from zigbus.waiting import until

# max_queued 0 and max_inflight 0: no limit, a slow test client must not lose messages; nodelay as for latency
CONFIG = """listener {port} 127.0.0.1
allow_anonymous {anonymous}
{password_line}
persistence false
max_queued_messages 0
max_inflight_messages 0
set_tcp_nodelay true
"""


class Broker:
    """One mosquitto process. `stop` and `start` again keep the port; retained messages are lost with it."""

    def __init__(self, folder: Path, *, password_file: Path | None = None) -> None:
        self.port = free_port()
        self._folder = folder
        self._password_file = password_file
        self._process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        """Address as `mqtt.server` wants it."""
        return f"mqtt://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start mosquitto and wait until it accepts connections."""
        self._folder.mkdir(parents=True, exist_ok=True)
        config = self._folder / "mosquitto.conf"
        # started by root, mosquitto becomes another user, who may not read the file
        password_line = f"password_file {self._password_file}\nuser {getpass.getuser()}" if self._password_file else ""
        config.write_text(
            CONFIG.format(port=self.port, anonymous=str(not self._password_file).lower(), password_line=password_line)
        )
        program = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
        assert program, "install mosquitto (make setup does)"
        with (self._folder / "mosquitto.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(program, "-c", str(config), stdout=log, stderr=log)
        await until_open(self.port)

    async def stop(self, *, kill: bool = False) -> None:
        """End mosquitto, in order or with SIGKILL."""
        if self._process is None or self._process.returncode is not None:
            return
        if kill:
            self._process.kill()
        else:
            self._process.terminate()
        await self._process.wait()


async def until_open(port: int, timeout_s: float = 60.0) -> None:
    """Wait until something accepts connections on a loopback port."""
    opened: list[bool] = []

    async def attempt() -> None:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            return
        writer.close()
        opened.append(True)

    async def poll() -> None:
        while not opened:
            await attempt()
            await asyncio.sleep(0.02)

    task = asyncio.create_task(poll())
    try:
        await until(lambda: opened, timeout_s, f"port {port} open")
    finally:
        task.cancel()
