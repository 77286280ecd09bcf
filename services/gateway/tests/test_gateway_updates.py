"""How updates of the bus become state messages."""

from __future__ import annotations

import time

from prometheus_client import REGISTRY
from services.gateway.tests.gateway_rig import LAMP, WEATHER, Rig, definition, device

from zigbus.contract import storage
from zigbus.contract.household import EntityOptions, Name
from zigbus.contract.updates import BridgeEvent
from zigbus.waiting import until


def too_old() -> float:
    """Actions that were dropped because of their age, ever."""
    return REGISTRY.get_sample_value("zigbus_gateway_actions_dropped_total", {"reason": "too_old"}) or 0.0


async def test_a_state_message_holds_the_whole_state_and_the_link_quality(rig: Rig) -> None:
    await rig.start()
    await rig.update(LAMP, {"state": "ON"}, {"state": "ON", "brightness": 100.0})
    await rig.mqtt.wait_for("lamp")
    lamp = rig.mqtt.of("lamp")[0]
    assert (lamp.payload, lamp.retain, lamp.qos) == ('{"brightness":100,"linkquality":120,"state":"ON"}', False, 0)


async def test_states_are_also_on_topics_that_no_renaming_moves_if_that_is_wanted(rig: Rig) -> None:
    await rig.put(storage.SETTINGS, "gateway", rig.settings(ieee_topics=True))
    await rig.start()
    await rig.update(LAMP, {"state": "ON"})
    assert await rig.mqtt.wait_for("lamp") == {"linkquality": 120, "state": "ON"}
    assert [m.json for m in rig.mqtt.of(LAMP)] == [{"linkquality": 120, "state": "ON"}]


async def test_an_action_is_in_its_own_message_only(rig: Rig) -> None:
    await rig.start()
    await rig.update(LAMP, {"action": "single"}, {"state": "ON"}, is_action=True)
    await rig.update(LAMP, {"state": "OFF"})
    await rig.mqtt.wait_for("lamp", lambda m: m.get("state") == "OFF")
    assert [m.json for m in rig.mqtt.of("lamp")] == [
        {"action": "single", "linkquality": 120, "state": "ON"},
        {"linkquality": 120, "state": "OFF"},
    ]


async def test_without_cache_only_what_changed_is_told(rig: Rig) -> None:
    await rig.put(storage.SETTINGS, "gateway", rig.settings(cache_state=False))
    await rig.start()
    await rig.update(WEATHER, {"humidity": 51.11}, {"humidity": 51.11, "temperature": 21})
    assert await rig.mqtt.wait_for("weather") == {"humidity": 51.11, "linkquality": 120}


async def test_options_decide_retain_qos_and_filtered_attributes(rig: Rig) -> None:
    options = {"retain": True, "qos": 1, "filtered_attributes": ["volt.*"]}
    await rig.put(storage.OPTIONS, LAMP, EntityOptions(own=options, effective=options))
    await rig.start()
    await rig.update(LAMP, {"state": "ON", "voltage": 230, "revolt": 1})
    await rig.mqtt.wait_for("lamp")
    lamp = rig.mqtt.of("lamp")[0]
    assert (lamp.json, lamp.retain, lamp.qos) == ({"linkquality": 120, "revolt": 1, "state": "ON"}, True, 1)


async def test_nothing_is_retained_if_the_settings_say_so(rig: Rig) -> None:
    await rig.put(storage.SETTINGS, "gateway", rig.settings(mqtt={"force_disable_retain": True}))
    await rig.put(storage.OPTIONS, LAMP, EntityOptions(own={"retain": True}, effective={"retain": True}))
    await rig.start()
    await rig.update(LAMP, {"state": "ON"})
    await rig.mqtt.wait_for("lamp")
    assert rig.mqtt.of("bridge/devices")
    assert [message.topic for message in rig.mqtt.seen if message.retain] == []


async def test_attribute_output_tells_every_key_on_its_own_topic(rig: Rig) -> None:
    await rig.put(storage.SETTINGS, "gateway", rig.settings(output="attribute"))
    await rig.start()
    await rig.update(LAMP, {"color": {"x": 0.1, "y": 0.2}, "state": "ON"})
    await until(lambda: rig.mqtt.of("lamp/state"))
    seen = {m.topic: m.payload for m in rig.mqtt.seen if m.topic.startswith("lamp")}
    assert seen == {"lamp/color-x": "0.1", "lamp/color-y": "0.2", "lamp/linkquality": "120", "lamp/state": "ON"}


async def test_updates_of_one_device_keep_their_order_and_come_once(rig: Rig) -> None:
    await rig.start()
    for number in range(300):
        await rig.action(LAMP, f"press_{number}")
    await rig.mqtt.wait_for("lamp", lambda m: m["action"] == "press_299")
    assert [m.json["action"] for m in rig.mqtt.of("lamp")] == [f"press_{number}" for number in range(300)]


