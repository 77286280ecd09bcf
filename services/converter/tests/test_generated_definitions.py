"""Definitions made from clusters: what they show, and the files that they are written down in.

The calls in zigbee2mqtt's form are those that zigbee-herdsman-converters 26.112.0 writes for the same clusters.
"""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from services.converter.tests.converter_home import COORDINATOR

from zigbus.contract.base import FailureCode, RequestFailed
from zigbus.contract.devices import DeviceDescription, EndpointDescription, InterviewState, LogicalType
from zigbus_converter.assembly import exposes_of
from zigbus_converter.definition import Occasion
from zigbus_converter.effects import Read
from zigbus_converter.entity import Entity
from zigbus_converter.generated import generate, javascript_source, python_source
from zigbus_converter.generated.pieces import Known, nothing_known
from zigbus_converter.user_code import python_definitions

IEEE = "0x00158d0002abcdef"
Endpoints = dict[int, tuple[tuple[int, ...], tuple[int, ...]]]  # number -> clusters that it serves, and uses
Values = dict[tuple[int, int, int], Any]  # endpoint, cluster, attribute -> value


def device(endpoints: Endpoints, **facts: Any) -> DeviceDescription:
    described = {
        number: EndpointDescription(profile=260, device_type=0, input_clusters=served, output_clusters=used)
        for number, (served, used) in endpoints.items()
    }
    given = {"manufacturer": "Acme", "model": "TH-9", "interview": InterviewState.SUCCESSFUL, **facts}
    return DeviceDescription(
        ieee=IEEE, coordinator=COORDINATOR, nwk=1, logical_type=LogicalType.ROUTER, endpoints=described, **given
    )


def knowing(values: Values) -> Known:
    return lambda *where: values.get(where)


def properties(endpoints: Endpoints, values: Values | None = None) -> list[str]:
    """Return what the definition shows, features of a light or thermostat one by one."""
    definition = generate(device(endpoints), knowing(values or {}))
    assert definition is not None
    exposes = exposes_of(definition, None)
    return [str(part.property) for expose in exposes[:-1] for part in (expose.features or (expose,))]


