"""Fixtures of the gateway's tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from services.gateway.tests.gateway_rig import Rig, rig_in


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    """Servers, a recorder and a furnished household; the gateway is not started yet."""
    async with rig_in(tmp_path) as found:
        await found.furnish()
        yield found
