"""What all tools share: their common arguments, the way to the bus, and what is said when there is none."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from enum import IntEnum
from pathlib import Path

import structlog

from zigbus.bus import Bus, BusAddress
from zigbus.contract.base import FailureCode, RequestFailed

CONNECT_WITHIN_S = 5.0


class Exit(IntEnum):
    """Exit codes of all tools."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    UNREACHABLE = 3


class ToolError(Exception):
    """The tool cannot do what was asked: a sentence for people, and the exit code."""

    def __init__(self, text: str, code: Exit = Exit.FAILED) -> None:
        super().__init__(text)
        self.code = code


def arguments_of(description: str) -> argparse.ArgumentParser:
    """Return a parser with the arguments that every tool has."""
    parser = argparse.ArgumentParser(
        description=description, epilog="Exit codes: 0 done, 1 failed, 2 wrong usage, 3 zigbus cannot be reached."
    )
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("ZIGBEE2MQTT_DATA", "data")), metavar="DIR",
                        help="data folder of the running zigbus (default: %(default)s); ZIGBUS_NATS_URL goes before it")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print JSON, one value per line, for scripts")
    return parser


def run_tool(data: Path, work: Callable[[Bus], Awaitable[Exit]]) -> int:
    """Connect, do the work, and turn what goes wrong into one sentence and an exit code."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL)
    )  # people get sentences, not log lines
    try:
        return asyncio.run(_connected(address_of(data), work))
    except ToolError as error:
        sys.stderr.write(f"zigbus: {error}\n")
        return error.code
    except RequestFailed as error:
        sys.stderr.write(f"zigbus: {error.failure.text}\n")
        return Exit.UNREACHABLE if error.failure.code is FailureCode.UNAVAILABLE else Exit.FAILED


def address_of(data: Path) -> BusAddress:
    """Return where the bus is: from the environment, else what the supervisor wrote into the data folder."""
    address = BusAddress.from_environment()
    if os.environ.get("ZIGBUS_NATS_URL"):
        return address
    try:
        return replace(address, url=(data / "nats" / "url").read_text(encoding="utf-8").strip())
    except OSError:
        raise ToolError(
            f"zigbus does not run on the data folder '{data}'. Start it with `make run`, name its folder with --data, "
            "or set ZIGBUS_NATS_URL.",
            Exit.UNREACHABLE,
        ) from None


async def _connected(address: BusAddress, work: Callable[[Bus], Awaitable[Exit]]) -> Exit:
    try:
        async with asyncio.timeout(CONNECT_WITHIN_S):
            bus = await Bus.connect(address, service="terminal")
    except TimeoutError:
        raise ToolError(
            f"The bus at {address.url.rpartition('@')[2]} does not answer. Is zigbus running?", Exit.UNREACHABLE
        ) from None
    try:
        return await work(bus)
    finally:
        await bus.close()
