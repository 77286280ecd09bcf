"""Fixtures of the radio's tests: NATS, a simulated stick, and the service between them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from services.radio.tests.radio_rig import RadioRig

from zigbus.bus.nats_server import NatsServer
from zigbus_simulator import Simulator, home


@pytest.fixture
async def nats_server(tmp_path: Path) -> AsyncIterator[NatsServer]:
    """A NATS server with an empty store."""
    server = NatsServer(tmp_path / "nats")
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def sim(tmp_path: Path) -> AsyncIterator[Simulator]:
    """An empty stick and the whole demo home, joined to nothing."""
    async with Simulator(nv=tmp_path / "nv.json", devices=home.devices()) as simulator:
        yield simulator


@pytest.fixture
async def rig(nats_server: NatsServer, tmp_path: Path) -> AsyncIterator[RadioRig]:
    """The radio, not started yet."""
    radio = await RadioRig.create(nats_server, tmp_path / "radio")
    yield radio
    await radio.close()
