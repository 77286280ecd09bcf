"""Lights: one function that puts together what a lamp can do."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from zigbus.contract.base import Json, RequestFailed
from zigbus.contract.definitions import Expose, Preset
from zigbus_converter import expose
from zigbus_converter.definition import Ask, ConfigureStep, Device, Part, Receiver, Sender, SetFunction
from zigbus_converter.effects import Conversation, Log
from zigbus_converter.expose import ALL, SET, enum, numeric
from zigbus_converter.parts import usual
from zigbus_converter.parts.base import (
    REPORTS,
    Reported,
    clamped,
    endpoints_with,
    getter,
    invoke,
    looked_up,
    loose_number,
    read,
    rounded,
    set_up,
    u16,
    word,
)
from zigbus_converter.parts.light_colour import (
    Abilities,
    colour_attributes,
    move_hue_or_saturation,
    receive_colour,
    send_colour,
    send_colour_options,
    send_hue_saturation_move,
    send_hue_saturation_step,
    send_start_up_temperature,
    send_temperature,
    send_temperature_move,
    send_temperature_step,
)
from zigbus_converter.parts.light_config import (
    get_level_config,
    level_config,
    receive_level_config,
    send_level_config,
)
from zigbus_converter.parts.light_level import get_level, receive_level, send_level, send_move, send_step
from zigbus_converter.parts.switch import POWER_ON_RECEIVER, POWER_ON_SENDER, STATE_RECEIVER
from zigbus_converter.parts.zcl import (
    COLOUR,
    COLOUR_CAPABILITIES,
    COLOUR_MODE,
    COLOUR_OPTIONS,
    COLOUR_TEMPERATURE,
    COLOUR_TEMPERATURE_MAX,
    COLOUR_TEMPERATURE_MIN,
    CURRENT_HUE,
    CURRENT_LEVEL,
    CURRENT_SATURATION,
    CURRENT_X,
    CURRENT_Y,
    ENHANCED_HUE,
    IDENTIFY,
    LEVEL,
    START_UP_COLOUR_TEMPERATURE,
    SWITCHED,
)

TRIGGER_EFFECT = 0x40
EFFECTS = {"blink": 0, "breathe": 1, "okay": 2, "channel_change": 11, "finish_effect": 254, "stop_effect": 255}
LOOP_S = 15  # one round of the colour loop if the message does not say

Mired = tuple[int, int]

STATE_KEYS = ("state", "brightness", "brightness_percent", "on_time", "off_wait_time")
COLOUR_KEYS = ("color", "color_temp", "color_temp_percent")


# ---- exposes ---------------------------------------------------------------------------------------------------------


def brightness() -> Expose:
    """Return the brightness of a light."""
    return numeric("brightness", ALL, minimum=0, maximum=254, description="Brightness of this light")


def temperature_presets(low: int, high: int) -> list[Preset]:
    """Return the named colour temperatures of a lamp with these limits in mired."""
    presets = [Preset(name="coolest", value=low, description="Coolest temperature supported")]
    for name, value, kelvin in (("cool", 250, 4000), ("neutral", 370, 2700), ("warm", 454, 2200)):
        if low <= value <= high:
            about = f"{name.capitalize()} temperature ({value} mireds / {kelvin} Kelvin)"
            presets.append(Preset(name=name, value=value, description=about))
    return [*presets, Preset(name="warmest", value=high, description="Warmest temperature supported")]


def temperature_exposes(limits: Mired, start_up: bool) -> list[Expose]:
    """Return the colour temperature of a light, and the one after power-up."""
    low, high = limits
    presets = temperature_presets(low, high)
    shown = [
        numeric(
            "color_temp",
            ALL,
            unit="mired",
            minimum=low,
            maximum=high,
            presets=presets,
            description="Color temperature of this light",
        )
    ]
    if start_up:
        previous = Preset(name="previous", value=65535, description="Restore the last one")
        shown.append(
            numeric(
                "color_temp_startup",
                ALL,
                unit="mired",
                minimum=low,
                maximum=high,
                presets=[*presets, previous],
                description="Color temperature of this light after power comes back",
            )
        )
    return shown


def colour_exposes(abilities: Abilities) -> list[Expose]:
    """Return the notations of colour that clients may use."""
    shown = []
    if abilities.xy:
        parts = [numeric(name, ALL) for name in ("x", "y")]
        about = "Color of this light in the CIE 1931 color space (x/y)"
        shown.append(expose.composite("color_xy", parts, ALL, property="color", label="Color (X/Y)", description=about))
    if abilities.hue:
        parts = [numeric(name, ALL) for name in ("hue", "saturation")]
        about = "Color of this light expressed as hue/saturation"
        shown.append(expose.composite("color_hs", parts, ALL, property="color", label="Color (HS)", description=about))
    return shown


def effect_expose(colour: bool) -> Expose:
    """Return the effects of the identify cluster, with the colour loop on colour lamps."""
    values = (*EFFECTS, "colorloop", "stop_colorloop") if colour else tuple(EFFECTS)
    return enum("effect", values, SET, description="Makes the light show an effect, e.g. blink for a few seconds")


# ---- effects ---------------------------------------------------------------------------------------------------------


def send_effect(ask: Ask) -> Conversation:
    """Start an effect of the identify cluster, or the colour loop."""
    effect = word(ask.value, ask.key).lower()
    if effect == "colorloop":
        seconds = loose_number(ask.message.get("transition", LOOP_S), "transition")
        pace = clamped(rounded(255 / seconds), 1, 255) if seconds else 255
        yield from move_hue_or_saturation(ask, pace, is_hue=True)
    elif effect == "stop_colorloop":
        yield from move_hue_or_saturation(ask, 0, is_hue=True)
    else:
        yield invoke(ask, IDENTIFY, TRIGGER_EFFECT, bytes((looked_up(effect, EFFECTS), 0)))


# ---- the part --------------------------------------------------------------------------------------------------------


def _read_abilities(device: Device) -> Conversation:
    """Learn what the lamp can do; some lamps cannot say."""
    for endpoint in endpoints_with(device, COLOUR):
        try:
            yield read(endpoint, COLOUR_CAPABILITIES)
            yield read(endpoint, COLOUR_TEMPERATURE_MIN, COLOUR_TEMPERATURE_MAX)
        except RequestFailed as error:
            yield Log(level="debug", event="read_failed", fields={"error": str(error)})


def _reporting(abilities: Abilities) -> list[ConfigureStep]:
    steps = [set_up(Reported(SWITCHED)), set_up(Reported(CURRENT_LEVEL, 5))]
    if abilities.temperature:
        steps.append(set_up(Reported(COLOUR_TEMPERATURE, 10)))
    hue = ENHANCED_HUE if abilities.enhanced_hue else CURRENT_HUE
    attributes = [attribute for attribute in (CURRENT_X, CURRENT_Y) if abilities.xy]
    attributes += [attribute for attribute in (hue, CURRENT_SATURATION) if abilities.hue]
    if attributes:
        steps.append(set_up(*(Reported(attribute, 10) for attribute in attributes)))
    return steps


def _getter(abilities: Abilities) -> SetFunction:
    if not (abilities.xy or abilities.hue):
        return getter(COLOUR_MODE, COLOUR_TEMPERATURE)

    def get(ask: Ask) -> Conversation:
        yield read(ask.endpoint, *colour_attributes(ask, abilities))

    return get


def _send_colours(ask: Ask, abilities: Abilities) -> Conversation:
    if ask.key == "color":
        yield from send_colour(ask, abilities)
    else:
        yield from send_temperature(ask, abilities)


def _colour_senders(abilities: Abilities, start_up: bool) -> list[Sender]:
    has_colour = abilities.xy or abilities.hue
    keys = tuple(key for key in COLOUR_KEYS if (has_colour if key == "color" else abilities.temperature))
    senders = [
        Sender(keys, set=partial(_send_colours, abilities=abilities), get=_getter(abilities)),
        Sender(("color_mode",), get=getter(COLOUR_MODE)),
        Sender(("color_options",), set=send_colour_options, get=getter(COLOUR_OPTIONS)),
    ]
    if abilities.temperature:
        senders.append(Sender(("colortemp_move", "color_temp_move"), set=send_temperature_move))
        senders.append(Sender(("color_temp_step",), set=send_temperature_step))
        if start_up:
            reader = getter(START_UP_COLOUR_TEMPERATURE)
            senders.append(Sender(("color_temp_startup",), set=send_start_up_temperature, get=reader))
    if has_colour:
        senders.append(Sender(("hue_move", "saturation_move"), set=send_hue_saturation_move))
        senders.append(Sender(("hue_step", "saturation_step"), set=send_hue_saturation_step))
    return senders


def _nothing(ask: Ask) -> Conversation:
    """Take a key that only says how other keys are to be carried out."""
    yield from ()


LEVEL_SENDERS = (
    Sender(("transition", "rate"), set=_nothing),
    Sender(("level_config",), set=send_level_config, get=get_level_config),
    Sender(("brightness_move", "brightness_move_onoff"), set=send_move),
    Sender(("brightness_step", "brightness_step_onoff"), set=send_step),
)


def light(
    *,
    temperature: Mired | None = None,
    start_up_temperature: bool = True,
    colour: bool = False,
    hue: bool = False,
    enhanced_hue: bool = False,
    red_fix: bool = False,
    via_colour: bool = False,
    level_features: tuple[str, ...] = (),
    effect: bool = True,
    power_on_behaviour: bool = True,
    reporting: bool = False,
    endpoints: Iterable[str] | None = None,
    options: tuple[Expose, ...] = (),
) -> Part:
    """Return a dimmable light.

    `temperature`: limits in mired of a lamp with white spectrum; `colour`: takes x and y; `hue`: also hue and
    saturation, `enhanced_hue` with 16 bits; `level_features`: parts of `level_config` to show; `options`: further ones,
    listed after `transition`.
    """
    names = None if endpoints is None else tuple(endpoints)
    abilities = Abilities(colour, colour and hue, enhanced_hue, temperature is not None, red_fix, via_colour)
    has_colours = abilities.temperature or colour
    features = [brightness()]
    features += temperature_exposes(temperature, start_up_temperature) if temperature else []
    features += colour_exposes(abilities)
    features += [level_config(level_features)] if level_features else []
    shown = [expose.light(features)]
    shown += [effect_expose(colour)] if effect else []
    shown += [usual.power_on_behaviour()] if power_on_behaviour else []
    senders = [Sender(STATE_KEYS, set=send_level, get=get_level, endpoints=names), *LEVEL_SENDERS]
    senders += _colour_senders(abilities, start_up_temperature) if has_colours else []
    senders += [Sender(("effect",), set=send_effect)] if effect else []
    senders += [POWER_ON_SENDER] if power_on_behaviour else []
    return Part(
        exposes=expose.at_endpoints(shown, names),
        receivers=_receivers(has_colours, power_on_behaviour),
        senders=tuple(senders),
        configure=(_read_abilities, *(_reporting(abilities) if reporting else ())),
        options=(usual.TRANSITION, *options, *((usual.COLOR_SYNC,) if has_colours else ())),
        receive_options=(usual.STATE_ACTION, *((usual.COLOR_SYNC,) if has_colours else ())),
    )


def _receivers(has_colours: bool, power_on_behaviour: bool) -> tuple[Receiver, ...]:
    receivers = [
        STATE_RECEIVER,
        Receiver(LEVEL, REPORTS, receive_level),
        Receiver(LEVEL, REPORTS, receive_level_config),
    ]
    if has_colours:
        receivers.append(Receiver(COLOUR, REPORTS, receive_colour))
    if power_on_behaviour:
        receivers.append(POWER_ON_RECEIVER)
    return tuple(receivers)


# ---- identify --------------------------------------------------------------------------------------------------------

DEFAULT_IDENTIFY_S = 3


def _send_identify(ask: Ask) -> Conversation:
    seconds: Json = ask.device.options.get("identify_timeout")
    yield invoke(ask, IDENTIFY, 0x00, u16(DEFAULT_IDENTIFY_S if seconds is None else loose_number(seconds, "identify")))


def identify(*, sleepy: bool = False, endpoints: Iterable[str] | None = None) -> Part:
    """Return the key that makes a device show itself. `sleepy`: it must be woken up first."""
    about = "Makes the device show itself" + (", wake it up first" if sleepy else "")
    shown = enum("identify", ("identify",), SET, description=about, category="config")
    names = None if endpoints is None else tuple(endpoints)
    return Part(
        exposes=expose.at_endpoints((shown,), names),
        senders=(Sender(("identify",), set=_send_identify, endpoints=names),),
        options=(usual.IDENTIFY_TIMEOUT,),
    )
