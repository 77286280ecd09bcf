"""Danfoss."""

from __future__ import annotations

from zigbus.contract.base import JsonObject, RequestFailed
from zigbus.contract.events import AttributeValue
from zigbus_converter.definition import (
    Ask,
    Definition,
    Device,
    Fingerprint,
    Frame,
    Occasion,
    Part,
    Receiver,
    Sender,
    WhiteLabel,
)
from zigbus_converter.effects import Bind, Conversation, Effects, Log, Merge, Now, Report, ReportItem, Write
from zigbus_converter.expose import ALL, STATE, STATE_GET, enum, numeric, text
from zigbus_converter.parts import attribute
from zigbus_converter.parts import thermostat as climate
from zigbus_converter.parts.base import (
    HOUR,
    REPORTS,
    getter,
    invalid,
    invoke,
    looked_up,
    number,
    read,
    read_at_set_up,
    taken,
    write,
)
from zigbus_converter.parts.battery import battery
from zigbus_converter.parts.own import own
from zigbus_converter.parts.thermostat_schedule import schedules
from zigbus_converter.parts.tuya import local_offset_s
from zigbus_converter.parts.zcl import (
    BOOL,
    DIAGNOSTICS,
    E8,
    MAP8,
    MAP16,
    S8,
    S16,
    S32,
    THERMOSTAT,
    TIME,
    U8,
    U16,
    U32,
    USER_INTERFACE,
    UTC,
    Attribute,
)

CODE = 0x1246


def _own(number_: int, kind: int) -> Attribute:
    return Attribute(THERMOSTAT, number_, kind, CODE)


# ---- status ----------------------------------------------------------------------------------------------------------

STATUS = Attribute(DIAGNOSTICS, 0x4000, MAP16, CODE)
FAULTS = (
    "top_pcb_sensor_error", "side_pcb_sensor_error", "non_volatile_memory_error", "unknown_hw_error", None, "motor_error",
    None, "invalid_internal_communication", None, "invalid_clock_information", None, "radio_communication_error",
    "encoder_jammed", "low_battery", "critical_low_battery", None,
)  # fmt: skip


def _receive_status(frame: Frame, device: Device) -> Effects:
    code = frame.value(STATUS.id)
    if code is not None:
        faults = [name for bit, name in enumerate(FAULTS) if name and code >> bit & 1]
        yield Merge({"system_status_code": ",".join(faults) or "ok"})


def _set_up_status(device: Device) -> Conversation:
    try:
        yield Bind(endpoint=1, clusters=(DIAGNOSTICS,))
    except RequestFailed as error:  # the valve rejects a binding that it has
        yield Log(level="debug", event="bind_failed", fields={"error": str(error)})
    item = ReportItem(
        attribute=STATUS.id, type=STATUS.type, min_interval_s=0, max_interval_s=HOUR, change=1, manufacturer=CODE
    )
    yield Report(endpoint=1, cluster=DIAGNOSTICS, items=(item,), manufacturer=CODE)
    yield read(1, STATUS)


SYSTEM_STATUS = Part(
    exposes=(
        text("system_status_code", STATE_GET, description="Faults, separated by commas, or ok", category="diagnostic"),
    ),
    receivers=(Receiver(DIAGNOSTICS, REPORTS, _receive_status),),
    senders=(Sender(("system_status_code",), get=getter(STATUS)),),
    configure=(_set_up_status,),
)

# ---- setpoint --------------------------------------------------------------------------------------------------------

SET_SETPOINT, PREHEAT = 0x40, 0x42  # Danfoss's own commands
SCHEDULED, AGGRESSIVE = 0, 1
SETPOINT = Attribute(THERMOSTAT, 0x0012, S16)
HEAT_REQUIRED = _own(0x4031, BOOL)
OUTPUT_STATUS = _own(0x4110, E8)


def _send_setpoint(ask: Ask) -> Conversation:
    """Send the setpoint as a command: a user's change twice, as it moves the valve at once; a scheduled one gently."""
    scheduled = ask.key.endswith("scheduled")
    payload = bytes((SCHEDULED if scheduled else AGGRESSIVE,))
    payload += climate.half_degrees(ask.value).to_bytes(2, "little", signed=True)
    for _ in range(1 if scheduled else 2):
        yield invoke(ask, THERMOSTAT, SET_SETPOINT, payload, CODE)


