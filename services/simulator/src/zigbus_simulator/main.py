"""Run a simulated Z-Stack stick with a home of Zigbee devices behind it."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
from pathlib import Path

import msgspec

from zigbus_simulator import home
from zigbus_simulator.control import Control
from zigbus_simulator.home.life import Life
from zigbus_simulator.simulator import Simulator
from zigbus_simulator.status import Status

NV_NAME, STORE_NAME = "nv.json", "devices.json"
NAMES_NAME = "names.json"  # ieee -> name of each device, for who lets them join


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The command line."""

    data: Path
    nv: Path
    host: str
    port: int
    pty: bool
    demo: bool
    speed: float
    devices: tuple[str, ...]


class Ready(msgspec.Struct):
    """The one line on standard output that says where everything is."""

    port: int | None
    serial: str
    control: str
    devices: int


def main(argv: list[str]) -> int:
    """Run a simulated Z-Stack stick with a home of Zigbee devices behind it."""
    settings = _parse(argv)
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
        asyncio.run(_run(settings))
    except OSError as error:
        sys.stderr.write(f"zigbus simulator: {error}\n")
        return 1
    except (msgspec.DecodeError, ValueError) as error:
        sys.stderr.write(
            f"zigbus simulator: a file in {settings.data} is damaged ({error}); remove it to start afresh\n"
        )
        return 1
    return 0


async def _run(settings: Settings) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    simulator = Simulator(
        nv=settings.nv,
        store=settings.data / STORE_NAME,
        devices=home.devices(*settings.devices),
        auto_join=settings.demo,
        host=settings.host,
        port=settings.port,
    )
    control, status = Control(simulator), Status(simulator)
    try:
        await _serve(settings, simulator, control)
        status.start()
        await stopping.wait()
    finally:
        status.stop()
        await control.close()
        await simulator.stop()


async def _serve(settings: Settings, simulator: Simulator, control: Control) -> None:
    if settings.pty:
        serial = simulator.pty()
    else:
        await simulator.start()
        serial = simulator.url
    socket = await control.listen(settings.data, serial)
    names = {device.ieee: device.name for device in simulator.devices}
    (settings.data / NAMES_NAME).write_bytes(msgspec.json.encode(names))
    if settings.demo:
        Life(simulator.air, speed=settings.speed).begin()
    port = None if settings.pty else simulator.port
    ready = Ready(port=port, serial=serial, control=socket, devices=len(simulator.devices))
    sys.stdout.write(msgspec.json.encode(ready).decode() + "\n")
    sys.stdout.flush()


def _parse(argv: list[str]) -> Settings:
    parser = argparse.ArgumentParser(prog="zigbus simulator", description=main.__doc__)
    parser.add_argument(
        "--data",
        type=Path,
        default=Path(os.environ.get("ZIGBUS_DATA", "data")),
        help="folder of the simulator, made if missing (default: ZIGBUS_DATA, or data)",
    )
    parser.add_argument("--nv", type=Path, help=f"file of the stick's memory (default: {NV_NAME} in the folder)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, default=0, help="TCP port, 0 = a free one (default)")
    parser.add_argument("--pty", action="store_true", help="offer a pseudo terminal instead of TCP")
    parser.add_argument("--demo", action="store_true", help="devices join and live by themselves")
    parser.add_argument("--speed", type=float, default=1.0, help="how fast the demo lives (default: 1)")
    parser.add_argument("--devices", default="", help="names separated by commas (default: the whole home)")
    options = parser.parse_args(argv)
    names = tuple(name for name in options.devices.split(",") if name)
    unknown = set(names) - {spec.name for spec in home.ALL}
    if unknown:
        parser.error(f"no device {', '.join(sorted(unknown))}; there are: {', '.join(spec.name for spec in home.ALL)}")
    if options.speed <= 0:
        parser.error("--speed takes a number above 0")
    return Settings(
        data=options.data,
        nv=options.nv or options.data / NV_NAME,
        host=options.host,
        port=options.port,
        pty=options.pty,
        demo=options.demo,
        speed=options.speed,
        devices=names,
    )
