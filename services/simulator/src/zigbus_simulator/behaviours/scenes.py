"""Scenes (ZCL rev 8, 3.7), plain and enhanced forms."""

from __future__ import annotations

from typing import Any, Final

from zigbus.zcl.frames import NOT_FOUND, SUCCESS, ZclFrame
from zigbus_simulator.behaviours import color, covers, light
from zigbus_simulator.behaviours.outcome import Handler, Outcome, Reply, change
from zigbus_simulator.device import Device
from zigbus_simulator.octets import Reader, u16

CAPACITY = 16
_ENHANCED = 0x40
_STORED = (
    (light.ON_OFF_CLUSTER, 0), (light.LEVEL_CLUSTER, 0),
    *((color.COLOR_CLUSTER, each) for each in (color.X, color.Y, color.TEMPERATURE, color.MODE)),
    (covers.COVER_CLUSTER, covers.LIFT),
)  # fmt: skip
Scene = dict[tuple[int, int], Any]


def _key(endpoint: int, reader: Reader) -> tuple[int, int, int]:
    return endpoint, reader.u16(), reader.u8()


def _answer(command: int, status: int, key: tuple[int, int, int], rest: bytes = b"") -> Reply:
    return Reply(command, bytes((status,)) + u16(key[1]) + bytes((key[2],)) + rest)


def _add(device: Device, endpoint: int, frame: ZclFrame) -> Outcome:
    reader = Reader(frame.payload)
    key = _key(endpoint, reader)
    reader.u16()  # transition time
    reader.take(reader.u8())  # name
    device.scenes[key] = _extension_fields(reader)
    device.air.device_changed()
    return _answer(frame.command, SUCCESS, key)


def _extension_fields(reader: Reader) -> Scene:
    """Read the extension field sets: cluster, length, the values of its scene attributes in the cluster's order."""
    values: Scene = {}
    while reader.left >= 3:
        cluster, fields = reader.u16(), Reader(reader.take(reader.u8()))
        if cluster in (light.ON_OFF_CLUSTER, light.LEVEL_CLUSTER, covers.COVER_CLUSTER):
            attribute = covers.LIFT if cluster == covers.COVER_CLUSTER else 0
            values[cluster, attribute] = fields.u8()
        elif cluster == color.COLOR_CLUSTER and fields.left >= 4:
            values |= _color_fields(fields)
    return values


def _color_fields(fields: Reader) -> Scene:
    cluster = color.COLOR_CLUSTER
    values: Scene = {(cluster, color.X): fields.u16(), (cluster, color.Y): fields.u16()}
    if fields.left >= 9:
        fields.take(7)  # enhanced hue, saturation, colour loop
        mireds = fields.u16()
        if mireds:
            values[cluster, color.TEMPERATURE] = mireds
    return values


def _view(device: Device, endpoint: int, frame: ZclFrame) -> Outcome:
    key = _key(endpoint, Reader(frame.payload))
    if key not in device.scenes:
        return _answer(frame.command, NOT_FOUND, key)
    return _answer(frame.command, SUCCESS, key, u16(0) + b"\0")


def _remove(device: Device, endpoint: int, frame: ZclFrame) -> Outcome:
    key = _key(endpoint, Reader(frame.payload))
    found = device.scenes.pop(key, None) is not None
    device.air.device_changed()
    return _answer(frame.command, SUCCESS if found else NOT_FOUND, key)


def _remove_all(device: Device, endpoint: int, frame: ZclFrame) -> Outcome:
    group = Reader(frame.payload).u16()
    for key in [key for key in device.scenes if key[:2] == (endpoint, group)]:
        del device.scenes[key]
    device.air.device_changed()
    return Reply(frame.command, bytes((SUCCESS,)) + u16(group))


def _store(device: Device, endpoint: int, frame: ZclFrame) -> Outcome:
    key = _key(endpoint, Reader(frame.payload))
    values = {place: device.get(endpoint, *place) for place in _STORED}
    device.scenes[key] = {place: value for place, value in values.items() if value is not None}
    device.air.device_changed()
    return _answer(frame.command, SUCCESS, key)


def _recall(device: Device, endpoint: int, frame: ZclFrame) -> Outcome:
    scene = device.scenes.get(_key(endpoint, Reader(frame.payload)))
    if scene is None:
        return NOT_FOUND
    for (cluster, attribute), value in scene.items():
        on_off = (cluster, attribute) == (light.ON_OFF_CLUSTER, 0)
        change(device, endpoint, cluster, attribute, bool(value) if on_off else value)
    return SUCCESS


def _membership(device: Device, endpoint: int, frame: ZclFrame) -> Outcome:
    group = Reader(frame.payload).u16()
    scenes = sorted(key[2] for key in device.scenes if key[:2] == (endpoint, group))
    head = bytes((SUCCESS, max(0, CAPACITY - len(device.scenes)))) + u16(group)
    return Reply(frame.command, head + bytes((len(scenes), *scenes)))


SCENES: Final[dict[int, Handler]] = {
    0x00: _add,
    0x01: _view,
    0x02: _remove,
    0x03: _remove_all,
    0x04: _store,
    0x05: _recall,
    0x06: _membership,
    _ENHANCED: _add,
    _ENHANCED | 0x01: _view,
}
