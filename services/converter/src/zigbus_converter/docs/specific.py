"""The sections of switches, locks, fans, covers, lights and thermostats: exposes whose features belong together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from zigbus.contract.base import Json
from zigbus.contract.definitions import Expose
from zigbus_converter.docs.features import (
    CANNOT_ASK,
    CANNOT_CHANGE,
    GETTABLE,
    SETTABLE,
    allowed,
    control_item,
    message,
)
from zigbus_converter.docs.words import TOPIC, VALUE, code, codes, payload, payloads


def _state_lines(expose: Expose) -> Iterator[str]:
    """Yield the lines about the state feature: where it is found, how to change it, how to ask for it."""
    state = next((feature for feature in expose.features or () if feature.name == "state"), None)
    if state is None:
        return
    key, access, word = state.property or "state", state.access or 0, expose.type
    shown, commands = _state_values(state)
    yield f"The published state shows this {word} under {code(key)}, as {codes(shown, ' or ')}."
    if access & SETTABLE:
        yield f"To control the {word}, publish to `{TOPIC}/set` the payload {payloads(key, commands)}."
    else:
        yield CANNOT_CHANGE
    if access & GETTABLE:
        yield f"To ask how the {word} is now, publish to `{TOPIC}/get` the payload {payload({key: ''})}."
    else:
        yield CANNOT_ASK


def _state_values(state: Expose) -> tuple[list[Json], list[Json]]:
    """Return the values that a state shows and those that it takes. A cover never shows STOP."""
    if state.type == "enum":
        values: list[Json] = list(state.values or ())
        return [value for value in values if value != "STOP"], values
    shown: list[Json] = [state.value_on, state.value_off]
    return shown, shown if state.value_toggle is None else [*shown, state.value_toggle]


def _further_lines(expose: Expose) -> Iterator[str]:
    """Yield one line for each feature beside the state."""
    for feature in expose.features or ():
        if feature.name == "state":
            continue
        if (feature.access or 0) & SETTABLE:
            how = payload(message(feature, VALUE))
            yield f"Its {feature.name} is changed with {how} on the same topic, where the value is {allowed(feature)}."
        else:
            yield f"Its {feature.name} is shown under {code(feature.property)}: {allowed(feature)}."


def _state_and_more(expose: Expose) -> Iterator[str]:
    yield from _state_lines(expose)
    yield from _further_lines(expose)


def _cover(expose: Expose) -> Iterator[str]:
    yield from _state_and_more(expose)
    if any(feature.name in {"position", "tilt"} for feature in expose.features or ()):
        yield "Fully open is `100` and fully closed is `0`; the device option `invert_cover` swaps them."


def _controls(expose: Expose) -> Iterator[str]:
    """Yield the names of all features, then an item for each of them."""
    features = expose.features or ()
    word = "climate device" if expose.type == "climate" else expose.type
    yield f"This {word} has {codes((feature.name for feature in features), ' and ')}."
    yield f"Changes are published to `{TOPIC}/set`, questions to `{TOPIC}/get`:"
    yield from map(control_item, features)


def _light(expose: Expose) -> Iterator[str]:
    yield from _controls(expose)
    names = {feature.name or "": feature.property or feature.name or "" for feature in expose.features or ()}
    if names.keys() & {"color_xy", "color_hs"}:
        yield from _color_notations()
    levels = [names[level] for level in ("brightness", "color_temp") if level in names]
    if not levels:
        return
    yield (
        "\nWith `transition` a change takes that many seconds, for example "
        f"{payload({levels[0]: VALUE, 'transition': 2})}; the device option `transition` is the default."
    )
    for key in levels:
        yield from _move_and_step(key)


def _color_notations() -> Iterator[str]:
    """Yield the other ways to write a color (behaviour 7.4)."""
    yield "\nA color may also be written in one of these ways; it is converted to what the light understands:"
    for color, meaning in (
        ({"r": 46, "g": 102, "b": 150}, "red, green and blue, each from `0` to `255`"),
        ({"rgb": "46,102,150"}, "the same as text"),
        ({"hex": "#547CFF"}, "hexadecimal, as on web pages"),
        ({"h": 360, "s": 100, "b": 100}, "hue in degrees, saturation and brightness in percent"),
        ({"hsb": "360,100,100"}, "the same as text"),
        ({"h": 360, "s": 100, "v": 100}, "hue, saturation and value"),
        ({"hsv": "360,100,100"}, "the same as text"),
        ({"h": 360, "s": 100, "l": 100}, "hue, saturation and lightness"),
        ({"hsl": "360,100,100"}, "the same as text"),
        ({"hue": 360, "saturation": 100}, "hue and saturation; either one may be left out"),
    ):
        yield f"- {payload({'color': color})}: {meaning}."


def _move_and_step(key: str) -> Iterator[str]:
    """Yield how to change a level without knowing it."""
    yield f"\nTo change {code(key)} without knowing where it is:"
    yield f"- {payload({f'{key}_move': -40})} moves it by that many units a second until {payload({f'{key}_move': 'stop'})}."
    yield f"- {payload({f'{key}_step': 40})} moves it once by that many units."
    if key.startswith("brightness"):
        yield "- With the ending `_onoff` on the key, the light also switches on at the start and off at the bottom."


LINES: Mapping[str, Callable[[Expose], Iterable[str]]] = {
    "switch": _state_and_more,
    "lock": _state_and_more,
    "fan": _state_and_more,
    "cover": _cover,
    "light": _light,
    "climate": _controls,
}
