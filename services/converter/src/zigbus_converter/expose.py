"""Constructors of exposes: what a device shows, with labels by default. Knows no device and no endpoint number.

`access` bits are zigbee2mqtt's: 1 in the published state, 2 settable, 4 gettable.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from zigbus.contract.base import JsonObject
from zigbus.contract.definitions import Expose, Preset

STATE = 1
SET = 2
GET = 4
STATE_SET = STATE | SET
STATE_GET = STATE | GET
ALL = STATE | SET | GET

Category = Literal["config", "diagnostic"]
Word = str | bool | int


def label_of(name: str) -> str:
    """Return the default label of a name: blanks for underscores, the first letter in upper case."""
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]


def numeric(
    name: str,
    access: int = STATE,
    *,
    description: str | None = None,
    unit: str | None = None,
    minimum: float | int | None = None,
    maximum: float | int | None = None,
    step: float | int | None = None,
    presets: Iterable[Preset] | None = None,
    category: Category | None = None,
    label: str | None = None,
    property: str | None = None,
    homeassistant: JsonObject | None = None,
) -> Expose:
    """Return a number; limits are advice to clients, the converter decides what it takes."""
    return Expose(
        type="numeric",
        name=name,
        property=property or name,
        label=label or label_of(name),
        access=access,
        description=description,
        unit=unit,
        value_min=minimum,
        value_max=maximum,
        value_step=step,
        presets=tuple(presets) if presets is not None else None,
        category=category,
        homeassistant=homeassistant,
    )


def binary(
    name: str,
    access: int = STATE,
    *,
    on: Word = True,
    off: Word = False,
    toggle: str | None = None,
    description: str | None = None,
    category: Category | None = None,
    label: str | None = None,
    property: str | None = None,
    homeassistant: JsonObject | None = None,
) -> Expose:
    """Return a value with two words."""
    return Expose(
        type="binary",
        name=name,
        property=property or name,
        label=label or label_of(name),
        access=access,
        description=description,
        value_on=on,
        value_off=off,
        value_toggle=toggle,
        category=category,
        homeassistant=homeassistant,
    )


def enum(
    name: str,
    values: Iterable[str | int],
    access: int = STATE,
    *,
    description: str | None = None,
    category: Category | None = None,
    label: str | None = None,
) -> Expose:
    """Return a choice of words."""
    return Expose(
        type="enum",
        name=name,
        property=name,
        label=label or label_of(name),
        access=access,
        description=description,
        values=tuple(values),
        category=category,
    )


def text(
    name: str,
    access: int = STATE,
    *,
    description: str | None = None,
    category: Category | None = None,
    label: str | None = None,
) -> Expose:
    """Return free text."""
    return Expose(
        type="text",
        name=name,
        property=name,
        label=label or label_of(name),
        access=access,
        description=description,
        category=category,
    )


def composite(
    name: str,
    features: Iterable[Expose],
    access: int | None = None,
    *,
    property: str | None = None,
    description: str | None = None,
    category: Category | None = None,
    label: str | None = None,
) -> Expose:
    """Return an object with the features as its keys. Without `access` it settles on that of its features together."""
    parts = tuple(features)
    if access is None:
        access = 0
        for part in parts:
            access |= part.access or 0
    return Expose(
        type="composite",
        name=name,
        property=property or name,
        label=label or label_of(name),
        access=access,
        description=description,
        category=category,
        features=parts,
    )


def list_of(name: str, item: Expose, access: int, *, description: str | None = None) -> Expose:
    """Return a list; `item` has no property."""
    return Expose(
        type="list",
        name=name,
        property=name,
        label=label_of(name),
        access=access,
        description=description,
        item_type=msgspec.structs.replace(item, property=None),
    )


def state(description: str, *, property: str = "state", access: int = ALL) -> Expose:
    """Return the on/off feature of a switch, a light or a fan."""
    return binary(
        "state", access, on="ON", off="OFF", toggle="TOGGLE", description=description, label="State", property=property
    )


def switch(description: str = "On/off state of the switch") -> Expose:
    """Return the specific type `switch`."""
    return Expose(type="switch", features=(state(description),))


def light(features: Iterable[Expose]) -> Expose:
    """Return the specific type `light`; its state comes first by itself."""
    return Expose(type="light", features=(state("On/off state of this light"), *features))


def cover(*, position: bool = False, tilt: bool = False, access: int = STATE_SET, position_access: int = ALL) -> Expose:
    """Return the specific type `cover`; `access` is that of its state."""
    features = [enum("state", ("OPEN", "CLOSE", "STOP"), access)]
    for wanted, name in ((position, "position"), (tilt, "tilt")):
        if wanted:
            features.append(
                numeric(
                    name,
                    position_access,
                    unit="%",
                    minimum=0,
                    maximum=100,
                    description=f"{label_of(name)} of this cover",
                )
            )
    return Expose(type="cover", features=tuple(features))


def lock() -> Expose:
    """Return the specific type `lock`."""
    words = ("not_fully_locked", "locked", "unlocked")
    return Expose(
        type="lock",
        features=(
            binary("state", ALL, on="LOCK", off="UNLOCK", description="State of the lock"),
            enum("lock_state", words, STATE, description="Actual state of the lock"),
        ),
    )


def fan(modes: Iterable[str] = (), *, speed: tuple[int, int] | None = None) -> Expose:
    """Return the specific type `fan` with modes or with a speed range."""
    features = [state("On/off state of this fan", property="fan_state", access=STATE_SET)]
    words = tuple(modes)
    if words:
        mode = enum("mode", words, ALL, description="Mode of this fan")
        features.append(msgspec.structs.replace(mode, property="fan_mode"))
    if speed is not None:
        features.append(numeric("speed", ALL, minimum=speed[0], maximum=speed[1], description="Speed of this fan"))
    return Expose(type="fan", features=tuple(features))


def climate(features: Iterable[Expose]) -> Expose:
    """Return the specific type `climate`; build the features with those of `parts.thermostat`."""
    return Expose(type="climate", features=tuple(features))


def at_endpoint(expose: Expose, endpoint: str) -> Expose:
    """Return the expose as that endpoint shows it: properties (of features too) get `_ENDPOINT` at their end."""
    features = expose.features
    specific = expose.name is None
    if features is not None and specific:
        features = tuple(at_endpoint(feature, endpoint) for feature in features)
    return msgspec.structs.replace(
        expose,
        endpoint=endpoint,
        features=features,
        property=None if expose.property is None else f"{expose.property}_{endpoint}",
    )


def at_endpoints(exposes: Iterable[Expose], endpoints: Iterable[str] | None) -> tuple[Expose, ...]:
    """Return each expose once per endpoint; None: as they are."""
    if endpoints is None:
        return tuple(exposes)
    names = tuple(endpoints)
    return tuple(at_endpoint(expose, name) for expose in exposes for name in names)
