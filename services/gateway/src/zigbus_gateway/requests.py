"""Requests on `bridge/request`: payload rules, the call on the bus, the answer's data (mqtt.md 4.5, 4.6).

Every handler takes the payload and a `Desk`, and returns the answer's data or raises RequestError with the exact text.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

from zigbus.bus import Bus
from zigbus.contract import operations
from zigbus.contract import requests as r
from zigbus.contract.base import Failure, FailureCode, Json, JsonObject, RequestFailed
from zigbus_gateway.entities import Entity, Household
from zigbus_gateway.envelopes import INVALID_PAYLOAD, RequestError

AnswerT = TypeVar("AnswerT")

LONGEST_PERMIT_S = 254

# options that every device accepts (configuration.md 4); all others come from its definition
COMMON_OPTIONS = frozenset((
    "friendly_name", "description", "disabled", "retain", "qos", "retention", "throttle", "debounce", "debounce_ignore", "optimistic",
    "filtered_attributes", "filtered_cache", "filtered_optimistic", "icon", "homeassistant", "availability",
    "disable_automatic_update_check",
))  # fmt: skip


class Desk(Protocol):
    """What handlers need of the gateway."""

    bus: Bus

    @property
    def household(self) -> Household:
        """The live picture."""

    @property
    def external_converters(self) -> bool:
        """Whether the household wants definitions of its own."""

    async def settled(self, revisions: dict[str, int]) -> None:
        """Wait until the mirrors show the revisions."""

    async def shown(self, revisions: dict[str, int], *names: str) -> None:
        """Wait until the mirrors show the revisions, then tell these overviews (changed or not) and all changed ones."""

    async def told(self, revisions: dict[str, int], name: str) -> None:
        """Wait until the mirrors show the revisions, then tell this one overview; the others follow by themselves."""

    def removing(self, device: Entity) -> AbstractContextManager[None]:
        """While this lasts the end of the device is told in the contract's order as soon as it is seen."""

    def renaming(self, *, new_ids: bool) -> AbstractContextManager[None]:
        """Who gets another name while this lasts may get new entity ids in Home Assistant too."""

    def say(self, event: str, fields: JsonObject) -> None:
        """Log a warning line of the contract."""

    def after_answer(self, path: str, names: tuple[str, ...]) -> None:
        """Tell these overviews once more after the answer to this request."""


Handler = Callable[[Desk, Json], Awaitable[JsonObject]]


async def permit_join(desk: Desk, asked: Json) -> JsonObject:
    """Open or close the network."""
    time = asked.get("time") if isinstance(asked, dict) else asked
    via = asked.get("device") if isinstance(asked, dict) else None
    if via is not None and desk.household.find_device(str(via)) is None:
        raise RequestError(f"Device '{via}' does not exist")
    time_s = _whole_number(time)
    if time_s > LONGEST_PERMIT_S:
        raise RequestError(f"Cannot permit join for more than {LONGEST_PERMIT_S} seconds.")
    answer = await answer_of(
        desk.bus.call(operations.OPEN_NETWORK, r.OpenNetwork(time_s=time_s, via=None if via is None else str(via)))
    )
    await desk.shown(answer.revisions, "info")
    return {"time": time_s} if via is None else {"device": answer.via or str(via), "time": time_s}


async def health_check(desk: Desk, _: Json) -> JsonObject:
    """Whether the network is served. Nobody who could say so means no."""
    try:
        return {"healthy": (await desk.bus.call(operations.HEALTH, r.CheckHealth())).healthy}
    except RequestFailed as error:
        if error.failure.code in (FailureCode.UNAVAILABLE, FailureCode.TIMEOUT):
            return {"healthy": False}
        raise RequestError(error.failure.text) from None


