"""The building blocks that our parts can stand for, each with the values it takes.

A block is named as upstream names it. One that is not here, or has a value that is not here, is not ours to build: the
definition then stays with zigbee-herdsman-converters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Literal, Protocol, TypeVar

import msgspec

from zigbus.contract.base import Json, JsonObject
from zigbus.contract.definitions import AttributeInfo, CustomCluster
from zigbus_converter.definition import Part
from zigbus_converter.parts import battery, cover, hue, ias, ikea, light, meter, osram, remote, sensors, switch
from zigbus_converter.parts.base import HOUR, MAX, Reported
from zigbus_converter.parts.zcl import BATTERY_PERCENTAGE, BATTERY_VOLTAGE

TIMES = {"MIN": 0, "MAX": MAX, "1_HOUR": HOUR, "4_HOURS": 4 * HOUR, "10_SECONDS": 10, "5_SECONDS": 5, "1_MINUTE": 60, "5_MINUTES": 300, "10_MINUTES": 600, "30_MINUTES": 1800}  # fmt: skip
Names = tuple[str, ...] | None
Kind = TypeVar("Kind")


class Built(msgspec.Struct, frozen=True):
    """What a block adds to a definition."""

    parts: tuple[Part, ...] = ()
    meta: dict[str, Json] = {}
    endpoints: dict[str, int] = {}
    skip: tuple[str, ...] = ()  # keys that never get an endpoint's name


class Block(Protocol):
    """A block with its values; those that it was not called with have upstream's defaults."""

    def build(self) -> Built:
        """Return our parts for it. Raises KeyError for a word that is not known."""


