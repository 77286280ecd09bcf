"""The request `action` on `bridge/request` (mqtt.md 4.5)."""

from __future__ import annotations

from zigbus.contract import operations
from zigbus.contract.base import Json, JsonObject
from zigbus.contract.raw_requests import RunAction
from zigbus_gateway.envelopes import INVALID_PAYLOAD, RequestError
from zigbus_gateway.overview_payloads import ACTIONS
from zigbus_gateway.requests import Desk, Handler, answer_of


async def action(desk: Desk, asked: Json) -> JsonObject:
    """Carry out an action by name."""
    if not isinstance(asked, dict) or not asked.get("action"):
        raise RequestError(INVALID_PAYLOAD)
    name, params = asked["action"], asked.get("params") or {}
    if name not in ACTIONS:
        raise RequestError("Invalid action")
    if not isinstance(params, dict):
        raise RequestError(INVALID_PAYLOAD)
    answer = await answer_of(desk.bus.call(operations.RUN_ACTION, RunAction(name=name, params=params)))
    return answer.data if isinstance(answer.data, dict) else {}


ACTION_HANDLERS: dict[str, Handler] = {"action": action}
