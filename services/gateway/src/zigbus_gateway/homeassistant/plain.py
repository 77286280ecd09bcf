"""Entities from exposes that stand for one value: switch, lock, binary, numeric, enum, text, list, composite."""

from __future__ import annotations

from collections.abc import Sequence

from zigbus.contract.base import JsonObject
from zigbus.contract.definitions import Expose
from zigbus_gateway.homeassistant import tables
from zigbus_gateway.homeassistant.actions import EVENT_TEMPLATE, event_types
from zigbus_gateway.homeassistant.draft import (
    Draft,
    Subject,
    at_endpoint,
    feature,
    given,
    is_published,
    is_settable,
    label_at,
    name_at,
    property_of,
    text,
    value_of,
)
from zigbus_gateway.homeassistant.siren import siren

LONGEST_STATE = 254  # characters that Home Assistant takes as a state
UNIT_LOOKS: dict[str, tables.Look] = {
    unit: {"device_class": device_class, "state_class": state_class}
    for units, device_class, state_class in (
        (("Wh", "kWh"), "energy", "total_increasing"),
        (("A", "mA"), "current", "measurement"),
        (("mW", "W", "kW"), "power", "measurement"),
    )
    for unit in units
}
PARTS_UNITS = ("ppb", "ppm")  # of volatile compounds: Home Assistant has another class for them


def switch(exposes: Sequence[Expose], subject: Subject) -> list[Draft]:
    """A switch; some have an entity of their own beside the main one."""
    expose, endpoint = exposes[0], subject.endpoint_of(exposes[0])
    state = feature(expose, "state", kind="binary")
    if state is None:
        return []
    key, look = subject.property_of(state), tables.SWITCH.get(subject.property_of(state))
    payload: JsonObject = {
        "name": name_at(endpoint),
        "state_topic": subject.state_topic(),
        "command_topic": subject.command_topic(endpoint, key if look is not None else None),
        "value_template": value_of(key),
        **given(payload_on=state.value_on, payload_off=state.value_off),
    }
    if look is not None:
        payload |= given(name=expose.label, state_on=state.value_on, state_off=state.value_off) | look
    return [Draft("switch", at_endpoint("switch", endpoint) if look is None else key, payload, {key: None})]


def lock(exposes: Sequence[Expose], subject: Subject) -> list[Draft]:
    """A lock."""
    endpoint, state = subject.endpoint_of(exposes[0]), feature(exposes[0], "state", kind="binary")
    if state is None:
        return []
    key = subject.property_of(state)
    payload: JsonObject = {
        "name": name_at(endpoint),
        "state_topic": subject.state_topic(),
        "command_topic": subject.command_topic(endpoint, key if endpoint else None),
        "value_template": value_of(key),
        **given(state_locked=state.value_on, state_unlocked=state.value_off),
    }
    return [Draft("lock", at_endpoint("lock", endpoint), payload, {key: None})]


def binary(exposes: Sequence[Expose], subject: Subject) -> list[Draft]:
    """A value with two words: a switch if it can be set."""
    expose, key, name = exposes[0], property_of(exposes[0]), exposes[0].name or ""
    payload = _shown(expose, subject)
    if not is_settable(expose):
        payload |= given(payload_on=expose.value_on, payload_off=expose.value_off)
        draft = Draft("binary_sensor", at_endpoint(name, expose.endpoint), payload, {key: None})
    else:
        payload |= _commanded(expose, subject)
        payload |= {"payload_on": text(expose.value_on), "payload_off": text(expose.value_off)}
        if isinstance(expose.value_on, bool):
            payload["value_template"] = f'{{{{ "true" if value_json["{key}"] else "false" }}}}'
        draft = Draft("switch", at_endpoint(f"switch_{name}", expose.endpoint), payload, {key: None})
    payload |= tables.BINARY.get(name, {})
    return [draft]


