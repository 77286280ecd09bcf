"""Third Reality."""

from __future__ import annotations

from zigbus_converter.definition import Definition
from zigbus_converter.parts import attribute, usual
from zigbus_converter.parts.base import in_turn, read
from zigbus_converter.parts.battery import battery, plain_battery
from zigbus_converter.parts.ias import notified_zone, zone
from zigbus_converter.parts.own import own
from zigbus_converter.parts.sensors import humidity, temperature
from zigbus_converter.parts.switch import on_off
from zigbus_converter.parts.zcl import BATTERY_PERCENTAGE, U8, U16, Attribute

CODE = 0x1233
ALARMS = 0xFF01  # the manufacturer's cluster of sensors; every model has its own attributes in it
BATTERY = plain_battery(usual.battery(), usual.battery_voltage())
READ_BATTERY = in_turn(read(1, BATTERY_PERCENTAGE))


def _own(number: int, kind: int) -> Attribute:
    return Attribute(ALARMS, number, kind, CODE)


DEFINITIONS = (
    Definition(
        models=("3RMS16BZ",),
        model="3RMS16BZ",
        vendor="Third Reality",
        description="Wireless motion sensor",
        parts=(notified_zone("occupancy", "occupancy", "battery_low"), BATTERY, READ_BATTERY, own("3rMotion")),
        ota=True,
    ),
    Definition(
        models=("3RDS17BZ",),
        model="3RDS17BZ",
        vendor="Third Reality",
        description="Door sensor",
        parts=(
            notified_zone("contact", "contact", "battery_low"),
            BATTERY,
            READ_BATTERY,
            own("3rDoor"),
            attribute.numeric(
                "delay_open", _own(0x0000, U16), unit="s", minimum=0, maximum=65535, description="Seconds until an opening is told"
            ),
        ),
        ota=True,
    ),
    Definition(
        models=("3RWS18BZ",),
        model="3RWS18BZ",
        vendor="Third Reality",
        description="Water sensor",
        parts=(
            own("3rWater"),
            on_off(power_on_behaviour=False),
            zone("water_leak"),
            battery(),
            attribute.binary(
                "water_leak_buzzer", _own(0x0010, U8), on=("ON", 1), off=("OFF", 0), description="Beep when there is water"
            ),
            attribute.numeric(
                "water_leak_buzzer_alarm_mode",
                _own(0x0011, U8),
                unit="min",
                minimum=0,
                maximum=255,
                description="Minutes that it beeps, 0 is until the water is gone",
            ),
        ),
        ota=True,
    ),
    Definition(
        models=("3RSP019BZ",),
        model="3RSP019BZ",
        vendor="Third Reality",
        description="Zigbee / BLE smart plug",
        parts=(on_off(), own("3rPlugGen1")),
        ota=True,
    ),
    Definition(
        models=("3RTHS24BZ",),
        model="3RTHS24BZ",
        vendor="Third Reality",
        description="Temperature and humidity sensor",
        parts=(temperature(), humidity(), battery(), own("3rClimate")),
        ota=True,
    ),
)  # fmt: skip
