"""From what a device exposes to drafts of entities, one table for all types; groups gather what their members expose."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from zigbus.contract.base import JsonObject
from zigbus.contract.definitions import Expose
from zigbus_gateway.homeassistant import tables
from zigbus_gateway.homeassistant.climate import climate
from zigbus_gateway.homeassistant.cover import cover
from zigbus_gateway.homeassistant.draft import Draft, Subject, bare_property, feature
from zigbus_gateway.homeassistant.fan import fan
from zigbus_gateway.homeassistant.light import light
from zigbus_gateway.homeassistant.plain import binary, enum, lock, numeric, switch, words

BUILDERS: dict[str, Callable[[Sequence[Expose], Subject], list[Draft]]] = {
    "binary": binary,
    "climate": climate,
    "composite": words,
    "cover": cover,
    "enum": enum,
    "fan": fan,
    "light": light,
    "list": words,
    "lock": lock,
    "numeric": numeric,
    "switch": switch,
    "text": words,
}
GROUPED = frozenset(("light", "switch", "lock", "cover"))  # types that groups show
WITHOUT_INPUT = frozenset(("sensor", "binary_sensor"))
# What an expose says itself about Home Assistant, and the key that it sets.
HINTS = {
    "schema": "schema",
    "entityCategory": "entity_category",
    "deviceClass": "device_class",
    "enabledByDefault": "enabled_by_default",
    "icon": "icon",
    "name": "name",
}


def device_drafts(subject: Subject) -> list[Draft]:
    """Return the entities of a device, in the order of its exposes."""
    return [draft for expose in subject.exposes for draft in _drafts([expose], subject)]


def group_drafts(subject: Subject) -> list[Draft]:
    """Return the entities of a group: one for each type that members have, with the abilities of all."""
    gathered: dict[str, list[Expose]] = {}
    for expose in subject.exposes:
        if expose.type in GROUPED:
            gathered.setdefault(_group_key(expose), []).append(expose)
    drafts = [draft for exposes in gathered.values() for draft in _drafts(exposes, subject)]
    return list({(draft.component, draft.object_id): draft for draft in drafts}.values())


def _group_key(expose: Expose) -> str:
    """Switches with a property of their own are no part of the main one."""
    state = feature(expose, "state")
    if expose.type == "light" or state is None or bare_property(state) not in tables.SWITCH:
        return expose.type
    return f"{expose.type} {bare_property(state)}"


def _drafts(exposes: Sequence[Expose], subject: Subject) -> list[Draft]:
    builder = BUILDERS.get(exposes[0].type)
    drafts = builder(exposes, subject) if builder is not None else []
    for draft in drafts:
        _refine(draft, exposes[0])
        draft.endpoint = subject.endpoint_of(exposes[0])
        draft.kind = _group_key(exposes[0]) if exposes[0].type in GROUPED else ""
    return drafts


def _refine(draft: Draft, expose: Expose) -> None:
    """What the expose says itself wins over the tables; then the rules of Home Assistant for categories and names."""
    payload = draft.payload
    if expose.category is not None:
        payload["entity_category"] = expose.category
    if expose.homeassistant is not None:
        _apply_hints(draft, expose.homeassistant)
    if draft.component in WITHOUT_INPUT and payload.get("entity_category") == "config":
        payload["entity_category"] = "diagnostic"
    if draft.component == "event":
        payload.pop("entity_category", None)
    named_by_class = payload.get("device_class") is not None and payload.get("name") is not None
    if named_by_class and expose.name not in tables.KEEP_NAME:
        del payload["name"]


def _apply_hints(draft: Draft, hints: JsonObject) -> None:
    draft.component = hints.get("type", draft.component)
    draft.payload |= {key: hints[hint] for hint, key in HINTS.items() if hint in hints}
    if "valueTemplate" in hints:
        draft.payload.pop("value_template", None)
        if hints["valueTemplate"] is not None:
            draft.payload["value_template"] = hints["valueTemplate"]


def defaults_of(drafts: Iterable[Draft]) -> JsonObject:
    """Return the keys that no state message may lack, with the value they have then."""
    return {key: value for draft in drafts for key, value in draft.defaults.items()}
