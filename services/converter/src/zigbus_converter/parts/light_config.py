"""The level configuration of lights: what on, off and power-up do to the level (ZCL 3.10.2.2)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from zigbus.contract.base import Json, JsonObject, RequestFailed
from zigbus.contract.definitions import Expose, Preset
from zigbus_converter import expose
from zigbus_converter.definition import Ask, Device, Frame
from zigbus_converter.effects import Conversation, Effects, Log, Merge
from zigbus_converter.expose import ALL, binary, numeric
from zigbus_converter.parts.base import clamped, invalid, loose_number, payload_effects, read, tidy, write
from zigbus_converter.parts.zcl import LEVEL, MAP8, ON_LEVEL, U8, U16, Attribute

OPTIONS = Attribute(LEVEL, 0x000F, MAP8)
ON_OFF_TRANSITION = Attribute(LEVEL, 0x0010, U16)
ON_TRANSITION = Attribute(LEVEL, 0x0012, U16)
OFF_TRANSITION = Attribute(LEVEL, 0x0013, U16)
START_UP_LEVEL = Attribute(LEVEL, 0x4000, U8)

# In the order they are written and read.
TRANSITIONS = {
    "on_off_transition_time": ON_OFF_TRANSITION,
    "on_transition_time": ON_TRANSITION,
    "off_transition_time": OFF_TRANSITION,
}
LEVELS = {"current_level_startup": START_UP_LEVEL, "on_level": ON_LEVEL}
WORDS = {"current_level_startup": {"minimum": 0, "previous": 255}, "on_level": {"previous": 255}}
LIMITS = {"current_level_startup": (1, 254), "on_level": (1, 254)}
USE_COMMON_TRANSITION = 0xFFFF  # of on and off alone: clients call it "disabled"
FEATURES = (*TRANSITIONS, "execute_if_off", "on_level", "current_level_startup")


def _feature(name: str) -> Expose:
    if name == "execute_if_off":
        return binary(name, ALL, description="Whether level commands count while the light is off")
    if name in TRANSITIONS:
        presets: tuple[Preset, ...] | None = None
        if name != "on_off_transition_time":
            presets = (Preset(name="disabled", value=65535, description="Use on_off_transition_time instead"),)
        return numeric(
            name, ALL, unit="s", minimum=0, maximum=6553, step=0.1, presets=presets, description="Time in seconds"
        )
    presets = tuple(
        Preset(name=word, value=word if name == "current_level_startup" else value, description=f"Use the {word} value")
        for word, value in WORDS[name].items()
    )
    about = "Level after power comes back" if name == "current_level_startup" else "Level after being switched on"
    return numeric(name, ALL, minimum=1, maximum=254, presets=presets, description=about)


def level_config(features: tuple[str, ...] = FEATURES) -> Expose:
    """Return the composite with these features."""
    return expose.composite(
        "level_config", (_feature(name) for name in features), ALL, description="Configuration of the level cluster"
    )


def send_level_config(ask: Ask) -> Conversation:
    """Write the features that the message names; the others stay."""
    wishes = _object(ask.value)
    done: JsonObject = {}
    for name, attribute in TRANSITIONS.items():
        if wishes.get(name) is not None:
            raw = _transition(name, wishes[name])
            yield write(ask.endpoint, attribute, raw)
            done[name] = _shown_transition(name, raw)
    for name, attribute in LEVELS.items():
        if wishes.get(name) is not None:
            raw = level_of(name, wishes[name])
            yield write(ask.endpoint, attribute, raw)
            done[name] = _shown_level(name, raw)
    if wishes.get("execute_if_off") is not None:
        done["execute_if_off"] = bool(wishes["execute_if_off"])
        yield write(ask.endpoint, OPTIONS, int(done["execute_if_off"]))
    if done:
        yield Merge({"level_config": done})


def _object(value: Json) -> Mapping[str, Any]:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            raise invalid("Payload is not valid JSON", key="level_config") from None
    if not isinstance(value, Mapping):
        raise invalid(f"'level_config' is not an object, got ({value})", key="level_config", value=value)
    return value


def _transition(name: str, value: Json) -> int:
    if isinstance(value, str) and value.lower() == "disabled" and name != "on_off_transition_time":
        return USE_COMMON_TRANSITION
    most = USE_COMMON_TRANSITION if name == "on_off_transition_time" else USE_COMMON_TRANSITION - 1
    return int(clamped(loose_number(value, name) * 10, 0, most))


def _shown_transition(name: str, raw: int) -> Json:
    return "disabled" if raw == USE_COMMON_TRANSITION and name != "on_off_transition_time" else tidy(raw / 10)


def level_of(name: str, value: Json) -> int:
    """Return what is written for a level that clients say as number or word. Raises RequestFailed."""
    words = WORDS[name]
    if isinstance(value, str) and value.lower() in words:
        return words[value.lower()]
    level = loose_number(value, name)
    return int(level) if level in words.values() else int(clamped(level, *LIMITS[name]))


def _shown_level(name: str, raw: int) -> Json:
    return next((word for word, value in WORDS[name].items() if value == raw), raw)


def get_level_config(ask: Ask) -> Conversation:
    """Read every feature; lamps lack some of them."""
    for attribute in (*TRANSITIONS.values(), START_UP_LEVEL, ON_LEVEL, OPTIONS):
        try:
            yield read(ask.endpoint, attribute)
        except RequestFailed as error:
            yield Log(level="debug", event="read_failed", fields={"error": str(error)})


def receive_level_config(frame: Frame, device: Device) -> Effects:
    """Publish the features that a frame carries."""
    config: JsonObject = {}
    for name, attribute in TRANSITIONS.items():
        value = frame.value(attribute.id)
        if value is not None:
            config[name] = _shown_transition(name, value)
    for name, attribute in LEVELS.items():
        value = frame.value(attribute.id)
        if value is not None:
            config[name] = _shown_level(name, value)
    options = frame.value(OPTIONS.id)
    if options is not None:
        config["execute_if_off"] = bool(options & 1)
    return payload_effects({"level_config": config} if config else {})
