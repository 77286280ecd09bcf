"""Requests about bindings and reporting on `bridge/request` (mqtt.md 4.6, 4.6.2)."""

from __future__ import annotations

from functools import partial
from typing import Literal

from zigbus.contract import binding_requests as b
from zigbus.contract import operations
from zigbus.contract.base import Json, JsonObject
from zigbus.zcl.clusters import CLUSTERS_BY_NAME
from zigbus_gateway.cluster_names import DeviceNames
from zigbus_gateway.entities import DEFAULT_BIND_GROUP, DEFAULT_BIND_GROUP_NAME, Entity
from zigbus_gateway.envelopes import INVALID_PAYLOAD, RequestError
from zigbus_gateway.requests import Desk, Handler, answer_of, device_of, text_of

CHANGED = ("devices", "info", "definitions")
DEFAULT_GROUP = Entity(DEFAULT_BIND_GROUP, DEFAULT_BIND_GROUP_NAME, group=int(DEFAULT_BIND_GROUP))


async def bind(desk: Desk, asked: Json, word: Literal["bind", "unbind"]) -> JsonObject:
    """Bind clusters of a device to another device, a group or the coordinator, or undo that."""
    if not isinstance(asked, dict) or asked.get("from") is None or asked.get("to") is None:
        raise RequestError(INVALID_PAYLOAD)
    source, endpoint = _source(desk, asked)
    target, target_endpoint = _target(desk, asked)
    to_coordinator = target.is_coordinator
    ask = b.BindEndpoint(
        ieee=source.key,
        endpoint=endpoint,
        target=None if to_coordinator else target.ieee,
        target_endpoint=None if to_coordinator else target_endpoint,
        group=target.group,
        clusters=_clusters(desk, source, asked.get("clusters")),
        bind=word == "bind",
        keep_reporting=bool(asked.get("skip_disable_reporting")),
    )
    answer = await answer_of(desk.bus.call(operations.BIND_ENDPOINT, ask, ieee=source.ieee))
    await desk.shown(answer.revisions, *CHANGED)
    if not answer.done:
        raise RequestError(f"Failed to {word}" if answer.failed else f"Nothing to {word}")
    names = DeviceNames(desk.household.definitions.get(source.key))
    data: JsonObject = {
        "clusters": [names.cluster(cluster) for cluster in answer.done],
        "failed": [names.cluster(cluster) for cluster in answer.failed],
        "from": asked["from"],
        "from_endpoint": "default" if asked.get("from_endpoint") is None else asked["from_endpoint"],
        "to": asked["to"],
    }
    return data if asked.get("to_endpoint") is None else data | {"to_endpoint": asked["to_endpoint"]}


def _source(desk: Desk, asked: JsonObject) -> tuple[Entity, int]:
    found = desk.household.find_device(text_of(asked["from"]))
    if found is None or found.is_coordinator:
        raise RequestError(f"Source device '{text_of(asked['from'])}' does not exist")
    endpoint = desk.household.endpoint_number(found.key, asked.get("from_endpoint"))
    if endpoint is None:
        raise RequestError(f"Source device '{found.name}' does not have endpoint '{text_of(asked['from_endpoint'])}'")
    return found, endpoint


def _target(desk: Desk, asked: JsonObject) -> tuple[Entity, int | None]:
    text = text_of(asked["to"])
    if text in (DEFAULT_BIND_GROUP, DEFAULT_BIND_GROUP_NAME):
        return DEFAULT_GROUP, None
    found = desk.household.find(text)
    if found is None:
        raise RequestError(f"Target device or group '{text}' does not exist")
    if found.ieee is None or found.is_coordinator:
        return found, None
    endpoint = desk.household.endpoint_number(found.key, asked.get("to_endpoint"))
    if endpoint is None:
        raise RequestError(f"Target device '{found.name}' does not have endpoint '{text_of(asked['to_endpoint'])}'")
    return found, endpoint


def _clusters(desk: Desk, source: Entity, given: Json) -> tuple[int, ...] | None:
    """Return the numbers of clusters given by name; one that nobody knows is one that nobody has."""
    if given is None:
        return None
    if not isinstance(given, list) or not all(isinstance(name, str) for name in given):
        raise RequestError(INVALID_PAYLOAD)
    definition = desk.household.definitions.get(source.key)
    own = {} if definition is None else {cluster.name: cluster.id for cluster in definition.custom_clusters}
    standard = {name: cluster.id for name, cluster in CLUSTERS_BY_NAME.items()}
    return tuple((standard | own)[name] for name in given if name in standard or name in own)


async def clear(desk: Desk, asked: Json) -> JsonObject:
    """Make a device forget its bindings, all or those to certain targets."""
    if not isinstance(asked, dict) or not isinstance(asked.get("target"), str):
        raise RequestError(INVALID_PAYLOAD)
    targets = asked.get("ieee_list", [b.EVERY_TARGET])
    if not isinstance(targets, list) or not all(_is_ieee(target) for target in targets):
        raise RequestError(INVALID_PAYLOAD)
    device = desk.household.find_device(asked["target"])
    if device is None or device.ieee is None or device.is_coordinator:
        raise RequestError("Invalid target")
    ask = b.ForgetBindings(ieee=device.ieee, targets=tuple(target.lower() for target in targets))
    answer = await answer_of(desk.bus.call(operations.FORGET_BINDINGS, ask, ieee=device.ieee))
    await desk.shown(answer.revisions, *CHANGED)
    return {"ieee_list": targets, "target": asked["target"]}


