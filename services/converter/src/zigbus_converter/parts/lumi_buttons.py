"""Buttons, wall remotes and the cube of Xiaomi and Aqara: what they send when they are pressed or turned."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from zigbus.contract.base import JsonObject
from zigbus_converter.definition import Device, Frame, Part, Receiver
from zigbus_converter.effects import CancelTimer, Effects, Merge, Publish, Remember, SetTimer
from zigbus_converter.expose import SET, numeric
from zigbus_converter.parts import usual
from zigbus_converter.parts.base import REPORTS, loose_number, rounded, tidy
from zigbus_converter.parts.lumi import MULTISTATE_INPUT, PRESENT_VALUE
from zigbus_converter.parts.zcl import ON_OFF, SWITCHED

ANALOG_INPUT = 0x000C
CLICKS = 0x8000  # attribute of the on/off cluster: how often the button was pressed
COUNTED = {1: "single", 2: "double", 3: "triple", 4: "quadruple"}
PRESSES = {0: "hold", 1: "single", 2: "double", 3: "triple", 255: "release"}
SHAKEN = {**PRESSES, 16: "hold", 17: "release", 18: "shake"}
COUNTED_FURTHER = {**PRESSES, 5: "quintuple", 6: "many"}
LEFT_RIGHT: Mapping[int, str] = {1: "left", 2: "right", 3: "both"}  # endpoint -> rocker


def _actions(words: Iterable[str], rockers: Mapping[int, str] | None) -> tuple[str, ...]:
    if rockers is None:
        return tuple(words)
    return tuple(f"{word}_{rocker}" for word in words for rocker in rockers.values())


def _named(action: str | None, frame: Frame, rockers: Mapping[int, str] | None) -> Effects:
    if action is None or (rockers is not None and frame.endpoint not in rockers):
        return ()
    return (Merge({"action": action if rockers is None else f"{action}_{rockers[frame.endpoint]}"}),)


def presses(*shown: str, table: Mapping[int, str] = PRESSES, rockers: Mapping[int, str] | None = None) -> Part:
    """Return a button on the multistate input cluster; `rockers` names several by their endpoints."""

    def receive(frame: Frame, device: Device) -> Effects:
        return _named(table.get(frame.value(PRESENT_VALUE)), frame, rockers)

    receiver = Receiver(MULTISTATE_INPUT, REPORTS, receive, once_per_sequence=True)
    return Part(exposes=(usual.action(*_actions(shown, rockers)),), receivers=(receiver,))


def clicks(rockers: Mapping[int, str] | None = None) -> Part:
    """Return the single presses that older software reports as on and off."""

    def receive(frame: Frame, device: Device) -> Effects:
        return _named("single" if frame.value(SWITCHED.id) in (0, 1) else None, frame, rockers)

    return Part(receivers=(Receiver(ON_OFF, ("report",), receive),))


def counted_clicks() -> Part:
    """Return presses that are reported as on, or counted."""

    def receive(frame: Frame, device: Device) -> Effects:
        count = 1 if frame.value(SWITCHED.id) else frame.value(CLICKS)
        return _named(COUNTED.get(count), frame, None)

    return Part(receivers=(Receiver(ON_OFF, ("report",), receive),))


# ---- a button that says when it goes down and up -----------------------------------------------------------------------

PRESSED, HELD = "pressed", "held_since_s"  # memory: whether it went down just now; since when it is held
HOLD_MS, EXPIRES_MS = 1000, 4000
HOLD_TIMEOUT = numeric(
    "hold_timeout", SET, minimum=0, description="Milliseconds that a press must last to be a hold (default 1000)"
)
HOLD_EXPIRES = numeric(
    "hold_timeout_expire", SET, minimum=0, description="Milliseconds of a hold after which no release is waited for (default 4000)"
)  # fmt: skip


def _seconds(device: Device, option: str, usual_ms: float) -> float:
    return loose_number(device.options.get(option) or usual_ms, option) / 1000


def _pressed_or_released(frame: Frame, device: Device) -> Effects:
    state = frame.value(SWITCHED.id)
    if state == 0:
        hold_s = _seconds(device, "hold_timeout", HOLD_MS)
        expiry = SetTimer(
            key=HELD, after_s=_seconds(device, "hold_timeout_expire", EXPIRES_MS), effects=(Remember(key=HELD),)
        )
        held = Remember(key=HELD, value=frame.heard_at_s + hold_s)
        effects = (Publish({"action": "hold"}), Remember(key=PRESSED), held, expiry)
        yield Remember(key=PRESSED, value=True)
        yield SetTimer(key=PRESSED, after_s=hold_s, effects=effects)
    elif state == 1:
        since_s = device.memory.get(HELD)
        if since_s:
            yield Publish({"action": "release", "action_duration": rounded((frame.heard_at_s - since_s) * 1000)})
            yield Remember(key=HELD)
        if device.memory.get(PRESSED):
            yield CancelTimer(key=PRESSED)
            yield Remember(key=PRESSED)
            yield Publish({"action": "single"})
    else:
        yield Publish({"action": COUNTED.get(frame.value(CLICKS), "many")})


def timed_presses() -> Part:
    """Return a button that reports down and up; how long lies between is counted here."""
    return Part(
        exposes=(usual.action("single", "double", "triple", "quadruple", "hold", "release", "many"),),
        receivers=(Receiver(ON_OFF, REPORTS, _pressed_or_released, once_per_sequence=True),),
        receive_options=(HOLD_TIMEOUT, HOLD_EXPIRES),
    )


# ---- cube --------------------------------------------------------------------------------------------------------------

SIMPLE_MOVES = {0: "shake", 1: "throw", 2: "wakeup", 3: "fall"}
SIDED_MOVES = ((512, "tap"), (256, "slide"), (128, "flip180"))  # from this value on, the side is what is above it
FLIP_90 = 64  # then the sides: from times 8, plus to
CUBE_ACTIONS = (*SIMPLE_MOVES.values(), "tap", "slide", "flip180", "flip90", "rotate_left", "rotate_right")
SIDES = ("action_from_side", "action_side", "action_to_side", "side")


def _moved(frame: Frame, device: Device) -> Effects:
    value = frame.value(PRESENT_VALUE)
    payload: JsonObject | None = None
    if value in SIMPLE_MOVES:
        payload = {"action": SIMPLE_MOVES[value]}
    elif isinstance(value, int):
        payload = next(({"action": name, "side": value - low} for low, name in SIDED_MOVES if value >= low), None)
        if payload is None and value >= FLIP_90:
            before, after = (value - FLIP_90) // 8, value % 8
            payload = {"action": "flip90", "action_from_side": before, "from_side": before}
            payload |= dict.fromkeys(("action_to_side", "action_side", "to_side", "side"), after)
    if payload is not None:
        yield Merge(payload)


def _rotated(frame: Frame, device: Device) -> Effects:
    value = frame.value(PRESENT_VALUE)
    if value is not None:
        angle = tidy(math.floor(value * 100) / 100) if math.isfinite(value) else None
        action = "rotate_left" if value < 0 else "rotate_right"
        yield Merge({"action": action, "angle": angle, "action_angle": angle})


def cube() -> Part:
    """Return the moves of the cube, with the sides that were up, and how far it was turned."""
    return Part(
        exposes=(usual.action(*CUBE_ACTIONS),),
        receivers=(
            Receiver(MULTISTATE_INPUT, REPORTS, _moved, once_per_sequence=True),
            Receiver(ANALOG_INPUT, REPORTS, _rotated),
        ),
    )
