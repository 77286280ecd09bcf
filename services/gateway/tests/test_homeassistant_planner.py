"""What all discovery messages have in common, wishes of users, groups, and how states must look."""

from __future__ import annotations

import json
from typing import Any

import pytest
from services.gateway.tests.gateway_rig import LAMP, STICK, WEATHER, definition, device, stick

from zigbus.contract.definitions import DefinitionRecord, Expose, Scene
from zigbus.contract.household import (
    EntityOptions,
    GatewaySettings,
    Group,
    GroupMember,
    HomeAssistantSettings,
    MqttSettings,
    Name,
)
from zigbus_gateway.entities import Household
from zigbus_gateway.homeassistant import tables
from zigbus_gateway.homeassistant.found import address_of, is_ours
from zigbus_gateway.homeassistant.message import encoded, slug
from zigbus_gateway.homeassistant.planner import BRIDGE, Planner

WALL = "0x00158d0001020304"
LAMP_CONFIG = f"light/{LAMP}/light/config"


def feature(name: str, kind: Any = "binary", endpoint: str | None = None, **values: Any) -> Expose:
    """A part of an expose."""
    key = f"{name}_{endpoint}" if endpoint else name
    return Expose(type=kind, name=name, property=key, access=7, endpoint=endpoint, label=name.capitalize(), **values)


def light(endpoint: str | None = None, low: int = 150, high: int = 500) -> Expose:
    """A lamp with colour temperature."""
    state = feature("state", endpoint=endpoint, value_on="ON", value_off="OFF")
    warmth = feature("color_temp", "numeric", endpoint, value_min=low, value_max=high)
    return Expose(type="light", endpoint=endpoint, features=(state, feature("brightness", "numeric", endpoint), warmth))


def planner(
    exposes: tuple[Expose, ...] = (light(),), options: dict[str, Any] | None = None, **settings: Any
) -> Planner:
    """A household with a lamp of these exposes, a weather sensor and a group of both."""
    records: dict[str, DefinitionRecord] = {
        LAMP: definition(LAMP, 1, exposes=exposes, endpoint_names={"left": 1, "right": 2}),
        WEATHER: definition(WEATHER, 1, exposes=(light(low=200, high=400),)),
    }
    home = Household(
        {STICK: stick(), LAMP: device(LAMP, software_build="2.1", hardware_version=7), WEATHER: device(WEATHER)},
        records,
        {LAMP: Name(friendly_name="Hall lamp"), WEATHER: Name(friendly_name="weather"), "3": Name(friendly_name="all")},
        {LAMP: EntityOptions(effective=options or {})},
        {"3": Group(id=3, members=(GroupMember(ieee=LAMP, endpoint=1), GroupMember(ieee=WEATHER, endpoint=1)))},
    )
    return Planner(
        home, GatewaySettings(mqtt=MqttSettings(), **settings), {LAMP} if "watched" in (options or {}) else ()
    )


def told(plan: Planner, key: str = LAMP) -> dict[str, Any]:
    """What is told, as JSON."""
    found: dict[str, Any] = json.loads(json.dumps(plan.messages(key)))
    return found


def test_every_entity_says_whose_it_is_and_where_it_is_heard() -> None:
    config = told(planner())[LAMP_CONFIG]
    assert config["device"] == {
        "identifiers": [f"zigbee2mqtt_{LAMP}"],
        "name": "Hall lamp",
        "model": "Lamp",
        "model_id": "RW-1",
        "manufacturer": "Rig Works",
        "sw_version": "2.1",
        "hw_version": 7,
        "via_device": f"zigbee2mqtt_bridge_{STICK}",
    }
    assert (config["object_id"], config["default_entity_id"]) == ("hall_lamp", "light.hall_lamp")
    assert config["unique_id"] == f"{LAMP}_light_zigbee2mqtt"
    assert (config["state_topic"], config["command_topic"]) == ("zigbee2mqtt/Hall lamp", "zigbee2mqtt/Hall lamp/set")
    assert config["availability"] == [{"topic": "zigbee2mqtt/bridge/state", "value_template": "{{ value_json.state }}"}]
    assert "availability_mode" not in config


def test_a_watched_device_is_available_if_the_bridge_and_it_are() -> None:
    config = told(planner(options={"watched": True}))[LAMP_CONFIG]
    assert config["availability_mode"] == "all"
    assert [at["topic"] for at in config["availability"]] == [
        "zigbee2mqtt/bridge/state",
        "zigbee2mqtt/Hall lamp/availability",
    ]


def test_a_disabled_device_is_never_available() -> None:
    config = told(planner(options={"disabled": True}))[LAMP_CONFIG]
    assert [at["value_template"] for at in config["availability"]] == ['{{ "offline" }}']


