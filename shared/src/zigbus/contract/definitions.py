"""What a device can do. Bucket DEFINITIONS, one entry per ieee, written by the converter alone."""

from __future__ import annotations

from typing import Literal

import msgspec

from zigbus.contract.base import Ieee, Json, JsonObject, Message


class Preset(Message, frozen=True, kw_only=True):
    """A named value of a numeric expose."""

    name: str
    value: float | int | str | None  # None: a preset of a definition that works no value out
    description: str | None = None


class Expose(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing a device shows or accepts, in zigbee2mqtt's format (`features` nests it). Undefined fields are left out.

    `access` bits: 1 in the published state, 2 settable, 4 gettable.
    """

    type: Literal[
        "binary", "numeric", "enum", "text", "composite", "list", "switch", "light", "cover", "lock", "fan", "climate"
    ]
    name: str | None = None
    property: str | None = None
    label: str | None = None
    access: int | None = None
    description: str | None = None
    unit: str | None = None
    endpoint: str | None = None
    category: Literal["config", "diagnostic"] | None = None
    value_on: str | bool | int | None = None
    value_off: str | bool | int | None = None
    value_toggle: str | None = None
    value_min: float | int | None = None
    value_max: float | int | None = None
    value_step: float | int | None = None
    values: tuple[str | int, ...] | None = None
    presets: tuple[Preset, ...] | None = None
    item_type: Expose | None = None
    length_min: int | None = None
    length_max: int | None = None
    features: tuple[Expose, ...] | None = None
    homeassistant: JsonObject | None = None  # overrides for Home Assistant's discovery; published as it is


class AttributeInfo(Message, frozen=True, kw_only=True):
    """Name and wire facts of one attribute of a cluster that a definition brings along."""

    id: int
    type: int
    name: str
    manufacturer: int | None = None


class CustomCluster(Message, frozen=True, kw_only=True):
    """A cluster that the standard does not have, or attributes that it lacks, named by a definition."""

    id: int
    name: str
    manufacturer: int | None = None
    attributes: tuple[AttributeInfo, ...] = ()
    commands: dict[str, int] = {}
    responses: dict[str, int] = {}
    raw: Json = None  # zigbee2mqtt's own description of it, for `bridge/definitions`, if the provider has one


class Scene(Message, frozen=True, kw_only=True):
    """A scene that an endpoint was told to remember. `name` None: nobody named it."""

    endpoint: int
    id: int
    group: int = 0  # 0: the device's own, else the scene belongs to this group
    name: str | None = None


class DefinitionRecord(Message, frozen=True, kw_only=True):
    """The definition that was matched to a device, as clients need it. `model` is None while nothing matches."""

    ieee: Ieee
    device_revision: int  # revision of the DEVICES entry it was matched from
    supported: bool = False
    source: Literal["native", "generated", "external"] = "native"
    model: str | None = None
    vendor: str | None = None
    description: str | None = None
    exposes: tuple[Expose, ...] = ()  # always ends with linkquality
    options: tuple[Expose, ...] = ()
    supports_ota: bool = False
    version: str = "0.0.0"
    icon: str | None = None
    endpoint_names: dict[str, int] = {}  # endpoint name -> number; "default" names the target without endpoint
    custom_clusters: tuple[CustomCluster, ...] = ()
    configured: bool = False  # the definition's set-up has run on the device
    logical_type: str | None = None  # set where a definition corrects the node descriptor's type
    extra_output_clusters: dict[int, tuple[int, ...]] = {}  # endpoint -> clusters that the descriptor lacks
    scenes: tuple[Scene, ...] = ()  # of all endpoints