def numeric(exposes: Sequence[Expose], subject: Subject) -> list[Draft]:
    """A number."""
    expose, key, name = exposes[0], property_of(exposes[0]), exposes[0].name or ""
    payload = _shown(expose, subject) | given(unit_of_measurement=expose.unit or None)
    if is_settable(expose):
        look = dict(tables.NUMERIC.get(name, {}))
        if look.get("device_class") != "temperature":
            look.pop("device_class", None)
        payload |= _commanded(expose, subject) | given(step=expose.value_step or None) | look
        payload |= given(min=expose.value_min, max=expose.value_max)
        return [Draft("number", at_endpoint(name, expose.endpoint), payload, {key: None})]
    row = "voc_parts" if name == "voc" and expose.unit in PARTS_UNITS else name
    payload |= {"enabled_by_default": True} | tables.NUMERIC.get(row, {}) | UNIT_LOOKS.get(expose.unit or "", {})
    if "unit_of_measurement" not in payload:
        payload.pop("device_class", None)  # Home Assistant warns of a class without unit
    return [Draft("sensor", at_endpoint(name, expose.endpoint), payload, {key: None})]


def enum(exposes: Sequence[Expose], subject: Subject) -> list[Draft]:
    """A choice of words: a button with one word, a select with several, a sensor if it cannot be set."""
    expose, key = exposes[0], property_of(exposes[0])
    drafts = _action_event(expose, subject) if key == "action" else []
    if key == "action" and not subject.action_sensor:
        return drafts
    words, look, payload = [text(value) for value in expose.values or ()], _enum_look(expose), _shown(expose, subject)
    if not is_published(expose):
        del payload["value_template"], payload["state_topic"]
    if is_settable(expose) and len(words) == 1:
        pressed = given(name=payload.get("name")) | _commanded(expose, subject) | {"payload_press": words[0]}
        drafts.append(Draft("button", key, pressed | look, {key: None}))
    elif is_settable(expose):
        payload |= _commanded(expose, subject) | {"options": words} | look
        drafts.append(Draft("select", key, payload, {key: None}))
    elif is_published(expose):
        diagnostic = {"entity_category": "diagnostic"} if key == "action" else {}
        drafts.append(Draft("sensor", key, payload | diagnostic | look, {key: None}))
    return drafts


def words(exposes: Sequence[Expose], subject: Subject) -> list[Draft]:
    """Text, a list or a composite; a warning device is a siren."""
    expose, key = exposes[0], property_of(exposes[0])
    if expose.type == "composite" and expose.name == "warning" and is_settable(expose):
        return [siren(expose, subject)]
    look, payload = tables.TEXT.get(expose.name or "", {}), _shown(expose, subject)
    if expose.type == "text" and is_settable(expose):
        if not is_published(expose):
            del payload["state_topic"]
        return [Draft("text", key, payload | _commanded(expose, subject) | look, {key: None})]
    if not is_published(expose):
        return []
    payload["value_template"] = f'{{{{ (value_json["{key}"] | default("", true) | string)[:{LONGEST_STATE}] }}}}'
    return [Draft("sensor", key, payload | look, {key: None})]


def _shown(expose: Expose, subject: Subject) -> JsonObject:
    """Name and value of an entity beside others."""
    return given(
        name=label_at(expose, expose.endpoint),
        state_topic=subject.state_topic(),
        value_template=value_of(property_of(expose)),
    )


def _commanded(expose: Expose, subject: Subject) -> JsonObject:
    return {"command_topic": subject.command_topic(expose.endpoint, property_of(expose))}


def _enum_look(expose: Expose) -> tables.Look:
    return tables.ENUM.get(expose.name or "", {})


def _action_event(expose: Expose, subject: Subject) -> list[Draft]:
    """An event entity for actions, if wanted."""
    if not subject.action_events or not is_published(expose) or is_settable(expose):
        return []
    types = event_types(text(value) for value in expose.values or ())
    payload = _shown(expose, subject) | {"event_types": types, "value_template": EVENT_TEMPLATE} | _enum_look(expose)
    return [Draft("event", property_of(expose), payload)]
