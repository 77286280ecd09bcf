"""Random values where the settings say GENERATE."""

from __future__ import annotations

import secrets

from zigbus.contract.base import Json, JsonObject

GENERATE = "GENERATE"
KEY_BYTES = 16
EXTENDED_PAN_ID_BYTES = 8
LARGEST_PAN_ID = 0xFFFE  # 0 and 0xffff mean "none" and "any"


def generated(settings: JsonObject, *, network_is_new: bool) -> JsonObject:
    """Return `settings` with random values in place of GENERATE.

    `network_is_new`: no network database exists; then a missing network key counts as GENERATE, because the published
    default key protects nobody.
    """
    advanced = settings.get("advanced", {})
    if not isinstance(advanced, dict):
        return settings
    values: dict[str, Json] = {}
    if advanced.get("network_key") == GENERATE or (network_is_new and advanced.get("network_key") is None):
        values["network_key"] = list(secrets.token_bytes(KEY_BYTES))
    if advanced.get("ext_pan_id") == GENERATE:
        values["ext_pan_id"] = list(secrets.token_bytes(EXTENDED_PAN_ID_BYTES))
    if advanced.get("pan_id") == GENERATE:
        values["pan_id"] = 1 + secrets.randbelow(LARGEST_PAN_ID)
    return {**settings, "advanced": {**advanced, **values}} if values else settings
