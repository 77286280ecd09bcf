"""Groups in the registry: who belongs to them, in the settings and on the bus, and what devices are told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from services.registry.tests.registry_home import COORDINATOR, Home

from zigbus.contract import binding_requests as b
from zigbus.contract import group_requests as g
from zigbus.contract import operations, storage
from zigbus.contract import requests as r
from zigbus.contract.base import FailureCode, Reply, RequestFailed
from zigbus.contract.devices import Binding, DeviceDescription, EndpointDescription, LogicalType
from zigbus.contract.household import Group, GroupMember, ImportedState
from zigbus.waiting import until
from zigbus_registry.membership import groups_of, joined, left, without_device

LAMP, PLUG = "0x000d6ffffe100001", "0x00158d0002000a01"
MEMBER, OTHER = GroupMember(ieee=LAMP, endpoint=1), GroupMember(ieee=PLUG, endpoint=1)
SETTINGS = f"""\
version: 5
mqtt:
  server: mqtt://127.0.0.1:1883
advanced:
  network_key: [1, 3, 5, 7, 9, 11, 13, 15, 0, 2, 4, 6, 8, 10, 12, 13]
devices:
  '{LAMP}':
    friendly_name: lamp
groups:
  '7':
    friendly_name: all  # everything
"""


class Told:
    """Radio and converter: what they were asked; `refuses` may raise for a request to the radio."""

    def __init__(self) -> None:
        self.memberships: list[r.GroupMembership] = []
        self.followed: list[g.FollowMembership] = []
        self.refuses: Callable[[r.GroupMembership], bool] = lambda ask: False

    async def serve(self, home: Home) -> None:
        await home.bus.serve(operations.GROUP_MEMBERSHIP, self._membership, coordinator="main")
        await home.bus.serve(operations.FOLLOW_MEMBERSHIP, self._follow)

    async def _membership(self, ask: r.GroupMembership) -> Reply:
        if self.refuses(ask):
            raise RequestFailed.of(FailureCode.DELIVERY_FAILED, "asleep")
        self.memberships.append(ask)
        return Reply()

    async def _follow(self, ask: g.FollowMembership) -> b.Revisions:
        self.followed.append(ask)
        return b.Revisions()


async def started(home: Home, text: str = SETTINGS) -> Told:
    home.file.write_text(text)
    told = Told()
    await told.serve(home)
    await home.start()
    await home.ready()
    await home.add_coordinator()
    for ieee in (LAMP, PLUG):
        await home.join(ieee)
    names = await home.bus.table(storage.NAMES)
    await until(lambda: {COORDINATOR, LAMP, PLUG} <= set(names), what="everybody named")
    return told


async def failure(home: Home, operation: Any, ask: Any) -> tuple[FailureCode, str]:
    with pytest.raises(RequestFailed) as caught:
        await home.bus.call(operation, ask)
    return caught.value.failure.code, caught.value.failure.text


async def entry(home: Home, spec: storage.BucketSpec, key: str) -> Any:
    return await home.bus.bucket(spec).get(key)


async def members(home: Home, group: int, revisions: dict[str, int]) -> tuple[GroupMember, ...]:
    """Who belongs to a group, at the revision that an answer named."""
    groups = await home.bus.table(storage.GROUPS)
    assert await groups.until(revisions["GROUPS"], 60)
    entry: Group = groups[str(group)]
    return entry.members


def test_a_member_joins_once_and_leaves_one_group_or_with_its_device_all() -> None:
    table = joined(joined(joined({}, "1", MEMBER), "1", OTHER), "2", MEMBER)
    assert joined(table, "1", MEMBER) is table
    assert groups_of(table, MEMBER) == ["1", "2"]
    assert left(table, "1", MEMBER) == {"1": (OTHER,), "2": (MEMBER,)}
    assert without_device(table, LAMP) == {"1": (OTHER,), "2": ()}


async def test_a_new_group_is_in_the_settings_under_the_lowest_free_number(home: Home) -> None:
    await started(home)
    first = await home.bus.call(operations.ADD_GROUP, g.AddGroup(name="first"))
    second = await home.bus.call(operations.ADD_GROUP, g.AddGroup(name="second", id="  "))
    third = await home.bus.call(operations.ADD_GROUP, g.AddGroup(name="third", id=11))
    assert [(a.id, a.name) for a in (first, second, third)] == [(1, "first"), (2, "second"), (11, "third")]
    assert await members(home, 11, third.revisions) == ()
    assert (await entry(home, storage.NAMES, "11")).friendly_name == "third"
    assert "  '11':\n    friendly_name: third\n" in home.file.read_text()
    assert "friendly_name: all  # everything" in home.file.read_text()


REFUSED: tuple[tuple[g.AddGroup, FailureCode, str], ...] = (
    (g.AddGroup(name="all"), FailureCode.CONFLICT, "friendly_name 'all' is already in use"),
    (g.AddGroup(name="lamp"), FailureCode.CONFLICT, "friendly_name 'lamp' is already in use"),
    (g.AddGroup(name="x", id=7), FailureCode.CONFLICT, "Group ID '7' is already in use"),
    (g.AddGroup(name="x", id="y"), FailureCode.INVALID, "GroupID must be >= 1 and <= 65527"),
    (g.AddGroup(name="x", id=65528), FailureCode.INVALID, "GroupID must be >= 1 and <= 65527"),
    (g.AddGroup(name=""), FailureCode.INVALID, "friendly_name must be at least 1 char long"),
    (g.AddGroup(name="a/1"), FailureCode.INVALID, "Friendly name cannot end with a \"/DIGIT\" ('a/1')"),
    (g.AddGroup(name=5), FailureCode.INVALID, "Invalid payload"),
)


async def test_a_group_that_cannot_be_made_changes_nothing(home: Home) -> None:
    await started(home)
    before = home.file.read_text()
    for ask, code, text in REFUSED:
        assert await failure(home, operations.ADD_GROUP, ask) == (code, text)
    assert home.file.read_text() == before


async def test_a_member_is_entered_once_its_device_knows_and_reporting_follows(home: Home) -> None:
    told = await started(home)
    answer = await home.bus.call(operations.CHANGE_MEMBERSHIP, g.ChangeMembership(ieee=LAMP, endpoint=1, group=7))
    assert told.memberships == [r.GroupMembership(ieee=LAMP, endpoint=1, group=7)]
    assert await members(home, 7, answer.revisions) == (MEMBER,)
    await until(lambda: told.followed, what="converter told")
    follow = g.FollowMembership(ieee=LAMP, endpoint=1, group=7, revision=answer.revisions["GROUPS"])
    assert told.followed == [follow]
    await home.stop()
    await home.start()
    await home.ready()
    assert await members(home, 7, answer.revisions) == (MEMBER,)


async def test_a_device_that_does_not_answer_becomes_no_member(home: Home) -> None:
    told = await started(home)
    told.refuses = lambda ask: ask.ieee == PLUG
    ask = g.ChangeMembership(ieee=PLUG, endpoint=1, group=7)
    assert await failure(home, operations.CHANGE_MEMBERSHIP, ask) == (FailureCode.DELIVERY_FAILED, "asleep")
    nobody = msgspec.structs.replace(ask, ieee="0x00000000000000ff")
    assert (await failure(home, operations.CHANGE_MEMBERSHIP, nobody))[0] is FailureCode.NOT_FOUND
    nowhere = msgspec.structs.replace(ask, group=99)
    assert await failure(home, operations.CHANGE_MEMBERSHIP, nowhere) == (
        FailureCode.NOT_FOUND,
        "Group '99' does not exist",
    )
    assert (await entry(home, storage.GROUPS, "7")).members == ()


async def test_an_endpoint_leaves_all_groups_with_one_command(home: Home) -> None:
    told = await started(home)
    await home.bus.call(operations.ADD_GROUP, g.AddGroup(name="few", id=8))
    for group in (7, 8):
        await home.bus.call(operations.CHANGE_MEMBERSHIP, g.ChangeMembership(ieee=LAMP, endpoint=1, group=group))
    told.memberships.clear()
    leave = g.ChangeMembership(ieee=LAMP, endpoint=1, add=False, keep_reporting=True)
    answer = await home.bus.call(operations.CHANGE_MEMBERSHIP, leave)
    assert told.memberships == [r.GroupMembership(ieee=LAMP, endpoint=1, group=None, add=False)]
    assert answer.groups == (7, 8)
    assert await members(home, 8, answer.revisions) == ()
    assert [follow.added for follow in told.followed] == [True, True], "reporting was to be kept"


async def test_a_group_is_removed_when_its_members_know_or_by_force(home: Home) -> None:
    told = await started(home)
    await home.bus.call(operations.CHANGE_MEMBERSHIP, g.ChangeMembership(ieee=LAMP, endpoint=1, group=7))
    told.refuses = lambda ask: True
    assert await failure(home, operations.REMOVE_GROUP, g.RemoveGroup(id="all")) == (
        FailureCode.DELIVERY_FAILED,
        "asleep",
    )
    answer = await home.bus.call(operations.REMOVE_GROUP, g.RemoveGroup(id="all", force=True))
    assert (answer.id, answer.name) == (7, "all")
    groups = await home.bus.table(storage.GROUPS)
    assert await groups.until(answer.revisions["GROUPS"], 60)
    assert "7" not in groups
    assert "friendly_name: all" not in home.file.read_text()
    text = "Group 'all' does not exist"
    assert await failure(home, operations.REMOVE_GROUP, g.RemoveGroup(id="all")) == (FailureCode.NOT_FOUND, text)


async def test_a_device_that_leaves_or_is_removed_leaves_its_groups(home: Home) -> None:
    await started(home)
    await home.serve_radio()
    for ieee in (LAMP, PLUG):
        await home.bus.call(operations.CHANGE_MEMBERSHIP, g.ChangeMembership(ieee=ieee, endpoint=1, group=7))
    groups = await home.bus.table(storage.GROUPS)
    await home.leave(PLUG)
    await until(lambda: groups["7"].members == (MEMBER,), what="the plug is gone from its group")
    answer = await home.bus.call(operations.REMOVE_DEVICE, r.RemoveDevice(id="lamp"))
    assert await members(home, 7, answer.revisions) == ()


async def test_the_default_bind_group_is_there_once_something_is_bound_to_it(home: Home) -> None:
    await started(home)
    groups = await home.bus.table(storage.GROUPS)
    assert "901" not in groups
    bound = EndpointDescription(profile=260, device_type=0, bindings=(Binding(cluster=6, group=901),))
    device = DeviceDescription(
        ieee=PLUG, coordinator="main", nwk=1, logical_type=LogicalType.ROUTER, endpoints={1: bound}
    )
    await home.bus.bucket(storage.DEVICES).put(PLUG, device)
    await until(lambda: "901" in groups, what="default group shown")
    assert "901" not in home.file.read_text()


async def test_a_group_is_renamed_and_gets_options(home: Home) -> None:
    await started(home)
    renamed = await home.bus.call(operations.RENAME, r.Rename(old="all", new="everything", kind="group"))
    assert (renamed.old, renamed.new) == ("all", "everything")
    ask = r.SetOptions(id="everything", options={"off_state": "last_member_state", "retain": True}, kind="group")
    answer = await home.bus.call(operations.SET_OPTIONS, ask)
    assert (answer.before, answer.restart_required) == ({}, True)
    options = await entry(home, storage.OPTIONS, "7")
    assert options.effective == {"off_state": "last_member_state", "retain": True}


async def test_the_state_of_a_group_is_taken_over_from_the_folder(home: Home) -> None:
    (home.data / "state.json").write_text('{"7": {"state": "ON"}, "nonsense": {"state": "ON"}}')
    await started(home)
    imported = await home.bus.bucket(storage.SETTINGS).get("imported_state", ImportedState)
    assert imported == ImportedState(groups={"7": {"state": "ON"}})
