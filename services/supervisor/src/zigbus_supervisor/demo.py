"""Lets the simulated home join and gives its devices their names. Only when nothing was joined before."""

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
from zigbus.contract.requests import OpenNetwork, Rename
from zigbus_supervisor.plan import zigbus

OPEN_S = 254  # as long as Zigbee allows
QUIET_S = 20.0  # nobody else came for so long: the home is complete, if we were not told how large it is
TRY_AGAIN_S = 0.5
LOOK_EVERY_S = 0.5


class _SimulatedDevice(msgspec.Struct):
    """One device as `zigbus sim --json devices` lists it."""

    name: str
    ieee: Ieee


def main(argv: list[str]) -> int:
    """Let the simulated home join a zigbus that runs in containers, once; `zigbus run` does it by itself."""
    argparse.ArgumentParser(description="Let the simulated home join, if no device is known yet.").parse_args(argv)
    asyncio.run(let_home_join(BusAddress.from_environment(), None, lambda text: print(text, flush=True)))  # noqa: T201
    return 0


async def let_home_join(address: BusAddress, folder: Path | None, say: Callable[[str], None]) -> None:
    """Open joining if no device is known yet, name who comes, and close it when all are there.

    `folder`: of the simulator, which knows the names. Without it the home is complete when it is quiet.
    """
    bus = await Bus.connect(address, service="supervisor")
    try:
        devices = await bus.table(storage.DEVICES)
        if joined(devices.values()):
            return
        say("The simulated home joins; this happens once ...")
        names = await names_of_home(folder) if folder is not None else {}
        await _open(bus, OPEN_S)
        await _until_complete(bus, devices, names)
        await _open(bus, 0)
        say(f"The simulated home is complete: {len(joined(devices.values()))} devices have joined.")
    finally:
        await bus.close()


async def names_of_home(folder: Path) -> dict[Ieee, str]:
    """Ask the running simulator for its devices; waits until it answers."""
    while True:
        process = await asyncio.create_subprocess_exec(
            *zigbus("sim", "--data", str(folder), "--json", "devices"),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        answer, _ = await process.communicate()
        if process.returncode == 0:
            return {device.ieee: device.name for device in msgspec.json.decode(answer, type=list[_SimulatedDevice])}
        await asyncio.sleep(TRY_AGAIN_S)


def joined(devices: Iterable[DeviceDescription]) -> set[Ieee]:
    """Return the devices that were interviewed, without coordinators."""
    return {
        device.ieee
        for device in devices
        if device.logical_type is not LogicalType.COORDINATOR and device.interview is InterviewState.SUCCESSFUL
    }


async def _until_complete(bus: Bus, devices: Table[DeviceDescription], names: Mapping[Ieee, str]) -> None:
    """Return when the home is complete, or when joining has closed by itself."""
    loop = asyncio.get_running_loop()
    began = changed = loop.time()
    known: set[Ieee] = set()
    while loop.time() - began < OPEN_S:
        await asyncio.sleep(LOOK_EVERY_S)
        here = joined(devices.values())
        for ieee in here - known:
            if await _rename(bus, ieee, names):
                known.add(ieee)
                changed = loop.time()
        if known and (known >= names.keys() if names else loop.time() - changed > QUIET_S):
            return


async def _rename(bus: Bus, ieee: Ieee, names: Mapping[Ieee, str]) -> bool:
    """Give a device its name. Returns whether that is settled: done, refused for good, or nothing to do."""
    if ieee not in names:
        return True
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
