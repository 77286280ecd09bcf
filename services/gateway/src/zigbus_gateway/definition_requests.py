"""Requests about definitions: the household's own files, and one generated for a device to begin with (mqtt.md 4.6, 4.8)."""

from __future__ import annotations

from zigbus.contract import operations
from zigbus.contract import requests as r
from zigbus.contract.base import Json, JsonObject
from zigbus_gateway.envelopes import INVALID_PAYLOAD, RequestError
from zigbus_gateway.requests import Desk, Handler, answer_of, device_of

DISABLED = "External converters are disabled, set 'advanced.enable_external_js' to true and restart"


async def save_converter(desk: Desk, asked: Json) -> JsonObject:
    """Store a file with definitions; devices are matched again."""
    name, code = _texts(desk, asked, "name", "code")
    answer = await answer_of(desk.bus.call(operations.SAVE_CONVERTER, r.SaveConverter(name=name, code=code)))
    await desk.shown(answer.revisions, "converters")
    return {}


async def remove_converter(desk: Desk, asked: Json) -> JsonObject:
    """Delete a file with definitions; devices are matched again."""
    (name,) = _texts(desk, asked, "name")
    answer = await answer_of(desk.bus.call(operations.REMOVE_CONVERTER, r.RemoveConverter(name=name)))
    await desk.shown(answer.revisions, "converters")
    return {}


async def generate_external_definition(desk: Desk, asked: Json) -> JsonObject:
    """Write a definition from a device's clusters: `source` as the original has it, `python` in our own form."""
    if not isinstance(asked, dict) or "id" not in asked:
        raise RequestError(INVALID_PAYLOAD)
    device = device_of(desk, asked["id"])
    ask = r.GenerateDefinition(ieee=device.key)
    answer = await answer_of(desk.bus.call(operations.GENERATE_DEFINITION, ask, ieee=device.key))
    return {"id": asked["id"], "python": answer.python, "source": answer.javascript}


def _texts(desk: Desk, asked: Json, *keys: str) -> tuple[str, ...]:
    """Return what the payload has under these keys: texts that are not empty."""
    if not desk.external_converters:
        raise RequestError(DISABLED)
    values = [asked.get(key) if isinstance(asked, dict) else None for key in keys]
    texts = tuple(value for value in values if isinstance(value, str) and value)
    if len(texts) < len(keys):
        raise RequestError(INVALID_PAYLOAD)
    return texts


DEFINITION_HANDLERS: dict[str, Handler] = {
    "converter/save": save_converter,
    "converter/remove": remove_converter,
    "device/generate_external_definition": generate_external_definition,
}
