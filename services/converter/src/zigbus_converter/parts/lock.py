"""Door locks: lock and unlock, what happened and who did it, PIN codes."""

from __future__ import annotations

from collections.abc import Mapping

from zigbus.contract.base import Json, JsonObject
from zigbus.contract.definitions import Expose
from zigbus_converter import expose
from zigbus_converter.definition import Ask, Device, Frame, Part, Receiver, Sender
from zigbus_converter.effects import Conversation, Effects, Merge
from zigbus_converter.expose import ALL, SET, STATE, binary, enum, numeric
from zigbus_converter.parts import usual
from zigbus_converter.parts.base import (
    COMMANDS,
    HOUR,
    REPORTS,
    Reported,
    getter,
    invalid,
    invoke,
    looked_up,
    number,
    payload_effects,
    set_up,
    taken,
    u8,
    u16,
    write,
)
from zigbus_converter.parts.zcl import AUTO_RELOCK_TIME, DOOR_LOCK, LOCK_STATE, SOUND_VOLUME

LOCK, UNLOCK, TOGGLE = 0x00, 0x01, 0x02
SET_PIN, GET_PIN, CLEAR_PIN, SET_STATUS, GET_STATUS = 0x05, 0x06, 0x07, 0x09, 0x0A
PIN_ANSWER, STATUS_ANSWER = 0x06, 0x0A
OPERATION_EVENT, PROGRAMMING_EVENT = 0x20, 0x21
UNKNOWN_SOURCE = 0xFF
UNKNOWN_USER = 0xFFFF

STATES = {"LOCK": LOCK, "UNLOCK": UNLOCK, "TOGGLE": TOGGLE}
LOCK_STATES = ("not_fully_locked", "locked", "unlocked")
DOOR_STATE = 0x0003
DOOR_STATES = {
    0: "open",
    1: "closed",
    2: "error_jammed",
    3: "error_forced_open",
    4: "error_unspecified",
}
VOLUMES = ("silent_mode", "low_volume", "high_volume")
OPERATIONS = (
    "unknown", "lock", "unlock", "lock_failure_invalid_pin_or_id", "lock_failure_invalid_schedule",
    "unlock_failure_invalid_pin_or_id", "unlock_failure_invalid_schedule", "one_touch_lock", "key_lock", "key_unlock",
    "auto_lock", "schedule_lock", "schedule_unlock", "manual_lock", "manual_unlock", "non_access_user_operational_event",
)  # fmt: skip
PROGRAMMINGS = (
    "unknown", "master_code_changed", "pin_code_added", "pin_code_deleted", "pin_code_changed", "rfid_code_added",
    "rfid_code_deleted",
)  # fmt: skip
SOURCES = ("keypad", "rf", "manual", "rfid", "fingerprint")
USER_STATUSES = {"available": 0, "enabled": 1, "disabled": 3}
USER_TYPES = {"unrestricted": 0, "year_day_schedule": 1, "week_day_schedule": 2, "master": 3, "non_access": 4}


# ---- reports and events ----------------------------------------------------------------------------------------------


def receive_lock(frame: Frame, device: Device) -> Effects:
    """Publish state, settings and the door."""
    payload: JsonObject = {}
    state = frame.value(LOCK_STATE.id)
    if state is not None:
        payload["state"] = "LOCK" if state == 1 else "UNLOCK"
        if state < len(LOCK_STATES):
            payload["lock_state"] = LOCK_STATES[state]
    relock = frame.value(AUTO_RELOCK_TIME.id)
    if relock is not None:
        payload["auto_relock_time"] = relock
    volume = frame.value(SOUND_VOLUME.id)
    if volume is not None and volume < len(VOLUMES):
        payload["sound_volume"] = VOLUMES[volume]
    door = frame.value(DOOR_STATE)
    if door in DOOR_STATES:
        payload["door_state"] = DOOR_STATES[door]
    return payload_effects(payload)


def receive_event(frame: Frame, device: Device) -> Effects:
    """Publish who locked, unlocked or programmed the lock: source u8, code u8, user u16, then what nobody needs."""
    names = {OPERATION_EVENT: OPERATIONS, PROGRAMMING_EVENT: PROGRAMMINGS}.get(frame.command or 0)
    if names is None or len(frame.payload) < 4:
        return
    source, code, user = frame.payload[0], frame.payload[1], int.from_bytes(frame.payload[2:4], "little")
    payload: JsonObject = {
        "action_user": None if user == UNKNOWN_USER else user,
        "action_source": None if source == UNKNOWN_SOURCE else source,
    }
    if code < len(names):
        payload["action"] = names[code]
    if source < len(SOURCES):
        payload["action_source_name"] = SOURCES[source]
    yield Merge(payload)


def receive_user(frame: Frame, device: Device) -> Effects:
    """Publish what the lock answers about a user; the code itself only if the option `expose_pin` asks for it."""
    if frame.command not in (PIN_ANSWER, STATUS_ANSWER) or len(frame.payload) < 3:
        return
    user, status = int.from_bytes(frame.payload[:2], "little"), frame.payload[2]
    known = {number_: name for name, number_ in USER_STATUSES.items()}
    entry: JsonObject = {"status": known.get(status, f"not_supported_{status}")}
    if frame.command == PIN_ANSWER and device.options.get("expose_pin") and len(frame.payload) > 5:
        entry["pin_code"] = frame.payload[5 : 5 + frame.payload[4]].decode("ascii", "replace")
    yield Merge({"users": {str(user): entry}})


