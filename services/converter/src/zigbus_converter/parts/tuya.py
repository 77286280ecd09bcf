"""Tuya: the greeting that wakes a device's reports, plugs and switches with Tuya's attributes, time requests, polling."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from zigbus.contract.base import Json, JsonObject, RequestFailed
from zigbus.contract.definitions import Expose
from zigbus_converter import expose
from zigbus_converter.definition import Ask, Device, Frame, Occasion, Part, Receiver, Sender
from zigbus_converter.effects import Conversation, Effect, Effects, Invoke, Log, Read, Remember, SetTimer
from zigbus_converter.expose import ALL, SET, enum, numeric
from zigbus_converter.parts import usual
from zigbus_converter.parts.base import (
    COMMANDS,
    HOUR,
    REPORTS,
    getter,
    invalid,
    invoke,
    known,
    looked_up,
    loose_number,
    named,
    payload_effects,
    taken,
    u16,
    write,
)
from zigbus_converter.parts.own import own_clusters
from zigbus_converter.parts.switch import COMMANDS as SWITCH_COMMANDS
from zigbus_converter.parts.switch import ON_WITH_TIMED_OFF, STATE_RECEIVER
from zigbus_converter.parts.zcl import BASIC, BOOL, E8, ELECTRICAL, METERING, ON_OFF, SWITCHED, TUYA, U16, Attribute

GREETING = (0x0004, 0x0000, 0x0001, 0x0005, 0x0007, 0xFFFE)  # reading these at once makes a device report

# ---- base ------------------------------------------------------------------------------------------------------------

TimeStart = Literal["1970", "2000", "off"]
SYNC_TIME, GATEWAY_STATUS, QUERY, VERSION = 0x24, 0x25, 0x03, 0x10
VERSION_REQUEST = b"\2\0"  # sequence number
SECONDS_1970_TO_2000 = 946_684_800
TOLD_TIME = "tuya_told_time"  # memory: Unix time when the device was told the time


def greet(device: Device) -> Conversation:
    """Read what makes a device report."""
    first = next(iter(device.description.endpoints), 1)
    try:
        yield Read(endpoint=first, cluster=BASIC, attributes=GREETING)
    except RequestFailed as error:  # some devices lack some of the attributes
        yield Log(level="debug", event="read_failed", fields={"error": str(error)})


def _query(device: Device) -> Conversation:
    yield Invoke(endpoint=1, cluster=TUYA, command=QUERY)


def _ask_version(device: Device) -> Conversation:
    """Ask for the version of the controller behind the radio, where the radio's own is not known."""
    if device.description.model == "TS0601" and not device.description.software_build:
        yield Invoke(endpoint=1, cluster=TUYA, command=VERSION, payload=VERSION_REQUEST)


def _query_again(device: Device, occasion: Occasion) -> Conversation:
    """It may have lost its power and tells nothing by itself."""
    if occasion == "announced":
        yield from _query(device)


def local_offset_s(unix_s: float) -> int:
    """Return how far the local time of this machine is ahead of UTC at a moment, in seconds."""
    offset = datetime.fromtimestamp(unix_s).astimezone().utcoffset()
    return 0 if offset is None else int(offset.total_seconds())


def time_payload(unix_s: float, start: TimeStart) -> bytes:
    """Return the answer to a time request: UTC and local time, big-endian, counted from 1970 or 2000."""
    utc = round(unix_s) - (SECONDS_1970_TO_2000 if start == "2000" else 0)
    return u16(8) + utc.to_bytes(4, "big") + (utc + local_offset_s(unix_s)).to_bytes(4, "big")


