"""SONOFF and eWeLink."""

from __future__ import annotations

from zigbus_converter.definition import Definition, EndpointMatch, Fingerprint, Part, WhiteLabel
from zigbus_converter.expose import STATE
from zigbus_converter.parts import attribute, usual
from zigbus_converter.parts.base import HOUR, Reported, bind, bound, in_turn, reported
from zigbus_converter.parts.battery import PERCENTAGE_REPORTED, VOLTAGE_REPORTED, battery, plain_battery
from zigbus_converter.parts.ias import zone
from zigbus_converter.parts.own import own
from zigbus_converter.parts.remote import commands
from zigbus_converter.parts.sensors import (
    MEASURED_HUMIDITY,
    MEASURED_TEMPERATURE,
    PLAUSIBLE_PERCENT,
    humidity,
    temperature,
)
from zigbus_converter.parts.switch import on_off
from zigbus_converter.parts.zcl import (
    BATTERY_PERCENTAGE,
    BATTERY_VOLTAGE,
    HUMIDITY,
    ON_OFF,
    POLL_CONTROL,
    POWER_CONFIGURATION,
    S16,
    TEMPERATURE,
    U16,
    Attribute,
)

OWN = 0xFC11  # the manufacturer's cluster
COOLKIT = 0x1286
TWO_HOURS = 7200  # longer silence makes the devices leave
PLAUSIBLE_CELSIUS = (-33, 100)


def _battery(percent: int = 2, millivolt: int = 100) -> Part:
    """Return the battery as it must be reported lest the device leaves."""
    return battery(
        voltage=True,
        reporting=Reported(BATTERY_PERCENTAGE, HOUR, TWO_HOURS, percent),
        voltage_reporting=Reported(BATTERY_VOLTAGE, HOUR, TWO_HOURS, millivolt),
    )


def _button(*, to_bind: bool = True) -> Part:
    presses = {0x02: "single", 0x01: "double", 0x00: "long"}
    return commands(ON_OFF, dict(presses), tuple(presses.values()), to_bind=to_bind, repeats_frames=False, group=False)


def _sensor_sold_as(model: str, kind: int, *clusters: int, uses: int = 3) -> Fingerprint:
    """Some sensors say that they are another model; their clusters tell."""
    endpoint = EndpointMatch(id=1, profile=0x0104, device_type=kind, input_clusters=clusters, output_clusters=(uses,))
    return Fingerprint(model=model, manufacturer="eWeLink", logical_type="end_device", endpoints=(endpoint,))


OUVOPO = (
    _sensor_sold_as("SNZB-03", 0x0402, 0, 3, 0x0500, 1),
    _sensor_sold_as("SNZB-03", 0x0402, 0, 3, 1, 0x0500, 0x20, uses=0x19),
)


def _labels(model: str, label: str, telink: str) -> tuple[WhiteLabel, ...]:
    def sold(said: str, name: str) -> WhiteLabel:
        return WhiteLabel(name, "eWeLink", fingerprints=(Fingerprint(model=said, manufacturer="eWeLink"),))

    return (WhiteLabel(label, "eWeLink"), sold(model, f"{model}_eWeLink"), sold(telink, telink))


def _setting(name: str, source: Attribute, unit: str, limits: tuple[float, float], about: str) -> Part:
    """Return a setting in hundredths, shown in steps of a tenth."""
    return attribute.numeric(
        name,
        source,
        scale=100,
        unit=unit,
        minimum=limits[0],
        maximum=limits[1],
        step=0.1,
        description=about,
        category="config",
    )


WAKE_UP = "wake the device up with its button before changing this"

