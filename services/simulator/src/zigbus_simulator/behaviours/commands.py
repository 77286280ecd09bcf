"""All cluster-specific commands that devices understand, found by cluster id."""

from __future__ import annotations

from typing import Final

from zigbus.zcl import frames
from zigbus.zcl.frames import ZclFrame
from zigbus_simulator.behaviours import climate, color, common, covers, groups, light, locks, scenes, security, tuya
from zigbus_simulator.behaviours.outcome import Handler, Outcome
from zigbus_simulator.device import Device

_HANDLERS: Final[dict[int, dict[int, Handler]]] = {
    0x0000: common.BASIC,
    0x0003: common.IDENTIFY,
    0x0004: groups.GROUPS,
    0x0005: scenes.SCENES,
    0x0006: light.ON_OFF,
    0x0008: light.LEVEL,
    0x0009: common.ALARMS,
    0x0019: common.OTA,
    0x0020: common.POLL_CONTROL,
    0x0101: locks.DOOR_LOCK,
    0x0102: covers.WINDOW_COVERING,
    0x0201: climate.THERMOSTAT,
    0x0300: color.COLOR,
    0x0500: security.IAS_ZONE,
    0x0502: security.WARNING,
    0xEF00: tuya.DATAPOINTS,
}


def handle(device: Device, endpoint: int, cluster: int, frame: ZclFrame) -> Outcome:
    """Carry a command out; the status of an unknown one is UNSUP_CLUSTER_COMMAND. Raises ParseError if it is cut short."""
    handler = _HANDLERS.get(cluster, {}).get(frame.command)
    if handler is None:
        return frames.UNSUP_CLUSTER_COMMAND
    return handler(device, endpoint, frame)


def of_cluster(cluster: int) -> tuple[int, ...]:
    """Return the commands of a cluster that devices understand, in order."""
    return tuple(sorted(_HANDLERS.get(cluster, {})))
