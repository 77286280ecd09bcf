"""A gateway between a real NATS server and a real mosquitto; the test writes what registry, radio and converter would."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiomqtt
from paho.mqtt.subscribeoptions import SubscribeOptions

from zigbus.bus import Bus, Publisher
from zigbus.bus.nats_server import NatsServer, free_port
from zigbus.contract import operations, storage, subjects
from zigbus.contract.definitions import DefinitionRecord, Expose
from zigbus.contract.devices import (
    AdapterDescription,
    DeviceDescription,
    EndpointDescription,
    InterviewState,
    LogicalType,
)
from zigbus.contract.household import GatewaySettings, MqttSettings, Name, PublicSettings
from zigbus.contract.requests import CheckHealth, HealthResult
from zigbus.contract.updates import BridgeEvent, EntityState, Update
from zigbus.health import Health
from zigbus.service import Service, ServiceSettings
from zigbus.waiting import until
from zigbus_gateway import payload_types
from zigbus_gateway.gateway import serve

BASE = "zigbee2mqtt"
STICK = "0x00124b0012345678"
LAMP = "0x000d6ffffe100001"
WEATHER = "0x00158d0002c0ffee"


class Mosquitto:
    """One broker process on a port of its own; `start` after `stop` uses the same port and, unless told so, forgets everything."""

    def __init__(
        self, folder: Path, *, password: str | None = None, keep: bool = False, more: tuple[str, ...] = ()
    ) -> None:
        self.port, self._folder, self._password, self._keep = free_port(), folder, password, keep
        self._more = more  # lines of its configuration: further listeners
        self.process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        """Address for settings."""
        return f"mqtt://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start it and wait until it accepts connections."""
        self._folder.mkdir(parents=True, exist_ok=True)
        lines = [f"listener {self.port} 127.0.0.1", f"allow_anonymous {'true' if self._password is None else 'false'}"]
        if os.getuid() == 0:
            lines.append("user root")
        if self._keep:
            lines += ["persistence true", f"persistence_location {self._folder}/", "autosave_interval 1"]
        if self._password is not None:
            secrets = self._folder / "passwords"
            if not secrets.exists():
                create = await asyncio.create_subprocess_exec(
                    "mosquitto_passwd", "-c", "-b", str(secrets), "home", self._password
                )
                await create.wait()
            lines.append(f"password_file {secrets}")
        config = self._folder / "mosquitto.conf"
        config.write_text("\n".join((*lines, *self._more)) + "\n")
        with (self._folder / "mosquitto.log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                "/usr/sbin/mosquitto", "-c", str(config), stdout=log, stderr=log
            )
        async with asyncio.timeout(60):
            while True:
                with contextlib.suppress(OSError):
                    _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                    writer.close()
                    return
                await asyncio.sleep(0.02)

    async def stop(self, *, kill: bool = False) -> None:
        """End it."""
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(signal.SIGKILL if kill else signal.SIGTERM)
            await self.process.wait()


@dataclass
class Seen:
    """One message at the broker."""

    topic: str  # below the base topic
    payload: str
    retain: bool
    qos: int

    @property
    def json(self) -> Any:
        """The payload as JSON."""
        return json.loads(self.payload)


