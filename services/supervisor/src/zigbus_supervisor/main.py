"""`zigbus run`: one data folder, everything it takes to serve it, in one readable log."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path
from typing import Any

import structlog
import uvloop

from zigbus.bus import BusAddress
from zigbus.health import Health
from zigbus.status_server import StatusServer
from zigbus_supervisor import demo, surroundings
from zigbus_supervisor.banner import ready_text, start_text
from zigbus_supervisor.journal import Journal
from zigbus_supervisor.plan import Situation, make_plan
from zigbus_supervisor.ports import choose_ports
from zigbus_supervisor.service_manager import ServiceManager
from zigbus_supervisor.settings import Settings, read_settings
from zigbus_supervisor.supervisor import Supervisor

HOST = "127.0.0.1"
LOOK_AT_SETTINGS_EVERY_S = 1.0


def main(argv: list[str]) -> int:
    """Start everything on this machine and keep it running: `zigbus run --data DIR`."""
    settings = read_settings(argv)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))  # the journal says it
    try:
        lock = surroundings.lock_folder(settings.data)
    except surroundings.DataFolderInUse:
        sys.stderr.write(
            f"zigbus: {settings.data} is in use by another `zigbus run`; stop that one, or choose another --data\n"
        )
        return 1
    except OSError as error:
        sys.stderr.write(f"zigbus: the data folder {settings.data} cannot be used: {error.strerror}\n")
        return 1
    with lock:
        return uvloop.run(_serve(settings, Journal()))


async def _serve(settings: Settings, journal: Journal) -> int:
    ending = asyncio.Event()
    numbers = [signal.SIGTERM, signal.SIGINT]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup: it shall outlive its terminal
        numbers.append(signal.SIGHUP)
    for number in numbers:
        asyncio.get_running_loop().add_signal_handler(number, ending.set)
    ports = choose_ports(settings.nats_port, settings.status_port)
    health, manager = Health(), ServiceManager(os.environ)
    status = StatusServer(health, ports.status["supervisor"], HOST)
    status.start()
    address = surroundings.url_file(settings.data)
    alive = asyncio.create_task(manager.show_life())
    try:
        while not ending.is_set():
            situation = await surroundings.look(settings, ports)
            if situation.nats_command is not None:
                address.write_text(situation.nats_url + "\n", encoding="utf-8")
            manager.started()
            await _run_plan(situation, journal, health, ending, manager)
        return 0
    finally:
        alive.cancel()
        address.unlink(missing_ok=True)
        status.stop()
        journal.close()


async def _run_plan(
    situation: Situation, journal: Journal, health: Health, ending: asyncio.Event, manager: ServiceManager
) -> None:
    """Run until the program is to end, or until a broken settings file was changed."""
    plan = make_plan(situation)
    journal.say(start_text(situation, plan))
    supervisor = Supervisor(plan, journal, health)
    stopping = asyncio.Event()
    helpers = [_beat(health), _stop_when(ending, stopping, manager)]
    if situation.description.errors:
        helpers.append(_until_changed(situation.settings_file, stopping))
    if plan.is_demo:
        helpers.append(_settle_in(situation, journal))
    async with _meanwhile(*helpers):
        await supervisor.run(stopping, lambda seconds: journal.say(ready_text(seconds)))
    journal.say(
        "zigbus: everything is stopped" if ending.is_set() else "zigbus: the settings file has changed, starting anew"
    )


@contextlib.asynccontextmanager
async def _meanwhile(*work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(one) for one in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def _settle_in(situation: Situation, journal: Journal) -> None:
    address = BusAddress.from_environment() if situation.nats_command is None else BusAddress(situation.nats_url)
    await demo.let_home_join(address, situation.data / "simulator", lambda text: journal.say(f"zigbus: {text}"))


async def _beat(health: Health) -> None:
    while True:
        health.beat()
        await asyncio.sleep(1.0)


async def _stop_when(ending: asyncio.Event, stopping: asyncio.Event, manager: ServiceManager) -> None:
    await ending.wait()
    manager.stopping()
    stopping.set()


async def _until_changed(file: Path, stopping: asyncio.Event) -> None:
    before = _stamp(file)
    while _stamp(file) == before:  # noqa: ASYNC110  # a file has no event
        await asyncio.sleep(LOOK_AT_SETTINGS_EVERY_S)
    stopping.set()


def _stamp(file: Path) -> tuple[int, int]:
    try:
        found = file.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size
