"""The serial line: TCP with one client at a time, or a pseudo terminal. Knows frames, not what they mean."""

from __future__ import annotations

import asyncio
import os
import tty
from collections.abc import Callable

from zigbus_simulator.mt import Deframer, MtFrame

READ_SIZE = 4096
# What a client that does not read may leave behind; a UART would have lost it long before.
BACKLOG_LIMIT = 4 * 1024 * 1024


class Line:
    """Carries octets between the stick and whoever is connected. `receive` gets every good frame."""

    def __init__(self, receive: Callable[[MtFrame], None], on_change: Callable[[], None]) -> None:
        self._receive = receive
        self._on_change = on_change
        self._server: asyncio.Server | None = None
        self._client: _Client | None = None
        self._terminal: tuple[int, int] | None = None  # master, slave
        self._terminal_input = Deframer()
        self.hung = False  # the stick neither reads nor writes
        self.connections = 0
        self.lost_octets = 0  # written while nobody read

    @property
    def connected(self) -> bool:
        """Whether a TCP client is there, or a terminal is open."""
        return self._client is not None or self._terminal is not None

    async def listen(self, host: str, port: int) -> int:
        """Offer the line on TCP; returns the port."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Client(self), host, port)
        return int(self._server.sockets[0].getsockname()[1])

    def open_terminal(self) -> str:
        """Offer the line on a new pseudo terminal; returns its path."""
        master, slave = os.openpty()
        tty.setraw(slave)
        os.set_blocking(master, False)
        self._terminal = (master, slave)
        asyncio.get_running_loop().add_reader(master, self._read_terminal, master)
        return os.ttyname(slave)

    def write(self, octets: bytes) -> None:
        """Send octets to whoever is connected."""
        if self.hung:
            self.lost_octets += len(octets)
        elif self._client is not None:
            self._client.write(octets)
        elif self._terminal is not None:
            self._write_terminal(octets)

    def drop_client(self) -> None:
        """Cut the TCP connection."""
        if self._client is not None:
            self._client.close()

    async def close(self) -> None:
        """Take the line away."""
        self.drop_client()
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None
        if self._terminal is not None:
            asyncio.get_running_loop().remove_reader(self._terminal[0])
            for descriptor in self._terminal:
                os.close(descriptor)
            self._terminal = None

    def connected_by(self, client: _Client) -> None:
        """A client is there: a serial port has one user, and the newest takes it over."""
        previous, self._client = self._client, client
        self.connections += 1
        if previous is not None:
            previous.close()
        self._on_change()

    def lost(self, client: _Client) -> None:
        """A client is gone."""
        if self._client is client:
            self._client = None
            self._on_change()

    def take(self, deframer: Deframer, data: bytes) -> None:
        """Work on octets that came in."""
        if not self.hung:
            for frame in deframer.feed(data):
                self._receive(frame)

    def _read_terminal(self, master: int) -> None:
        try:
            data = os.read(master, READ_SIZE)
        except OSError:  # nobody has the other end open
            return
        self.take(self._terminal_input, data)

    def _write_terminal(self, octets: bytes) -> None:
        assert self._terminal is not None
        try:
            written = os.write(self._terminal[0], octets)
        except OSError:  # nobody reads and the terminal's buffer is full
            written = 0
        self.lost_octets += len(octets) - written


class _Client(asyncio.Protocol):
    """One TCP connection."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._input = Deframer()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._line.connected_by(self)

    def data_received(self, data: bytes) -> None:
        self._line.take(self._input, data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._line.lost(self)

    def write(self, octets: bytes) -> None:
        """Send, unless the client has not read for too long."""
        if self._transport is None or self._transport.is_closing():
            return
        if self._transport.get_write_buffer_size() > BACKLOG_LIMIT:
            self._line.lost_octets += len(octets)
            return
        self._transport.write(octets)

    def close(self) -> None:
        """End the connection."""
        if self._transport is not None:
            self._transport.abort()
