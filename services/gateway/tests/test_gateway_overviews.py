"""The content of the bridge's overviews."""

from __future__ import annotations

import json

import pytest
from services.gateway.tests.gateway_rig import LAMP, STICK, definition, device, stick

from zigbus.contract.definitions import AttributeInfo, CustomCluster
from zigbus.contract.devices import Binding, EndpointDescription, InterviewState, LogicalType, Reporting
from zigbus.contract.household import GatewaySettings, Group, GroupMember, MqttSettings, Name, PublicSettings
from zigbus.contract.updates import BridgeEvent
from zigbus_gateway.bridge_events import event_payload
from zigbus_gateway.cluster_names import DeviceNames, definitions_payload
from zigbus_gateway.device_entry import device_entry
from zigbus_gateway.entities import Household
from zigbus_gateway.log_texts import text_of
from zigbus_gateway.mqtt_client import BadServer, ServerAddress
from zigbus_gateway.overview_payloads import groups, info

OWN = CustomCluster(
    id=0xFCC0, name="manuSpecificLumi", manufacturer=0x115F, attributes=(AttributeInfo(id=9, type=0x20, name="mode"),)
)


def test_an_entry_names_clusters_attributes_and_targets() -> None:
    endpoint = EndpointDescription(
        profile=260,
        device_type=0,
        input_clusters=(0, 6, 0xFCC0, 0xFC99),
        output_clusters=(25,),
        bindings=(Binding(cluster=6, ieee=STICK, endpoint=1), Binding(cluster=8, group=901)),
        reportings=(
            Reporting(cluster=6, attribute=0, min_interval_s=0, max_interval_s=3600),
            Reporting(
                cluster=0xFCC0,
                attribute=9,
                min_interval_s=1,
                max_interval_s=2,
                reportable_change=5,
                manufacturer=0x115F,
            ),
            Reporting(cluster=6, attribute=0xF000, min_interval_s=1, max_interval_s=2, reportable_change=1),
        ),
    )
    record = definition(
        LAMP, 1, custom_clusters=(OWN,), endpoint_names={"system": 1, "default": 2}, extra_output_clusters={1: (10,)}
    )
    entry = device_entry(
        device(LAMP, endpoints={1: endpoint}), "lamp", {"description": "by the door"}, record, DeviceNames(record)
    )
    shown = entry["endpoints"]["1"]
    assert entry["description"] == "by the door"
    assert shown["name"] == "system"
    assert shown["clusters"] == {
        "input": ["genBasic", "genOnOff", "manuSpecificLumi", "64665"],
        "output": ["genOta", "genTime"],
    }
    assert [b["target"] for b in shown["bindings"]] == [
        {"endpoint": 1, "ieee_address": STICK, "type": "endpoint"},
        {"id": 901, "type": "group"},
    ]
    assert [(r["attribute"], r["reportable_change"]) for r in shown["configured_reportings"]] == [
        ("onOff", 0),
        ("mode", 5),
        (0xF000, 1),
    ]


def test_a_device_in_its_interview_shows_what_is_known() -> None:
    bare = device(
        LAMP, interview=InterviewState.IN_PROGRESS, endpoints={}, manufacturer=None, model=None, power_source=None
    )
    entry = device_entry(bare, LAMP, {}, None, DeviceNames(None))
    assert entry == {
        "disabled": False,
        "endpoints": {},
        "friendly_name": LAMP,
        "ieee_address": LAMP,
        "interview_completed": False,
        "interview_state": "IN_PROGRESS",
        "interviewing": True,
        "network_address": 4711,
        "supported": False,
        "type": "Router",
    }


def test_a_definition_may_correct_the_type_and_an_option_the_icon() -> None:
    record = definition(LAMP, 1, logical_type="end_device", icon="a.png")
    entry = device_entry(
        device(LAMP, logical_type=LogicalType.ROUTER), "lamp", {"icon": "b.png"}, record, DeviceNames(record)
    )
    assert (entry["type"], entry["definition"]["icon"]) == ("EndDevice", "b.png")


def test_the_coordinator_is_supported_and_has_no_definition() -> None:
    entry = device_entry(stick(), "x", {}, None, DeviceNames(None))
    assert (entry["friendly_name"], entry["type"], entry["supported"], "definition" in entry) == (
        "Coordinator",
        "Coordinator",
        True,
        False,
    )


def test_info_shows_the_network_and_no_end_of_joining_while_it_is_closed() -> None:
    public = PublicSettings(config={"x": 1}, schema={"y": 2}, restart_required=True)
    shown = info(GatewaySettings(mqtt=MqttSettings()), public, stick())
    assert shown["coordinator"] == {"ieee_address": STICK, "meta": {"revision": 20230507}, "type": "ZStack3x0"}
    assert shown["network"] == {"channel": 11, "extended_pan_id": "0xddaa112233445566", "pan_id": 6754}
    assert (shown["permit_join"], shown["restart_required"], "permit_join_end" in shown) == (False, True, False)
    assert shown["mqtt"] == {"server": "mqtt://localhost:1883", "version": 4}


def test_info_can_be_shown_without_a_coordinator() -> None:
    assert (
        info(GatewaySettings(mqtt=MqttSettings()), PublicSettings(config={}, schema={}), None)["permit_join"] is False
    )


def test_groups_are_listed_by_id_with_the_default_bind_group_named() -> None:
    home = Household(
        {},
        {},
        {"2": Name(friendly_name="hall")},
        {},
        {"901": Group(id=901), "2": Group(id=2, members=(GroupMember(ieee=LAMP, endpoint=1),))},
    )
    assert groups(home, ["2"]) == [
        {"friendly_name": "hall", "id": 2, "members": [{"endpoint": 1, "ieee_address": LAMP}], "scenes": []},
        {"friendly_name": "default_bind_group", "id": 901, "members": [], "scenes": []},
    ]


