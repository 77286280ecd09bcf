"""What every part is made with: set-up steps, reading and writing attributes, numbers as clients know them."""

from __future__ import annotations

import math
from collections.abc import Generator, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from zigbus.contract.base import FailureCode, Json, JsonObject, RequestFailed
from zigbus.contract.events import AttributeValue
from zigbus_converter.definition import Ask, ConfigureStep, Device, Kind, Part, SetFunction
from zigbus_converter.effects import Bind, Conversation, Effect, Invoke, Log, Merge, Read, Report, ReportItem, Write
from zigbus_converter.parts.zcl import GREEN_POWER_ENDPOINT, Attribute

REPORTS: tuple[Kind, ...] = ("report", "read_response")
COMMANDS: tuple[Kind, ...] = ("command",)

MAX = 65000  # longest reporting interval that devices take, in seconds
HOUR = 3600
ATTRIBUTES_PER_FRAME = 4  # more make a frame too long for some devices

T = TypeVar("T")
Inquiry = Generator[Effect, Any, T]  # a part of a conversation that finds something out


class Reported(NamedTuple):
    """An attribute with its reporting: seconds at least, seconds at most, change in the attribute's own unit."""

    attribute: Attribute
    minimum_s: int = 0
    maximum_s: int = MAX
    change: float | int | None = 1


# ---- numbers ---------------------------------------------------------------------------------------------------------


def tidy(value: float) -> int | float:
    """Return a whole number as int, so that it is published without a fraction."""
    return int(value) if math.isfinite(value) and value == int(value) else value


def rounded(value: float, digits: int = 0) -> int | float:
    """Round half up, as clients of zigbee2mqtt are used to (2.5 gives 3, -2.5 gives -2)."""
    factor = 10**digits
    return tidy(math.floor(value * factor + 0.5) / factor) if math.isfinite(value) else value


def scaled(value: float, source: float, target: float, digits: int = 0) -> int | float:
    """Map a value linearly from the range 0..source to 0..target and round it."""
    return rounded(value * target / source, digits)


def type_name(value: Json) -> str:
    """Name the JSON type of a value as error texts do."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "string"
    return "undefined" if value is None else "object"


def invalid(text: str, **facts: Json) -> RequestFailed:
    """Return the failure of a value that a client must change."""
    return RequestFailed.of(FailureCode.INVALID, text, **facts)


def is_valid(value: Json) -> bool:
    """Tell whether a frame carries a value: not None, and not the NaN of a device that has none."""
    return value is not None and not (isinstance(value, float) and math.isnan(value))


def is_number(value: Json) -> bool:
    """Tell whether a JSON value is a number (true and false are not)."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def number(value: Json, name: str) -> int | float:
    """Return a JSON number; everything else is refused."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    raise invalid(f"'{name}' is not a number, got {type_name(value)} ({value})", key=name, value=value)


def loose_number(value: Json, name: str) -> int | float:
    """Return a number that may be written as text."""
    if isinstance(value, str):
        try:
            return tidy(float(value.strip() or "0"))
        except ValueError:
            raise invalid(f"'{name}' is not a number, got string ({value})", key=name, value=value) from None
    if isinstance(value, bool):
        return int(value)
    return number(value, name)


def word(value: Json, name: str) -> str:
    """Return a JSON text; everything else is refused."""
    if isinstance(value, str):
        return value
    raise invalid(f"'{name}' is not a string, got {type_name(value)} ({value})", key=name, value=value)


def looked_up(value: Json, table: Mapping[str, T]) -> T:
    """Return what a word stands for; its case does not matter if only one spelling fits."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if text in table:
        return table[text]
    for key, meaning in table.items():
        if key.lower() == text.lower():
            return meaning
    raise invalid(f"Key '{text}' not found in: [{', '.join(table)}]", value=value)


def named(value: Json, table: Mapping[str, Any]) -> str | None:
    """Return the word that stands for a value, None if there is none."""
    return next((key for key, meaning in table.items() if meaning == value), None)


