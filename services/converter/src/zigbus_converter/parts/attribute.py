"""Any attribute as a number, a choice or a yes/no: the way to most settings and many sensors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from zigbus.contract.base import Json
from zigbus.contract.definitions import Expose
from zigbus_converter import expose
from zigbus_converter.definition import Ask, ConfigureStep, Device, Frame, Part, ReceiveFunction, Receiver, Sender
from zigbus_converter.effects import Conversation, Effects
from zigbus_converter.expose import ALL, GET, SET, Category, Word
from zigbus_converter.parts.base import (
    REPORTS,
    Reported,
    endpoint_for,
    getter,
    is_valid,
    looked_up,
    named,
    number,
    payload_effects,
    rounded,
    set_up,
    taken,
    tidy,
    word,
    write,
)
from zigbus_converter.parts.zcl import SINGLE, Attribute

Scale = float | tuple[Callable[[float], float], Callable[[float], float]]  # divisor, or (from device, to device)


def _heard(
    attribute: Attribute, name: str, convert: Callable[[Any], Json], endpoints: tuple[str, ...] | None
) -> ReceiveFunction:
    def receive(frame: Frame, device: Device) -> Effects:
        value = frame.value(attribute.id)
        if value is None or frame.manufacturer not in (None, attribute.manufacturer):
            return ()
        if endpoints is not None and device.endpoint_name(frame.endpoint) not in endpoints:
            return ()
        converted = convert(value)
        return payload_effects({} if converted is None else {name: converted})

    return receive


def _part(
    attribute: Attribute,
    shown: Expose,
    access: int,
    *,
    heard: Callable[[Any], Json],
    said: Callable[[Json], Json],
    reporting: Reported | None,
    endpoints: Iterable[str] | None,
) -> Part:
    """Build the part of one attribute: `heard` converts from the device, `said` to it (and refuses wrong values)."""
    name = shown.name or ""
    names = None if endpoints is None else tuple(endpoints)

    def send(ask: Ask) -> Conversation:
        raw = said(ask.value)
        yield write(endpoint_for(ask, attribute.cluster), attribute, raw)
        yield taken(name, ask.value)

    sender = Sender(
        (name,), set=send if access & SET else None, get=getter(attribute) if access & GET else None, endpoints=names
    )
    return Part(
        exposes=expose.at_endpoints((shown,), names),
        receivers=(Receiver(attribute.cluster, REPORTS, _heard(attribute, name, heard, names)),),
        senders=(sender,),
        configure=_steps(attribute, access, reporting, names),
    )


def _steps(
    attribute: Attribute, access: int, reporting: Reported | None, names: tuple[str, ...] | None
) -> tuple[ConfigureStep, ...]:
    reads = bool(access & GET)
    if reporting is None and not reads:
        return ()
    item = reporting or Reported(attribute)
    return (set_up(item, report=reporting is not None, also_read=reads, endpoints=names),)


def _scaled_down(scale: Scale, digits: int | None, plausible: tuple[float, float] | None) -> Callable[[Any], Json]:
    def convert(raw: Any) -> Json:
        if not is_valid(raw):
            return None
        value = raw / scale if isinstance(scale, int | float) else scale[0](raw)
        if plausible is not None and not plausible[0] <= value <= plausible[1]:
            return None
        return tidy(value) if digits is None else rounded(value, digits)

    return convert


def numeric(
    name: str,
    attribute: Attribute,
    access: int = ALL,
    *,
    scale: Scale = 1,
    digits: int | None = None,
    plausible: tuple[float, float] | None = None,
    unit: str | None = None,
    minimum: float | None = None,
    maximum: float | None = None,
    step: float | None = None,
    description: str | None = None,
    label: str | None = None,
    category: Category | None = None,
    reporting: Reported | None = None,
    endpoints: Iterable[str] | None = None,
) -> Part:
    """Return a number. `scale` divides what the device sends; `digits` rounds it after that.

    Values outside `plausible` are not published: some sensors send nonsense now and then.
    """
    shown = expose.numeric(
        name,
        access,
        unit=unit,
        minimum=minimum,
        maximum=maximum,
        step=step,
        description=description,
        label=label,
        category=category,
    )

    def said(value: Json) -> Json:
        asked = number(value, name)
        raw = asked * scale if isinstance(scale, int | float) else scale[1](asked)
        return float(raw) if attribute.type == SINGLE else int(rounded(raw) if digits == 0 else raw)

    heard = _scaled_down(scale, digits, plausible)
    return _part(attribute, shown, access, heard=heard, said=said, reporting=reporting, endpoints=endpoints)


def enum(
    name: str,
    attribute: Attribute,
    values: Mapping[str, int],
    access: int = ALL,
    *,
    description: str | None = None,
    label: str | None = None,
    category: Category | None = None,
    reporting: Reported | None = None,
    endpoints: Iterable[str] | None = None,
) -> Part:
    """Return a choice; a number that the table lacks is not published."""
    shown = expose.enum(name, values, access, description=description, label=label, category=category)

    def said(value: Json) -> Json:
        return looked_up(value, values)

    def heard(raw: Any) -> Json:
        return named(raw, values)

    return _part(attribute, shown, access, heard=heard, said=said, reporting=reporting, endpoints=endpoints)


def binary(
    name: str,
    attribute: Attribute,
    access: int = ALL,
    *,
    on: tuple[Word, int] = (True, 1),
    off: tuple[Word, int] = (False, 0),
    description: str | None = None,
    label: str | None = None,
    category: Category | None = None,
    reporting: Reported | None = None,
    endpoints: Iterable[str] | None = None,
) -> Part:
    """Return a yes/no: each of `on` and `off` is the client's word and the device's number."""
    shown = expose.binary(name, access, on=on[0], off=off[0], description=description, label=label, category=category)

    def said(value: Json) -> Json:
        return on[1] if value == on[0] else off[1]

    def heard(raw: Any) -> Json:
        return on[0] if int(raw) == on[1] else off[0]

    return _part(attribute, shown, access, heard=heard, said=said, reporting=reporting, endpoints=endpoints)


def text(
    name: str,
    attribute: Attribute,
    access: int = ALL,
    *,
    heard: Callable[[Any], Json] = lambda raw: raw,
    said: Callable[[str], Json] = lambda value: value,
    description: str | None = None,
    category: Category | None = None,
    reporting: Reported | None = None,
) -> Part:
    """Return a text. `heard` and `said` convert if the device holds it in another form."""
    shown = expose.text(name, access, description=description, category=category)
    written = said

    def checked(value: Json) -> Json:
        return written(word(value, name))

    return _part(attribute, shown, access, heard=heard, said=checked, reporting=reporting, endpoints=None)
