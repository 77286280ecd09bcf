"""What a person can do to a device: press its buttons, turn it, change what it measures or does."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

import msgspec

from zigbus.zcl.types import BOOL, INT8, INT16, INT32, OCTSTR, SINGLE, STRING, UINT8, UINT16, UINT32, UINT40
from zigbus_simulator.behaviours import tuya
from zigbus_simulator.device import Device
from zigbus_simulator.home import parts as p
from zigbus_simulator.home.lumi import CONTROL_RELAY
from zigbus_simulator.spec import Values

STEP_S = 0.2  # between the frames of one movement
_KNOB_FREE, _KNOB_PRESSED = 71, 72  # endpoints that tell of rotation
_START, _ROTATION, _STOP = 1, 2, 3
_DEGREES_PER_PERCENT = 3.6
_RELAY_CAUSE = 0x03A10000  # 0xf000 of a relay report: the button was pressed

Press = Callable[[Device], None]


class CannotBeDone(Exception):
    """The device has no such button or property, or the value does not fit. The text says what there is."""


# ---- buttons ----------------------------------------------------------------------------------------------------------


def press(device: Device, what: str) -> None:
    """Press a button. Raises CannotBeDone."""
    buttons = _BUTTONS.get(device.name, {})
    if what not in buttons:
        known = ", ".join(buttons) or "none"
        raise CannotBeDone(f"{device.name} has no button {what}; it has: {known}")
    buttons[what](device)


def buttons_of(device: Device) -> tuple[str, ...]:
    """Return what can be pressed."""
    return tuple(_BUTTONS.get(device.name, ()))


def _wall_switch(value: int) -> Press:
    """Press the wall switch: decoupled it tells the button's endpoint, otherwise a short press moves the relay."""

    def act(device: Device) -> None:
        if device.get(1, p.BASIC, 0xFF22, p.LUMI_CODE) != CONTROL_RELAY or value != 1:
            device.report(4, p.ON_OFF, {0: (BOOL, value)})
            return
        on = not device.get(2, p.ON_OFF, 0)
        device.attributes[2, p.ON_OFF][None, 0].value = on
        device.air.device_changed()
        device.report(2, p.ON_OFF, {0: (BOOL, on), 0xF000: (UINT32, _RELAY_CAUSE)})

    return act


def _knob(value: int) -> Press:
    """Press the knob: in event mode it tells which press, in command mode it toggles what is bound."""

    def act(device: Device) -> None:
        if device.get(1, p.LUMI, 0x0009, p.LUMI_CODE) == 1:
            device.report(1, p.MULTISTATE_INPUT, {0x55: (UINT16, value)})
        elif value == 1:
            device.command_bound(1, p.ON_OFF, 0x02)

    return act


def _command(cluster: int, command: int, payload: bytes = b"") -> Press:
    return lambda device: device.command_bound(1, cluster, command, payload)


def _ikea_arrow(payload: bytes) -> Press:
    def act(device: Device) -> None:
        device.send_command(1, p.SCENES, 0x07, payload, manufacturer=p.IKEA_CODE)

    return act


def _identify_button(device: Device) -> None:
    """The reset button of Aqara sensors: a short press reports the model."""
    device.report(1, p.BASIC, {5: (STRING, device.get(1, p.BASIC, 5))})


def _lumi_heartbeat(device: Device) -> None:
    """What Aqara devices send about once an hour: battery, chip temperature, counters, what they measure."""
    _HEARTBEATS[device.name](device)


def _old_heartbeat(device: Device) -> None:
    values = {1: (UINT16, 3005), 3: (INT8, 24), 4: (UINT16, 0x13A8), 5: (UINT16, 6), 6: (UINT40, 1), 0x0A: (UINT16, 0)}
    if device.name == "weather":
        pressure_pa = 10 * device.get(1, p.PRESSURE, 0x10)
        values |= {
            0x64: (INT16, device.get(1, p.TEMPERATURE, 0)),
            0x65: (UINT16, device.get(1, p.HUMIDITY, 0)),
            0x66: (INT32, pressure_pa),
        }
    elif device.name == "contact":
        values[0x64] = (BOOL, device.get(1, p.ON_OFF, 0))
    else:
        values |= {0x0B: (UINT16, device.get(1, p.ILLUMINANCE, 0)), 0x64: (UINT8, device.get(1, p.OCCUPANCY, 0))}
    device.report(1, p.BASIC, {0xFF01: (STRING, p.lumi_struct(values))}, manufacturer=p.LUMI_CODE)


