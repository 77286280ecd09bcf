"""Measurements with a cluster of their own: temperature, humidity, pressure, light, gases, and motion."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from zigbus.contract.base import JsonObject
from zigbus.contract.definitions import Expose
from zigbus_converter import expose
from zigbus_converter.definition import Device, Frame, Part, Receiver, Sender
from zigbus_converter.effects import CancelTimer, Effect, Effects, Merge, Publish, SetTimer
from zigbus_converter.expose import STATE, STATE_GET
from zigbus_converter.parts import attribute, usual
from zigbus_converter.parts.base import HOUR, REPORTS, Reported, getter, is_number, loose_number, set_up
from zigbus_converter.parts.zcl import (
    CO2,
    DEVICE_TEMPERATURE,
    FLOW,
    HUMIDITY,
    ILLUMINANCE,
    OCCUPANCY,
    OCCUPIED,
    PM25,
    PRESSURE,
    S16,
    SINGLE,
    SOIL_MOISTURE,
    TEMPERATURE,
    U16,
    Attribute,
)

MEASURED_TEMPERATURE = Attribute(TEMPERATURE, 0x0000, S16)
MEASURED_HUMIDITY = Attribute(HUMIDITY, 0x0000, U16)
MEASURED_PRESSURE = Attribute(PRESSURE, 0x0000, S16)
SCALED_PRESSURE = Attribute(PRESSURE, 0x0010, S16)
PRESSURE_SCALE = Attribute(PRESSURE, 0x0014, 0x28)
MEASURED_ILLUMINANCE = Attribute(ILLUMINANCE, 0x0000, U16)
MEASURED_FLOW = Attribute(FLOW, 0x0000, U16)
MEASURED_SOIL_MOISTURE = Attribute(SOIL_MOISTURE, 0x0000, U16)
MEASURED_CO2 = Attribute(CO2, 0x0000, SINGLE)
MEASURED_PM25 = Attribute(PM25, 0x0000, SINGLE)
CURRENT_TEMPERATURE = Attribute(DEVICE_TEMPERATURE, 0x0000, S16)

PLAUSIBLE_PERCENT = (0, 100)  # some humidity sensors send nonsense now and then
OCCUPANCY_TIMEOUT_S = 90  # behaviour 9.1


# ---- plain measurements ----------------------------------------------------------------------------------------------


def _measured(
    shown: Expose,
    source: Attribute,
    change: float | None,
    *,
    scale: attribute.Scale = 1,
    plausible: tuple[float, float] | None = None,
    reporting: bool = True,
    endpoints: Iterable[str] | None = None,
) -> Part:
    """Return a measurement that is reported every 10 s to 1 h, or after a change in the attribute's own unit."""
    names = None if endpoints is None else tuple(endpoints)
    part = attribute.numeric(
        shown.name or "",
        source,
        shown.access or STATE,
        scale=scale,
        plausible=plausible,
        reporting=Reported(source, 10, HOUR, change) if reporting and change is not None else None,
        endpoints=names,
    )
    return replace(part, exposes=expose.at_endpoints((shown,), names))


def temperature(
    access: int = STATE_GET,
    *,
    plausible: tuple[float, float] | None = None,
    reporting: bool = True,
    endpoints: Iterable[str] | None = None,
) -> Part:
    """Return the temperature in degrees Celsius; `plausible`: of sensors that send nonsense now and then."""
    return _measured(
        usual.temperature(access),
        MEASURED_TEMPERATURE,
        100,
        scale=100,
        plausible=plausible,
        reporting=reporting,
        endpoints=endpoints,
    )


def humidity(
    access: int = STATE_GET,
    *,
    plausible: tuple[float, float] | None = None,
    reporting: bool = True,
    endpoints: Iterable[str] | None = None,
) -> Part:
    """Return the relative humidity in per cent; `plausible`: of sensors that send nonsense now and then."""
    return _measured(
        usual.humidity(access),
        MEASURED_HUMIDITY,
        100,
        scale=100,
        plausible=plausible,
        reporting=reporting,
        endpoints=endpoints,
    )


def pressure(access: int = STATE_GET, *, reporting: bool = True, endpoints: Iterable[str] | None = None) -> Part:
    """Return the air pressure in kilopascal."""
    return _measured(
        usual.pressure(access, "kPa"), MEASURED_PRESSURE, 50, scale=10, reporting=reporting, endpoints=endpoints
    )


def scaled_pressure(plausible: tuple[float, float] | None = None) -> Part:
    """Return the air pressure in hectopascal of sensors that send a value and its power of ten."""

    def receive(frame: Frame, device: Device) -> Effects:
        scaled = frame.value(SCALED_PRESSURE.id)
        pressure = frame.value(MEASURED_PRESSURE.id)
        if scaled is None and pressure is None:
            return
        if scaled is not None:
            exponent = device.attribute(frame.endpoint, PRESSURE, PRESSURE_SCALE.id)
            pressure = None if exponent is None else scaled / 10**exponent / 100
        if plausible is None or (pressure is not None and plausible[0] < pressure < plausible[1]):
            yield Merge({"pressure": pressure})

    return Part(exposes=(usual.pressure(),), receivers=(Receiver(PRESSURE, REPORTS, receive),))


