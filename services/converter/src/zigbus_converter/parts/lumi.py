"""Xiaomi and Aqara (`lumi.*`): attribute structs, the manufacturer's cluster, buttons, knob, and their peculiarities.

Facts: seeds.md 1-3. All of these attributes belong to manufacturer code 0x115F.
"""

from __future__ import annotations

import struct as binary
from collections.abc import Callable, Iterable, Mapping

from zigbus.contract.base import Json, JsonObject, RequestFailed
from zigbus.contract.definitions import Expose
from zigbus.contract.events import AttributeValue
from zigbus_converter import expose
from zigbus_converter.definition import Ask, ConfigureStep, Device, Frame, Part, Receiver, Sender
from zigbus_converter.effects import Conversation, Effects, Log, Merge, Publish, Remember, Write
from zigbus_converter.expose import ALL, GET, SET, STATE, STATE_SET
from zigbus_converter.parts import usual
from zigbus_converter.parts.base import REPORTS, clamped, getter, looked_up, named, read, rounded, taken, write
from zigbus_converter.parts.own import own_clusters
from zigbus_converter.parts.switch import send_state
from zigbus_converter.parts.zcl import BASIC, OCTETS, ON_OFF, SWITCHED, TEXT, U8, U16, Attribute

CODE = 0x115F
CLUSTER = 0xFCC0  # manuSpecificLumi
MULTISTATE_INPUT = 0x0012
PRESENT_VALUE = 0x0055
MAIN_ENDPOINT = 1

MODE = Attribute(CLUSTER, 0x0009, U8, CODE)
STRUCT = Attribute(CLUSTER, 0x00F7, OCTETS, CODE)
KNOB_SENSITIVITY = Attribute(CLUSTER, 0x0234, U16, CODE)
BASIC_STRUCT = Attribute(BASIC, 0xFF01, TEXT, CODE)
RELAY_MODE = Attribute(BASIC, 0xFF22, U8, CODE)
RESET_GUARD = Attribute(BASIC, 0xFFF0, OCTETS, CODE)
CAUSE = 0xF000  # beside onOff: why it changed; such a report is no press of the button

Tags = Mapping[int, Json]
TagReader = Callable[[Tags], JsonObject]


# ---- attribute structs (seeds 3) ---------------------------------------------------------------------------------------

_SIZES = {
    **dict.fromkeys((0x10, 0x20, 0x28), 1),
    **dict.fromkeys((0x21, 0x29), 2),
    **dict.fromkeys((0x22, 0x2A), 3),
    **dict.fromkeys((0x23, 0x2B, 0x39), 4),
    **dict.fromkeys((0x24, 0x2C), 5),
    **dict.fromkeys((0x25, 0x2D), 6),
    **dict.fromkeys((0x26, 0x2E), 7),
    **dict.fromkeys((0x27, 0x2F, 0x3A), 8),
}
_SIGNED = range(0x28, 0x30)
_FLOATS = {0x39: "<f", 0x3A: "<d"}
_BIG_ENDIAN = (0x27, 0x2F)  # the original reads 64-bit integers so


def decode_struct(octets: bytes) -> tuple[dict[int, Json], bool]:
    """Return the tagged values of a struct, and whether it could be decoded to its end.

    The struct is tag u8, ZCL type u8, value, repeated. At an unknown type or a value cut short it ends.
    """
    tags: dict[int, Json] = {}
    position = 0
    while position < len(octets):
        kind = octets[position + 1] if position + 1 < len(octets) else -1
        size = _SIZES.get(kind)
        raw = octets[position + 2 : position + 2 + (size or 0)]
        if size is None or len(raw) < size:
            return tags, False
        tags[octets[position]] = _value(kind, raw)
        position += 2 + size
    return tags, True


def _value(kind: int, raw: bytes) -> Json:
    if kind in _FLOATS:
        return binary.unpack(_FLOATS[kind], raw)[0]
    if kind == 0x10:
        return raw != b"\0"
    return int.from_bytes(raw, "big" if kind in _BIG_ENDIAN else "little", signed=kind in _SIGNED)


def struct_attribute(*readers: TagReader, exposes: Iterable[Expose] = (), attribute: Attribute = STRUCT) -> Part:
    """Return the part that publishes what `readers` make of the tags of a struct attribute; other tags are ignored."""

    def receive(frame: Frame, device: Device) -> Effects:
        record = frame.attributes.get(attribute.id)
        if record is None or record.octets is None:
            return
        tags, whole = decode_struct(record.octets)
        if not whole:
            yield Log(
                level="debug", event="parse_error", fields={"what": "lumi struct", "octets": record.octets[:64].hex()}
            )
        payload = {key: value for reader in readers for key, value in reader(tags).items()}
        if payload:
            yield Merge(payload)

    return Part(exposes=tuple(exposes), receivers=(Receiver(attribute.cluster, REPORTS, receive),))