def _switch_heartbeat(device: Device) -> None:
    values = {3: (INT8, 28), 5: (UINT16, 7), 0x64: (BOOL, device.get(2, p.ON_OFF, 0))}
    device.report(1, p.BASIC, {0xFF01: (STRING, p.lumi_struct(values))}, manufacturer=p.LUMI_CODE)


def _knob_heartbeat(device: Device) -> None:
    values = {
        1: (UINT16, 2975),
        3: (INT8, 24),
        5: (UINT16, 3),
        8: (UINT16, 0x011B),
        0x0A: (UINT16, 0),
        0x0C: (UINT8, 20),
    }
    device.report(1, p.LUMI, {0x00F7: (OCTSTR, p.lumi_struct(values))}, manufacturer=p.LUMI_CODE)


_HEARTBEATS: Final[dict[str, Press]] = {
    "wall_switch": _switch_heartbeat,
    "knob": _knob_heartbeat,
    **dict.fromkeys(("weather", "contact", "motion"), _old_heartbeat),
}
_BUTTONS: Final[dict[str, dict[str, Press]]] = {
    "wall_switch": {
        "single": _wall_switch(1), "double": _wall_switch(2), "hold": _wall_switch(0), "release": _wall_switch(1),
        "heartbeat": _lumi_heartbeat,
    },
    "knob": {
        "single": _knob(1), "double": _knob(2), "hold": _knob(0), "release": _knob(255), "heartbeat": _lumi_heartbeat,
    },
    "remote_onoff": {
        "on": _command(p.ON_OFF, 0x01), "off": _command(p.ON_OFF, 0x00),
        "up": _command(p.LEVEL, 0x05, b"\x00\x53"), "down": _command(p.LEVEL, 0x01, b"\x01\x53"),
        "stop": _command(p.LEVEL, 0x07),
    },
    "remote_5": {
        "toggle": _command(p.ON_OFF, 0x02), "up": _command(p.LEVEL, 0x06, b"\x00\x2b\x05\x00"),
        "down": _command(p.LEVEL, 0x02, b"\x01\x2b\x05\x00"), "left": _ikea_arrow(b"\x01\x01\x0d\x00"),
        "right": _ikea_arrow(b"\x00\x01\x0d\x00"),
    },
    **{
        name: {"single": _identify_button, "heartbeat": _lumi_heartbeat} for name in ("weather", "contact", "motion")
    },
}  # fmt: skip


# ---- turning ----------------------------------------------------------------------------------------------------------


def turn(device: Device, angle: float, *, pressed: bool = False) -> None:
    """Turn a knob by so many degrees: it tells the start, the rotation and the stop. Raises CannotBeDone."""
    if device.name != "knob":
        raise CannotBeDone(f"{device.name} cannot be turned")
    steps = ((_START, angle / 2, 0), (_ROTATION, angle, round(1000 * STEP_S)), (_STOP, angle, round(2000 * STEP_S)))
    for index, (phase, turned, elapsed_ms) in enumerate(steps):
        speed = 0.0 if phase == _STOP else angle / 2 / STEP_S
        values: Values = {
            0x023A: (UINT8, phase | 0x80 * pressed),
            0x022E: (SINGLE, turned),
            0x0230: (SINGLE, speed),
            0x0231: (UINT32, elapsed_ms),
            0x0232: (SINGLE, speed / _DEGREES_PER_PERCENT),
            0x0233: (SINGLE, turned / _DEGREES_PER_PERCENT),
            0x022C: (UINT16, 500),
            0x0238: (UINT8, 12),
        }
        device.air.later(index * STEP_S, partial(_tell_rotation, device, values, pressed))


def _tell_rotation(device: Device, values: Values, pressed: bool) -> None:
    endpoint = _KNOB_PRESSED if pressed else _KNOB_FREE
    device.report(endpoint, p.LUMI, values, manufacturer=p.LUMI_CODE)


# ---- properties -------------------------------------------------------------------------------------------------------


