"""What a set or get message asks of a device, key by key, in the order it is carried out (`mqtt.md` 6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from zigbus.contract.base import Failure, FailureCode, Json, JsonObject, RequestFailed
from zigbus.contract.household import ConverterSettings
from zigbus_converter.definition import Ask, Sender, SetFunction
from zigbus_converter.entity import Entity

Way = Literal["set", "get"]
LAMP_KEYS = ("state", "brightness", "brightness_percent")  # before colour; after it when the lamp goes off (6.1)


@dataclass(frozen=True, slots=True)
class Step:
    """One key: who handles it and with what, or why nobody does. `done_by`: an earlier key that takes it along."""

    key: str  # as in the message
    value: Json
    ask: Ask | None = None
    function: SetFunction | None = None
    failure: Failure | None = None
    done_by: str | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """A whole message on its way into steps; `used` notes which sender took which key first."""

    message: JsonObject
    way: Way
    used: dict[tuple[int, str | None], str]


def plan(
    entity: Entity, payload: Mapping[str, Json], endpoint: str | None, way: Way, settings: ConverterSettings
) -> list[Step]:
    """Return the steps of a message. Raises RequestFailed if the addressed endpoint does not exist."""
    entity.endpoint(endpoint)  # a wrong endpoint fails the whole message
    message = _without_useless_state(entity, payload, settings) if way == "set" else dict(payload)
    used: dict[tuple[int, str | None], str] = {}
    return [_step(entity, key, endpoint, Request(message, way, used)) for key in in_order(message)]


def in_order(message: Mapping[str, Json]) -> list[str]:
    """Return the keys in the order they are handled (6.1)."""
    lamp = [key for key in message if key in LAMP_KEYS]
    rest = [key for key in message if key not in LAMP_KEYS]
    state = message.get("state")
    off = isinstance(state, str) and state.lower() == "off"
    return [*rest, *lamp] if off else [*lamp, *rest]


def split_endpoint(entity: Entity, key: str, endpoint: str | None) -> tuple[str, str | None]:
    """Return a key without its endpoint suffix, and the endpoint it goes to: the suffix wins over the topic (6.3)."""
    for name in entity.definition.endpoints:
        if key.endswith(f"_{name}") and len(key) > len(name) + 1:
            return key[: -len(name) - 1], name
    return key, endpoint


def ask_for(entity: Entity, key: str, value: Json, name: str | None, message: JsonObject) -> Ask:
    """Return what a sender gets to see of one key."""
    return Ask(
        key=key,
        value=value,
        message=message,
        device=entity,
        endpoint=entity.endpoint(name),
        endpoint_name=name,
        group=entity.group,
        members=entity.members,
    )


def result_keys(payload: Mapping[str, Json], endpoint_name: str | None) -> JsonObject:
    """Return the keys under which a result is published: with the endpoint as suffix if one was addressed."""
    if endpoint_name is None or endpoint_name == "default":
        return dict(payload)
    return {f"{key}_{endpoint_name}": value for key, value in payload.items()}


def function_of(sender: Sender, way: Way) -> SetFunction | None:
    """Return what a sender does for this kind of message, None if it cannot."""
    return sender.set if way == "set" else sender.get


def _step(entity: Entity, key: str, endpoint: str | None, request: Request) -> Step:
    assert entity.assembled is not None
    value = request.message[key]
    bare, name = split_endpoint(entity, key, endpoint)
    sender = entity.assembled.sender_of(bare, name)
    function = None if sender is None else function_of(sender, request.way)
    if sender is None or function is None:
        return Step(key, value, failure=_no_converter(bare, value, request.way, has_other_way=sender is not None))
    if request.way == "set" and (earlier := request.used.setdefault((id(sender), name), key)) != key:
        return Step(key, value, done_by=earlier)
    try:
        ask = ask_for(entity, bare, value, name, _message_for(entity, request.message, name))
    except RequestFailed as error:
        return Step(key, value, failure=error.failure)
    return Step(key, value, ask, function)


def _message_for(entity: Entity, message: JsonObject, name: str | None) -> JsonObject:
    """The message as one endpoint sees it: its own suffixed keys without suffix, over the unsuffixed ones."""
    if name is None:
        return message
    own = {key[: -len(name) - 1]: value for key, value in message.items() if key.endswith(f"_{name}")}
    return {**message, **own} if name in entity.definition.endpoints else message


def _without_useless_state(entity: Entity, payload: Mapping[str, Json], settings: ConverterSettings) -> JsonObject:
    """Home Assistant sends the state along with a colour; a lamp that is on must not be switched on again (6.4)."""
    coloured = ("color" in payload or "color_temp" in payload) and "brightness" not in payload
    useless = settings.home_assistant and coloured and entity.state.get("state") == "ON"
    return {key: value for key, value in payload.items() if not (useless and key == "state")}


def _no_converter(key: str, value: Json, way: Way, *, has_other_way: bool) -> Failure:
    """`missing`: `converter` if nobody knows the key, `get` or `set` if only that way of it is missing.

    `readable` is false where a converter knows the key, but cannot read it.
    """
    text = f"'{key}' cannot be {'set' if way == 'set' else 'read'} on this device"
    facts = {"key": key, "value": value, "operation": way, "missing": way if has_other_way else "converter"}
    facts["readable"] = not (way == "get" and has_other_way)
    return Failure(code=FailureCode.UNSUPPORTED, text=text, facts=facts)
