"""Abilities of the clusters that a device serves, and the attributes that must be read to know them in full."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from zigbus_converter.definition import Part
from zigbus_converter.generated.climate import CONTROL_SEQUENCE, fan_control, thermostat_piece, user_interface
from zigbus_converter.generated.lamps import switches_and_lamps
from zigbus_converter.generated.numbers import NUMBER_ATTRIBUTES, analog, truth
from zigbus_converter.generated.pieces import Piece, call, piece
from zigbus_converter.generated.place import Build, Place
from zigbus_converter.parts import sensors
from zigbus_converter.parts.ballast import BALLAST, ballast_limit
from zigbus_converter.parts.battery import battery
from zigbus_converter.parts.cover import window_covering
from zigbus_converter.parts.ias import zone
from zigbus_converter.parts.light import identify
from zigbus_converter.parts.lock import lock
from zigbus_converter.parts.meter import meter
from zigbus_converter.parts.siren import warning
from zigbus_converter.parts.variations import on_endpoints
from zigbus_converter.parts.zcl import (
    CO2,
    COLOUR,
    DEVICE_TEMPERATURE,
    DOOR_LOCK,
    ELECTRICAL,
    FAN,
    FLOW,
    HUMIDITY,
    IAS_WARNING,
    IAS_ZONE,
    IDENTIFY,
    ILLUMINANCE,
    LEVEL,
    METERING,
    OCCUPANCY,
    ON_OFF,
    PM25,
    POWER_CONFIGURATION,
    PRESSURE,
    SOIL_MOISTURE,
    TEMPERATURE,
    THERMOSTAT,
    USER_INTERFACE,
    WINDOW_COVERING,
)

ANALOG_INPUT, ANALOG_OUTPUT, BINARY_INPUT, BINARY_OUTPUT = 0x000C, 0x000D, 0x000F, 0x0010
ZONE_BITS = ("alarm_1", "alarm_2", "tamper", "battery_low")
PIN_USERS, USUAL_PIN_USERS = 0x0012, 50
MEASUREMENT_TYPE = 0x0000
DIRECT_CURRENT = 1 << 6  # bit of the measurement type
COVER_KEYS = ("state", "position", "tilt", "cover_mode")


def _measured(part: Callable[..., Part], name: str) -> Build:
    def build(place: Place) -> Iterator[Piece]:
        yield piece(call(part, endpoints=place.names), name, place.named)

    return build


def _occupancy(place: Place) -> Iterator[Piece]:
    made = call(sensors.occupancy)
    yield piece(made if place.names is None else call(on_endpoints, made, *place.names), "occupancy", place.named)


def _whole(part: Callable[..., Part], name: str) -> Build:
    """An ability of the device as a whole, whatever endpoint has the cluster."""

    def build(place: Place) -> Iterator[Piece]:
        yield piece(call(part), name)

    return build


def _lock(place: Place) -> Iterator[Piece]:
    users = place.value(place.endpoints[0], DOOR_LOCK, PIN_USERS, USUAL_PIN_USERS)
    yield Piece((call(lock),), "lock", {"pinCodeCount": users}, meta={"pin_code_count": users})


def _zone(place: Place) -> Iterator[Piece]:
    arguments = {"zoneType": "generic", "zoneAttributes": list(ZONE_BITS)}
    yield piece(call(zone, "generic", ZONE_BITS), "iasZoneAlarm", arguments)


def _cover(place: Place) -> Iterator[Piece]:
    yield piece(
        call(window_covering, "lift", "tilt"), "windowCovering", {"controls": ["lift", "tilt"]}, unnamed=COVER_KEYS
    )


def _ballast(place: Place) -> Iterator[Piece]:
    yield Piece((call(ballast_limit, "minimum"), call(ballast_limit, "maximum")), "lightingBallast")


def _meter(place: Place) -> Iterator[Piece]:
    """Of several endpoints the first is shown."""
    endpoint = place.endpoints[0]
    metered, measured = place.has(endpoint, METERING), place.has(endpoint, ELECTRICAL)
    here = place.at(endpoint)
    arguments = here.named
    if metered and measured:
        made = call(meter)
    elif metered:
        made, arguments = call(meter, "power", "energy", metered_power=True), {"cluster": "metering", **arguments}
    else:
        kind = place.value(endpoint, ELECTRICAL, MEASUREMENT_TYPE, 0)
        direct = isinstance(kind, int) and bool(kind & DIRECT_CURRENT)
        made = call(meter, "power", "voltage", "current", direct=direct or None)
        arguments = {"cluster": "electrical", "electricalMeasurementType": "dc" if direct else "ac", **arguments}
    yield piece(made if here.names is None else call(on_endpoints, made, *here.names), "electricityMeter", arguments)


INPUTS: Mapping[tuple[int, ...], Build] = {
    (TEMPERATURE,): _measured(sensors.temperature, "temperature"),
    (PRESSURE,): _measured(sensors.pressure, "pressure"),
    (HUMIDITY,): _measured(sensors.humidity, "humidity"),
    (CO2,): _measured(sensors.co2, "co2"),
    (POWER_CONFIGURATION,): _whole(battery, "battery"),
    (ON_OFF, LEVEL, COLOUR): switches_and_lamps,
    (METERING, ELECTRICAL): _meter,
    (DOOR_LOCK,): _lock,
    (ILLUMINANCE,): _measured(sensors.illuminance, "illuminance"),
    (OCCUPANCY,): _occupancy,
    (IAS_ZONE,): _zone,
    (IAS_WARNING,): _whole(warning, "iasWarning"),
    (DEVICE_TEMPERATURE,): _measured(sensors.device_temperature, "deviceTemperature"),
    (PM25,): _measured(sensors.pm25, "pm25"),
    (FLOW,): _measured(sensors.flow, "flow"),
    (SOIL_MOISTURE,): _measured(sensors.soil_moisture, "soilMoisture"),
    (WINDOW_COVERING,): _cover,
    (BINARY_INPUT,): truth(BINARY_INPUT, "input"),
    (BINARY_OUTPUT,): truth(BINARY_OUTPUT, "output"),
    (ANALOG_INPUT,): analog(ANALOG_INPUT, "input"),
    (ANALOG_OUTPUT,): analog(ANALOG_OUTPUT, "output"),
    (THERMOSTAT,): thermostat_piece,
    (FAN,): fan_control,
    (USER_INTERFACE,): user_interface,
    (IDENTIFY,): _whole(identify, "identify"),
    (BALLAST,): _ballast,
}
WANTED: Mapping[int, tuple[int, ...]] = {
    DOOR_LOCK: (PIN_USERS,),
    ELECTRICAL: (MEASUREMENT_TYPE,),
    THERMOSTAT: (CONTROL_SEQUENCE,),
    **dict.fromkeys((ANALOG_INPUT, ANALOG_OUTPUT, BINARY_INPUT, BINARY_OUTPUT), NUMBER_ATTRIBUTES[:1]),
    **dict.fromkeys((ANALOG_INPUT, ANALOG_OUTPUT), NUMBER_ATTRIBUTES),
}
