"""Calibration and precision of numbers that come from the radio (behaviour 6)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from zigbus.contract.base import Json, JsonObject
from zigbus.contract.definitions import Expose
from zigbus_converter.expose import SET, numeric

_TWO = (
    "temperature", "humidity", "soil_moisture", "power", "power_phase_b", "power_phase_c", "current", "current_phase_b", "current_phase_c",
    "current_neutral", "voltage", "voltage_phase_b", "voltage_phase_c", "energy", "ac_frequency",
)  # fmt: skip
_NONE = ("pm25", "device_temperature", "co2", "illuminance", "voc", "formaldehyd", "co")
DEFAULT_PRECISION: dict[str, int] = {**dict.fromkeys(_TWO, 2), "pressure": 1, **dict.fromkeys(_NONE, 0)}
PERCENT = ("current", "energy", "voltage", "power", "illuminance")  # names that begin so are calibrated in percent


@dataclass(frozen=True, slots=True)
class Correction:
    """How one property is corrected: keys of its two options, percent or offset, digits without the option."""

    calibration: str
    precision: str
    percent: bool
    digits: int

    def apply(self, value: float, options: Mapping[str, Json]) -> float:
        """Return the value calibrated and rounded by the options."""
        calibration = _number(options.get(self.calibration))
        if calibration:
            value += value * calibration / 100 if self.percent else calibration
        digits = _number(options.get(self.precision))
        return rounded(value, self.digits if digits is None else int(digits))


def corrections(exposes: Iterable[Expose]) -> dict[str, Correction]:
    """Return the correction of every property that the contract corrects."""
    return {
        e.property: Correction(
            f"{e.name}_calibration", f"{e.name}_precision", _by_percent(e.name), DEFAULT_PRECISION[e.name]
        )
        for e in flattened(exposes)
        if e.type == "numeric" and e.property and e.name and e.name in DEFAULT_PRECISION
    }


def corrected(payload: JsonObject, table: Mapping[str, Correction], options: Mapping[str, Json]) -> JsonObject:
    """Return the payload with its numbers corrected."""
    if not table or table.keys().isdisjoint(payload):
        return payload
    return {
        key: table[key].apply(value, options)
        if key in table and isinstance(value, int | float) and not isinstance(value, bool)
        else value
        for key, value in payload.items()
    }


def offered_options(exposes: Iterable[Expose]) -> Iterator[Expose]:
    """Yield the options that come with what a definition exposes, in the order of the exposes (behaviour 6.4)."""
    seen: set[str] = set()
    for expose in exposes:
        name = expose.name
        if expose.type != "numeric" or name is None or name not in DEFAULT_PRECISION or name in seen:
            continue
        if name == "voltage" and expose.unit == "mV":
            continue  # a battery's voltage
        seen.add(name)
        yield _calibration_option(name)
        if DEFAULT_PRECISION[name]:
            yield _precision_option(name)


def rounded(value: float, digits: int) -> float:
    """Round half up, also below zero (as the original's JavaScript does); a whole result is an int."""
    factor = 10.0**digits
    result = math.floor(value * factor + 0.5) / factor if math.isfinite(value) else value
    return int(result) if math.isfinite(result) and result == int(result) else result


def flattened(exposes: Iterable[Expose]) -> Iterator[Expose]:
    """Yield the exposes with those of specific types (switch, light …) unwrapped."""
    for expose in exposes:
        if expose.features is not None and expose.type != "composite":
            yield from expose.features
        else:
            yield expose


def _by_percent(name: str) -> bool:
    return name.startswith(PERCENT)


def _number(value: Json) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _calibration_option(name: str) -> Expose:
    unit = "in percent of it" if _by_percent(name) else "in its own unit"
    return numeric(
        f"{name}_calibration",
        SET,
        step=0.1,
        description=f"Added to every reported {name}, {unit}; acts on the next report",
    )


def _precision_option(name: str) -> Expose:
    return numeric(
        f"{name}_precision",
        SET,
        minimum=0,
        maximum=3,
        description=f"Digits after the decimal point of {name}; it cannot show more than the device reports",
    )
