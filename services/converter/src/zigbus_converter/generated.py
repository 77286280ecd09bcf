"""A definition made from the clusters of a device that no catalogue knows.

It shows what the standard says of each cluster, in the order in which the device lists them. Keys of further
endpoints carry the endpoint's number; those of the first do not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from zigbus.contract.devices import DeviceDescription
from zigbus_converter.definition import Definition, Part
from zigbus_converter.parts import sensors
from zigbus_converter.parts.battery import battery
from zigbus_converter.parts.cover import window_covering
from zigbus_converter.parts.ias import zone
from zigbus_converter.parts.light import identify, light
from zigbus_converter.parts.lock import lock
from zigbus_converter.parts.meter import meter
from zigbus_converter.parts.remote import colour_commands, cover_commands, level_commands, on_off_commands
from zigbus_converter.parts.switch import on_off
from zigbus_converter.parts.zcl import (
    CO2,
    COLOUR,
    DEVICE_TEMPERATURE,
    DOOR_LOCK,
    ELECTRICAL,
    FLOW,
    GREEN_POWER_ENDPOINT,
    HUMIDITY,
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
    WINDOW_COVERING,
)

Names = tuple[str, ...] | None  # endpoint names; None: only the first endpoint has it

# Capabilities of colour lamps are read when they are set up; until then nothing tells them apart.
ASSUMED_TEMPERATURES = (150, 500)


def generate(device: DeviceDescription) -> Definition | None:
    """Return the definition, or None while the device's model or endpoints are not known."""
    endpoints = [number for number in device.endpoints if number != GREEN_POWER_ENDPOINT]
    if device.model is None or not endpoints:
        return None
    several = len(endpoints) > 1
    return Definition(
        model=device.model,
        vendor=device.manufacturer or "",
        description="Automatically generated definition",
        parts=tuple(_parts(device)),
        endpoints={str(number): number for number in endpoints} if several else {},
        source="generated",
    )


def _parts(device: DeviceDescription) -> Iterator[Part]:
    """Yield parts in the order in which the device lists its clusters, those it serves before those it uses."""
    for table, output in ((SERVERS, False), (CLIENTS, True)):
        used: set[int] = set()
        for cluster, holders in _clusters(device, output=output).items():
            entry = next((place for place, (clusters, _) in enumerate(table) if cluster in clusters), None)
            if entry is not None and entry not in used:
                used.add(entry)
                yield from table[entry][1](device, holders)


def _clusters(device: DeviceDescription, *, output: bool) -> dict[int, list[int]]:
    """Return the clusters of a device, each with the endpoints that have it."""
    found: dict[int, list[int]] = {}
    for number, endpoint in device.endpoints.items():
        if number != GREEN_POWER_ENDPOINT:
            for cluster in endpoint.output_clusters if output else endpoint.input_clusters:
                found.setdefault(cluster, []).append(number)
    return found


def _names(device: DeviceDescription, holders: list[int]) -> Names:
    first = next(iter(device.endpoints))
    return None if holders == [first] else tuple(str(number) for number in holders)


Build = Callable[[DeviceDescription, list[int]], Iterable[Part]]


def _measured(part: Callable[..., Part]) -> Build:
    def build(device: DeviceDescription, holders: list[int]) -> Iterable[Part]:
        return (part(endpoints=_names(device, holders)),)

    return build


def _single(part: Callable[[], Part]) -> Build:
    def build(device: DeviceDescription, holders: list[int]) -> Iterable[Part]:
        return (part(),)

    return build


def _switches_and_lights(device: DeviceDescription, holders: list[int]) -> Iterator[Part]:
    """Endpoints with level or colour are lights, the others switches."""
    dimmable = [n for n in holders if {LEVEL, COLOUR} & set(device.endpoints[n].input_clusters)]
    plain = [n for n in holders if n not in dimmable]
    if plain:
        yield on_off(endpoints=_names(device, plain))
    if dimmable:
        coloured = all(COLOUR in device.endpoints[n].input_clusters for n in dimmable)
        temperature = ASSUMED_TEMPERATURES if coloured else None
        yield light(
            temperature=temperature,
            colour=coloured,
            hue=coloured,
            enhanced_hue=coloured,
            endpoints=_names(device, dimmable),
        )


def _meter(device: DeviceDescription, holders: list[int]) -> Iterator[Part]:
    clusters = set(device.endpoints[holders[0]].input_clusters)
    if {METERING, ELECTRICAL} <= clusters:
        yield meter()
    elif METERING in clusters:
        yield meter("power", "energy", metered_power=True)
    else:
        yield meter("power", "voltage", "current")


def _zone() -> Part:
    return zone("generic", ("alarm_1", "alarm_2", "tamper", "battery_low"))


SERVERS: tuple[tuple[tuple[int, ...], Build], ...] = (
    ((IDENTIFY,), _single(identify)),
    ((ON_OFF, LEVEL, COLOUR), _switches_and_lights),
    ((TEMPERATURE,), _measured(sensors.temperature)),
    ((PRESSURE,), _measured(sensors.pressure)),
    ((HUMIDITY,), _measured(sensors.humidity)),
    ((CO2,), _measured(sensors.co2)),
    ((POWER_CONFIGURATION,), _single(battery)),
    ((METERING, ELECTRICAL), _meter),
    ((DOOR_LOCK,), _single(lock)),
    ((ILLUMINANCE,), _measured(sensors.illuminance)),
    ((OCCUPANCY,), _single(sensors.occupancy)),
    ((IAS_ZONE,), _single(_zone)),
    ((DEVICE_TEMPERATURE,), _measured(sensors.device_temperature)),
    ((PM25,), _measured(sensors.pm25)),
    ((FLOW,), _measured(sensors.flow)),
    ((SOIL_MOISTURE,), _measured(sensors.soil_moisture)),
    ((WINDOW_COVERING,), _single(lambda: window_covering("lift", "tilt"))),
)
CLIENTS: tuple[tuple[tuple[int, ...], Build], ...] = (
    ((ON_OFF,), _measured(on_off_commands)),
    ((LEVEL,), _measured(level_commands)),
    ((COLOUR,), _measured(colour_commands)),
    ((WINDOW_COVERING,), _measured(cover_commands)),
)
