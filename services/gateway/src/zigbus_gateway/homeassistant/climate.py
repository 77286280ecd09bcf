"""Thermostats, with the entities that their parts get beside them."""

from __future__ import annotations

from collections.abc import Sequence

from zigbus.contract.base import JsonObject
from zigbus.contract.definitions import Expose
from zigbus_gateway.homeassistant.draft import (
    Draft,
    Subject,
    at_endpoint,
    feature,
    given,
    is_settable,
    label_at,
    name_at,
    property_of,
    text,
    value_of,
)

UNKNOWN_MODES = frozenset(("sleep",))  # of ZCL, not of Home Assistant
ACTION_WORDS = '{"idle": "idle", "heat": "heating", "cool": "cooling", "fan_only": "fan"}'
# Feature, and the keys it gets: state topic, template, command topic, list of words.
CHOICES = (
    ("system_mode", "mode_state_topic", "mode_state_template", "mode_command_topic", "modes"),
    ("fan_mode", "fan_mode_state_topic", "fan_mode_state_template", "fan_mode_command_topic", "fan_modes"),
    ("swing_mode", "swing_mode_state_topic", "swing_mode_state_template", "swing_mode_command_topic", "swing_modes"),
    ("preset", "preset_mode_state_topic", "preset_mode_value_template", "preset_mode_command_topic", "preset_modes"),
)


def climate(exposes: Sequence[Expose], subject: Subject) -> list[Draft]:
    """A thermostat, last, behind the entities of its parts."""
    expose, endpoint = exposes[0], subject.endpoint_of(exposes[0])
    heating = feature(expose, "occupied_heating_setpoint", "current_heating_setpoint", kind="numeric")
    cooling = feature(expose, "occupied_cooling_setpoint", kind="numeric")
    temperature, leading = feature(expose, "local_temperature"), heating or cooling
    if temperature is None or leading is None or leading.value_min is None or leading.value_max is None:
        return []
    payload: JsonObject = {
        "name": name_at(endpoint),
        "temperature_unit": "C",
        **given(temp_step=leading.value_step),
        "min_temp": text(leading.value_min),
        "max_temp": text(leading.value_max),
        "current_temperature_topic": subject.state_topic(),
        "current_temperature_template": value_of(property_of(temperature)),
    }
    if heating is not None and cooling is not None:
        payload |= _setpoint("temperature_low", heating, subject, endpoint)
        payload |= _setpoint("temperature_high", cooling, subject, endpoint)
    else:
        payload |= _setpoint("temperature", leading, subject, endpoint)
    for name, *keys in CHOICES:
        payload |= _choice(feature(expose, name, kind="enum"), keys, subject, endpoint)
    defaults: JsonObject = {}
    running = feature(expose, "running_state")
    if running is not None:
        defaults[property_of(running)] = None
        payload |= {
            "action_topic": subject.state_topic(),
            "action_template": f'{{{{ {ACTION_WORDS}.get(value_json["{property_of(running)}"]) }}}}',
        }
    humidity = subject.find("numeric", "humidity", published=True)
    if humidity is not None:
        payload |= {
            "current_humidity_topic": subject.state_topic(),
            "current_humidity_template": value_of(property_of(humidity)),
        }
    main = Draft("climate", at_endpoint("climate", endpoint), payload, defaults)
    return [*_parts(expose, subject, endpoint), main]


def _setpoint(prefix: str, setpoint: Expose, subject: Subject, endpoint: str | None) -> JsonObject:
    return {
        f"{prefix}_state_topic": subject.state_topic(),
        f"{prefix}_state_template": value_of(property_of(setpoint)),
        f"{prefix}_command_topic": subject.command_topic(endpoint, setpoint.name),
    }


def _choice(found: Expose | None, keys: list[str], subject: Subject, endpoint: str | None) -> JsonObject:
    if found is None:
        return {}
    state_topic, template, command_topic, words = keys
    unknown = UNKNOWN_MODES if found.name == "system_mode" else ()
    return {
        state_topic: subject.state_topic(),
        template: value_of(property_of(found)),
        command_topic: subject.command_topic(endpoint, found.name),
        words: [text(value) for value in found.values or () if value not in unknown],
    }


def _parts(expose: Expose, subject: Subject, endpoint: str | None) -> list[Draft]:
    """Calibration, demands, and the temperature unless another expose has one."""
    calibration = feature(expose, "local_temperature_calibration", kind="numeric")
    heating = feature(expose, "pi_heating_demand", kind="numeric")
    cooling = feature(expose, "pi_cooling_demand", kind="numeric")
    temperature = feature(expose, "local_temperature", kind="numeric")
    drafts = []
    if calibration is not None:
        limits = given(min=calibration.value_min, max=calibration.value_max, step=calibration.value_step)
        look = {"device_class": "temperature_delta", "entity_category": "config"}
        drafts.append(_part("number", calibration, subject, endpoint, limits | look))
    if heating is not None and is_settable(heating):
        limits = given(min=heating.value_min, max=heating.value_max)
        drafts.append(_part("number", heating, subject, endpoint, limits | {"icon": "mdi:radiator"}))
    elif heating is not None:
        drafts.append(
            _part("sensor", heating, subject, endpoint, {"icon": "mdi:radiator", "entity_category": "diagnostic"})
        )
    if cooling is not None:
        look = {"icon": "mdi:air-conditioner", "entity_category": "diagnostic"}
        drafts.append(_part("sensor", cooling, subject, endpoint, look))
    if temperature is not None and subject.find("numeric", "temperature", "local_temperature", published=True) is None:
        look = {"device_class": "temperature", "state_class": "measurement"}
        drafts.append(_part("sensor", temperature, subject, endpoint, look))
    return drafts


def _part(component: str, part: Expose, subject: Subject, endpoint: str | None, look: JsonObject) -> Draft:
    key = property_of(part)
    payload = given(
        name=label_at(part, endpoint),
        state_topic=subject.state_topic(),
        value_template=value_of(key),
        unit_of_measurement=part.unit or None,
        command_topic=subject.command_topic(endpoint, key) if component == "number" else None,
    )
    return Draft(component, at_endpoint(part.name or "", endpoint), payload | look, {key: None})
