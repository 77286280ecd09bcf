"""`zigbus get`: read values from a device, over the air."""

from __future__ import annotations

import asyncio
import time

from zigbus.bus import Bus
from zigbus.contract import operations, subjects
from zigbus.contract.base import JsonObject
from zigbus.contract.requests import GetRequest
from zigbus.contract.updates import Update
from zigbus_terminal.asking import target_of, tell
from zigbus_terminal.home import Target, read_home
from zigbus_terminal.session import Exit, arguments_of, run_tool

ANSWER_WITHIN_S = (
    1.0  # after the device confirmed: the update with the value is on its way, or the value did not change
)


def main(argv: list[str]) -> int:
    """Read values from a device: `zigbus get NAME key ...`."""
    parser = arguments_of("Read values from a device, over the air, and show them.")
    parser.add_argument("name", metavar="NAME", help="name, ieee or group id; NAME/ENDPOINT for one endpoint")
    parser.add_argument("keys", nargs="+", metavar="key", help="property to read, as `zigbus devices` shows it")
    parsed = parser.parse_args(argv)

    async def work(bus: Bus) -> Exit:
        target = target_of(await read_home(bus), parsed.name)
        heard: JsonObject = {}
        news = asyncio.Event()

        def updated(_: str, update: Update) -> None:
            heard.update(update.state | update.changed)
            news.set()

        await bus.subscribe(_subject(target), Update, updated)
        payload = dict.fromkeys(parsed.keys, "")
        ask = GetRequest(
            payload=payload, ieee=target.ieee, group=target.group, endpoint=target.endpoint, requested_at_s=time.time()
        )
        result = await bus.call(operations.GET, ask, ieee=target.ieee, group=target.group)
        await _until_heard(parsed.keys, heard, news)
        return tell(result, heard, as_json=parsed.json)

    return run_tool(parsed.data, work)


async def _until_heard(keys: list[str], heard: JsonObject, news: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(ANSWER_WITHIN_S):
            while not heard.keys() >= set(keys):
                news.clear()
                await news.wait()
    except TimeoutError:
        return


def _subject(target: Target) -> str:
    return (
        subjects.update_of_device(target.ieee)
        if target.ieee is not None
        else subjects.update_of_group(target.group or 0)
    )
