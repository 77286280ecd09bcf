"""`zigbus watch`: what the devices say, as it comes."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time

from zigbus.bus import Bus
from zigbus.contract import subjects
from zigbus.contract.updates import BridgeEvent, Update
from zigbus_terminal.home import Home, Target, read_home
from zigbus_terminal.session import Exit, ToolError, arguments_of, run_tool
from zigbus_terminal.text import pairs


def main(argv: list[str]) -> int:
    """Show what devices say, as it comes: `zigbus watch [NAME] [--json]`."""
    parser = arguments_of("Show what devices say, as it comes. Ctrl-C ends it.")
    parser.add_argument("name", nargs="?", metavar="NAME", help="only this device or group: name, ieee or group id")
    parsed = parser.parse_args(argv)
    return run_tool(parsed.data, lambda bus: _watch(bus, parsed))


async def _watch(bus: Bus, parsed: argparse.Namespace) -> Exit:
    home = await read_home(bus)
    only = home.find(parsed.name) if parsed.name is not None else None
    if parsed.name is not None and only is None:
        raise ToolError(f"There is no device or group '{parsed.name}'; `zigbus devices` lists them.")

    def updated(_: str, update: Update) -> None:
        if only is None or (only.ieee, only.group) == (update.ieee, update.group):
            _write(line_of_update(home, update, as_json=parsed.json))

    def happened(_: str, event: BridgeEvent) -> None:
        if only is None or only.ieee == event.ieee:
            _write(line_of_event(event, as_json=parsed.json))

    await bus.subscribe(_filter(only), Update, updated)
    await bus.subscribe(subjects.bridge_event("*"), BridgeEvent, happened)
    await asyncio.Event().wait()
    return Exit.DONE


def line_of_update(home: Home, update: Update, *, as_json: bool) -> str:
    """Return the line for an update."""
    key = update.ieee if update.ieee is not None else str(update.group)
    if as_json:
        facts = {"at_s": update.converted_at_s, "name": home.name_of(key), "ieee": update.ieee, "group": update.group}
        return json.dumps(facts | {"changed": update.changed, "state": update.state}, ensure_ascii=False)
    return f"{_clock(update.converted_at_s)}  {home.name_of(key)}  {pairs(update.changed)}"


def line_of_event(event: BridgeEvent, *, as_json: bool) -> str:
    """Return the line for something that happened to the network."""
    if as_json:
        return json.dumps(
            {
                "at_s": event.at_s,
                "name": event.friendly_name,
                "ieee": event.ieee,
                "event": event.kind,
                "status": event.status,
            }
        )
    what = event.kind.replace("_", " ") + (f" {event.status}" if event.status else "")
    return f"{_clock(event.at_s)}  {event.friendly_name}  ({what})"


def _filter(only: Target | None) -> str:
    if only is None:
        return f"{subjects.ROOT}.update.>"
    if only.ieee is not None:
        return subjects.update_of_device(only.ieee)
    return subjects.update_of_group(only.group or 0)


def _clock(at_s: float) -> str:
    return time.strftime("%H:%M:%S", time.localtime(at_s))


def _write(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
