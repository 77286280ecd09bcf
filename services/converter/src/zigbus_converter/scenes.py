"""Keys that store, add, recall, remove and rename scenes, of a device or of a group (`mqtt.md` 6.7).

A device that is a member of a group keeps the group's scenes itself, and we keep with it what they looked like.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from zigbus.contract.base import FailureCode, Json, JsonObject, RequestFailed
from zigbus_converter import scene_memory
from zigbus_converter.colour import Hsv, mired_to_xy, parse, to_xy
from zigbus_converter.colour_sync import KEYS, limited, synced
from zigbus_converter.definition import Ask, Device, Sender
from zigbus_converter.effects import Conversation, ForMember, Invoke, Log, Merge, Remember
from zigbus_converter.parts.base import invalid, is_number, rounded, tidy, type_name, u8, u16
from zigbus_converter.parts.cover import inverted
from zigbus_converter.parts.light_colour import limits_of
from zigbus_converter.parts.zcl import COLOUR, LEVEL, ON_OFF, SCENES, WINDOW_COVERING
from zigbus_converter.scene_memory import SceneKey

ADD, REMOVE, REMOVE_ALL, STORE, RECALL, ENHANCED_ADD = 0x00, 0x02, 0x03, 0x04, 0x05, 0x40
OWN_TRANSITION = b"\xff\xff"  # recall with the transition that the scene has
INVALID_FIELD, NOT_FOUND = 0x85, 0x8B  # what devices answer when there is no scene to remove
STATUS_NAMES = {0x01: "FAILURE", 0x85: "INVALID_FIELD", 0x89: "INSUFFICIENT_SPACE", 0x8B: "NOT_FOUND"}
CHANGING_KEYS = ("scene_store", "scene_add", "scene_remove", "scene_remove_all", "scene_rename")


class Target(NamedTuple):
    """An endpoint that remembers: the addressed one, or one of a group's members; and how effects reach it."""

    device: Device
    endpoint: int
    suffix: str  # of its keys in the device's state
    to: Callable[[Merge | Remember | Log], Merge | Remember | Log | ForMember]


def store(ask: Ask) -> Conversation:
    """Have the present state stored as a scene."""
    value = ask.value if isinstance(ask.value, Mapping) else {"ID": ask.value}
    scene = _scene(ask, value)
    response = yield _invoke(ask, STORE, _octets(scene))
    _refuse(ask, response, "Scene add not successful")
    for target in _targets(ask):
        now = {key: _present(target, key) for key in scene_memory.REMEMBERED_KEYS}
        state = {key: value for key, value in now.items() if value is not None}
        yield _remember(target, scene_memory.stored(target.device, target.endpoint, scene, _name(value), state))


def recall(ask: Ask) -> Conversation:
    """Recall a scene, and publish the state that it was stored with."""
    scene = SceneKey(int(_number(ask.value, "Value")), ask.group or 0)
    payload = _octets(scene) + OWN_TRANSITION
    yield Invoke(endpoint=ask.endpoint, cluster=SCENES, command=RECALL, payload=payload)
    for target in _targets(ask):
        state = scene_memory.recalled(target.device, target.endpoint, scene)
        if state is None:
            yield target.to(Log(level="warning", event="scene_unknown", fields={"scene": scene.scene}))
            continue
        old = {key: ask.device.state[key] for key in KEYS if key in ask.device.state}
        enabled = ask.device.options.get("color_sync") is not False
        colour = synced(_with_mode(state), old, limits_of(target.device, target.endpoint), enabled)
        yield target.to(Merge({f"{key}{target.suffix}": value for key, value in {**state, **colour}.items()}))