def illuminance(access: int = STATE_GET, *, reporting: bool = True, endpoints: Iterable[str] | None = None) -> Part:
    """Return the illuminance in lux (the attribute is 10,000 times its logarithm, plus 1); raw, too, if an option says so."""
    part = _measured(
        usual.illuminance(access),
        MEASURED_ILLUMINANCE,
        5,
        scale=(_lux, lambda value: value),
        reporting=reporting,
        endpoints=endpoints,
    )

    def receive_raw(frame: Frame, device: Device) -> Effects:
        raw = frame.value(MEASURED_ILLUMINANCE.id)
        if raw is not None and device.options.get("illuminance_raw"):
            yield Merge({"illuminance_raw": raw})

    def raw_expose(device: Device | None) -> Iterable[Expose]:
        if device is not None and device.options.get("illuminance_raw"):
            yield expose.numeric("illuminance_raw", description="Raw value of the sensor")

    return replace(
        part,
        exposes=(*part.exposes, raw_expose),
        receivers=(*part.receivers, Receiver(ILLUMINANCE, REPORTS, receive_raw)),
        receive_options=(usual.ILLUMINANCE_RAW,),
    )


def _lux(raw: float) -> float:
    return float(10 ** ((raw - 1) / 10000)) if raw else 0.0  # 0: too dark to be measured (ZCL rev 8, 4.2.2.2.1)


def flow(access: int = STATE_GET, *, endpoints: Iterable[str] | None = None) -> Part:
    """Return the flow in cubic metres per hour."""
    shown = expose.numeric("flow", access, unit="m³/h", description="Measured flow of water")
    return _measured(shown, MEASURED_FLOW, 10, scale=10, endpoints=endpoints)


def soil_moisture(access: int = STATE_GET, *, endpoints: Iterable[str] | None = None) -> Part:
    """Return the moisture of soil in per cent."""
    shown = expose.numeric("soil_moisture", access, unit="%", description="Measured moisture of the soil")
    return _measured(shown, MEASURED_SOIL_MOISTURE, 100, scale=100, endpoints=endpoints)


def co2(access: int = STATE_GET, *, endpoints: Iterable[str] | None = None) -> Part:
    """Return carbon dioxide in parts per million (the attribute is a fraction)."""
    shown = expose.numeric("co2", access, unit="ppm", label="CO2", description="Measured carbon dioxide")
    return _measured(shown, MEASURED_CO2, 0.00005, scale=0.000001, endpoints=endpoints)


def pm25(access: int = STATE_GET, *, endpoints: Iterable[str] | None = None) -> Part:
    """Return particulate matter up to 2.5 micrometres in micrograms per cubic metre."""
    shown = expose.numeric("pm25", access, unit="µg/m³", label="PM25", description="Measured particulate matter PM2.5")
    return _measured(shown, MEASURED_PM25, 1, endpoints=endpoints)


def device_temperature(access: int = STATE_GET, *, endpoints: Iterable[str] | None = None) -> Part:
    """Return the temperature inside the device; the standard does not let it be reported."""
    return _measured(usual.device_temperature(access), CURRENT_TEMPERATURE, None, reporting=False, endpoints=endpoints)


# ---- motion ----------------------------------------------------------------------------------------------------------


def occupancy(*, reporting: bool = True) -> Part:
    """Return occupancy of sensors that report its beginning and its end."""

    def receive(frame: Frame, device: Device) -> Effects:
        value = frame.value(OCCUPIED.id)
        if value is None:
            return
        there = bool(value & 1)
        yield from no_occupancy_since(device, frame.endpoint, counting=not there)
        yield Merge({"occupancy": there})

    return Part(
        exposes=(usual.occupancy(STATE_GET),),
        receivers=(Receiver(OCCUPANCY, REPORTS, receive),),
        senders=(Sender(("occupancy",), get=getter(OCCUPIED)),),
        configure=(set_up(Reported(OCCUPIED, 0, HOUR, 0)),) if reporting else (),
        receive_options=(usual.NO_OCCUPANCY_SINCE,),
    )


def motion() -> Part:
    """Return occupancy of sensors that report motion only: it ends `occupancy_timeout` seconds after the last report."""

    def receive(frame: Frame, device: Device) -> Effects:
        return seen(device, frame.endpoint) if frame.value(OCCUPIED.id) == 1 else ()

    return Part(
        exposes=(usual.occupancy(),),
        receivers=(Receiver(OCCUPANCY, REPORTS, receive),),
        receive_options=(usual.OCCUPANCY_TIMEOUT, usual.NO_OCCUPANCY_SINCE),
    )


def seen(device: Device, endpoint: int, default_s: float = OCCUPANCY_TIMEOUT_S) -> list[Effect]:
    """Return the effects of motion: occupancy now, its end later, and the count of the time since."""
    wish = device.options.get("occupancy_timeout")
    timeout_s = default_s if wish is None else loose_number(wish, "occupancy_timeout")
    return still_seen(device, endpoint, timeout_s)


def still_seen(device: Device, endpoint: int, timeout_s: float) -> list[Effect]:
    """Return the effects of motion that ends after this time."""
    timer = f"occupancy.{endpoint}"
    end: Effect = CancelTimer(key=timer)
    if timeout_s:
        end = SetTimer(key=timer, after_s=timeout_s, effects=(Publish({"occupancy": False}),))
    payload: JsonObject = {"occupancy": True}
    return [end, *no_occupancy_since(device, endpoint, counting=True), Merge(payload)]


def no_occupancy_since(device: Device, endpoint: int, *, counting: bool) -> list[Effect]:
    """Return the timers of the option `no_occupancy_since`, started anew or stopped."""
    wishes = device.options.get("no_occupancy_since")
    if not isinstance(wishes, list):
        return []
    effects: list[Effect] = []
    for since_s in wishes:
        if is_number(since_s):
            key = f"no_occupancy_since.{endpoint}.{since_s}"
            done = (Publish({"no_occupancy_since": since_s}),)
            effects.append(SetTimer(key=key, after_s=since_s, effects=done) if counting else CancelTimer(key=key))
    return effects
