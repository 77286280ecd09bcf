"""Electricity meters: power, voltage, current, energy, with the multipliers and divisors that the device keeps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from zigbus.contract.base import JsonObject, RequestFailed
from zigbus.contract.definitions import Expose
from zigbus_converter import expose
from zigbus_converter.definition import Device, Frame, Part, ReceiveFunction, Receiver, Sender
from zigbus_converter.effects import Conversation, Effects, Log
from zigbus_converter.expose import STATE, STATE_GET
from zigbus_converter.parts import usual
from zigbus_converter.parts.base import (
    MAX,
    REPORTS,
    Reported,
    endpoints_with,
    getter,
    payload_effects,
    read,
    rounded,
    set_up_endpoint,
    tidy,
)
from zigbus_converter.parts.zcl import ELECTRICAL, METERING, S16, S24, U16, U24, U48, Attribute

POWER_FACTORS = {"power_factor": 0x0510, "power_factor_phase_b": 0x0910, "power_factor_phase_c": 0x0A10}  # per cent


class Scaling(NamedTuple):
    """The attributes that hold multiplier and divisor of a group of measurements."""

    multiplier: Attribute
    divisor: Attribute


def _electrical_scaling(first: int) -> Scaling:
    return Scaling(Attribute(ELECTRICAL, first, U16), Attribute(ELECTRICAL, first + 1, U16))


AC_VOLTAGE, AC_CURRENT, AC_POWER = (_electrical_scaling(first) for first in (0x0600, 0x0602, 0x0604))
AC_FREQUENCY = _electrical_scaling(0x0400)
DC_VOLTAGE, DC_CURRENT, DC_POWER = (_electrical_scaling(first) for first in (0x0200, 0x0202, 0x0204))
METER = Scaling(Attribute(METERING, 0x0301, U24), Attribute(METERING, 0x0302, U24))


class Quantity(NamedTuple):
    """One measured quantity: its key, its attribute, its scaling, and the change that is worth a report, in its unit."""

    name: str
    attribute: Attribute
    scaling: Scaling
    change: float
    factor: float = 1  # from the meter's unit to the published one


ELECTRICAL_QUANTITIES = (
    Quantity("power", Attribute(ELECTRICAL, 0x050B, S16), AC_POWER, 5),
    Quantity("power_phase_b", Attribute(ELECTRICAL, 0x090B, S16), AC_POWER, 5),
    Quantity("power_phase_c", Attribute(ELECTRICAL, 0x0A0B, S16), AC_POWER, 5),
    Quantity("power_apparent", Attribute(ELECTRICAL, 0x050F, U16), AC_POWER, 5),
    Quantity("power_apparent_phase_b", Attribute(ELECTRICAL, 0x090F, U16), AC_POWER, 5),
    Quantity("power_apparent_phase_c", Attribute(ELECTRICAL, 0x0A0F, U16), AC_POWER, 5),
    Quantity("power_reactive", Attribute(ELECTRICAL, 0x050E, S16), AC_POWER, 5),
    Quantity("power_reactive_phase_b", Attribute(ELECTRICAL, 0x090E, S16), AC_POWER, 5),
    Quantity("power_reactive_phase_c", Attribute(ELECTRICAL, 0x0A0E, S16), AC_POWER, 5),
    Quantity("current", Attribute(ELECTRICAL, 0x0508, U16), AC_CURRENT, 0.05),
    Quantity("current_phase_b", Attribute(ELECTRICAL, 0x0908, U16), AC_CURRENT, 0.05),
    Quantity("current_phase_c", Attribute(ELECTRICAL, 0x0A08, U16), AC_CURRENT, 0.05),
    Quantity("current_neutral", Attribute(ELECTRICAL, 0x0303, U16), AC_CURRENT, 0.05),
    Quantity("voltage", Attribute(ELECTRICAL, 0x0505, U16), AC_VOLTAGE, 5),
    Quantity("voltage_phase_b", Attribute(ELECTRICAL, 0x0905, U16), AC_VOLTAGE, 5),
    Quantity("voltage_phase_c", Attribute(ELECTRICAL, 0x0A05, U16), AC_VOLTAGE, 5),
    Quantity("ac_frequency", Attribute(ELECTRICAL, 0x0300, U16), AC_FREQUENCY, 1),
    Quantity("power", Attribute(ELECTRICAL, 0x0106, S16), DC_POWER, 0.1),
    Quantity("current", Attribute(ELECTRICAL, 0x0103, S16), DC_CURRENT, 0.1),
    Quantity("voltage", Attribute(ELECTRICAL, 0x0100, S16), DC_VOLTAGE, 0.1),
)
METERING_QUANTITIES = (
    Quantity("power", Attribute(METERING, 0x0400, S24), METER, 0.005, factor=1000),
    Quantity("energy", Attribute(METERING, 0x0000, U48), METER, 0.1),
    Quantity("produced_energy", Attribute(METERING, 0x0001, U48), METER, 0.1),
    *(
        Quantity(f"energy_tier_{tier}", Attribute(METERING, 0x00FE + 2 * tier, U48), METER, 0.1)
        for tier in (1, 2, 3, 4)
    ),
    *(
        Quantity(f"produced_energy_tier_{tier}", Attribute(METERING, 0x00FF + 2 * tier, U48), METER, 0.1)
        for tier in (1, 2)
    ),
)
KINDS = {
    "power": usual.power,
    "voltage": usual.voltage,
    "current": usual.current,
    "energy": usual.energy,
}
QUANTITIES = {quantity.name: quantity for quantity in reversed((*ELECTRICAL_QUANTITIES, *METERING_QUANTITIES))}
DC_QUANTITIES = {quantity.name: quantity for quantity in ELECTRICAL_QUANTITIES if quantity.attribute.id < 0x0200}
METERED_POWER = METERING_QUANTITIES[0]


@dataclass(frozen=True, slots=True)
class Fixed:
    """Scaling that is known and not to be read from the device (some tell it wrong), or another reporting."""

    divisor: int | None = None
    multiplier: int | None = None
    change: float | None = None
    minimum_s: int | None = None
    maximum_s: int | None = None


NOT_FIXED = Fixed()


def meter(
    *names: str,
    fixed: Mapping[str, Fixed] | None = None,
    metered_power: bool = False,
    direct: bool = False,
    access: int = STATE_GET,
    reporting: bool = True,
) -> Part:
    """Return a meter of these quantities, `power voltage current energy` if none is named.

    `fixed`: scaling by quantity; `metered_power`: power comes from the metering cluster; `direct`: direct current.
    """
    shown = names or ("power", "voltage", "current", "energy")
    fixes = fixed or {}
    table = {**QUANTITIES, **(DC_QUANTITIES if direct else {}), **({"power": METERED_POWER} if metered_power else {})}
    chosen = [table[name] for name in shown]
    steps = (lambda device: _set_up(device, chosen, fixes),) if reporting else ()
    return Part(
        exposes=tuple(_shown(name, access) for name in shown),
        receivers=_receivers(fixes),
        senders=tuple(Sender((quantity.name,), get=getter(quantity.attribute)) for quantity in chosen)
        if access & expose.GET
        else (),
        configure=steps,
    )


def _shown(name: str, access: int) -> Expose:
    if name in KINDS:
        return KINDS[name](access)
    unit = {"ac_frequency": "Hz", "power_apparent": "VA", "power_reactive": "VAR", "produced_energy": "kWh"}.get(name)
    label = "AC frequency" if name == "ac_frequency" else None
    for kind, kind_unit in (("power", "W"), ("current", "A"), ("voltage", "V")):
        if name.startswith(f"{kind}_phase"):
            unit = kind_unit
    diagnostic = name == "ac_frequency" or name.startswith("voltage")
    homeassistant = {"entityCategory": "diagnostic"} if diagnostic and access == STATE_GET else None
    about = f"Present {expose.label_of(name).lower()}"
    return expose.numeric(name, access, unit=unit, label=label, description=about, homeassistant=homeassistant)


def _receivers(fixed: Mapping[str, Fixed]) -> tuple[Receiver, ...]:
    """Receive every quantity, shown or not: clients get what a device says."""
    return (
        Receiver(ELECTRICAL, REPORTS, _receiver(ELECTRICAL_QUANTITIES, fixed), once_per_sequence=True),
        Receiver(METERING, REPORTS, _receiver(METERING_QUANTITIES, fixed), once_per_sequence=True),
    )


def _receiver(quantities: Sequence[Quantity], fixed: Mapping[str, Fixed]) -> ReceiveFunction:
    table = tuple((quantity.attribute.id, quantity, _fix_of(quantity, fixed)) for quantity in quantities)

    def receive(frame: Frame, device: Device) -> Effects:
        payload: JsonObject = {}
        told = frame.attributes
        for attribute, quantity, fix in table:
            raw = frame.value(attribute) if attribute in told else None
            if raw is not None:
                factor = _factor(device, frame.endpoint, quantity, fix)
                payload[quantity.name] = tidy(raw * (1 if factor is None else factor * quantity.factor))
        for name, number in POWER_FACTORS.items() if frame.cluster == ELECTRICAL else ():
            share = frame.value(number) if number in told else None
            if share is not None:
                payload[name] = rounded(share / 100, 2)
        return payload_effects(payload)

    return receive


def _factor(device: Device, endpoint: int, quantity: Quantity, fix: Fixed) -> float | None:
    """Return multiplier / divisor of a quantity, None while they are not known."""
    multiplier, divisor = _scale(device, endpoint, quantity, fix)
    return multiplier / divisor if multiplier and divisor else None


def _scale(device: Device, endpoint: int, quantity: Quantity, fix: Fixed) -> tuple[float | None, float | None]:
    """Return multiplier and divisor, as far as they are known."""
    if fix.divisor or fix.multiplier:
        return fix.multiplier or 1, fix.divisor or 1
    first, second = quantity.scaling
    multiplier = device.attribute(endpoint, first.cluster, first.id)
    return multiplier, device.attribute(endpoint, second.cluster, second.id)


def _fix_of(quantity: Quantity, fixed: Mapping[str, Fixed]) -> Fixed:
    """Return what is fixed for a quantity or for another with the same scaling attributes (phases, energy and power)."""
    for name, fix in fixed.items():
        other = QUANTITIES.get(name)
        if other is not None and other.scaling is quantity.scaling and (fix.divisor or fix.multiplier):
            return fix
    return NOT_FIXED


def _set_up(device: Device, quantities: Sequence[Quantity], fixed: Mapping[str, Fixed]) -> Conversation:
    for table in (ELECTRICAL_QUANTITIES, METERING_QUANTITIES):
        cluster = table[0].attribute.cluster
        chosen = [quantity for quantity in table if quantity in quantities]
        for endpoint in endpoints_with(device, cluster) if chosen else ():
            for quantity in chosen:
                yield from _learn_scaling(device, endpoint, quantity, fixed)
            yield from set_up_endpoint(endpoint, _reported(device, endpoint, chosen, fixed))


def _learn_scaling(device: Device, endpoint: int, quantity: Quantity, fixed: Mapping[str, Fixed]) -> Conversation:
    fix = fixed.get(quantity.name, NOT_FIXED)
    if not (fix.divisor or fix.multiplier):
        try:
            yield read(endpoint, quantity.scaling.divisor, quantity.scaling.multiplier)
        except RequestFailed as error:  # 1 to 1 then
            yield Log(level="debug", event="read_failed", fields={"error": str(error)})


def _reported(
    device: Device, endpoint: int, quantities: Iterable[Quantity], fixed: Mapping[str, Fixed]
) -> list[Reported]:
    items = []
    for quantity in quantities:
        fix = fixed.get(quantity.name, NOT_FIXED)
        multiplier, divisor = _scale(device, endpoint, quantity, _fix_of(quantity, fixed))
        change = int(quantity.change * ((divisor or 1) / (multiplier or 1))) if fix.change is None else fix.change
        least = 10 if fix.minimum_s is None else fix.minimum_s
        most = MAX if fix.maximum_s is None else fix.maximum_s
        items.append(Reported(quantity.attribute, least, most, change))
    return items


def fixed_meter(*names: str, access: int = STATE, fixed: Mapping[str, Fixed] | None = None) -> Part:
    """Return a meter that reports by itself or is polled: nothing is set up."""
    return meter(*names, fixed=fixed, access=access, reporting=False)
