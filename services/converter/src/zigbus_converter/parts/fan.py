"""Fans of the fan control cluster."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from zigbus.contract.base import JsonObject
from zigbus.contract.definitions import Expose
from zigbus_converter import expose
from zigbus_converter.definition import Ask, Device, Frame, Part, Receiver, Sender
from zigbus_converter.effects import Conversation, Effects, Merge
from zigbus_converter.expose import ALL
from zigbus_converter.parts.base import (
    HOUR,
    REPORTS,
    Reported,
    bind,
    endpoint_for,
    getter,
    looked_up,
    named,
    set_up,
    word,
    write,
)
from zigbus_converter.parts.zcl import E8, FAN, Attribute

FAN_MODE = Attribute(FAN, 0x0000, E8)
MODES = {"off": 0, "low": 1, "medium": 2, "high": 3, "on": 4, "auto": 5, "smart": 6}


def _receive(frame: Frame, device: Device) -> Effects:
    value = frame.value(FAN_MODE.id)
    if value is None:
        return
    mode = named(value, MODES)
    state: JsonObject = {"fan_state": "OFF" if mode == "off" else "ON"}
    yield Merge(state if mode is None else {"fan_mode": mode, **state})


def _send(ask: Ask) -> Conversation:
    """Set a mode; a state is the mode `on` or `off`."""
    mode = word(ask.value, ask.key).lower()
    yield write(endpoint_for(ask, FAN), FAN_MODE, looked_up(mode, MODES))
    yield Merge({"fan_mode": mode, "fan_state": "OFF" if mode == "off" else "ON"})


def fan_mode(*modes: str) -> Expose:
    """Return the mode of a fan, as a feature of a thermostat."""
    return expose.enum("fan_mode", modes, ALL, description="Mode of the fan")


def fan_of_thermostat() -> Part:
    """Return the fan of a thermostat: everything but its expose, which is a feature of the thermostat's."""
    return replace(fan(), exposes=())


def fan(modes: Iterable[str] = ("off", "low", "medium", "high", "on", "auto")) -> Part:
    """Return a fan with modes."""
    return Part(
        exposes=(expose.fan(modes),),
        receivers=(Receiver(FAN, REPORTS, _receive),),
        senders=(Sender(("fan_mode", "fan_state"), set=_send, get=getter(FAN_MODE)),),
        configure=(bind(FAN), set_up(Reported(FAN_MODE, 0, HOUR, 0))),
    )
