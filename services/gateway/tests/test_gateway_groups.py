"""Requests about groups, members, bindings and reporting; the test answers in the place of registry and converter."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest_asyncio
from services.gateway.tests.gateway_rig import LAMP, WEATHER, Rig, definition

from zigbus.contract import binding_requests as b
from zigbus.contract import group_requests as g
from zigbus.contract import operations, storage
from zigbus.contract import requests as r
from zigbus.contract.base import FailureCode, Message, Reply, RequestFailed
from zigbus.contract.definitions import Scene
from zigbus.contract.household import EntityOptions, Group, GroupMember, Name, PublicSettings
from zigbus.contract.operations import Operation
from zigbus.waiting import until

MEMBER = GroupMember(ieee=LAMP, endpoint=1)


class Others:
    """Registry and converter: answer what they are told to answer, and remember what they were asked."""

    def __init__(self, rig: Rig) -> None:
        self.rig, self.asked, self.answers = rig, list[Message](), dict[str, Reply | RequestFailed]()

    async def serve(self) -> None:
        for operation in (
            operations.ADD_GROUP, operations.REMOVE_GROUP, operations.CHANGE_MEMBERSHIP, operations.RENAME,
            operations.SET_OPTIONS, operations.BIND_ENDPOINT, operations.FORGET_BINDINGS, operations.REPORT_ATTRIBUTE,
            operations.SHOW_REPORTING, operations.SET, operations.GET,
        ):  # fmt: skip
            await self._answer(operation)

    async def _answer(self, operation: Operation[Any, Any]) -> None:
        async def answer(ask: Message) -> Reply:
            self.asked.append(ask)
            known: Reply | RequestFailed = self.answers.get(operation.name, operation.answer())
            if isinstance(known, RequestFailed):
                raise known
            return known

        await self.rig.bus.serve(operation, answer)


@pytest_asyncio.fixture
async def others(rig: Rig) -> Others:
    """A house with two groups, `lamps` (11, made first) and `few` (7); the gateway runs."""
    await rig.put(storage.GROUPS, "7", Group(id=7))
    await rig.put(storage.GROUPS, "11", Group(id=11, members=(MEMBER,)))
    await rig.put(storage.NAMES, "11", Name(friendly_name="lamps"))
    await rig.put(storage.NAMES, "7", Name(friendly_name="few"))
    config = rig.config | {"groups": {"11": {"friendly_name": "lamps"}, "7": {"friendly_name": "few"}}}
    await rig.put(storage.SETTINGS, "public", PublicSettings(config=config, schema={}))
    found = Others(rig)
    await found.serve()
    await rig.start()
    return found


async def request(rig: Rig, path: str, payload: Any) -> Any:
    before = len(rig.mqtt.of(f"bridge/response/{path}"))
    await rig.mqtt.publish(f"bridge/request/{path}", payload)
    await until(lambda: len(rig.mqtt.of(f"bridge/response/{path}")) > before, 20.0, f"answer to {path}")
    return rig.mqtt.of(f"bridge/response/{path}")[-1].json


def failed(code: FailureCode, text: str) -> RequestFailed:
    return RequestFailed.of(code, text)


REFUSED: tuple[tuple[str, Any, str], ...] = (
    ("group/add", {}, "Invalid payload"),
    ("group/add", {"friendly_name": 5}, "Invalid payload"),
    ("group/remove", {"id": "nogroup"}, "Group 'nogroup' does not exist"),
    ("group/remove", {}, "Invalid payload"),
    ("group/rename", {"from": "lamp", "to": "x"}, "Group 'lamp' does not exist"),
    ("group/rename", {"from": "lamps"}, "Invalid payload"),
    ("group/options", {"id": "lamps"}, "Invalid payload"),
    ("group/options", {"id": "lamp", "options": {}}, "Group 'lamp' does not exist"),
    ("group/members/add", {"device": "lamp"}, "Invalid payload"),
    ("group/members/add", "nonsense", "Invalid payload"),
    ("group/members/add", {"group": "lamps", "device": "nobody"}, "Device 'nobody' does not exist"),
    ("group/members/add", {"group": "nobody", "device": "lamp"}, "Group 'nobody' does not exist"),
    (
        "group/members/add",
        {"group": "lamps", "device": "lamp", "endpoint": 99},
        "Device 'lamp' does not have endpoint '99'",
    ),
    ("group/members/remove_all", {}, "Invalid payload"),
    ("device/bind", {}, "Invalid payload"),
    ("device/bind", "nonsense", "Invalid payload"),
    ("device/bind", {"from": "nobody", "to": "lamp"}, "Source device 'nobody' does not exist"),
    ("device/bind", {"from": "lamp", "to": "nobody"}, "Target device or group 'nobody' does not exist"),
    (
        "device/unbind",
        {"from": "lamp", "from_endpoint": "left", "to": "weather"},
        "Source device 'lamp' does not have endpoint 'left'",
    ),
    (
        "device/bind",
        {"from": "lamp", "to": "weather", "to_endpoint": 9},
        "Target device 'weather' does not have endpoint '9'",
    ),
    ("device/bind", {"from": "lamp", "to": "weather"}, "Nothing to bind"),
    ("device/unbind", {"from": "lamp", "to": "weather"}, "Nothing to unbind"),
    ("device/binds/clear", {}, "Invalid payload"),
    ("device/binds/clear", {"target": "nobody"}, "Invalid target"),
    ("device/binds/clear", {"target": "lamp", "ieee_list": ["nonsense"]}, "Invalid payload"),
    ("device/reporting/configure", {"id": "lamp"}, "Invalid payload"),
    ("device/reporting/read", {"id": "lamp", "endpoint": 1, "cluster": "genOnOff", "configs": 5}, "Invalid payload"),
    (
        "device/reporting/read",
        {"id": "lamp", "endpoint": 9, "cluster": "genOnOff", "configs": []},
        f"Device '{LAMP}' does not have endpoint '9'",
    ),
)


async def test_wrong_requests_get_the_contracts_errors(rig: Rig, others: Others) -> None:
    for path, payload, text in REFUSED:
        answer = await request(rig, path, payload)
        assert answer == {"data": {}, "error": text, "status": "error"}, (path, payload)


ANSWERED: tuple[tuple[str, Any, Message, Reply, dict[str, Any]], ...] = (
    (
        "group/add",
        {"friendly_name": "new", "id": 3},
        g.AddGroup(name="new", id=3),
        g.AddGroupResult(id=3, name="new"),
        {"friendly_name": "new", "id": 3},
    ),
    (
        "group/add",
        "simple",
        g.AddGroup(name="simple"),
        g.AddGroupResult(id=1, name="simple"),
        {"friendly_name": "simple", "id": 1},
    ),
    (
        "group/remove",
        {"id": 11, "force": True},
        g.RemoveGroup(id="11", force=True),
        g.RemoveGroupResult(id=11),
        {"force": True, "id": 11},
    ),
    ("group/remove", "few", g.RemoveGroup(id="7"), g.RemoveGroupResult(id=7), {"force": False, "id": "few"}),
    (
        "group/rename",
        {"from": "lamps", "to": "lights"},
        r.Rename(old="lamps", new="lights", kind="group"),
        r.RenameResult(old="lamps", new="lights"),
        {"from": "lamps", "homeassistant_rename": False, "to": "lights"},
    ),
    (
        "group/options",
        {"id": "lamps", "options": {"off_state": "last_member_state"}},
        r.SetOptions(id="11", options={"off_state": "last_member_state"}, kind="group"),
        r.SetOptionsResult(after={"off_state": "last_member_state"}, restart_required=True),
        {"from": {}, "id": "lamps", "restart_required": True, "to": {"off_state": "last_member_state"}},
    ),
    (
        "group/members/add",
        {"group": "lamps", "device": "weather"},
        g.ChangeMembership(ieee=WEATHER, endpoint=1, group=11),
        g.ChangeMembershipResult(groups=(11,)),
        {"device": "weather", "endpoint": "default", "group": "lamps"},
    ),
    (
        "group/members/remove",
        {"group": 11, "device": LAMP, "endpoint": 1, "skip_disable_reporting": True},
        g.ChangeMembership(ieee=LAMP, endpoint=1, group=11, add=False, keep_reporting=True),
        g.ChangeMembershipResult(groups=(11,)),
        {"device": LAMP, "endpoint": 1, "group": 11},
    ),
    (
        "group/members/remove_all",
        {"device": "lamp"},
        g.ChangeMembership(ieee=LAMP, endpoint=1, add=False),
        g.ChangeMembershipResult(),
        {"device": "lamp", "endpoint": "default"},
    ),
    (
        "device/bind",
        {"from": "weather", "to": "lamp", "to_endpoint": 1, "clusters": ["genOnOff", "genLevelCtrl", "nosuch"]},
        b.BindEndpoint(ieee=WEATHER, endpoint=1, target=LAMP, target_endpoint=1, clusters=(6, 8)),
        b.BindEndpointResult(done=(6,), failed=(8,)),
        {
            "clusters": ["genOnOff"],
            "failed": ["genLevelCtrl"],
            "from": "weather",
            "from_endpoint": "default",
            "to": "lamp",
            "to_endpoint": 1,
        },
    ),
    (
        "device/unbind",
        {"from": "weather", "to": 901, "skip_disable_reporting": True},
        b.BindEndpoint(ieee=WEATHER, endpoint=1, group=901, bind=False, keep_reporting=True),
        b.BindEndpointResult(done=(0x402,)),
        {
            "clusters": ["msTemperatureMeasurement"],
            "failed": [],
            "from": "weather",
            "from_endpoint": "default",
            "to": 901,
        },
    ),
    (
        "device/bind",
        {"from": "weather", "to": "coordinator"},
        b.BindEndpoint(ieee=WEATHER, endpoint=1),
        b.BindEndpointResult(done=(6,)),
        {"clusters": ["genOnOff"], "failed": [], "from": "weather", "from_endpoint": "default", "to": "coordinator"},
    ),
    (
        "device/binds/clear",
        {"target": "weather", "ieee_list": [LAMP.upper().replace("X", "x")]},
        b.ForgetBindings(ieee=WEATHER, targets=(LAMP,)),
        b.Revisions(),
        {"ieee_list": [LAMP.upper().replace("X", "x")], "target": "weather"},
    ),
    (
        "device/configure_reporting",
        {
            "id": "lamp",
            "endpoint": 1,
            "cluster": "genOnOff",
            "attribute": "onOff",
            "minimum_report_interval": 1,
            "maximum_report_interval": 10,
            "options": {"manufacturerCode": 0x115F},
        },
        b.ReportAttribute(
            ieee=LAMP,
            endpoint=1,
            cluster="genOnOff",
            attribute="onOff",
            min_interval_s=1,
            max_interval_s=10,
            manufacturer=0x115F,
        ),
        b.Revisions(),
        {
            "attribute": "onOff",
            "cluster": "genOnOff",
            "endpoint": 1,
            "id": "lamp",
            "maximum_report_interval": 10,
            "minimum_report_interval": 1,
        },
    ),
    (
        "device/reporting/read",
        {"id": "lamp", "endpoint": 1, "cluster": 6, "configs": [{"attribute": 0}], "manufacturer_code": 5},
        b.ShowReporting(ieee=LAMP, endpoint=1, cluster=6, attributes=((0, 0),), manufacturer=5),
        b.ShowReportingResult(records=(b.ReportingRecord(status=0x86, direction=0, attribute=0),)),
        {
            "cluster": 6,
            "configs": [{"attrId": 0, "direction": 0, "status": 0x86}],
            "endpoint": 1,
            "id": "lamp",
            "manufacturer_code": 5,
        },
    ),
)


def operation_of(ask: Message) -> str:
    return next(operation.name for operation in operations.OPERATIONS if operation.ask is type(ask))


async def test_requests_reach_who_carries_them_out_and_are_answered(rig: Rig, others: Others) -> None:
    for path, payload, ask, reply, data in ANSWERED:
        others.asked.clear()
        others.answers = {operation_of(ask): reply}
        answer = await request(rig, path, payload)
        assert answer == {"data": data, "status": "ok"}, (path, payload)
        assert others.asked == [ask]


REFUSED_BY_OTHERS = (
    ("group/add", "lamps", "add_group", "friendly_name 'lamps' is already in use"),
    ("group/remove", {"id": "lamps"}, "remove_group", "Failed to remove group 'lamps' (force: false) (asleep)"),
    ("group/remove", "lamps", "remove_group", "Failed to remove group 'lamps' (asleep)"),
    (
        "group/members/add",
        {"group": "lamps", "device": "lamp"},
        "change_membership",
        "Failed to add to group (asleep)",
    ),
    (
        "group/members/remove",
        {"group": "lamps", "device": "lamp"},
        "change_membership",
        "Failed to remove from group (asleep)",
    ),
    (
        "group/members/remove_all",
        {"device": "lamp"},
        "change_membership",
        "Failed to remove_all from group (asleep)",
    ),
)


async def test_what_the_others_refuse_is_told_in_the_contracts_words(rig: Rig, others: Others) -> None:
    for path, payload, operation, text in REFUSED_BY_OTHERS:
        cause = text if "already" in text else "asleep"
        others.answers = {operation: failed(FailureCode.DELIVERY_FAILED, cause)}
        assert (await request(rig, path, payload))["error"] == text


async def test_a_binding_whose_clusters_all_fail_fails(rig: Rig, others: Others) -> None:
    others.answers = {"bind_endpoint": b.BindEndpointResult(failed=(6,))}
    assert (await request(rig, "device/bind", {"from": "lamp", "to": "lamps"}))["error"] == "Failed to bind"


async def test_groups_are_listed_in_the_order_of_the_settings_with_members_and_scenes(rig: Rig, others: Others) -> None:
    scenes = (
        Scene(endpoint=1, id=3, group=11, name="Evening"),
        Scene(endpoint=1, id=1, group=11),
        Scene(endpoint=1, id=5, name="own"),
        Scene(endpoint=2, id=6, group=11),
    )
    await rig.put(storage.DEFINITIONS, LAMP, definition(LAMP, 1, scenes=scenes))
    await rig.put(storage.GROUPS, "901", Group(id=901))
    await rig.put(storage.OPTIONS, "7", EntityOptions(own={"description": "two of them"}))
    listed = await rig.mqtt.wait_for(
        "bridge/groups", lambda p: len(p) == 3 and p[0]["scenes"] and "description" in p[1]
    )
    assert listed == [
        {
            "friendly_name": "lamps",
            "id": 11,
            "members": [{"endpoint": 1, "ieee_address": LAMP}],
            "scenes": [{"id": 1, "name": "Scene 1"}, {"id": 3, "name": "Evening"}],
        },
        {"description": "two of them", "friendly_name": "few", "id": 7, "members": [], "scenes": []},
        {"friendly_name": "default_bind_group", "id": 901, "members": [], "scenes": []},
    ]
    devices = await rig.mqtt.wait_for("bridge/devices", lambda p: p[1]["endpoints"]["1"]["scenes"])
    assert devices[1]["endpoints"]["1"]["scenes"] == [{"id": 5, "name": "own"}]


async def test_a_scene_command_tells_the_lists_again_after_it(rig: Rig, others: Others) -> None:
    revision = await rig.put(storage.DEFINITIONS, LAMP, definition(LAMP, 1, scenes=(Scene(endpoint=1, id=4),)))
    others.answers = {"set": r.KeysResult(revisions={"DEFINITIONS": revision})}
    await rig.mqtt.settle()
    before = {name: len(rig.mqtt.of(f"bridge/{name}")) for name in ("devices", "groups")}
    await rig.mqtt.publish("lamps/set", {"scene_remove_all": ""})
    await until(
        lambda: all(len(rig.mqtt.of(f"bridge/{name}")) > count for name, count in before.items()), 20.0, "both lists"
    )
    assert others.asked == [msgspec.structs.replace(others.asked[0], group=11, payload={"scene_remove_all": ""})]