def test_standard_clusters_show_no_additions_of_manufacturers_and_name_structures_by_number() -> None:
    shown = json.loads(definitions_payload({}))["clusters"]
    assert not [name for name in shown["hvacThermostat"]["attributes"] if name.startswith("danfoss")]
    assert shown["hvacThermostat"]["attributes"]["localTemp"] == {
        "ID": 0, "name": "localTemp", "type": 0x29, "min": -27315, "max": 32767, "report": True, "required": True,
    }  # fmt: skip
    fields = {p["name"]: p["type"] for p in shown["genScenes"]["commands"]["add"]["parameters"]}
    assert fields == {"groupid": 33, "sceneid": 32, "transtime": 33, "scenename": 66, "extensionfieldsets": 1006}


def test_definitions_hold_standard_and_own_clusters() -> None:
    shown = json.loads(
        definitions_payload({LAMP: definition(LAMP, 1, custom_clusters=(OWN,)), STICK: definition(STICK, 1)})
    )
    assert shown["actions"] == ["raw", "philips_hue_factory_reset"]
    assert shown["clusters"]["genOnOff"]["commands"]["toggle"] == {
        "ID": 2, "name": "toggle", "parameters": [], "required": True,
    }  # fmt: skip
    assert shown["custom_clusters"] == {
        LAMP: {
            "manuSpecificLumi": {
                "ID": 0xFCC0,
                "attributes": {"mode": {"ID": 9, "name": "mode", "type": 32}},
                "commands": {},
                "commandsResponse": {},
                "manufacturerCode": 0x115F,
                "name": "manuSpecificLumi",
            }
        }
    }


def test_what_a_definition_adds_to_a_standard_cluster_is_shown_beside_what_the_standard_has() -> None:
    added = CustomCluster(
        id=6,
        name="genOnOff",
        attributes=(AttributeInfo(id=0x8002, type=0x30, name="moesStartUpOnOff"),),
        raw={"ID": 6, "name": "genOnOff", "attributes": {"moesStartUpOnOff": {"ID": 0x8002, "max": 255}}},
    )
    shown = json.loads(definitions_payload({LAMP: definition(LAMP, 1, custom_clusters=(added,))}))
    own, standard = shown["custom_clusters"][LAMP]["genOnOff"], shown["clusters"]["genOnOff"]
    assert own["attributes"] == standard["attributes"] | {"moesStartUpOnOff": {"ID": 0x8002, "max": 255}}
    assert own["commands"] == standard["commands"]


def test_an_entity_is_found_by_ieee_before_name_and_group() -> None:
    names = {LAMP: Name(friendly_name="hall"), "3": Name(friendly_name="three/l1"), "7": Name(friendly_name="hall")}
    home = Household({STICK: stick(), LAMP: device(LAMP)}, {}, names, {}, {"3": Group(id=3), "7": Group(id=7)})
    assert [e.key for e in (home.find(text) for text in ("coordinator", LAMP, "hall", "7", "three/l1")) if e] == [
        STICK,
        LAMP,
        LAMP,
        "7",
        "3",
    ]
    assert home.find("nobody") is None
    found = home.find_with_endpoint("hall/l1/x")
    assert found is None
    found = home.find_with_endpoint("hall/l1")
    assert found is not None
    assert (found[0].key, found[1]) == (LAMP, "l1")
    whole = home.find_with_endpoint("three/l1")
    assert whole is not None
    assert (whole[0].key, whole[1]) == ("3", None)


@pytest.mark.parametrize(
    ("event", "fields", "name", "text"),
    [
        ("entity_unknown", {"entity": "x{y}"}, None, "Entity 'x{y}' is unknown"),
        ("configured", {"ieee": LAMP, "definition": "X"}, "lamp", "Successfully configured 'lamp'"),
        ("configured", {"other": 1}, None, "configured other=1"),
        ("something", {"a": "b", "n": 1.0, "o": {"k": 1}}, None, 'something a=b n=1 o={"k":1}'),
        ("something", {}, None, "something"),
    ],
)
def test_log_events_are_worded(event: str, fields: dict[str, object], name: str | None, text: str) -> None:
    assert text_of(event, fields, name) == text


def test_a_failed_interview_says_nothing_of_a_definition() -> None:
    event = BridgeEvent(kind="device_interview", ieee=LAMP, friendly_name="lamp", status="failed")
    assert event_payload(event, None) == {
        "data": {"friendly_name": "lamp", "ieee_address": LAMP, "status": "failed"},
        "type": "device_interview",
    }


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("mqtt://localhost", ServerAddress("localhost", 1883, "tcp", tls=False)),
        ("mqtts://broker:8884", ServerAddress("broker", 8884, "tcp", tls=True)),
        ("ws://broker:9001/x", ServerAddress("broker", 9001, "websockets", tls=False, path="/x")),
        ("wss://broker", ServerAddress("broker", 443, "websockets", tls=True, path="/mqtt")),
        ("mqtt+unix:///run/mosquitto.sock", ServerAddress("/run/mosquitto.sock", 0, "unix", tls=False)),
        ("mqtt://[::1]:1884", ServerAddress("::1", 1884, "tcp", tls=False)),
    ],
)
def test_server_addresses_are_read(url: str, address: ServerAddress) -> None:
    assert ServerAddress.parse(url) == address


@pytest.mark.parametrize("url", ["localhost:1883", "http://x", "mqtt://", "mqtt://host:port"])
def test_a_server_address_that_cannot_be_used_is_said(url: str) -> None:
    with pytest.raises(BadServer, match=r"mqtt\.server"):
        ServerAddress.parse(url)
