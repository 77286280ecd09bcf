"""Covers. On MQTT 100 is open; in ZCL 0 is open. The option `invert_cover` turns both round."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from zigbus.contract.base import JsonObject
from zigbus_converter import expose
from zigbus_converter.definition import Ask, Device, Frame, Part, Receiver, Sender
from zigbus_converter.effects import Conversation, Effects
from zigbus_converter.expose import ALL, binary
from zigbus_converter.parts import usual
from zigbus_converter.parts.base import (
    MAX,
    REPORTS,
    Reported,
    endpoint_for,
    getter,
    invalid,
    invoke,
    looked_up,
    number,
    payload_effects,
    read,
    set_up,
    taken,
    u8,
    word,
    write,
)
from zigbus_converter.parts.zcl import LIFT_PERCENTAGE, TILT_PERCENTAGE, WINDOW_COVERING, WINDOW_COVERING_MODE

UP_OPEN, DOWN_CLOSE, STOP, GO_TO_LIFT, GO_TO_TILT = 0x00, 0x01, 0x02, 0x05, 0x08
COMMANDS = {"open": UP_OPEN, "close": DOWN_CLOSE, "stop": STOP, "on": UP_OPEN, "off": DOWN_CLOSE}
INVERTED = {"open": DOWN_CLOSE, "close": UP_OPEN, "stop": STOP, "on": DOWN_CLOSE, "off": UP_OPEN}
MODE_BITS = ("reversed", "calibration", "maintenance", "led")

Control = Literal["lift", "tilt"]


def inverted(device: Device) -> bool:
    """Tell whether 0 is open on MQTT, too: an option, turned round for covers that count the other way."""
    wish = bool(device.options.get("invert_cover"))
    return not wish if device.definition.meta.get("cover_inverted") else wish


def receive_position(frame: Frame, device: Device) -> Effects:
    """Publish position and tilt, and the state that follows from one of them. 255 says that it is not known."""
    payload: JsonObject = {}
    turned = inverted(device)
    source = TILT_PERCENTAGE if device.definition.meta.get("cover_state_from_tilt") else LIFT_PERCENTAGE
    for key, attribute in (("position", LIFT_PERCENTAGE), ("tilt", TILT_PERCENTAGE)):
        value = frame.value(attribute.id)
        if value is None or not value <= 100:  # NaN, too
            continue
        payload[key] = value if turned else 100 - value
        if attribute is source:
            payload["state"] = _state_of(payload[key], tilted=source is TILT_PERCENTAGE)
    mode = frame.value(WINDOW_COVERING_MODE.id)
    if mode is not None:
        payload["cover_mode"] = {name: bool(mode >> bit & 1) for bit, name in enumerate(MODE_BITS)}
    return payload_effects(payload)


def _state_of(openness: int, *, tilted: bool) -> str:
    """A cover counts as open as long as it is not shut; slats only when they are open altogether."""
    return "OPEN" if (openness == 100 if tilted else openness > 0) else "CLOSE"


def send_state(ask: Ask) -> Conversation:
    """Open, close or stop; what comes of it is reported."""
    table = INVERTED if inverted(ask.device) else COMMANDS
    yield invoke(ask, WINDOW_COVERING, looked_up(word(ask.value, ask.key).lower(), table))


def send_position(ask: Ask) -> Conversation:
    """Go to a position or tilt in per cent."""
    value = number(ask.value, ask.key)
    target = value if inverted(ask.device) else 100 - value
    if not 0 <= target <= 100:
        raise invalid(f"'{ask.key}' must be between 0 and 100, got {value}", key=ask.key, value=value)
    yield invoke(ask, WINDOW_COVERING, GO_TO_LIFT if ask.key == "position" else GO_TO_TILT, u8(target))
    if not ask.device.options.get("cover_position_tilt_disable_report"):
        yield taken(ask.key, value)


def _get_position(ask: Ask) -> Conversation:
    yield read(endpoint_for(ask, WINDOW_COVERING), LIFT_PERCENTAGE if ask.key == "position" else TILT_PERCENTAGE)


def _send_mode(ask: Ask) -> Conversation:
    if not isinstance(ask.value, Mapping):
        raise invalid(f"'{ask.key}' is not an object, got ({ask.value})", key=ask.key, value=ask.value)
    mode = sum(1 << bit for bit, name in enumerate(MODE_BITS) if ask.value.get(name))
    yield write(endpoint_for(ask, WINDOW_COVERING), WINDOW_COVERING_MODE, mode)
    yield taken(ask.key, ask.value)


_MODE = expose.composite(
    "cover_mode",
    (
        binary("reversed", ALL, description="The motor turns the other way"),
        binary("calibration", ALL, description="The cover is being calibrated"),
        binary("maintenance", ALL, description="The cover does not move"),
        binary("led", ALL, description="The LED is on"),
    ),
    ALL,
)


def window_covering(
    *controls: Control, reporting: bool = True, mode: bool = False, endpoints: Iterable[str] | None = None
) -> Part:
    """Return a cover with lift, tilt or both."""
    names = None if endpoints is None else tuple(endpoints)
    shown = [expose.cover(position="lift" in controls, tilt="tilt" in controls), *((_MODE,) if mode else ())]
    senders = [
        Sender(("state",), set=send_state, endpoints=names),
        Sender(("position", "tilt"), set=send_position, get=_get_position),
    ]
    if mode:
        senders.append(Sender(("cover_mode",), set=_send_mode, get=getter(WINDOW_COVERING_MODE)))
    watched = [LIFT_PERCENTAGE] if "lift" in controls else []
    watched += [TILT_PERCENTAGE] if "tilt" in controls else []
    return Part(
        exposes=expose.at_endpoints(shown, names),
        receivers=(Receiver(WINDOW_COVERING, REPORTS, receive_position),),
        senders=tuple(senders),
        configure=tuple(set_up(Reported(attribute, 1, MAX, 1)) for attribute in watched) if reporting else (),
        options=(usual.INVERT_COVER, usual.COVER_DISABLE_REPORT),
    )
