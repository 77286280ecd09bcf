"""Battery sensors of Xiaomi and Aqara: what their heartbeats mean, model by model, and their peculiar reports."""

from __future__ import annotations

from dataclasses import replace

from zigbus.contract.base import JsonObject
from zigbus_converter.definition import Device, Frame, Part, Receiver
from zigbus_converter.effects import Effects, Merge
from zigbus_converter.parts import usual
from zigbus_converter.parts.base import REPORTS
from zigbus_converter.parts.lumi import BASIC_STRUCT, TagReader, Tags, battery, struct_attribute, tag
from zigbus_converter.parts.own import own_clusters
from zigbus_converter.parts.sensors import MEASURED_ILLUMINANCE, MEASURED_TEMPERATURE, PLAUSIBLE_PERCENT, seen
from zigbus_converter.parts.zcl import BASIC, ILLUMINANCE, ON_OFF, SWITCHED, TEMPERATURE

OLD_STRUCT = 0xFF02
BATTERY_AT, OUTAGES_AT = 1, 4
CHECK_IN_S = 3600  # they report about once an hour
PLAUSIBLE_CELSIUS = (-65, 65)  # now and then they send 99 or -100 degrees
PLAUSIBLE_HECTOPASCAL = (-1000, 10000)  # all that the sensor sends

device_temperature = tag(3, "device_temperature")
power_outages = tag(5, "power_outage_count", offset=-1)
light_level = tag(11, "illuminance")


def heartbeat(*readers: TagReader) -> Part:
    """Return the heartbeat of a battery sensor: what all have, and what `readers` make of the model's own tags."""
    part = struct_attribute(battery(), device_temperature, power_outages, *readers, attribute=BASIC_STRUCT)
    return replace(part, receivers=(*part.receivers, Receiver(BASIC, REPORTS, _receive_old_heartbeat)))


def newer_heartbeat(*readers: TagReader) -> Part:
    """Return the heartbeat of sensors that send it on the maker's own cluster."""
    part = struct_attribute(battery(), device_temperature, power_outages, *readers)
    return replace(part, custom_clusters=own_clusters("lumi"))


def _receive_old_heartbeat(frame: Frame, device: Device) -> Effects:
    """Older software sends a structure of values without tags (seeds 3.2): the second is the battery, the fifth outages."""
    values = frame.value(OLD_STRUCT)
    if isinstance(values, list) and len(values) > OUTAGES_AT and isinstance(values[BATTERY_AT], int):
        payload: JsonObject = battery()({1: values[BATTERY_AT]})
        if isinstance(values[OUTAGES_AT], int):
            payload["power_outage_count"] = values[OUTAGES_AT] - 1
        yield Merge(payload)


def trigger_count(tags: Tags) -> JsonObject:
    """Read tag 6; beyond 16 bits it is rubbish that routers of the same make add."""
    value = tags.get(6)
    return {"trigger_count": (value & 0xFFFF) - 1} if isinstance(value, int) else {}


def contact_state(tags: Tags) -> JsonObject:
    """Read tag 100 of contacts: 0 is closed."""
    value = tags.get(100)
    return {} if value is None else {"contact": not value}


def climate(tags: Tags) -> JsonObject:
    """Read tags 100 to 102 of climate sensors: hundredths of a degree, of a per cent and of a hectopascal."""
    payload: JsonObject = {}
    for number, key, (low, high) in (
        (100, "temperature", PLAUSIBLE_CELSIUS),
        (101, "humidity", PLAUSIBLE_PERCENT),
        (102, "pressure", PLAUSIBLE_HECTOPASCAL),
    ):
        raw = tags.get(number)
        if isinstance(raw, int) and low <= raw / 100 <= high:
            payload[key] = raw / 100
    return payload


def temperature_and_humidity(tags: Tags) -> JsonObject:
    """Read what `climate` reads, without the pressure: the pressure cluster of these sensors has it more exactly."""
    return climate({number: value for number, value in tags.items() if number != 102})


def contact() -> Part:
    """Return a door contact on the on/off cluster: off is closed."""

    def receive(frame: Frame, device: Device) -> Effects:
        value = frame.value(SWITCHED.id)
        return () if value is None else (Merge({"contact": not value}),)

    return Part(exposes=(usual.contact(),), receivers=(Receiver(ON_OFF, REPORTS, receive),))


def temperature() -> Part:
    """Return the temperature without the impossible values that the sensor sends now and then."""

    def receive(frame: Frame, device: Device) -> Effects:
        raw = frame.value(MEASURED_TEMPERATURE.id)
        low, high = PLAUSIBLE_CELSIUS
        return (Merge({"temperature": raw / 100}),) if raw is not None and low < raw / 100 < high else ()

    return Part(exposes=(usual.temperature(),), receivers=(Receiver(TEMPERATURE, REPORTS, receive),))


def light_with_motion() -> Part:
    """Return the illuminance in lux of motion sensors, which measure it only when they see someone."""

    def receive(frame: Frame, device: Device) -> Effects:
        value = frame.value(MEASURED_ILLUMINANCE.id)
        if value is not None:
            yield from seen(device, frame.endpoint)
            yield Merge({"illuminance": value})

    return Part(exposes=(usual.illuminance(),), receivers=(Receiver(ILLUMINANCE, REPORTS, receive),))
