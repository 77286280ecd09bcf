"""Which scenes an endpoint was told to remember, by what name, and what it looked like then.

Kept in the device's memory under one key. A scene belongs to a group, or with group 0 to the device alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from zigbus.contract.base import Json, JsonObject
from zigbus.contract.definitions import Scene
from zigbus_converter.definition import Device

MEMORY = "scenes"  # endpoint -> "SCENE_GROUP" -> name and state
REMEMBERED_KEYS = ("state", "brightness", "color", "color_temp", "color_mode")  # mqtt.md 6.7


class SceneKey(NamedTuple):
    """Number of a scene, and the group it belongs to; group 0: none."""

    scene: int
    group: int

    def __str__(self) -> str:
        return f"{self.scene}_{self.group}"


def recalled(device: Device, endpoint: int, scene: SceneKey) -> Mapping[str, Json] | None:
    """Return the state that a scene was stored with, None if we do not know the scene."""
    entry = _scenes(device, endpoint).get(str(scene))
    return None if entry is None else entry["state"]


def stored(device: Device, endpoint: int, scene: SceneKey, name: str | None, state: Mapping[str, Json]) -> JsonObject:
    """Return the memory with a scene added, or replaced."""
    kept = {key: state[key] for key in REMEMBERED_KEYS if key in state}
    entry = {"name": name, "state": kept}
    return _with(device, endpoint, {**_scenes(device, endpoint), str(scene): entry})


def renamed(device: Device, endpoint: int, scene: SceneKey, name: str | None) -> JsonObject | None:
    """Return the memory with another name for a scene, None if we do not know the scene."""
    state = recalled(device, endpoint, scene)
    return None if state is None else stored(device, endpoint, scene, name, state)


def forgotten(device: Device, endpoint: int, scene: SceneKey) -> JsonObject:
    """Return the memory without a scene."""
    left = {key: entry for key, entry in _scenes(device, endpoint).items() if key != str(scene)}
    return _with(device, endpoint, left)


def all_forgotten(device: Device, endpoint: int, group: int) -> JsonObject:
    """Return the memory without the scenes of a group."""
    left = {key: entry for key, entry in _scenes(device, endpoint).items() if not key.endswith(f"_{group}")}
    return _with(device, endpoint, left)


def listed(memory: Mapping[str, Json]) -> Iterator[Scene]:
    """Yield all scenes of a device, those of an endpoint in the order of their ids."""
    for endpoint, scenes in (memory.get(MEMORY) or {}).items():
        for key in sorted(scenes, key=lambda key: tuple(map(int, key.split("_")))):
            scene, group = map(int, key.split("_"))
            yield Scene(endpoint=int(endpoint), id=scene, group=group, name=scenes[key]["name"])


def _scenes(device: Device, endpoint: int) -> JsonObject:
    known: JsonObject = (device.memory.get(MEMORY) or {}).get(str(endpoint), {})
    return known


def _with(device: Device, endpoint: int, scenes: JsonObject) -> JsonObject:
    return {**(device.memory.get(MEMORY) or {}), str(endpoint): scenes}
