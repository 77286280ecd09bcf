from __future__ import annotations

import signal
from dataclasses import replace
from pathlib import Path

from zigbus_supervisor.banner import start_text
from zigbus_supervisor.child import Child, StopStage
from zigbus_supervisor.plan import (
    MQTT_SERVER,
    SERIAL_PORT,
    STATUS_PORTS,
    Description,
    Plan,
    Ports,
    Situation,
    make_plan,
)

NOTHING = Situation(
    data=Path("/home/data"),
    description=Description(),
    ports=Ports(nats=4222, broker=1883, stick=6638, status={name: 9700 + n for n, name in enumerate(STATUS_PORTS)}),
    nats_command=("nats-server",),
    nats_url="nats://127.0.0.1:4222",
    broker_answers=False,
    broker_command=("mosquitto",),
    environment={},
)


def describe(**facts: object) -> Situation:
    return replace(NOTHING, description=Description(**facts))  # type: ignore[arg-type]  # as given


def child(plan: Plan, name: str) -> Child:
    return next(child for child in plan.children if child.name == name)


def names(plan: Plan) -> set[str]:
    return {child.name for child in plan.children}


def test_empty_machine_gets_its_own_bus_broker_and_simulated_home() -> None:
    plan = make_plan(NOTHING)
    assert names(plan) == {"nats", "mosquitto", "registry", "radio", "converter", "gateway", "simulator"}
    assert plan.is_demo
    assert not plan.problems
    learned = child(plan, "registry").environment
    assert learned[MQTT_SERVER] == "mqtt://127.0.0.1:1883"
    assert learned[SERIAL_PORT] == "tcp://127.0.0.1:6638"


def test_configured_stick_and_broker_are_left_alone() -> None:
    plan = make_plan(describe(serial_port="/dev/ttyUSB0", mqtt_server="mqtt://broker:1883"))
    assert names(plan) == {"nats", "registry", "radio", "converter", "gateway"}
    assert not plan.is_demo
    assert MQTT_SERVER not in child(plan, "registry").environment
    assert SERIAL_PORT not in child(plan, "registry").environment


def test_broker_that_answers_on_this_machine_is_used_instead_of_an_own_one() -> None:
    plan = make_plan(replace(NOTHING, broker_answers=True))
    assert "mosquitto" not in names(plan)
    assert child(plan, "registry").environment[MQTT_SERVER] == "mqtt://localhost:1883"


def test_bus_of_somebody_else_is_not_started_and_not_waited_for() -> None:
    plan = make_plan(replace(NOTHING, nats_command=None, nats_url="nats://elsewhere:4222"))
    assert "nats" not in names(plan)
    assert child(plan, "converter").needs == ()
    assert {child.environment.get("ZIGBUS_NATS_URL") for child in plan.children if child.name != "mosquitto"} == {
        "nats://elsewhere:4222"
    }


def test_radio_and_gateway_wait_for_the_settings_of_this_run() -> None:
    plan = make_plan(NOTHING)
    assert child(plan, "radio").needs == ("nats", "registry")
    assert child(plan, "gateway").needs == ("nats", "registry")
    assert child(plan, "converter").needs == ("nats",)


def test_broken_settings_start_neither_stick_nor_broker_and_say_what_to_do() -> None:
    plan = make_plan(describe(errors=("serial.port must be string",)))
    assert names(plan) == {"nats", "registry", "converter"}
    assert plan.problems[0] == "/home/data/configuration.yaml: serial.port must be string"
    assert "Mend the settings file" in plan.problems[1]


def test_missing_broker_is_a_problem_that_names_the_package() -> None:
    plan = make_plan(replace(NOTHING, broker_command=None))
    assert plan.mqtt_server is None
    assert "Install the package mosquitto" in plan.problems[0]


def test_gateway_stops_first_and_the_bus_last() -> None:
    plan = make_plan(NOTHING)
    order = sorted(plan.children, key=lambda child: child.stop_stage)
    assert order[0].name == "gateway"
    assert {child.name for child in order[-2:]} == {"nats", "mosquitto"}
    assert child(plan, "simulator").stop_stage is StopStage.SURROUNDINGS


def test_services_die_at_once_with_the_supervisor_and_servers_may_save_what_they_hold() -> None:
    plan = make_plan(NOTHING)
    assert child(plan, "radio").orphan_signal == signal.SIGKILL
    assert child(plan, "nats").orphan_signal == signal.SIGTERM


def test_every_status_port_is_used_once() -> None:
    ports = [
        child.environment["ZIGBUS_METRICS_PORT"]
        for child in make_plan(NOTHING).children
        if "ZIGBUS_METRICS_PORT" in child.environment
    ]
    assert len(set(ports)) == len(ports) == 5


def test_start_text_names_addresses_and_hides_passwords() -> None:
    situation = describe(serial_port="/dev/ttyUSB0", mqtt_server="mqtt://me:secret@broker:1884")
    text = start_text(situation, make_plan(situation))
    assert "secret" not in text
    assert "mqtt://broker:1884" in text
    assert "mosquitto_sub -h broker -p 1884" in text
    assert "/dev/ttyUSB0" in text
