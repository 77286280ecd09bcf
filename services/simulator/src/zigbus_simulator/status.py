"""Health and metrics of a running simulator, served when ZIGBUS_METRICS_PORT names a port (0 = a free one)."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable

from prometheus_client import REGISTRY
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from zigbus.health import Health
from zigbus.status_server import StatusServer
from zigbus_simulator.simulator import Simulator

BEAT_S = 1.0
PORT_VARIABLE, HOST_VARIABLE = "ZIGBUS_METRICS_PORT", "ZIGBUS_METRICS_HOST"


class _Counts(Collector):
    """Reads the simulator's own counts when somebody asks."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    def collect(self) -> Iterable[Metric]:
        """Called by prometheus_client."""
        joined = sum(device.joined for device in self._simulator.devices)
        stick = self._simulator.stick
        yield GaugeMetricFamily("zigbus_simulator_devices_joined", "Devices in the network", joined)
        yield CounterMetricFamily("zigbus_simulator_clients", "Connections to the stick", self._simulator.connections)
        yield CounterMetricFamily(
            "zigbus_simulator_unsupported_commands", "MT commands that the stick lacks", len(stick.unsupported)
        )
        yield CounterMetricFamily(
            "zigbus_simulator_lost_octets", "Octets that no client read", self._simulator.lost_octets
        )


class Status:
    """The HTTP server of one simulator, or nothing if no port is named."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._health = Health()
        self._beating: asyncio.Task[None] | None = None
        self._server: StatusServer | None = None

    def start(self) -> None:
        """Serve from now on."""
        port = os.environ.get(PORT_VARIABLE)
        if port is None:
            return
        REGISTRY.register(_Counts(self._simulator))
        self._server = StatusServer(self._health, int(port), os.environ.get(HOST_VARIABLE, ""))
        self._server.start()
        self._beating = asyncio.create_task(self._beat())

    def stop(self) -> None:
        """End the server."""
        if self._beating is not None:
            self._beating.cancel()
        if self._server is not None:
            self._server.stop()

    async def _beat(self) -> None:
        while True:
            self._health.beat()
            answers = not self._simulator.hung
            self._health.report("stick", answers, "" if answers else "it hangs, as zigbus sim made it")
            await asyncio.sleep(BEAT_S)
