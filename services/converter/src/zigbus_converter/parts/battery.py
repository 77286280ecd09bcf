"""Batteries of the power configuration cluster."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from zigbus.contract.base import JsonObject, RequestFailed
from zigbus.contract.definitions import Expose
from zigbus_converter import expose
from zigbus_converter.definition import Ask, Device, Frame, Part, Receiver, Sender
from zigbus_converter.effects import Conversation, Effects, Log
from zigbus_converter.expose import STATE_GET
from zigbus_converter.parts import usual
from zigbus_converter.parts.base import (
    HOUR,
    MAX,
    REPORTS,
    Reported,
    clamped,
    endpoint_for,
    is_valid,
    payload_effects,
    read,
    reported,
    rounded,
    set_up,
)
from zigbus_converter.parts.zcl import BATTERY_ALARM_STATE, BATTERY_PERCENTAGE, BATTERY_VOLTAGE, POWER_CONFIGURATION

UNKNOWN = 0xFF
USUAL_REPORTING = Reported(BATTERY_PERCENTAGE, HOUR, MAX, 10)


@dataclass(frozen=True, slots=True)
class Linear:
    """A battery whose percentage follows its voltage from `empty_mv` to `full_mv`."""

    empty_mv: int
    full_mv: int


def percentage_of(millivolt: float, curve: Linear) -> int | float:
    """Return the percentage at a voltage."""
    share = (clamped(millivolt, curve.empty_mv, curve.full_mv) - curve.empty_mv) / (curve.full_mv - curve.empty_mv)
    return rounded(share * 100)


LITHIUM_COIN = ((3000, 100), (2900, 42), (2740, 18), (2440, 6), (2100, 0))  # mV, %: discharge of a CR2032


def coin_cell_percentage(millivolt: float) -> int | float:
    """Return the percentage of a 3 V lithium cell at a voltage."""
    if millivolt >= LITHIUM_COIN[0][0]:
        return 100
    for (high, full), (low, empty) in pairwise(LITHIUM_COIN):
        if millivolt >= low:
            return rounded(full - (high - millivolt) * (full - empty) / (high - low))
    return 0


def _low(alarms: int) -> bool:
    """Tell whether any of the four thresholds of any of the three batteries is crossed."""
    return any(alarms >> first & 0b1111 for first in (0, 10, 20))


def battery(
    *,
    percentage: bool = True,
    voltage: bool = False,
    low: bool = False,
    halves: bool | Callable[[Device], bool] = True,
    curve: Linear | None = None,
    reporting: Reported | None = USUAL_REPORTING,
    trusts_percentage: bool = True,
    voltage_reporting: Reported | None = None,
    access: int = STATE_GET,
) -> Part:
    """Return the battery. `halves`: the device counts half per cents, as the standard wants; some count whole ones.

    `trusts_percentage` False: the device's own percentage is not published, only the one that follows from the voltage.
    """
    shown = []
    if percentage:
        shown.append(usual.battery(access))
    if voltage:
        about = "Battery voltage in millivolts"
        shown.append(expose.numeric("voltage", access, unit="mV", description=about, category="diagnostic"))
    if low:
        shown.append(usual.battery_low())

    def receive(frame: Frame, device: Device) -> Effects:
        divisor = 2 if (halves(device) if callable(halves) else halves) else 1
        payload = _payload(frame, divisor, voltage=voltage, low=low, curve=curve)
        if not trusts_percentage and not is_valid(frame.value(BATTERY_VOLTAGE.id)):
            payload.pop("battery", None)
        return payload_effects(payload)

    steps = [set_up(item, first_only=True) for item in (reporting, voltage_reporting) if item is not None]
    return Part(
        exposes=tuple(shown),
        receivers=(Receiver(POWER_CONFIGURATION, REPORTS, receive),),
        senders=(Sender(("battery", "voltage"), get=_get),),
        configure=tuple(steps),
    )


def _payload(frame: Frame, divisor: int, *, voltage: bool, low: bool, curve: Linear | None) -> JsonObject:
    payload: JsonObject = {}
    percentage = frame.value(BATTERY_PERCENTAGE.id)
    if percentage is not None and percentage < UNKNOWN:
        payload["battery"] = rounded(percentage / divisor, 2)
    tenths = frame.value(BATTERY_VOLTAGE.id)
    if tenths is not None and tenths < UNKNOWN:
        if voltage:
            payload["voltage"] = tenths * 100
        if curve is not None:
            payload["battery"] = percentage_of(tenths * 100, curve)
    alarms = frame.value(BATTERY_ALARM_STATE.id)
    if low and alarms is not None:
        payload["battery_low"] = _low(alarms)
    return payload


def _get(ask: Ask) -> Conversation:
    """Read both values, one after the other: many devices have only one of them."""
    endpoint = endpoint_for(ask, POWER_CONFIGURATION)
    for attribute in (BATTERY_PERCENTAGE, BATTERY_VOLTAGE):
        try:
            yield read(endpoint, attribute)
        except RequestFailed as error:
            yield Log(level="debug", event="read_failed", fields={"error": str(error)})


def plain_battery(*shown: Expose, low: bool = True, trusts_percentage: bool = True, **kind: Any) -> Part:
    """Return a battery whose values come by themselves and cannot be read: all three are published, `shown` ones exposed."""
    part = battery(voltage=True, low=low, reporting=None, trusts_percentage=trusts_percentage, **kind)
    return replace(part, exposes=shown, senders=())


PERCENTAGE_REPORTED = (reported(1, Reported(BATTERY_PERCENTAGE, HOUR, MAX, 0)), read(1, BATTERY_PERCENTAGE))
VOLTAGE_REPORTED = (reported(1, Reported(BATTERY_VOLTAGE, HOUR, MAX, 0)), read(1, BATTERY_VOLTAGE))