@pytest.mark.parametrize(("instances", "page"), [(True, "0/"), (False, "")])
def test_the_page_of_a_device_is_named_if_the_frontend_is_known(instances: bool, page: str) -> None:
    discovery = HomeAssistantSettings(frontend_url="http://home", frontend_instances=instances)
    config = told(planner(discovery=discovery))[LAMP_CONFIG]
    assert config["device"]["configuration_url"] == f"http://home/#/device/{page}{LAMP}/info"
    bridge = told(planner(discovery=discovery), BRIDGE)
    assert {message["device"]["configuration_url"] for message in bridge.values()} == {"http://home/#/settings"}


def test_endpoints_are_lamps_of_their_own_with_states_of_their_own() -> None:
    plan = planner((light("left"), light("right")))
    config = told(plan)[f"light/{LAMP}/light_left/config"]
    assert (config["name"], config["object_id"]) == ("Left", "hall_lamp_left")
    assert (config["state_topic"], config["command_topic"]) == (
        "zigbee2mqtt/Hall lamp/left",
        "zigbee2mqtt/Hall lamp/left/set",
    )
    message = {"state_left": "ON", "brightness_left": 3, "state_right": "OFF"}
    assert dict(plan.shape(LAMP).endpoint_messages(message)) == {
        "left": {"state": "ON", "brightness": 3},
        "right": {"state": "OFF"},
    }


def test_a_group_can_what_one_member_can_in_the_range_of_all() -> None:
    config = told(planner((light("left"), light("right"))), "3")["light/1221051039810110150109113116116_3/light/config"]
    assert config["group"] == [f"{LAMP}_light_left_zigbee2mqtt", f"{WEATHER}_light_zigbee2mqtt"]
    assert (config["min_mireds"], config["max_mireds"]) == (200, 400)
    assert (config["unique_id"], config["device"]["model"]) == ("3_light_zigbee2mqtt", "Group")


def test_scenes_of_devices_and_groups_are_buttons_to_recall_them() -> None:
    plan = planner()
    scenes = (
        Scene(endpoint=1, id=2, name="Film  Night"),
        Scene(endpoint=1, id=4),
        Scene(endpoint=1, id=6, group=3, name="Dinner"),
    )
    plan.home.definitions = {**plan.home.definitions, LAMP: definition(LAMP, 1, scenes=scenes)}
    mine = told(plan)
    scene = mine[f"scene/{LAMP}/scene_2/config"]
    assert (scene["object_id"], scene["payload_on"]) == ("hall_lamp_2_film_night", '{ "scene_recall": 2 }')
    assert mine[f"scene/{LAMP}/scene_4/config"]["name"] == "Scene 4"
    assert f"scene/{LAMP}/scene_6/config" not in mine
    assert "scene/1221051039810110150109113116116_3/scene_6/config" in told(plan, "3")


def test_wishes_of_the_user_win() -> None:
    wishes = {
        "name": "Nice lamp",
        "expire_after": 9,
        "schema": None,
        "device": {"suggested_area": "Hall"},
        "light": {"name": "Bulb", "type": "switch", "object_id": "lamp", "icon": "mdi:x"},
    }
    config = told(planner(options={"homeassistant": wishes}))[f"switch/{LAMP}/lamp/config"]
    assert (config["name"], config["icon"], config["expire_after"]) == ("Bulb", "mdi:x", 9)
    assert "schema" not in config
    assert (config["device"]["name"], config["device"]["suggested_area"]) == ("Nice lamp", "Hall")
    assert config["default_entity_id"] == "switch.nice_lamp_lamp"


def test_an_entity_that_is_not_wanted_is_not_told() -> None:
    assert told(planner(options={"homeassistant": {"light": None}})) == {}


@pytest.mark.parametrize("unwanted", [None, False])
def test_a_device_that_is_not_wanted_is_not_told_and_has_no_triggers(unwanted: Any) -> None:
    plan = planner(options={"homeassistant": unwanted})
    assert plan.messages(LAMP) is None
    assert plan.is_unwanted(LAMP)
    assert plan.trigger(LAMP, "single") is None


def test_triggers_alone_can_be_switched_off() -> None:
    plan = planner(options={"homeassistant": {"device_automation": None}})
    assert plan.trigger(LAMP, "single") is None
    assert plan.messages(LAMP)


def test_a_device_is_told_when_its_interview_has_ended() -> None:
    plan = planner()
    plan.home.devices = {**plan.home.devices, LAMP: device(LAMP, interview="in_progress")}
    assert plan.messages(LAMP) is None
    assert not plan.is_unwanted(LAMP)


ACTION = Expose(type="enum", name="action", property="action", label="Action", access=1, values=("single", "hold"))


def test_actions_are_no_entity_unless_wanted() -> None:
    assert told(planner((ACTION,))) == {}
    assert planner((ACTION,)).shape(LAMP).defaults == {}


def test_actions_can_be_a_sensor_as_they_were_long_ago() -> None:
    plan = planner((ACTION,), discovery=HomeAssistantSettings(legacy_action_sensor=True))
    config = told(plan)[f"sensor/{LAMP}/action/config"]
    assert (config["entity_category"], config["icon"]) == ("diagnostic", "mdi:gesture-double-tap")
    assert plan.shape(LAMP).adjusted({}) == {"action": None}