def _send_preheat(ask: Ask) -> Conversation:
    stamp = ask.value.get("timestamp") if isinstance(ask.value, dict) else None
    payload = b"\x00" + int(number(stamp, "timestamp")).to_bytes(4, "little")
    yield invoke(ask, THERMOSTAT, PREHEAT, payload, CODE)


def _receive_setpoint(frame: Frame, device: Device) -> Effects:
    payload: JsonObject = {}
    raw = frame.value(SETPOINT.id)
    if raw is not None:
        payload["occupied_heating_setpoint_scheduled"] = raw / 100
    heating = frame.value(OUTPUT_STATUS.id)
    if heating is None:
        heating = frame.value(HEAT_REQUIRED.id)
    if heating is not None:
        payload["running_state"] = "heat" if heating in (1, True) else "idle"
    if payload:
        yield Merge(payload)


SETPOINTS = Part(
    receivers=(Receiver(THERMOSTAT, REPORTS, _receive_setpoint),),
    senders=(
        Sender(("occupied_heating_setpoint",), set=_send_setpoint, get=getter(SETPOINT)),
        Sender(("occupied_heating_setpoint_scheduled",), set=_send_setpoint, get=getter(SETPOINT)),
        Sender(("preheat_command",), set=_send_preheat),
        Sender(("running_state",), get=getter(HEAT_REQUIRED)),
    ),
)
VALVE = climate.thermostat(
    (
        climate.local_temperature(),
        climate.setpoint("occupied_heating_setpoint", 5, 35, 0.5),
        climate.system_mode("heat"),
        climate.heating_demand(),
        climate.running_state("idle", "heat"),
    ),
    numeric("max_heat_setpoint_limit", ALL, unit="°C", minimum=5, maximum=35, step=0.5, description="Highest setpoint"),
    enum(
        "programming_operation_mode",
        climate.PROGRAMMING_MODES,
        ALL,
        description="Whether the schedule counts, and whether it heats in advance; the schedule itself stays",
    ),
    numeric(
        "occupied_heating_setpoint_scheduled",
        ALL,
        unit="°C",
        minimum=5,
        maximum=35,
        step=0.5,
        description="Changes the setpoint gently, as a schedule does",
    ),
    reported=("local_temperature", "occupied_heating_setpoint", "system_mode", "pi_heating_demand"),
    read_once=("max_heat_setpoint_limit", "programming_operation_mode", "system_mode"),
)

# ---- clock -----------------------------------------------------------------------------------------------------------

SECONDS_1970_TO_2000 = 946_684_800
SYNCHRONISED = 0x02
NO_SUMMER_TIME = 0xFFFFFFFF


def _set_clock(device: Device) -> Conversation:
    """Tell the valve the time: without it a schedule cannot run."""
    now_s = yield Now()
    values = (
        (0x0000, UTC, round(now_s) - SECONDS_1970_TO_2000),
        (0x0001, MAP8, SYNCHRONISED),
        (0x0002, S32, local_offset_s(now_s)),
        (0x0003, U32, NO_SUMMER_TIME),
        (0x0004, U32, NO_SUMMER_TIME),
        (0x0005, S32, 0),
    )
    records = tuple(AttributeValue(id=number_, type=kind, value=value) for number_, kind, value in values)
    yield Write(endpoint=1, cluster=TIME, attributes=records)


# ---- settings --------------------------------------------------------------------------------------------------------

KEYPAD = Attribute(USER_INTERFACE, 0x0001, E8)
TRIGGER_TIME = _own(0x4011, U16)
NO_TRIGGER = 0xFFFF
KEYPAD_WORDS = {"unlock": 0, "lock": 1}


def _clock(minutes: int) -> str:
    return "undefined" if minutes == NO_TRIGGER else f"{minutes // 60:02}:{minutes % 60:02}"


