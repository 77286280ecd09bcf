"""`zigbus set`: make a device take on values."""

from __future__ import annotations

import time

from zigbus.bus import Bus
from zigbus.contract import operations
from zigbus.contract.requests import SetRequest
from zigbus_terminal.asking import target_of, tell
from zigbus_terminal.home import read_home
from zigbus_terminal.session import Exit, arguments_of, run_tool
from zigbus_terminal.text import assignments


def main(argv: list[str]) -> int:
    """Make a device or group take on values: `zigbus set NAME key=value ...`."""
    parser = arguments_of("Make a device or group take on values, and wait for the outcome.")
    parser.add_argument("name", metavar="NAME", help="name, ieee or group id; NAME/ENDPOINT for one endpoint")
    parser.add_argument(
        "values", nargs="+", metavar="key=value", help="the value is JSON if it can be read as JSON, else text"
    )
    parsed = parser.parse_args(argv)
    try:
        payload = assignments(parsed.values)
    except ValueError as error:
        parser.error(str(error))

    async def work(bus: Bus) -> Exit:
        target = target_of(await read_home(bus), parsed.name)
        ask = SetRequest(
            payload=payload, ieee=target.ieee, group=target.group, endpoint=target.endpoint, requested_at_s=time.time()
        )
        result = await bus.call(operations.SET, ask, ieee=target.ieee, group=target.group)
        return tell(result, payload, as_json=parsed.json)

    return run_tool(parsed.data, work)
