"""Keys that every device accepts: plain ZCL reads, writes and commands, and the factory reset (`mqtt.md` 6.7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zigbus.contract.base import Json, JsonObject
from zigbus.contract.events import AttributeValue
from zigbus.zcl.clusters import Cluster
from zigbus.zcl.types import EncodeError
from zigbus_converter.definition import Ask, Sender
from zigbus_converter.effects import Conversation, Invoke, Log, Merge, Read, Write
from zigbus_converter.naming import attribute_called, attribute_id, cluster_called, invalid_name, number_in, type_id

BASIC = 0x0000
RESET_TO_FACTORY_DEFAULTS = 0x00


def read(ask: Ask) -> Conversation:
    """Read attributes, log them and, if a property is named, publish them under it."""
    wanted = _object(ask)
    cluster, code = _cluster(wanted, ask), _manufacturer(wanted)
    names = _required(wanted, "attributes")
    ids = {
        attribute_id(name, cluster, ask.device.definition.parts): name
        for name in (names if isinstance(names, list) else [names])
    }
    records = yield Read(
        endpoint=ask.endpoint, cluster=cluster.id, attributes=tuple(ids), manufacturer=code or cluster.manufacturer
    )
    values = {
        str(ids.get(r.id, r.id)): list(r.octets) if r.value is None and r.octets is not None else r.value
        for r in records
        if r.status == 0
    }
    yield Log(level="info", event="attributes_read", fields={"cluster": cluster.name, "values": values})
    if isinstance(wanted.get("state_property"), str):
        yield Merge({wanted["state_property"]: values})


def write(ask: Ask) -> Conversation:
    """Write attributes of one cluster."""
    wanted = _object(ask)
    cluster, code = _cluster(wanted, ask), _manufacturer(wanted)
    payload = _required(wanted, "payload")
    if not isinstance(payload, dict):
        raise invalid_name("'payload' must be an object of attributes")
    records = tuple(_record(name, value, cluster, ask) for name, value in payload.items())
    yield Write(
        endpoint=ask.endpoint, cluster=cluster.id, attributes=records, manufacturer=code or cluster.manufacturer
    )
    yield Log(level="info", event="attributes_written", fields={"cluster": cluster.name, "values": payload})


def command(ask: Ask) -> Conversation:
    """Send a cluster command."""
    wanted = _object(ask)
    options = wanted.get("options")
    options = options if isinstance(options, dict) else {}
    cluster, code = _cluster(wanted, ask), _manufacturer(wanted)
    number, payload = _command(_required(wanted, "command"), wanted.get("payload") or {}, cluster)
    yield Invoke(
        endpoint=ask.endpoint,
        cluster=cluster.id,
        command=number,
        payload=payload,
        manufacturer=code or cluster.manufacturer,
        disable_default_response=bool(options.get("disableDefaultResponse")),
        to_client=options.get("direction") == 1,
    )
    yield Log(level="info", event="command_sent", fields={"cluster": cluster.name, "command": number})


def reset(ask: Ask) -> Conversation:
    """Reset all attributes of all clusters to their factory defaults."""
    yield Invoke(endpoint=ask.endpoint, cluster=BASIC, command=RESET_TO_FACTORY_DEFAULTS)


RAW_SENDERS = (
    Sender(keys=("read",), set=read),
    Sender(keys=("write",), set=write),
    Sender(keys=("command", "zclcommand"), set=command),
    Sender(keys=("reset",), set=reset),
)


def _object(ask: Ask) -> JsonObject:
    if not isinstance(ask.value, dict):
        raise invalid_name(f"'{ask.key}' must be an object with 'cluster'")
    return ask.value


def _required(wanted: Mapping[str, Json], key: str) -> Any:
    if wanted.get(key) is None:
        raise invalid_name(f"'{key}' is missing")
    return wanted[key]


def _cluster(wanted: JsonObject, ask: Ask) -> Cluster:
    return cluster_called(_required(wanted, "cluster"), ask.device.definition.parts)


def _record(name: str, value: Json, cluster: Cluster, ask: Ask) -> AttributeValue:
    info = attribute_called(name, cluster, ask.device.definition.parts)
    explicit = value if isinstance(value, dict) and "type" in value else {}
    kind = explicit.get("type", None if info is None else info.type)
    if kind is None:
        raise invalid_name(
            f"Attribute '{name}' of '{cluster.name}' is not known; give {{\"value\": …, \"type\": …}}", attribute=name
        )
    return AttributeValue(
        id=attribute_id(name, cluster, ask.device.definition.parts),
        type=type_id(kind),
        value=explicit.get("value", value) if explicit else value,
    )


def _command(name: Json, payload: Json, cluster: Cluster) -> tuple[int, bytes]:
    number = number_in(name)
    known = next((c for c in cluster.commands.values() if name == c.name or number == c.id), None)
    if isinstance(payload, list):
        return _known_number(number if known is None else known.id, name, cluster), bytes(payload)
    if known is None:
        data = payload.get("data", []) if isinstance(payload, dict) else []
        return _known_number(number, name, cluster), bytes(data)
    try:
        return known.id, known.encode(payload)
    except (KeyError, EncodeError) as error:
        raise invalid_name(f"The payload of command '{known.name}' does not fit: {error}", command=name) from None


def _known_number(number: int | None, name: Json, cluster: Cluster) -> int:
    if number is None:
        raise invalid_name(f"Cluster '{cluster.name}' has no command '{name}'", command=name)
    return number


def _manufacturer(wanted: JsonObject) -> int | None:
    options = wanted.get("options")
    code = options.get("manufacturerCode") if isinstance(options, dict) else None
    return code if isinstance(code, int) else None
