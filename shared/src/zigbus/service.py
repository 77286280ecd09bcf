"""How a service runs: event loop, logging, status server, bus, signals, orderly end. One frame for all of them."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast

import msgspec
import structlog
import uvloop

from zigbus import __version__
from zigbus.bus.client import Bus, BusAddress
from zigbus.census import Counts, answer_census
from zigbus.contract import storage, subjects
from zigbus.contract.household import LoggingSettings
from zigbus.contract.logs import Level, LogEvent
from zigbus.health import Health
from zigbus.logs import LEVELS, Logging
from zigbus.metrics import BUILD
from zigbus.status_server import StatusServer

log = structlog.get_logger()

STOP_WITHIN_S = 8.0  # the supervisor waits 10 s before it kills
RESTART_AFTER_S = 0.5  # so that the answer to the request is out
COLLECT_AFTER = (10_000, 20, 50)  # objects, and rounds: reports leave no cycles, so that looking more often is in vain


@dataclass(frozen=True)
class ServiceSettings:
    """What every service takes from its environment."""

    metrics_port: int = 9700
    metrics_host: str = ""
    data: Path = field(default_factory=lambda: Path("data"))
    log_level: Level | None = None  # None: as the household's settings say
    log_format: Literal["text", "json"] = "text"

    @classmethod
    def from_environment(cls) -> ServiceSettings:
        """Read ZIGBUS_METRICS_PORT, ZIGBUS_METRICS_HOST, ZIGBUS_DATA, ZIGBUS_LOG_LEVEL and ZIGBUS_LOG_FORMAT."""
        env = os.environ
        return cls(
            metrics_port=int(env.get("ZIGBUS_METRICS_PORT", "9700")),
            metrics_host=env.get("ZIGBUS_METRICS_HOST", ""),
            data=Path(env.get("ZIGBUS_DATA", "data")),
            log_level=_level(env.get("ZIGBUS_LOG_LEVEL", "")),
            log_format="json" if env.get("ZIGBUS_LOG_FORMAT") == "json" else "text",
        )


@dataclass
class Service:
    """What a service gets to do its work with."""

    name: str
    bus: Bus
    health: Health
    settings: ServiceSettings
    stopping: asyncio.Event
    counts: Counts = field(default_factory=Counts)


Serve = Callable[[Service], Awaitable[None]]


def run_service(name: str, serve: Serve) -> int:
    """Run a service until SIGTERM, SIGINT, SIGHUP or a restart broadcast. Returns the exit code, 0 for an orderly end.

    After SIGHUP, too, its runner starts it again: so the registry reads the settings files anew.
    """
    return uvloop.run(_run(name, serve, ServiceSettings.from_environment(), BusAddress.from_environment()))


async def _run(name: str, serve: Serve, settings: ServiceSettings, address: BusAddress) -> int:
    health, stopping = Health(), asyncio.Event()
    forward = _LogForwarder()
    logging = Logging(name, settings.log_level, settings.log_format, forward)
    _on_signals(stopping)
    status = StatusServer(health, settings.metrics_port, settings.metrics_host)
    status.start()
    BUILD.labels(name, __version__).set(1)
    health.report("bus", ok=False, reason="connecting to NATS")
    log.info("starting", service=name, version=__version__, status_port=status.port)
    heartbeat = asyncio.create_task(_beat(health), name="heartbeat")
    try:
        bus = await _connect_or_stop(address, name, stopping)
        if bus is None:
            return 0
        forward.bus = bus
        bus.on_connection = lambda connected: health.report("bus", connected, "" if connected else "NATS is away")
        health.report("bus", ok=True)
        await bus.subscribe(subjects.RESTART, msgspec.Struct, lambda _, __: _restart_soon(stopping))
        service = Service(name, bus, health, settings, stopping)
        await _follow_logging(bus, logging)
        await answer_census(bus, name, service.counts)
        gc.set_threshold(*COLLECT_AFTER)
        return await _serve_until_stopped(serve, service)
    finally:
        heartbeat.cancel()
        status.stop()


async def _follow_logging(bus: Bus, logging: Logging) -> None:
    def changed(_: str, settings: LoggingSettings | None, __: int) -> None:
        if settings is not None:
            logging.use(settings)

    await bus.table(storage.SETTINGS, changed, kind=LoggingSettings, key_filter="logging")


def _level(text: str) -> Level | None:
    """Return the level of the environment. Raises ValueError if there is no such level."""
    if text and text not in LEVELS:
        raise ValueError(f"ZIGBUS_LOG_LEVEL is {text!r}, allowed are {', '.join(LEVELS)}")
    return cast(Level, text) if text else None


async def _serve_until_stopped(serve: Serve, service: Service) -> int:
    work = asyncio.ensure_future(serve(service))
    stop = asyncio.create_task(service.stopping.wait())
    await asyncio.wait({work, stop}, return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    if not work.done():
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STOP_WITHIN_S):
                await asyncio.wait({work})
    if not work.done():
        work.cancel()
        await asyncio.wait({work}, timeout=1.0)
    code = _outcome(work)
    log.info("stopped", service=service.name, code=code)
    await service.bus.close()
    return code


def _outcome(work: asyncio.Future[None]) -> int:
    if work.cancelled() or not work.done():
        return 0
    error = work.exception()
    if error is None:
        return 0
    log.error("crashed", exc_info=error)  # a broken invariant of our own: stop loudly, the runner starts us again
    return 1


async def _connect_or_stop(address: BusAddress, name: str, stopping: asyncio.Event) -> Bus | None:
    connecting = asyncio.create_task(Bus.connect(address, name))
    stop = asyncio.create_task(stopping.wait())
    await asyncio.wait({connecting, stop}, return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    if connecting.done():
        return connecting.result()
    connecting.cancel()
    return None


def _on_signals(stopping: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, stopping.set)


def _restart_soon(stopping: asyncio.Event) -> None:
    log.info("restart_requested")
    asyncio.get_running_loop().call_later(RESTART_AFTER_S, stopping.set)


async def _beat(health: Health) -> None:
    loaded = False
    while True:
        health.beat()
        if not loaded and health.ready:
            loaded = True
            gc.freeze()  # what is there by now stays: keeps full collections, and their pauses, short
        await asyncio.sleep(1.0)


class _LogForwarder:
    """Sends log events to the bus once there is one."""

    def __init__(self) -> None:
        self.bus: Bus | None = None

    def __call__(self, event: LogEvent) -> None:
        if self.bus is not None:
            self.bus.publish(subjects.log(event.service, event.level), event)
