"""`zigbus devices`: every device of the home in one table."""

from __future__ import annotations

import json
import shutil
import sys
import time
from dataclasses import asdict

from zigbus.bus import Bus
from zigbus_terminal.home import Row, read_home
from zigbus_terminal.session import Exit, arguments_of, run_tool
from zigbus_terminal.text import ago, pairs, table

HEADER = ("NAME", "IEEE", "MODEL", "VENDOR", "TYPE", "INTERVIEW", "LQI", "LAST SEEN", "STATE")


def main(argv: list[str]) -> int:
    """List all devices with model, signal and state: `zigbus devices [--json]`."""
    parsed = arguments_of("List all devices with model, signal and state.").parse_args(argv)

    async def work(bus: Bus) -> Exit:
        rows = (await read_home(bus)).rows()
        if parsed.json:
            sys.stdout.writelines(json.dumps(asdict(row), ensure_ascii=False) + "\n" for row in rows)
        elif rows:
            sys.stdout.write(table(HEADER, [cells(row, time.time()) for row in rows], _width()) + "\n")
        else:
            sys.stdout.write("No device has joined yet.\n")
        return Exit.DONE

    return run_tool(parsed.data, work)


def cells(row: Row, now_s: float) -> tuple[str, ...]:
    """Return the table's cells for one device."""
    lqi = "-" if row.lqi is None else str(row.lqi)
    seen = ago(None if row.last_seen_s is None else now_s - row.last_seen_s)
    kind = row.type.replace("_", " ")
    return (
        row.name,
        row.ieee,
        row.model or "-",
        row.vendor or "-",
        kind,
        row.interview.replace("_", " "),
        lqi,
        seen,
        pairs(row.state),
    )


def _width() -> int | None:
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None
