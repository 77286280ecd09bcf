"""Groups: one groupcast per command, state from members and to members, scenes, bindings and polling (behaviour 10, 11)."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from services.converter.tests.converter_home import COORDINATOR, Home, endpoint, event_of

from zigbus.bus.nats_server import NatsServer
from zigbus.contract import binding_requests as b
from zigbus.contract import operations, storage
from zigbus.contract.base import FailureCode, Ieee, JsonObject, Message, RequestFailed
from zigbus.contract.devices import Binding, DeviceDescription, InterviewState, LogicalType, Reporting
from zigbus.contract.events import AttributeValue
from zigbus.contract.group_requests import FollowMembership
from zigbus.contract.household import EntityOptions, Group, GroupMember, ImportedState
from zigbus.contract.requests import (
    BindRequest,
    ConfigureReporting,
    GetRequest,
    GroupCommand,
    InvokeCommand,
    InvokeResult,
    KeysResult,
    ReadAttributes,
    SetRequest,
)
from zigbus.waiting import until
from zigbus_converter.binding_plan import Side, bindable, needs_reporting, superfluous
from zigbus_converter.conversations import now_s
from zigbus_converter.entity import Entity
from zigbus_converter.groups import Groups
from zigbus_converter.provider import Native

LAMP, SECOND, PLUG = "0x000d6ffffe100001", "0x0017880104e50002", "0x00158d0002000a01"
REMOTE, STICK = "0x000d6ffffe100009", "0x00124b0012345678"
ON, OFF = {"state": "ON"}, {"state": "OFF"}
ALL, FEW = 11, 12
ON_OFF, LEVEL, SCENES, COLOUR = 0x0006, 0x0008, 0x0005, 0x0300
IS_ON, IS_OFF = "18SS0a 0000 10 01", "18SS0a 0000 10 00"


def device(ieee: Ieee, model: str, maker: str, code: int, number: int, *inputs: int, **more: Any) -> DeviceDescription:
    return DeviceDescription(
        ieee=ieee,
        coordinator=COORDINATOR,
        nwk=1,
        logical_type=more.pop("logical_type", LogicalType.ROUTER),
        interview=InterviewState.SUCCESSFUL,
        endpoints={number: endpoint(*inputs, **more)},
        manufacturer=maker,
        manufacturer_code=code,
        model=model,
    )


def lamp() -> DeviceDescription:
    model = "TRADFRI bulb E27 WS opal 980lm"
    return device(LAMP, model, "IKEA of Sweden", 0x117C, 1, 0, 3, 4, 5, 6, 8, 0x300)


def second() -> DeviceDescription:
    return device(SECOND, "LCA001", "Signify Netherlands B.V.", 0x100B, 11, 0, 3, 4, 5, 6, 8, 0x300)


def plug() -> DeviceDescription:
    return device(PLUG, "SP 120", "innr", 0x1166, 1, 0, 3, 4, 5, 6, 8, 0x702, 0xB04)


def remote(*bindings: Binding) -> DeviceDescription:
    found = device(
        REMOTE,
        "TRADFRI on/off switch",
        "IKEA of Sweden",
        0x117C,
        1,
        0,
        1,
        outputs=(6, 8),
        logical_type=LogicalType.END_DEVICE,
    )
    return msgspec.structs.replace(found, endpoints={1: msgspec.structs.replace(found.endpoints[1], bindings=bindings)})


def stick() -> DeviceDescription:
    return DeviceDescription(ieee=STICK, coordinator=COORDINATOR, nwk=0, logical_type=LogicalType.COORDINATOR)


def of(*members: tuple[Ieee, int], number: int = ALL) -> Group:
    return Group(id=number, members=tuple(GroupMember(ieee=ieee, endpoint=place) for ieee, place in members))


EVERYBODY = of((LAMP, 1), (SECOND, 11), (PLUG, 1))


# ---- decisions -------------------------------------------------------------------------------------------------------


class House:
    """Devices and groups without a bus; `after` applies what follows from a change, as the engine does."""

    def __init__(self, *groups: Group) -> None:
        self.entities: dict[Ieee, Entity] = {}
        for description in (lamp(), second(), plug()):
            entity = self.entities[description.ieee] = Entity(description.ieee)
            entity.known = description
            entity.use(Native().identify(description))
        self.groups = Groups(self.entities.get)
        for group in groups:
            self.groups.group_changed(str(group.id), group)

    def options(self, group: int, **options: Any) -> None:
        self.groups.options_changed(str(group), EntityOptions(own=options, effective=options))

    def after(self, entity: Entity, change: JsonObject) -> list[tuple[str, JsonObject]]:
        entity.state |= change
        found = []
        for other, payload in self.groups.after(entity, change):
            other.state |= payload
            found.append((other.key, payload))
        return found

    def changed(self, ieee: Ieee, **change: Any) -> list[tuple[str, JsonObject]]:
        return self.after(self.entities[ieee], change)

    def commanded(self, group: int, **change: Any) -> list[tuple[str, JsonObject]]:
        found = self.groups.find(group)
        assert found is not None
        return self.after(found, change)


def test_a_group_shows_what_a_member_shows_without_what_groups_do_not_share() -> None:
    house = House(EVERYBODY)
    assert house.changed(LAMP, state="ON", brightness=7, linkquality=3) == [("11", {"state": "ON", "brightness": 7})]


def test_a_group_is_not_told_the_same_by_two_members_but_again_after_its_own_command() -> None:
    house = House(EVERYBODY)
    assert house.changed(LAMP, **ON)
    assert house.changed(SECOND, **ON) == []
    house.commanded(ALL, **ON)
    assert house.changed(LAMP, **ON) == [("11", ON)]


def test_a_group_goes_off_with_its_last_member_or_with_any_by_option() -> None:
    house = House(of((LAMP, 1), (SECOND, 11)))
    house.commanded(ALL, **ON)
    assert house.changed(LAMP, **OFF) == []
    assert house.changed(SECOND, **OFF) == [("11", OFF)]
    house.options(ALL, off_state="last_member_state")
    house.commanded(ALL, **ON)
    assert house.changed(LAMP, **OFF) == [("11", OFF)]


def test_a_group_that_is_not_optimistic_follows_nobody() -> None:
    house = House(EVERYBODY)
    house.options(ALL, optimistic=False)
    assert house.changed(LAMP, **ON) == []


def test_members_show_what_they_can_of_a_groups_command_and_other_groups_follow() -> None:
    house = House(EVERYBODY, of((PLUG, 1), number=FEW))
    shown = {"brightness": 9, "color_mode": "color_temp", "color_temp": 300, "state": "ON"}
    assert house.commanded(ALL, **shown, transition=1) == [
        (LAMP, shown),
        (SECOND, shown),
        (PLUG, ON),
        ("12", shown),
    ]


def test_members_that_are_disabled_or_unknown_have_no_part_in_it() -> None:
    house = House(of((LAMP, 1), ("0x00000000000000ff", 1), (SECOND, 11)))
    house.entities[SECOND].set_options({"disabled": True})
    assert house.commanded(ALL, **ON) == [(LAMP, ON)]


def test_an_endpoint_that_is_no_member_changes_no_group() -> None:
    house = House(of((LAMP, 2)))
    assert house.changed(LAMP, **ON) == []


def test_a_group_without_members_understands_nothing() -> None:
    house = House(of())
    group = house.groups.find(ALL)
    assert group is not None
    group.assemble()
    assert group.assembled is not None
    assert group.assembled.sender_of("state", None) is None


def test_states_of_a_folder_that_was_taken_over_are_for_groups_that_have_none() -> None:
    house = House(EVERYBODY, of(number=FEW))
    house.commanded(ALL, **ON)
    imported = ImportedState(groups={"11": OFF, "12": OFF, "13": OFF})
    assert [group.key for group in house.groups.states_imported(imported)] == ["12"]


@pytest.mark.parametrize(
    ("target", "wanted", "found"),
    [
        (Side(frozenset((6, 8, 0x300)), frozenset()), None, [6, 8]),
        (Side(frozenset(), frozenset((0x402,))), None, [0x402]),
        (None, None, [6, 8, 0x402]),
        (None, (8, 0x300), [8]),
        (Side(frozenset((0x102,)), frozenset()), None, []),
    ],
)
def test_clusters_are_bound_that_one_side_has_and_the_other_uses(
    target: Side | None, wanted: tuple[int, ...] | None, found: list[int]
) -> None:
    source = Side(frozenset((0, 0x402)), frozenset((6, 8)))
    assert bindable(source, target, wanted) == found


def test_reporting_is_needed_until_it_is_there_and_bound_and_superfluous_when_nobody_needs_it() -> None:
    bare = endpoint(6, 8)
    ours = Binding(cluster=ON_OFF, ieee=STICK, endpoint=1)
    report = Reporting(cluster=ON_OFF, attribute=0, min_interval_s=0, max_interval_s=3600)
    configured = msgspec.structs.replace(bare, reportings=(report,))
    complete = msgspec.structs.replace(configured, bindings=(ours,))
    needed = [needs_reporting(described, ON_OFF, STICK) for described in (bare, configured, complete)]
    assert needed == [True, True, False]
    assert not needs_reporting(bare, 0x300, STICK)
    assert superfluous(complete, [], STICK) == [ON_OFF]
    assert superfluous(complete, [Binding(cluster=ON_OFF, ieee=LAMP, endpoint=1)], STICK) == []


# ---- on the bus ------------------------------------------------------------------------------------------------------


async def furnished(home: Home, *devices: DeviceDescription, groups: tuple[Group, ...] = (EVERYBODY,)) -> None:
    for group in groups:
        await home.bus.bucket(storage.GROUPS).put(str(group.id), group)
    await home.start(*(devices or (lamp(), second(), plug())))


async def group_set(home: Home, payload: JsonObject, group: int = ALL) -> KeysResult:
    return await home.bus.call(operations.SET, SetRequest(group=group, payload=payload), group=group)


def sent(home: Home) -> list[tuple[int, int, str]]:
    """Groupcasts: cluster, command, payload."""
    return [(c.cluster, c.command, c.payload.hex()) for c in home.calls if isinstance(c, GroupCommand)]


def published(home: Home, group: int = ALL) -> list[JsonObject]:
    return [update.changed for update in home.updates if update.group == group]


async def test_a_command_is_one_groupcast_and_shows_in_the_group_and_its_members(
    home: Home, nats_server: NatsServer
) -> None:
    await furnished(home)
    async with home.converter(nats_server.url):
        answer = await group_set(home, {"state": "ON", "brightness": 120, "transition": 1})
        assert [key.failure for key in answer.keys] == [None, None, None]
        assert sent(home) == [(LEVEL, 4, "780a000000")]
        shown = {"state": "ON", "brightness": 120}
        await home.expect(LAMP, shown)
        await home.expect(SECOND, shown)
        await home.expect(PLUG, ON)
        await until(lambda: published(home) == [shown], what="group shown")
        assert (await home.stored(str(ALL))).state == shown


async def test_a_report_of_a_member_shows_in_its_group_also_after_a_restart(
    home: Home, nats_server: NatsServer
) -> None:
    await furnished(home)
    async with home.converter(nats_server.url):
        await home.report(LAMP, IS_ON, 1, ON_OFF)
        await until(lambda: published(home) == [ON], what="group on")
        await home.worked_in(LAMP, 1)
    async with home.converter(nats_server.url):
        await home.report(LAMP, IS_OFF, 1, ON_OFF)
        await until(lambda: published(home) == [ON, OFF], what="group off")
        assert [u.sequence for u in home.updates if u.group == ALL] == [1, 2]


async def test_a_group_is_read_by_one_groupcast_and_unknown_keys_are_refused(
    home: Home, nats_server: NatsServer
) -> None:
    await furnished(home)
    async with home.converter(nats_server.url):
        ask = GetRequest(group=ALL, payload={"state": "", "nosuch": ""})
        answer = await home.bus.call(operations.GET, ask, group=ALL)
        assert [key.failure and key.failure.code for key in answer.keys] == [None, FailureCode.UNSUPPORTED]
        (call,) = [c for c in home.calls if isinstance(c, GroupCommand)]
        assert (call.cluster, call.command, call.payload, call.general) == (ON_OFF, 0, b"\0\0", True)


async def test_a_group_that_is_removed_takes_its_state_with_it(home: Home, nats_server: NatsServer) -> None:
    await furnished(home)
    async with home.converter(nats_server.url):
        await group_set(home, ON)
        await home.stored(str(ALL))
        states = await home.bus.table(storage.STATE)
        await home.bus.bucket(storage.GROUPS).delete(str(ALL))
        await until(lambda: str(ALL) not in states, what="state deleted")
        with pytest.raises(RequestFailed) as refused:
            await group_set(home, ON)
        assert refused.value.failure.code is FailureCode.NOT_FOUND


# ---- scenes ----------------------------------------------------------------------------------------------------------


def scenes(home: Home, ieee: Ieee) -> list[tuple[int, str, str]]:
    """Scene commands to a device: command, payload, whether its own response is waited for."""
    calls = [c for c in home.calls if isinstance(c, InvokeCommand) and c.ieee == ieee and c.cluster == SCENES]
    return [(c.command, c.payload.hex(), "response" if c.expects_response else "default") for c in calls]


def answering(status: int) -> Any:
    def answer(ask: Message) -> InvokeResult:
        return InvokeResult(response=bytes((status, 0, 0, 5)))

    return answer


async def test_a_scene_is_stored_shown_and_recalled_with_what_was_seen_then(
    home: Home, nats_server: NatsServer
) -> None:
    await furnished(home)
    home.answer = answering(0)
    async with home.converter(nats_server.url):
        await home.set(LAMP, {"brightness": 44})
        answer = await home.set(LAMP, {"scene_store": {"ID": 5, "name": "own"}})
        definitions = await home.bus.table(storage.DEFINITIONS)
        assert await definitions.until(answer.revisions["DEFINITIONS"], 60)
        assert [(s.endpoint, s.id, s.group, s.name) for s in definitions[LAMP].scenes] == [(1, 5, 0, "own")]
        await home.set(LAMP, {"brightness": 200})
        await home.set(LAMP, {"scene_recall": 5})
        await home.expect(LAMP, *({"state": "ON", "brightness": level} for level in (44, 200, 44)))
        assert scenes(home, LAMP) == [(4, "000005", "response"), (5, "000005ffff", "default")]


async def test_a_group_recalls_what_each_member_showed(home: Home, nats_server: NatsServer) -> None:
    await furnished(home, groups=(of((LAMP, 1), (SECOND, 11)),))
    async with home.converter(nats_server.url):
        await group_set(home, {"brightness": 10})
        await home.set(SECOND, {"brightness": 90})
        await group_set(home, {"scene_store": 1})
        await group_set(home, {"brightness": 200})
        await group_set(home, {"scene_recall": 1})
        await home.expect(LAMP, *({"state": "ON", "brightness": level} for level in (10, 200, 10)))
        await home.expect(SECOND, *({"state": "ON", "brightness": level} for level in (10, 90, 200, 90)))
        levels = (10, 90, 200, 10, 90)
        await until(lambda: [shown["brightness"] for shown in published(home)] == [*levels], what="group followed")
        assert [call for call in sent(home) if call[0] == SCENES] == [(SCENES, 4, "0b0001"), (SCENES, 5, "0b0001ffff")]


REFUSED: tuple[tuple[JsonObject, int, str], ...] = (
    ({"scene_store": {"ID": 0}}, 0, "Scene ID 0 cannot be used with group ID 0 (reserved)."),
    ({"scene_store": "abc"}, 0, "ID is not a number, got string (abc)"),
    ({"scene_recall": {"ID": 5}}, 0, "Value is not a number, got object ([object Object])"),
    ({"scene_add": {"ID": 6, "color_temp": 400, "color": {"x": 0.1, "y": 0.1}}}, 0, "Don't specify both 'color_temp' and 'color'"),
    ({"scene_add": {"ID": 6}}, 0x89, "Scene add unable to remove existing scene ('INSUFFICIENT_SPACE')"),
    ({"scene_store": 6}, 0x89, "Scene add not successful ('INSUFFICIENT_SPACE')"),
    ({"scene_remove": 6}, 0x8B, "Scene remove not successful ('NOT_FOUND')"),
    ({"scene_rename": {"ID": 77, "name": "x"}}, 0, "No such scene in device meta data"),
)  # fmt: skip


async def test_scenes_that_cannot_be_say_why_and_are_not_remembered(home: Home, nats_server: NatsServer) -> None:
    await furnished(home)
    async with home.converter(nats_server.url):
        for payload, status, text in REFUSED:
            home.answer = answering(status)
            (outcome,) = (await home.set(LAMP, payload)).keys
            assert outcome.failure is not None, payload
            assert outcome.failure.text == text
        definitions = await home.bus.table(storage.DEFINITIONS)
        assert definitions[LAMP].scenes == ()


ADDED: tuple[tuple[JsonObject, int, str], ...] = (
    ({"ID": 6, "color_temp": 400, "brightness": 12}, 0x00, "0000060000000003041c7ae6690800010c"),
    ({"ID": 6, "state": "on", "transition": 3}, 0x00, "0000060300000600 01 01".replace(" ", "")),
    ({"ID": 6, "state": "off", "transition": 1.5}, 0x40, "0000060f00000600 01 00".replace(" ", "")),
    ({"ID": 6, "group_id": 7, "color": {"x": 0.5, "y": 0.25}}, 0x00, "070006000000000304 0080 0040".replace(" ", "")),
)


async def test_a_scene_is_added_with_values_after_the_one_of_that_number_is_removed(
    home: Home, nats_server: NatsServer
) -> None:
    await furnished(home)
    home.answer = answering(0)
    async with home.converter(nats_server.url):
        for value, command, payload in ADDED:
            home.calls.clear()
            (outcome,) = (await home.set(LAMP, {"scene_add": value})).keys
            assert outcome.failure is None
            removed, added = scenes(home, LAMP)
            assert removed[0] == 2
            assert added == (command, payload, "response")


# ---- bindings and polling --------------------------------------------------------------------------------------------


def bound(home: Home) -> list[tuple[Ieee, int, Ieee | None, int | None]]:
    """Bind requests: who, cluster, target or group."""
    return [(c.ieee, c.cluster, c.target, c.group) for c in home.calls if isinstance(c, BindRequest)]


def reported(home: Home) -> list[tuple[Ieee, int, list[tuple[int, int]]]]:
    """Reporting configurations: who, cluster, attribute and longest interval."""
    calls = [c for c in home.calls if isinstance(c, ConfigureReporting)]
    return [(c.ieee, c.cluster, [(item.attribute, item.max_interval_s) for item in c.items]) for c in calls]


async def test_what_is_bound_to_has_to_report_what_it_is_told(home: Home, nats_server: NatsServer) -> None:
    await furnished(home, stick(), remote(), lamp())
    async with home.converter(nats_server.url):
        await home.definition(LAMP, configured=True)
        home.calls.clear()
        ask = b.BindEndpoint(ieee=REMOTE, endpoint=1, target=LAMP, target_endpoint=1)
        answer = await home.bus.call(operations.BIND_ENDPOINT, ask, ieee=REMOTE)
        assert (answer.done, answer.failed) == ((ON_OFF, LEVEL), ())
        to_lamp = [(REMOTE, ON_OFF, LAMP, None), (REMOTE, LEVEL, LAMP, None)]
        assert bound(home) == [*to_lamp, (LAMP, ON_OFF, None, None), (LAMP, LEVEL, None, None)]
        assert reported(home) == [(LAMP, ON_OFF, [(0, 3600)]), (LAMP, LEVEL, [(0, 3600)])]


async def test_a_cluster_that_cannot_be_bound_is_told_and_gets_no_reporting(
    home: Home, nats_server: NatsServer
) -> None:
    await furnished(home, stick(), remote(), lamp())
    async with home.converter(nats_server.url):
        await home.definition(LAMP, configured=True)
        home.calls.clear()

        def refuse(ask: Message) -> InvokeResult:
            if isinstance(ask, BindRequest) and ask.cluster == LEVEL:
                raise RequestFailed.of(FailureCode.REJECTED, "TABLE_FULL")
            return InvokeResult()

        home.answer = refuse
        ask = b.BindEndpoint(ieee=REMOTE, endpoint=1, target=LAMP, target_endpoint=1)
        answer = await home.bus.call(operations.BIND_ENDPOINT, ask, ieee=REMOTE)
        assert (answer.done, answer.failed) == ((ON_OFF,), (LEVEL,))
        assert reported(home) == [(LAMP, ON_OFF, [(0, 3600)])]


async def test_a_new_member_of_a_bound_group_has_to_report(home: Home, nats_server: NatsServer) -> None:
    await furnished(home, stick(), remote(Binding(cluster=ON_OFF, group=ALL)), lamp(), groups=(of((LAMP, 1)),))
    async with home.converter(nats_server.url):
        await home.definition(LAMP, configured=True)
        home.calls.clear()
        ask = FollowMembership(ieee=LAMP, endpoint=1, group=ALL)
        await home.bus.call(operations.FOLLOW_MEMBERSHIP, ask, ieee=LAMP)
        assert reported(home) == [(LAMP, ON_OFF, [(0, 3600)])]


def reporting(description: DeviceDescription, cluster: int) -> DeviceDescription:
    """The device with a cluster that it reports to the coordinator."""
    ((number, described),) = description.endpoints.items()
    bindings = (Binding(cluster=cluster, ieee=STICK, endpoint=1),)
    return msgspec.structs.replace(
        description, endpoints={number: msgspec.structs.replace(described, bindings=bindings)}
    )


async def test_who_leaves_a_group_need_not_report_any_more_and_is_set_up_anew(
    home: Home, nats_server: NatsServer
) -> None:
    await furnished(home, stick(), remote(Binding(cluster=LEVEL, group=ALL)), reporting(lamp(), ON_OFF), groups=(of(),))
    async with home.converter(nats_server.url):
        await home.definition(LAMP, configured=True)
        home.calls.clear()
        ask = FollowMembership(ieee=LAMP, endpoint=1, group=ALL, added=False)
        await home.bus.call(operations.FOLLOW_MEMBERSHIP, ask, ieee=LAMP)
        assert bound(home) == [(LAMP, ON_OFF, None, None)]
        assert reported(home) == [(LAMP, ON_OFF, [(0, 0xFFFF)])]
        assert [c.cluster for c in home.calls if isinstance(c, ReadAttributes)], "the definition's set-up ran again"


async def test_reporting_that_another_binding_needs_stays(home: Home, nats_server: NatsServer) -> None:
    other = Binding(cluster=ON_OFF, ieee=LAMP, endpoint=1)
    await furnished(home, stick(), remote(other), reporting(lamp(), ON_OFF), groups=(of(),))
    async with home.converter(nats_server.url):
        await home.definition(LAMP, configured=True)
        home.calls.clear()
        ask = FollowMembership(ieee=LAMP, endpoint=1, group=ALL, added=False)
        await home.bus.call(operations.FOLLOW_MEMBERSHIP, ask, ieee=LAMP)
        assert reported(home) == []


async def test_a_lamp_that_does_not_report_its_level_is_read_after_the_last_command_of_a_remote(
    home: Home, nats_server: NatsServer
) -> None:
    home.reads[LEVEL, 0] = AttributeValue(id=0, type=0x20, value=99)
    await furnished(home, stick(), remote(Binding(cluster=LEVEL, ieee=SECOND, endpoint=11)), second(), lamp())
    async with home.converter(nats_server.url):
        await home.definition(SECOND, configured=True)
        home.calls.clear()
        for sequence in range(3):
            event = event_of("01SS02 00 10 0a00", REMOTE, 1, LEVEL, sequence=sequence, at_s=now_s())
            await home.hear(msgspec.structs.replace(event, group=ALL))

        def reads() -> list[tuple[Ieee, int, tuple[int, ...]]]:
            calls = [c for c in home.calls if isinstance(c, ReadAttributes) and c.cluster == LEVEL]
            return [(c.ieee, c.cluster, c.attributes) for c in calls]

        await until(reads, 60, "the lamp is read")
        assert reads() == [(SECOND, LEVEL, (0,))], "once, and only the lamp of that maker"


async def test_reporting_is_configured_by_name_and_shown_by_the_device(home: Home, nats_server: NatsServer) -> None:
    await furnished(home, stick(), lamp())
    asked: list[b.ReadReporting] = []

    async def read(ask: b.ReadReporting) -> b.ReadReportingResult:
        asked.append(ask)
        return b.ReadReportingResult(records=(b.ReportingRecord(status=0, direction=0, attribute=0),))

    await home.bus.serve(operations.READ_REPORTING, read, coordinator=COORDINATOR)
    async with home.converter(nats_server.url):
        await home.definition(LAMP, configured=True)
        home.calls.clear()
        wanted = b.ReportAttribute(
            ieee=LAMP, endpoint=1, cluster="genLevelCtrl", attribute="currentLevel", min_interval_s=1, max_interval_s=9
        )
        await home.bus.call(operations.REPORT_ATTRIBUTE, wanted, ieee=LAMP)
        assert bound(home) == [(LAMP, LEVEL, None, None)]
        assert reported(home) == [(LAMP, LEVEL, [(0, 9)])]
        wrong: tuple[JsonObject, ...] = (
            {"attribute": "nosuch"}, {"attribute": 70000}, {"attribute": -1}, {"attribute": {"ID": 5, "type": "nosuch"}},
            {"attribute": {"ID": 5, "type": 300}}, {"cluster": "nosuch"}, {"cluster": 70000},
        )  # fmt: skip
        for change in wrong:
            with pytest.raises(RequestFailed) as refused:
                await home.bus.call(operations.REPORT_ATTRIBUTE, msgspec.structs.replace(wanted, **change), ieee=LAMP)
            assert refused.value.failure.code is FailureCode.INVALID
        show = b.ShowReporting(ieee=LAMP, endpoint=1, cluster="genOnOff", attributes=(("onOff", 0),))
        answer = await home.bus.call(operations.SHOW_REPORTING, show, ieee=LAMP)
        assert [record.attribute for record in answer.records] == [0]
        assert asked[0].attributes == (b.ReportingSource(attribute=0),)