def base(
    *,
    query: bool = False,
    query_when_announced: bool | None = None,
    time_start: TimeStart = "off",
    keeps_time: bool = False,
) -> Part:
    """Return what every Tuya device needs.

    `query`: it tells its values only when asked, as a rule also when it comes back; `time_start`: its epoch; `keeps_time`: its clock is so bad that it is
    told the time every hour, unasked.
    """

    def receive(frame: Frame, device: Device) -> Effects:
        if frame.command == SYNC_TIME and not _is_whole(frame):
            return
        start: TimeStart = device.options.get("time_start") or time_start
        told_s = device.memory.get(TOLD_TIME)
        late = keeps_time and (told_s is None or frame.heard_at_s - told_s > HOUR)
        if start != "off" and (late or frame.command == SYNC_TIME):
            yield Remember(key=TOLD_TIME, value=frame.heard_at_s)
            yield _answer(frame, SYNC_TIME, time_payload(frame.heard_at_s, start))
        elif frame.command == GATEWAY_STATUS:
            yield _answer(frame, GATEWAY_STATUS, u16(1) + b"\x01")

    return Part(
        receivers=(Receiver(TUYA, COMMANDS, receive),),
        configure=(greet, *((_query,) if query else ()), _ask_version),
        occasions=(_query_again,) if (query if query_when_announced is None else query_when_announced) else (),
        custom_clusters=own_clusters("tuya"),
    )


def _is_whole(frame: Frame) -> bool:
    """Tell whether what a client would send has all the octets that it counts; devices themselves send the count alone."""
    return frame.from_server or len(frame.payload) >= 2 + int.from_bytes(frame.payload[:2], "little")


def time_start_option(default: TimeStart = "off") -> Expose:
    """Return the option of every Tuya definition; it belongs into the definition's own options, which come first."""
    about = (
        "Epoch of the time that the device is told: 1970, or 2000 if its weekday is wrong with that; "
        f"off: it is told nothing (default {default})"
    )
    return enum("time_start", ("1970", "2000", "off"), SET, description=about)


def _answer(frame: Frame, command: int, payload: bytes) -> Effect:
    return Invoke(
        endpoint=frame.endpoint, cluster=TUYA, command=command, payload=payload, disable_default_response=True
    )


# ---- switches and plugs ----------------------------------------------------------------------------------------------

CHILD_LOCK = Attribute(ON_OFF, 0x8000, BOOL)
INDICATOR_MODE = Attribute(ON_OFF, 0x8001, E8)
POWER_ON = Attribute(ON_OFF, 0x8002, E8)
ON_TIME = Attribute(ON_OFF, 0x4001, U16)
MAX_COUNTDOWN_S = 12 * 3600

INDICATOR_MODES = {"off": 0, "off/on": 1, "on/off": 2, "on": 3}
OUTAGE_MEMORIES = {"on": 1, "off": 0, "restore": 2}
POWER_ON_BEHAVIOURS = {"off": 0, "on": 1, "previous": 2}


def _send_with_countdown(ask: Ask) -> Conversation:
    """Switch, count down, or both: the switch comes first, because it ends a running countdown."""
    wanted = ask.message.get("state")
    state = wanted.lower() if isinstance(wanted, str) else None
    countdown = ask.message.get("countdown")
    if countdown is not None and not (isinstance(countdown, int) and 0 <= countdown <= MAX_COUNTDOWN_S):
        raise invalid("countdown must be an integer between 1 and 43200 (12 hours) or 0 to cancel", value=countdown)
    payload: JsonObject = {}
    before = known(ask, "state")  # the device's own report may come before its confirmation
    if state is not None:
        yield invoke(ask, ON_OFF, looked_up(state, SWITCH_COMMANDS))
        if state != "toggle":
            payload["state"] = state.upper()
        elif before:
            payload["state"] = "ON" if before == "OFF" else "OFF"
        payload["countdown"] = 0
    if countdown is not None:
        yield invoke(ask, ON_OFF, ON_WITH_TIMED_OFF, b"\x00" + u16(countdown) * 2)
        if "state" in payload:
            payload["countdown"] = countdown
    yield from payload_effects(payload)


def _get_with_countdown(ask: Ask) -> Conversation:
    yield from getter(SWITCHED if ask.key == "state" else ON_TIME)(ask)


def _receive_countdown(frame: Frame, device: Device) -> Effects:
    seconds = frame.value(ON_TIME.id)
    return payload_effects({} if seconds is None else {"countdown": seconds})


def switch_with_countdown() -> Part:
    """Return a switch that can change back after a time."""
    about = "Toggle the device after this time, once"
    return Part(
        exposes=(
            expose.switch(),
            numeric("countdown", ALL, unit="s", minimum=0, maximum=MAX_COUNTDOWN_S, step=1, description=about),
        ),
        receivers=(STATE_RECEIVER, Receiver(ON_OFF, REPORTS, _receive_countdown)),
        senders=(Sender(("state", "countdown"), set=_send_with_countdown, get=_get_with_countdown),),
        receive_options=(usual.STATE_ACTION,),
    )


