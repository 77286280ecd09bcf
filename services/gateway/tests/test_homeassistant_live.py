"""Discovery between a real NATS server and a real broker."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from services.gateway.tests.gateway_rig import BASE, LAMP, STICK, WEATHER, Rig, Seen, definition, rig_in

from zigbus.contract import operations, storage
from zigbus.contract.definitions import Expose, Scene
from zigbus.contract.household import EntityOptions, Group, GroupMember, HomeAssistantSettings, Name
from zigbus.contract.requests import Rename, RenameResult
from zigbus.waiting import until
from zigbus_gateway.homeassistant import discovery

SWITCH = Expose(
    type="switch",
    features=(
        Expose(type="binary", name="state", property="state", label="State", access=7, value_on="ON", value_off="OFF"),
    ),
)
LAMP_CONFIG = f"homeassistant/switch/{LAMP}/switch/config"
BRIDGE_NODE = f"1221051039810110150109113116116_{STICK}"
LAST_OF_THE_BRIDGE = f"homeassistant/switch/{BRIDGE_NODE}/permit_join/config"


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses as short as a broker on this machine allows."""
    monkeypatch.setattr(discovery, "COLLECT_S", 1.0)
    monkeypatch.setattr(discovery, "AFTER_BIRTH_S", 0.2)
    monkeypatch.setattr(discovery, "AFTER_CLEARING_S", 0.3)


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Rig]:
    """The rig's household with discovery switched on, and a lamp that can be switched."""
    async with rig_in(tmp_path) as rig:
        await rig.furnish(rig.settings(home_assistant=True))
        await furnish_lamp(rig)
        yield rig


async def furnish_lamp(rig: Rig, **values: Any) -> None:
    """Give the lamp a definition."""
    linkquality = definition(LAMP, 1).exposes
    record = definition(LAMP, 2, **{"exposes": (SWITCH, *linkquality), **values})
    await rig.put(storage.DEFINITIONS, LAMP, record)


def told(rig: Rig) -> list[Seen]:
    """Everything that was told to Home Assistant."""
    return [
        message for message in rig.mqtt.seen if message.topic.startswith("homeassistant/") and message.payload != "x"
    ]


async def start(rig: Rig) -> None:
    """Start the gateway and wait until it has told everything."""
    await rig.start()
    await rig.mqtt.wait_for(f"homeassistant/sensor/{WEATHER}/linkquality/config")
    await rig.mqtt.settle()


async def wait_for_message(rig: Rig, topic: str, payload: str, since: int = 0) -> None:
    """Wait for an exact message."""
    await until(
        lambda: any(m.topic == topic and m.payload == payload for m in rig.mqtt.seen[since:]),
        20.0,
        f"{topic} = {payload!r}; seen: {rig.mqtt.topics()[-12:]}",
    )


async def test_devices_and_the_bridge_are_told_once_and_kept_by_the_broker(home: Rig) -> None:
    await start(home)
    (config,) = home.mqtt.of(LAMP_CONFIG)
    assert (config.retain, config.qos) == (True, 1)
    assert config.json["command_topic"] == f"{BASE}/lamp/set"
    assert config.json["device"]["via_device"] == f"zigbee2mqtt_bridge_{STICK}"
    assert home.mqtt.of(LAST_OF_THE_BRIDGE)[0].json["unique_id"] == f"bridge_{STICK}_permit_join_{BASE}"
    assert len({message.topic for message in told(home)}) == len(told(home)) == 8 + 2 + 1


async def test_a_start_tells_nothing_that_the_broker_holds_already(home: Rig) -> None:
    await start(home)
    await home.stop()
    home.mqtt.seen.clear()
    await home.start()
    await furnish_lamp(home, description="Another lamp")  # told behind what is told at the start
    await home.mqtt.wait_for(LAMP_CONFIG, lambda p: p["device"]["model"] == "Another lamp")
    assert {message.topic for message in told(home)} == {LAMP_CONFIG, f"homeassistant/sensor/{LAMP}/linkquality/config"}


async def test_what_is_outdated_is_cleared_and_what_is_not_ours_stays(home: Rig) -> None:
    availability = [{"topic": f"{BASE}/bridge/state"}]
    outdated = [
        f"homeassistant/light/{LAMP}/light/config",
        "homeassistant/switch/0x00158d0000000001/switch/config",
    ]
    foreign = "homeassistant/switch/other/switch/config"
    for topic in outdated:
        await publish_config(home, topic, {"availability": availability})
    await publish_config(home, foreign, {"availability": [{"topic": "elsewhere/state"}]})
    await home.start()
    for topic in outdated:
        await wait_for_message(home, topic, "")
    await home.mqtt.wait_for(LAMP_CONFIG)
    assert [message.payload for message in home.mqtt.of(foreign)] == [home.mqtt.of(foreign)[0].payload]


