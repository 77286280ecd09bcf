"""What an incoming payload means (mqtt.md 4.2, 5.4). Bytes from outside: anything may come, nothing may break."""

from __future__ import annotations

import msgspec

from zigbus.contract.base import Json, JsonObject

STATE_WORDS = frozenset(("on", "off", "toggle", "open", "close", "stop", "lock", "unlock"))


class InvalidMessage(Exception):
    """A set or get payload that carries no keys; `shown` is how the contract's log line calls it."""

    def __init__(self, shown: str) -> None:
        super().__init__(f"Invalid message '{shown}', skipping...")
        self.shown = shown


def text_of(payload: bytes) -> str:
    """Decode a payload; octets that are no UTF-8 are replaced."""
    return payload.decode("utf-8", errors="replace")


def request_payload(payload: bytes) -> Json:
    """Return the JSON value of a request, or its text if it is not JSON."""
    text = text_of(payload)
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text


def entity_payload(payload: bytes, attribute: str | None) -> JsonObject:
    """Return the keys that a set or get carries, in the order of the text; empty if it asks for nothing.

    Raises InvalidMessage for text that is neither JSON nor one of the state words, and for `null`.
    """
    text = text_of(payload)
    if attribute is not None:
        return {attribute: request_payload(payload)}
    if not text:
        return {}
    try:
        value = msgspec.json.decode(text)
    except msgspec.DecodeError:
        if text.lower() in STATE_WORDS:
            return {"state": text}
        raise InvalidMessage("undefined") from None
    if value is None:
        raise InvalidMessage("null")
    if isinstance(value, dict):
        return value
    if isinstance(
        value, (str, list)
    ):  # the original walks over their indices, and clients see the errors it makes of them
        return {str(index): item for index, item in enumerate(value)}
    return {}
