"""The serial line of the stick: opened, read, and its frames handed to who wants them.

Frames with a command of `Hot` go there straight from the bytes; all others go to zigpy-znp. It has no type information.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable

import structlog
import zigpy_znp.commands as mt_commands  # type: ignore[import-untyped]  # no type information
import zigpy_znp.types as mt_types  # type: ignore[import-untyped]
from zigpy.serial import create_serial_connection
from zigpy_znp.api import ZNP  # type: ignore[import-untyped]
from zigpy_znp.frames import GeneralFrame  # type: ignore[import-untyped]
from zigpy_znp.uart import ZnpMtProtocol  # type: ignore[import-untyped]

from zigbus_radio import metrics, mt
from zigbus_radio.settings import SerialPort

log = structlog.get_logger()

OPEN_WITHIN_S = 5.0
PING_WITHIN_S = 1.0  # a stick that runs answers within 10 ms; one in its boot loader does not answer at all

Handler = Callable[[bytes, float], None]
Hot = dict[int, Handler]  # MT command -> what to do with its data and the time it was read


class _Protocol(ZnpMtProtocol):  # type: ignore[misc]  # the base has no type information
    """The serial line: frames that we know by their command go the short way, all others to zigpy-znp."""

    def __init__(self, api: Stick, url: str, hot: Hot) -> None:
        super().__init__(api, url=url)
        self._hot = hot
        self._deframer = mt.Deframer()
        self._skipped = 0
        self.read_at_s = time.time()

    def data_received(self, data: bytes) -> None:
        self.read_at_s = read_at_s = time.time()
        for command, payload in self._deframer.feed(data):
            self._dispatch(command, payload, read_at_s)
        if self._deframer.skipped != self._skipped:
            metrics.SKIPPED_BYTES.inc(self._deframer.skipped - self._skipped)
            self._skipped = self._deframer.skipped

    def _dispatch(self, command: int, payload: bytes, read_at_s: float) -> None:
        handler = self._hot.get(command)
        try:
            if handler is not None:
                handler(payload, read_at_s)
            elif self._api is not None:
                self._api.frame_received(GeneralFrame(mt_types.CommandHeader(command), mt_types.Bytes(payload)))
        except Exception:  # one frame must not end the connection
            metrics.MALFORMED.labels("mt").inc()
            log.exception("mt_frame_failed", command=f"{command:#06x}", data=payload[:64].hex())


class Stick(ZNP):  # type: ignore[misc]  # the base has no type information
    """The MT interface on a port of ours."""

    async def open(self, port: SerialPort, hot: Hot) -> None:
        """Open the port and find out what is there. Raises OSError or TimeoutError if nothing answers."""
        async with asyncio.timeout(OPEN_WITHIN_S):
            self._uart = await _open(port, lambda: _Protocol(self, port.name, hot))
        self.capabilities = await self._wake(port)
        await self.nvram.determine_alignment()
        self.version = await self.detect_zstack_version()

    async def _wake(self, port: SerialPort) -> int:
        """Return the capabilities of a stick that answers; a serial one that does not is led out of its boot loader."""
        try:
            async with asyncio.timeout(PING_WITHIN_S):
                answer = await self.request(mt_commands.SYS.Ping.Req())
        except TimeoutError:
            if port.path is None or not hasattr(self._uart._transport, "set_modem_pins"):
                raise
            answer = await self._skip_bootloader()
        return int(answer.Capabilities)

    @property
    def read_at_s(self) -> float:
        """Unix time when the last bytes were read."""
        uart: _Protocol | None = self._uart
        return 0.0 if uart is None else uart.read_at_s


async def _open(port: SerialPort, make: Callable[[], _Protocol]) -> _Protocol:
    if port.path is None:
        assert port.host is not None
        transport, protocol = await asyncio.get_running_loop().create_connection(make, port.host, port.port)
        link = transport.get_extra_info("socket")
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        link.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        return protocol
    _, serial_protocol = await create_serial_connection(
        asyncio.get_running_loop(),
        make,
        port.path,
        baudrate=port.baudrate,
        flow_control="hardware" if port.rtscts else None,
    )
    assert isinstance(serial_protocol, _Protocol)
    await serial_protocol.wait_until_connected()
    return serial_protocol
