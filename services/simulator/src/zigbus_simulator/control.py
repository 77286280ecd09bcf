"""The control socket: one JSON object per line asks, one answers. This is how `zigbus sim` reaches a running simulator."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from zigbus.zcl.types import DOUBLE, IDS, SEMI, SINGLE, STRING_TYPES
from zigbus_simulator.air import FOREVER_S
from zigbus_simulator.device import Device
from zigbus_simulator.home import hands
from zigbus_simulator.simulator import Simulator

SOCKET_NAME, ADDRESS_NAME = "control.sock", "control.json"
LINE_LIMIT = 64 * 1024
SOCKET_PATH_LIMIT = 100  # the kernel takes 107 octets


class Ask(msgspec.Struct):
    """What to do: the words of a `zigbus sim` command line, and its options."""

    command: str
    words: list[str] = []
    options: dict[str, str | bool] = {}


class Answer(msgspec.Struct, omit_defaults=True):
    """`error` is None if it was done; `result` is what was asked for."""

    error: str | None = None
    result: Any = None


class Address(msgspec.Struct):
    """File `control.json`: where the running simulator listens."""

    control: str
    serial: str


_DECODER = msgspec.json.Decoder(Ask)


class Control:
    """Serves the control socket of one simulator."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._server: asyncio.Server | None = None
        self._path: Path | None = None

    async def listen(self, folder: Path, serial: str) -> str:
        """Listen in `folder` and note the address there; returns the path of the socket."""
        self._path = _socket_path(folder)
        self._server = await asyncio.start_unix_server(self._serve, self._path, limit=LINE_LIMIT)
        address = Address(control=str(self._path), serial=serial)
        (folder / ADDRESS_NAME).write_bytes(msgspec.json.encode(address))
        return address.control

    async def close(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()
        if self._path is not None:
            self._path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                writer.write(msgspec.json.encode(self.carry_out(line)) + b"\n")
                await writer.drain()
        except (ConnectionError, ValueError):  # ValueError: a line longer than the limit
            pass
        finally:
            writer.close()

    def carry_out(self, line: bytes) -> Answer:
        """Do what a line asks."""
        try:
            ask = _DECODER.decode(line)
        except msgspec.DecodeError as error:
            return Answer(error=f"not a request: {error}")
        action = _COMMANDS.get(ask.command)
        if action is None:
            return Answer(error=f"no command {ask.command}; there are: {', '.join(_COMMANDS)}")
        try:
            return Answer(result=action(self._simulator, ask))
        except KeyError as error:
            return Answer(error=f"there is no device or attribute {error.args[0]}")
        except IndexError:
            return Answer(error=f"{ask.command}: something is missing; see zigbus sim --help")
        except (hands.CannotBeDone, ValueError) as error:  # ValueError: not a number, or not one of its type
            return Answer(error=str(error))


def _socket_path(folder: Path) -> Path:
    """Return a path for the socket that no socket uses: in `folder`, or elsewhere if that would be too long a path."""
    path = folder.resolve() / SOCKET_NAME
    if len(str(path)) > SOCKET_PATH_LIMIT:
        path = Path(tempfile.mkdtemp(prefix="zigbus-")) / SOCKET_NAME
    path.unlink(missing_ok=True)
    return path


def _device(simulator: Simulator, ask: Ask) -> Device:
    return simulator.device(ask.words[0])


def _on(ask: Ask, index: int) -> bool:
    return len(ask.words) <= index or ask.words[index] not in ("off", "false", "0")


def _devices(simulator: Simulator, ask: Ask) -> list[dict[str, Any]]:
    return [_describe(device) for device in simulator.devices]


def _describe(device: Device) -> dict[str, Any]:
    first = device.spec.endpoints[0].id
    return {
        "name": device.name,
        "label": device.spec.label,
        "ieee": device.ieee,
        "nwk": device.nwk,
        "model": device.get(first, 0x0000, 0x0005),
        "joined": device.joined,
        "fault": "asleep" if device.asleep else device.fault,
        "lqi": device.lqi,
        "buttons": hands.buttons_of(device),
        "properties": hands.properties_of(device),
    }


def _status(simulator: Simulator, ask: Ask) -> dict[str, Any]:
    network = simulator.network
    remaining_s = simulator.air.permit_until_s - time.monotonic()
    return {
        "connected": simulator.connected,
        "started": simulator.started,
        "channel": network.channel if network else None,
        "pan_id": network.pan_id if network else None,
        "permit_join_s": None if remaining_s == FOREVER_S else max(0, round(remaining_s)),
        "joined": sum(device.joined for device in simulator.devices),
        "devices": len(simulator.devices),
    }


def _press(simulator: Simulator, ask: Ask) -> None:
    hands.press(_joined(_device(simulator, ask)), ask.words[1] if len(ask.words) > 1 else "single")


def _turn(simulator: Simulator, ask: Ask) -> None:
    hands.turn(_joined(_device(simulator, ask)), float(ask.words[1]), pressed=bool(ask.options.get("pressed")))


def _set(simulator: Simulator, ask: Ask) -> None:
    hands.set_property(_device(simulator, ask), ask.words[1], ask.words[2])


def _joined(device: Device) -> Device:
    if not device.joined:
        raise hands.CannotBeDone(
            f"{device.name} is not in the network; permit joining, or: zigbus sim join {device.name}"
        )
    return device


def _report(simulator: Simulator, ask: Ask) -> None:
    device = _joined(_device(simulator, ask))
    endpoint, cluster, attribute = (int(word, 0) for word in ask.words[1:4])
    if ask.words[4] not in IDS:
        raise hands.CannotBeDone(f"no ZCL type {ask.words[4]}; there are: {', '.join(IDS)}")
    type_id = IDS[ask.words[4]]
    code = ask.options.get("manufacturer")
    value = _value(type_id, ask.words[5])
    device.report(
        endpoint, cluster, {attribute: (type_id, value)}, manufacturer=int(code, 0) if isinstance(code, str) else None
    )


def _value(type_id: int, text: str) -> str | bytes | float:
    if type_id in STRING_TYPES:
        return bytes.fromhex(text[2:]) if text.startswith("0x") else text
    return float(text) if type_id in (SEMI, SINGLE, DOUBLE) else int(text, 0)


def _join(simulator: Simulator, ask: Ask) -> None:
    if not _device(simulator, ask).join(force=bool(ask.options.get("force"))):
        raise hands.CannotBeDone("joining is closed, or no network runs; --force joins a network that is closed")


def _leave(simulator: Simulator, ask: Ask) -> None:
    _joined(_device(simulator, ask)).leave()


def _announce(simulator: Simulator, ask: Ask) -> None:
    _joined(_device(simulator, ask)).announce()


def _silence(simulator: Simulator, ask: Ask) -> None:
    _device(simulator, ask).silence(_on(ask, 1))


def _sleep(simulator: Simulator, ask: Ask) -> None:
    _device(simulator, ask).sleep(_on(ask, 1))


def _lqi(simulator: Simulator, ask: Ask) -> None:
    _device(simulator, ask).lqi = max(0, min(255, int(ask.words[1])))


def _latency(simulator: Simulator, ask: Ask) -> None:
    _device(simulator, ask).latency_s = max(0.0, float(ask.words[1]))


def _drop(simulator: Simulator, ask: Ask) -> None:
    simulator.drop_client()


def _hang(simulator: Simulator, ask: Ask) -> None:
    simulator.hang(_on(ask, 0))


def _garbage(simulator: Simulator, ask: Ask) -> None:
    if ask.words:
        simulator.garbage(bytes.fromhex(ask.words[0]))
    else:
        simulator.garbage()


_COMMANDS: Final[Mapping[str, Callable[[Simulator, Ask], Any]]] = {
    "devices": _devices,
    "status": _status,
    "press": _press,
    "turn": _turn,
    "set": _set,
    "report": _report,
    "join": _join,
    "leave": _leave,
    "announce": _announce,
    "silence": _silence,
    "sleep": _sleep,
    "lqi": _lqi,
    "latency": _latency,
    "drop": _drop,
    "hang": _hang,
    "garbage": _garbage,
}
