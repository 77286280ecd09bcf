"""On/off and brightness of lights: sets, moves, steps, the level configuration, and what the lamp reports of them.

State and brightness are one sender, because one command changes both. A lamp forgets its level when it is faded out,
so that level is remembered here and restored by the next "on".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from zigbus.contract.base import Json, JsonObject, RequestFailed
from zigbus.contract.events import AttributeValue
from zigbus_converter.definition import Ask, Device, Frame
from zigbus_converter.effects import Conversation, Effects, Merge, Remember, Wait
from zigbus_converter.parts.base import (
    Inquiry,
    clamped,
    invalid,
    invoke,
    known,
    loose_number,
    meta,
    payload_effects,
    read,
    scaled,
    tidy,
    u8,
    u16,
    value_of,
)
from zigbus_converter.parts.switch import send_state, switch_to
from zigbus_converter.parts.zcl import CURRENT_LEVEL, LEVEL, ON_LEVEL, SWITCHED

MOVE_TO_LEVEL, MOVE, STEP, STOP = 0x00, 0x01, 0x02, 0x03
WITH_ON_OFF = 0x04  # added to the four commands above
NO_OPTIONS = b"\x00\x00"  # options mask and override, both empty
UP, DOWN = 0, 1
SETTLE_AFTER_STOP_S = 0.5  # a lamp's level is right half a second after it was stopped
IKEA = 0x117C
STATES = ("on", "off", "toggle")


class Transition(NamedTuple):
    """A transition in tenths of a second, and whether anybody asked for one."""

    tenths: float
    specified: bool


def transition_of(ask: Ask, key: str) -> Transition:
    """Return the transition of the message, else of the option, else none.

    IKEA lamps drop a fading brightness when colour follows, so brightness goes without transition there.
    """
    message = ask.message
    colour_follows = message.get("color") is not None or message.get("color_temp") is not None
    if key == "brightness" and colour_follows and ask.device.description.manufacturer_code == IKEA:
        return Transition(0, specified=False)
    for value in (message.get("transition"), ask.device.options.get("transition")):
        if value is not None and value != "":
            return Transition(loose_number(value, "transition") * 10, specified=True)
    return Transition(0, specified=False)


def options_field(ask: Ask) -> bytes:
    """Return the options that end level and colour commands; a few old lamps stumble over them."""
    return b"" if meta(ask, "omit_optional_level_and_colour_fields") else NO_OPTIONS


def _memory(ask: Ask, key: str) -> str:
    return f"{key}.{ask.endpoint}" if ask.group is None else key


# ---- state and brightness --------------------------------------------------------------------------------------------


def _wanted_brightness(message: Mapping[str, Any]) -> float | None:
    if message.get("brightness") is not None:
        brightness = _number_or_none(message["brightness"])
    elif message.get("brightness_percent") is not None:
        percent = _number_or_none(message["brightness_percent"])
        brightness = None if percent is None else scaled(percent, 100, 255)
    else:
        return None
    if brightness == 255:  # older clients count to 255
        brightness = 254
    if brightness is None or not 0 <= brightness <= 254:
        raise invalid(f"Brightness value of message: '{_shown(message)}' invalid, must be a number >= 0 and =< 254")
    return brightness


def _number_or_none(value: Json) -> float | None:
    try:
        return loose_number(value, "brightness")
    except RequestFailed:
        return None


def _shown(message: Mapping[str, Any]) -> str:
    return str(dict(message))


class Wish(NamedTuple):
    """What a message asks for. `state` None: the level moves without switching."""

    state: str | None
    brightness: float | None


def _wish(message: Mapping[str, Any]) -> Wish:
    brightness = _wanted_brightness(message)
    value = message.get("state")
    state = value.lower() if isinstance(value, str) else None
    if state is not None and state not in STATES:
        raise invalid(f"State value of message: '{_shown(message)}' invalid, must be 'ON', 'OFF' or 'TOGGLE'")
    if state is None and brightness is None:
        raise invalid(f'At least one of "brightness" or "state" must have a value: \'{_shown(message)}\'')
    if "state" not in message:
        state = "off" if brightness == 0 else "on"
    return Wish(state, brightness)


def send_level(ask: Ask) -> Conversation:
    """Set state and brightness with as few commands as it takes."""
    wish = _wish(ask.message)
    target = wish.state
    if target == "toggle":
        target = "off" if known(ask, "state") == "ON" else "on"
    brightness, shows_brightness = wish.brightness, wish.brightness is not None
    if target == "off":
        brightness = yield from _level_for_off(ask, wish.brightness)
    elif target == "on" and brightness is None:
        brightness = yield from _level_for_on(ask)
        shows_brightness = brightness is not None
    if brightness is None:
        yield from _switch(ask, wish.state or "on")
        return
    if brightness == 0 and (target == "on" or wish.state is None):
        brightness = 1
    if brightness == 1 and meta(ask, "turns_off_at_brightness_1"):
        brightness = 2
    if target != "off":
        yield Remember(key=_memory(ask, "brightness"), value=brightness)
        yield Remember(key=_memory(ask, "faded_out"))
    yield from _move_to(ask, brightness, wish.state)
    yield Merge(_outcome(brightness, shows_brightness, wish.state))


def _outcome(brightness: float, shows_brightness: bool, state: str | None) -> JsonObject:
    payload: JsonObject = {"brightness": tidy(brightness)} if shows_brightness else {}
    if state is not None:
        payload["state"] = "OFF" if brightness == 0 else "ON"
    return payload


def _switch(ask: Ask, state: str) -> Conversation:
    if any(ask.message.get(key) is not None for key in ("on_time", "off_wait_time")) and state == "on":
        yield from send_state(ask)
        return
    yield from switch_to(ask, state)
    if known(ask, "brightness") == 0 and (state == "on" or (state == "toggle" and known(ask, "state") == "OFF")):
        yield Merge({"brightness": 1})


def _move_to(ask: Ask, brightness: float, state: str | None) -> Conversation:
    command = MOVE_TO_LEVEL if state is None else MOVE_TO_LEVEL + WITH_ON_OFF
    payload = u8(brightness) + u16(transition_of(ask, "brightness").tenths) + options_field(ask)
    yield invoke(ask, LEVEL, command, payload)


def _level_for_off(ask: Ask, brightness: float | None) -> Inquiry[float | None]:
    """Return 0 if the lamp is to fade out, None if it is to be switched off; remember the level it had."""
    level = 0 if transition_of(ask, "brightness").specified or brightness == 0 else None
    if level is not None and known(ask, "state") == "OFF" and _no_fade_when_off(ask):
        level = None
    if known(ask, "brightness") is not None and known(ask, "state") == "ON":
        yield Remember(key=_memory(ask, "brightness"), value=known(ask, "brightness"))
        yield Remember(key=_memory(ask, "faded_out"), value=True if level is not None else None)
    return level


def _level_for_on(ask: Ask) -> Inquiry[Json]:
    """Return the level to fade to, None if the lamp is simply switched on."""
    memory = ask.device.memory
    if not transition_of(ask, "brightness").specified and not memory.get(_memory(ask, "faded_out")):
        return None
    configured = known(ask, "level_config")
    on_level = configured.get("on_level") if isinstance(configured, Mapping) else None
    if on_level is None and ask.group is None and memory.get(_memory(ask, "has_on_level")) is not False:
        on_level = yield from _read_on_level(ask)
    if on_level in (None, 0, 255, "previous"):
        current = known(ask, "brightness")
        return memory.get(_memory(ask, "brightness"), 254 if current is None else current)
    return on_level


def _read_on_level(ask: Ask) -> Inquiry[Json]:
    try:
        records: tuple[AttributeValue, ...] = yield read(ask.endpoint, ON_LEVEL)
        value = value_of(records, ON_LEVEL)
    except RequestFailed:
        value = None
    if value is None:
        yield Remember(key=_memory(ask, "has_on_level"), value=False)
    return value


def _no_fade_when_off(ask: Ask) -> bool:
    """Some lamps light up when they are faded out twice; `meta` names the software after which they do so."""
    since = meta(ask, "no_off_transition_when_off")
    if not isinstance(since, str):
        return bool(since)
    build = ask.device.description.software_build or ""
    version = re.fullmatch(r"v?(\d+)\.(\d+)\.(\d+)", build.strip())
    return version is not None and tuple(map(int, version.groups())) > tuple(map(int, since.split(".")))


# ---- moves and steps -------------------------------------------------------------------------------------------------


def send_step(ask: Ask) -> Conversation:
    """Change the level by a number of units."""
    switches = ask.key.endswith("_onoff")
    value = loose_number(ask.value, ask.key)
    payload = u8(UP if value > 0 else DOWN) + u8(min(abs(value), 255))
    payload += u16(transition_of(ask, ask.key).tenths) + options_field(ask)
    yield invoke(ask, LEVEL, STEP + WITH_ON_OFF if switches else STEP, payload)
    before = known(ask, "brightness")
    if before is not None:
        yield Merge(_after_step(ask, before, value, switches))


def _after_step(ask: Ask, before: float, value: float, switches: bool) -> JsonObject:
    state = known(ask, "state")
    level = before + value if switches or state == "ON" else before
    level = clamped(level, 0 if switches or state == "OFF" else 1, 254)
    if switches and meta(ask, "turns_off_at_brightness_1"):
        if value < 0 and level == 1:
            level = 0
        elif value > 0 and before == 0:
            level += 1
    return {"brightness": tidy(level), "state": "OFF" if level == 0 else "ON"}


def send_move(ask: Ask) -> Conversation:
    """Let the level run at so many units per second; 0 or "stop" ends it and reads what came of it."""
    if ask.value in ("stop", 0) and ask.value is not False:
        yield invoke(ask, LEVEL, STOP, options_field(ask))
        yield from _read_level_back(ask)
        return
    value = loose_number(ask.value, ask.key)
    command = MOVE + WITH_ON_OFF if ask.key.endswith("onoff") else MOVE
    payload = u8(UP if value > 0 else DOWN) + u8(min(abs(value), 255)) + options_field(ask)
    yield invoke(ask, LEVEL, command, payload)


def _read_level_back(ask: Ask) -> Conversation:
    if ask.group is not None:
        return
    yield Wait(seconds=SETTLE_AFTER_STOP_S)
    switched = value_of((yield read(ask.endpoint, SWITCHED)), SWITCHED)
    level = value_of((yield read(ask.endpoint, CURRENT_LEVEL)), CURRENT_LEVEL)
    yield Merge({"brightness": level, "state": "ON" if switched in (1, True) else "OFF"})


# ---- reports ---------------------------------------------------------------------------------------------------------


def receive_level(frame: Frame, device: Device) -> Effects:
    """Publish `brightness`."""
    level = frame.value(CURRENT_LEVEL.id)
    return payload_effects({} if level is None else {"brightness": level})


def get_level(ask: Ask) -> Conversation:
    """Read `state` or `brightness`."""
    if ask.key == "state":
        yield read(ask.endpoint, SWITCHED)
    elif ask.key == "brightness":
        yield read(ask.endpoint, CURRENT_LEVEL)