def add(ask: Ask) -> Conversation:
    """Make a scene out of the given values; one with that number is replaced."""
    value = _object(ask)
    if value.get("color_temp") is not None and value.get("color") is not None:
        raise invalid("Don't specify both 'color_temp' and 'color'")
    scene = _scene(ask, value)
    fields, state = _extension_fields(ask, value)
    removed = yield _invoke(ask, REMOVE, _octets(scene))
    _refuse(ask, removed, "Scene add unable to remove existing scene", INVALID_FIELD, NOT_FOUND)
    transition = _number(value.get("transition") or 0, "transition")
    whole = float(transition).is_integer()
    head = _octets(scene) + u16(transition if whole else transition * 10) + b"\0"  # without a name
    response = yield _invoke(ask, ADD if whole else ENHANCED_ADD, head + fields)
    _refuse(ask, response, "Scene add not successful")
    for target in _targets(ask):
        yield _remember(target, scene_memory.stored(target.device, target.endpoint, scene, _name(value), state))


def remove(ask: Ask) -> Conversation:
    """Remove one scene."""
    scene = SceneKey(int(_number(ask.value, "Value")), ask.group or 0)
    response = yield _invoke(ask, REMOVE, _octets(scene))
    _refuse(ask, response, "Scene remove not successful")
    for target in _targets(ask):
        yield _remember(target, scene_memory.forgotten(target.device, target.endpoint, scene))


def remove_all(ask: Ask) -> Conversation:
    """Remove all scenes of the device's own, or of the group."""
    group = ask.group or 0
    response = yield _invoke(ask, REMOVE_ALL, u16(group))
    _refuse(ask, response, "Scene remove all not successful")
    for target in _targets(ask):
        yield _remember(target, scene_memory.all_forgotten(target.device, target.endpoint, group))


def rename(ask: Ask) -> Conversation:
    """Give a scene another name; that is between us and clients."""
    value = _object(ask)
    scene = _scene(ask, value)
    for target in _targets(ask):
        memory = scene_memory.renamed(target.device, target.endpoint, scene, _name(value))
        if memory is not None:
            yield _remember(target, memory)
        elif ask.group is None:
            raise invalid("No such scene in device meta data", scene=scene.scene)


SCENE_SENDERS = (
    Sender(keys=("scene_store",), set=store),
    Sender(keys=("scene_recall",), set=recall),
    Sender(keys=("scene_add",), set=add),
    Sender(keys=("scene_remove",), set=remove),
    Sender(keys=("scene_remove_all",), set=remove_all),
    Sender(keys=("scene_rename",), set=rename),
)


# ---- who remembers -----------------------------------------------------------------------------------------------------


def _targets(ask: Ask) -> Iterator[Target]:
    if ask.group is None:
        yield Target(ask.device, ask.endpoint, "", lambda effect: effect)
        return
    for member in ask.members:
        ieee, name = member.device.ieee, member.device.endpoint_name(member.endpoint)
        suffix = f"_{name}" if name and member.device.definition.multi_endpoint else ""
        yield Target(member.device, member.endpoint, suffix, lambda effect, ieee=ieee: ForMember(ieee, effect))  # type: ignore[misc]  # mypy cannot infer a lambda with a default


def _present(target: Target, key: str) -> Json:
    """What clients know of a key of an endpoint: with its suffix, or without where there is only one."""
    name = target.device.endpoint_name(target.endpoint)
    own = target.device.state.get(f"{key}_{name}") if name else None
    return target.device.state.get(key) if own is None else own


def _remember(target: Target, memory: JsonObject) -> Merge | Remember | Log | ForMember:
    return target.to(Remember(key=scene_memory.MEMORY, value=memory))


def _with_mode(state: Mapping[str, Json]) -> Mapping[str, Json]:
    """Scenes that were added by values carry no colour mode: it follows from the values."""
    if state.get("color_mode") is not None:
        return state
    colour = state.get("color")
    if state.get("color_temp") is not None:
        return {**state, "color_mode": "color_temp"}
    if isinstance(colour, Mapping):
        return {**state, "color_mode": "xy" if colour.get("x") is not None else "hs"}
    return state


# ---- what is sent ------------------------------------------------------------------------------------------------------


def _invoke(ask: Ask, command: int, payload: bytes) -> Invoke:
    return Invoke(endpoint=ask.endpoint, cluster=SCENES, command=command, payload=payload, expects_response=True)


