"""Remotes: the commands that a device sends become actions. What a command carries goes into `action_…` keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from zigbus.contract.base import JsonObject
from zigbus.contract.definitions import Expose
from zigbus_converter.definition import Device, Frame, Part, Receiver
from zigbus_converter.effects import CancelTimer, Effect, Effects, Merge, Publish, Remember, SetTimer
from zigbus_converter.parts import usual
from zigbus_converter.parts.base import COMMANDS, bind, clamped, scaled, suffix, tidy
from zigbus_converter.parts.zcl import COLOUR, LEVEL, ON_OFF, SCENES, WINDOW_COVERING

Details = Callable[[bytes], tuple[str, JsonObject] | None]  # payload of a command -> action and further keys
DELTA, INTERVAL_MS, FULL = 20, 200, 255  # simulated brightness, behaviour 7.11
TICKS = 256  # enough to run from one end to the other at the smallest delta


def _u16(payload: bytes, at: int) -> int | None:
    """Return a parameter; its non-value is None."""
    value = int.from_bytes(payload[at : at + 2], "little")
    return None if value == 0xFFFF else value


def _u8(payload: bytes, at: int) -> int | None:
    return None if payload[at] == 0xFF else payload[at]


def _share(value: int | None, full: float, of: float, digits: int) -> int | float | None:
    return None if value is None else scaled(value, full, of, digits)


def _tenths(value: int | None) -> int | float | None:
    return None if value is None else tidy(value / 10)


def _direction(mode: int) -> str:
    return "down" if mode == 1 else "up"


def action_effects(
    device: Device, frame: Frame, action: str, more: Mapping[str, object] | None = None, *, group: bool = True
) -> tuple[Effect, ...]:
    """Return the effect of one action, with the endpoint's name behind it and the group it was sent to."""
    payload: JsonObject = {"action": action + suffix(device, frame.endpoint, action), **(more or {})}
    if group and frame.group and not device.definition.meta.get("disable_action_group"):
        payload["action_group"] = frame.group
    return (Merge(payload),)


def commands(
    cluster: int,
    table: Mapping[int, Details | str],
    actions: Sequence[str],
    *,
    to_bind: bool = True,
    endpoints: Iterable[str] | None = None,
    group: bool = True,
    repeats_frames: bool = True,
    after: Callable[[Frame, Device, str, JsonObject], Iterable[Effect]] | None = None,
    options: tuple[Expose, ...] = (),
) -> Part:
    """Return the actions of one cluster. `table`: command id -> action, or what reads it from the payload.

    `repeats_frames`: what the device sends twice counts once.
    """
    names = None if endpoints is None else tuple(endpoints)
    shown = actions if names is None else [f"{action}_{name}" for action in actions for name in names]

    def receive(frame: Frame, device: Device) -> Effects:
        entry = table.get(-1 if frame.command is None else frame.command)
        found = (entry, {}) if isinstance(entry, str) else None if entry is None else entry(frame.payload)
        if found is None:
            return
        action, more = found
        extra = dict(more)
        if after is not None:
            yield from after(frame, device, action, extra)
        yield from action_effects(device, frame, action, extra, group=group)

    return Part(
        exposes=(usual.action(*shown),),
        receivers=(Receiver(cluster, COMMANDS, receive, once_per_sequence=repeats_frames),),
        configure=(bind(cluster, output=True, endpoints=names),) if to_bind else (),
        receive_options=options,
    )


# ---- on/off ----------------------------------------------------------------------------------------------------------

ON_OFF_COMMANDS: dict[int, Details | str] = {0x00: "off", 0x01: "on", 0x02: "toggle", 0x40: "off"}


def on_off_commands(
    *actions: str, to_bind: bool = True, endpoints: Iterable[str] | None = None, group: bool = True
) -> Part:
    """Return `on`, `off` and `toggle`, or those that are named."""
    shown = actions or ("on", "off", "toggle")
    return commands(ON_OFF, ON_OFF_COMMANDS, shown, to_bind=to_bind, endpoints=endpoints, group=group)


# ---- level -----------------------------------------------------------------------------------------------------------


def _move_to_level(payload: bytes) -> tuple[str, JsonObject] | None:
    if len(payload) < 3:
        return None
    return "brightness_move_to_level", {
        "action_level": payload[0],
        "action_transition_time": _tenths(_u16(payload, 1)),
    }


def _move_level(payload: bytes) -> tuple[str, JsonObject] | None:
    if len(payload) < 2:
        return None
    return f"brightness_move_{_direction(payload[0])}", {"action_rate": _u8(payload, 1)}


def _step_level(payload: bytes) -> tuple[str, JsonObject] | None:
    if len(payload) < 4:
        return None
    more = {"action_step_size": _u8(payload, 1), "action_transition_time": _tenths(_u16(payload, 2))}
    return f"brightness_step_{_direction(payload[0])}", more


