"""Answers to requests, in the contract's envelope (mqtt.md 4.2)."""

from __future__ import annotations

from zigbus.contract.base import Json, JsonObject

INVALID_PAYLOAD = "Invalid payload"


class RequestError(Exception):
    """A request cannot be carried out; the text is the contract's, letter for letter."""


def success(data: JsonObject, asked: Json) -> JsonObject:
    """Envelope of a request that was carried out; `asked` is its payload, whose transaction goes back unchanged."""
    return _with_transaction({"data": data, "status": "ok"}, asked)


def failure(text: str, asked: Json) -> JsonObject:
    """Envelope of a request that failed."""
    return _with_transaction({"data": {}, "error": text, "status": "error"}, asked)


def set_outcome(name: str, keys: dict[str, str], transaction: Json) -> JsonObject:
    """Answer to a set that asked for one: per key "ok" or an error text (our own addition, mqtt.md 5.4)."""
    status = "ok" if all(text == "ok" for text in keys.values()) else "error"
    return {"data": {"id": name, "keys": keys}, "status": status, "transaction": transaction}


def _with_transaction(envelope: JsonObject, asked: Json) -> JsonObject:
    if isinstance(asked, dict) and "transaction" in asked:
        envelope["transaction"] = asked["transaction"]
    return envelope