DEFINITIONS = (
    Definition(
        models=("MS01", "MSO1", "SNZB-03", "CK-TLSR8656-SS5-01(7002)"),
        fingerprints=(_sensor_sold_as("66666", 0x0402, 0, 3, 0x0500, 1), *OUVOPO),
        model="SNZB-03",
        vendor="SONOFF",
        description="Motion sensor",
        white_labels=(
            WhiteLabel("RHK09", "eWeLink"),
            WhiteLabel("SQ510A", "eWeLink"),
            WhiteLabel("SNZB-03_eWeLink", "eWeLink", fingerprints=OUVOPO),
            WhiteLabel(
                "CK-TLSR8656-SS5-01(7002)",
                "eWeLink",
                fingerprints=(
                    Fingerprint(model="CK-TLSR8656-SS5-01(7002)", manufacturer="eWeLink", logical_type="end_device"),
                ),
            ),
        ),
        parts=(
            _battery(),
            zone("occupancy", ("alarm_1", "battery_low")),
        ),
    ),
    Definition(
        models=("SNZB-02D",),
        model="SNZB-02D",
        vendor="SONOFF",
        description="Temperature and humidity sensor with screen",
        parts=(
            own("sonoff SNZB-02D"),
            battery(),
            temperature(),
            humidity(),
            Part(configure=(bind(POLL_CONTROL),)),
            _setting(
                "comfort_temperature_min",
                Attribute(OWN, 0x0004, S16),
                "°C",
                (-10, 60),
                f"Below it feels cold; {WAKE_UP}",
            ),
            _setting(
                "comfort_temperature_max",
                Attribute(OWN, 0x0003, S16),
                "°C",
                (-10, 60),
                f"Above it feels hot; {WAKE_UP}",
            ),
            _setting(
                "comfort_humidity_min", Attribute(OWN, 0x0005, U16), "%", (5, 95), f"Below it feels dry; {WAKE_UP}"
            ),
            _setting(
                "comfort_humidity_max", Attribute(OWN, 0x0006, U16), "%", (5, 95), f"Above it feels damp; {WAKE_UP}"
            ),
            attribute.enum(
                "temperature_units",
                Attribute(OWN, 0x0007, U16),
                {"celsius": 0, "fahrenheit": 1},
                description=f"Unit of temperatures on the screen; {WAKE_UP}",
                category="config",
            ),
            _setting(
                "temperature_calibration",
                Attribute(OWN, 0x2003, S16),
                "°C",
                (-50, 50),
                "Added to the temperature by the device",
            ),
            _setting(
                "humidity_calibration",
                Attribute(OWN, 0x2004, S16),
                "%",
                (-50, 50),
                "Added to the humidity by the device",
            ),
        ),
        ota=True,
    ),
    Definition(
        models=("01MINIZB",),
        model="ZBMINI",
        vendor="SONOFF",
        description="Zigbee two way smart switch",
        parts=(on_off(power_on_behaviour=False),),
    ),
    Definition(
        models=("ZBMINI-L",),
        model="ZBMINI-L",
        vendor="SONOFF",
        description="Zigbee smart switch (no neutral)",
        parts=(on_off(),),
        ota=True,
        check_in_interval_s=0,  # is told by its descriptors to sleep, but does not
    ),
    Definition(
        models=("ZBMINIL2",),
        model="ZBMINIL2",
        vendor="SONOFF",
        description="Zigbee smart switch (no neutral)",
        parts=(on_off(),),
        ota=True,
        check_in_interval_s=0,
    ),
    Definition(
        models=("BASICZBR3",),
        model="BASICZBR3",
        vendor="SONOFF",
        description="Zigbee smart switch",
        parts=(on_off(power_on_behaviour=False, repeats_frames=True, reporting=False),),
    ),
    Definition(
        models=("S26R2ZB",),
        model="S26R2ZB",
        vendor="SONOFF",
        description="Zigbee smart plug",
        parts=(on_off(power_on_behaviour=False),),
    ),
    Definition(
        models=("S31 Lite zb",),
        model="S31ZB",
        vendor="SONOFF",
        description="Zigbee smart plug (US version)",
        parts=(
            on_off(power_on_behaviour=False, repeats_frames=True, reporting=False),
            in_turn(bound(1, ON_OFF)),
        ),
    ),
    Definition(
        models=("S40LITE",),
        model="S40ZBTPB",
        vendor="SONOFF",
        description="15A Zigbee smart plug",
        parts=(on_off(power_on_behaviour=False, repeats_frames=True),),
        ota=True,
    ),
    Definition(
        models=("WB01", "WB-01", "SNZB-01", "CK-TLSR8656-SS5-01(7000)"),
        model="SNZB-01",
        vendor="SONOFF",
        description="Wireless button",
        white_labels=_labels("SNZB-01", "RHK07", "CK-TLSR8656-SS5-01(7000)"),
        parts=(_button(to_bind=False), in_turn(bound(1, ON_OFF)), _battery()),
    ),
    Definition(
        models=("SNZB-01P",),
        model="SNZB-01P",
        vendor="SONOFF",
        description="Wireless button",
        parts=(_button(), _battery(0, 0)),
        ota=True,
    ),
    Definition(
        models=("TH01", "SNZB-02", "CK-TLSR8656-SS5-01(7014)"),
        not_made_by=("_TZ3000_utwgoauk",),
        fingerprints=(
            *(_sensor_sold_as(model, 0x0302, 0, 3, 0x0402, 0x0405, 1) for model in ("WB01", "66666", "DS01")),
            Fingerprint(model="TH01", manufacturer="Zbeacon", logical_type="end_device"),
        ),
        model="SNZB-02",
        vendor="SONOFF",
        description="Temperature and humidity sensor",
        white_labels=(
            *_labels("SNZB-02", "RHK08", "CK-TLSR8656-SS5-01(7014)"),
            WhiteLabel("TH01", "Zbeacon", fingerprints=(Fingerprint(model="TH01", manufacturer="Zbeacon"),)),
        ),
        parts=(
            Part(exposes=(usual.battery(),)),
            temperature(STATE, plausible=PLAUSIBLE_CELSIUS, reporting=False),
            humidity(STATE, plausible=PLAUSIBLE_PERCENT, reporting=False),
            plain_battery(usual.battery_voltage()),
            in_turn(
                bound(1, TEMPERATURE, HUMIDITY, POWER_CONFIGURATION),
                reported(1, Reported(MEASURED_TEMPERATURE, 30, HOUR, 20)),
                reported(1, Reported(MEASURED_HUMIDITY, 30, HOUR, 100)),
                *VOLTAGE_REPORTED,
                *PERCENTAGE_REPORTED,
                may_fail=True,
            ),
        ),
    ),
    Definition(
        models=("SNZB-02P",),
        model="SNZB-02P",
        vendor="SONOFF",
        description="Temperature and humidity sensor",
        parts=(
            own("sonoff SNZB-02P"),
            battery(),
            temperature(),
            humidity(),
            Part(configure=(bind(POLL_CONTROL),)),
            _setting("temperature_calibration", Attribute(OWN, 0x2003, S16), "°C", (-50, 50), "Added by the device"),
            _setting("humidity_calibration", Attribute(OWN, 0x2004, S16), "%", (-50, 50), "Added by the device"),
        ),
        ota=True,
    ),
    Definition(
        models=("DS01", "SNZB-04", "CK-TLSR8656-SS5-01(7003)"),
        fingerprints=(_sensor_sold_as("TH01", 0x0402, 0, 3, 0x0500, 1),),
        model="SNZB-04",
        vendor="SONOFF",
        description="Contact sensor",
        white_labels=(
            *_labels("SNZB-04", "RHK06", "CK-TLSR8656-SS5-01(7003)"),
            WhiteLabel("WL-19DWZ", "Tuya", fingerprints=(Fingerprint(manufacturer="_TZ3000_n2egfsli"),)),
            WhiteLabel("DS01", "zbeacon", fingerprints=(Fingerprint(manufacturer="zbeacon"),)),
        ),
        parts=(_battery(), zone("contact")),
    ),
    Definition(
        models=("SNZB-05P",),
        model="SNZB-05P",
        vendor="SONOFF",
        description="Zigbee water sensor",
        parts=(battery(), zone("water_leak")),
        version="0.0.1",
        ota=True,
    ),
)
