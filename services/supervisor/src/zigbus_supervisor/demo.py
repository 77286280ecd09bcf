"""Lets the simulated home join and gives its devices their names. Once: a file remembers that it is done."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import msgspec

from zigbus.bus import Bus, BusAddress, Table
from zigbus.contract import operations, storage
from zigbus.contract.base import FailureCode, Ieee, RequestFailed
from zigbus.contract.devices import DeviceDescription, InterviewState, LogicalType
from zigbus.contract.household import Name
from zigbus.contract.requests import OpenNetwork, Rename

OPEN_S = 254  # as long as Zigbee allows
TRY_AGAIN_S = 0.5
LOOK_EVERY_S = 0.5
NAMES = "names.json"  # written by the simulator into its folder: ieee -> name
DONE = "home_complete"  # written here, beside it


def main(argv: list[str]) -> int:
    """Let the simulated home join a zigbus that runs in containers, once; `zigbus run` does it by itself."""
    parser = argparse.ArgumentParser(description="Let the simulated home join, if that was not done before.")
    parser.add_argument("--home", type=Path, required=True, help="folder of the simulator")
    folder = parser.parse_args(argv).home
    asyncio.run(let_home_join(BusAddress.from_environment(), folder, lambda text: print(text, flush=True)))  # noqa: T201
    return 0


async def let_home_join(address: BusAddress, folder: Path, say: Callable[[str], None]) -> None:
    """Open joining, name who comes, and close it when all are there. What was interrupted goes on at the next start."""
    if (folder / DONE).exists():
        return
    bus = await Bus.connect(address, service="supervisor")
    try:
        devices, named = await bus.table(storage.DEVICES), await bus.table(storage.NAMES)
        names = await names_of_home(folder)
        say("The simulated home joins; this happens once ...")
        await _open(bus, OPEN_S)
        complete = await _until_complete(bus, devices, named, names)
        await _open(bus, 0)
        say(f"The simulated home is complete: {len(joined(devices.values()))} devices have joined.")
        if complete:
            (folder / DONE).touch()
    finally:
        await bus.close()


async def names_of_home(folder: Path) -> dict[Ieee, str]:
    """Return the names of the simulated devices, as soon as the simulator has said them."""
    while not (folder / NAMES).exists():  # noqa: ASYNC110  # a file has no event
        await asyncio.sleep(TRY_AGAIN_S)
    return msgspec.json.decode((folder / NAMES).read_bytes(), type=dict[Ieee, str])


def joined(devices: Iterable[DeviceDescription]) -> set[Ieee]:
    """Return the devices that were interviewed, without coordinators."""
    return {
        device.ieee
        for device in devices
        if device.logical_type is not LogicalType.COORDINATOR and device.interview is InterviewState.SUCCESSFUL
    }


async def _until_complete(
    bus: Bus, devices: Table[DeviceDescription], named: Table[Name], names: Mapping[Ieee, str]
) -> bool:
    """Return True when the home is complete, False when joining has closed by itself."""
    loop = asyncio.get_running_loop()
    ends_at = loop.time() + OPEN_S
    settled: set[Ieee] = set()
    while loop.time() < ends_at:
        await asyncio.sleep(LOOK_EVERY_S)
        for ieee in joined(devices.values()) - settled:
            if await _rename(bus, ieee, named, names):
                settled.add(ieee)
        if settled >= names.keys():
            return True
    return False


async def _rename(bus: Bus, ieee: Ieee, named: Table[Name], names: Mapping[Ieee, str]) -> bool:
    """Give a device its name. Returns whether that is settled: done, refused for good, or nothing to do."""
    own = named.get(ieee)
    if own is None or ieee not in names or own.friendly_name != ieee:
        return own is not None  # a stranger, or the household has named it
    try:
        await bus.call(operations.RENAME, Rename(old=ieee, new=names[ieee]))
    except RequestFailed as error:
        return error.failure.code is FailureCode.CONFLICT
    return True


async def _open(bus: Bus, time_s: int) -> None:
    while True:
        try:
            await bus.call(operations.OPEN_NETWORK, OpenNetwork(time_s=time_s))
        except RequestFailed:  # the registry or the radio is still starting
            await asyncio.sleep(TRY_AGAIN_S)
        else:
            return
