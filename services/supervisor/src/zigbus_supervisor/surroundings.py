"""Looks at this machine and the data folder before a plan is made, and prepares what the servers need."""

from __future__ import annotations

import asyncio
import fcntl
import getpass
import os
import shutil
from pathlib import Path
from typing import IO

import msgspec

from zigbus.bus.nats_server import NatsServer
from zigbus_supervisor.plan import Description, Ports, Situation, zigbus
from zigbus_supervisor.ports import BROKER_PORT, answers
from zigbus_supervisor.settings import Settings

DESCRIBE_WITHIN_S = 30.0
LOG_BYTES = 1_000_000
OUTSIDE_PATH = "/usr/sbin/mosquitto"  # where Debian has it; not on an ordinary person's PATH


class DataFolderInUse(Exception):
    """Another supervisor serves this folder."""


def lock_folder(data: Path) -> IO[str]:
    """Make the data folder and take its lock, which lasts as long as the returned file is open.

    Raises DataFolderInUse, or OSError if the folder cannot be made.
    """
    folder = data / "nats"
    folder.mkdir(parents=True, exist_ok=True)
    lock = (folder / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise DataFolderInUse(str(data)) from error
    return lock


async def look(settings: Settings, ports: Ports) -> Situation:
    """Gather what the plan depends on."""
    description, broker_answers = await asyncio.gather(describe(settings.data), answers(BROKER_PORT, "localhost"))
    return Situation(
        data=settings.data,
        description=description,
        ports=ports,
        nats_command=None if settings.nats_url else _nats_command(settings.data / "nats", ports.nats),
        nats_url=settings.nats_url or f"nats://127.0.0.1:{ports.nats}",
        broker_answers=broker_answers,
        broker_command=_prepare_broker(settings.data / "mosquitto", ports.broker),
        environment=dict(os.environ),
    )


async def describe(data: Path) -> Description:
    """Ask the registry what the settings file says. If it cannot say, that is an error of the description."""
    process = await asyncio.create_subprocess_exec(
        *zigbus("registry", "--describe", "--data", str(data)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(DESCRIBE_WITHIN_S):
            out, err = await process.communicate()
        return msgspec.json.decode(out, type=Description)
    except TimeoutError:
        process.kill()
        return Description(errors=("reading the settings takes too long",))
    except msgspec.MsgspecError:
        last = (err.decode(errors="replace").strip().splitlines() or ["the registry said nothing"])[-1]
        return Description(errors=(f"the settings could not be read: {last}",))


def url_file(data: Path) -> Path:
    """Where the terminal tools find the address of our own NATS server."""
    return data / "nats" / "url"


def _nats_command(store: Path, port: int) -> tuple[str, ...]:
    # its lines are for those who look for something; warnings about the bus come from the services
    return (*NatsServer(store, port).prepare(), "-l", str(store / "nats.log"), "--log_size_limit", str(LOG_BYTES))


def _prepare_broker(folder: Path, port: int) -> tuple[str, ...] | None:
    program = shutil.which("mosquitto") or (OUTSIDE_PATH if Path(OUTSIDE_PATH).exists() else None)
    if program is None:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    settings = folder / "mosquitto.conf"
    settings.write_text(
        "# Written at every start. For a broker of your own set mqtt.server in configuration.yaml.\n"
        f"listener {port} 127.0.0.1\n"
        "allow_anonymous true\n"
        "persistence true\n"
        f"persistence_location {folder}/\n"
        f"user {getpass.getuser()}\n"  # started as root it would become a user who may not write here
        "log_dest stdout\n"
        "log_type error\nlog_type warning\n",
        encoding="utf-8",
    )
    return (program, "-c", str(settings))