LEVEL_COMMANDS: dict[int, Details | str] = {
    0x00: _move_to_level,
    0x01: _move_level,
    0x02: _step_level,
    0x03: "brightness_stop",
    0x04: _move_to_level,
    0x05: _move_level,
    0x06: _step_level,
    0x07: "brightness_stop",
}
LEVEL_ACTIONS = (
    "brightness_move_to_level",
    "brightness_move_up",
    "brightness_move_down",
    "brightness_step_up",
    "brightness_step_down",
    "brightness_stop",
)


def level_commands(
    *actions: str, to_bind: bool = True, endpoints: Iterable[str] | None = None, group: bool = True
) -> Part:
    """Return the brightness actions, or those that are named; with the option `simulated_brightness` a level follows."""
    return commands(
        LEVEL,
        LEVEL_COMMANDS,
        actions or LEVEL_ACTIONS,
        to_bind=to_bind,
        endpoints=endpoints,
        group=group,
        after=simulate_brightness,
        options=(usual.SIMULATED_BRIGHTNESS,),
    )


def simulate_brightness(frame: Frame, device: Device, action: str, more: JsonObject) -> list[Effect]:
    """Return the effects of the option `simulated_brightness`; keys for the same message are put into `more`.

    A move is laid out as one timer per interval until an end of the range is reached; there the level is repeated until
    the stop, as clients are used to.
    """
    option = device.options.get("simulated_brightness")
    if not option:
        return []
    wishes = option if isinstance(option, Mapping) else {}
    delta, interval_ms = wishes.get("delta", DELTA), wishes.get("interval", INTERVAL_MS)
    memory, timer = f"simulated_brightness.{frame.endpoint}", f"simulated_brightness.{frame.endpoint}"
    level = device.memory.get(memory, FULL)
    delta_key = "action_brightness_delta" + suffix(device, frame.endpoint, "action_brightness_delta")
    if action in ("brightness_move_up", "brightness_move_down"):
        change = delta if action.endswith("up") else -delta
        levels = _levels(level, change)
        return _simulated_move(timer, memory, levels, {delta_key: change}, interval_ms / 1000)
    stop: list[Effect] = [CancelTimer(key=timer)]
    if action == "brightness_stop":
        return stop
    if action == "brightness_move_to_level":
        target, change = more["action_level"], more["action_level"] - level
    else:
        change = more["action_step_size"] if action.endswith("up") else -more["action_step_size"]
        target = clamped(level + change, 0, FULL)
    more.update({"brightness": target, delta_key: change})
    return [Remember(key=memory, value=target)]


def _levels(level: float, delta: float) -> list[float]:
    """Return the levels of a move up to the end of the range."""
    levels = [level]
    while delta and len(levels) <= TICKS and (len(levels) == 1 or levels[-1] not in (0, FULL)):
        levels.append(clamped(levels[-1] + delta, 0, FULL))
    return levels[1:]


def _simulated_move(timer: str, memory: str, levels: list[float], more: JsonObject, interval_s: float) -> list[Effect]:
    following: tuple[Effect, ...] = ()
    for now in reversed(levels):
        tick: tuple[Effect, ...] = (Remember(key=memory, value=now), Publish({"brightness": now, **more}))
        last = not following
        following = (SetTimer(key=timer, after_s=interval_s, effects=(*tick, *following), repeats=last),)
    return list(following)


# ---- colour ----------------------------------------------------------------------------------------------------------


def _move_temperature(payload: bytes) -> tuple[str, JsonObject] | None:
    if len(payload) < 3:
        return None
    direction = {0: "stop", 1: "up", 3: "down"}.get(payload[0], "stop")
    return f"color_temperature_move_{direction}", {"action_rate": _u16(payload, 1)}


def _step_temperature(payload: bytes) -> tuple[str, JsonObject] | None:
    if len(payload) < 5:
        return None
    more: JsonObject = {"action_step_size": _u16(payload, 1)}
    more["action_transition_time"] = _tenths(_u16(payload, 3))
    return f"color_temperature_step_{'up' if payload[0] == 1 else 'down'}", more


def _move_to_temperature(payload: bytes) -> tuple[str, JsonObject] | None:
    if len(payload) < 4:
        return None
    more = {"action_color_temperature": _u16(payload, 0), "action_transition_time": _u16(payload, 2)}
    return "color_temperature_move", more


def _move_to_colour(payload: bytes) -> tuple[str, JsonObject] | None:
    if len(payload) < 6:
        return None
    colour = {"x": _share(_u16(payload, 0), 65535, 1, 3), "y": _share(_u16(payload, 2), 65535, 1, 3)}
    return "color_move", {"action_color": colour, "action_transition_time": _u16(payload, 4)}


def _move_to_hue(payload: bytes) -> tuple[str, JsonObject] | None:
    if len(payload) < 4:
        return None
    more = {
        "action_hue": payload[0],
        "action_direction": {0: "decrement", 1: "increment"}.get(payload[1], payload[1]),
        "action_transition_time": _tenths(_u16(payload, 2)),
    }
    return "move_to_hue", more


