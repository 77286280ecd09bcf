"""What IKEA does in its own way: the freezing of lamps, battery percentages, remotes, and a cluster nobody knows."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from zigbus.contract.base import JsonObject
from zigbus_converter.definition import Ask, Device, Frame, Occasion, Part, Receiver, Sender, SetFunction
from zigbus_converter.effects import Bind, CancelTimer, Conversation, Effects, Merge, Publish, Remember, SetTimer
from zigbus_converter.expose import SET, binary, numeric
from zigbus_converter.parts import light as lights
from zigbus_converter.parts import usual
from zigbus_converter.parts.base import COMMANDS, bind, getter, invoke, loose_number, scaled, write
from zigbus_converter.parts.battery import battery
from zigbus_converter.parts.light_config import OPTIONS as LEVEL_OPTIONS
from zigbus_converter.parts.light_config import level_of
from zigbus_converter.parts.light_level import NO_OPTIONS, STOP, transition_of
from zigbus_converter.parts.own import own, own_clusters
from zigbus_converter.parts.remote import commands
from zigbus_converter.parts.reporting import report_again
from zigbus_converter.parts.zcl import (
    BATTERY_PERCENTAGE,
    COLOUR_OPTIONS,
    LEVEL,
    ON_LEVEL,
    ON_OFF,
    POLL_CONTROL,
    SCENES,
    U32,
    Attribute,
)

MANUFACTURER = 0x117C
UNKNOWN_CLUSTER = own("ikea")
DEFAULT_BIND_GROUP = 901

Version = tuple[int, ...]


def version_of(build: str | None) -> Version | None:
    """Return a software build of the form 1.2.3 as numbers, None for every other form."""
    match = re.fullmatch(r"v?(\d+)\.(\d+)\.(\d+)", (build or "").strip())
    return tuple(int(field) for field in match.groups()) if match else None


# ---- lights ----------------------------------------------------------------------------------------------------------

FROZEN = "frozen"  # memory and timer: a colour transition runs and the lamp ignores what comes
_COLOUR_KEY = re.compile(r"(^|_)(color(_?temp(erature)?)?|hue|saturation)($|_)")
_UNFREEZES = re.compile(r"^brightness_(move|step)")
WRAPPED = {"state", "brightness_step", "color", "color_temp", "color_temp_step", "hue_step"}  # first keys of senders


def _watched(send: SetFunction) -> SetFunction:
    """Return a set function that first stops a running colour transition, and remembers one that it starts."""

    def set_value(ask: Ask) -> Conversation:
        if ask.device.options.get("unfreeze_support") is False:
            yield from send(ask)
            return
        was_frozen = bool(ask.device.memory.get(FROZEN))
        if was_frozen and not _UNFREEZES.search(ask.key):
            yield invoke(ask, LEVEL, STOP, NO_OPTIONS)
        yield from send(ask)
        tenths = transition_of(ask, ask.key).tenths
        if _COLOUR_KEY.search(ask.key) and tenths > 0 and ask.value not in ("stop", "0", 0):
            yield Remember(key=FROZEN, value=True)
            yield SetTimer(key=FROZEN, after_s=tenths / 10, effects=(Remember(key=FROZEN),))
        elif was_frozen:
            yield Remember(key=FROZEN)
            yield CancelTimer(key=FROZEN)

    return set_value


def light(
    *, temperature: lights.Mired | None = None, colour: bool = False, hue: bool = False, via_colour: bool = False
) -> Part:
    """Return an IKEA lamp; those with colours ignore commands while they fade from one colour to another."""
    has_colours = temperature is not None or colour
    part = lights.light(
        temperature=temperature,
        colour=colour,
        hue=hue,
        via_colour=via_colour,
        level_features=("execute_if_off", "current_level_startup"),
        options=(usual.UNFREEZE_SUPPORT,) if has_colours else (),
    )
    part = replace(part, occasions=(_set_up_again,))
    if not has_colours:
        return part
    senders = tuple(
        replace(sender, set=_watched(sender.set)) if sender.set and sender.keys[0] in WRAPPED else sender
        for sender in part.senders
    )
    return replace(part, exposes=(*part.exposes, usual.colour_options()), senders=senders)


def _set_up_again(device: Device, occasion: Occasion) -> Conversation:
    """A lamp whose power was gone has lost its reporting and some settings, but not its bindings."""
    if occasion != "announced":
        return
    yield from report_again(device)
    first = next(iter(device.description.endpoints), 1)
    for key, attribute in (("color_options", COLOUR_OPTIONS), ("level_config", LEVEL_OPTIONS)):
        if (device.state.get(key) or {}).get("execute_if_off"):
            yield write(first, attribute, 1)
    level = (device.state.get("level_config") or {}).get("on_level")
    if level is not None:
        yield write(first, ON_LEVEL, level_of("on_level", level))


WHITE_SPECTRUM: lights.Mired = (250, 454)


# ---- batteries and remotes -------------------------------------------------------------------------------------------


def counts_halves(before: Version) -> Callable[[Device], bool]:
    """Return whether a device counts half per cents: software before that version counts whole ones."""

    def check(device: Device) -> bool:
        version = version_of(device.description.software_build)
        return version is None or version >= before

    return check


def ikea_battery(before: Version = (2, 4, 0)) -> Part:
    """Return the battery of a remote, a blind or a sensor."""
    return replace(
        battery(halves=counts_halves(before)), senders=(Sender(("battery",), get=getter(BATTERY_PERCENTAGE)),)
    )


CHECK_IN_INTERVAL = Attribute(POLL_CONTROL, 0x0000, U32)
TWELVE_HOURS = 172800  # in quarters of a second
_BUILD = re.compile(r"(\d+)\.")


def _space_check_ins(device: Device) -> Conversation:
    """Make devices with software 24 and later check in twice a day; more often wears their batteries out."""
    build = _BUILD.match(device.description.software_build or "")
    if build is not None and int(build.group(1)) >= 24:
        yield write(1, CHECK_IN_INTERVAL, TWELVE_HOURS)


RARE_CHECK_INS = Part(configure=(_space_check_ins,))


def _bind_remote(device: Device) -> Conversation:
    """Bind on/off to the coordinator; software before 2.3.75 takes groups only."""
    version = version_of(device.description.software_build)
    if version is not None:
        group = None if version >= (2, 3, 75) else DEFAULT_BIND_GROUP
        yield Bind(endpoint=1, clusters=(ON_OFF,), group=group)


BIND_REMOTE = Part(configure=(_bind_remote,))

FIVE_BUTTONS = {
    0x06: "brightness_up_click",
    0x02: "brightness_down_click",
    0x05: "brightness_up_hold",
    0x07: "brightness_up_release",
    0x01: "brightness_down_hold",
    0x03: "brightness_down_release",
    0x04: "toggle_hold",
}


def five_button_commands() -> tuple[Part, ...]:
    """Return the actions of the round remote: toggle in the middle, brightness up and down."""
    return (
        commands(ON_OFF, {0x02: "toggle"}, ("toggle",), to_bind=False, group=False),
        commands(LEVEL, FIVE_BUTTONS, tuple(FIVE_BUTTONS.values()), to_bind=False, group=False),
    )


ARROW_CLICK, ARROW_HOLD, ARROW_RELEASE = 0x07, 0x08, 0x09  # IKEA's own commands of the scenes cluster
LEFT_CLICK, TOGGLE_HELD, LEFT_HOLD = 257, 2, 3329
ARROWS = tuple(f"arrow_{side}_{what}" for side in ("left", "right") for what in ("click", "hold", "release"))


def arrow_clicks(*, to_bind: bool = True) -> Part:
    """Return the actions of the arrow keys. A release does not say of which key, so the hold is remembered."""

    def receive(frame: Frame, device: Device) -> Effects:
        value = int.from_bytes(frame.payload[:2], "little")
        memory = f"arrow.{frame.endpoint}"
        if frame.command == ARROW_CLICK and value != TOGGLE_HELD:
            yield Merge({"action": f"arrow_{'left' if value == LEFT_CLICK else 'right'}_click"})
        elif frame.command == ARROW_HOLD:
            side = "left" if value == LEFT_HOLD else "right"
            yield Remember(key=memory, value=side)
            yield Merge({"action": f"arrow_{side}_hold"})
        elif frame.command == ARROW_RELEASE and device.memory.get(memory):
            payload: JsonObject = {"action": f"arrow_{device.memory[memory]}_release", "action_duration": value / 1000}
            yield Remember(key=memory)
            yield Merge(payload)

    return Part(
        exposes=(usual.action(*ARROWS),),
        receivers=(Receiver(SCENES, COMMANDS, receive, once_per_sequence=True),),
        configure=(bind(SCENES, output=True),) if to_bind else (),
        custom_clusters=own_clusters("ikea arrows"),
    )


# ---- motion ----------------------------------------------------------------------------------------------------------

ON_WITH_TIMED_OFF, MOVE_TO_LEVEL_WITH_ON_OFF = 0x42, 0x04
UNKNOWN_FLAGS = 0xFF
IN_SIGHT = "occupancy"  # timer: someone was seen
BELOW_THRESHOLD_CHECK = binary(
    "illuminance_below_threshold_check",
    SET,
    description="Ignore motion while it is light and nobody was there, in the sensor's night mode (default true)",
)


def timed_occupancy() -> Part:
    """Return occupancy of the sensor that tells bound lamps to go on for a time; in night mode only when it is dark."""

    def receive(frame: Frame, device: Device) -> Effects:
        if frame.command != ON_WITH_TIMED_OFF or len(frame.payload) < 3:
            return
        only_when_on = frame.payload[0] != UNKNOWN_FLAGS and bool(frame.payload[0] & 1)
        seen = device.memory.get(IN_SIGHT)
        if only_when_on and device.options.get("illuminance_below_threshold_check", True) and not seen:
            return
        wish = device.options.get("occupancy_timeout")
        own_s = int.from_bytes(frame.payload[1:3], "little") / 10
        timeout_s = own_s if wish is None else loose_number(wish, "occupancy_timeout")
        yield CancelTimer(key=IN_SIGHT)
        yield Remember(key=IN_SIGHT, value=bool(timeout_s) or None)
        if timeout_s:
            end = (Publish({"occupancy": False}), Remember(key=IN_SIGHT))
            yield SetTimer(key=IN_SIGHT, after_s=timeout_s, effects=end)
        yield Merge({"occupancy": True, "illuminance_above_threshold": only_when_on})

    about = "Whether it was light when someone was seen; only in the sensor's night mode"
    return Part(
        exposes=(
            usual.occupancy(),
            binary("illuminance_above_threshold", description=about, category="diagnostic"),
        ),
        receivers=(Receiver(ON_OFF, COMMANDS, receive),),
        receive_options=(usual.OCCUPANCY_TIMEOUT, BELOW_THRESHOLD_CHECK),
    )


def requested_brightness() -> Part:
    """Return the brightness that the sensor asks bound lamps for."""

    def receive(frame: Frame, device: Device) -> Effects:
        if frame.command == MOVE_TO_LEVEL_WITH_ON_OFF and frame.payload:
            level = frame.payload[0]
            yield Merge({"requested_brightness_level": level, "requested_brightness_percent": scaled(level, 254, 100)})

    return Part(
        exposes=(
            numeric("requested_brightness_level", minimum=76, maximum=254, category="diagnostic"),
            numeric("requested_brightness_percent", minimum=30, maximum=100, category="diagnostic"),
        ),
        receivers=(Receiver(LEVEL, COMMANDS, receive),),
    )