async def test_an_action_that_is_no_news_any_more_is_dropped_but_its_state_is_told(rig: Rig) -> None:
    await rig.start()
    await rig.update(LAMP, {"action": "single"}, {"state": "ON"}, is_action=True, converted_at_s=time.time() - 11)
    assert await rig.mqtt.wait_for("lamp") == {"linkquality": 120, "state": "ON"}


async def test_an_action_that_was_converted_too_late_is_dropped_and_counted_but_a_state_is_told(rig: Rig) -> None:
    await rig.start()
    before = too_old()
    await rig.action(LAMP, "single", received_at_s=time.time() - 11)
    await rig.action(LAMP, "double", received_at_s=time.time() - 1)
    await rig.update(LAMP, {"state": "ON"}, received_at_s=time.time() - 11)
    await rig.mqtt.wait_for("lamp", lambda m: m.get("state") == "ON")
    assert [m.json.get("action") for m in rig.mqtt.of("lamp")] == ["double", None]
    assert too_old() == before + 1


async def test_states_that_waited_while_the_gateway_was_away_collapse_to_the_newest(rig: Rig) -> None:
    for level in range(50):
        await rig.update(LAMP, {"brightness": level}, converted_at_s=time.time() - 5)
    await rig.start()
    await rig.mqtt.wait_for("lamp")
    await rig.mqtt.settle()
    assert [m.json["brightness"] for m in rig.mqtt.of("lamp")] == [49]


async def test_what_the_state_of_the_start_already_held_is_not_told_again(rig: Rig) -> None:
    await rig.update(LAMP, {"state": "ON"})
    await rig.remember(LAMP, {"state": "ON"}, sequence=1)
    await rig.start()
    await rig.update(LAMP, {"state": "OFF"})
    await rig.mqtt.wait_for("lamp", lambda m: m["state"] == "OFF")
    assert [m.json["state"] for m in rig.mqtt.of("lamp")] == ["ON", "OFF"]


async def test_a_joining_device_is_in_the_list_before_its_events(rig: Rig) -> None:
    await rig.start()
    new = "0x00158d0001a2b3c4"
    revision = await rig.put(storage.DEVICES, new, device(new))
    names = await rig.put(storage.NAMES, new, Name(friendly_name=new))
    revisions = {"DEVICES": revision, "NAMES": names}
    await rig.event(BridgeEvent(kind="device_joined", ieee=new, friendly_name=new, revisions=revisions))
    await rig.event(
        BridgeEvent(kind="device_interview", ieee=new, friendly_name=new, status="successful", revisions=revisions)
    )
    await rig.mqtt.wait_for("bridge/event", lambda e: e["type"] == "device_joined")
    await rig.put(storage.DEFINITIONS, new, definition(new, revision))
    event = await rig.mqtt.wait_for("bridge/event", lambda e: e["type"] == "device_interview")
    assert event["data"]["supported"] is True
    assert event["data"]["definition"]["model"] == "RW-1"
    topics = rig.mqtt.topics()
    listed = next(i for i, m in enumerate(rig.mqtt.seen) if m.topic == "bridge/devices" and new in m.payload)
    assert listed < topics.index("bridge/event")


async def test_the_event_of_a_removed_device_follows_the_tables(rig: Rig) -> None:
    await rig.start()
    before = len(rig.mqtt.seen)
    revision = await rig.bus.bucket(storage.DEVICES).delete(WEATHER)
    await rig.event(
        BridgeEvent(kind="device_leave", ieee=WEATHER, friendly_name="weather", revisions={"DEVICES": revision})
    )
    await rig.mqtt.wait_for("bridge/event")
    assert [m.topic for m in rig.mqtt.seen[before:]] == [
        "bridge/groups",
        "bridge/devices",
        "bridge/definitions",
        "bridge/event",
    ]
    assert WEATHER not in rig.mqtt.seen[before + 1].payload


async def test_device_information_is_added_when_it_is_wanted(rig: Rig) -> None:
    await rig.put(
        storage.SETTINGS, "gateway", rig.settings(mqtt={"include_device_information": True}, last_seen="epoch")
    )
    await rig.start()
    await rig.update(LAMP, {"state": "ON"}, last_seen_s=1_700_000_000.5)
    message = await rig.mqtt.wait_for("lamp")
    assert message["last_seen"] == 1_700_000_000_500
    assert message["device"] == {
        "friendlyName": "lamp",
        "ieeeAddr": LAMP,
        "manufacturerName": "Rig Works",
        "model": "RW-1",
        "networkAddress": 4711,
        "powerSource": "Mains (single phase)",
        "type": "Router",
    }
