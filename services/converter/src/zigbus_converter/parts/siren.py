"""Sirens of the IAS warning cluster: the key `warning`."""

from __future__ import annotations

from zigbus_converter import expose
from zigbus_converter.definition import Ask, Part, Sender
from zigbus_converter.effects import Conversation
from zigbus_converter.expose import SET, binary, enum, numeric
from zigbus_converter.parts.base import invalid, invoke, looked_up, loose_number, type_name, u8, u16
from zigbus_converter.parts.zcl import IAS_WARNING

START_WARNING = 0x00
MODES = {"stop": 0, "burglar": 1, "fire": 2, "emergency": 3, "police_panic": 4, "fire_panic": 5, "emergency_panic": 6}
LEVELS = {"low": 0, "medium": 1, "high": 2, "very_high": 3}
USUAL_DURATION_S = 10

_WARNING = expose.composite(
    "warning",
    (
        enum("mode", tuple(MODES), SET, description="Kind of the warning"),
        enum("level", tuple(LEVELS), SET, description="How loud it is"),
        enum("strobe_level", tuple(LEVELS), SET, description="How bright the flashes are"),
        binary("strobe", SET, description="Whether it flashes, too"),
        numeric(
            "strobe_duty_cycle", SET, minimum=0, maximum=10, description="Share of a flash in its cycle, in tenths"
        ),
        numeric("duration", SET, unit="s", description="How long it lasts"),
    ),
    SET,
)


def _send_warning(ask: Ask) -> Conversation:
    wish = ask.value
    if not isinstance(wish, dict):
        raise invalid(f"'warning' is not an object, got {type_name(wish)}", key="warning", value=wish)
    mode = looked_up(wish.get("mode") or "emergency", MODES)
    level = looked_up(wish.get("level") or "medium", LEVELS)
    flashes = wish.get("strobe", True) not in (False, None)
    flash_level = 1 if wish.get("strobe_level") is None else looked_up(wish["strobe_level"], LEVELS)
    seconds = wish.get("duration")
    cycle = loose_number(wish.get("strobe_duty_cycle") or 0, "strobe_duty_cycle") * 10
    duration = USUAL_DURATION_S if seconds is None else loose_number(seconds, "duration")
    info = mode << 4 | flashes << 2 | level
    yield invoke(ask, IAS_WARNING, START_WARNING, u8(info) + u16(duration) + u8(cycle) + u8(flash_level))


def warning() -> Part:
    """Return the warning that a siren gives."""
    return Part(exposes=(_WARNING,), senders=(Sender(("warning",), set=_send_warning),))
