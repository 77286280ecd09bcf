"""Philips Hue: lamps with a cluster of their own, in which one octet string says everything at once.

The string is a little-endian mask of fields and the fields in the order of their bits. Standard commands are used for
what they can do; the cluster for effects, their speed and colour, and for everything if the option
`hue_native_control` asks for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from zigbus.contract.base import FailureCode, Json, JsonObject, RequestFailed
from zigbus.contract.definitions import Expose
from zigbus_converter.colour import Hsv, Xy, hsv_to_rgb, linear, parse, rgb_to_xy, to_xy
from zigbus_converter.colour_sync import KEYS, synced
from zigbus_converter.definition import Ask, Device, Frame, Part, Receiver, Sender
from zigbus_converter.effects import Conversation, Effects, Log, Merge, Read, SetTimer
from zigbus_converter.expose import SET, STATE_SET, binary, enum, numeric, text
from zigbus_converter.parts import light as lights
from zigbus_converter.parts import usual
from zigbus_converter.parts.base import (
    REPORTS,
    clamped,
    invoke,
    known,
    loose_number,
    read,
    rounded,
    scaled,
    tidy,
    u8,
    u16,
    word,
)
from zigbus_converter.parts.light_colour import limits_of, preset_of
from zigbus_converter.parts.light_level import transition_of
from zigbus_converter.parts.own import own_clusters
from zigbus_converter.parts.zcl import OCTETS, Attribute

MANUFACTURER = 0x100B
CLUSTER = 0xFC03
STATE = Attribute(CLUSTER, 0x0002, OCTETS, MANUFACTURER)
SET_STATE = 0x00
READ_BACK_S = 1.0  # a lamp has settled on the brightness of its effect by then

EFFECTS = {
    "candle": 0x01,
    "fireplace": 0x02,
    "colorloop": 0x03,
    "sunrise": 0x09,
    "sparkle": 0x0A,
    "opal": 0x0B,
    "glisten": 0x0C,
    "sunset": 0x0D,
    "underwater": 0x0E,
    "cosmos": 0x0F,
    "sunbeam": 0x10,
    "enchant": 0x11,
}
STOPS = ("none", "finish_effect", "stop_effect", "stop_hue_effect")

# One bit and one width (octets) per field, in the order in which they follow the mask; it is not that of the bits.
ON, BRIGHTNESS, MIRED, XY, FADE, EFFECT, GRADIENT, SPEED = (
    "on",
    "brightness",
    "mired",
    "xy",
    "fade",
    "effect",
    "g",
    "speed",
)
FIELDS = (
    (ON, 0x0001, 1),
    (BRIGHTNESS, 0x0002, 1),
    (MIRED, 0x0004, 2),
    (XY, 0x0008, 4),
    (FADE, 0x0010, 2),
    (EFFECT, 0x0020, 1),
    (GRADIENT, 0x0100, 0),  # its first octet is its length
    (SPEED, 0x0080, 1),
)


def encode_state(fields: Mapping[str, bytes]) -> bytes:
    """Return the octet string with these fields."""
    mask = sum(bit for name, bit, _ in FIELDS if name in fields)
    return u16(mask) + b"".join(fields[name] for name, _, _ in FIELDS if name in fields)


def decode_state(octets: bytes) -> dict[str, bytes] | None:
    """Return the fields of an octet string, None if it is cut short."""
    mask, position = int.from_bytes(octets[:2], "little"), 2
    fields: dict[str, bytes] = {}
    for name, bit, width in FIELDS:
        if mask & bit:
            size = width or octets[position : position + 1][0] + 1 if position < len(octets) else width
            if not size or position + size > len(octets):
                return None
            fields[name] = octets[position : position + size]
            position += size
    return fields


def _xy_field(xy: Xy) -> bytes:
    return u16(clamped(rounded(xy.x * 65535), 0, 65535)) + u16(clamped(rounded(xy.y * 65535), 0, 65535))


def colour_of(value: Json) -> Xy:
    """Return the x and y that the cluster takes: gamma counts for hue and saturation, too."""
    colour = parse(value)
    if isinstance(colour, Hsv):
        xy = rgb_to_xy(linear(hsv_to_rgb(colour)))
        return Xy(rounded(xy.x, 4), rounded(xy.y, 4))
    return to_xy(colour)


# ---- effects ---------------------------------------------------------------------------------------------------------


def _send_fields(ask: Ask, fields: Mapping[str, bytes]) -> Conversation:
    """Send the fields. Old lamps lack the cluster and say so; a client is not told, as zigbee2mqtt does not either."""
    try:
        yield invoke(ask, CLUSTER, SET_STATE, encode_state(fields), MANUFACTURER)
    except RequestFailed as error:
        if error.failure.code not in (FailureCode.REJECTED, FailureCode.UNSUPPORTED):
            raise
        yield Log(level="debug", event="command_refused", fields={"error": str(error)})
    if EFFECT in fields and fields[EFFECT] != b"\0":
        reading = Read(endpoint=ask.endpoint, cluster=CLUSTER, attributes=(STATE.id,), manufacturer=MANUFACTURER)
        yield SetTimer(key=f"hue_state.{ask.endpoint}", after_s=READ_BACK_S, effects=(reading,))


def _speed(value: Json) -> float:
    """Return a speed from 0 to 1; what is no number counts as slowest."""
    try:
        return clamped(loose_number(value, "effect_speed"), 0, 1)
    except RequestFailed:
        return 0


def send_effect(ask: Ask) -> Conversation:
    """Start or stop an effect; those of the identify cluster go the usual way."""
    effect = word(ask.value, ask.key).lower()
    if effect in STOPS:
        yield from _send_fields(ask, {EFFECT: b"\0"})
        if effect in lights.EFFECTS:
            yield from lights.send_effect(ask)
        yield Merge({"effect": "none"})
        return
    if effect not in EFFECTS:
        yield from lights.send_effect(ask)
        return
    fields = {ON: b"\x01", EFFECT: u8(EFFECTS[effect])}
    payload: JsonObject = {"effect": effect}
    if ask.message.get("color") is not None:
        fields[XY] = _xy_field(colour_of(ask.message["color"]))
    if ask.message.get("effect_speed") is not None:
        speed = _speed(ask.message["effect_speed"])
        fields[SPEED] = u8(speed * 255)
        payload["effect_speed"] = speed
    yield from _send_fields(ask, fields)
    yield Merge(payload)


# ---- native control --------------------------------------------------------------------------------------------------

OWN_KEYS = ("effect_speed", "effect_color")
TIMES = ("on_time", "off_wait_time")  # stay with the standard commands, which are sent for them once more


def _native_fields(ask: Ask) -> tuple[dict[str, bytes], JsonObject]:
    """Return the fields for a message of standard keys, and the state that follows."""
    message, fields, new = ask.message, dict[str, bytes](), JsonObject()
    state = message.get("state")
    if isinstance(state, str) and state.lower() in ("on", "off", "toggle"):
        on = known(ask, "state") != "ON" if state.lower() == "toggle" else state.lower() == "on"
        fields[ON], new["state"] = u8(on), "ON" if on else "OFF"
    level = message.get("brightness")
    if level is None and message.get("brightness_percent") is not None:
        level = scaled(loose_number(message["brightness_percent"], "brightness_percent"), 100, 255)
    if level is not None:
        new["brightness"] = clamped(loose_number(level, "brightness"), 1, 254)
        fields[BRIGHTNESS] = u8(new["brightness"])
    if message.get("color") is not None:
        xy = colour_of(message["color"])
        fields[XY], new["color"], new["color_mode"] = _xy_field(xy), {"x": tidy(xy.x), "y": tidy(xy.y)}, "xy"
    if message.get("color_temp") is not None:
        limits = limits_of(ask.device, ask.endpoint)
        mired = loose_number(preset_of(message["color_temp"], limits), "color_temp")
        fields[MIRED], new["color_temp"], new["color_mode"] = u16(mired), tidy(mired), "color_temp"
    transition = transition_of(ask, "state")
    if fields and transition.specified:
        fields[FADE] = u16(transition.tenths)
    return fields, new


def _keep_or_end_effect(ask: Ask, fields: dict[str, bytes], new: JsonObject) -> None:
    """A new colour ends the effect, unless the option says that the effect takes it over."""
    if "color_mode" not in new or ask.message.get("effect") is not None:
        return
    running = known(ask, "effect")
    if ask.device.options.get("effect_color_mode") == "update" and running in EFFECTS:
        fields[EFFECT], new["effect"] = u8(EFFECTS[running]), running
    else:
        new["effect"] = "none"


def _own_fields(ask: Ask) -> tuple[dict[str, bytes], JsonObject]:
    """Return the fields of the keys that only this cluster has."""
    fields, new = dict[str, bytes](), JsonObject()
    if ask.message.get("effect_speed") is not None and ask.message.get("effect") is None:
        speed = _speed(ask.message["effect_speed"])
        fields[SPEED] = u8(speed * 255)
    if ask.message.get("effect_color") is not None:
        xy = colour_of(ask.message["effect_color"])
        fields[XY], new["color"], new["color_mode"] = _xy_field(xy), {"x": tidy(xy.x), "y": tidy(xy.y)}, "xy"
        running = known(ask, "effect")
        if running in EFFECTS:
            fields[EFFECT], new["effect"] = u8(EFFECTS[running]), running
    return fields, new


def _send_native(ask: Ask) -> Conversation:
    fields, new = _native_fields(ask)
    _keep_or_end_effect(ask, fields, new)
    own, more = _own_fields(ask)
    yield from _send_and_tell(ask, {**fields, **own}, {**new, **more})


def _send_own(ask: Ask) -> Conversation:
    fields, new = _own_fields(ask)
    fade = ask.device.options.get("transition")
    if fields and fade not in (None, ""):
        fields[FADE] = u16(loose_number(fade, "transition") * 10)
    yield from _send_and_tell(ask, fields, new)


def _send_and_tell(ask: Ask, fields: Mapping[str, bytes], new: JsonObject) -> Conversation:
    if not fields:
        return
    later = {BRIGHTNESS: fields[BRIGHTNESS]} if EFFECT in fields and BRIGHTNESS in fields else {}
    yield from _send_fields(ask, {name: value for name, value in fields.items() if name not in later})
    if later:  # an effect sets a brightness of its own when it starts
        yield from _send_fields(ask, later)
    old = {key: value for key in KEYS if (value := known(ask, key)) is not None}
    enabled = ask.device.options.get("color_sync") is not False
    yield Merge({**new, **synced(new, old, limits_of(ask.device, ask.endpoint), enabled)})


def is_native(device: Device, endpoint: int) -> bool:
    """Tell whether the household wants the lamp controlled through its own cluster, and the lamp has it."""
    return device.options.get("hue_native_control") is True and has_cluster(device, endpoint)


def has_cluster(device: Device, endpoint: int) -> bool:
    """Tell whether the lamp has the cluster; old ones do not."""
    there = device.description.endpoints.get(endpoint)
    return there is not None and CLUSTER in there.input_clusters


def _sender(standard: tuple[Sender, ...]) -> Sender:
    """Return one sender for all keys that the cluster knows; by default it passes them on to the standard ones."""
    chosen = [sender for sender in standard if "state" in sender.keys or "color_temp" in sender.keys]
    keys = tuple(key for sender in chosen for key in sender.keys if key not in TIMES)

    def send(ask: Ask) -> Conversation:
        if is_native(ask.device, ask.endpoint):
            yield from _send_native(ask)
            return
        for sender in _in_order(chosen, ask):
            first = next(key for key in sender.keys if key in ask.message)
            if sender.set is not None:
                yield from sender.set(replace(ask, key=first, value=ask.message[first]))
        yield from _send_own(ask)

    def get(ask: Ask) -> Conversation:
        if has_cluster(ask.device, ask.endpoint):
            try:
                yield read(ask.endpoint, STATE)
            except RequestFailed as error:
                yield Log(level="debug", event="read_failed", fields={"error": str(error)})
            return
        for sender in chosen:
            if ask.key in sender.keys and sender.get is not None:
                yield from sender.get(ask)

    return Sender((*keys, *OWN_KEYS), set=send, get=get)


def _in_order(senders: list[Sender], ask: Ask) -> list[Sender]:
    """On before colour, colour before off."""
    asked = [sender for sender in senders if any(key in ask.message for key in sender.keys)]
    state = ask.message.get("state")
    goes_off = isinstance(state, str) and state.lower() == "off"
    return sorted(asked, key=lambda sender: ("state" in sender.keys) == goes_off)


# ---- reports ---------------------------------------------------------------------------------------------------------


def receive_state(frame: Frame, device: Device) -> Effects:
    """Publish what the lamp says of itself in its own way."""
    record = frame.attributes.get(STATE.id)
    octets = b"" if record is None or record.octets is None else record.octets
    raw = decode_state(octets) if len(octets) > 1 else None
    if raw is None:
        return
    fields = {name: int.from_bytes(value[:2], "little") for name, value in raw.items()}
    payload: JsonObject = {"philips_raw": octets.hex()}
    if ON in fields:
        payload["state"] = "ON" if fields[ON] else "OFF"
    if BRIGHTNESS in fields:
        payload["brightness"] = fields[BRIGHTNESS]
    if MIRED in fields:
        payload["color_temp"], payload["color_mode"] = fields[MIRED], "color_temp"
    if XY in fields:
        x, y = (int.from_bytes(raw[XY][at : at + 2], "little") / 65535 for at in (0, 2))
        payload["color"], payload["color_mode"] = {"x": rounded(x, 4), "y": rounded(y, 4)}, "xy"
    if FADE in fields:
        payload["transition"] = tidy(fields[FADE] / 10)
    if EFFECT in fields:
        names = {number: name for name, number in EFFECTS.items()} | {0: "none"}
        payload["effect"] = names.get(fields[EFFECT], f"unknown_{fields[EFFECT]:#x}")
    if SPEED in fields:
        payload["effect_speed"] = rounded(fields[SPEED] / 255, 4)
    yield Merge(payload)


# ---- the part --------------------------------------------------------------------------------------------------------

NATIVE_CONTROL = binary(
    "hue_native_control",
    SET,
    description="Set on/off, brightness and colour with one command of the manufacturer instead of standard ones (default false)",
)
EFFECT_COLOR_MODE = enum(
    "effect_color_mode",
    ("stop", "update"),
    SET,
    description="Whether a new colour stops a running effect or is taken over by it (needs native control)",
)
META = {"turns_off_at_brightness_1": True}


def _effect_exposes(colour: bool) -> tuple[Expose, ...]:
    standard = ("blink", "breathe", "okay", "channel_change", "candle", *(("fireplace", "colorloop") if colour else ()))
    later = ("sunset", "sunrise", "sparkle", "opal", "glisten", "underwater", "cosmos", "sunbeam", "enchant")
    speed_about = "Speed of the running effect, 0 is slowest and 1 fastest"
    return (
        enum("effect", (*standard, *later, *STOPS), STATE_SET),
        numeric("effect_speed", STATE_SET, minimum=0, maximum=1, step=0.01, description=speed_about),
        text("effect_color", SET, description="Colour of the running effect, in any notation of colours"),
    )


def light(*, temperature: lights.Mired | None = None, colour: bool = False) -> Part:
    """Return a Hue lamp; its definition needs `META`."""
    part = lights.light(temperature=temperature, colour=colour, hue=colour, enhanced_hue=colour, effect=False)
    sender = _sender(part.senders)
    others = tuple(
        replace(other, keys=rest)
        for other in part.senders
        if (rest := tuple(k for k in other.keys if k not in sender.keys))
    )
    return replace(
        part,
        exposes=(*part.exposes, *_effect_exposes(colour)),
        receivers=(*part.receivers, Receiver(CLUSTER, REPORTS, receive_state)),
        senders=(sender, *others, Sender(("effect",), set=send_effect)),
        options=(NATIVE_CONTROL, EFFECT_COLOR_MODE, usual.TRANSITION),
        custom_clusters=own_clusters("philips"),
    )
