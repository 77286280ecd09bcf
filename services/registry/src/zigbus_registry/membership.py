"""Who belongs to which group. Decisions only: every change gives a new table."""

from __future__ import annotations

from collections.abc import Mapping

from zigbus.contract.base import Ieee
from zigbus.contract.household import GroupMember

Members = Mapping[str, tuple[GroupMember, ...]]  # by group id, in the order of joining


def joined(members: Members, group: str, member: GroupMember) -> Members:
    """Return the table with a member; one that is there already stays where it is."""
    present = members.get(group, ())
    return members if member in present else {**members, group: (*present, member)}


def left(members: Members, group: str, member: GroupMember) -> Members:
    """Return the table without a member of one group."""
    return {**members, group: tuple(other for other in members.get(group, ()) if other != member)}


def groups_of(members: Members, member: GroupMember) -> list[str]:
    """Return the groups that an endpoint belongs to."""
    return [group for group, present in members.items() if member in present]


def without_device(members: Members, ieee: Ieee) -> Members:
    """Return the table without any endpoint of a device."""
    return {group: tuple(member for member in present if member.ieee != ieee) for group, present in members.items()}