def battery(*, empty_mv: int = 2850, full_mv: int = 3000) -> TagReader:
    """Read tag 1 (mV) as `voltage` and, linear between empty and full, as `battery`."""

    def reader(tags: Tags) -> JsonObject:
        millivolt = tags.get(1)
        if not isinstance(millivolt, int):
            return {}
        share = (clamped(millivolt, empty_mv, full_mv) - empty_mv) / (full_mv - empty_mv)
        return {"battery": rounded(share * 100), "voltage": millivolt}

    return reader


def tag(number: int, key: str, *, divisor: float = 1, digits: int = 2, offset: float = 0) -> TagReader:
    """Read one numeric tag as a property: divided, shifted and rounded."""

    def reader(tags: Tags) -> JsonObject:
        value = tags.get(number)
        return {key: rounded(value / divisor + offset, digits)} if isinstance(value, int | float) else {}

    return reader


BATTERY_EXPOSES = (usual.battery(), usual.battery_voltage())


# ---- settings ------------------------------------------------------------------------------------------------------------


def choice(
    name: str,
    attribute: Attribute,
    values: Mapping[str, int],
    access: int = ALL,
    *,
    shown: Iterable[str] | None = None,
    description: str,
    at_set_up: ConfigureStep | None = None,
) -> Part:
    """Return a setting with a word for each value of an attribute on endpoint 1; `shown`: the words in another order.

    A set also takes `{"state": WORD}`, as devices with a setting per endpoint do.
    """

    def receive(frame: Frame, device: Device) -> Effects:
        word = named(frame.value(attribute.id), values) if frame.value(attribute.id) is not None else None
        return (Merge({name: word}),) if word is not None else ()

    def send(ask: Ask) -> Conversation:
        wanted = ask.value.get("state") if isinstance(ask.value, dict) else ask.value
        raw = looked_up(wanted, values)
        yield write(MAIN_ENDPOINT, attribute, raw)
        yield taken(name, named(raw, values))

    return Part(
        exposes=(expose.enum(name, shown or values, access, description=description),),
        receivers=(Receiver(attribute.cluster, REPORTS, receive),),
        senders=(Sender((name,), set=send if access & SET else None, get=getter(attribute) if access & GET else None),),
        configure=() if at_set_up is None else (at_set_up,),
    )


def write_at_set_up(attribute: Attribute, value: int) -> ConfigureStep:
    """Return the step that writes one attribute of endpoint 1."""

    def step(device: Device) -> Conversation:
        yield write(MAIN_ENDPOINT, attribute, value)

    return step


def read_at_set_up(attribute: Attribute) -> ConfigureStep:
    """Return the step that reads one attribute of endpoint 1."""

    def step(device: Device) -> Conversation:
        yield read(MAIN_ENDPOINT, attribute)

    return step


# ---- reset guard (seeds 1.5) -------------------------------------------------------------------------------------------

_ABOUT_TO_RESET = bytes.fromhex("aa10054187")
_DO_NOT = bytes.fromhex("aa1005414701011001")


def _guard(frame: Frame, device: Device) -> Effects:
    """A long press elsewhere makes the device announce that it will leave; this answer makes it stay."""
    record = frame.attributes.get(RESET_GUARD.id)
    if record is None or not (record.octets or b"").startswith(_ABOUT_TO_RESET):
        return ()
    answer = AttributeValue(id=RESET_GUARD.id, type=RESET_GUARD.type, octets=_DO_NOT)
    return (Write(endpoint=MAIN_ENDPOINT, cluster=BASIC, attributes=(answer,), manufacturer=CODE),)


def reset_guard() -> Part:
    """Return the part that keeps the device from resetting itself."""
    return Part(receivers=(Receiver(BASIC, ("report",), _guard),))


# ---- wall switch with one rocker (seeds 1) -------------------------------------------------------------------------------

BUTTON_ENDPOINTS = (4, 5, 6)  # 4 is the rocker; 5 and 6 belong to larger models of the same firmware
LEGACY = expose.binary(
    "legacy",
    SET,
    description="With false the deprecated click is not published any more, as new set-ups should have it (default true)",
)


def _clicks(device: Device, frame: Frame) -> JsonObject:
    """The deprecated `click`, where the line of 2023 published it and the household did not switch it off."""
    wanted = device.options.get("legacy") is not False and frame.kind == "report" and CAUSE not in frame.attributes
    return {"click": "single"} if wanted else {}


def _relay(frame: Frame, device: Device) -> Effects:
    value = frame.value(SWITCHED.id)
    if value is None or frame.endpoint in BUTTON_ENDPOINTS:
        return ()
    return (Merge({"state": "ON" if value == 1 else "OFF", **_clicks(device, frame)}),)


def _button(frame: Frame, device: Device) -> Effects:
    value = frame.value(SWITCHED.id)
    if value is None or CAUSE in frame.attributes:
        return
    click, held = _clicks(device, frame), f"held/{frame.endpoint}"
    if frame.endpoint != BUTTON_ENDPOINTS[0]:
        if click:
            yield Merge(click)
    elif value == 0:
        yield Remember(key=held, value=True)
        yield Merge({"action": "hold", **click})
    elif value == 1:
        yield Merge({"action": "hold_release" if device.memory.get(held) else "single", **click})
        yield Publish({"action": "release"})
        yield Remember(key=held)
    elif value == 2:
        yield Merge({"action": "double", **click})
        yield Remember(key=held)


