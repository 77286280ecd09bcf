"""A real Home Assistant discovers the simulated home, switches a light and reads a sensor."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.harness.recorder import Recorder
from tests.harness.stack import BASE, Stack
from tests.homeassistant.hass import HomeAssistant
from zigbus.waiting import until
from zigbus_simulator import Simulator, home
from zigbus_simulator.home import hands

HASS = os.environ.get("HASS", "")  # how to call `hass`; `make test-homeassistant` sets it
JOIN_S, DISCOVERY_S, REPORT_S = 240.0, 60.0, 30.0

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not HASS, reason="needs Home Assistant 2025.4 and Python 3.13: make test-homeassistant"),
]


def told(recorder: Recorder) -> dict[str, dict[str, Any]]:
    """The newest discovery message of every topic, triggers left out."""
    found = {
        m.topic: m.json for m in recorder.messages if m.topic.startswith("homeassistant/") and "/config" in m.topic
    }
    return {topic: config for topic, config in found.items() if config and "device_automation" not in topic}


def enabled(recorder: Recorder) -> set[str]:
    """The entities that Home Assistant must have."""
    configs = told(recorder).values()
    return {config["default_entity_id"] for config in configs if config.get("enabled_by_default", True)}


async def join_all(stack: Stack) -> None:
    """Let every simulated device join and wait until it was told to Home Assistant."""
    await stack.request("permit_join", {"time": 254})
    for device in stack.simulator.devices:
        device_id = f"zigbee2mqtt_{device.ieee}"
        await stack.recorder.expect(
            f"homeassistant/sensor/{device.ieee}/linkquality/config",
            lambda p, device_id=device_id: device_id in p["device"]["identifiers"],  # type: ignore[misc]
            timeout_s=JOIN_S,
        )


async def test_home_assistant_discovers_switches_and_reads_the_simulated_home(tmp_path: Path) -> None:
    simulator = Simulator(
        nv=tmp_path / "nv.json", store=tmp_path / "devices.json", devices=home.devices(), auto_join=True
    )
    async with simulator, Stack(tmp_path, simulator, {"homeassistant": {"enabled": True}}) as stack:
        await join_all(stack)
        async with HomeAssistant(HASS, tmp_path / "hass") as hass:
            await hass.use_broker(stack.broker.port)
            entities = enabled(stack.recorder)
            await hass.until(
                lambda: entities <= hass.states().keys(),
                DISCOVERY_S,
                f"entities {sorted(entities - hass.states().keys())}",
            )
            await switch_a_light(stack, hass)
            await read_a_sensor(stack, hass)
            await change_the_form(stack, hass)


async def switch_a_light(stack: Stack, hass: HomeAssistant) -> None:
    """Switch the lamp on and off through Home Assistant, and see it in the lamp and in Home Assistant."""
    lamp = stack.simulator.device("bulb_ct")
    entity = f"light.{lamp.ieee}"
    for service, on, shown in (("light.turn_on", True, "on"), ("light.turn_off", False, "off")):

        def switched(service: str = service, on: bool = on) -> bool:
            hass.call(service, entity_id=entity)
            return lamp.get(1, 0x0006, 0) is on

        await hass.until(switched, REPORT_S, f"{service} reaches the lamp")
        await hass.until(lambda shown=shown: hass.states()[entity]["state"] == shown, REPORT_S, f"{entity} is {shown}")  # type: ignore[misc]


async def read_a_sensor(stack: Stack, hass: HomeAssistant) -> None:
    """A temperature that the sensor reports is the state in Home Assistant."""
    weather = stack.simulator.device("weather")
    entity = f"sensor.{weather.ieee}_temperature"
    hands.set_property(weather, "temperature", "22.34")
    await stack.recorder.expect(f"{BASE}/{weather.ieee}", lambda p: p["temperature"] == 22.34, timeout_s=REPORT_S)
    await hass.until(lambda: float(hass.states()[entity]["state"]) == pytest.approx(22.34, abs=0.05), REPORT_S, entity)


async def change_the_form(stack: Stack, hass: HomeAssistant) -> None:
    """With one message for each device every entity stays, available, and works."""
    single, before = list(told(stack.recorder)), available(hass)
    await stack.request("options", {"options": {"homeassistant": {"device_discovery": True}}})
    await until(lambda: not any(stack.recorder.last(topic) for topic in single), DISCOVERY_S, "cleared")
    await hass.until(lambda: before == available(hass), DISCOVERY_S, "every entity is there, and available")
    await switch_a_light(stack, hass)


def available(hass: HomeAssistant) -> set[str]:
    """The entities that can be used."""
    return {entity for entity, state in hass.states().items() if state["state"] != "unavailable"}
