"""JSON as clients of the contract know it: compact, keys sorted, numbers as JavaScript prints them (mqtt.md 1.8)."""

from __future__ import annotations

import math
import re
from decimal import Decimal

import msgspec

from zigbus.contract.base import Json

_SORTED = msgspec.json.Encoder(order="sorted")
_PLAIN = msgspec.json.Encoder()
_UNLIKE_JAVASCRIPT = re.compile(
    rb"\.0(?![0-9])|[0-9]e[-+]?[0-9]"
)  # 21.0, 1e16: text of strings may match too, which only costs time


def to_json(value: Json) -> bytes:
    """Return sorted, compact JSON. NaN and infinities become null, 21.0 becomes 21; nothing else changes."""
    text = _SORTED.encode(value)
    if _UNLIKE_JAVASCRIPT.search(text):
        return _SORTED.encode(_javascript(msgspec.to_builtins(value)))
    return text


def to_json_in_order(value: Json) -> bytes:
    """Return compact JSON with keys in their given order, as `JSON.stringify` shows a value in an error text."""
    text = _PLAIN.encode(value)
    if _UNLIKE_JAVASCRIPT.search(text):
        return _PLAIN.encode(_javascript(msgspec.to_builtins(value)))
    return text


def _javascript(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _javascript(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_javascript(item) for item in value]
    return _number(value) if isinstance(value, float) else value


def _number(value: float) -> Json:
    """A float as ECMAScript's Number::toString prints it: no fraction where there is none, exponents from 1e21 and below 1e-6."""
    if not math.isfinite(value):
        return None
    if value.is_integer() and abs(value) < 1e21:
        return int(value)
    text = repr(value)
    mantissa, _, exponent = text.partition("e")
    if not exponent:
        return value
    if -6 <= int(exponent) < 21:
        return msgspec.Raw(f"{Decimal(text):f}".encode())
    return msgspec.Raw(f"{mantissa}e{int(exponent):+d}".encode())