def _switch(ask: Ask) -> Conversation:
    """Switch the relay. Endpoint 1 (`system`) has none and refuses; what was asked for is published all the same."""
    try:
        yield from send_state(ask)
    except RequestFailed as error:
        if ask.endpoint != MAIN_ENDPOINT or "status" not in error.failure.facts:
            raise
        yield taken("state", str(ask.message["state"]).upper())


def single_rocker() -> Part:
    """Return relay and rocker of a one-gang switch: `state`, `action` and the deprecated `click`."""
    return Part(
        exposes=(expose.switch(), usual.action("release", "hold", "double", "single", "hold_release")),
        receivers=(
            Receiver(ON_OFF, REPORTS, _relay),
            Receiver(ON_OFF, ("report",), _button, endpoints=BUTTON_ENDPOINTS),
        ),
        senders=(Sender(("state", "on_time", "off_wait_time"), set=_switch, get=getter(SWITCHED)),),
    )


def relay_mode() -> Part:
    """Return the choice between a rocker that switches the relay and one that only sends actions."""
    values = {"control_relay": 0x12, "decoupled": 0xFE}
    return choice("operation_mode", RELAY_MODE, values, STATE_SET, description="Decoupled mode")


# ---- knob (seeds 2) ------------------------------------------------------------------------------------------------------

PRESSES = {0: "hold", 1: "single", 2: "double", 255: "release"}
ROTATIONS = {1: "start_rotating", 2: "rotation", 3: "stop_rotating"}
ROTATION_STATE = 0x023A
_PRESSED = 0x80
_ROTATION_NUMBERS = (
    (0x022E, "action_rotation_angle", "Rotation angle", "*"),
    (0x0230, "action_rotation_angle_speed", "Rotation angle speed", "*"),
    (0x0233, "action_rotation_percent", "Rotation percent", "%"),
    (0x0232, "action_rotation_percent_speed", "Rotation percent speed", "%"),
    (0x0231, "action_rotation_time", "Rotation time", "ms"),
)


def _pressed(frame: Frame, device: Device) -> Effects:
    value = frame.value(PRESENT_VALUE)
    if value is None:
        return ()
    if value not in PRESSES:
        return (Log(level="debug", event="parse_error", fields={"what": "unknown press", "value": value}),)
    return (Merge({"action": PRESSES[value]}),)


def presses() -> Part:
    """Return the button of the knob; it repeats frames, so a frame that came already is dropped."""
    receiver = Receiver(MULTISTATE_INPUT, ("report",), _pressed, drop_repeats=True)
    return Part(exposes=(usual.action(*PRESSES.values()),), receivers=(receiver,))


def _rotated(frame: Frame, device: Device) -> Effects:
    state = frame.value(ROTATION_STATE)
    if not isinstance(state, int):
        return ()
    payload: JsonObject = {"action_rotation_button_state": "pressed" if state & _PRESSED else "released"}
    if (action := ROTATIONS.get(state & ~_PRESSED)) is not None:
        payload["action"] = action
    numbers = {key: frame.value(attribute) for attribute, key, _, _ in _ROTATION_NUMBERS}
    return (Merge({**payload, **{key: value for key, value in numbers.items() if value is not None}}),)


def rotation() -> Part:
    """Return the rotation of the knob, from whatever endpoint it comes (71: turned, 72: turned while pressed)."""
    numbers = (
        expose.numeric(key, STATE, unit=unit, description=text, category="diagnostic")
        for _, key, text, unit in _ROTATION_NUMBERS
    )
    button = expose.enum(
        "action_rotation_button_state",
        ("released", "pressed"),
        description="Button state during rotation",
        category="diagnostic",
    )
    return Part(
        exposes=(button, *numbers, usual.action(*ROTATIONS.values())),
        receivers=(Receiver(CLUSTER, ("report",), _rotated, drop_repeats=True),),
        custom_clusters=own_clusters("lumi"),
    )


def operation_mode() -> Part:
    """Return the choice between events for us and commands for bound devices; set-up chooses events."""
    return choice(
        "operation_mode",
        MODE,
        {"command": 0, "event": 1},
        shown=("event", "command"),
        description="In event mode zigbus is told of turns and presses; in command mode the knob controls what it is bound to",
        at_set_up=write_at_set_up(MODE, 1),
    )


def knob_sensitivity() -> Part:
    """Return how far the knob must be turned."""
    return choice(
        "sensitivity",
        KNOB_SENSITIVITY,
        {"low": 720, "medium": 360, "high": 180},
        description="Rotation sensitivity",
        at_set_up=read_at_set_up(KNOB_SENSITIVITY),
    )