def _chosen(key: str, attribute: Attribute, values: Mapping[str, int]) -> tuple[Receiver, Sender]:
    def receive(frame: Frame, device: Device) -> Effects:
        raw = frame.value(attribute.id)
        chosen = None if raw is None else named(raw, values)
        return payload_effects({} if chosen is None else {key: chosen})

    def send(ask: Ask) -> Conversation:
        yield write(ask.endpoint, attribute, looked_up(ask.value, values))
        yield taken(key, ask.value)

    return Receiver(ON_OFF, REPORTS, receive), Sender((key,), set=send, get=getter(attribute))


def power_outage_memory() -> Part:
    """Return what the device does when power comes back, under its old name; the new one can be set, too."""
    receiver, sender = _chosen("power_outage_memory", POWER_ON, OUTAGE_MEMORIES)
    _, newer = _chosen("power_on_behavior", POWER_ON, POWER_ON_BEHAVIOURS)
    about = "What the device does when power comes back"
    shown = enum("power_outage_memory", OUTAGE_MEMORIES, ALL, description=about, category="config")
    return Part(exposes=(shown,), receivers=(receiver,), senders=(newer, sender))


def indicator_mode() -> Part:
    """Return when the LED is on."""
    receiver, sender = _chosen("indicator_mode", INDICATOR_MODE, INDICATOR_MODES)
    shown = enum("indicator_mode", INDICATOR_MODES, ALL, description="When the LED is on", category="config")
    return Part(exposes=(shown,), receivers=(receiver,), senders=(sender,))


def child_lock() -> Part:
    """Return the lock of the button; the device reports what became of it."""

    def receive(frame: Frame, device: Device) -> Effects:
        raw = frame.value(CHILD_LOCK.id)
        return payload_effects({} if raw is None else {"child_lock": "LOCK" if raw else "UNLOCK"})

    def send(ask: Ask) -> Conversation:
        yield write(ask.endpoint, CHILD_LOCK, looked_up(ask.value, {"LOCK": 1, "UNLOCK": 0}))

    return Part(
        exposes=(usual.child_lock(),),
        receivers=(Receiver(ON_OFF, REPORTS, receive),),
        senders=(Sender(("child_lock",), set=send),),
    )


# ---- polling ---------------------------------------------------------------------------------------------------------

POLL_INTERVAL_S = 60
POLL = "measurement_poll"
POLLS_IN_VAIN = 10  # unanswered ones until we wait for the device to be heard again
MEASUREMENTS = (0x0505, 0x0508, 0x050B)
METERED = (0x0000,)


def _polling(interval_s: float, reads: tuple[Effect, ...]) -> tuple[Effect, ...]:
    effects: tuple[Effect, ...] = ()
    for _ in range(POLLS_IN_VAIN):
        effects = (SetTimer(key=POLL, after_s=interval_s, effects=(*effects, *reads)),)
    return effects


def measurement_poll(*, energy_on: tuple[int, ...] = ()) -> Part:
    """Return the polling of electric measurements of plugs that do not report them.

    Every answer starts the interval anew, so polling goes on as long as the device answers. `energy_on`: application
    versions whose energy must be polled, too. The option `measurement_poll_interval` belongs into the definition.
    """

    def receive(frame: Frame, device: Device) -> Effects:
        wish: Json = device.options.get("measurement_poll_interval")
        interval_s = POLL_INTERVAL_S if wish is None else loose_number(wish, "measurement_poll_interval")
        if interval_s <= 0:
            return ()
        reads: tuple[Effect, ...] = (Read(endpoint=1, cluster=ELECTRICAL, attributes=MEASUREMENTS),)
        if device.description.application_version in energy_on:
            reads += (Read(endpoint=1, cluster=METERING, attributes=METERED),)
        return _polling(interval_s, reads)

    clusters = (BASIC, ON_OFF, ELECTRICAL)
    return Part(receivers=tuple(Receiver(cluster, REPORTS, receive) for cluster in clusters))
