"""Answers what frontends ask about groups: makes and removes them, and says to devices which they belong to."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any

import structlog

from zigbus.bus import Bus, Table
from zigbus.contract import group_requests as g
from zigbus.contract import operations, storage
from zigbus.contract import requests as r
from zigbus.contract.base import FailureCode, Json, RequestFailed
from zigbus.contract.devices import DeviceDescription
from zigbus.contract.household import GroupMember
from zigbus_registry.entities import find, name_of
from zigbus_registry.keeper import Keeper
from zigbus_registry.membership import Members, groups_of, joined, left
from zigbus_registry.names import name_errors
from zigbus_registry.serving import serve_counted
from zigbus_registry.settings import DEFAULT_BIND_GROUP, Settings

log = structlog.get_logger()

HIGHEST_GROUP = 65527  # the ids above are reserved (Zigbee specification R22, 3.6.1.9)


class GroupRequests:
    """The handlers of the operations about groups."""

    def __init__(self, bus: Bus, keeper: Keeper, devices: Table[DeviceDescription]) -> None:
        self._bus, self._keeper, self._devices = bus, keeper, devices
        self._following: set[asyncio.Task[None]] = set()

    async def serve(self) -> None:
        """Start to answer."""
        await serve_counted(self._bus, operations.ADD_GROUP, self.add)
        await serve_counted(self._bus, operations.REMOVE_GROUP, self.remove)
        await serve_counted(self._bus, operations.CHANGE_MEMBERSHIP, self.change_membership)

    async def add(self, ask: g.AddGroup) -> g.AddGroupResult:
        """Make a group."""
        if not isinstance(ask.name, str):
            raise RequestFailed.of(FailureCode.INVALID, "Invalid payload", name=ask.name)
        name = ask.name
        made: list[str] = []

        def added(settings: Settings) -> Settings:
            for error in name_errors(name):
                raise RequestFailed.of(FailureCode.INVALID, error, name=name)
            if settings.is_name_in_use(name):
                raise RequestFailed.of(FailureCode.CONFLICT, f"friendly_name '{name}' is already in use", name=name)
            made[:] = [_group_id(ask.id, settings)]
            return settings.with_group(made[0], name)

        revisions = await self._keeper.change(added)
        log.info("group_added", group=int(made[0]), name=name)
        return g.AddGroupResult(id=int(made[0]), name=name, revisions=revisions)

    async def remove(self, ask: g.RemoveGroup) -> g.RemoveGroupResult:
        """Remove a group. Unless forced, a member that cannot be told keeps it alive."""
        key = find("group", ask.id, self._devices, self._keeper.settings)
        name = name_of(key, self._devices, self._keeper.settings)
        if not ask.force:
            for member in self._keeper.members.get(key, ()):
                await self._tell(member, int(key), add=False)
        revisions = await self._keeper.change(lambda settings: settings.without_group(key))
        log.info("group_removed", group=int(key), name=name, force=ask.force)
        return g.RemoveGroupResult(id=int(key), name=name, revisions=revisions)

    async def change_membership(self, ask: g.ChangeMembership) -> g.ChangeMembershipResult:
        """Tell a device which group its endpoint belongs to, then note it. Fails as the radio fails; then nothing changes."""
        member = GroupMember(ieee=ask.ieee, endpoint=ask.endpoint)
        if ask.add and ask.group is None:
            raise RequestFailed.of(FailureCode.INVALID, "A group is needed to add a member to", ieee=ask.ieee)
        if ask.group is not None:
            self._known(str(ask.group))
        concerned = groups_of(self._keeper.members, member) if ask.group is None else [str(ask.group)]
        await self._tell(member, ask.group, add=ask.add)

        def changed(members: Members) -> Members:
            for group in concerned:
                members = joined(members, group, member) if ask.add else left(members, group, member)
            return members

        revisions = await self._keeper.change_members(changed)
        log.info("membership_changed", ieee=ask.ieee, endpoint=ask.endpoint, groups=concerned, added=ask.add)
        if ask.add or not ask.keep_reporting:
            self._follow(ask, revisions[storage.GROUPS.name])
        return g.ChangeMembershipResult(groups=tuple(map(int, concerned)), revisions=revisions)

    def _known(self, group: str) -> None:
        if group not in self._keeper.settings.groups and group != DEFAULT_BIND_GROUP:
            raise RequestFailed.of(FailureCode.NOT_FOUND, f"Group '{group}' does not exist", group=group)

    async def _tell(self, member: GroupMember, group: int | None, *, add: bool) -> None:
        device = self._devices.get(member.ieee)
        if device is None:
            raise RequestFailed.of(FailureCode.NOT_FOUND, f"Device '{member.ieee}' does not exist", ieee=member.ieee)
        ask = r.GroupMembership(ieee=member.ieee, endpoint=member.endpoint, group=group, add=add)
        await self._bus.call(operations.GROUP_MEMBERSHIP, ask, coordinator=device.coordinator)

    def _follow(self, ask: g.ChangeMembership, revision: int) -> None:
        """Reporting is the converter's business; nobody waits for it."""
        follow = g.FollowMembership(
            ieee=ask.ieee, endpoint=ask.endpoint, group=ask.group, added=ask.add, revision=revision
        )
        self._spawn(self._told(follow))

    async def _told(self, follow: g.FollowMembership) -> None:
        with contextlib.suppress(RequestFailed):  # it logs what it could not do
            await self._bus.call(operations.FOLLOW_MEMBERSHIP, follow, ieee=follow.ieee)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._following.add(task)
        task.add_done_callback(self._following.discard)


def _group_id(wanted: Json, settings: Settings) -> str:
    """Return the id of a new group. Raises RequestFailed if it is taken, or no number that a group can have."""
    if wanted is None or (isinstance(wanted, str) and not wanted.strip()):
        return next(str(free) for free in range(1, HIGHEST_GROUP) if str(free) not in settings.groups)
    text = str(wanted).strip()
    if isinstance(wanted, bool) or not text.isdecimal() or not 1 <= int(text) <= HIGHEST_GROUP:
        raise RequestFailed.of(FailureCode.INVALID, f"GroupID must be >= 1 and <= {HIGHEST_GROUP}", id=wanted)
    group = str(int(text))
    if group in settings.groups:
        raise RequestFailed.of(FailureCode.CONFLICT, f"Group ID '{group}' is already in use", id=wanted)
    return group
