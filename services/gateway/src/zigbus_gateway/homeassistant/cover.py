"""Covers: with position, tilt, and the many ways in which motors say that they move."""

from __future__ import annotations

from collections.abc import Sequence

from zigbus.contract.base import JsonObject
from zigbus.contract.definitions import Expose
from zigbus_gateway.homeassistant.draft import (
    Draft,
    Subject,
    at_endpoint,
    bare_property,
    choose,
    feature,
    name_at,
    property_of,
    text,
    value_of,
)

# Words of motors; the first one that a definition has counts.
OPENING = frozenset(("opening", "open", "forward", "up", "rising"))
CLOSING = frozenset(("closing", "close", "backward", "back", "reverse", "down", "declining"))
STOPPED = frozenset(("stopped", "stop", "pause", "paused"))
CLOSED_AT, OPEN_AT = 0, 100  # positions


def cover(exposes: Sequence[Expose], subject: Subject) -> list[Draft]:
    """A cover that can do what one of `exposes` can."""
    endpoint, state = subject.endpoint_of(exposes[0]), _first(exposes, "state")
    if state is None:
        return []
    position, tilt = _first(exposes, "position"), _first(exposes, "tilt")
    payload: JsonObject = {
        "name": name_at(endpoint),
        "state_topic": subject.state_topic(endpoint),
        "command_topic": subject.command_topic(endpoint),
        **_movement(subject, state, position),
    }
    if position is not None:
        payload |= _position(subject, position, endpoint)
    if tilt is not None:
        payload |= {
            "tilt_status_topic": subject.state_topic(endpoint),
            "tilt_status_template": value_of(bare_property(tilt)),
            "tilt_command_topic": subject.command_topic(endpoint, "tilt"),
        }
    if position is None and tilt is None:
        payload["optimistic"] = True
    return [Draft("cover", at_endpoint("cover", endpoint), payload, {property_of(state): None})]


def _first(exposes: Sequence[Expose], name: str) -> Expose | None:
    return next((found for found in (feature(expose, name) for expose in exposes) if found is not None), None)


def _position(subject: Subject, position: Expose, endpoint: str | None) -> JsonObject:
    return {
        "position_topic": subject.state_topic(endpoint),
        "position_template": value_of(bare_property(position)),
        "set_position_topic": subject.command_topic(endpoint),
        "set_position_template": f'{{ "{subject.property_of(position)}": {{{{ position }}}} }}',
    }


def _movement(subject: Subject, state: Expose, position: Expose | None) -> JsonObject:
    """How Home Assistant learns whether it moves: from the motor's word, from `running`, or not at all."""
    motor = subject.find("enum", "motor_state", "moving", published=True)
    words = _words_of(motor) if motor is not None else None
    if motor is not None and words is not None:
        opening, closing, stopped = words
        return {
            "state_opening": opening,
            "state_closing": closing,
            "state_open": "OPEN",
            "state_closed": "CLOSE",
            "state_stopped": stopped,
            "value_template": _motor_template(bare_property(motor), words, bare_property(state), position),
        }
    running = subject.find("binary", "running")
    if running is not None and position is not None:
        return {"value_template": _running_template(bare_property(running), bare_property(position))}
    return {
        "state_open": "OPEN",
        "state_closed": "CLOSE",
        "state_stopped": "STOP",
        "value_template": value_of(bare_property(state)),
    }


def _words_of(motor: Expose) -> tuple[str, str, str] | None:
    """The motor's words for opening, closing and stopped; None unless it has all three."""
    words = [text(value) for value in motor.values or ()]
    found = [next((word for word in words if word.lower() in known), "") for known in (OPENING, CLOSING, STOPPED)]
    return (found[0], found[1], found[2]) if all(found) else None


def _motor_template(motor: str, words: tuple[str, str, str], state: str, position: Expose | None) -> str:
    """At an end position that the state agrees with, the motor's word may be an old one."""
    opening, closing, stopped = words
    ends: list[tuple[str, str]] = []
    at_rest: list[tuple[str, str]] = []
    if position is not None:
        ends = [
            (f'position == {CLOSED_AT} and state == "CLOSE"', "CLOSE"),
            (f'position == {OPEN_AT} and state == "OPEN"', "OPEN"),
        ]
        known = f'motor == "{stopped}" and "{bare_property(position)}" in value_json'
        at_rest = [(known, f'{{{{ "CLOSE" if position == {CLOSED_AT} else "OPEN" }}}}')]
    values = [("motor", motor), ("state", state), *([("position", bare_property(position))] if position else [])]
    return "".join(f'{{% set {name} = value_json.get("{key}") %}}' for name, key in values) + choose(
        *ends,
        (f'motor in ["{opening}", "{closing}"]', "{{ motor }}"),
        *at_rest,
        ('state in ["OPEN", "CLOSE"]', "{{ state }}"),
        otherwise=stopped,
    )


def _running_template(running: str, position: str) -> str:
    """A motor that only says that it runs: the direction is the one that is left to go."""
    return choose(
        (f'not value_json.get("{running}")', "stopped"),
        (f'value_json["{position}"] > {CLOSED_AT}', "closing"),
        otherwise="opening",
    )