async def publish_config(rig: Rig, topic: str, payload: dict[str, Any]) -> None:
    """Publish a retained message as an earlier program."""
    await rig.mqtt.publish_plain(topic, payload, retain=True)
    await until(lambda: bool(rig.mqtt.of(topic)), 10, topic)


async def test_a_new_name_is_told_under_the_same_topics(home: Rig) -> None:
    await start(home)
    await home.put(storage.NAMES, LAMP, Name(friendly_name="ceiling"))
    config = await home.mqtt.wait_for(LAMP_CONFIG, lambda p: p["object_id"] == "ceiling")
    assert (config["unique_id"], config["state_topic"]) == (f"{LAMP}_switch_{BASE}", f"{BASE}/ceiling")
    assert all(message.payload for message in told(home))


async def test_a_rename_with_new_ids_lets_home_assistant_forget_the_old_ones_first(home: Rig) -> None:
    async def rename(ask: Rename) -> RenameResult:
        revision = await home.put(storage.NAMES, LAMP, Name(friendly_name=ask.new))
        return RenameResult(old="lamp", new=ask.new, revisions={storage.NAMES.name: revision})

    await home.bus.serve(operations.RENAME, rename)
    await start(home)
    asked = {"from": "lamp", "to": "ceiling", "homeassistant_rename": True}
    await home.mqtt.publish("bridge/request/device/rename", asked)
    await home.mqtt.wait_for(LAMP_CONFIG, lambda p: p["object_id"] == "ceiling")
    assert [bool(message.payload) for message in home.mqtt.of(LAMP_CONFIG)] == [True, False, True]


async def test_an_action_is_told_as_a_trigger_the_first_time_and_as_a_bare_value_every_time(home: Rig) -> None:
    await start(home)
    mark = len(home.mqtt.seen)
    await home.action(LAMP, "single")
    await home.action(LAMP, "single")
    await until(lambda: len(home.mqtt.of("lamp/action")) == 2, 60, "two actions")
    trigger = f"homeassistant/device_automation/{LAMP}/action_single/config"
    order = [m.topic for m in home.mqtt.seen[mark:]]
    assert order == ["lamp", trigger, "lamp/action", "lamp", "lamp/action"]
    config = home.mqtt.of(trigger)[0]
    assert (config.retain, config.json["topic"], config.json["subtype"]) == (True, f"{BASE}/lamp/action", "single")
    assert (home.mqtt.of("lamp/action")[0].payload, home.mqtt.of("lamp/action")[0].retain) == ("single", False)


async def test_triggers_of_an_earlier_run_follow_a_new_name(home: Rig) -> None:
    trigger = f"homeassistant/device_automation/{LAMP}/action_single/config"
    await publish_config(home, trigger, {"topic": f"{BASE}/old lamp/action"})
    await home.start()
    assert (await home.mqtt.wait_for(trigger, lambda p: "device" in p))["topic"] == f"{BASE}/lamp/action"


async def test_messages_have_null_for_what_is_not_known_yet(home: Rig) -> None:
    await start(home)
    await home.update(LAMP, {"color": {"hue": 3, "x": 0.1}})
    message = await home.mqtt.wait_for("lamp")
    assert message == {"state": None, "linkquality": 120, "color": {"hue": 3, "h": 3, "x": 0.1}}


async def test_a_started_home_assistant_is_told_the_bridge_and_every_state(home: Rig) -> None:
    await home.remember(WEATHER, {"temperature": 21.5})
    await start(home)
    mark = len(home.mqtt.seen)
    await home.mqtt.publish_plain("homeassistant/status", "online")
    await until(lambda: "weather" in [m.topic for m in home.mqtt.seen[mark:]], 60, "state of weather")
    assert [m.topic for m in home.mqtt.seen[mark:]][:3] == ["homeassistant/status", "bridge/state", "weather"]


async def test_nothing_is_told_of_a_device_that_is_not_wanted_any_more(home: Rig) -> None:
    await start(home)
    await home.put(storage.OPTIONS, LAMP, EntityOptions(effective={"homeassistant": None}))
    await wait_for_message(home, LAMP_CONFIG, "")
    await wait_for_message(home, f"homeassistant/sensor/{LAMP}/linkquality/config", "")


