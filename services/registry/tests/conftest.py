"""Fixtures of the registry's tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from services.registry.tests.registry_home import Home

from zigbus.bus import Bus
from zigbus.bus.nats_server import NatsServer
from zigbus.contract import storage


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    """A home whose registry is not started yet; the data folder is empty."""
    server = NatsServer(tmp_path / "nats")
    await server.start()
    bus = await Bus.connect(server.url, "test")
    (tmp_path / "data").mkdir()
    home = Home(bus, tmp_path / "data", server)
    await bus.consume(storage.UPDATES, "test", lambda delivery: home.events.append(delivery.message))
    yield home
    await home.kill()
    await bus.close()
    await server.stop()