def clamped(value: float, low: float, high: float) -> int | float:
    """Return the value, or the limit it exceeds."""
    return max(low, min(high, value))


def u16(value: float) -> bytes:
    """Encode an unsigned 16-bit integer, little-endian; fractions are cut off."""
    return _octets(value, 2)


def u8(value: float) -> bytes:
    """Encode an unsigned 8-bit integer; fractions are cut off."""
    return _octets(value, 1)


def _octets(value: float, size: int) -> bytes:
    try:
        return int(value).to_bytes(size, "little")
    except OverflowError:
        raise invalid(f"{value} is out of range", value=value) from None


# ---- endpoints -------------------------------------------------------------------------------------------------------


def endpoints_with(
    device: Device, cluster: int, names: Iterable[str] | None = None, *, output: bool = False
) -> list[int]:
    """Return the endpoints that have the cluster as server (or `output`: as client); `names` chooses by name instead."""
    endpoints = device.description.endpoints
    if names is not None:
        wanted = {device.endpoint(name) for name in names}
        return [number for number in endpoints if number in wanted]
    return [
        number
        for number, endpoint in endpoints.items()
        if number != GREEN_POWER_ENDPOINT
        and cluster in (endpoint.output_clusters if output else endpoint.input_clusters)
    ]


def endpoint_for(ask: Ask, cluster: int) -> int:
    """Return where to send a request about a cluster: the endpoint that was named, else the first that has it."""
    if ask.endpoint_name is not None or ask.group is not None:
        return ask.endpoint
    candidates = endpoints_with(ask.device, cluster)
    return ask.endpoint if ask.endpoint in candidates or not candidates else candidates[0]


def suffix(device: Device, endpoint: int, of: str = "") -> str:
    """Return `_NAME` for reports of an endpoint whose keys carry it, else nothing. `of`: what it would be put behind."""
    named = device.definition.multi_endpoint and of not in device.definition.multi_endpoint_skip
    name = device.endpoint_name(endpoint) if named else None
    return f"_{name}" if name else ""


def known(ask: Ask, key: str) -> Json:
    """Return what clients know of a key of the addressed endpoint, None if nothing."""
    if ask.endpoint_name is not None:
        own = ask.device.state.get(f"{key}_{ask.endpoint_name}")
        if own is not None:
            return own
    return ask.device.state.get(key)


def meta(ask: Ask, key: str) -> Json:
    """Return a fact that the definition states for its parts."""
    return ask.device.definition.meta.get(key)


# ---- conversations ---------------------------------------------------------------------------------------------------


def read(endpoint: int, *attributes: Attribute) -> Read:
    """Return the effect that reads attributes of one cluster."""
    first = attributes[0]
    return Read(
        endpoint=endpoint,
        cluster=first.cluster,
        attributes=tuple(attribute.id for attribute in attributes),
        manufacturer=first.manufacturer,
    )


def write(endpoint: int, attribute: Attribute, value: Json) -> Write:
    """Return the effect that writes one attribute."""
    return Write(
        endpoint=endpoint,
        cluster=attribute.cluster,
        attributes=(AttributeValue(id=attribute.id, type=attribute.type, value=value),),
        manufacturer=attribute.manufacturer,
    )


def invoke(ask: Ask, cluster: int, command: int, payload: bytes = b"", manufacturer: int | None = None) -> Invoke:
    """Return the effect that sends a command to the addressed endpoint."""
    return Invoke(endpoint=ask.endpoint, cluster=cluster, command=command, payload=payload, manufacturer=manufacturer)


def value_of(records: Sequence[AttributeValue], attribute: Attribute) -> Json:
    """Return the value of one attribute from the answer to a read, None if the device does not have it."""
    return next((record.value for record in records if record.id == attribute.id and record.status == 0), None)


def getter(*attributes: Attribute) -> SetFunction:
    """Return a get function that reads these attributes of one cluster in one frame."""

    def get(ask: Ask) -> Conversation:
        yield read(endpoint_for(ask, attributes[0].cluster), *attributes)

    return get