async def coordinator_check(desk: Desk, _: Json) -> JsonObject:
    """Routers that the stick does not know."""
    answer = await answer_of(desk.bus.call(operations.CHECK_COORDINATORS, r.CheckCoordinators()))
    return {
        "missing_routers": [
            {"friendly_name": name, "ieee_address": ieee} for ieee, name in answer.missing_routers.items()
        ]
    }


async def restart(desk: Desk, _: Json) -> JsonObject:
    """Restart every service; each waits half a second, so that the answer is out."""
    await answer_of(desk.bus.call(operations.RESTART_ALL, r.RestartAll()))
    return {}


async def change_settings(desk: Desk, asked: Json) -> JsonObject:
    """Change settings of the household. `bridge/info` shows them before the answer."""
    if not isinstance(asked, dict) or not isinstance(asked.get("options"), dict):
        raise RequestError(INVALID_PAYLOAD)
    answer = await answer_of(desk.bus.call(operations.CHANGE_SETTINGS, r.ChangeSettings(options=asked["options"])))
    await desk.told(answer.revisions, "info")
    return {"restart_required": answer.restart_required}


async def rename(desk: Desk, asked: Json) -> JsonObject:
    """Give a device another name."""
    last = isinstance(asked, dict) and asked.get("last") is True
    if not isinstance(asked, dict) or "to" not in asked or ("from" not in asked and not last):
        raise RequestError(INVALID_PAYLOAD)
    ask = r.Rename(old=None if last else text_of(asked["from"]), new=asked["to"])
    return await renamed(desk, ask, "devices", new_ids=asked.get("homeassistant_rename") is True)


async def renamed(desk: Desk, ask: r.Rename, overview: str, *, new_ids: bool) -> JsonObject:
    """Give a device or group another name; everything about it is told before the answer."""
    with desk.renaming(new_ids=new_ids):
        answer = await answer_of(desk.bus.call(operations.RENAME, ask))
        await desk.shown(answer.revisions, overview, "info")
    return {"from": answer.old, "homeassistant_rename": new_ids, "to": answer.new}


async def remove(desk: Desk, asked: Json) -> JsonObject:
    """Remove a device from the network and the settings."""
    detail: JsonObject = asked if isinstance(asked, dict) else {"id": asked}
    given = detail.get("id")
    if not isinstance(given, (str, int)) or isinstance(given, bool):
        raise RequestError(INVALID_PAYLOAD)
    block, force = detail.get("block") is True, detail.get("force") is True
    keep, clear = detail.get("keep_config") is True, detail.get("clear_cache") is True
    flags = {"block": block, "force": force, "keep_config": keep, "clear_cache": clear}
    device = device_of(desk, given)
    ask = r.RemoveDevice(id=text_of(given), block=block, force=force, keep_config=keep, clear_cache=clear)
    with desk.removing(device):
        try:
            answer = await desk.bus.call(operations.REMOVE_DEVICE, ask)
        except RequestFailed as error:
            raise RequestError(
                _not_removed(error.failure, device, flags if isinstance(asked, dict) else None)
            ) from None
        await desk.settled(answer.revisions)
    return {**flags, "id": given}


def _not_removed(failure: Failure, device: Entity, flags: dict[str, bool] | None) -> str:
    if failure.code is FailureCode.NOT_FOUND:
        return failure.text
    words = (
        ""
        if flags is None
        else " (" + ", ".join(f"{key.replace('_', ' ')}: {str(value).lower()}" for key, value in flags.items()) + ")"
    )
    return f"Failed to remove device '{device.name}'{words} ({failure.text})"


async def options(desk: Desk, asked: Json) -> JsonObject:
    """Change the options of a device. Order of what follows: info, answer, the rest (mqtt.md 7.3)."""
    if not isinstance(asked, dict) or "id" not in asked or not isinstance(asked.get("options"), dict):
        raise RequestError(INVALID_PAYLOAD)
    device = device_of(desk, asked["id"])
    for option in _unknown_options(desk.household, device, asked["options"]):
        desk.say("option_unsupported", {"name": device.name, "option": option})
    desk.after_answer("device/options", ("devices", "info", "definitions"))
    return await changed_options(desk, r.SetOptions(id=text_of(asked["id"]), options=asked["options"]), asked["id"])


