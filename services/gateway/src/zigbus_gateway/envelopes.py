"""Answers to requests, in the contract's envelope (mqtt.md 4.2)."""

from __future__ import annotations

from collections.abc import Sequence

from zigbus.contract.base import Json, JsonObject
from zigbus.contract.requests import KeyOutcome

INVALID_PAYLOAD = "Invalid payload"


class RequestError(Exception):
    """A request cannot be carried out; the text is the contract's, letter for letter."""


def success(data: JsonObject, asked: Json) -> JsonObject:
    """Envelope of a request that was carried out; `asked` is its payload, whose transaction goes back unchanged."""
    return _with_transaction({"data": data, "status": "ok"}, asked)


def failure(text: str, asked: Json) -> JsonObject:
    """Envelope of a request that failed."""
    return _with_transaction({"data": {}, "error": text, "status": "error"}, asked)


def command_outcome(name: str, keys: Sequence[KeyOutcome], took_ms: int, transaction: Json) -> JsonObject:
    """Answer to a set or get that asked for one (our own addition, mqtt.md 5.4).

    `keys` has "ok" or an error text for each key, `codes` the kind of each error, `queued` what waits for a sleeping
    device, `took_ms` the time from the message's arrival to the end of the last key.
    """
    failures = {outcome.key: outcome.failure for outcome in keys if outcome.failure is not None}
    data: JsonObject = {
        "id": name,
        "keys": {outcome.key: "ok" if outcome.failure is None else outcome.failure.text for outcome in keys},
        "took_ms": took_ms,
    }
    if failures:
        data["codes"] = {key: failure.code.value for key, failure in failures.items()}
    if queued := [outcome.key for outcome in keys if outcome.queued]:
        data["queued"] = queued
    return {"data": data, "status": "error" if failures else "ok", "transaction": transaction}


def _with_transaction(envelope: JsonObject, asked: Json) -> JsonObject:
    if isinstance(asked, dict) and "transaction" in asked:
        envelope["transaction"] = asked["transaction"]
    return envelope
