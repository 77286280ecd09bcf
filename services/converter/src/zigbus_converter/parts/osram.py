"""What lamps of OSRAM and LEDVANCE do in their own way: fading by default, and what they are like after a power cut."""

from __future__ import annotations

from dataclasses import replace

from zigbus.contract.events import AttributeValue
from zigbus_converter.definition import Ask, Part, Sender
from zigbus_converter.effects import Conversation, Write
from zigbus_converter.parts import light as lights
from zigbus_converter.parts.base import invoke, number, rounded
from zigbus_converter.parts.own import own_clusters
from zigbus_converter.parts.zcl import LEVEL, U16

CODE = 0x110C
CLUSTER = 0xFC0F
SAVE_START_UP, RESET_START_UP = 0x01, 0x02
FADE_ON, FADE_OFF = 0x0012, 0x0013  # tenths of a second
LEAST_FADE = 1


def _send_fade(ask: Ask) -> Conversation:
    """Write how long the lamp fades by itself, in steps of half a second; 0 leaves it as it is."""
    if not ask.value:
        return
    seconds = number(ask.value, ask.key)
    tenths = int(rounded(seconds * 2) * 5) if seconds > 1 else LEAST_FADE
    records = tuple(AttributeValue(id=field, type=U16, value=tenths) for field in (FADE_ON, FADE_OFF))
    yield Write(endpoint=ask.endpoint, cluster=LEVEL, attributes=records)


def _send_start_up(ask: Ask) -> Conversation:
    """Keep the present state for the next power-up, or forget the one that is kept."""
    if isinstance(ask.value, bool):
        yield invoke(ask, CLUSTER, SAVE_START_UP if ask.value else RESET_START_UP, manufacturer=CODE)


def light(temperature: lights.Mired | None = None, *, colour: bool = False) -> Part:
    """Return a lamp; its own settings can be set, but are not shown."""
    part = lights.light(
        temperature=temperature, start_up_temperature=False, colour=colour, hue=colour, power_on_behaviour=False
    )
    own = (
        Sender(("set_transition", "osram_set_transition"), set=_send_fade),
        Sender(("remember_state", "osram_remember_state"), set=_send_start_up),
    )
    return replace(part, senders=(*part.senders, *own), custom_clusters=own_clusters("osram"))
