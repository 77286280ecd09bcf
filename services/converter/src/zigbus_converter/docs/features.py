"""What can be put into an expose: the shape of its payload and the values that are allowed in it."""

from __future__ import annotations

from collections.abc import Iterator

from zigbus.contract.base import Json
from zigbus.contract.definitions import Expose
from zigbus_converter.docs.words import VALUE, code, codes, payload, sentence

PUBLISHED = 1  # access bits, `Expose`
SETTABLE = 2
GETTABLE = 4
CANNOT_ASK = "It cannot be asked for (`/get`)."
CANNOT_CHANGE = "It cannot be changed (`/set`)."


def message(expose: Expose, leaf: Json) -> Json:
    """Return the payload that carries an expose, each plain value in it replaced by `leaf`.

    A composite without a property of its own has its features at the top level (`exposes` 2).
    """
    shape = _shape(expose, leaf)
    if expose.property is None and isinstance(shape, dict):
        return shape
    return {key_of(expose): shape}


def key_of(expose: Expose) -> str:
    """Return the key of an expose in payloads."""
    return expose.property or expose.name or expose.type


def _shape(expose: Expose, leaf: Json) -> Json:
    if expose.type == "composite":
        return {key_of(feature): _shape(feature, leaf) for feature in expose.features or ()}
    if expose.type == "list" and expose.item_type is not None:
        return [_shape(expose.item_type, leaf)]
    return leaf


def allowed(expose: Expose) -> str:
    """Return what a value may be as the end of a sentence, e.g. "a number from `0` to `254`"."""
    if expose.type == "binary":
        words = (expose.value_on, expose.value_off, expose.value_toggle)
        return codes((word for word in words if word is not None), " or ")
    if expose.type == "enum":
        return f"one of {codes(expose.values or ())}"
    if expose.type == "numeric":
        return _number(expose)
    if expose.type == "composite":
        return f"an object such as {payload(_shape(expose, VALUE))}"
    if expose.type == "list":
        return items(expose)
    return "any text"


def _number(expose: Expose) -> str:
    words = ["a number"]
    if expose.value_min is not None:
        words.append(f"from {code(expose.value_min)}")
    if expose.value_max is not None:
        words.append(f"{'to' if expose.value_min is not None else 'up to'} {code(expose.value_max)}")
    if expose.unit:
        words.append(f"in {code(expose.unit)}")
    if expose.presets:
        named = ", ".join(f"{code(preset.name)} for {code(preset.value)}" for preset in expose.presets)
        words.append(f"(or a name: {named})")
    return " ".join(words)


def items(expose: Expose) -> str:
    """Return what a list holds and how long it may be."""
    limits = [
        f"{words} {code(limit)}"
        for words, limit in (("at least", expose.length_min), ("at most", expose.length_max))
        if limit is not None
    ]
    kind = expose.item_type.type if expose.item_type is not None else "any"
    return f"a list of {code(kind)} items{', ' if limits else ''}{' and '.join(limits)}{' of them' if limits else ''}"


def part_items(expose: Expose, indent: str = "") -> Iterator[str]:
    """Yield an item for each feature of a composite: type, meaning and allowed values; nested ones indented."""
    for feature in expose.features or ():
        meaning = f" {sentence(feature.description)}" if feature.description else ""
        yield f"{indent}- {code(key_of(feature))} ({feature.type}):{meaning} The value is {allowed(feature)}."
        if feature.type == "composite":
            yield from part_items(feature, f"{indent}  ")


def control_item(feature: Expose) -> str:
    """Return the item of one feature of a light or thermostat: meaning, how to change it, how to ask for it."""
    access = feature.access or 0
    said = [f"- {code(feature.name)}:"]
    if feature.description:
        said.append(sentence(feature.description))
    if access & SETTABLE:
        said.append(f"Change it with {payload(message(feature, VALUE))}, {_each(feature)}.")
    elif access & PUBLISHED:
        said.append(f"Shown under {code(key_of(feature))} as {allowed(feature)}; it cannot be changed.")
    if access & GETTABLE:
        said.append(f"Ask for it with {payload(message(feature, ''))}.")
    return " ".join(said)


def _each(feature: Expose) -> str:
    if feature.type != "composite":
        return f"where the value is {allowed(feature)}"
    return "where " + " and ".join(f"{code(key_of(part))} is {allowed(part)}" for part in feature.features or ())
