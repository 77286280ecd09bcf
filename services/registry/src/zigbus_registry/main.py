"""The command `zigbus registry`."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from zigbus.contract.base import JsonObject
from zigbus.service import run_service
from zigbus_registry.environment import environment_settings
from zigbus_registry.folder import DataFolder, InvalidFile
from zigbus_registry.jsonvalues import overlaid
from zigbus_registry.loading import InvalidConfiguration, load, open_folder
from zigbus_registry.service import serve

ANY_SERVER = "mqtt://localhost"


def main(argv: list[str]) -> int:
    """Keep settings, names, options and groups: the only service that touches the data folder."""
    parser = argparse.ArgumentParser(prog="zigbus registry", description=main.__doc__)
    parser.add_argument("--data", type=Path, help="data folder (default: $ZIGBUS_DATA, $ZIGBEE2MQTT_DATA, ./data)")
    only = parser.add_mutually_exclusive_group()
    only.add_argument(
        "--check", action="store_true", help="print what is wrong with the settings and exit; 1 if anything is"
    )
    only.add_argument(
        "--describe",
        action="store_true",
        help="print stick, broker and errors of the settings as one line of JSON and exit",
    )
    arguments = parser.parse_args(argv)
    data = arguments.data or Path(os.environ.get("ZIGBUS_DATA") or os.environ.get("ZIGBEE2MQTT_DATA") or "data")
    if arguments.check:
        return check(data, os.environ)
    if arguments.describe:
        sys.stdout.write(json.dumps(describe(data, os.environ)) + "\n")
        return 0
    os.environ["ZIGBUS_DATA"] = str(data)
    return run_service("registry", serve)


def check(data: Path, environment: Mapping[str, str]) -> int:
    """Print every error of the settings, one a line. Returns the exit code: 1 if there are any.

    That no broker is named is none: the supervisor names one.
    """
    folder = open_folder(DataFolder(data), environment)
    if not folder.main_file.exists():
        sys.stdout.write(f"{folder.main_file} does not exist; it is made at the first start\n")
        return 0
    try:
        loaded = load(folder, environment, assume={"mqtt": {"server": ANY_SERVER}})
    except InvalidConfiguration as error:
        sys.stdout.write("".join(f"{line}\n" for line in error.errors))
        return 1
    sys.stdout.write(
        f"{folder.main_file} is valid: {len(loaded.settings.devices)} devices, {len(loaded.settings.groups)} groups\n"
    )
    return 0


def describe(data: Path, environment: Mapping[str, str]) -> JsonObject:
    """Return what a supervisor has to know: stick and broker (None: nobody named one), and whether the file is usable.

    `configuration` is missing, ok or invalid. A file that names no broker is not called invalid here: the
    supervisor names one.
    """
    folder = open_folder(DataFolder(data), environment)
    is_new = not folder.main_file.exists()
    errors: list[str] = []
    settings: JsonObject = environment_settings(environment)
    try:
        settings = overlaid({} if is_new else folder.read().settings, settings)
        load(folder, environment, assume={"mqtt": {"server": ANY_SERVER}})
    except InvalidFile as error:
        errors = [error.error]
    except InvalidConfiguration as error:
        errors = error.errors
    return {
        "serial_port": _text(settings, "serial", "port"),
        "mqtt_server": _text(settings, "mqtt", "server"),
        "configuration": "invalid" if errors else "missing" if is_new else "ok",
        "errors": errors,
    }


def _text(settings: JsonObject, section: str, key: str) -> str | None:
    value = (settings.get(section) or {}).get(key) if isinstance(settings.get(section) or {}, dict) else None
    return value if isinstance(value, str) and value else None
