"""Fixtures of the converter's tests: a NATS server of its own for every test, and a home around it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from services.converter.tests.converter_home import Home

from zigbus.bus import Bus
from zigbus.bus.nats_server import NatsServer


@pytest.fixture
async def nats_server(tmp_path: Path) -> AsyncIterator[NatsServer]:
    """A NATS server with an empty store."""
    server = NatsServer(tmp_path / "nats")
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def home(nats_server: NatsServer) -> AsyncIterator[Home]:
    """Radio and registry on that server; not started yet."""
    bus = await Bus.connect(nats_server.url, "test")
    yield Home(bus)
    await bus.close()