CASES: dict[str, tuple[Endpoints, Values, list[str], str]] = {
    "sensor": (
        {1: ((0, 1, 3, 0x0402, 0x0405), (25,))},
        {},
        ["battery", "identify", "temperature", "humidity"],
        "m.battery(), m.identify(), m.temperature(), m.humidity()",
    ),
    "two relays": (
        {1: ((0, 6), ()), 2: ((6,), ()), 242: ((), (33,))},
        {},
        ["state_1", "state_2", "power_on_behavior_1", "power_on_behavior_2"],
        'm.deviceEndpoints({"endpoints":{"1":1,"2":2}}), m.onOff({"endpointNames":["1","2"]})',
    ),
    "relay with a thermometer elsewhere": (
        {1: ((0, 6), ()), 2: ((0x0402,), ())},
        {},
        ["state", "power_on_behavior", "temperature_2"],
        'm.deviceEndpoints({"endpoints":{"1":1,"2":2},"multiEndpointSkip":["state","on","off","power_on_behavior"]}), '
        'm.onOff(), m.temperature({"endpointNames":["2"]})',
    ),
    "lamp that says nothing": (
        {11: ((0, 6, 8, 0x0300), ())},
        {},
        ["state", "brightness", "color_temp", "color_temp_startup", "color", "color", "effect", "power_on_behavior"],
        'm.light({"colorTemp":{"range":[150,500]},"color":{"modes":["xy","hs"],"enhancedHue":true}})',
    ),
    "lamp that tells its white": (
        {1: ((0, 6, 8, 0x0300), ())},
        {(1, 0x0300, 0x400A): 16, (1, 0x0300, 0x400B): 153, (1, 0x0300, 0x400C): 370},
        ["state", "brightness", "color_temp", "color_temp_startup", "effect", "power_on_behavior"],
        'm.light({"colorTemp":{"range":[153,370]}})',
    ),
    "plug": (
        {1: ((0, 6, 0x0702, 0x0B04), ())},
        {},
        ["state", "power_on_behavior", "power", "voltage", "current", "energy"],
        "m.onOff(), m.electricityMeter()",
    ),
    "meter of direct current elsewhere": (
        {1: ((0,), ()), 2: ((0x0B04,), ())},
        {(2, 0x0B04, 0x0000): 1 << 6},
        ["power_2", "voltage_2", "current_2"],
        'm.deviceEndpoints({"endpoints":{"1":1,"2":2}}), m.electricityMeter('
        '{"cluster":"electrical","electricalMeasurementType":"dc","endpointNames":["2"]})',
    ),
    "remote": (
        {1: ((0,), (6, 8, 0x0300, 0x0102))},
        {},
        ["action"],
        "m.commandsOnOff(), m.commandsLevelCtrl(), m.commandsColorCtrl(), m.commandsWindowCovering()",
    ),
    "siren": (
        {1: ((0, 0x0500, 0x0502), ())},
        {},
        ["alarm_1", "alarm_2", "tamper", "battery_low", "mode", "level", "strobe_level", "strobe", "strobe_duty_cycle", "duration"],
        'm.iasZoneAlarm({"zoneType":"generic","zoneAttributes":["alarm_1","alarm_2","tamper","battery_low"]}), m.iasWarning()',
    ),
    "cooling thermostat with a fan": (
        {1: ((0, 0x0201, 0x0202, 0x0204), ())},
        {(1, 0x0201, 0x001B): 0},
        ["local_temperature", "occupied_cooling_setpoint", "system_mode", "running_state", "fan_mode",
         "temperature_display_mode", "keypad_lockout"],
        'm.thermostat({"localTemperature":{},"runningState":{"values":["idle","cool"]},"setpoints":{"values":'
        '{"occupiedCoolingSetpoint":{"min":7,"max":30,"step":0.5}}},"systemMode":{"values":["off","cool"]},'
        '"fanMode":["off","low","medium","high","auto"]}), m.thermostatUi()',
    ),
    "inputs that are called something": (
        {1: ((12, 16), ()), 2: ((12,), ())},
        {(1, 12, 0x001C): "Water Level", (1, 12, 0x0075): 62, (1, 12, 0x0041): 90, (2, 12, 0x0100): 9 << 16},
        ["analog_input_1", "analog_in_power_2", "binary_output"],
        'm.deviceEndpoints({"endpoints":{"1":1,"2":2}}), m.numeric({"name":["analog_input","analog_in_power"],'
        '"label":["Water Level",null],"valueMin":[null,null],"valueMax":[90,null],"valueStep":[null,null],'
        '"cluster":"genAnalogInput","attribute":"presentValue","reporting":{"min":"MIN","max":"MAX","change":1},'
        '"description":["Analog Input Water Level on endpoint 1","Analog Input analog_in_power on endpoint 2"],'
        '"access":"STATE_GET","endpointNames":["1","2"],"unit":["°C","W"],"homeassistant":[{"name":"Water Level"},null]}), '
        'm.binary({"name":"binary_output","label":[null],"cluster":"genBinaryOutput","attribute":"presentValue",'
        '"reporting":{"min":"MIN","max":"MAX","change":1},"valueOn":["ON",1],"valueOff":["OFF",0],'
        '"description":["Binary Output binary_output on endpoint 1"],"access":"ALL","homeassistant":[null]})',
    ),
    "lock, cover, fan and ballast": (
        {1: ((0, 0x0101), ()), 2: ((0x0102, 0x0202, 0x0301), ())},
        {},
        ["state", "lock_state", "user", "user_type", "user_enabled", "pin_code", "action_source_name", "action_user",
         "auto_relock_time", "sound_volume", "state", "position", "tilt", "fan_state_2", "fan_mode_2",
         "ballast_minimum_level", "ballast_maximum_level", "action"],
        'm.deviceEndpoints({"endpoints":{"1":1,"2":2},"multiEndpointSkip":["state","position","tilt","cover_mode"]}), '
        'm.lock({"pinCodeCount":50}), m.windowCovering({"controls":["lift","tilt"]}), m.fanControl({"endpointNames":["2"]}), '
        'm.lightingBallast()',
    ),
    "nothing": ({1: ((0,), ())}, {}, [], ""),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_clusters_become_what_the_standard_says_of_them(case: str) -> None:
    endpoints, values, shown, _ = CASES[case]
    assert properties(endpoints, values) == shown


@pytest.mark.parametrize("case", CASES)
def test_definition_is_written_down_as_zigbee2mqtt_does(case: str) -> None:
    endpoints, values, _, extend = CASES[case]
    source = javascript_source(device(endpoints), knowing(values))
    begin = "import * as m from 'zigbee-herdsman-converters/lib/modernExtend';" if extend else ""
    assert source == (
        f"{begin}\n\nexport default {{\n    zigbeeModel: ['TH-9'],\n    model: 'TH-9',\n    vendor: 'Acme',\n"
        f"    description: 'Automatically generated definition',\n    extend: [{extend}],\n}};\n"
    )


@pytest.mark.parametrize("case", CASES)
def test_python_file_defines_the_same(case: str) -> None:
    endpoints, values, _, _ = CASES[case]
    known, described = knowing(values), device(endpoints)
    generated = generate(described, known)
    assert generated is not None
    (written,) = python_definitions("th9.py", python_source(described, known))
    assert exposes_of(written, None) == exposes_of(generated, None)
    assert written.models == ("TH-9",)
    for field in ("model", "vendor", "endpoints", "multi_endpoint", "multi_endpoint_skip", "meta"):
        assert getattr(written, field) == getattr(generated, field)


def test_lamp_of_signify_gets_its_own_effects() -> None:
    described = device({1: ((0, 6, 8), ())}, manufacturer_code=0x100B)
    assert "extend: [philips.m.light()]" in javascript_source(described, nothing_known)
    (written,) = python_definitions("lamp.py", python_source(described, nothing_known))
    assert written.meta == {"turns_off_at_brightness_1": True}


def test_names_with_quotes_make_valid_files() -> None:
    described = device({1: ((0, 6), ())}, model='It\'s "9"\n', manufacturer='A\\"""c\0me')
    (written,) = python_definitions("odd.py", python_source(described, nothing_known))
    assert (written.models, written.vendor) == (('It\'s "9"\n',), 'A\\"""c\0me')
    assert r"""zigbeeModel: ['It\'s "9"\n'],""" in javascript_source(described, nothing_known)


def test_reports_of_a_named_endpoint_carry_its_name() -> None:
    entity = Entity(IEEE)
    entity.known = device({1: ((0, 6), ()), 2: ((0x0402,), ())})
    entity.use(generate(entity.known))
    assert entity.definition.multi_endpoint
    assert (entity.endpoint("2"), entity.endpoint_name(2)) == (2, "2")


def asked(description: DeviceDescription, occasion: Occasion, known: dict[str, Any]) -> list[Any]:
    """Return what a device is asked on an occasion; it answers nothing."""
    entity = Entity(IEEE)
    entity.known = description
    entity.mind.attributes.update(known)
    definition = generate(description, entity.attribute)
    assert definition is not None
    conversation = definition.parts[0].occasions[0](entity, occasion)
    effects: list[Any] = []
    with contextlib.suppress(StopIteration):
        effects.append(next(conversation))
        while True:
            effects.append(conversation.throw(RequestFailed.of(FailureCode.TIMEOUT, "asleep")))
    return effects


def test_what_only_the_device_can_tell_is_asked_until_it_is_known() -> None:
    described = device({1: ((0, 0x0201, 0x0B04), ()), 2: ((0x0B04, 0x0702), ())}, mains_powered=True)
    control_sequence = Read(endpoint=1, cluster=0x0201, attributes=(0x001B,))
    assert asked(described, "interviewed", {"1/b04/0": 0}) == [control_sequence]
    assert asked(described, "started", {"1/b04/0": 0}) == [control_sequence]
    assert asked(described, "announced", {"1/b04/0": 0}) == []
    assert asked(described, "interviewed", {"1/b04/0": 0, "1/201/1b": 2}) == []


def test_sleeping_device_is_not_asked_at_a_start() -> None:
    described = device({1: ((0, 0x0B04), ())}, mains_powered=False)
    assert asked(described, "started", {}) == []
    assert asked(described, "interviewed", {}) == [Read(endpoint=1, cluster=0x0B04, attributes=(0,))]


def test_nothing_is_made_of_a_device_without_endpoints() -> None:
    assert generate(device({})) is None
    assert generate(device({242: ((), (33,))})) is None
