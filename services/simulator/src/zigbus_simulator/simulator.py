"""The simulator as a whole: the stick, its line, its devices, and what tests want to do and to see."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import msgspec

from zigbus_simulator import store as device_store
from zigbus_simulator.air import Air
from zigbus_simulator.coordinator import Coordinator
from zigbus_simulator.device import Device
from zigbus_simulator.heard import Heard, HeardFrame, HeardRequest
from zigbus_simulator.line import Line
from zigbus_simulator.mt import START, MtFrame
from zigbus_simulator.nv import Nv
from zigbus_simulator.octets import ieee_text
from zigbus_simulator.spec import DeviceSpec
from zigbus_simulator.subsystems.mt_commands import MT_COMMANDS

STICK_IEEE = "0x00124b0029e1a7c3"
SAVE_S = 0.5  # at most so much of what devices remember is lost when the simulator is killed
POLL_S = 0.02  # how often a condition is tried again that no event of ours announces
T = TypeVar("T")


class Network(msgspec.Struct, frozen=True):
    """The network that the stick runs."""

    pan_id: int
    extended_pan_id: str
    channel: int
    key: bytes


class Simulator:
    """A stick and its devices. Use as an asynchronous context manager, or call `start` and `stop`.

    `nv`: file of the stick's memory, None keeps it in RAM; `store`: file of what the devices remember, same. With
    `auto_join` devices that are not in the network join by themselves, one after another, when joining is permitted.
    """

    def __init__(
        self,
        *,
        nv: Path | None = None,
        devices: Sequence[DeviceSpec] = (),
        store: Path | None = None,
        auto_join: bool = False,
        join_spacing_s: float = 0.4,
        host: str = "127.0.0.1",
        port: int = 0,
        ieee: str = STICK_IEEE,
    ) -> None:
        self.host, self.port = host, port
        self._store = store
        self._auto_join, self._join_spacing_s = auto_join, join_spacing_s
        self._joining = False
        self._timers: set[asyncio.TimerHandle] = set()
        self._changed = asyncio.Event()
        self._save_due = False
        self._stopped = False
        self._line = Line(self._receive, self._notify)
        self.stick = Coordinator(Nv(nv, ieee), self._later, MT_COMMANDS)
        self.stick.write = self._line.write
        self.stick.on_change = self._notify
        self.air: Air = self.stick.air
        self.air.on_heard = self._notify
        self.air.on_change = self._device_changed
        self.air.on_permit = self._permitted
        for spec in devices:
            self.air.add(spec)
        if store is not None:
            device_store.load(store, self.air.devices.values())
            self.air.adopt_joined()

    # ---- life --------------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Open the port."""
        await self.open_port()

    async def stop(self) -> None:
        """Close the port and write everything down."""
        self._stopped = True
        await self._line.close()
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        self.stick.nv.save()
        self._save_devices()

    async def __aenter__(self) -> Simulator:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    @property
    def url(self) -> str:
        """Where clients find the stick, as zigbee2mqtt's `serial.port` takes it."""
        return f"tcp://{self.host}:{self.port}"

    async def open_port(self) -> None:
        """Offer the stick on TCP; after `close_port` at the same port."""
        self.port = await self._line.listen(self.host, self.port)

    async def close_port(self) -> None:
        """Pull the stick."""
        await self._line.close()

    def pty(self) -> str:
        """Offer the stick on a pseudo terminal as well; returns its path."""
        return self._line.open_terminal()

    # ---- what there is -----------------------------------------------------------------------------------------------

    def device(self, name: str) -> Device:
        """Return a device by name or ieee. Raises KeyError."""
        for device in self.air.devices.values():
            if name in (device.name, device.ieee):
                return device
        raise KeyError(name)

    @property
    def devices(self) -> tuple[Device, ...]:
        """All devices, in the order they were added."""
        return tuple(self.air.devices.values())

    def add(self, spec: DeviceSpec, *, joined: bool = False) -> Device:
        """Bring one more device; `joined`: it is in the network that runs, without a word. Raises ValueError."""
        device = self.air.add(spec)
        if joined:
            self.air.place(device)
        return device

    @property
    def network(self) -> Network | None:
        """The network in the stick's memory, None before it was formed."""
        if not self.stick.on_network:
            return None
        pan_id, key = self.stick.network_identity()
        extended = ieee_text(self.stick.extended_pan_id())
        return Network(pan_id, extended, self.stick.nv.nib.channel, key)

    @property
    def started(self) -> bool:
        """Whether the stick serves a network."""
        return self.stick.running

    @property
    def connected(self) -> bool:
        """Whether a client is there."""
        return self._line.connected

    @property
    def connections(self) -> int:
        """How many clients there have been."""
        return self._line.connections

    @property
    def hung(self) -> bool:
        """Whether the stick neither reads nor answers."""
        return self._line.hung

    @property
    def lost_octets(self) -> int:
        """Octets that could not be handed to a client."""
        return self._line.lost_octets

    @property
    def permit_open(self) -> bool:
        """Whether devices may join."""
        return self.air.permit_open

    @property
    def heard(self) -> list[Heard]:
        """Everything that reached the radio, oldest first; the newest 10,000 are kept."""
        return list(self.air.heard)

    def heard_zcl(
        self,
        device: str | None = None,
        *,
        cluster: int | None = None,
        command: int | None = None,
        endpoint: int | None = None,
        group: int | None = None,
    ) -> list[HeardFrame]:
        """Return the ZCL frames to a device (name or ieee) or group that match, oldest first."""

        def matches(each: HeardFrame) -> bool:
            return (
                (device is None or device in (each.device, each.ieee))
                and (cluster is None or cluster == each.cluster)
                and (command is None or (each.frame is not None and command == each.frame.command))
                and (endpoint is None or endpoint == each.endpoint)
                and (group is None or group == each.group)
            )

        return [each for each in self.air.heard if isinstance(each, HeardFrame) and matches(each)]

    def heard_zdo(self, device: str | None = None, name: str | None = None) -> list[HeardRequest]:
        """Return the ZDO requests to a device (name or ieee) with a name, oldest first."""
        return [
            each
            for each in self.air.heard
            if isinstance(each, HeardRequest)
            and (device is None or device in (each.device, each.ieee))
            and (name is None or name == each.name)
        ]

    async def until(self, predicate: Callable[[], T], timeout_s: float = 60.0) -> T:
        """Wait until `predicate` returns something true, and return that. Raises TimeoutError."""
        async with asyncio.timeout(timeout_s):
            while not (result := predicate()):
                self._changed.clear()
                try:
                    async with asyncio.timeout(POLL_S):
                        await self._changed.wait()
                except TimeoutError:
                    continue
            return result

    # ---- what can be done to it --------------------------------------------------------------------------------------

    def raw(self, device: str, endpoint: int, cluster: int, frame: bytes) -> None:
        """Make a device send octets as they are."""
        self.device(device).send_frame(endpoint, cluster, frame)

    def drop_client(self) -> None:
        """Cut the connection of the client."""
        self._line.drop_client()

    def hang(self, on: bool = True) -> None:
        """Make the stick stop reading and answering, and with False go on."""
        self._line.hung = on

    def garbage(self, octets: bytes = bytes((START, 0x05, 0x44, 0x81, 0x00, 0xEF, 0x13, 0x37))) -> None:
        """Put octets on the line as they are; by default a frame that is cut short and noise."""
        self._line.write(octets)

    def reset(self) -> None:
        """Power-cycle the stick."""
        self.stick.reset()

    # ---- inside ------------------------------------------------------------------------------------------------------

    def _receive(self, frame: MtFrame) -> None:
        self.stick.receive(frame)

    def _later(self, delay_s: float, run: Callable[[], None]) -> None:
        if self._stopped:
            return

        def fire() -> None:
            self._timers.discard(handle)
            run()

        handle = asyncio.get_running_loop().call_later(delay_s, fire)
        self._timers.add(handle)

    def _notify(self) -> None:
        self._changed.set()

    def _device_changed(self) -> None:
        if self._store is not None and not self._save_due and not self._stopped:
            self._save_due = True
            self._later(SAVE_S, self._save_devices)

    def _save_devices(self) -> None:
        self._save_due = False
        if self._store is not None:
            device_store.save(self._store, self.air.devices.values())

    def _permitted(self) -> None:
        if self._auto_join and not self._joining:
            self._joining = True
            self._later(self._join_spacing_s, self._join_next)

    def _join_next(self) -> None:
        """Let the next device in; go on as long as joining is permitted and somebody is left."""
        waiting = [device for device in self.devices if not device.joined and device.fault is None]
        self._joining = bool(waiting) and self.permit_open
        if self._joining:
            waiting[0].join()
            self._later(self._join_spacing_s, self._join_next)
