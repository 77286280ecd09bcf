"""The household's serial and network settings as the stick needs them. Decisions only, no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from zigbus.contract.household import NetworkSettings, RadioSettings, SerialSettings

DEFAULT_BAUDRATE = 115_200  # every CC2652 and CC1352 image
ADAPTERS = ("zstack", "auto")  # others are recognised by name and refused
NETWORK_KEY_OCTETS = 16


class SettingsRefused(Exception):
    """These settings cannot be carried out. The text says which key is wrong and what to write instead."""


@dataclass(frozen=True)
class SerialPort:
    """Where the stick is. Exactly one of `path` and `host` is set."""

    path: str | None = None  # a device file
    host: str | None = None
    port: int = 0
    baudrate: int = DEFAULT_BAUDRATE
    rtscts: bool = False

    @property
    def name(self) -> str:
        """The port as its owner would write it."""
        return self.path if self.path is not None else f"tcp://{self.host}:{self.port}"


@dataclass(frozen=True)
class Network:
    """What makes two coordinators the same network."""

    pan_id: int
    extended_pan_id: bytes  # 8 octets as they stand in the stick's memory and go over the air
    key: bytes  # 16 octets; a secret
    channel: int

    def __repr__(self) -> str:  # the key must not reach a log through a traceback
        return (
            f"Network(pan_id={self.pan_id:#06x}, extended_pan_id={self.extended_pan_id.hex()}, channel={self.channel})"
        )

    def same(self, other: Network) -> bool:
        """Whether devices of the one are devices of the other. The channel may differ: it can be changed.

        The extended PAN id counts in both byte orders, since sticks set up by older zigbee2mqtt hold it reversed.
        """
        return (
            self.pan_id == other.pan_id
            and self.key == other.key
            and other.extended_pan_id in (self.extended_pan_id, self.extended_pan_id[::-1])
        )


def serial_port(serial: SerialSettings) -> SerialPort:
    """Return the port to open. Raises SettingsRefused if there is none or the adapter is of another kind."""
    if serial.adapter is not None and serial.adapter not in ADAPTERS:
        raise SettingsRefused(
            f"serial.adapter is '{serial.adapter}', but only 'zstack' (Texas Instruments) is supported so far"
        )
    if not serial.port:
        raise SettingsRefused(
            "serial.port is missing: set it to the stick's device file, e.g. /dev/serial/by-id/…, or to tcp://HOST:PORT"
        )
    baudrate, rtscts = serial.baudrate or DEFAULT_BAUDRATE, bool(serial.rtscts)
    if "://" not in serial.port:
        return SerialPort(path=serial.port, baudrate=baudrate, rtscts=rtscts)
    parts = urlsplit(serial.port)
    try:
        port = parts.port
    except ValueError:
        port = None
    if parts.scheme not in ("tcp", "socket") or not parts.hostname or not port:
        raise SettingsRefused(f"serial.port is '{serial.port}', expected a device file or tcp://HOST:PORT")
    return SerialPort(host=parts.hostname, port=port)


def network(settings: NetworkSettings) -> Network:
    """Return the network to run. Raises SettingsRefused if a value is out of its range."""
    if len(settings.network_key) != NETWORK_KEY_OCTETS or not all(0 <= octet <= 0xFF for octet in settings.network_key):
        raise SettingsRefused("advanced.network_key must be a list of 16 numbers from 0 to 255")
    if len(settings.extended_pan_id) != 8 or not all(0 <= octet <= 0xFF for octet in settings.extended_pan_id):
        raise SettingsRefused("advanced.ext_pan_id must be a list of 8 numbers from 0 to 255")
    if not 11 <= settings.channel <= 26:
        raise SettingsRefused(f"advanced.channel is {settings.channel}, it must be 11 to 26")
    if not 0 < settings.pan_id < 0xFFFF:
        raise SettingsRefused(f"advanced.pan_id is {settings.pan_id}, it must be 1 to 65534")
    return Network(settings.pan_id, bytes(settings.extended_pan_id), bytes(settings.network_key), settings.channel)


def may_join(settings: RadioSettings, ieee: str) -> bool:
    """Whether the household admits a device (`behaviour` 12.1): on the passlist if there is one, else not blocked."""
    if settings.passlist:
        return ieee in settings.passlist
    return ieee not in settings.blocklist