def _minutes(value: str) -> int:
    if value == "undefined":
        return NO_TRIGGER
    hours, _, minutes = value.partition(":")
    if not (hours.isdecimal() and minutes.isdecimal() and int(hours) < 24 and int(minutes) < 60):
        raise invalid(f"'{value}' is not a time, must be HH:MM or undefined", key="trigger_time", value=value)
    return int(hours) * 60 + int(minutes)


def _receive_trigger_time(frame: Frame, device: Device) -> Effects:
    raw = frame.value(TRIGGER_TIME.id)
    if raw is not None:
        yield Merge({"trigger_time": _clock(raw)})


def _send_trigger_time(ask: Ask) -> Conversation:
    yield write(ask.endpoint, TRIGGER_TIME, _minutes(str(ask.value)))
    yield taken("trigger_time", ask.value)


EXERCISE_TIME = Part(
    exposes=(
        text("trigger_time", ALL, description="When the valve is exercised, HH:MM or undefined", category="config"),
    ),
    receivers=(Receiver(THERMOSTAT, REPORTS, _receive_trigger_time),),
    senders=(Sender(("trigger_time",), set=_send_trigger_time, get=getter(TRIGGER_TIME)),),
)


def _receive_keypad(frame: Frame, device: Device) -> Effects:
    raw = frame.value(KEYPAD.id)
    if raw is not None:
        yield Merge({"keypad_lockout": "lock" if raw else "unlock"})


def _send_keypad(ask: Ask) -> Conversation:
    yield write(ask.endpoint, KEYPAD, looked_up(ask.value, KEYPAD_WORDS))
    yield taken("keypad_lockout", ask.value)


KEYPAD_LOCKOUT = Part(
    exposes=(
        enum(
            "keypad_lockout", ("unlock", "lock"), ALL, description="Locks the buttons on the device", category="config"
        ),
    ),
    receivers=(Receiver(USER_INTERFACE, REPORTS, _receive_keypad),),
    senders=(Sender(("keypad_lockout",), set=_send_keypad, get=getter(KEYPAD)),),
    configure=(read_at_set_up(KEYPAD, may_fail=True),),
)


def _set_clock_again(device: Device, occasion: Occasion) -> Conversation:
    if occasion == "announced":
        yield from _set_clock(device)


CLOCK = Part(configure=(read_at_set_up(KEYPAD, may_fail=True), _set_clock), occasions=(_set_clock_again,))
LOAD_LIMITS = (-8000, 3600)
WEEKDAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "away_or_vacation")


def _numbered(*names: str) -> dict[str, int]:
    return {name: place for place, name in enumerate(names)}


