"""The command `zigbus gateway`."""

from __future__ import annotations

import argparse

from zigbus.service import run_service
from zigbus_gateway.gateway import serve


def main(argv: list[str]) -> int:
    """Run the MQTT gateway: devices on the broker as zigbee2mqtt shows them."""
    argparse.ArgumentParser(prog="zigbus gateway", description=main.__doc__).parse_args(argv)
    return run_service("gateway", serve)