class _Pace(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How often something is reported."""

    min: int | str
    max: int | str
    change: float

    def seconds(self) -> tuple[int, int]:
        """Both times in seconds. Raises KeyError for a word that is not known."""
        low, high = (TIMES[t] if isinstance(t, str) else t for t in (self.min, self.max))
        return low, high


# ---- lights and switches ---------------------------------------------------------------------------------------------


class _Temperature(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    range: tuple[int, int] = (150, 500)
    startup: bool = True
    via_color: bool = False


class _Colour(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    modes: tuple[Literal["xy", "hs"], ...] | None = None
    apply_red_fix: bool = False
    enhanced_hue: bool | None = None


class _LevelConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    features: tuple[str, ...]


def _notations(colour: _Colour | bool, usual: tuple[str, ...]) -> tuple[str, ...]:
    """Return the notations of colour that a lamp shows. Raises KeyError for those that our parts show differently."""
    modes = colour.modes if isinstance(colour, _Colour) and colour.modes else usual
    if modes not in (usual, ("xy", "hs")):
        raise KeyError(modes)
    return modes


def _turns_off(at_brightness_1: bool) -> dict[str, Json]:
    return {"turns_off_at_brightness_1": True} if at_brightness_1 else {}


class Light(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A lamp with one endpoint; ours remember levels of several in another way."""

    effect: bool = True
    power_on_behavior: bool = True
    configure_reporting: bool = False
    color_temp: _Temperature | None = None
    color: _Colour | bool = False
    level_config: _LevelConfig | None = None
    turns_off_at_brightness_1: bool = msgspec.field(default=False, name="turnsOffAtBrightness1")
    ota: bool = False

    def build(self) -> Built:
        """Return the lamp."""
        colour = self.color if isinstance(self.color, _Colour) else _Colour()
        modes = _notations(self.color, ("xy",))
        part = light.light(
            temperature=self.color_temp.range if self.color_temp else None,
            start_up_temperature=self.color_temp is None or self.color_temp.startup,
            colour=bool(self.color),
            hue="hs" in modes,
            enhanced_hue=bool(colour.enhanced_hue),
            red_fix=colour.apply_red_fix,
            via_colour=self.color_temp is not None and self.color_temp.via_color,
            level_features=self.level_config.features if self.level_config else (),
            effect=self.effect,
            power_on_behaviour=self.power_on_behavior,
            reporting=self.configure_reporting,
        )
        return Built((part,), _turns_off(self.turns_off_at_brightness_1))


class HueLight(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A lamp of Philips Hue."""

    color_temp: _Temperature | None = None
    color: _Colour | bool = False

    def build(self) -> Built:
        """Return the lamp."""
        limits = self.color_temp.range if self.color_temp else None
        _notations(self.color, ("xy", "hs"))
        return Built((hue.light(temperature=limits, colour=bool(self.color)),), dict(hue.META))


class IkeaLight(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A lamp of IKEA. Newer ones light up when they are faded out twice."""

    color_temp: _Temperature | bool = False
    color: _Colour | bool = False
    turns_off_at_brightness_1: bool = msgspec.field(default=False, name="turnsOffAtBrightness1")

    def build(self) -> Built:
        """Return the lamp."""
        limits = self.color_temp if isinstance(self.color_temp, _Temperature) else _Temperature(ikea.WHITE_SPECTRUM)
        modes = _notations(self.color, ("xy",))
        part = ikea.light(
            temperature=limits.range if self.color_temp else None,
            colour=bool(self.color),
            hue="hs" in modes,
            via_colour=limits.via_color,
        )
        return Built((part,), {**_turns_off(self.turns_off_at_brightness_1), "no_off_transition_when_off": "1.0.012"})


class LedvanceLight(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A lamp of LEDVANCE and OSRAM."""

    color_temp: _Temperature | None = None
    color: _Colour | bool = False

    def build(self) -> Built:
        """Return the lamp."""
        limits = self.color_temp.range if self.color_temp else None
        _notations(self.color, ("xy", "hs"))
        return Built((osram.light(limits, colour=bool(self.color)),))


class OnOff(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A switch."""

    power_on_behavior: bool = True
    skip_duplicate_transaction: bool = False
    configure_reporting: bool = True
    endpoint_names: Names = None
    description: str | None = None
    ota: bool = False

    def build(self) -> Built:
        """Return the switch."""
        kind = partial(switch.on_off, description=self.description) if self.description else switch.on_off
        part = kind(
            endpoints=self.endpoint_names,
            power_on_behaviour=self.power_on_behavior,
            reporting=self.configure_reporting,
            repeats_frames=self.skip_duplicate_transaction,
        )
        return Built((part,))


class Identify(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Shows where a device is."""

    is_sleepy: bool = False
    endpoint_names: Names = None

    def build(self) -> Built:
        """Return the key."""
        return Built((light.identify(sleepy=self.is_sleepy, endpoints=self.endpoint_names),))


# ---- structure -------------------------------------------------------------------------------------------------------


class Endpoints(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Names of endpoints."""

    endpoints: dict[str, int]
    multi_endpoint_skip: tuple[str, ...] = ()

    def build(self) -> Built:
        """Return the names."""
        return Built(endpoints=self.endpoints, skip=self.multi_endpoint_skip)


# ---- measurements ----------------------------------------------------------------------------------------------------


class Battery(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A battery."""

    percentage: bool = True
    voltage: bool = False
    low_status: bool = False
    percentage_reporting: bool = True
    voltage_reporting: bool = False
    dont_divide_percentage: bool = False
    percentage_reporting_config: _Pace = _Pace("1_HOUR", "MAX", 10)
    voltage_reporting_config: _Pace = _Pace("1_HOUR", "MAX", 10)

    def build(self) -> Built:
        """Return the battery."""
        percentage, voltage = self.percentage_reporting_config, self.voltage_reporting_config
        part = battery.battery(
            percentage=self.percentage,
            voltage=self.voltage,
            low=self.low_status,
            halves=not self.dont_divide_percentage,
            reporting=Reported(BATTERY_PERCENTAGE, *percentage.seconds(), percentage.change)
            if self.percentage_reporting
            else None,
            voltage_reporting=Reported(BATTERY_VOLTAGE, *voltage.seconds(), voltage.change)
            if self.voltage_reporting
            else None,
        )
        return Built((part,))


class Measured(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A measurement with a cluster of its own."""

    endpoint_names: Names = None


class Occupancy(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Motion, by the standard's cluster."""

    reporting: bool = True

    def build(self) -> Built:
        """Return the measurement."""
        return Built((sensors.occupancy(reporting=self.reporting),))


class _Scale(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    multiplier: int | None = None
    divisor: int | None = None
    min: int | str | None = None
    max: int | str | None = None
    change: float | None = None

    def fixed(self) -> meter.Fixed:
        """In the meter's words."""
        low, high = (TIMES[t] if isinstance(t, str) else t for t in (self.min, self.max))
        return meter.Fixed(self.divisor, self.multiplier, self.change, low, high)


class ElectricityMeter(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A meter of electricity."""

    cluster: Literal["both", "metering", "electrical"] = "both"
    power: _Scale | Literal[False] | None = None
    voltage: _Scale | Literal[False] | None = None
    current: _Scale | Literal[False] | None = None
    energy: _Scale | Literal[False] | None = None
    configure_reporting: bool = True

    def build(self) -> Built:
        """Return the meter."""
        of_cluster = {"metering": ("power", "energy"), "electrical": ("power", "voltage", "current")}
        wanted = {"power": self.power, "voltage": self.voltage, "current": self.current, "energy": self.energy}
        shown = [name for name in of_cluster.get(self.cluster, tuple(wanted)) if wanted[name] is not False]
        part = meter.meter(
            *shown,
            fixed={name: scale.fixed() for name, scale in wanted.items() if isinstance(scale, _Scale)},
            metered_power=self.cluster == "metering",
            reporting=self.configure_reporting,
        )
        return Built((part,))


# ---- alarms, covers, remotes -----------------------------------------------------------------------------------------


class ZoneAlarm(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """An alarm zone."""

    zone_type: ias.Zone
    zone_attributes: tuple[ias.Bit, ...]
    zone_status_reporting: bool = False

    def build(self) -> Built:
        """Return the zone."""
        return Built((ias.zone(self.zone_type, self.zone_attributes, reporting=self.zone_status_reporting),))


class WindowCovering(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A cover."""

    controls: tuple[cover.Control, ...]
    configure_reporting: bool = True
    cover_mode: bool = False
    cover_inverted: Literal[False] = False

    def build(self) -> Built:
        """Return the cover."""
        return Built((cover.window_covering(*self.controls, reporting=self.configure_reporting, mode=self.cover_mode),))


class Commands(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Commands that a remote sends."""

    commands: tuple[str, ...] = ()
    bind: bool = True
    endpoint_names: Names = None


# ---- all of them -----------------------------------------------------------------------------------------------------

MEASUREMENTS: Mapping[str, Callable[..., Part]] = {
    "temperature": sensors.temperature,
    "humidity": sensors.humidity,
    "pressure": sensors.pressure,
    "illuminance": sensors.illuminance,
    "soilMoisture": sensors.soil_moisture,
    "co2": sensors.co2,
    "pm25": sensors.pm25,
    "deviceTemperature": sensors.device_temperature,
}
COMMANDS: Mapping[str, Callable[..., Part]] = {
    "commandsOnOff": remote.on_off_commands,
    "commandsLevelCtrl": remote.level_commands,
    "commandsColorCtrl": remote.colour_commands,
    "commandsWindowCovering": remote.cover_commands,
    "commandsScenes": remote.scene_commands,
}
OTHERS: Mapping[str, type[Block]] = {
    "modernExtend.light": Light,
    "philips.m.light": HueLight,
    "ikea.ikeaLight": IkeaLight,
    "ledvance.ledvanceLight": LedvanceLight,
    "modernExtend.onOff": OnOff,
    "modernExtend.identify": Identify,
    "modernExtend.deviceEndpoints": Endpoints,
    "modernExtend.battery": Battery,
    "modernExtend.occupancy": Occupancy,
    "modernExtend.electricityMeter": ElectricityMeter,
    "modernExtend.iasZoneAlarm": ZoneAlarm,
    "modernExtend.windowCovering": WindowCovering,
}


def custom_cluster(name: str, described: JsonObject) -> CustomCluster:
    """Return a cluster that a definition registers, from upstream's description of it."""
    attributes = {key: {"name": key, **fields} for key, fields in described["attributes"].items()}
    commands, responses = (
        {key: {"name": key, **fields} for key, fields in described.get(group, {}).items()}
        for group in ("commands", "commandsResponse")
    )
    return CustomCluster(
        id=described["ID"],
        name=name,
        manufacturer=described.get("manufacturerCode"),
        attributes=tuple(
            AttributeInfo(id=a["ID"], type=a["type"], name=key, manufacturer=a.get("manufacturerCode"))
            for key, a in attributes.items()
        ),
        commands={key: c["ID"] for key, c in commands.items()},
        responses={key: c["ID"] for key, c in responses.items()},
        raw={**described, "name": name, "attributes": attributes, "commands": commands, "commandsResponse": responses},
    )


PLAIN: Mapping[str, Built] = {
    "ikea.addCustomClusterManuSpecificIkeaUnknown": Built((ikea.UNKNOWN_CLUSTER,)),
    "ikea.ikeaBattery": Built((ikea.ikea_battery(),)),
}


class NotOurs(Exception):
    """We have no part for a block, or not with these values."""


def built(name: str, values: Sequence[Json]) -> Built:
    """Return what a block adds to a definition. Raises NotOurs."""
    library, _, word = name.partition(".")
    try:
        if library == "modernExtend" and word in MEASUREMENTS:
            measured = _decoded(values, Measured)
            return Built((MEASUREMENTS[word](endpoints=measured.endpoint_names),))
        if library == "modernExtend" and word in COMMANDS:
            sent = _decoded(values, Commands)
            return Built((COMMANDS[word](*sent.commands, to_bind=sent.bind, endpoints=sent.endpoint_names),))
        if name in PLAIN and not values:
            return PLAIN[name]
        if name == "modernExtend.deviceAddCustomCluster":
            return Built((Part(custom_clusters=(custom_cluster(*values),)),))
        return _decoded(values, OTHERS[name]).build()
    except (KeyError, msgspec.ValidationError) as error:
        raise NotOurs(name, values) from error


def _decoded(values: Sequence[Json], kind: type[Kind]) -> Kind:
    """Read the one object that a block is called with."""
    if len(values) > 1:
        raise NotOurs(kind, values)
    return msgspec.convert(values[0] if values else {}, kind)
