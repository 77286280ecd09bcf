"""`zigbus devices`: every device of the home in one table, or the models that zigbus knows."""

from __future__ import annotations

import json
import shutil
import sys
import time
from dataclasses import asdict

import msgspec

from zigbus.bus import Bus
from zigbus.contract import operations
from zigbus.contract.requests import FindModels
from zigbus_terminal.home import Row, read_home
from zigbus_terminal.session import Exit, arguments_of, run_tool
from zigbus_terminal.text import ago, pairs, table

SUPPORTED_HEADER = ("VENDOR", "MODEL", "MODEL ID", "BY", "DESCRIPTION")
SHOWN_MODELS = 200
HEADER = ("NAME", "IEEE", "MODEL", "VENDOR", "TYPE", "INTERVIEW", "LQI", "LAST SEEN", "STATE")


def main(argv: list[str]) -> int:
    """List all devices with model, signal and state: `zigbus devices [--json]`."""
    parser = arguments_of("List all devices with model, signal and state.")
    parser.add_argument(
        "--supported", nargs="+", metavar="WORD", help="list the models that zigbus knows and that match all words"
    )
    parsed = parser.parse_args(argv)

    async def work(bus: Bus) -> Exit:
        if parsed.supported:
            return await _tell_supported(bus, " ".join(parsed.supported), as_json=parsed.json)
        rows = (await read_home(bus)).rows()
        if parsed.json:
            sys.stdout.writelines(json.dumps(asdict(row), ensure_ascii=False) + "\n" for row in rows)
        elif rows:
            sys.stdout.write(table(HEADER, [cells(row, time.time()) for row in rows], _width()) + "\n")
        else:
            sys.stdout.write("No device has joined yet.\n")
        return Exit.DONE

    return run_tool(parsed.data, work)


async def _tell_supported(bus: Bus, words: str, *, as_json: bool) -> Exit:
    """Print the models that match; none is a failure."""
    limit = 100_000 if as_json else SHOWN_MODELS
    result = await bus.call(operations.FIND_MODELS, FindModels(words=words, limit=limit))
    if as_json:
        sys.stdout.writelines(msgspec.json.encode(model).decode() + "\n" for model in result.models)
    elif result.models:
        rows = [(m.vendor, m.model, ", ".join(m.model_ids), m.provider, m.description) for m in result.models]
        sys.stdout.write(table(SUPPORTED_HEADER, rows, _width()) + "\n")
    if result.total > len(result.models):
        sys.stderr.write(f"zigbus: {result.total} models match, {len(result.models)} are shown; give more words.\n")
    if not result.total:
        sys.stderr.write(
            f"zigbus: No model matches '{words}'. If it follows the standard it works all the same; "
            "docs/adding-a-device.md tells how to give it a definition.\n"
        )
    return Exit.DONE if result.total else Exit.FAILED


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