def test_actions_can_be_events() -> None:
    plan = planner((ACTION,), discovery=HomeAssistantSettings(experimental_event_entities=True))
    config = told(plan)[f"event/{LAMP}/action/config"]
    assert config["event_types"] == ["single", "hold"]
    assert "entity_category" not in config


def test_firmware_is_an_entity_where_it_comes_over_the_air() -> None:
    plan = planner()
    plan.home.definitions = {LAMP: definition(LAMP, 1, supports_ota=True)}
    config = told(plan)[f"update/{LAMP}/update/config"]
    assert config["command_topic"] == "zigbee2mqtt/bridge/request/device/ota_update/update"
    assert json.loads(config["payload_install"]) == {"id": LAMP}
    assert (config["object_id"], config["device_class"], config["name"]) == ("hall_lamp", "firmware", None)


def test_every_look_is_one_of_the_contracts() -> None:
    looks = [tables.BINARY, tables.NUMERIC, tables.ENUM, tables.TEXT, tables.SWITCH]
    assert [len(table) for table in looks] == [71, 154, 45, 6, 8]
    keys = {key for table in looks for look in table.values() for key in look}
    assert keys == {
        "device_class",
        "state_class",
        "entity_category",
        "enabled_by_default",
        "icon",
        "payload_on",
        "payload_off",
    }
    assert all(
        look.get("icon", "mdi:x").startswith("mdi:") and " " not in look.get("icon", "")
        for table in looks
        for look in table.values()
    )


def test_states_have_what_templates_name() -> None:
    updates = definition(LAMP, 1, exposes=(light(),), supports_ota=True)
    plan = planner(last_seen="epoch")
    plan.home.definitions = {**plan.home.definitions, LAMP: updates}
    shaped = plan.shape(LAMP).adjusted({"color": {"hue": 1, "saturation": 2}, "update": {"state": "idle"}})
    assert shaped == {
        "state": None,
        "last_seen": None,
        "color": {"hue": 1, "h": 1, "saturation": 2, "s": 2},
        "update": {"state": "idle", "installed_version": -1, "latest_version": -1},
    }


def test_a_known_version_of_firmware_stays() -> None:
    plan = planner()
    plan.home.definitions = {LAMP: definition(LAMP, 1, supports_ota=True)}
    update = {"state": "available", "installed_version": 1, "latest_version": 2}
    assert plan.shape(LAMP).adjusted({"update": update})["update"] == update


def test_one_message_for_a_device_has_all_its_entities() -> None:
    plan = planner((light("left"), light("right")), discovery=HomeAssistantSettings(device_discovery=True))
    ((topic, message),) = told(plan).items()
    assert topic == f"device/{LAMP}/config"
    assert message["device"]["identifiers"] == [f"zigbee2mqtt_{LAMP}"]
    left = message["components"]["light_light_left"]
    assert (left["platform"], left["unique_id"]) == ("light", f"{LAMP}_light_left_zigbee2mqtt")
    assert "device" not in left
    assert "availability" not in left


def test_the_bridge_of_one_message_tells_availability_entity_by_entity() -> None:
    plan = planner(discovery=HomeAssistantSettings(device_discovery=True))
    ((_, message),) = told(plan, BRIDGE).items()
    assert "availability" not in message
    assert "availability" not in message["components"]["binary_sensor_connection_state"]
    assert message["components"]["button_restart"]["availability_mode"] == "all"


def test_topics_of_groups_have_the_base_topic_as_digits() -> None:
    assert encoded("zigbee2mqtt") == "1221051039810110150109113116116"
    assert encoded("zü😀") == "1222525535756832"


def test_blanks_of_names_become_underscores() -> None:
    assert slug("Big  hall\tlamp") == "big_hall_lamp"


@pytest.mark.parametrize(
    ("topic", "payload", "ours"),
    [
        ("light/x/light/config", {"availability": [{"topic": "zigbee2mqtt/bridge/state"}]}, True),
        ("binary_sensor/x/y/config", {"state_topic": "zigbee2mqtt/bridge/state"}, True),
        ("light/x/light/config", {"availability": [{"topic": "zigbee2mqtt2/bridge/state"}]}, False),
        ("light/x/light/config", {"availability": []}, False),
        ("light/x/light/config", [1], False),
        ("device_automation/x/action_single/config", {"topic": "zigbee2mqtt/x/action"}, True),
        ("device_automation/x/action_single/config", {"topic": "other/x/action"}, False),
        ("device/x/config", {"components": {"a": {"state_topic": "zigbee2mqtt/x"}}}, True),
    ],
)
def test_what_the_broker_holds_is_ours_if_it_speaks_of_our_topics(topic: str, payload: Any, ours: bool) -> None:
    address = address_of(topic)
    assert address is not None
    assert is_ours(address, json.dumps(payload).encode(), "zigbee2mqtt") is ours