SETTINGS = (
    attribute.binary(
        "mounted_mode_active", _own(0x4012, BOOL), STATE_GET, description="Not mounted on the radiator yet", category="diagnostic"
    ),
    attribute.binary("mounted_mode_control", _own(0x4013, BOOL), description="Go to mounting mode", category="config"),
    attribute.binary(
        "thermostat_orientation",
        _own(0x4014, BOOL),
        on=("vertical", 1),
        off=("horizontal", 0),
        description="How the valve is mounted, which counts for its regulation",
        category="config",
    ),
    attribute.binary(
        "viewing_direction",
        Attribute(USER_INTERFACE, 0x4000, E8, CODE),
        on=("upside-down", 1),
        off=("normal", 0),
        description="Direction of the display",
        category="config",
    ),
    attribute.binary(
        "heat_available", _own(0x4030, BOOL), description="The heating is on; the motor rests while it is not", category="config"
    ),
    attribute.binary("heat_required", HEAT_REQUIRED, STATE_GET, description="The valve needs warm water", category="diagnostic"),
    Part(
        exposes=(
            enum("setpoint_change_source", climate.CHANGE_SOURCES, STATE, description="Who changed the setpoint", category="diagnostic"),
        )
    ),
    attribute.numeric(
        "external_measured_room_sensor",
        _own(0x4015, S16),
        minimum=-8000,
        maximum=3500,
        description=(
            "Temperature of another sensor in the room, in hundredths of a degree, -8000 for none. Send it at least every "
            "3 hours; at least every 30 minutes if the radiator is covered"
        ),
    ),
    attribute.binary("radiator_covered", _own(0x4016, BOOL), description="Only the sensor in the room counts, not the valve's own"),
    attribute.binary("window_open_feature", _own(0x4051, BOOL), description="Open windows are detected", category="config"),
    attribute.enum(
        "window_open_internal",
        _own(0x4000, E8),
        _numbered("quarantine", "closed", "hold", "open", "external_open"),
        STATE_GET,
        description="What the valve thinks of the windows",
        category="diagnostic",
    ),
    attribute.binary("window_open_external", _own(0x4003, BOOL), description="A window is open, as another sensor says"),
    attribute.enum(
        "day_of_week", _own(0x4010, E8), _numbered(*WEEKDAYS), description="Day on which the valve is exercised", category="config"
    ),
    EXERCISE_TIME,
    attribute.numeric(
        "algorithm_scale_factor", _own(0x4020, U8), minimum=1, maximum=10, description="Pace of the regulation: 1 is quick, 10 slow"
    ),
    attribute.binary("load_balancing_enable", _own(0x4032, BOOL), description="Share the load with other valves of the room"),
    attribute.numeric("load_room_mean", _own(0x4040, S16), minimum=LOAD_LIMITS[0], maximum=LOAD_LIMITS[1], description="Mean load of the valves of the room, -8000 for none"),
    attribute.numeric("load_estimate", _own(0x404A, S16), STATE_GET, minimum=LOAD_LIMITS[0], maximum=LOAD_LIMITS[1], description="Load of this radiator"),
    attribute.binary("preheat_status", _own(0x404F, BOOL), STATE_GET, description="Heats in advance of the schedule"),
    attribute.numeric("preheat_time", _own(0x4050, U32), STATE_GET, description="Time of the setpoint that is heated for in advance"),
    attribute.enum(
        "adaptation_run_status",
        _own(0x404D, MAP8),
        _numbered("none", "in_progress", "found", "lost", "lost_in_progress"),
        STATE_GET,
        description="How far the valve has learned its end stops",
    ),
    attribute.binary("adaptation_run_settings", _own(0x404E, MAP8), description="Learn the end stops at night"),
    attribute.enum(
        "adaptation_run_control",
        _own(0x404C, E8),
        _numbered("idle", "initiate_adaptation", "cancel_adaptation"),
        description="Start or cancel learning the end stops",
    ),
    attribute.numeric(
        "regulation_setpoint_offset",
        _own(0x404B, S8),
        scale=10,
        unit="°C",
        minimum=-2.5,
        maximum=2.5,
        step=0.1,
        description="Added to the setpoint by the regulation",
        category="config",
    ),
)  # fmt: skip

ABSOLUTE_LIMIT = Part(
    exposes=(
        numeric(
            "abs_max_heat_setpoint_limit",
            STATE_GET,
            unit="°C",
            description="Highest setpoint that the device can take",
            category="diagnostic",
        ),
    ),
    senders=(climate.sender_of("abs_max_heat_setpoint_limit"),),
    configure=(read_at_set_up(climate.PROPERTIES["abs_max_heat_setpoint_limit"].attribute, may_fail=True),),
)


def _models(*models: str) -> tuple[Fingerprint, ...]:
    return tuple(Fingerprint(model=model) for model in models)


DEFINITIONS = (
    Definition(
        models=("eTRV0100", "eTRV0101", "eTRV0103", "TRV001", "TRV003", "eT093WRO", "eT093WRG"),
        model="014G2461",
        vendor="Danfoss",
        description="Ally thermostat",
        white_labels=(
            WhiteLabel("014G2463", "Danfoss"),
            WhiteLabel("UK7004240", "Hive", "Radiator valve", fingerprints=_models("TRV001", "TRV003")),
            WhiteLabel("701721", "Popp", "Smart thermostat", fingerprints=_models("eT093WRO", "eT093WRG")),
        ),
        parts=(
            own("danfoss"),
            SYSTEM_STATUS,
            SETPOINTS,
            VALVE,
            schedules(settable=False, read_sizes=False),
            CLOCK,
            ABSOLUTE_LIMIT,
            battery(),
            KEYPAD_LOCKOUT,
            *SETTINGS,
        ),
        ota=True,
    ),
)