async def configure_reporting(desk: Desk, asked: Json) -> JsonObject:
    """Have one attribute reported to the coordinator."""
    keys = ("id", "endpoint", "cluster", "attribute")
    if not isinstance(asked, dict) or any(key not in asked for key in keys):
        raise RequestError(INVALID_PAYLOAD)
    minimum, maximum = (_interval(asked.get(f"{which}_report_interval")) for which in ("minimum", "maximum"))
    change = asked.get("reportable_change")
    if change is not None and not _is_number(change):
        raise RequestError(INVALID_PAYLOAD)
    device, endpoint = _endpoint(desk, asked)
    options = asked.get("options")
    ask = b.ReportAttribute(
        ieee=device.key,
        endpoint=endpoint,
        cluster=_cluster(asked["cluster"]),
        attribute=asked["attribute"],
        min_interval_s=minimum,
        max_interval_s=maximum,
        reportable_change=change,
        manufacturer=_code(options.get("manufacturerCode")) if isinstance(options, dict) else None,
    )
    answer = await answer_of(desk.bus.call(operations.REPORT_ATTRIBUTE, ask, ieee=device.ieee))
    await desk.shown(answer.revisions, "devices")
    answered = (*keys, "minimum_report_interval", "maximum_report_interval", "reportable_change")
    return {key: asked[key] for key in answered if key in asked}


async def read_reporting(desk: Desk, asked: Json) -> JsonObject:
    """Ask a device how it reports attributes."""
    keys = ("id", "endpoint", "cluster", "configs")
    if not isinstance(asked, dict) or any(key not in asked for key in keys) or not isinstance(asked["configs"], list):
        raise RequestError(INVALID_PAYLOAD)
    wanted = [(item.get("attribute"), item.get("direction", 0)) for item in asked["configs"] if isinstance(item, dict)]
    if len(wanted) != len(asked["configs"]) or any(direction not in (0, 1) for _, direction in wanted):
        raise RequestError(INVALID_PAYLOAD)
    device, endpoint = _endpoint(desk, asked)
    code = _code(asked.get("manufacturer_code"))
    ask = b.ShowReporting(
        ieee=device.key,
        endpoint=endpoint,
        cluster=_cluster(asked["cluster"]),
        attributes=tuple(wanted),
        manufacturer=code,
    )
    answer = await answer_of(desk.bus.call(operations.SHOW_REPORTING, ask, ieee=device.ieee))
    await desk.shown(answer.revisions, "devices")
    data = {key: asked[key] for key in ("id", "endpoint", "cluster")}
    data["configs"] = [_config(record) for record in answer.records]
    return data if code is None else data | {"manufacturer_code": code}


BINDING_HANDLERS: dict[str, Handler] = {
    "device/bind": partial(bind, word="bind"),
    "device/unbind": partial(bind, word="unbind"),
    "device/binds/clear": clear,
    "device/reporting/configure": configure_reporting,
    "device/configure_reporting": configure_reporting,
    "device/reporting/read": read_reporting,
}


def _config(record: b.ReportingRecord) -> JsonObject:
    """One record with the names that zigbee2mqtt gives its fields."""
    found: JsonObject = {
        "attrId": record.attribute,
        "dataType": record.type,
        "direction": record.direction,
        "maxRepIntval": record.max_interval_s,
        "minRepIntval": record.min_interval_s,
        "repChange": record.reportable_change,
        "status": record.status,
        "timeout": record.timeout_s,
    }
    return {key: value for key, value in found.items() if value is not None}


def _endpoint(desk: Desk, asked: JsonObject) -> tuple[Entity, int]:
    device = device_of(desk, asked["id"])
    endpoint = None if device.is_coordinator else desk.household.endpoint_number(device.key, asked["endpoint"])
    if endpoint is None:
        raise RequestError(f"Device '{device.key}' does not have endpoint '{text_of(asked['endpoint'])}'")
    return device, endpoint


def _cluster(given: Json) -> str | int:
    if isinstance(given, (str, int)) and not isinstance(given, bool):
        return given
    raise RequestError(INVALID_PAYLOAD)


def _code(given: Json) -> int | None:
    if given is None or (isinstance(given, int) and not isinstance(given, bool)):
        return given
    raise RequestError(INVALID_PAYLOAD)


def _is_number(given: Json) -> bool:
    return isinstance(given, (int, float)) and not isinstance(given, bool)


def _interval(given: Json) -> int:
    if _is_number(given) and 0 <= given <= 0xFFFF:
        return int(given)
    raise RequestError(INVALID_PAYLOAD)


def _is_ieee(given: Json) -> bool:
    return isinstance(given, str) and len(given) == 18 and given.startswith("0x") and _is_hex(given[2:])


def _is_hex(text: str) -> bool:
    return all(digit in "0123456789abcdefABCDEF" for digit in text)
