"""Kinds of Tuya datapoints: what values of devices mean, and what is sent for values of clients."""

from __future__ import annotations

from typing import cast

import pytest

from zigbus.contract.base import Json, RequestFailed
from zigbus_converter.bench import described
from zigbus_converter.definition import Ask
from zigbus_converter.entity import Entity
from zigbus_converter.parts import tuya_kinds as kinds
from zigbus_converter.parts import tuya_schedules as schedules
from zigbus_converter.parts.tuya_points import BOOLEAN, ENUM, RAW, STRING, VALUE, Kind, Unreadable, Value, typed

SCHEDULE = "06:00/20.0 08:00/16.5 17:30/21.0 22:00/15.0"


def device(**options: Json) -> Entity:
    """A device with these options."""
    entity = Entity("0x0011223344556677")
    entity.known = described("TS0601", {1: ((0xEF00,), ())})
    entity.set_options(options)
    return entity


def heard(kind: Kind, value: Value, **options: Json) -> Json:
    """What is published for a value of the device."""
    assert kind.heard is not None
    return kind.heard(value, device(**options))


def said(kind: Kind, value: Json, **options: Json) -> tuple[int, bytes]:
    """What is sent for a value of a client: type and octets."""
    assert kind.said is not None
    ask = Ask(key="key", value=value, message={"key": value}, device=device(**options), endpoint=1, endpoint_name=None)
    return typed(kind.said(value, ask))


@pytest.mark.parametrize(
    ("kind", "of_device", "of_client", "sent"),
    [
        (kinds.PLAIN, 7, 7, (VALUE, b"\0\0\0\x07")),
        (kinds.PLAIN, True, True, (BOOLEAN, b"\x01")),
        (kinds.PLAIN, "on", "on", (STRING, b"on")),
        (kinds.TENTHS, 215, 21.5, (VALUE, b"\0\0\0\xd7")),
        (kinds.TENTHS, -5, -0.5, (VALUE, b"\xff\xff\xff\xfb")),
        (kinds.HUNDREDTHS, 2301, 23.01, (VALUE, b"\0\0\x08\xfd")),
        (kinds.LEVEL, 1000, 254, (VALUE, b"\0\0\x03\xe8")),
        (kinds.LESS_ONE, 2, 3, (VALUE, b"\0\0\0\x02")),
        (kinds.CALIBRATION_12_BITS, 4094, -2, (VALUE, b"\0\0\x0f\xfe")),
        (kinds.ON_OFF, True, "ON", (BOOLEAN, b"\x01")),
        (kinds.LOCK, False, "UNLOCK", (BOOLEAN, b"\0")),
        (kinds.POWER_ON, 2, "previous", (ENUM, b"\x02")),
        (kinds.BATTERY_STATE, 1, "medium", (VALUE, b"\0\0\0\x01")),
        (kinds.OPPOSITE, False, True, (BOOLEAN, b"\0")),
        (kinds.HEX_TEXT, "00480069", "Hi", (STRING, b"00480069")),
        (
            schedules.day(number=3),
            bytes.fromhex("03 060000c8 080000a5 111e00d2 16000096"),
            SCHEDULE,
            (RAW, bytes.fromhex("03 060000c8 080000a5 111e00d2 16000096")),
        ),
        (
            schedules.PAIRS,
            bytes.fromhex("07 04 3c 28 53 21"),
            "06:00/20.0 08:30/16.5",
            (RAW, bytes.fromhex("07 04 3c 28 53 21")),
        ),
    ],
)
def test_a_value_goes_both_ways(kind: Kind, of_device: Value, of_client: Json, sent: tuple[int, bytes]) -> None:
    assert heard(kind, of_device) == of_client
    assert said(kind, of_client) == sent


@pytest.mark.parametrize(
    ("kind", "value", "published"),
    [
        (kinds.PLAIN, b"\x01\x02", {"type": "Buffer", "data": [1, 2]}),
        (kinds.IS_1, True, False),
        (kinds.IS_1, 1, True),
        (kinds.NOT_0, 4, True),
        (kinds.always("cube"), 9, "cube"),
        (kinds.POWER, 0x19999998, -4),
        (kinds.PHASE_2, bytes.fromhex("08fc 00 0190 00 0064"), {"voltage": 230, "current": 0.4, "power": 100}),
        (kinds.PHASE_2, "CPwAAZAAAGQ=", {"voltage": 230, "current": 0.4, "power": 100}),
        (
            kinds.phase("a"),
            bytes.fromhex("08fc 00 0190 00 9998"),
            {"voltage_a": 230, "current_a": 0.4, "power_a": -2},
        ),
        (
            kinds.OVER_CURRENT,
            bytes.fromhex("0101003c 03000104"),
            {
                "over_current_breaker": "ON",
                "over_current_threshold": 60,
                "over_voltage_breaker": "OFF",
                "over_voltage_threshold": 260,
            },
        ),
        (kinds.WATER_CONSUMPTION, bytes.fromhex("00000000 000005dc"), 1.5),
        (kinds.mode_and_preset("preset"), 3, {"preset": "on", "system_mode": "heat"}),
    ],
)
def test_what_a_device_sends_is_understood(kind: Kind, value: Value, published: Json) -> None:
    assert heard(kind, value) == published


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (kinds.ON_OFF, 1),
        (kinds.POWER_ON, 7),
        (kinds.PHASE_2, 5),
        (schedules.day(), b"\0\x06"),
        (kinds.BATTERY_STATE, True),
    ],
)
def test_what_a_kind_does_not_know_is_not_published(kind: Kind, value: Value) -> None:
    with pytest.raises(Unreadable):
        heard(kind, value)


@pytest.mark.parametrize("text", ["06:00/20.0", "06:00/99 08:00/16 17:00/21 22:00/15", "six", ""])
def test_a_schedule_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(RequestFailed):
        said(schedules.day(), text)


@pytest.mark.parametrize(
    ("options", "position", "state", "sent"), [({}, 30, "OPEN", 70), ({"invert_cover": True}, 70, "OPEN", 30)]
)
def test_a_cover_that_counts_from_closed_is_turned_round(
    options: dict[str, Json], position: int, state: str, sent: int
) -> None:
    kind = kinds.POSITION_COUNTS_CLOSED
    assert kind.first is not None
    assert kind.first(70, device(**options)) == {"state": state}
    assert heard(kind, 70, **options) == position
    assert said(kind, cast(Json, 30), **options) == (VALUE, bytes((0, 0, 0, sent)))
