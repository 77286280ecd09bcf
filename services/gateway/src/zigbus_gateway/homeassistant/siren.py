"""A warning device as a siren."""

from __future__ import annotations

from zigbus.contract.base import JsonObject
from zigbus.contract.definitions import Expose
from zigbus_gateway.homeassistant.draft import (
    Draft,
    Subject,
    at_endpoint,
    choose,
    feature,
    name_at,
    property_of,
    text,
)

LEVELS = ((0.25, "low"), (0.5, "medium"), (0.75, "high"))  # up to this volume; above: very high
SECONDS = 10  # how long it warns if nobody says
LEVEL_TEMPLATE = choose(
    ("volume_level is not defined", "medium"),
    *((f"volume_level | float <= {limit}", level) for limit, level in LEVELS),
    otherwise="very_high",
)
ON_TEMPLATE = (
    '{"warning": {"mode": "{{ tone | default("emergency") }}", "level": "'
    + LEVEL_TEMPLATE
    + f'", "duration": {{{{ duration | default({SECONDS}) }}}}}}}}'
)
OFF_TEMPLATE = '{"warning": {"mode": "stop"}}'


def siren(expose: Expose, subject: Subject) -> Draft:
    """Return the siren; nobody tells whether it sounds, so Home Assistant assumes it."""
    endpoint, mode = subject.endpoint_of(expose), feature(expose, "mode", kind="enum")
    payload: JsonObject = {
        "name": name_at(endpoint),
        "command_topic": subject.command_topic(endpoint),
        "command_template": ON_TEMPLATE,
        "command_off_template": OFF_TEMPLATE,
        "optimistic": True,
    }
    tones = [text(value) for value in (mode.values if mode is not None else None) or () if value != "stop"]
    if tones:
        payload["available_tones"] = tones
    if feature(expose, "level", kind="enum") is not None:
        payload["support_volume_set"] = True
    if feature(expose, "duration", kind="numeric") is not None:
        payload["support_duration"] = True
    return Draft("siren", at_endpoint("siren", endpoint), payload, {property_of(expose): None})