async def test_a_removed_device_is_cleared_with_its_triggers(home: Rig) -> None:
    await start(home)
    await home.action(LAMP, "single")
    await home.mqtt.wait_for(f"homeassistant/device_automation/{LAMP}/action_single/config")
    for spec in (storage.DEFINITIONS, storage.DEVICES, storage.NAMES):
        await home.bus.bucket(spec).delete(LAMP)
    await wait_for_message(home, LAMP_CONFIG, "")
    await wait_for_message(home, f"homeassistant/device_automation/{LAMP}/action_single/config", "")


async def test_a_group_follows_its_members(home: Rig) -> None:
    await start(home)
    await home.put(storage.NAMES, "4", Name(friendly_name="hall"))
    member = GroupMember(ieee=LAMP, endpoint=1)
    await home.put(storage.GROUPS, "4", Group(id=4, members=(member,)))
    topic = "homeassistant/switch/1221051039810110150109113116116_4/switch/config"
    assert (await home.mqtt.wait_for(topic))["group"] == [f"{LAMP}_switch_{BASE}"]
    await home.put(storage.GROUPS, "4", Group(id=4))
    await wait_for_message(home, topic, "")


async def test_a_scene_with_another_name_is_forgotten_before_it_is_told_anew(home: Rig) -> None:
    await furnish_lamp(home, scenes=(Scene(endpoint=1, id=3, name="Film night"),))
    await start(home)
    topic = f"homeassistant/scene/{LAMP}/scene_3/config"
    assert (await home.mqtt.wait_for(topic))["object_id"] == "lamp_3_film_night"
    await furnish_lamp(home, scenes=(Scene(endpoint=1, id=3, name="Dinner"),))
    await home.mqtt.wait_for(topic, lambda p: p["name"] == "Dinner")
    assert [bool(message.payload) for message in home.mqtt.of(topic)] == [True, False, True]


async def test_a_scene_of_a_renamed_device_is_told_anew_at_once(home: Rig) -> None:
    await furnish_lamp(home, scenes=(Scene(endpoint=1, id=3, name="Dinner"),))
    await start(home)
    await home.put(storage.NAMES, LAMP, Name(friendly_name="ceiling"))
    topic = f"homeassistant/scene/{LAMP}/scene_3/config"
    await home.mqtt.wait_for(topic, lambda p: p["object_id"] == "ceiling_3_dinner")
    assert all(message.payload for message in home.mqtt.of(topic))


async def test_discovery_can_be_switched_on_and_off_at_run_time(home: Rig) -> None:
    await home.put(storage.SETTINGS, "gateway", home.settings())
    await home.start()
    assert told(home) == []
    await home.put(storage.SETTINGS, "gateway", home.settings(home_assistant=True))
    await home.mqtt.wait_for(LAMP_CONFIG)
    await home.put(storage.SETTINGS, "gateway", home.settings())
    await home.update(LAMP, {"brightness": 3})
    message = await home.mqtt.wait_for("lamp", lambda p: "brightness" in p)
    assert "state" not in message
    assert all(config.payload for config in told(home))


async def test_discovery_is_refused_where_states_are_no_json(home: Rig) -> None:
    await home.put(storage.SETTINGS, "gateway", home.settings(home_assistant=True, output="attribute"))
    await home.start()
    said = "Home Assistant integration requires 'output: json' under 'advanced'"
    await home.mqtt.wait_for("bridge/logging", lambda p: p["message"] == f"z2m: {said}" and p["level"] == "error")


async def test_one_message_for_each_device_takes_the_place_of_many(home: Rig) -> None:
    await start(home)
    wanted = HomeAssistantSettings(device_discovery=True)
    await home.put(storage.SETTINGS, "gateway", home.settings(home_assistant=True, discovery=wanted))
    config = await home.mqtt.wait_for(f"homeassistant/device/{LAMP}/config")
    assert set(config["components"]) == {"switch_switch", "sensor_linkquality"}
    assert config["components"]["switch_switch"]["platform"] == "switch"
    assert config["availability"][0]["topic"] == f"{BASE}/bridge/state"
    await wait_for_message(home, LAMP_CONFIG, "")
    assert [m.payload for m in home.mqtt.of(LAMP_CONFIG)][1:] == ['{"migrate_discovery":true}', ""]
