"""The two seed devices exactly as `seeds.md` has them, and Aqara's small battery sensors."""

from __future__ import annotations

from zigbus.zcl.types import BOOL, INT8, INT16, MAP8, OCTSTR, UINT8, UINT16
from zigbus_simulator.home import parts as p
from zigbus_simulator.spec import DeviceSpec, Endpoint, Values

_LUMI_NODE = 0x1037  # manufacturer code that the older devices' node descriptor has
CONTROL_RELAY, DECOUPLED = 0x12, 0xFE  # QBKG04LM, Basic 0xff22

WALL_SWITCH = DeviceSpec(  # QBKG04LM: relay on endpoint 2, button on endpoint 4
    name="wall_switch",
    ieee="0x00158d0001a2b3c4",
    label="wall switch",
    manufacturer_code=_LUMI_NODE,
    attribute_code=p.LUMI_CODE,
    router=True,  # it says so; it does not route
    mains=True,
    revision=0,
    lqi=96,
    reports_always=frozenset({(2, p.ON_OFF, 0)}),
    endpoints=(
        Endpoint(
            1,
            0x0006,
            (p.BASIC, p.IDENTIFY, p.POWER, p.DEVICE_TEMPERATURE, p.OTA, p.TIME),
            (p.BASIC, p.TIME, p.OTA),
            {
                p.BASIC: p.basic(
                    "LUMI",
                    "lumi.ctrl_neutral1",
                    p.MAINS,
                    zcl=1,
                    application=31,
                    stack=2,
                    hardware=18,
                    date="11-29-2016",
                ),
                p.DEVICE_TEMPERATURE: {0: (INT16, 29)},
            },
            {p.BASIC: {0xFF22: (UINT8, DECOUPLED), 0xFFF0: (OCTSTR, b"")}},
        ),
        Endpoint(2, 0x0100, (p.BINARY_OUTPUT, p.ON_OFF, p.GROUPS, p.SCENES), (), {p.ON_OFF: {0: (BOOL, False)}}),
        Endpoint(3, 0x0100, (p.BINARY_OUTPUT, p.ON_OFF, p.GROUPS, p.SCENES)),
        Endpoint(4, 0x0000, (p.MULTISTATE_INPUT, p.ON_OFF), (), {p.ON_OFF: {0: (BOOL, False)}}),
        Endpoint(5, 0x0000, (p.MULTISTATE_INPUT, p.ON_OFF)),
        Endpoint(6, 0x0000, (p.MULTISTATE_INPUT, p.ON_OFF)),
        Endpoint(8, 0x0053, (p.ANALOG_INPUT,)),
    ),
)

KNOB = DeviceSpec(  # ZNXNKG02LM: reports also come from endpoints 71 and 72, which it never declares
    name="knob",
    ieee="0x54ef441000abcdef",
    label="rotary knob",
    manufacturer_code=p.LUMI_CODE,
    lqi=140,
    endpoints=(
        Endpoint(
            1,
            0x0103,
            (p.BASIC, p.POWER, p.IDENTIFY),
            (p.IDENTIFY, p.ON_OFF, p.OTA),
            {
                p.BASIC: p.basic(
                    "LUMI", "lumi.remote.rkba01", p.BATTERY,
                    zcl=3, application=27, stack=2, hardware=2, date="20210604", build="0.0.0_0027",
                ),
                p.POWER: p.battery(100, 3.0),
                p.IDENTIFY: p.IDENTIFYING,
            },
            {p.LUMI: {0x0009: (UINT8, 1), 0x0125: (UINT8, 2), 0x0234: (UINT16, 360)}},
        ),
    ),
)  # fmt: skip


def _sensor(
    name: str,
    ieee: str,
    *,
    label: str,
    model: str,
    type_: int,
    measured: dict[int, Values],
    extra: tuple[int, ...] = (),
) -> DeviceSpec:
    """Return an Aqara sensor of the older kind: it pushes what it measures, and answers little."""
    told = frozenset((1, cluster, attribute) for cluster, values in measured.items() for attribute in values)
    basic = p.basic(
        "LUMI", model, p.BATTERY, zcl=1, application=5, stack=2, hardware=30, date="20161129", build="3000-0001"
    )
    return DeviceSpec(
        name=name,
        ieee=ieee,
        label=label,
        manufacturer_code=_LUMI_NODE,
        attribute_code=p.LUMI_CODE,
        revision=0,
        reports_always=told,
        endpoints=(
            Endpoint(
                1,
                type_,
                (p.BASIC, p.IDENTIFY, *measured, *extra, 0xFFFF),
                (p.BASIC, p.GROUPS, p.SCENES, 0xFFFF),
                {p.BASIC: basic, p.IDENTIFY: p.IDENTIFYING, **measured},
            ),
        ),
    )


_PRESSURE: Values = {0: (INT16, 1013), 0x14: (INT8, -1), 0x10: (INT16, 10132)}

DEVICES = (
    WALL_SWITCH,
    KNOB,
    _sensor(  # WSDCGQ11LM
        "weather",
        "0x00158d0002c0ffee",
        label="temperature sensor",
        model="lumi.weather",
        type_=0x5F01,
        measured={p.TEMPERATURE: {0: (INT16, 2150)}, p.PRESSURE: _PRESSURE, p.HUMIDITY: {0: (UINT16, 4520)}},
    ),
    _sensor(  # MCCGQ11LM
        "contact",
        "0x00158d0003aa0001",
        label="window contact",
        model="lumi.sensor_magnet.aq2",
        type_=0x0104,
        measured={p.ON_OFF: {0: (BOOL, False)}},
    ),
    _sensor(  # RTCGQ11LM
        "motion",
        "0x00158d0003aa0002",
        label="motion sensor",
        model="lumi.sensor_motion.aq2",
        type_=0x0107,
        measured={p.OCCUPANCY: {0: (MAP8, 0)}, p.ILLUMINANCE: {0: (UINT16, 120)}},
        extra=(p.IAS_ZONE,),
    ),
)
