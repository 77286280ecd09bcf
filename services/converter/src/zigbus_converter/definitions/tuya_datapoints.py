"""Tuya's TS0601: sensors, radars, meters and motors that speak in datapoints."""

from __future__ import annotations

from zigbus.contract.definitions import Expose
from zigbus_converter import expose
from zigbus_converter.definition import Definition, Fingerprint, Part, WhiteLabel
from zigbus_converter.expose import STATE, STATE_SET, binary, enum, numeric
from zigbus_converter.parts import tuya, usual
from zigbus_converter.parts import tuya_kinds as kinds
from zigbus_converter.parts.tuya_points import Point, datapoints


def _made_by(*names: str, model: str = "TS0601") -> tuple[Fingerprint, ...]:
    return tuple(Fingerprint(model=model, manufacturer=name) for name in names)


def _sold_as(vendor: str, model: str, about: str, *names: str) -> WhiteLabel:
    return WhiteLabel(model, vendor, about, fingerprints=tuple(Fingerprint(manufacturer=name) for name in names))


OPTIONS = (tuya.time_start_option(),)
TEMPERATURE_UNIT = enum("temperature_unit", ("celsius", "fahrenheit"), STATE_SET, description="Unit of the display")
SOIL_MOISTURE = numeric("soil_moisture", unit="%", description="Measured moisture of the soil")
BATTERY_STATE = enum(
    "battery_state", ("low", "medium", "high"), description="How full the battery is, roughly", category="diagnostic"
)
CO2 = numeric("co2", unit="ppm", label="CO2", description="Measured carbon dioxide")
PRESENCE = binary("presence", description="Someone is there")


def _volatile(unit: str) -> tuple[Expose, Expose]:
    return (
        numeric("voc", unit="ppb", label="VOC", description="Measured volatile organic compounds"),
        numeric("formaldehyd", unit=unit, description="Measured formaldehyde"),
    )


def _setting(
    name: str, about: str, limits: tuple[float, float], step: float, *, unit: str | None = None, config: bool = False
) -> Expose:
    return numeric(
        name,
        STATE_SET,
        minimum=limits[0],
        maximum=limits[1],
        step=step,
        unit=unit,
        description=about,
        category="config" if config else None,
    )


def _phases(quantity: str, unit: str) -> tuple[Expose, ...]:
    return tuple(
        numeric(
            f"{quantity}_{phase}",
            unit=unit,
            label=f"{quantity.capitalize()} phase {phase}",
            description=f"Phase {phase}",
        )
        for phase in ("X", "Y", "Z")
    )


