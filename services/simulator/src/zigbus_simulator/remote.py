"""Do something to the simulated home: press a button, turn the knob, take a device away."""

from __future__ import annotations

import argparse
import os
import socket
import sys
from pathlib import Path
from typing import Any

import msgspec

from zigbus_simulator.control import ADDRESS_NAME, Address, Answer, Ask

TIMEOUT_S = 5.0
_COMMANDS = """commands:
  devices                          the devices and what can be done to them
  status                           network and client
  press NAME [WHAT]                press a button: single, double, hold, release, on, off, up, ...
  turn NAME ANGLE [--pressed]      turn a knob by ANGLE degrees
  set NAME PROPERTY VALUE          change what it measures or does: temperature, contact, state, ...
  report NAME ENDPOINT CLUSTER ATTRIBUTE TYPE VALUE [--manufacturer CODE]
                                   send one attribute report; type by ZCL name, e.g. uint16
  join NAME [--force]              join the network
  leave NAME, announce NAME        leave it; say that it is there
  silence NAME [off]               hear and say nothing
  sleep NAME [off]                 let messages wait until they expire
  lqi NAME N, latency NAME S       link quality 0-255; seconds until it answers
  drop, hang [off], garbage [HEX]  faults of the serial line
"""


class NotRunning(Exception):
    """No simulator answers where one should be."""


def main(argv: list[str]) -> int:
    """Do something to the simulated home: press a button, turn the knob, take a device away."""
    options = _parse(argv)
    ask = Ask(command=options.command, words=options.words)
    for name in ("pressed", "force", "manufacturer"):
        if getattr(options, name):
            ask.options[name] = getattr(options, name)
    try:
        answer = send(options.data, ask)
    except NotRunning as error:
        sys.stderr.write(f"zigbus sim: {error}\n")
        return 2
    if answer.error is not None:
        sys.stderr.write(f"zigbus sim: {answer.error}\n")
        return 1
    text = msgspec.json.encode(answer.result).decode() if options.json else _readable(ask.command, answer.result)
    if text and (options.json or answer.result is not None):
        sys.stdout.write(text + "\n")
    return 0


def send(folder: Path, ask: Ask) -> Answer:
    """Ask the simulator whose data folder this is. Raises NotRunning."""
    path = _address_file(folder)
    if path is None:
        raise NotRunning(f"no simulator has its data in {folder}; start one with: zigbus simulator --data {folder}")
    address = msgspec.json.decode(path.read_bytes(), type=Address)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(TIMEOUT_S)
        try:
            connection.connect(address.control)
            connection.sendall(msgspec.json.encode(ask) + b"\n")
            return msgspec.json.decode(_read_line(connection), type=Answer)
        except (OSError, msgspec.DecodeError) as error:
            raise NotRunning(f"the simulator of {path.parent} does not answer ({error})") from None


def _address_file(folder: Path) -> Path | None:
    """Find the address in the folder, or in the simulator's place within a folder of `zigbus run`."""
    candidates = (
        folder / ADDRESS_NAME,
        folder / "simulator" / ADDRESS_NAME,
        folder / "services" / "simulator" / ADDRESS_NAME,
    )
    return next((path for path in candidates if path.exists()), None)


def _read_line(connection: socket.socket) -> bytes:
    parts = b""
    while not parts.endswith(b"\n"):
        part = connection.recv(65536)
        if not part:
            break
        parts += part
    return parts


def _readable(command: str, result: Any) -> str:
    if command != "devices":
        return "\n".join(f"{key}: {value}" for key, value in result.items()) if isinstance(result, dict) else ""
    rows = [("NAME", "IEEE", "NWK", "MODEL", "STATE", "BUTTONS", "PROPERTIES")]
    for each in result:
        state = each.get("fault") or ("joined" if each["joined"] else "-")
        buttons, properties = ",".join(each["buttons"]), ",".join(each["properties"])
        rows.append(
            (each["name"], each["ieee"], f"0x{each['nwk']:04x}", each["model"] or "", state, buttons, properties)
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _parse(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="zigbus sim",
        description=main.__doc__,
        epilog=_COMMANDS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    default = Path(os.environ.get("ZIGBUS_DATA", "data"))
    parser.add_argument("--data", type=Path, default=default, help="data folder of the simulator, or of zigbus run")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.add_argument("--pressed", action="store_true", help="turn: with the knob pressed")
    parser.add_argument("--force", action="store_true", help="join: even if joining is closed")
    parser.add_argument("--manufacturer", help="report: manufacturer code of the frame")
    parser.add_argument("command", help="see below")
    parser.add_argument("words", nargs="*", help="what the command takes")
    return parser.parse_intermixed_args(argv)