async def changed_options(desk: Desk, ask: r.SetOptions, given: Json) -> JsonObject:
    """Change the options of a device or group; only `bridge/info` is told before the answer."""
    answer = await answer_of(desk.bus.call(operations.SET_OPTIONS, ask))
    await desk.told(answer.revisions, "info")
    return {"from": answer.before, "id": given, "restart_required": answer.restart_required, "to": answer.after}


def _unknown_options(home: Household, device: Entity, wanted: JsonObject) -> list[str]:
    definition = home.definitions.get(device.key)
    offered = {option.name for option in definition.options} if definition is not None else set()
    return [option for option in wanted if option not in COMMON_OPTIONS and option not in offered]


async def interview(desk: Desk, asked: Json) -> JsonObject:
    """Interview a device again."""
    if not isinstance(asked, dict) or "id" not in asked:
        raise RequestError(INVALID_PAYLOAD)
    device = device_of(desk, asked["id"])
    try:
        answer = await desk.bus.call(operations.INTERVIEW_ENTITY, r.InterviewEntity(id=text_of(asked["id"])))
    except RequestFailed as error:
        if error.failure.code is FailureCode.NOT_FOUND:
            raise RequestError(error.failure.text) from None
        raise RequestError(f"Interview of '{device.name}' ({device.ieee}) failed: {error.failure.text}") from None
    await desk.shown(answer.revisions, "devices")
    return {"id": asked["id"]}


async def configure(desk: Desk, asked: Json) -> JsonObject:
    """Run the set-up of a device's definition."""
    given = asked.get("id") if isinstance(asked, dict) else asked
    if not isinstance(given, (str, int)) or isinstance(given, bool):
        raise RequestError(INVALID_PAYLOAD)
    device = device_of(desk, given)
    definition = desk.household.definitions.get(device.key)
    if definition is None or definition.model is None or device.ieee is None:
        raise RequestError(f"Device '{device.name}' cannot be configured")
    try:
        await desk.bus.call(operations.CONFIGURE, r.ConfigureDevice(ieee=device.ieee), ieee=device.ieee)
    except RequestFailed as error:
        if error.failure.code is FailureCode.UNSUPPORTED:
            raise RequestError(f"Device '{device.name}' cannot be configured") from None
        raise RequestError(f"Failed to configure ({error.failure.text})") from None
    await desk.shown({}, "devices")
    return {"id": given}


HANDLERS: dict[str, Handler] = {
    "permit_join": permit_join,
    "health_check": health_check,
    "coordinator_check": coordinator_check,
    "restart": restart,
    "options": change_settings,
    "device/rename": rename,
    "device/remove": remove,
    "device/options": options,
    "device/interview": interview,
    "device/configure": configure,
}


async def answer_of(call: Awaitable[AnswerT]) -> AnswerT:
    """Await a call; the other side's text is the contract's."""
    try:
        return await call
    except RequestFailed as error:
        raise RequestError(error.failure.text) from None


def device_of(desk: Desk, given: Json) -> Entity:
    """Return the device with this name or ieee. Raises RequestError if there is none."""
    found = desk.household.find_device(text_of(given))
    if found is None:
        raise RequestError(f"Device '{text_of(given)}' does not exist")
    return found


def text_of(given: Json) -> str:
    """Return a name, ieee or number as text."""
    return given if isinstance(given, str) else str(given)


def _whole_number(given: Json) -> int:
    if isinstance(given, bool):
        raise RequestError(INVALID_PAYLOAD)
    try:
        number = int(given)
    except (TypeError, ValueError, OverflowError):
        raise RequestError(INVALID_PAYLOAD) from None
    if number < 0:
        raise RequestError(INVALID_PAYLOAD)
    return number
