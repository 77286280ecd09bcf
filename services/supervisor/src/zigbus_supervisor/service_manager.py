"""Tells the system's service manager (systemd) that we run, live and stop: the protocol of sd_notify(3)."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Mapping

MICROSECOND_S = 1e-6


class ServiceManager:
    """Whoever waits at `NOTIFY_SOCKET`; nobody if the variable is missing."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        usec = environment.get("WATCHDOG_USEC", "")
        self._watchdog_s = int(usec) * MICROSECOND_S if usec.isdecimal() else 0.0

    def started(self) -> None:
        """The services run. Whether stick and broker are there is no matter: they are waited for without end."""
        self._say("READY=1")

    def stopping(self) -> None:
        """The services are being stopped."""
        self._say("STOPPING=1")

    async def show_life(self) -> None:
        """Say twice as often as is asked for that the event loop turns, until cancelled."""
        while self._address and self._watchdog_s:
            self._say("WATCHDOG=1")
            await asyncio.sleep(self._watchdog_s / 2)

    def _say(self, what: str) -> None:
        if not self._address:
            return
        # "@" stands for the null byte of an abstract socket
        address = f"\0{self._address[1:]}" if self._address.startswith("@") else self._address
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.sendto(what.encode(), address)
