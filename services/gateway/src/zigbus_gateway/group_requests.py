"""Requests about groups and their members on `bridge/request` (mqtt.md 4.7)."""

from __future__ import annotations

from zigbus.contract import group_requests as g
from zigbus.contract import operations
from zigbus.contract import requests as r
from zigbus.contract.base import FailureCode, Json, JsonObject, RequestFailed
from zigbus_gateway.entities import Entity
from zigbus_gateway.envelopes import INVALID_PAYLOAD, RequestError
from zigbus_gateway.requests import Desk, Handler, answer_of, changed_options, device_of, renamed, text_of


async def add(desk: Desk, asked: Json) -> JsonObject:
    """Make a group."""
    detail = asked if isinstance(asked, dict) else {"friendly_name": asked}
    name = detail.get("friendly_name")
    if not isinstance(name, str):
        raise RequestError(INVALID_PAYLOAD)
    answer = await answer_of(desk.bus.call(operations.ADD_GROUP, g.AddGroup(name=name, id=detail.get("id"))))
    await desk.shown(answer.revisions, "groups")
    return {"friendly_name": answer.name, "id": answer.id}


async def remove(desk: Desk, asked: Json) -> JsonObject:
    """Remove a group, after its members were told."""
    detail = asked if isinstance(asked, dict) else {"id": asked.strip() if isinstance(asked, str) else asked}
    given, force = detail.get("id"), bool(detail.get("force"))
    if not isinstance(given, (str, int)) or isinstance(given, bool):
        raise RequestError(INVALID_PAYLOAD)
    group = _group(desk, given)
    try:
        answer = await desk.bus.call(operations.REMOVE_GROUP, g.RemoveGroup(id=group.key, force=force))
    except RequestFailed as error:
        if error.failure.code is FailureCode.NOT_FOUND:
            raise RequestError(error.failure.text) from None
        words = f" (force: {str(force).lower()})" if isinstance(asked, dict) else ""
        raise RequestError(f"Failed to remove group '{group.name}'{words} ({error.failure.text})") from None
    await desk.shown(answer.revisions, "groups")
    return {"force": force, "id": given}


async def rename(desk: Desk, asked: Json) -> JsonObject:
    """Give a group another name."""
    if not isinstance(asked, dict) or "to" not in asked or "from" not in asked:
        raise RequestError(INVALID_PAYLOAD)
    _group(desk, asked["from"])
    ask = r.Rename(old=text_of(asked["from"]), new=asked["to"], kind="group")
    return await renamed(desk, ask, "groups", new_ids=asked.get("homeassistant_rename") is True)


async def options(desk: Desk, asked: Json) -> JsonObject:
    """Change the options of a group."""
    if not isinstance(asked, dict) or "id" not in asked or not isinstance(asked.get("options"), dict):
        raise RequestError(INVALID_PAYLOAD)
    group = _group(desk, asked["id"])
    return await changed_options(desk, r.SetOptions(id=group.key, options=asked["options"], kind="group"), asked["id"])


async def add_member(desk: Desk, asked: Json) -> JsonObject:
    """Make an endpoint a member of a group."""
    return await _change_member(desk, asked, "members/add", "add to")


async def remove_member(desk: Desk, asked: Json) -> JsonObject:
    """Take an endpoint out of a group."""
    return await _change_member(desk, asked, "members/remove", "remove from")


async def remove_from_all(desk: Desk, asked: Json) -> JsonObject:
    """Take an endpoint out of all its groups."""
    return await _change_member(desk, asked, "members/remove_all", "remove_all from")


GROUP_HANDLERS: dict[str, Handler] = {
    "group/add": add,
    "group/remove": remove,
    "group/rename": rename,
    "group/options": options,
    "group/members/add": add_member,
    "group/members/remove": remove_member,
    "group/members/remove_all": remove_from_all,
}


async def _change_member(desk: Desk, asked: Json, path: str, words: str) -> JsonObject:
    """Change memberships; the overviews follow the answer (mqtt.md 4.7)."""
    of_all = path == "members/remove_all"
    if not isinstance(asked, dict) or asked.get("device") is None or (not of_all and asked.get("group") is None):
        raise RequestError(INVALID_PAYLOAD)
    group = None if of_all else _group(desk, asked["group"])
    device = device_of(desk, asked["device"])
    assert device.ieee is not None
    endpoint = desk.household.endpoint_number(device.ieee, asked.get("endpoint"))
    shown = "default" if asked.get("endpoint") is None else asked["endpoint"]
    if endpoint is None or device.is_coordinator:
        raise RequestError(f"Device '{device.name}' does not have endpoint '{shown}'")
    ask = g.ChangeMembership(
        ieee=device.ieee,
        endpoint=endpoint,
        group=None if group is None else group.group,
        add=path == "members/add",
        keep_reporting=bool(asked.get("skip_disable_reporting")),
    )
    try:
        answer = await desk.bus.call(operations.CHANGE_MEMBERSHIP, ask)
    except RequestFailed as error:
        raise RequestError(f"Failed to {words} group ({error.failure.text})") from None
    await desk.settled(answer.revisions)
    desk.after_answer(f"group/{path}", ("groups", "devices", "info", "definitions"))
    data = {"device": asked["device"], "endpoint": shown}
    return data if of_all else data | {"group": asked["group"]}


def _group(desk: Desk, given: Json) -> Entity:
    found = desk.household.find(text_of(given))
    if found is None or found.group is None:
        raise RequestError(f"Group '{text_of(given)}' does not exist")
    return found