@dataclass
class Recorder:
    """Everything that anybody publishes, in order; reconnects when the broker comes back."""

    url_port: int
    username: str | None = None
    password: str | None = None
    seen: list[Seen] = field(default_factory=list)
    connected: bool = False
    sent: set[str] = field(default_factory=set)  # topics of the test itself, as they are in `seen`
    _client: aiomqtt.Client | None = None

    async def run(self) -> None:
        """Listen until cancelled."""
        while True:
            with contextlib.suppress(aiomqtt.MqttError):
                async with aiomqtt.Client(
                    "127.0.0.1",
                    self.url_port,
                    username=self.username,
                    password=self.password,
                    protocol=aiomqtt.ProtocolVersion.V5,
                ) as client:
                    self._client = client
                    options = SubscribeOptions(qos=2, retainAsPublished=True)
                    await client.subscribe("#", options=options)
                    self.connected = True
                    async for message in client.messages:
                        topic = message.topic.value.removeprefix(f"{BASE}/")
                        self.seen.append(
                            Seen(topic, message.payload.decode(errors="replace"), message.retain, message.qos)
                        )
            self.connected = False
            await asyncio.sleep(0.005)  # be there before the gateway, whose pauses grow

    async def publish(self, topic: str, payload: Any, *, retain: bool = False) -> None:
        """Publish below the base topic, as somebody else."""
        await self.publish_plain(f"{BASE}/{topic}", payload, retain=retain)

    async def publish_plain(self, topic: str, payload: Any, *, retain: bool = False) -> None:
        """Publish anywhere, as somebody else."""
        assert self._client is not None
        self.sent.add(topic.removeprefix(f"{BASE}/"))
        text = payload if isinstance(payload, (str, bytes)) else json.dumps(payload)
        await self._client.publish(topic, text, retain=retain, qos=1)

    def check_forms(self) -> None:
        """Hold everything that the gateway said below its base topic against the documented forms."""
        for message in self.seen:
            if message.topic not in self.sent and not message.topic.startswith("homeassistant/"):
                payload_types.check(message.topic, message.payload.encode())

    def of(self, topic: str) -> list[Seen]:
        """Messages on one topic."""
        return [message for message in self.seen if message.topic == topic]

    def topics(self) -> list[str]:
        """Topics in the order of their messages."""
        return [message.topic for message in self.seen]

    async def wait_for(self, topic: str, where: Callable[..., bool] = lambda _: True, timeout_s: float = 60.0) -> Any:
        """Return the JSON of the first message on a topic that fits."""
        await until(
            lambda: any(where(m.json) for m in self.of(topic) if m.payload),
            timeout_s,
            f"{topic}; seen: {self.topics()[-12:]}",
        )
        return next(m.json for m in self.of(topic) if m.payload and where(m.json))

    async def settle(self) -> None:
        """Wait until what was published before has been seen here."""
        marker = f"settle/{time.time_ns()}"
        await self.publish(marker, "x")
        await until(lambda: bool(self.of(marker)), 60, "marker")
        self.seen = [message for message in self.seen if not message.topic.startswith("settle/")]


@dataclass
class Rig:
    """The household of a test, and the gateway that shows it."""

    bus: Bus
    nats: NatsServer
    broker: Mosquitto
    mqtt: Recorder
    outbox: Publisher
    health: Health = field(default_factory=Health)
    _gateway: asyncio.Task[None] | None = None
    _service: Service | None = None
    process: asyncio.subprocess.Process | None = None
    _sequence: dict[str, int] = field(default_factory=dict)
    config: dict[str, Any] = field(default_factory=dict)
    served: bool = True  # what the registry says of the network

    def settings(self, mqtt: dict[str, Any] | None = None, **values: Any) -> GatewaySettings:
        """Settings with this rig's broker."""
        return GatewaySettings(mqtt=MqttSettings(**{"server": self.broker.url, **(mqtt or {})}), **values)

    async def furnish(self, settings: GatewaySettings | None = None) -> None:
        """A coordinator, a lamp and a weather sensor, complete and served."""
        await self.bus.serve(operations.HEALTH, self._health)
        await self.put(storage.SETTINGS, "gateway", settings or self.settings())
        self.config = {"devices": {LAMP: {"friendly_name": "lamp"}, WEATHER: {"friendly_name": "weather"}}}
        await self.put(storage.SETTINGS, "public", PublicSettings(config=self.config, schema={}))
        await self.put(storage.DEVICES, STICK, stick())
        for ieee, name in ((LAMP, "lamp"), (WEATHER, "weather")):
            revision = await self.put(storage.DEVICES, ieee, device(ieee))
            await self.put(storage.NAMES, ieee, Name(friendly_name=name))
            await self.put(storage.DEFINITIONS, ieee, definition(ieee, revision))

    async def _health(self, _: CheckHealth) -> HealthResult:
        return HealthResult(healthy=self.served)

    async def put(self, spec: storage.BucketSpec, key: str, value: Any) -> int:
        """Write as the owner of a bucket would."""
        return await self.bus.bucket(spec).put(key, value)

    async def update(
        self, ieee: str, changed: dict[str, Any], state: dict[str, Any] | None = None, **values: Any
    ) -> None:
        """Publish an update as the converter would."""
        sequence = self._sequence[ieee] = self._sequence.get(ieee, 0) + 1
        message = Update(
            **{
                "ieee": ieee,
                "sequence": sequence,
                "changed": changed,
                "state": changed if state is None else state,
                "lqi": 120,
                "converted_at_s": time.time(),
                **values,
            }
        )
        await self.outbox.send(subjects.update_of_device(ieee), message, f"{ieee}.{sequence}.{time.time_ns()}")

    async def action(self, ieee: str, value: str, **values: Any) -> None:
        """Publish an action."""
        await self.update(ieee, {"action": value}, {}, is_action=True, **values)

    async def event(self, event: BridgeEvent) -> None:
        """Publish an event of the network as the registry would."""
        await self.outbox.send(subjects.bridge_event(event.kind), event, f"{event.kind}.{time.time_ns()}")

    async def remember(self, ieee: str, state: dict[str, Any], sequence: int = 0) -> None:
        """Write the converter's state of a device."""
        await self.put(storage.STATE, ieee, EntityState(state=state, update_sequence=sequence, lqi=99))
        self._sequence[ieee] = sequence

    async def start(self, *, until_announced: bool = True) -> None:
        """Start the gateway in this process."""
        bus = await Bus.connect(self.nats.url, "gateway")
        self._service = Service("gateway", bus, self.health, ServiceSettings(metrics_port=0), asyncio.Event())
        self._gateway = asyncio.ensure_future(serve(self._service))
        if until_announced:
            await self.mqtt.wait_for("bridge/extensions")
            await self.mqtt.settle()

    async def stop(self) -> None:
        """Stop it in order."""
        if self._gateway is not None and self._service is not None:
            self._service.stopping.set()
            await asyncio.wait_for(self._gateway, 60)
            await self._service.bus.close()
            self._gateway = None

    async def start_process(self) -> None:
        """Start the gateway as a process of its own, to be killed."""
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            "import sys; from zigbus_gateway.main import main; sys.exit(main([]))",
            env={
                **os.environ,
                "ZIGBUS_NATS_URL": self.nats.url,
                "ZIGBUS_METRICS_PORT": "0",
                "PYTHONPATH": os.pathsep.join(sys.path),
            },
            stdout=asyncio.subprocess.DEVNULL,
        )

    async def kill_process(self) -> None:
        """Kill it."""
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()


