"""Moes."""

from __future__ import annotations

from collections.abc import Sequence

from zigbus.contract.base import Json, JsonObject
from zigbus.contract.definitions import Expose
from zigbus_converter.definition import Ask, Definition, Device, Fingerprint, Part, Sender, WhiteLabel
from zigbus_converter.effects import Conversation
from zigbus_converter.expose import STATE, STATE_SET, binary, climate, numeric, state, text
from zigbus_converter.parts import thermostat, tuya, usual
from zigbus_converter.parts.base import invalid, rounded, taken
from zigbus_converter.parts.tuya_kinds import (
    LOCK_LOOSE,
    NUMBER,
    ON_OFF_LOOSE,
    PLAIN,
    TENTHS,
    loose,
    read_only,
    same,
    words,
)
from zigbus_converter.parts.tuya_points import Choice, Heard, Kind, Point, Said, Unreadable, Value, datapoints

PRESETS = {"programming": Choice(0), "manual": Choice(1), "temporary_manual": Choice(2), "holiday": Choice(3)}
PERIODS = 12  # four each for weekdays, Saturday and Sunday


def _schedule(raw: Value, device: Device) -> Json:
    if not isinstance(raw, bytes) or len(raw) < 3 * PERIODS:
        raise Unreadable(f"no schedule: {raw!r}")
    periods = (raw[start : start + 3] for start in range(0, 3 * PERIODS, 3))
    return "  ".join(f"{hour:02}:{minute:02}/{rounded(half / 2, 1)}°C" for hour, minute, half in periods)


def _said_schedule(value: Json, ask: Ask) -> Said:
    try:
        items = [item.removesuffix("°C").split("/") for item in str(value).split("  ")]
        octets = b"".join(_period(item[0], item[1]) for item in items)
    except (ValueError, IndexError):
        octets = b""
    if len(octets) != 3 * PERIODS:
        raise invalid("programming_mode must be twelve times HH:MM/DEGREES°C, two blanks apart", value=value)
    return octets


def _period(clock: str, degrees: str) -> bytes:
    hour, _, minute = clock.partition(":")
    return bytes((int(hour), int(minute), int(rounded(float(degrees) * 2))))


def _special(heard: Heard, device: Device) -> JsonObject | None:
    """Some datapoints say two things."""
    if heard.number == 1:
        preset = next((name for name, number in PRESETS.items() if same(heard.value, number)), None)
        return {"system_mode": "heat"} | ({} if preset is None else {"preset": preset})
    if heard.number == 7:
        return {"running_state": "idle" if heard.value else "heat", "valve_state": "CLOSED" if heard.value else "OPEN"}
    if heard.number == 105 and isinstance(heard.value, int):
        payload: JsonObject = {"local_temperature_calibration": heard.value}
        before, measured = (device.state.get(k) for k in ("local_temperature_calibration", "local_temperature"))
        if before is not None and measured is not None:  # the valve tells the corrected value only when it changes
            payload["local_temperature"] = measured + heard.value - before
        return payload
    return None


READ_ONLY = read_only(PLAIN)

TABLE = (
    Point(1, "preset", words(PRESETS), optimistic=False),
    Point(2, "current_heating_setpoint", NUMBER, optimistic=False),
    Point(3, "local_temperature", read_only(TENTHS)),
    Point(4, "boost_heating", ON_OFF_LOOSE, optimistic=False),
    Point(5, "boost_heating_countdown", READ_ONLY),
    Point(8, "window_detection", ON_OFF_LOOSE, optimistic=False),
    Point(9, "window", read_only(loose("CLOSED", "OPEN"))),
    Point(13, "child_lock", LOCK_LOOSE, optimistic=False),
    Point(14, "battery", READ_ONLY),
    Point(101, "programming_mode", Kind(_schedule, _said_schedule), optimistic=False),
    Point(103, "boost_heating_countdown_time_set", NUMBER, optimistic=False),
    Point(104, "position", READ_ONLY),
    Point(105, "local_temperature_calibration", NUMBER, optimistic=False),
    Point(106, "eco_mode", ON_OFF_LOOSE, optimistic=False),
    Point(107, "eco_temperature", NUMBER, optimistic=False),
    Point(108, "max_temperature", NUMBER, optimistic=False),
    Point(109, "min_temperature", NUMBER, optimistic=False),
)


def _send_mode(ask: Ask) -> Conversation:
    """The valve knows one mode."""
    yield taken("system_mode", "heat")


def _window_detection() -> Expose:
    feature = state("Whether open windows are detected", property="window_detection", access=STATE_SET)
    return Expose(type="switch", label="Window detection", features=(feature,))


def _climate() -> Expose:
    features: Sequence[Expose] = (
        thermostat.local_temperature(STATE),
        thermostat.setpoint("current_heating_setpoint", 0, 35, 1, STATE_SET),
        thermostat.calibration(-9, 9, 1, STATE_SET),
        thermostat.system_mode("heat", access=STATE_SET),
        thermostat.running_state("idle", "heat", access=STATE),
        thermostat.preset(*PRESETS, access=STATE_SET, description="Program: by the week, by hand, by hand until the next period, or holiday"),
    )  # fmt: skip
    return climate(features)


def _temperature(name: str, low: float, high: float, about: str) -> Expose:
    return numeric(name, STATE_SET, unit="°C", minimum=low, maximum=high, description=about)


SHOWN = Part(
    exposes=(
        usual.battery(),
        usual.child_lock(),
        binary("eco_mode", STATE_SET, on="ON", off="OFF", description="Saves energy"),
        _temperature("eco_temperature", 5, 35, "Temperature of eco mode"),
        _temperature("max_temperature", 15, 45, "Highest temperature"),
        _temperature("min_temperature", 0, 15, "Lowest temperature"),
        binary("valve_state", on="OPEN", off="CLOSED", description="Whether the valve is open"),
        numeric("position", unit="%", description="How far the valve is open"),
        _window_detection(),
        binary("window", on="OPEN", off="CLOSED", description="Whether a window is open"),
        _climate(),
        text(
            "programming_mode", STATE_SET, description="Schedule: four periods each for weekdays, Saturday and Sunday"
        ),
        binary("boost_heating", STATE_SET, on="ON", off="OFF", description="Opens the valve for a while"),
        numeric(
            "boost_heating_countdown", unit="min", minimum=0, maximum=15, description="Minutes that boost still lasts"
        ),
        numeric(
            "boost_heating_countdown_time_set",
            STATE_SET,
            unit="s",
            minimum=0,
            maximum=900,
            step=1,
            description="Seconds that boost lasts (default 300)",
        ),
    ),
    senders=(Sender(("system_mode",), set=_send_mode),),
)

NAMES = ("_TZE200_b6wax7g0", "_TZE200_qsoecqlk", "_TZE200_6y7kyjga")

DEFINITIONS = (
    Definition(
        fingerprints=tuple(Fingerprint(model="TS0601", manufacturer=name) for name in NAMES),
        model="BRT-100-TRV",
        vendor="Moes",
        description="Thermostatic radiator valve",
        white_labels=(
            WhiteLabel(
                "Powerswitch-ZK(W)",
                "Sibling",
                "Thermostatic radiator valve",
                fingerprints=(Fingerprint(model="TS0601", manufacturer="_TZE200_qsoecqlk"),),
            ),
        ),
        parts=(
            tuya.base(time_start="1970", keeps_time=True),
            SHOWN,
            datapoints(TABLE, more=_special, counted=True),
        ),
        options=(tuya.time_start_option("1970"),),
    ),
)