class _Property(msgspec.Struct, frozen=True):
    """Where a property is and how a value becomes the attribute's. `words`: texts that stand for values.

    `only`: the devices where the attribute means this; `never`: those where it means something else.
    """

    cluster: int
    attribute: int
    scale: float = 1
    words: dict[str, int] = {}
    only: tuple[str, ...] = ()
    never: tuple[str, ...] = ()


_ON_OFF_WORDS = {"on": 1, "off": 0, "true": 1, "false": 0}
_PROPERTIES: Final = {
    "temperature": _Property(p.TEMPERATURE, 0, 100),
    "humidity": _Property(p.HUMIDITY, 0, 100),
    "pressure": _Property(p.PRESSURE, 0),
    "illuminance": _Property(p.ILLUMINANCE, 0),
    "occupancy": _Property(p.OCCUPANCY, 0, 1, _ON_OFF_WORDS),
    "contact": _Property(p.ON_OFF, 0, 1, {"true": 0, "false": 1, "closed": 0, "open": 1}, only=("contact",)),
    "state": _Property(p.ON_OFF, 0, 1, _ON_OFF_WORDS, never=("contact",)),
    "brightness": _Property(p.LEVEL, 0),
    "color_temp": _Property(p.COLOR, 7),
    "power": _Property(p.ELECTRICAL, 0x050B),
    "voltage": _Property(p.ELECTRICAL, 0x0505),
    "current": _Property(p.ELECTRICAL, 0x0508, 1000),
    "energy": _Property(p.METERING, 0, 100),
    "position": _Property(p.COVER, 8),
    "lock": _Property(p.LOCK, 0, 1, {"lock": 1, "locked": 1, "unlock": 2, "unlocked": 2}),
    "local_temperature": _Property(p.THERMOSTAT, 0, 100),
    "heating_setpoint": _Property(p.THERMOSTAT, 0x12, 100),
    "heating_demand": _Property(p.THERMOSTAT, 8),
    "battery": _Property(p.POWER, 0x21, 2),
}
_DATAPOINTS: Final = {"temperature": (1, 10), "humidity": (2, 1), "battery": (4, 1)}  # of the Tuya sensor
_BOOLEAN_CLUSTERS = (p.ON_OFF,)


def properties_of(device: Device) -> tuple[str, ...]:
    """Return what `set_property` can change."""
    if device.datapoints:
        return tuple(_DATAPOINTS)
    return tuple(name for name, form in _PROPERTIES.items() if _endpoint_with(device, form) is not None)


def set_property(device: Device, name: str, text: str) -> None:
    """Change what a device measures or does; it tells as it would by itself. Raises CannotBeDone."""
    if device.datapoints and name in _DATAPOINTS:
        datapoint, scale = _DATAPOINTS[name]
        octets = round(_number(name, text, {}) * scale).to_bytes(4, "big", signed=True)
        tuya.send(device, [(datapoint, 2, octets)])
        return
    form = _PROPERTIES.get(name)
    endpoint = _endpoint_with(device, form) if form else None
    if form is None or endpoint is None:
        known = ", ".join(properties_of(device)) or "nothing"
        raise CannotBeDone(f"{device.name} has no {name}; it has: {known}")
    value: int | bool = round(_number(name, text, form.words) * form.scale)
    if form.cluster in _BOOLEAN_CLUSTERS:
        value = bool(value)
    change(device, endpoint, form.cluster, {form.attribute: value})


def change(device: Device, endpoint: int, cluster: int, values: dict[int, int | bool]) -> None:
    """Take on new values; a device that tells without being configured tells all of them in one report."""
    if any((endpoint, cluster, attribute) in device.spec.reports_always for attribute in values):
        device.tell(endpoint, cluster, dict(values))
        return
    for attribute, value in values.items():
        device.set(endpoint, cluster, attribute, value)


def _endpoint_with(device: Device, form: _Property) -> int | None:
    if device.name in form.never or (form.only and device.name not in form.only):
        return None
    for endpoint, cluster in device.attributes:
        if cluster == form.cluster and (None, form.attribute) in device.attributes[endpoint, cluster]:
            return endpoint
    return None


def _number(name: str, text: str, words: dict[str, int]) -> float:
    if text.lower() in words:
        return words[text.lower()]
    try:
        return float(text)
    except ValueError:
        hint = f"a number or one of {', '.join(words)}" if words else "a number"
        raise CannotBeDone(f"{name} takes {hint}, not {text}") from None