def _refuse(ask: Ask, response: bytes | None, text: str, *also_fine: int) -> None:
    """Raise what a device's answer says; a group does not answer."""
    status = response[0] if response else 0
    if ask.group is None and status not in (0, *also_fine):
        name = STATUS_NAMES.get(status, f"0x{status:02x}")
        raise RequestFailed.of(FailureCode.REJECTED, f"{text} ('{name}')", ieee=ask.device.ieee, status=status)


def _extension_fields(ask: Ask, value: Mapping[str, Any]) -> tuple[bytes, JsonObject]:
    """Return the clusters' parts of a scene, in the order of the message, and the state that it will show."""
    fields, state = b"", JsonObject()
    for key, wanted in value.items():
        if key in _FIELDS and wanted is not None:
            cluster, octets, shown = _FIELDS[key](ask, wanted)
            fields += u16(cluster) + u8(len(octets)) + octets
            state |= shown
    return fields, state


Field = tuple[int, bytes, JsonObject]


def _state_field(ask: Ask, wanted: Json) -> Field:
    if not isinstance(wanted, str):
        raise invalid(f"state is not a string, got {type_name(wanted)}", key="state", value=wanted)
    return ON_OFF, u8(wanted.lower() == "on"), {"state": wanted.upper()}


def _brightness_field(ask: Ask, wanted: Json) -> Field:
    level = _number(wanted, "brightness")
    return LEVEL, u8(level), {"brightness": level}


def _position_field(ask: Ask, wanted: Json) -> Field:
    position = _number(wanted, "position")
    lift = position if inverted(ask.device) else 100 - position
    return WINDOW_COVERING, u8(lift), {"position": position}


def _temperature_field(ask: Ask, wanted: Json) -> Field:
    """Devices store a colour temperature as its chromaticity (ZCL rev 8, 3.7.2.4)."""
    mired = limited(_number(wanted, "color_temp"), limits_of(ask.device, ask.endpoint))
    xy = mired_to_xy(mired)
    shown: JsonObject = {"color_mode": "color_temp", "color_temp": mired}
    return COLOUR, u16(rounded(xy.x * 65535)) + u16(rounded(xy.y * 65535)), shown


def _colour_field(ask: Ask, wanted: Json) -> Field:
    colour = parse(wanted)
    xy = to_xy(colour)
    octets = u16(rounded(xy.x * 65535)) + u16(rounded(xy.y * 65535))
    if isinstance(colour, Hsv):
        parts = {"hue": colour.hue, "saturation": colour.saturation}
        shown = {key: tidy(part) for key, part in parts.items() if part is not None}
        return COLOUR, octets, {"color_mode": "hs", "color": shown}
    return COLOUR, octets, {"color_mode": "xy", "color": {"x": tidy(xy.x), "y": tidy(xy.y)}}


_FIELDS: Mapping[str, Callable[[Ask, Json], Field]] = {
    "state": _state_field,
    "brightness": _brightness_field,
    "position": _position_field,
    "color_temp": _temperature_field,
    "color": _colour_field,
}


# ---- values ------------------------------------------------------------------------------------------------------------


def _scene(ask: Ask, value: Mapping[str, Any]) -> SceneKey:
    group = ask.group if ask.group is not None else int(_number(value.get("group_id") or 0, "group_id"))
    scene = int(_number(value.get("ID"), "ID"))
    if scene == 0 and group == 0:
        raise invalid("Scene ID 0 cannot be used with group ID 0 (reserved).")
    return SceneKey(scene, group)


def _octets(scene: SceneKey) -> bytes:
    return u16(scene.group) + u8(scene.scene)


def _name(value: Mapping[str, Any]) -> str | None:
    name = value.get("name")
    return name if isinstance(name, str) else None


def _object(ask: Ask) -> Mapping[str, Any]:
    if not isinstance(ask.value, Mapping):
        raise invalid(f"{ask.key} is not an object, got {type_name(ask.value)} ({ask.value})", value=ask.value)
    return ask.value


def _number(value: Json, name: str) -> int | float:
    if is_number(value):
        number: int | float = value
        return number
    shown = "[object Object]" if isinstance(value, Mapping) else value
    raise invalid(f"{name} is not a number, got {type_name(value)} ({shown})", key=name, value=value)
