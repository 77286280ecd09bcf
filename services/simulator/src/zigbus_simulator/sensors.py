"""Many cheap devices for load tests: temperature sensors whose reports cost next to nothing."""

from __future__ import annotations

from zigbus.zcl.types import ENUM8, INT16, STRING, UINT8, UINT16
from zigbus_simulator.spec import DeviceSpec, Endpoint

_FIRST_IEEE = 0x00158D00F0000000
_FIRST_NWK = 0x1000
BASIC, TEMPERATURE, PRESSURE, HUMIDITY = 0x0000, 0x0402, 0x0403, 0x0405


def sensors(count: int, *, first: int = 0) -> list[DeviceSpec]:
    """Return `count` sensors (Aqara WSDCGQ11LM), named `sensor_0000` and so on from `first`."""
    return [_sensor(index) for index in range(first, first + count)]


def _sensor(index: int) -> DeviceSpec:
    basic = {0: (UINT8, 1), 4: (STRING, "LUMI"), 5: (STRING, "lumi.weather"), 7: (ENUM8, 3)}
    measured = {TEMPERATURE: {0: (INT16, 2000)}, PRESSURE: {0: (INT16, 1000)}, HUMIDITY: {0: (UINT16, 5000)}}
    endpoint = Endpoint(
        1,
        0x5F01,
        (BASIC, 0x0003, TEMPERATURE, PRESSURE, HUMIDITY, 0xFFFF),
        (BASIC, 0x0004, 0x0005, 0xFFFF),
        {BASIC: basic, **measured},
    )
    return DeviceSpec(
        name=f"sensor_{index:04d}",
        ieee=f"0x{_FIRST_IEEE + index:016x}",
        label="temperature sensor",
        endpoints=(endpoint,),
        manufacturer_code=0x1037,
        revision=0,
        nwk=_FIRST_NWK + index,
    )
