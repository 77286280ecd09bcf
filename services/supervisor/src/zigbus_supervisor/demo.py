"""Opens the network of the simulated home until its devices have joined. Only when nothing was joined before."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable, Iterable

from zigbus.bus import Bus, BusAddress
from zigbus.contract import operations, storage
from zigbus.contract.base import RequestFailed
from zigbus.contract.devices import DeviceDescription, InterviewState, LogicalType
from zigbus.contract.requests import OpenNetwork

OPEN_S = 254  # as long as Zigbee allows
QUIET_S = 20.0  # nobody else came for so long: the home is complete
TRY_AGAIN_S = 0.5
LOOK_EVERY_S = 0.5


def main(argv: list[str]) -> int:
    """Let the simulated home join a zigbus that runs in containers, once; `zigbus run` does it by itself."""
    argparse.ArgumentParser(description="Let the simulated home join, if no device is known yet.").parse_args(argv)
    asyncio.run(let_home_join(BusAddress.from_environment(), lambda text: print(text, flush=True)))  # noqa: T201
    return 0


async def let_home_join(address: BusAddress, say: Callable[[str], None]) -> None:
    """Open joining if no device is known yet, and close it when the last one has been quiet for a while."""
    bus = await Bus.connect(address, service="supervisor")
    try:
        devices = await bus.table(storage.DEVICES)
        if joined(devices.values()):
            return
        say("The simulated home joins; this happens once ...")
        await _open(bus, OPEN_S)
        await _until_quiet(lambda: joined(devices.values()))
        await _open(bus, 0)
        say(f"The simulated home is complete: {joined(devices.values())} devices have joined.")
    finally:
        await bus.close()


def joined(devices: Iterable[DeviceDescription]) -> int:
    """Count the devices that were interviewed, without coordinators."""
    return sum(
        1
        for device in devices
        if device.logical_type is not LogicalType.COORDINATOR and device.interview is InterviewState.SUCCESSFUL
    )


async def _open(bus: Bus, time_s: int) -> None:
    while True:
        try:
            await bus.call(operations.OPEN_NETWORK, OpenNetwork(time_s=time_s))
        except RequestFailed:  # the registry or the radio is still starting
            await asyncio.sleep(TRY_AGAIN_S)
        else:
            return


async def _until_quiet(count: Callable[[], int]) -> None:
    """Return when the count has stood still for a while, but is not 0; or when joining has closed by itself."""
    loop = asyncio.get_running_loop()
    began = changed = loop.time()
    before = 0
    while loop.time() - began < OPEN_S:
        await asyncio.sleep(LOOK_EVERY_S)
        if count() != before:
            before, changed = count(), loop.time()
        elif before and loop.time() - changed > QUIET_S:
            return
