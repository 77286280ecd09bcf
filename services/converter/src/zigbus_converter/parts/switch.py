"""On/off: switches, plugs, and the on/off half of lights."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from zigbus.contract.base import JsonObject
from zigbus_converter import expose
from zigbus_converter.definition import Ask, ConfigureStep, Device, Frame, Part, Receiver, Sender
from zigbus_converter.effects import Conversation, Effects, Merge
from zigbus_converter.parts import usual
from zigbus_converter.parts.base import (
    REPORTS,
    Reported,
    getter,
    invalid,
    invoke,
    known,
    looked_up,
    named,
    number,
    payload_effects,
    rounded,
    set_up,
    suffix,
    taken,
    u16,
    word,
    write,
)
from zigbus_converter.parts.zcl import ON_OFF, START_UP_SWITCHED, SWITCHED

COMMANDS = {"off": 0x00, "on": 0x01, "toggle": 0x02}
ON_WITH_TIMED_OFF = 0x42
POWER_ON = {"off": 0, "on": 1, "toggle": 2, "previous": 255}


def receive_state(frame: Frame, device: Device) -> Effects:
    """Publish `state`, and `action` if the option `state_action` asks for it."""
    value = frame.value(SWITCHED.id)
    if value is None:
        return ()
    state = "ON" if value in (1, True) else "OFF"
    payload: JsonObject = {"state": state}
    if device.options.get("state_action"):
        payload["action"] = state.lower() + suffix(device, frame.endpoint, state.lower())
    return (Merge(payload),)


def send_state(ask: Ask) -> Conversation:
    """Switch; with `on_time` or `off_wait_time` (seconds) the device times itself and reports what it does."""
    message = ask.message
    wanted = message.get("state")
    state = wanted.lower() if isinstance(wanted, str) else None
    if state not in COMMANDS:
        raise invalid(f"'{wanted}' is not allowed, must be one of ON, OFF, TOGGLE", key="state", value=wanted)
    if state == "on" and (message.get("on_time") is not None or message.get("off_wait_time") is not None):
        seconds = (number(message.get(key) or 0, key) for key in ("on_time", "off_wait_time"))
        payload = b"\x00" + b"".join(u16(rounded(value * 10)) for value in seconds)
        yield invoke(ask, ON_OFF, ON_WITH_TIMED_OFF, payload)
        return
    yield from switch_to(ask, state)


def switch_to(ask: Ask, state: str) -> Conversation:
    """Send `on`, `off` or `toggle` and tell the state that follows, as far as it can be known."""
    before = known(ask, "state")  # the device's own report may come before its confirmation
    yield invoke(ask, ON_OFF, COMMANDS[state])
    if state != "toggle":
        yield taken("state", state.upper())
    elif before:
        yield taken("state", "ON" if before == "OFF" else "OFF")


def receive_power_on(frame: Frame, device: Device) -> Effects:
    """Publish `power_on_behavior`."""
    value = frame.value(START_UP_SWITCHED.id)
    behaviour = named(value, POWER_ON) if value is not None else None
    return payload_effects({"power_on_behavior": behaviour} if behaviour else {})


def send_power_on(ask: Ask) -> Conversation:
    """Write what the device does when power comes back."""
    behaviour = word(ask.value, ask.key).lower()
    yield write(ask.endpoint, START_UP_SWITCHED, looked_up(behaviour, POWER_ON))
    yield taken("power_on_behavior", behaviour)


POWER_ON_RECEIVER = Receiver(ON_OFF, REPORTS, receive_power_on)
POWER_ON_SENDER = Sender(("power_on_behavior",), set=send_power_on, get=getter(START_UP_SWITCHED))
STATE_RECEIVER = Receiver(ON_OFF, REPORTS, receive_state)


def set_up_on_off(power_on: bool) -> tuple[ConfigureStep, ...]:
    """Return the steps: report on/off, read the power-on behaviour where it is there."""
    steps = (set_up(Reported(SWITCHED, 0, change=1)),)
    return (*steps, set_up(Reported(START_UP_SWITCHED), report=False)) if power_on else steps


def on_off(
    *,
    endpoints: Iterable[str] | None = None,
    power_on_behaviour: bool = True,
    reporting: bool = True,
    repeats_frames: bool = False,
    description: str = "On/off state of the switch",
) -> Part:
    """Return a switch, one per endpoint name if any are given. `repeats_frames`: what it sends twice counts once."""
    names = None if endpoints is None else tuple(endpoints)
    shown = [expose.switch(description)]
    receivers = [replace(STATE_RECEIVER, once_per_sequence=repeats_frames)]
    senders = [Sender(("state", "on_time", "off_wait_time"), set=send_state, get=getter(SWITCHED), endpoints=names)]
    if power_on_behaviour:
        shown.append(usual.power_on_behaviour())
        receivers.append(POWER_ON_RECEIVER)
        senders.append(POWER_ON_SENDER)
    return Part(
        exposes=expose.at_endpoints(shown, names),
        receivers=tuple(receivers),
        senders=tuple(senders),
        configure=set_up_on_off(power_on_behaviour) if reporting else (),
        receive_options=(usual.STATE_ACTION,),
    )
