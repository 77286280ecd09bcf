"""Fans: with modes that stand for speeds, or with a speed."""

from __future__ import annotations

from collections.abc import Sequence

from zigbus.contract.base import JsonObject
from zigbus.contract.definitions import Expose
from zigbus_gateway.homeassistant.draft import Draft, Subject, feature, given, property_of, text
from zigbus_gateway.homeassistant.models import FAN_MODES

SPEEDS = ("low", "medium", "high", *"123456789")  # modes that are speeds, slowest first; "off" is none
PRESETS = ("on", "auto", "smart")


def fan(exposes: Sequence[Expose], subject: Subject) -> list[Draft]:
    """A fan. Home Assistant wants percentages; it maps them to the range given here."""
    expose = exposes[0]
    mode, speed = feature(expose, "mode", kind="enum"), feature(expose, "speed", kind="numeric")
    if expose.endpoint is not None or (mode is None) == (speed is None):
        return []
    payload: JsonObject = {"name": None, "state_topic": subject.state_topic()}
    if mode is not None:
        payload |= _with_modes(mode, subject)
    elif speed is not None:
        payload |= _with_speed(speed, subject)
    return [Draft("fan", "fan", payload, {"fan_state": None})]


def _with_modes(mode: Expose, subject: Subject) -> JsonObject:
    words = [text(value) for value in mode.values or ()]
    speeds, presets = FAN_MODES.get(subject.model or "", (SPEEDS, PRESETS))
    steps = ["off", *(word for word in speeds if word in words)]
    offered = [word for word in presets if word in words]
    value = f'value_json["{property_of(mode)}"]'
    by_word = ", ".join(f'"{word}": {place}' for place, word in enumerate(steps))
    by_place = ", ".join(f'{place}: "{word}"' for place, word in enumerate(steps))
    payload: JsonObject = {
        "command_topic": subject.command_topic(key="fan_state"),
        "state_value_template": "{{ value_json.fan_state }}",
        "percentage_state_topic": subject.state_topic(),
        "percentage_command_topic": subject.command_topic(key="fan_mode"),
        "percentage_value_template": f'{{{{ {{{by_word}}}.get({value}, "None") }}}}',
        "percentage_command_template": f'{{{{ {{{by_place}}}.get(value, "") }}}}',
        "speed_range_min": 1,
        "speed_range_max": len(steps) - 1,
    }
    if not offered:
        return payload
    listed = ", ".join(f'"{word}"' for word in offered)
    return payload | {
        "preset_mode_state_topic": subject.state_topic(),
        "preset_mode_command_topic": subject.command_topic(key="fan_mode"),
        "preset_mode_value_template": f'{{{{ {value} if {value} in [{listed}] else "None" }}}}',
        "preset_modes": offered,
    }


def _with_speed(speed: Expose, subject: Subject) -> JsonObject:
    return {
        "command_topic": subject.command_topic(key="state"),
        "state_value_template": "{{ value_json.state }}",
        "percentage_state_topic": subject.state_topic(),
        "percentage_command_topic": subject.command_topic(key="speed"),
        "percentage_value_template": f'{{{{ value_json["{property_of(speed)}"] | default("None") }}}}',
        "percentage_command_template": '{{ value | default("") }}',
        **given(speed_range_min=speed.value_min, speed_range_max=speed.value_max),
    }
