"""Decides what runs: from settings and what was found on this machine to a list of processes. Pure."""

from __future__ import annotations

import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from zigbus_supervisor.child import Child, Probe, StopStage

SERVICES = ("registry", "radio", "converter", "gateway")
STATUS_PORTS = ("supervisor", *SERVICES, "simulator")  # in the order of their ports, counted from the first
MQTT_SERVER = "ZIGBEE2MQTT_CONFIG_MQTT_SERVER"
SERIAL_PORT = "ZIGBEE2MQTT_CONFIG_SERIAL_PORT"
NATS_MEMORY = "70MiB"  # without it 107 MiB after a flood (`make bench`); with 50MiB its collector works all the time


class Description(msgspec.Struct, frozen=True, kw_only=True):
    """What `zigbus registry --describe` says of the data folder."""

    serial_port: str | None = None
    mqtt_server: str | None = None
    errors: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ports:
    """The TCP ports of this run, all on loopback."""

    nats: int
    broker: int
    stick: int
    status: Mapping[str, int]  # by name of STATUS_PORTS


@dataclass(frozen=True)
class Situation:
    """Everything that the plan depends on."""

    data: Path
    description: Description
    ports: Ports
    nats_command: tuple[str, ...] | None  # None: `nats_url` names a server that somebody else runs
    nats_url: str
    broker_answers: bool  # on localhost:1883
    broker_command: tuple[str, ...] | None  # None: mosquitto is not installed
    environment: Mapping[str, str]  # of the supervisor

    @property
    def settings_file(self) -> Path:
        """The file that a person edits."""
        return self.data / "configuration.yaml"


@dataclass(frozen=True)
class Plan:
    """What is to run, and what a person should know about it."""

    children: tuple[Child, ...]
    mqtt_server: str | None  # None: there is none to be had
    stick: str | None
    is_demo: bool  # the simulated home is used because no stick is configured
    problems: tuple[str, ...] = ()


def make_plan(situation: Situation) -> Plan:
    """Decide which processes run, with which settings, and which have to wait for which."""
    description = situation.description
    broken = bool(description.errors)
    is_demo = description.serial_port is None and not broken  # never a simulated home in place of a misspelt stick
    mqtt_server, own_broker = _broker(situation)
    stick = f"tcp://127.0.0.1:{situation.ports.stick}" if is_demo else description.serial_port
    learned = {}
    if description.mqtt_server is None and mqtt_server is not None:
        learned[MQTT_SERVER] = mqtt_server
    if is_demo and stick is not None:
        learned[SERIAL_PORT] = stick
    children = [*_servers(situation, own_broker), *_services(situation, learned)]
    if is_demo:
        children.append(_simulator(situation))
    return Plan(tuple(children), mqtt_server, stick, is_demo, _problems(situation, mqtt_server))


def _broker(situation: Situation) -> tuple[str | None, bool]:
    """Return the broker's address and whether we have to start it."""
    if situation.description.mqtt_server is not None:
        return situation.description.mqtt_server, False
    if situation.broker_answers:
        return "mqtt://localhost:1883", False
    if situation.broker_command is None or situation.description.errors:
        return None, False
    return f"mqtt://127.0.0.1:{situation.ports.broker}", True


def _servers(situation: Situation, own_broker: bool) -> list[Child]:
    children = []
    if situation.nats_command is not None:
        children.append(_server("nats", situation.nats_command, situation.ports.nats, {"GOMEMLIMIT": NATS_MEMORY}))
    if own_broker and situation.broker_command is not None:
        children.append(_server("mosquitto", situation.broker_command, situation.ports.broker))
    return children


def _server(name: str, command: tuple[str, ...], port: int, environment: Mapping[str, str] | None = None) -> Child:
    return Child(
        name,
        command,
        Probe("tcp", port),
        StopStage.SERVER,
        environment or {},
        orphan_signal=signal.SIGTERM,  # it ends on that reliably, and writes what it holds in memory
    )


def _services(situation: Situation, learned: Mapping[str, str]) -> list[Child]:
    bus = ("nats",) if situation.nats_command is not None else ()
    # Settings of an earlier run may still be stored: with them the radio would open a stick that is gone.
    settings = (*bus, "registry")
    always = [_service(situation, "registry", bus, store="", extra=learned), _service(situation, "converter", bus)]
    if situation.description.errors:
        return always
    return [
        *always,
        _service(situation, "radio", settings),
        _service(situation, "gateway", settings, stage=StopStage.FRONTEND),
    ]


def _service(
    situation: Situation,
    name: str,
    needs: tuple[str, ...],
    *,
    store: str | None = None,  # folder below the data folder; None: the service's name
    stage: StopStage = StopStage.SERVICE,
    extra: Mapping[str, str] | None = None,
) -> Child:
    folder = situation.data / (name if store is None else store)
    environment = _common_environment(situation, name) | {"ZIGBUS_DATA": str(folder)} | dict(extra or {})
    return Child(name, zigbus(name), Probe("http", situation.ports.status[name]), stage, environment, needs)


def _simulator(situation: Situation) -> Child:
    port = situation.ports.stick
    command = zigbus("simulator", "--data", str(situation.data / "simulator"), "--demo", "--port", str(port))
    environment = _common_environment(situation, "simulator")
    # it serves one client, so that nobody may knock just to see whether it is there
    return Child("simulator", command, Probe("process"), StopStage.SURROUNDINGS, environment)


def _common_environment(situation: Situation, name: str) -> dict[str, str]:
    return {
        "ZIGBUS_NATS_URL": situation.nats_url,
        "ZIGBUS_METRICS_PORT": str(situation.ports.status[name]),
        "ZIGBUS_METRICS_HOST": situation.environment.get("ZIGBUS_METRICS_HOST", "127.0.0.1"),
        "PYTHONUNBUFFERED": "1",  # a line of the log is seen when it is written
    }


def _problems(situation: Situation, mqtt_server: str | None) -> tuple[str, ...]:
    description = situation.description
    problems = [f"{situation.settings_file}: {error}" for error in description.errors]
    if description.errors:
        problems.append("Mend the settings file; zigbus reads it again as soon as it changes.")
    elif mqtt_server is None:
        problems.append(
            "There is no MQTT broker: none is configured, none answers on localhost:1883, and mosquitto is not installed. "
            f"Install the package mosquitto, or set mqtt.server in {situation.settings_file}, then start again."
        )
    return tuple(problems)


def zigbus(*arguments: str) -> tuple[str, ...]:
    """Return the command line of a zigbus command, run by the same Python as this one."""
    return (sys.executable, "-m", "zigbus.cli", *arguments)
