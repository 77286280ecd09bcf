"""Settings of one run: where the data is and which ports to use. From arguments and environment, read once."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """What a person decided for this run. Ports: None = the usual one if it is free, 0 = any free one."""

    data: Path
    nats_url: str | None  # a server that somebody else runs
    nats_port: int | None
    status_port: int | None  # of the supervisor; the services' ports follow it


def read_settings(arguments: list[str], environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings. A wrong argument or port ends the program with code 2 and says so."""
    parser = argparse.ArgumentParser(
        description="Start everything on this machine and keep it running. Ctrl-C stops it.",
        epilog="Environment: ZIGBUS_NATS_URL (use this NATS server instead of an own one), ZIGBUS_NATS_PORT and "
        "ZIGBUS_METRICS_PORT (0 = free ones), ZIGBUS_LOG_LEVEL (debug, info, warning, error).",
    )
    default = environment.get("ZIGBEE2MQTT_DATA", "data")
    parser.add_argument(
        "--data",
        type=Path,
        default=Path(default),
        metavar="DIR",
        help="data folder with configuration.yaml (default: %(default)s)",
    )
    parsed = parser.parse_args(arguments)
    try:
        return Settings(
            data=parsed.data.absolute(),
            nats_url=environment.get("ZIGBUS_NATS_URL") or None,
            nats_port=_port(environment, "ZIGBUS_NATS_PORT"),
            status_port=_port(environment, "ZIGBUS_METRICS_PORT"),
        )
    except ValueError as error:
        parser.error(str(error))


def _port(environment: Mapping[str, str], name: str) -> int | None:
    text = environment.get(name, "")
    if not text:
        return None
    if not text.isdecimal() or int(text) > 65535:
        raise ValueError(f"{name} is {text!r}: it must be a TCP port, 0 for any free one")
    return int(text)
