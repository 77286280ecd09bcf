"""Alarm zones (IAS zone cluster): one status word, named by what the zone watches."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from zigbus.contract.base import Json, JsonObject
from zigbus.contract.definitions import Expose
from zigbus_converter import expose
from zigbus_converter.definition import Device, Frame, Kind, Part, Receiver
from zigbus_converter.effects import CancelTimer, Effect, Effects, Merge, Publish, SetTimer
from zigbus_converter.expose import SET
from zigbus_converter.parts import usual
from zigbus_converter.parts.base import Reported, loose_number, set_up
from zigbus_converter.parts.zcl import IAS_ZONE, ZONE_STATUS

Zone = Literal[
    "occupancy",
    "contact",
    "smoke",
    "water_leak",
    "carbon_monoxide",
    "sos",
    "vibration",
    "alarm",
    "gas",
    "rain",
    "generic",
]
Bit = Literal[
    "alarm_1", "alarm_2", "tamper", "battery_low", "supervision_reports", "restore_reports", "trouble", "ac_status", "test",
    "battery_defect",
]  # fmt: skip

BITS: dict[str, int] = {
    "alarm_1": 0,
    "alarm_2": 1,
    "tamper": 2,
    "battery_low": 3,
    "supervision_reports": 4,
    "restore_reports": 5,
    "trouble": 6,
    "ac_status": 7,
    "test": 8,
    "battery_defect": 9,
}
STATUS_CHANGE = 0x00
TIMEOUT_S = 90

_ABOUT = {
    "contact": "Whether the contact is closed (true) or open (false)",
    "smoke": "Smoke was detected",
    "water_leak": "A water leak was detected",
    "carbon_monoxide": "Carbon monoxide was detected",
    "sos": "The emergency button was pressed",
    "vibration": "Vibration was detected",
    "alarm": "The alarm is on",
    "gas": "Gas was detected",
    "rain": "Rain was detected",
    "alarm_1": "The first alarm of the zone is on",
    "alarm_2": "The second alarm of the zone is on",
    "tamper": "Someone tampers with the device",
    "supervision_reports": "The zone reports that it is there",
    "restore_reports": "The zone reports the end of an alarm",
    "trouble": "The zone has a fault",
    "ac_status": "The mains supply has a fault",
    "test": "The zone is in test mode",
    "battery_defect": "The battery is defective",
}
_DIAGNOSTIC = {"supervision_reports", "restore_reports", "trouble", "ac_status", "test", "battery_defect", "tamper"}


def _shown(name: str, *, diagnostic: bool = True) -> Expose:
    if name == "occupancy":
        return usual.occupancy()
    if name == "contact":
        return (
            usual.contact()
            if not diagnostic
            else expose.binary("contact", on=False, off=True, description=_ABOUT[name])
        )
    if name == "battery_low":
        return usual.battery_low()
    label = "SOS" if name == "sos" else None
    return expose.binary(
        name,
        description=_ABOUT[name],
        label=label,
        category="diagnostic" if diagnostic and name in _DIAGNOSTIC else None,
    )


def _names(zone: Zone, bits: Iterable[Bit]) -> dict[str, str]:
    """Return the key of each status bit that is published."""
    wanted = tuple(bits)
    both = "alarm_1" in wanted and "alarm_2" in wanted
    names: dict[str, str] = {}
    for bit in wanted:
        alarm = bit in ("alarm_1", "alarm_2") and zone != "generic"
        names[bit] = f"{zone}_{bit}" if alarm and both else zone if alarm else bit
    return names


def zone(
    kind: Zone,
    bits: tuple[Bit, ...] = ("alarm_1", "battery_low"),
    *,
    ends_by_itself: bool = True,
    reporting: bool = False,
    shown: tuple[str, ...] | None = None,
    heard: tuple[Kind, ...] = ("command", "report", "read_response"),
) -> Part:
    """Return an alarm zone. `ends_by_itself` False: the device does not tell the end, it is published after a time.

    `shown`: keys to expose, where not all that are published are known to be there on every device.
    """
    names = _names(kind, bits)
    alarms = tuple(name for bit, name in names.items() if bit in ("alarm_1", "alarm_2"))
    option = f"{kind}_timeout"

    def receive(frame: Frame, device: Device) -> Effects:
        status = _status_of(frame)
        if status is None:
            return
        if not ends_by_itself:
            yield _end_later(device, option, alarms)
        yield Merge(_payload(names, status, inverted=kind == "contact"))

    about = f"Seconds until {kind} is cleared (default {TIMEOUT_S})"
    timeout = expose.numeric(option, SET, minimum=0, description=about)
    return Part(
        exposes=tuple(_shown_zone(kind, names))
        if shown is None
        else tuple(_shown(name, diagnostic=False) for name in shown),
        receivers=(Receiver(IAS_ZONE, heard, receive),),
        configure=(set_up(Reported(ZONE_STATUS, 0, change=0)),) if reporting else (),
        receive_options=() if ends_by_itself else (timeout,),
    )


NOTIFIED: tuple[Bit, ...] = ("alarm_1", "tamper", "battery_low")
EVERY_BIT: tuple[Bit, ...] = (
    "alarm_1", "tamper", "battery_low", "supervision_reports", "restore_reports", "trouble", "ac_status", "test", "battery_defect",
)  # fmt: skip


def notified_zone(kind: Zone, *shown: str, bits: tuple[Bit, ...] = NOTIFIED) -> Part:
    """Return an alarm zone of which only notifications count; `shown` names what the device is known to have."""
    return zone(kind, bits, shown=shown, heard=("command",))


def _shown_zone(kind: Zone, names: dict[str, str]) -> Iterable[Expose]:
    for bit, name in names.items():
        if name == f"{kind}_{bit}":
            yield expose.binary(name, description=f"{_ABOUT.get(kind, 'Motion was detected')} ({bit})")
        else:
            yield _shown(name)


def _status_of(frame: Frame) -> int | None:
    """Return the zone status of a notification or a report; the notification begins with it."""
    if frame.kind == "command":
        is_status = frame.command == STATUS_CHANGE and frame.from_server and len(frame.payload) >= 2
        return int.from_bytes(frame.payload[:2], "little") if is_status else None
    value: Json = frame.value(ZONE_STATUS.id)
    return value if isinstance(value, int) else None


def _payload(names: dict[str, str], status: int, *, inverted: bool) -> JsonObject:
    payload: JsonObject = {}
    for bit, name in names.items():
        value = bool(status >> BITS[bit] & 1)
        payload[name] = not value if inverted and bit in ("alarm_1", "alarm_2") else value
    return payload


def _end_later(device: Device, option: str, alarms: tuple[str, ...]) -> Effect:
    wish = device.options.get(option)
    timeout_s = TIMEOUT_S if wish is None else loose_number(wish, option)
    if not timeout_s:
        return CancelTimer(key=option)
    return SetTimer(key=option, after_s=timeout_s, effects=(Publish(dict.fromkeys(alarms, False)),))
