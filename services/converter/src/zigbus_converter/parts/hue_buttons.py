"""Dimmer switches, buttons and wall modules of Philips Hue: one notification for every way to press a button."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from zigbus.contract.base import JsonObject
from zigbus_converter.definition import Device, Frame, Part, Receiver
from zigbus_converter.effects import Effect, Effects, Merge, Remember, Write
from zigbus_converter.expose import numeric
from zigbus_converter.parts import usual
from zigbus_converter.parts.base import COMMANDS, clamped, write
from zigbus_converter.parts.hue import MANUFACTURER
from zigbus_converter.parts.own import own_clusters
from zigbus_converter.parts.zcl import BASIC, MAP16, Attribute

CLUSTER = 0xFC00  # manuSpecificPhilips
NOTIFICATION = 0x00  # button u8, u24, how u8, u8, time u8, u8
PRESSES = {0: "press", 1: "hold", 2: "press_release", 3: "hold_release"}
DIMMER_BUTTONS = {1: "on", 2: "up", 3: "down", 4: "off"}
BRIGHTER = {"up": 1, "down": -1}
FULL, STEP = 255, 35
NOTIFIES = Attribute(BASIC, 0x0031, MAP16, MANUFACTURER)  # which notifications are sent
EVERYTHING = 0x000B
ACTION_DURATION = numeric(
    "action_duration", unit="s", description="How long the button has been held", category="diagnostic"
)


def tell_us(endpoint: int) -> Write:
    """Return the effect that lets the device notify us of all presses."""
    return write(endpoint, NOTIFIES, EVERYTHING)


def presses(buttons: Mapping[int, str] | None, table: Mapping[int, str] = PRESSES, *, measures: bool = False) -> Part:
    """Return the actions of these buttons; None: there is one, which has no name. `measures`: holds and a level, too."""

    def receive(frame: Frame, device: Device) -> Effects:
        if frame.command != NOTIFICATION or not frame.from_server or len(frame.payload) < 5:
            return
        button = "" if buttons is None else buttons.get(frame.payload[0])
        way = table.get(frame.payload[4])
        if button is None or way is None:
            return
        payload: JsonObject = {"action": f"{button}_{way}" if button else way}
        if measures:
            yield from _measured(frame, device, button, way, payload)
        yield Merge(payload)

    return Part(
        receivers=(Receiver(CLUSTER, COMMANDS, receive, once_per_sequence=buttons is not None),),
        receive_options=(usual.SIMULATED_BRIGHTNESS,) if measures else (),
        custom_clusters=own_clusters("philips buttons"),
    )


def _measured(frame: Frame, device: Device, button: str, way: str, payload: JsonObject) -> list[Effect]:
    effects: list[Effect] = []
    if way == "press":
        effects.append(Remember(key="pressed_at_s", value=frame.heard_at_s))
    elif way == "hold":
        since_s = device.memory.get("pressed_at_s")
        payload["action_duration"] = None if since_s is None else round(frame.heard_at_s - since_s, 3)
    option = device.options.get("simulated_brightness")
    if option and button in BRIGHTER:
        wish = option.get("delta") if isinstance(option, Mapping) else None
        delta = BRIGHTER[button] * (STEP if wish is None else wish)
        level = clamped(device.memory.get("simulated_level", FULL) + delta, 0, FULL)
        payload |= {"brightness": level, "action_brightness_delta": delta}
        effects.append(Remember(key="simulated_level", value=level))
    return effects


def actions(buttons: Iterable[str], ways: Sequence[str], *more: str) -> Part:
    """Return the expose of the actions that buttons have."""
    return Part(exposes=(usual.action(*(f"{button}_{way}" for button in buttons for way in ways), *more),))
