"""What a command leads to: a ZCL status for the default response, or a cluster-specific answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from zigbus.zcl.frames import SUCCESS, ZclFrame
from zigbus_simulator.device import Device


class Reply(NamedTuple):
    """A cluster-specific command that answers."""

    command: int
    payload: bytes


Outcome = int | Reply
Handler = Callable[[Device, int, ZclFrame], Outcome]  # device, endpoint, the command


def accept(device: Device, endpoint: int, frame: ZclFrame) -> Outcome:
    """Say that it is done and do nothing."""
    return SUCCESS


def change(device: Device, endpoint: int, cluster: int, attribute: int, value: int) -> None:
    """Set an attribute if the device has it."""
    if (None, attribute) in device.attributes.get((endpoint, cluster), {}):
        device.set(endpoint, cluster, attribute, value)


def number(device: Device, endpoint: int, cluster: int, attribute: int, default: int = 0) -> int:
    """Return an attribute as a number, `default` if the device lacks it."""
    value = device.get(endpoint, cluster, attribute)
    return default if value is None else int(value)
