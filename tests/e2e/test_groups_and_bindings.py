"""Groups, scenes and bindings from MQTT to the radio and back, in the running program."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from tests.harness import Stack
from tests.harness.stack import BASE

from zigbus.waiting import until
from zigbus_simulator import Binding, Simulator, home

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

GROUPS, SCENES, ON_OFF, LEVEL = 0x0004, 0x0005, 0x0006, 0x0008
NAMES = ("bulb_ct", "bulb_color", "plug_innr", "remote_onoff")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    specs = home.devices(*NAMES)
    settings = {
        "devices": {spec.ieee: {"friendly_name": spec.name} for spec in specs},
        "services": {"allow_raw_actions": True},
    }
    folder = tmp_path_factory.mktemp("groups")
    async with Simulator(devices=specs) as simulator, Stack(folder, simulator, settings) as running:
        await running.request("permit_join", {"time": 254})
        for spec in specs:
            simulator.device(spec.name).join()
        await until(lambda: interviewed(running) >= set(NAMES), 60, "all devices interviewed")
        assert (await running.request("group/add", {"friendly_name": "lamps", "id": 11}))["status"] == "ok"
        for name in ("bulb_ct", "bulb_color"):
            answer = await running.request("group/members/add", {"group": "lamps", "device": name})
            assert answer == {"data": {"device": name, "endpoint": "default", "group": "lamps"}, "status": "ok"}
        yield running


def interviewed(stack: Stack) -> set[str]:
    return {d["friendly_name"] for d in entries(stack).values() if d["interview_completed"] and d.get("definition")}


def entries(stack: Stack) -> dict[str, Any]:
    """The entries of bridge/devices, by name."""
    return {d["friendly_name"]: d for d in stack.recorder.last(f"{BASE}/bridge/devices") or []}


def groups(stack: Stack) -> dict[str, Any]:
    """The entries of bridge/groups, by name."""
    return {g["friendly_name"]: g for g in stack.recorder.last(f"{BASE}/bridge/groups") or []}


def ieee(stack: Stack, name: str) -> str:
    return stack.simulator.device(name).ieee


async def state(stack: Stack, name: str, expected: dict[str, Any], since: int) -> Any:
    return await stack.recorder.expect(f"{BASE}/{name}", lambda p: expected.items() <= p.items(), since=since)


async def set_and_hear(stack: Stack, name: str, payload: dict[str, Any], **expected: dict[str, Any]) -> None:
    """Command an entity and wait until all these entities show these states."""
    mark = len(stack.recorder.messages)
    stack.recorder.publish(f"{BASE}/{name}/set", payload)
    for other, shown in expected.items():
        await state(stack, other, shown, mark)


async def answer_to(stack: Stack, name: str, payload: dict[str, Any]) -> str:
    """Command an entity and return whether that was "ok"."""
    mark = len(stack.recorder.messages)
    stack.recorder.publish(f"{BASE}/{name}/set", {**payload, "transaction": mark})
    answer = await stack.recorder.expect(
        f"{BASE}/bridge/response/set", lambda p: p["transaction"] == mark, since=mark, timeout_s=30
    )
    return str(answer["status"])


async def test_members_hear_of_the_group_and_are_listed_with_it(stack: Stack) -> None:
    assert stack.simulator.device("bulb_ct").groups[1] == {11}
    assert stack.simulator.device("bulb_color").groups[11] == {11}
    assert groups(stack)["lamps"]["members"] == [
        {"endpoint": 1, "ieee_address": ieee(stack, "bulb_ct")},
        {"endpoint": 11, "ieee_address": ieee(stack, "bulb_color")},
    ]


async def test_one_groupcast_commands_all_members_and_everybody_shows_it(stack: Stack) -> None:
    for wanted, command in (("ON", 1), ("OFF", 0)):
        before = len(stack.simulator.heard_zcl(group=11))
        shown = {"state": wanted}
        await set_and_hear(stack, "lamps", shown, lamps=shown, bulb_ct=shown, bulb_color=shown)
        sent = stack.simulator.heard_zcl(group=11)[before:]
        assert [(f.cluster, f.frame and f.frame.command) for f in sent] == [(ON_OFF, command)]


async def test_a_group_is_addressed_by_its_number_too(stack: Stack) -> None:
    await set_and_hear(stack, "11", {"brightness": 77}, lamps={"brightness": 77}, bulb_ct={"brightness": 77})


async def test_a_group_is_off_when_its_last_member_is(stack: Stack) -> None:
    on, off = {"state": "ON"}, {"state": "OFF"}
    await set_and_hear(stack, "lamps", on, lamps=on, bulb_ct=on, bulb_color=on)
    mark = len(stack.recorder.messages)
    await set_and_hear(stack, "bulb_ct", off, bulb_ct=off)
    await set_and_hear(stack, "bulb_color", off, bulb_color=off, lamps=off)
    assert [m.json["state"] for m in stack.recorder.of(f"{BASE}/lamps", mark)] == ["OFF"]


async def test_options_of_a_group_shape_its_messages_and_commands(stack: Stack) -> None:
    options = {"retain": True, "transition": 1}
    answer = await stack.request("group/options", {"id": "lamps", "options": options})
    assert answer["data"] == {"from": {}, "id": "lamps", "restart_required": False, "to": options}
    mark = len(stack.recorder.messages)
    await set_and_hear(stack, "lamps", {"brightness": 33}, lamps={"brightness": 33}, bulb_ct={"brightness": 33})
    (sent,) = stack.simulator.heard_zcl(group=11, cluster=LEVEL)[-1:]
    assert sent.frame is not None
    assert sent.frame.payload[:3] == bytes((33, 10, 0)), "in tenths of a second"
    assert {m.retain for m in stack.recorder.of(f"{BASE}/lamps", mark)} == {True}
    assert {m.retain for m in stack.recorder.of(f"{BASE}/bulb_ct", mark)} == {False}
    await stack.request("group/options", {"id": "lamps", "options": dict.fromkeys(options)})


async def test_a_scene_of_a_group_is_stored_listed_recalled_renamed_and_removed(stack: Stack) -> None:
    on = {"state": "ON", "brightness": 50}
    await set_and_hear(stack, "lamps", {"brightness": 50}, lamps=on, bulb_ct=on, bulb_color=on)
    stack.recorder.publish(f"{BASE}/lamps/set", {"scene_store": {"ID": 2, "name": "Evening"}})
    await until(lambda: groups(stack)["lamps"]["scenes"] == [{"id": 2, "name": "Evening"}], 60, "scene listed")
    bright = {"brightness": 200}
    await set_and_hear(stack, "lamps", bright, lamps=bright, bulb_ct=bright, bulb_color=bright)
    await set_and_hear(stack, "lamps", {"scene_recall": 2}, lamps=on, bulb_ct=on, bulb_color=on)
    stack.recorder.publish(f"{BASE}/lamps/set", {"scene_rename": {"ID": 2, "name": "Night"}})
    await until(lambda: groups(stack)["lamps"]["scenes"] == [{"id": 2, "name": "Night"}], 60, "scene renamed")
    stack.recorder.publish(f"{BASE}/lamps/set", {"scene_remove": 2})
    await until(lambda: groups(stack)["lamps"]["scenes"] == [], 60, "scene removed")
    commands = [f.frame.command for f in stack.simulator.heard_zcl(group=11, cluster=SCENES) if f.frame]
    assert commands == [4, 5, 2], "store, recall, remove; a name is between us and clients"


async def test_a_scene_of_a_device_is_added_with_values_and_listed_with_its_endpoint(stack: Stack) -> None:
    scene = {"ID": 6, "name": "Warm", "color_temp": 400, "brightness": 12, "state": "ON"}
    stack.recorder.publish(f"{BASE}/bulb_ct/set", {"scene_add": scene})

    def listed() -> Any:
        return entries(stack)["bulb_ct"]["endpoints"]["1"]["scenes"]

    await until(lambda: listed() == [{"id": 6, "name": "Warm"}], 60, "scene listed")
    added = [f.frame.payload for f in stack.simulator.heard_zcl("bulb_ct", cluster=SCENES, command=0) if f.frame]
    assert added == [bytes.fromhex("0000 06 0000 00 0003 04 1c7ae669 0800 01 0c 0600 01 01")]
    await set_and_hear(stack, "bulb_ct", {"scene_recall": 6}, bulb_ct={"brightness": 12, "color_temp": 400})
    stack.recorder.publish(f"{BASE}/bulb_ct/set", {"scene_remove_all": ""})
    await until(lambda: listed() == [], 60, "scenes removed")


async def test_scenes_survive_a_killed_converter(stack: Stack) -> None:
    stack.recorder.publish(f"{BASE}/lamps/set", {"scene_store": {"ID": 9, "name": "Kept"}})
    await until(lambda: groups(stack)["lamps"]["scenes"] == [{"id": 9, "name": "Kept"}], 60, "scene listed")
    await stack.kill("converter")
    for _ in range(150):
        if await answer_to(stack, "lamps", {"scene_rename": {"ID": 9, "name": "Still"}}) == "ok":
            break
        await asyncio.sleep(0.2)  # nobody there yet: commands are not kept for a service that is away
    await until(lambda: groups(stack)["lamps"]["scenes"] == [{"id": 9, "name": "Still"}], 60, "scene renamed")
    stack.recorder.publish(f"{BASE}/lamps/set", {"scene_remove_all": ""})
    await until(lambda: groups(stack)["lamps"]["scenes"] == [], 60, "scene removed")


async def test_a_binding_to_a_group_has_its_members_report_until_it_is_undone(stack: Stack) -> None:
    bulb, remote = stack.simulator.device("bulb_ct"), stack.simulator.device("remote_onoff")
    answer = await stack.request("device/bind", {"from": "remote_onoff", "to": "lamps", "clusters": ["genOnOff"]})
    assert answer["data"] == {
        "clusters": ["genOnOff"],
        "failed": [],
        "from": "remote_onoff",
        "from_endpoint": "default",
        "to": "lamps",
    }
    assert Binding(1, ON_OFF, 11, 0) in remote.bindings
    assert (1, ON_OFF, None, 0) in bulb.reporting
    assert {"cluster": "genOnOff", "target": {"id": 11, "type": "group"}} in bindings_of(stack, "remote_onoff", "1")
    reported = [r["cluster"] for r in entries(stack)["bulb_ct"]["endpoints"]["1"]["configured_reportings"]]
    assert reported == ["genOnOff"]
    await stack.request("device/unbind", {"from": "remote_onoff", "to": "lamps", "clusters": ["genOnOff"]})
    assert (1, ON_OFF, None, 0) not in bulb.reporting
    assert Binding(1, ON_OFF, 11, 0) not in remote.bindings


def bindings_of(stack: Stack, name: str, endpoint: str) -> list[Any]:
    found: list[Any] = entries(stack)[name]["endpoints"][endpoint]["bindings"]
    return found


async def test_a_binding_to_a_device_takes_the_clusters_that_both_have(stack: Stack) -> None:
    answer = await stack.request("device/bind", {"from": "remote_onoff", "to": "bulb_color"})
    assert answer["data"]["clusters"] == ["genOnOff", "genLevelCtrl"]
    target = {"type": "endpoint", "ieee_address": ieee(stack, "bulb_color"), "endpoint": 11}
    assert {"cluster": "genLevelCtrl", "target": target} in bindings_of(stack, "remote_onoff", "1")
    assert {(11, ON_OFF, None, 0), (11, LEVEL, None, 0)} <= stack.simulator.device("bulb_color").reporting.keys()
    answer = await stack.request(
        "device/unbind", {"from": "remote_onoff", "to": "bulb_color", "skip_disable_reporting": True}
    )
    assert answer["status"] == "ok"
    assert (11, LEVEL, None, 0) in stack.simulator.device("bulb_color").reporting


async def test_the_default_bind_group_is_listed_once_something_is_bound_to_it(stack: Stack) -> None:
    assert "default_bind_group" not in groups(stack)
    await stack.request("device/bind", {"from": "remote_onoff", "to": "default_bind_group"})
    assert Binding(1, ON_OFF, 901, 0) in stack.simulator.device("remote_onoff").bindings
    await until(lambda: groups(stack).get("default_bind_group", {}).get("id") == 901, 60, "default group listed")
    answer = await stack.request("device/binds/clear", {"target": "remote_onoff"})
    assert answer["data"] == {"ieee_list": ["0xffffffffffffffff"], "target": "remote_onoff"}
    assert stack.simulator.device("remote_onoff").bindings == []
    await until(lambda: bindings_of(stack, "remote_onoff", "1") == [], 60, "no bindings shown")


async def test_reporting_is_configured_and_read_on_request(stack: Stack) -> None:
    asked = {
        "id": "plug_innr", "endpoint": 1, "cluster": "genLevelCtrl", "attribute": "currentLevel",
        "minimum_report_interval": 7, "maximum_report_interval": 77, "reportable_change": 3,
    }  # fmt: skip
    assert await stack.request("device/reporting/configure", asked) == {"data": asked, "status": "ok"}
    shown = entries(stack)["plug_innr"]["endpoints"]["1"]["configured_reportings"]
    assert {
        "attribute": "currentLevel", "cluster": "genLevelCtrl", "maximum_report_interval": 77,
        "minimum_report_interval": 7, "reportable_change": 3,
    } in shown  # fmt: skip
    ask = {"id": "plug_innr", "endpoint": 1, "cluster": "genLevelCtrl", "configs": [{"attribute": "currentLevel"}]}
    answer = await stack.request("device/reporting/read", ask)
    record = {
        "attrId": 0, "dataType": 32, "direction": 0, "maxRepIntval": 77, "minRepIntval": 7, "repChange": 3, "status": 0,
    }  # fmt: skip
    assert answer["data"] == {"id": "plug_innr", "endpoint": 1, "cluster": "genLevelCtrl", "configs": [record]}


async def test_a_member_out_of_reach_is_not_entered_and_a_group_is_removed_for_all(stack: Stack) -> None:
    await stack.request("group/add", {"friendly_name": "other", "id": 12})
    plug = stack.simulator.device("plug_innr")
    plug.fail("no_ack")
    answer = await stack.request("group/members/add", {"group": "other", "device": "plug_innr"}, timeout_s=60)
    assert answer["error"].startswith("Failed to add to group (")
    plug.fail(None)
    assert groups(stack)["other"]["members"] == []
    assert (await stack.request("group/members/add", {"group": 12, "device": "plug_innr"}))["status"] == "ok"
    assert plug.groups[1] == {12}
    mark = len(stack.recorder.messages)
    answer = await stack.request("group/remove", {"id": "other"})
    assert answer == {"data": {"force": False, "id": "other"}, "status": "ok"}
    assert plug.groups[1] == set()
    assert "other" not in groups(stack)
    assert [m.payload for m in stack.recorder.of(f"{BASE}/other", mark)] == [b""]


async def test_a_raw_action_sends_a_frame_made_by_hand_and_hands_on_the_answer(stack: Stack) -> None:
    params = {
        "ieee_address": ieee(stack, "bulb_ct"), "network_address": stack.simulator.device("bulb_ct").nwk,
        "dst_endpoint": 1, "cluster_key": "genOnOff",
        "zcl": {"frame_type": 1, "direction": 0, "command_key": "toggle", "payload": {}},
    }  # fmt: skip
    answer = await stack.request("action", {"action": "raw", "params": params})
    assert answer["data"]["header"]["commandIdentifier"] == 0x0B, "the default response"
    assert answer["data"]["data"]["data"][-2:] == [2, 0]
    assert (await stack.request("action", {"action": "bogus"}))["error"] == "Invalid action"


async def test_attributes_are_read_and_written_and_commands_sent_over_the_set_topic(stack: Stack) -> None:
    bulb = stack.simulator.device("bulb_ct")
    write = {"write": {"cluster": "genLevelCtrl", "payload": {"onLevel": 77}}}
    assert await answer_to(stack, "bulb_ct", write) == "ok"
    assert bulb.get(1, LEVEL, 0x0011) == 77
    mark = len(stack.recorder.messages)
    read = {"read": {"cluster": "genLevelCtrl", "attributes": ["onLevel"], "state_property": "levels"}}
    stack.recorder.publish(f"{BASE}/bulb_ct/set", read)
    await state(stack, "bulb_ct", {"levels": {"onLevel": 77}}, mark)
    command = {
        "command": {
            "cluster": "genLevelCtrl",
            "command": "moveToLevelWithOnOff",
            "payload": {"level": 9, "transtime": 0},
        }
    }
    assert await answer_to(stack, "bulb_ct", command) == "ok"
    assert bulb.get(1, LEVEL, 0x0000) == 9
    before = len(stack.simulator.heard_zcl("bulb_ct", cluster=0x0000, command=0))
    assert await answer_to(stack, "bulb_ct", {"reset": ""}) == "ok"
    assert len(stack.simulator.heard_zcl("bulb_ct", cluster=0x0000, command=0)) == before + 1