@contextlib.asynccontextmanager
async def rig_in(
    folder: Path, *, password: str | None = None, keep: bool = False, more: tuple[str, ...] = ()
) -> AsyncIterator[Rig]:
    """Servers, a recorder and a bus; everything ends with the block."""
    nats = NatsServer(folder / "nats")
    broker = Mosquitto(folder / "mosquitto", password=password, keep=keep, more=more)
    await nats.start()
    await broker.start()
    bus = await Bus.connect(nats.url, "test")
    recorder = Recorder(broker.port, "home" if password else None, password)
    listening = asyncio.ensure_future(recorder.run())
    rig = Rig(bus, nats, broker, recorder, bus.publisher())
    try:
        await until(lambda: recorder.connected, 60, "recorder")
        yield rig
        recorder.check_forms()
    finally:
        await rig.stop()
        await rig.kill_process()
        listening.cancel()
        await asyncio.wait({listening})
        await bus.close()
        await broker.stop()
        await nats.stop()


def stick(**adapter: Any) -> DeviceDescription:
    """The entry of a coordinator."""
    facts = {
        "type": "ZStack3x0",
        "meta": {"revision": 20230507},
        "pan_id": 6754,
        "extended_pan_id": "0xddaa112233445566",
        "channel": 11,
    }
    return DeviceDescription(
        ieee=STICK,
        coordinator="main",
        nwk=0,
        logical_type=LogicalType.COORDINATOR,
        interview=InterviewState.SUCCESSFUL,
        adapter=AdapterDescription(**{**facts, **adapter}),
    )


def device(ieee: str, **values: Any) -> DeviceDescription:
    """A router that was interviewed."""
    facts: dict[str, Any] = {
        "ieee": ieee,
        "coordinator": "main",
        "nwk": 4711,
        "logical_type": LogicalType.ROUTER,
        "interview": InterviewState.SUCCESSFUL,
        "endpoints": {
            1: EndpointDescription(profile=260, device_type=256, input_clusters=(0, 6, 8), output_clusters=(25,))
        },
        "manufacturer": "Rig Works",
        "model": "RW-1",
        "power_source": 1,
    }
    return DeviceDescription(**{**facts, **values})


def definition(ieee: str, revision: int, **values: Any) -> DefinitionRecord:
    """A definition with a switch."""
    facts: dict[str, Any] = {
        "ieee": ieee,
        "device_revision": revision,
        "supported": True,
        "model": "RW-1",
        "vendor": "Rig Works",
        "description": "Lamp",
        "exposes": (
            Expose(
                type="numeric", name="linkquality", property="linkquality", label="Linkquality", access=1, unit="lqi"
            ),
        ),
    }
    return DefinitionRecord(**{**facts, **values})
