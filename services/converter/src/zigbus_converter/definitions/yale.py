"""Yale."""

from __future__ import annotations

from dataclasses import replace

from zigbus.contract.base import RequestFailed
from zigbus_converter.definition import Definition, Device, Part
from zigbus_converter.effects import Bind, Conversation, Log
from zigbus_converter.parts import usual
from zigbus_converter.parts.base import HOUR, MAX, Reported, read, set_up_endpoint
from zigbus_converter.parts.battery import battery
from zigbus_converter.parts.lock import LOCK_REPORTING, lock
from zigbus_converter.parts.zcl import BATTERY_ALARM_STATE, BATTERY_PERCENTAGE, DOOR_LOCK, POWER_CONFIGURATION


def _reports(*items: Reported) -> Conversation:
    for effect in set_up_endpoint(1, items, also_read=False):
        if not isinstance(effect, Bind):
            yield effect


def _set_up(device: Device) -> Conversation:
    """Bind both clusters first, then configure; not every lock has the battery alarm."""
    yield Bind(endpoint=1, clusters=(DOOR_LOCK, POWER_CONFIGURATION))
    yield from _reports(LOCK_REPORTING)
    yield from _reports(Reported(BATTERY_PERCENTAGE, HOUR, MAX, 0))
    yield read(1, BATTERY_PERCENTAGE)
    try:
        yield from _reports(Reported(BATTERY_ALARM_STATE, HOUR, MAX, 0))
        yield read(1, BATTERY_ALARM_STATE)
    except RequestFailed as error:
        yield Log(level="debug", event="reporting_failed", fields={"error": str(error)})


BATTERY = replace(battery(voltage=True, low=True, reporting=None), exposes=(), senders=())
ASSURE: tuple[Part, ...] = (
    replace(lock(reporting=False, between=(usual.battery(),)), configure=(_set_up,)),
    BATTERY,
    Part(exposes=(usual.battery_low(),)),
)
PIN_CODES = {"pin_code_count": 250}

DEFINITIONS = (
    Definition(
        models=("YRD226 TSDB", "YRD226L TSDB"),
        model="YRD226HA2619",
        vendor="Yale",
        description="Assure lock",
        parts=ASSURE,
        meta=PIN_CODES,
    ),
)
