"""`zigbus generate`: a definition for a device that nobody lists, as a file to begin with."""

from __future__ import annotations

import json
import sys

from zigbus.bus import Bus
from zigbus.contract import operations
from zigbus.contract.requests import GenerateDefinition
from zigbus_terminal.asking import target_of
from zigbus_terminal.home import read_home
from zigbus_terminal.session import Exit, ToolError, arguments_of, run_tool


def main(argv: list[str]) -> int:
    """Write a definition from what a device says of itself: `zigbus generate NAME > FILE`."""
    parser = arguments_of("Write a definition from what a device says of itself, to be corrected and saved.")
    parser.add_argument("name", metavar="NAME", help="name or ieee")
    parser.add_argument("--javascript", action="store_true", help="in zigbee2mqtt's form instead of Python")
    parsed = parser.parse_args(argv)

    async def work(bus: Bus) -> Exit:
        ieee = target_of(await read_home(bus), parsed.name).ieee
        if ieee is None:
            raise ToolError(f"'{parsed.name}' is a group; only devices have a definition.")
        answer = await bus.call(operations.GENERATE_DEFINITION, GenerateDefinition(ieee=ieee), ieee=ieee)
        if parsed.json:
            sys.stdout.write(json.dumps({"python": answer.python, "javascript": answer.javascript}) + "\n")
        else:
            sys.stdout.write(answer.javascript if parsed.javascript else answer.python)
        return Exit.DONE

    return run_tool(parsed.data, work)
