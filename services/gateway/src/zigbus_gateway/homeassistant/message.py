"""What all discovery messages have in common: topic, ids, device, origin, availability, and the user's own wishes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from zigbus import __version__
from zigbus.contract.base import Json, JsonObject
from zigbus_gateway.homeassistant.draft import Draft, given
from zigbus_gateway.homeassistant.models import Change

ORIGIN: JsonObject = {"name": "zigbus", "sw": __version__}
MAKER = "Zigbee2MQTT"  # identities stay those of the original, so that entities survive the change of program
IDENTIFIER = "zigbee2mqtt"
NOT_OVERRIDDEN = frozenset(("type", "object_id"))  # they change where an entity is told, not what is told


@dataclass(frozen=True, slots=True)
class Owner:
    """The device, group or bridge that entities belong to."""

    node: str  # part of the topics
    id: str  # first part of unique ids
    name: str  # friendly name
    device: JsonObject  # Home Assistant's device
    base_topic: str
    watched: bool | None = None  # whether it has availability of its own; None: the bridge
    disabled: bool = False
    overrides: JsonObject = field(default_factory=dict)  # its option `homeassistant`
    change: Change | None = None  # what its model needs
    options: JsonObject = field(default_factory=dict)


def wanted(drafts: Sequence[Draft], overrides: JsonObject) -> list[Draft]:
    """Leave out what the user does not want, note what is wished for each, apply wishes for component and object id."""
    kept = [draft for draft in drafts if not (draft.object_id in overrides and overrides[draft.object_id] is None)]
    for draft in kept:
        own = overrides.get(draft.object_id)
        if isinstance(own, dict):
            draft.wishes = own
            draft.component = own.get("type") or draft.component
            draft.object_id = own.get("object_id") or draft.object_id
    return kept


def topic_of(draft: Draft, owner: Owner) -> str:
    """Return the topic below the discovery topic."""
    return f"{draft.component}/{owner.node}/{draft.object_id}/config"


def payload_of(draft: Draft, owner: Owner, members: Sequence[str] = ()) -> JsonObject:
    """Return the whole payload. `members`: unique ids of the entities behind that of a group."""
    object_id = suggested_id(draft, owner)
    payload = {
        **draft.payload,
        "object_id": object_id,
        "default_entity_id": f"{draft.component}.{object_id}",
        "unique_id": unique_id(draft, owner),
        "device": dict(owner.device),
        "origin": ORIGIN,
    }
    if members:
        payload["group"] = list(members)
    if draft.depends:
        payload |= availability(owner)
    if owner.change is not None:
        owner.change(payload, owner.options)
    _override(payload, owner.overrides, named=False)
    _override(payload, draft.wishes, named=True)
    return payload


def unique_id(draft: Draft, owner: Owner) -> str:
    """Return what Home Assistant knows the entity by for ever."""
    return f"{owner.id}_{draft.object_id}_{owner.base_topic}"


def suggested_id(draft: Draft, owner: Owner) -> str:
    """Return what Home Assistant may call the entity: by device and object, unless the object is the device itself."""
    device = slug(str(owner.device["name"]))
    component, name = draft.component, draft.object_id
    if not name.startswith(component):
        device += f"_{name}"
    elif "_" in name:
        device += f"_{name.split('_', 1)[1]}"
    return device + draft.id_suffix


def slug(name: str) -> str:
    """Return a name as part of an entity id."""
    return re.sub(r"\s+", "_", name).lower()


def availability(owner: Owner) -> JsonObject:
    """Available if the bridge is and, if somebody watches it, the entity itself; a disabled device never is."""
    topics = [f"{owner.base_topic}/bridge/state"]
    if owner.watched:
        topics.append(f"{owner.base_topic}/{owner.name}/availability")
    template = '{{ "offline" }}' if owner.disabled else "{{ value_json.state }}"
    found: JsonObject = {"availability": [{"topic": topic, "value_template": template} for topic in topics]}
    return found if owner.watched is False else found | {"availability_mode": "all"}


def device_block(identifier: str, name: str, overrides: JsonObject, **facts: Json) -> JsonObject:
    """Return Home Assistant's device. `identifier` without its first part; `facts`: model, maker, versions, links."""
    wished = overrides.get("name")
    shown = wished if isinstance(wished, str) else name
    return {"identifiers": [f"{IDENTIFIER}_{identifier}"], "name": shown, **given(**facts)}


def encoded(base_topic: str) -> str:
    """Return the base topic as digits: the code of each of its characters (UTF-16, as the original counts them)."""
    units = base_topic.encode("utf-16-le")
    return "".join(str(int.from_bytes(units[at : at + 2], "little")) for at in range(0, len(units), 2))


def _override(payload: JsonObject, wishes: JsonObject, *, named: bool) -> None:
    """Plain values and lists replace, null removes, `device` is merged; other maps belong to single entities."""
    for key, value in wishes.items():
        if key in NOT_OVERRIDDEN or (key == "name" and not named):
            continue
        if value is None:
            payload.pop(key, None)
        elif _is_plain(value):
            payload[key] = value
        elif key == "device":
            payload["device"] |= value


def _is_plain(value: Json) -> bool:
    return isinstance(value, (str, int, float, bool, list))