def taken(key: str, value: Json) -> Merge:
    """Return the effect that tells clients the value they asked for."""
    return Merge({key: value})


def payload_effects(payload: JsonObject) -> tuple[Merge, ...]:
    """Return the effect of a payload; an empty one has none."""
    return (Merge(payload),) if payload else ()


def reported(endpoint: int, *items: Reported) -> Report:
    """Return the effect that configures reporting of attributes of one cluster."""
    first = items[0].attribute
    return Report(
        endpoint=endpoint,
        cluster=first.cluster,
        items=tuple(
            ReportItem(
                attribute=item.attribute.id,
                type=item.attribute.type,
                min_interval_s=item.minimum_s,
                max_interval_s=item.maximum_s,
                change=item.change,
                manufacturer=item.attribute.manufacturer,
            )
            for item in items
        ),
        manufacturer=first.manufacturer,
    )


def bound(endpoint: int, *clusters: int) -> Bind:
    """Return the effect that binds clusters of an endpoint to the coordinator."""
    return Bind(endpoint=endpoint, clusters=clusters)


# ---- set-up ----------------------------------------------------------------------------------------------------------


def _chunks(items: Sequence[Reported]) -> Iterable[Sequence[Reported]]:
    return (items[start : start + ATTRIBUTES_PER_FRAME] for start in range(0, len(items), ATTRIBUTES_PER_FRAME))


def set_up_endpoint(
    endpoint: int, items: Sequence[Reported], *, report: bool = True, also_read: bool = True
) -> Conversation:
    """Bind a cluster, configure reporting of its attributes and read them; a failing read fails nothing."""
    cluster = items[0].attribute.cluster
    if report:
        yield Bind(endpoint=endpoint, clusters=(cluster,))
        for chunk in _chunks(items):
            yield reported(endpoint, *chunk)
    if also_read:
        for chunk in _chunks(items):
            try:
                yield read(endpoint, *(item.attribute for item in chunk))
            except RequestFailed as error:
                yield Log(level="debug", event="read_failed", fields={"error": str(error)})


def set_up(
    *items: Reported,
    report: bool = True,
    also_read: bool = True,
    endpoints: Iterable[str] | None = None,
    first_only: bool = False,
) -> ConfigureStep:
    """Return the step that sets up attributes of one cluster on every endpoint that has it."""
    names = None if endpoints is None else tuple(endpoints)

    def step(device: Device) -> Conversation:
        found = endpoints_with(device, items[0].attribute.cluster, names)
        for endpoint in found[:1] if first_only else found:
            yield from set_up_endpoint(endpoint, items, report=report, also_read=also_read)

    return step


def in_turn(*effects: Effect, may_fail: bool = False) -> Part:
    """Return a part that only sets up: these effects one after the other. `may_fail`: the first that fails ends it."""

    def step(device: Device) -> Conversation:
        try:
            for effect in effects:  # noqa: UP028 - answers are sent in, which a tuple cannot take
                yield effect
        except RequestFailed as error:
            if not may_fail:
                raise
            yield Log(level="debug", event="set_up_failed", fields={"error": str(error)})

    return Part(configure=(step,))


def bind(cluster: int, *, output: bool = False, endpoints: Iterable[str] | None = None) -> ConfigureStep:
    """Return the step that binds a cluster of every endpoint that has it to the coordinator."""
    names = None if endpoints is None else tuple(endpoints)

    def step(device: Device) -> Conversation:
        for endpoint in endpoints_with(device, cluster, names, output=output):
            yield Bind(endpoint=endpoint, clusters=(cluster,))

    return step


def read_at_set_up(*attributes: Attribute, may_fail: bool = False) -> ConfigureStep:
    """Return the step that reads attributes of one cluster on every endpoint that has it."""

    def step(device: Device) -> Conversation:
        for endpoint in endpoints_with(device, attributes[0].cluster):
            try:
                yield read(endpoint, *attributes)
            except RequestFailed:
                if not may_fail:
                    raise

    return step