DEFINITIONS = (
    Definition(
        fingerprints=_made_by("_TZE200_s1xgth2u", "_TZE200_t3xd7l44", "_TZE284_kdqrazmy"),
        model="TS0601_temperature_humidity_sensor_3",
        vendor="Tuya",
        description="Temperature & humidity sensor",
        white_labels=(
            _sold_as("Tuya", "TZE200_t3xd7l44", "Temperature and humidity sensor with clock", "_TZE200_t3xd7l44"),
        ),
        parts=(
            tuya.base(query=True, query_when_announced=False, time_start="1970", keeps_time=True),
            Part(exposes=(usual.temperature(), usual.humidity(), usual.battery(), TEMPERATURE_UNIT)),
            datapoints(
                (
                    Point(1, "temperature", kinds.TENTHS),
                    Point(2, "humidity", kinds.PLAIN),
                    Point(4, "battery", kinds.PLAIN),
                    Point(9, "temperature_unit", kinds.TEMPERATURE_UNIT_CHOICE),
                    Point(19, "temperature_sensitivity", kinds.PLAIN),
                )
            ),
        ),
        options=(tuya.time_start_option("1970"),),
    ),
    Definition(
        fingerprints=_made_by("_TZE200_nvups4nh"),
        model="TS0601_contact_temperature_humidity_sensor",
        vendor="Tuya",
        description="Contact, temperature and humidity sensor",
        white_labels=(
            _sold_as("Aubess", "1005005194831629", "Contact, temperature and humidity sensor", "_TZE200_nvups4nh"),
        ),
        parts=(
            tuya.base(),
            Part(exposes=(usual.contact(), usual.temperature(), usual.humidity(), usual.battery())),
            datapoints(
                (
                    Point(1, "contact", kinds.OPPOSITE),
                    Point(2, "battery", kinds.PLAIN),
                    Point(7, "temperature", kinds.TENTHS),
                    Point(8, "humidity", kinds.PLAIN),
                )
            ),
        ),
        options=OPTIONS,
    ),
    Definition(
        fingerprints=_made_by("_TZE284_8b9zpaav"),
        model="TS0601_airbox",
        vendor="Tuya",
        description="Air quality sensor",
        parts=(
            tuya.base(),
            Part(exposes=(usual.temperature(), usual.humidity(), CO2, *_volatile("µg/m³"))),
            datapoints(
                (
                    Point(2, "co2", kinds.PLAIN),
                    Point(18, "temperature", kinds.TENTHS),
                    Point(19, "humidity", kinds.PLAIN),
                    Point(21, "voc", kinds.HUNDREDTHS),
                    Point(22, "formaldehyd", kinds.HUNDREDTHS),
                )
            ),
        ),
        options=OPTIONS,
    ),
    Definition(
        fingerprints=_made_by("_TZE204_pkpfn9hc"),
        model="TS0601_co2_temperature_humidity_sensor",
        vendor="Tuya",
        description="CO2/temperature/humidity sensor",
        parts=(
            tuya.base(query=True),
            Part(exposes=(CO2, usual.temperature(), usual.humidity())),
            datapoints(
                (
                    Point(2, "co2", kinds.PLAIN),
                    Point(18, "temperature", kinds.TENTHS),
                    Point(19, "humidity", kinds.PLAIN),
                )
            ),
        ),
        options=OPTIONS,
    ),
    Definition(
        fingerprints=_made_by(
            "_TZE200_myd45weu",
            "_TZE200_ga1maeof",
            "_TZE200_2se8efxh",
            "_TZE204_myd45weu",
            "_TZE284_myd45weu",
            "_TZE284_oitavov2",
            "_TZE284_2nhqasjh",
            "_TZE284_2se8efxh",
            "_TZE200_9cqcpkgb",
        ),
        model="TS0601_soil",
        vendor="Tuya",
        description="Soil sensor",
        parts=(
            tuya.base(),
            Part(exposes=(usual.temperature(), SOIL_MOISTURE, TEMPERATURE_UNIT, usual.battery(), BATTERY_STATE)),
            datapoints(
                (
                    Point(3, "soil_moisture", kinds.PLAIN),
                    Point(5, "temperature", kinds.PLAIN),
                    Point(9, "temperature_unit", kinds.TEMPERATURE_UNIT),
                    Point(14, "battery_state", kinds.BATTERY_STATE),
                    Point(15, "battery", kinds.PLAIN),
                )
            ),
        ),
        options=OPTIONS,
    ),
    Definition(
        fingerprints=_made_by("_TZE284_2baujqot"),
        model="TS0601_sos",
        vendor="Tuya",
        description="SOS panic button",
        parts=(
            tuya.base(),
            Part(exposes=(usual.action("emergency"), usual.battery())),
            datapoints((Point(23, "action", kinds.always("emergency")), Point(3, "battery", kinds.PLAIN))),
        ),
        options=OPTIONS,
    ),
    Definition(
        fingerprints=_made_by("_TZE200_0zaf1cr8", "_TZE204_ntcy3xu1", "_TZE284_0zaf1cr8"),
        model="TS0601_smoke_1",
        vendor="Tuya",
        description="Smoke sensor",
        white_labels=(_sold_as("Nous", "E8", "Smoke sensor", "_TZE200_0zaf1cr8", "_TZE284_0zaf1cr8"),),
        parts=(
            tuya.base(),
            Part(
                exposes=(
                    binary("smoke", description="Smoke was detected"),
                    binary("tamper", description="The housing was opened"),
                    usual.battery_low(),
                )
            ),
            datapoints(
                (
                    Point(1, "smoke", kinds.IS_0),
                    Point(4, "tamper", kinds.PLAIN),
                    Point(14, "battery_low", kinds.IS_0),
                )
            ),
        ),
        options=OPTIONS,
    ),
    Definition(
        fingerprints=_made_by("_TZE204_cjbofhxw", "_TZE284_cjbofhxw"),
        model="PJ-MGW1203",
        vendor="Tuya",
        description="Clamp meter",
        white_labels=(_sold_as("Tuya", "PJ-1203-W", "Electricity energy monitor", "_TZE284_cjbofhxw"),),
        parts=(
            tuya.base(),
            Part(exposes=(usual.current(), usual.power(), usual.voltage(), usual.energy())),
            datapoints(
                (
                    Point(18, "current", kinds.THOUSANDTHS),
                    Point(19, "power", kinds.TENTHS),
                    Point(20, "voltage", kinds.TENTHS),
                    Point(101, "energy", kinds.THOUSANDTHS),
                )
            ),
        ),
        options=OPTIONS,
    ),
    Definition(
        fingerprints=_made_by("_TZE204_ves1ycwx", "_TZE284_ves1ycwx", "_TZE200_ves1ycwx"),
        model="SPM02",
        vendor="Tuya",
        description="Smart energy monitor for 3P+N system",
        parts=(
            tuya.base(),
            Part(
                exposes=(
                    *_phases("voltage", "V"),
                    *_phases("power", "W"),
                    *_phases("current", "A"),
                    usual.energy(),
                    numeric("produced_energy", unit="kWh", description="Energy fed in so far"),
                )
            ),
            datapoints(
                (
                    Point(1, "energy", kinds.HUNDREDTHS),
                    Point(2, "produced_energy", kinds.HUNDREDTHS),
                    Point(6, None, kinds.phase("X")),
                    Point(7, None, kinds.phase("Y")),
                    Point(8, None, kinds.phase("Z")),
                )
            ),
        ),
        options=OPTIONS,
    ),
    Definition(
        fingerprints=_made_by("_TZE204_sxm7l9xa", "_TZE204_e5m9c5hl"),
        model="ZY-M100-S_1",
        vendor="Tuya",
        description="Mini human breathe sensor",
        white_labels=(_sold_as("Wenzhi", "WZ-M100-W", "Human presence sensor", "_TZE204_e5m9c5hl"),),
        parts=(
            tuya.base(),
            Part(
                exposes=(
                    usual.illuminance(),
                    PRESENCE,
                    numeric("target_distance", unit="m", description="Distance of who is there"),
                    _setting("radar_sensitivity", "How easily someone is seen", (0, 9), 1),
                    _setting("minimum_range", "Who is nearer is not seen", (0, 9.5), 0.15, unit="m"),
                    _setting("maximum_range", "Who is farther is not seen", (0, 9.5), 0.15, unit="m"),
                    _setting("detection_delay", "How long someone must be there", (0, 10), 0.1, unit="s"),
                    _setting("fading_time", "How long presence lasts after that", (0.5, 1500), 1, unit="s"),
                )
            ),
            datapoints(
                (
                    Point(104, "illuminance", kinds.PLAIN),
                    Point(105, "presence", kinds.IS_1),
                    Point(106, "radar_sensitivity", kinds.PLAIN),
                    Point(107, "maximum_range", kinds.HUNDREDTHS),
                    Point(108, "minimum_range", kinds.HUNDREDTHS),
                    Point(109, "target_distance", kinds.HUNDREDTHS),
                    Point(110, "fading_time", kinds.TENTHS),
                    Point(111, "detection_delay", kinds.TENTHS),
                )
            ),
        ),
        options=OPTIONS,
    ),
    Definition(
        fingerprints=_made_by("_TZE204_ijxvkhd0"),
        model="ZY-M100-24G",
        vendor="Tuya",
        description="24G MmWave radar human presence motion sensor",
        parts=(
            tuya.base(),
            Part(
                exposes=(
                    enum("state", ("none", "presence", "move"), STATE, description="Whether someone is there or moves"),
                    PRESENCE,
                    numeric("distance", unit="m", description="Distance of who is there"),
                    usual.illuminance(),
                    _setting("motion_sensitivity", "How easily movement is seen", (1, 10), 1, config=True),
                    _setting("presence_sensitivity", "How easily someone at rest is seen", (1, 10), 1, config=True),
                    _setting("max_range", "Who is farther is not seen", (1.5, 5.5), 1, unit="m", config=True),
                    _setting("presence_timeout", "How long presence lasts after that", (1, 1500), 1, unit="s"),
                )
            ),
            datapoints(
                (
                    Point(112, "presence", kinds.IS_1),
                    Point(106, "motion_sensitivity", kinds.TENTHS_WHEN_HEARD),
                    Point(111, "presence_sensitivity", kinds.TENTHS_WHEN_HEARD),
                    Point(107, "max_range", kinds.HUNDREDTHS),
                    Point(109, "distance", kinds.HUNDREDTHS),
                    Point(110, "presence_timeout", kinds.PLAIN),
                    Point(104, "illuminance", kinds.PLAIN),
                    Point(102, "illuminance_treshold_max", kinds.PLAIN),
                    Point(103, "illuminance_treshold_min", kinds.PLAIN),
                    Point(105, "state", kinds.numbered("none", "presence", "move")),
                )
            ),
        ),
        options=OPTIONS,
    ),
    Definition(
        fingerprints=_made_by("_TZE200_p2qzzazi"),
        model="TS0601_cover_9",
        vendor="Tuya",
        description="Cover motor",
        parts=(
            tuya.base(),
            Part(
                exposes=(
                    expose.cover(position=True, position_access=STATE_SET),
                    enum(
                        "motor_direction",
                        ("normal", "reversed"),
                        STATE_SET,
                        description="Which way the motor turns",
                        category="config",
                    ),
                    usual.battery(),
                )
            ),
            datapoints(
                (
                    Point(1, "state", kinds.COVER_ACTION),
                    Point(2, "position", kinds.POSITION),
                    Point(3, "position", kinds.PLAIN),
                    Point(5, "motor_direction", kinds.MOTOR_DIRECTION),
                    Point(101, "battery", kinds.PLAIN),
                )
            ),
        ),
        options=OPTIONS,
    ),
    Definition(
        fingerprints=_made_by("_TZE200_iq4ygaai", "_TZE200_01fvxamo", model="TS0201"),
        model="THS317-ET-TY",
        vendor="Tuya",
        description="Temperature sensor with probe",
        white_labels=(_sold_as("OWON", "THS317-ET-EY", "Temperature sensor with probe", "_TZE200_01fvxamo"),),
        parts=(
            tuya.base(),
            Part(exposes=(usual.temperature(), usual.battery())),
            datapoints((Point(1, "temperature", kinds.TENTHS), Point(4, "battery", kinds.PLAIN))),
        ),
        options=OPTIONS,
    ),
)
