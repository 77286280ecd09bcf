"""A simulator with the home behind it, and a client that speaks MT byte by byte."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from zigbus_simulator import Simulator, home
from zigbus_simulator.mt import Deframer, Kind, MtFrame, Subsystem, encode

DEADLINE_S = 60.0


class MtClient:
    """What a host does: send requests, wait for their responses, keep what the stick says by itself."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self.writer = writer
        self._deframer = Deframer()
        self.indications: list[MtFrame] = []
        self._responses: list[MtFrame] = []

    async def ask(self, subsystem: int, command: int, payload: bytes = b"") -> bytes:
        """Send a request and return the payload of its response."""
        self.writer.write(encode(Kind.REQUEST, subsystem, command, payload))
        return (await self._next(self._responses, lambda frame: True)).payload

    async def hear(self, subsystem: int, command: int) -> bytes:
        """Return the payload of the next indication of this kind."""
        frame = await self._next(self.indications, lambda f: (f.subsystem, f.command) == (subsystem, command))
        return frame.payload

    async def closed(self) -> bool:
        """Wait until the other side has closed the line."""
        async with asyncio.timeout(DEADLINE_S):
            try:
                while await self._reader.read(4096):
                    pass
            except ConnectionResetError:
                pass
        return True

    async def reset(self) -> bytes:
        """Reset the stick and return the reset indication."""
        self.writer.write(encode(Kind.INDICATION, Subsystem.SYS, 0x00, b"\x01"))
        return await self.hear(Subsystem.SYS, 0x80)

    async def start(self) -> None:
        """Form or resume a network and register endpoint 1."""
        await self.ask(Subsystem.ZDO, 0x40, b"\x64\x00")
        while await self.hear(Subsystem.ZDO, 0xC0) != b"\x09":
            pass
        await self.ask(Subsystem.AF, 0x00, bytes.fromhex("01 0401 0500 00 00 00 00"))

    async def _next(self, frames: list[MtFrame], wanted: Callable[[MtFrame], bool]) -> MtFrame:
        async with asyncio.timeout(DEADLINE_S):
            while True:
                for frame in frames:
                    if wanted(frame):
                        frames.remove(frame)
                        return frame
                data = await self._reader.read(4096)
                if not data:
                    raise ConnectionResetError("the line is closed")
                for frame in self._deframer.feed(data):
                    (self._responses if frame.kind == Kind.RESPONSE else self.indications).append(frame)


@pytest.fixture
async def sim(tmp_path: Path) -> AsyncIterator[Simulator]:
    """A stick that never formed a network, with the whole home near it."""
    async with Simulator(nv=tmp_path / "nv.json", store=tmp_path / "devices.json", devices=home.devices()) as simulator:
        yield simulator


@pytest.fixture
async def connect(sim: Simulator) -> AsyncIterator[Callable[[], asyncio.Future[MtClient]]]:
    """Connects clients to `sim`."""
    clients: list[MtClient] = []

    async def open_client() -> MtClient:
        client = MtClient(*await asyncio.open_connection("127.0.0.1", sim.port))
        clients.append(client)
        return client

    yield lambda: asyncio.ensure_future(open_client())
    for client in clients:
        client.writer.close()


@pytest.fixture
async def host(connect: Callable[[], asyncio.Future[MtClient]]) -> MtClient:
    """A client on a network that runs."""
    client = await connect()
    await client.start()
    return client
