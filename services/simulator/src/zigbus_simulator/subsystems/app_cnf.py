"""APP_CNF: base device behaviour, that is commissioning as Zigbee 3.0 knows it."""

from __future__ import annotations

from typing import Final

from zigbus_simulator.coordinator import Commands, Coordinator
from zigbus_simulator.mt import Status, Subsystem
from zigbus_simulator.octets import Reader

_NOTIFICATION = 0x80
_SUCCESS, _IN_PROGRESS, _FORMATION_FAILURE = 0x00, 0x01, 0x08
_INITIALIZATION, _FORMATION = 0, 2  # what a notification is about
_MODE_FORMATION = 0x04  # bit of the requested modes
_TELL_S = 0.12  # after the stick has started


def _accept(stick: Coordinator, ask: Reader) -> bytes:
    return bytes((Status.SUCCESS,))


def _set_channels(stick: Coordinator, ask: Reader) -> bytes:
    primary, mask = ask.u8(), ask.u32()
    if primary:
        stick.channels = mask
    return bytes((Status.SUCCESS,))


def _start_commissioning(stick: Coordinator, ask: Reader) -> bytes:
    mode = ask.u8()
    if not mode & _MODE_FORMATION:
        stick.indicate_later(_TELL_S, Subsystem.APP_CNF, _NOTIFICATION, bytes((_SUCCESS, mode, 0)))
        return bytes((Status.SUCCESS,))
    resumed = stick.start()
    progress = bytes((_IN_PROGRESS, _INITIALIZATION, mode))
    stick.indicate_later(_TELL_S / 2, Subsystem.APP_CNF, _NOTIFICATION, progress)
    # A stick that resumes its network reports that it formed none; hosts know this.
    outcome = _FORMATION_FAILURE if resumed else _SUCCESS
    stick.indicate_later(_TELL_S, Subsystem.APP_CNF, _NOTIFICATION, bytes((outcome, _FORMATION, 0)))
    return bytes((Status.SUCCESS,))


COMMANDS: Final[Commands] = {
    0x01: _accept,  # default remote end device timeout
    0x02: _accept,  # end device timeout
    0x03: _accept,  # allow rejoin with the well-known key
    0x04: _accept,  # add an install code
    0x05: _start_commissioning,
    0x06: _accept,  # joining takes an install code
    0x07: _accept,  # active default key
    0x08: _set_channels,
    0x09: _accept,  # key exchange is required
    0xFF: _accept,  # network frame counter
}
