"""What a client sees when the gateway comes and goes."""

from __future__ import annotations

from services.gateway.tests.gateway_rig import LAMP, STICK, WEATHER, Rig, stick

from zigbus.contract import storage
from zigbus.waiting import until


async def test_the_start_tells_everything_in_the_contracts_order(rig: Rig) -> None:
    await rig.remember(LAMP, {"state": "ON", "brightness": 66.0})
    await rig.start()
    assert rig.mqtt.topics() == [
        "bridge/state",
        "bridge/converters",
        "bridge/info",
        "bridge/devices",
        "bridge/groups",
        "bridge/definitions",
        "bridge/extensions",
        "lamp",
    ]
    assert rig.mqtt.of("lamp")[0].payload == '{"brightness":66,"state":"ON"}'
    state = rig.mqtt.of("bridge/state")[0]
    assert (state.payload, state.retain, state.qos) == ('{"state":"online"}', True, 1)
    assert all(message.retain and message.qos == 0 for message in rig.mqtt.seen[1:7])


async def test_devices_are_listed_coordinator_first_then_as_the_settings_have_them(rig: Rig) -> None:
    await rig.start()
    devices = rig.mqtt.of("bridge/devices")[-1].json
    assert [(d["ieee_address"], d["friendly_name"], d["type"]) for d in devices] == [
        (STICK, "Coordinator", "Coordinator"),
        (LAMP, "lamp", "Router"),
        (WEATHER, "weather", "Router"),
    ]


async def test_an_orderly_stop_says_offline_and_keeps_it(rig: Rig) -> None:
    await rig.start()
    await rig.stop()
    await rig.mqtt.settle()
    last = rig.mqtt.of("bridge/state")[-1]
    assert (last.payload, last.retain, last.qos) == ('{"state":"offline"}', True, 0)


async def test_a_killed_gateway_is_said_offline_by_its_last_will(rig: Rig) -> None:
    await rig.start_process()
    await rig.mqtt.wait_for("bridge/extensions")
    await rig.kill_process()
    await rig.mqtt.wait_for("bridge/state", lambda state: state == {"state": "offline"})
    last = rig.mqtt.of("bridge/state")[-1]
    assert (last.retain, last.qos) == (True, 1)


async def test_nothing_is_announced_before_the_network_is_served(rig: Rig) -> None:
    rig.served = False
    await rig.start(until_announced=False)
    await until(lambda: "tables" in rig.health.parts and "radio" in rig.health.parts["tables"].reason)
    assert not rig.mqtt.seen
    rig.served = True
    await rig.mqtt.wait_for("bridge/extensions")


async def test_a_lost_stick_is_shown_as_offline_until_it_is_back(rig: Rig) -> None:
    await rig.start()
    await rig.put(storage.DEVICES, STICK, stick(reachable=False))
    await rig.mqtt.wait_for("bridge/state", lambda state: state == {"state": "offline"})
    await rig.put(storage.DEVICES, STICK, stick())
    await until(lambda: rig.mqtt.of("bridge/state")[-1].json == {"state": "online"})
    assert all(message.retain for message in rig.mqtt.of("bridge/state"))


async def test_a_start_shows_an_update_that_is_newer_than_the_stored_state(rig: Rig) -> None:
    await rig.remember(LAMP, {"state": "ON"}, sequence=4)
    await rig.update(LAMP, {"state": "OFF"})
    await rig.remember(WEATHER, {"temperature": 21.5}, sequence=9)
    await rig.update(WEATHER, {"temperature": 20.0}, sequence=8)
    await rig.start()
    await rig.update(WEATHER, {"temperature": 22.0}, sequence=10)
    await rig.mqtt.wait_for("weather", lambda state: state["temperature"] == 22)
    assert [message.json["state"] for message in rig.mqtt.of("lamp")] == ["OFF"]
    assert [message.json["temperature"] for message in rig.mqtt.of("weather")] == [21.5, 22]