def _move_hue(payload: bytes) -> tuple[str, JsonObject] | None:
    if len(payload) < 2:
        return None
    return ("hue_stop", {}) if payload[0] == 0 else ("hue_move", {"action_rate": _u8(payload, 1)})


def _step_hue(payload: bytes) -> tuple[str, JsonObject] | None:
    return _step_colour("hue", payload)


def _step_saturation(payload: bytes) -> tuple[str, JsonObject] | None:
    return _step_colour("saturation", payload)


def _step_colour(what: str, payload: bytes) -> tuple[str, JsonObject] | None:
    if len(payload) < 3:
        return None
    more: JsonObject = {"action_step_size": _u8(payload, 1), "action_transition_time": _tenths(_u8(payload, 2))}
    return f"color_{what}_step_{'up' if payload[0] == 1 else 'down'}", more


def _move_to_saturation(payload: bytes) -> tuple[str, JsonObject] | None:
    if len(payload) < 3:
        return None
    more: JsonObject = {"action_saturation": payload[0], "action_transition_time": _tenths(_u16(payload, 1))}
    return "move_to_saturation", more


def _move_to_hue_and_saturation(payload: bytes) -> tuple[str, JsonObject] | None:
    if len(payload) < 4:
        return None
    more = {
        "action_hue": _share(_u8(payload, 0), 254, 360, 1),
        "action_saturation": _share(_u8(payload, 1), 254, 100, 1),
        "action_transition_time": _tenths(_u16(payload, 2)),
    }
    return "move_to_hue_and_saturation", more


def _enhanced_move_to_hue_and_saturation(payload: bytes) -> tuple[str, JsonObject] | None:
    if len(payload) < 5:
        return None
    more = {
        "action_enhanced_hue": _u16(payload, 0),
        "action_hue": _share(_u16(payload, 0), 65535, 360, 1),
        "action_saturation": _share(_u8(payload, 2), 254, 100, 1),
        "action_transition_time": _tenths(_u16(payload, 3)),
    }
    return "enhanced_move_to_hue_and_saturation", more


COLOUR_COMMANDS: dict[int, Details | str] = {
    0x00: _move_to_hue,
    0x01: _move_hue,
    0x02: _step_hue,
    0x03: _move_to_saturation,
    0x05: _step_saturation,
    0x06: _move_to_hue_and_saturation,
    0x07: _move_to_colour,
    0x0A: _move_to_temperature,
    0x43: _enhanced_move_to_hue_and_saturation,
    0x44: "color_loop_set",
    0x47: "stop_move_step",
    0x4B: _move_temperature,
    0x4C: _step_temperature,
}
COLOUR_ACTIONS = (
    "color_temperature_move_stop",
    "color_temperature_move_up",
    "color_temperature_move_down",
    "color_temperature_step_up",
    "color_temperature_step_down",
    "enhanced_move_to_hue_and_saturation",
    "move_to_hue_and_saturation",
    "color_hue_step_up",
    "color_hue_step_down",
    "color_saturation_step_up",
    "color_saturation_step_down",
    "color_loop_set",
    "color_temperature_move",
    "color_move",
    "hue_move",
    "hue_stop",
    "move_to_saturation",
    "move_to_hue",
    "stop_move_step",
)


def colour_commands(*actions: str, to_bind: bool = True, endpoints: Iterable[str] | None = None) -> Part:
    """Return the colour actions, or those that are named."""
    return commands(COLOUR, COLOUR_COMMANDS, actions or COLOUR_ACTIONS, to_bind=to_bind, endpoints=endpoints)


# ---- scenes, covers --------------------------------------------------------------------------------------------------


def scene_commands(
    *actions: str, names: Mapping[int, str] | None = None, to_bind: bool = True, endpoints: Iterable[str] | None = None
) -> Part:
    """Return `recall_…` and `store_…` of scenes; `names` names scene numbers."""
    known = names or {}

    def named(verb: str) -> Details:
        def details(payload: bytes) -> tuple[str, JsonObject] | None:
            return (f"{verb}_{known.get(payload[2], payload[2])}", {}) if len(payload) >= 3 else None

        return details

    table: dict[int, Details | str] = {0x04: named("store"), 0x05: named("recall")}
    shown = actions or ("recall", "store", "add", "remove", "remove_all")
    return commands(SCENES, table, shown, to_bind=to_bind, endpoints=endpoints)


def cover_commands(*actions: str, to_bind: bool = True, endpoints: Iterable[str] | None = None) -> Part:
    """Return `open`, `close` and `stop`."""
    table: dict[int, Details | str] = {0x00: "open", 0x01: "close", 0x02: "stop"}
    shown = actions or ("open", "close", "stop")
    return commands(WINDOW_COVERING, table, shown, to_bind=to_bind, endpoints=endpoints)