# ---- commands --------------------------------------------------------------------------------------------------------


def _code(text: str) -> bytes:
    octets = text.encode("ascii", "replace")
    return u8(len(octets)) + octets


def _send_state(ask: Ask) -> Conversation:
    """Lock or unlock, with a code if one is given; what comes of it is reported."""
    wish, code = ask.value, ""
    if isinstance(wish, Mapping):
        code = wish["code"] if isinstance(wish.get("code"), str) else ""
        wish = wish.get("state")
    state = wish.upper() if isinstance(wish, str) else ""
    if state not in STATES:
        raise invalid(f"'{wish}' is not allowed, must be one of LOCK, UNLOCK, TOGGLE", key="state", value=wish)
    yield invoke(ask, DOOR_LOCK, STATES[state], _code(code))


def _user(ask: Ask, value: Json) -> int:
    most = int(ask.device.definition.meta.get("pin_code_count") or 50)
    user = number(value, "user")
    if not 0 <= user < most:
        raise invalid(f"user must be between 0 and {most - 1}", key=ask.key, value=user)
    return int(user)


def _object(ask: Ask) -> Mapping[str, Json]:
    if not isinstance(ask.value, Mapping):
        raise invalid(f"'{ask.key}' is not an object, got ({ask.value})", key=ask.key)
    return ask.value


def _send_pin(ask: Ask) -> Conversation:
    """Set the code of a user, or clear it."""
    wish = _object(ask)
    user = u16(_user(ask, wish.get("user")))
    if wish.get("pin_code") is None:
        yield invoke(ask, DOOR_LOCK, CLEAR_PIN, user)
        return
    enabled = wish.get("user_enabled")
    status = USER_STATUSES["enabled" if enabled is None or enabled else "disabled"]
    kind = looked_up(wish.get("user_type") or "unrestricted", USER_TYPES)
    yield invoke(ask, DOOR_LOCK, SET_PIN, user + u8(status) + u8(kind) + _code(str(wish["pin_code"])))


def _send_status(ask: Ask) -> Conversation:
    wish = _object(ask)
    user = u16(_user(ask, wish.get("user")))
    yield invoke(ask, DOOR_LOCK, SET_STATUS, user + u8(looked_up(wish.get("status"), USER_STATUSES)))


def _ask_users(ask: Ask) -> Conversation:
    """Ask the lock about one user, or about all of them."""
    command = GET_PIN if ask.key == "pin_code" else GET_STATUS
    wish = ask.value.get("user") if isinstance(ask.value, Mapping) else None
    most = int(ask.device.definition.meta.get("pin_code_count") or 50)
    for user in range(most) if wish is None else (_user(ask, wish),):
        yield invoke(ask, DOOR_LOCK, command, u16(user))


def _send_relock(ask: Ask) -> Conversation:
    yield write(ask.endpoint, AUTO_RELOCK_TIME, int(number(ask.value, ask.key)))
    yield taken(ask.key, ask.value)


def _send_volume(ask: Ask) -> Conversation:
    volume = looked_up(ask.value, {name: place for place, name in enumerate(VOLUMES)})
    yield write(ask.endpoint, SOUND_VOLUME, volume)
    yield taken(ask.key, ask.value)


# ---- the part --------------------------------------------------------------------------------------------------------


def _pin_expose() -> Expose:
    return expose.composite(
        "pin_code",
        (
            numeric("user", SET, description="User whose code is set or cleared"),
            enum("user_type", USER_TYPES, SET, description="What the user may do, and when"),
            binary("user_enabled", SET, description="Whether the user is enabled"),
            numeric("pin_code", SET, label="PIN code", description="Code to set, null to clear it"),
        ),
        ALL,
    )


LOCK_REPORTING = Reported(LOCK_STATE, 0, HOUR, 0)


def lock(*, reporting: bool = True, between: tuple[Expose, ...] = ()) -> Part:
    """Return a door lock. `between`: exposes that are listed after the lock itself, as some definitions do.

    The definition's `meta` says how many users there are: `pin_code_count`.
    """
    return Part(
        exposes=(
            expose.lock(),
            *between,
            _pin_expose(),
            usual.action(*OPERATIONS),
            enum("action_source_name", ("keypad", "rfid", "manual", "rf"), STATE, description="How it was done"),
            numeric("action_user", STATE, description="Who did it"),
            numeric(
                "auto_relock_time",
                ALL,
                unit="s",
                minimum=0,
                maximum=3600,
                description="Seconds after which it locks by itself, 0 is never",
            ),
            enum("sound_volume", VOLUMES, ALL, description="Volume of the lock"),
        ),
        receivers=(
            Receiver(DOOR_LOCK, REPORTS, receive_lock),
            Receiver(DOOR_LOCK, COMMANDS, receive_event),
            Receiver(DOOR_LOCK, COMMANDS, receive_user),
        ),
        senders=(
            Sender(("state",), set=_send_state, get=getter(LOCK_STATE)),
            Sender(("pin_code",), set=_send_pin, get=_ask_users),
            Sender(("user_status",), set=_send_status, get=_ask_users),
            Sender(("auto_relock_time",), set=_send_relock, get=getter(AUTO_RELOCK_TIME)),
            Sender(("sound_volume",), set=_send_volume, get=getter(SOUND_VOLUME)),
        ),
        configure=(set_up(LOCK_REPORTING),) if reporting else (),
        receive_options=(usual.EXPOSE_PIN,),
    )
