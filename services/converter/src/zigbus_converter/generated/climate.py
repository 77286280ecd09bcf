"""Thermostats, fans and what thermostats show."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from zigbus_converter.generated.pieces import Piece, call, piece
from zigbus_converter.generated.place import Place
from zigbus_converter.parts.fan import fan, fan_mode, fan_of_thermostat
from zigbus_converter.parts.thermostat import local_temperature, running_state, setpoint, system_mode, thermostat
from zigbus_converter.parts.thermostat_ui import keypad_lockout, temperature_display_mode
from zigbus_converter.parts.variations import on_endpoints
from zigbus_converter.parts.zcl import FAN, THERMOSTAT

CONTROL_SEQUENCE = 0x001B
HEATING_ONLY = 2
FAN_MODES = ("off", "low", "medium", "high", "auto")
ALL_FAN_MODES = ("off", "low", "medium", "high", "on", "auto", "smart")
LIMITS = (7, 30, 0.5)  # lowest and highest setpoint and its step, in degrees Celsius
HEATING, COOLING = "occupied_heating_setpoint", "occupied_cooling_setpoint"
SETPOINT_NAMES = {HEATING: "occupiedHeatingSetpoint", COOLING: "occupiedCoolingSetpoint"}
UNNAMED = (
    "local_temperature", HEATING, COOLING, "system_mode", "running_state", "keypad_lockout", "temperature_display_mode",
    "programming_operation_mode",
)  # fmt: skip


def thermostat_piece(place: Place) -> Iterator[Piece]:
    """Yield a thermostat for each endpoint, by what its control sequence lets it do."""
    alone = len(place.endpoints) == 1 and len(place.device.endpoints) > 1
    for number in place.endpoints:
        sequence = place.value(number, THERMOSTAT, CONTROL_SEQUENCE, HEATING_ONLY)
        heats, cools = sequence not in (0, 1), sequence in (0, 1, 4, 5)
        yield _thermostat(place.at(number), heats, cools, place.has(number, FAN), unnamed=UNNAMED if alone else ())


def _thermostat(place: Place, heats: bool, cools: bool, blows: bool, unnamed: tuple[str, ...]) -> Piece:
    names = place.names_of(place.endpoints)
    setpoints = [name for name, there in ((HEATING, heats), (COOLING, cools)) if there]
    words = [word for word, there in (("heat", heats), ("cool", cools)) if there]
    modes = ["off", *words, *(["auto"] if heats and cools else [])]
    climate = [call(local_temperature), *(call(setpoint, name, *LIMITS) for name in setpoints)]
    climate += [call(system_mode, *modes), call(running_state, "idle", *words)]
    climate += [call(fan_mode, *FAN_MODES)] if blows else []
    reported = ("local_temperature", *setpoints, "system_mode", "running_state")
    made = [call(thermostat, tuple(climate), reported=reported)]
    made += [call(fan_of_thermostat)] if blows else []
    arguments: dict[str, Any] = {
        "localTemperature": {},
        "runningState": {"values": ["idle", *words]},
        "setpoints": {
            "values": {SETPOINT_NAMES[n]: dict(zip(("min", "max", "step"), LIMITS, strict=True)) for n in setpoints}
        },
        "systemMode": {"values": modes},
    }
    if names is not None:
        arguments["endpoint"] = names[0]
        made = [call(on_endpoints, part, *names) for part in made]
    if blows:
        arguments["fanMode"] = list(FAN_MODES)
    return Piece(tuple(made), "thermostat", arguments, unnamed=unnamed, meta={"demand_of_255": True})


def fan_control(place: Place) -> Iterator[Piece]:
    """Yield a fan for each endpoint without a thermostat, which would have it."""
    for number in place.endpoints:
        if not place.has(number, THERMOSTAT):
            here = place.at(number)
            made = call(fan, ALL_FAN_MODES)
            yield piece(made if here.names is None else call(on_endpoints, made, *here.names), "fanControl", here.named)


def user_interface(place: Place) -> Iterator[Piece]:
    """Yield the screen and the keys of each endpoint."""
    for number in place.endpoints:
        here = place.at(number)
        made = (call(temperature_display_mode, endpoints=here.names), call(keypad_lockout, endpoints=here.names))
        yield Piece(made, "thermostatUi", {k: v for k, v in here.named.items() if v is not None})
