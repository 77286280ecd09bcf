"""Requests about groups: to the registry, which owns them, and from it to the converter, which sets up reporting."""

from __future__ import annotations

from zigbus.contract.base import Ieee, Json, Message, Reply

# ---- to the registry -------------------------------------------------------------------------------------------------


class AddGroup(Message, frozen=True, kw_only=True):
    """Make a group called `name`; `id` None = the lowest that is free."""

    name: Json
    id: Json = None


class AddGroupResult(Reply, frozen=True, kw_only=True):
    """The group as it is now."""

    id: int = 0
    name: str = ""
    revisions: dict[str, int] = {}


class RemoveGroup(Message, frozen=True, kw_only=True):
    """Take all members out of a group and forget it. `force`: forget it, whatever the members do."""

    id: str  # name or number
    force: bool = False


class RemoveGroupResult(Reply, frozen=True, kw_only=True):
    """The group as it was called."""

    id: int = 0
    name: str = ""
    revisions: dict[str, int] = {}


class ChangeMembership(Message, frozen=True, kw_only=True):
    """Make an endpoint a member of a group, or end that. `group` None and `add` False: end all its memberships.

    Answered when the device and GROUPS know it. Reporting follows: it is set up where something is bound to the group,
    and taken down where nothing needs it any more, unless `keep_reporting`.
    """

    ieee: Ieee
    endpoint: int
    group: int | None = None
    add: bool = True
    keep_reporting: bool = False


class ChangeMembershipResult(Reply, frozen=True, kw_only=True):
    """The groups that changed, and the revision of GROUPS that shows it."""

    groups: tuple[int, ...] = ()
    revisions: dict[str, int] = {}


# ---- to the converter ------------------------------------------------------------------------------------------------


class FollowMembership(Message, frozen=True, kw_only=True):
    """A membership changed: set up, or take down, the reporting of that endpoint. Answered when that is finished."""

    ieee: Ieee
    endpoint: int
    group: int | None = None  # None: all groups were left
    added: bool = True
    revision: int = 0  # of GROUPS, that shows it
