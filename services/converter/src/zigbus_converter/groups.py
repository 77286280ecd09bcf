"""All groups, and how a change of a member shows in its groups, and one of a group in its members (behaviour 10).

Whoever made the change applies what comes out, one after the other, because later decisions look at the
states that earlier ones led to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import msgspec
import structlog

from zigbus.bus import Bucket
from zigbus.contract.base import Ieee, Json, JsonObject
from zigbus.contract.household import EntityOptions, Group, GroupMember, ImportedState
from zigbus.contract.updates import EntityState
from zigbus_converter.entity import Entity
from zigbus_converter.group import GroupEntity

log = structlog.get_logger()

SHARED_KEYS = ("state", "brightness", "color_temp", "color", "color_mode")
ON_VALUES, OFF_VALUES = ("ON", "OPEN"), ("OFF", "CLOSE")

Consequences = Iterator[tuple[Entity, JsonObject]]


class Groups:
    """The groups as the bucket has them."""

    def __init__(self, find: Callable[[Ieee], Entity | None]) -> None:
        self.on_removed: Callable[[GroupEntity], None] = lambda group: None
        self._find = find
        self._groups: dict[int, GroupEntity] = {}
        self._options: dict[int, Mapping[str, Json]] = {}
        self._last: dict[int, JsonObject] = {}  # what members' changes made of a group last

    def __iter__(self) -> Iterator[GroupEntity]:
        return iter(self._groups.values())

    def find(self, number: int) -> GroupEntity | None:
        """Return a group, None if there is none of that number."""
        return self._groups.get(number)

    def group_changed(self, key: str, group: Group | None) -> None:
        """An entry of GROUPS changed or went."""
        number = int(key)
        if group is None:
            gone = self._groups.pop(number, None)
            self._last.pop(number, None)
            if gone is not None:
                self.on_removed(gone)
            return
        entity = self._groups.get(number)
        if entity is None:
            entity = self._groups[number] = GroupEntity(number, self._find)
            entity.set_options(self._options.get(number, {}))
        entity.belonging = group.members

    def options_changed(self, key: str, options: EntityOptions | None) -> None:
        """An entry of OPTIONS that is a group's changed or went."""
        self._options[int(key)] = {} if options is None else options.effective
        group = self._groups.get(int(key))
        if group is not None:
            group.set_options(self._options[int(key)])

    async def load(self, states: Bucket[EntityState]) -> None:
        """Take over what an earlier life of this service stored of the groups."""
        for group in self:
            try:
                stored = await states.get(group.key)
            except msgspec.MsgspecError as error:
                log.warning("stored_state_unreadable", group=group.group, error=str(error))
            else:
                if stored is not None:
                    group.restore(stored)

    def states_imported(self, imported: ImportedState | None) -> Iterator[GroupEntity]:
        """Take states of a taken-over data folder for groups that have none of ours; yields those that got one."""
        for key, state in ({} if imported is None else imported.groups).items():
            group = self._groups.get(int(key))
            if group is not None and group.sequence == 0 and not group.state:
                group.state = dict(state)
                yield group

    def after(self, entity: Entity, change: Mapping[str, Json]) -> Consequences:
        """Yield who else has something to publish after a change of a device or group, and what."""
        if isinstance(entity, GroupEntity):
            return self._in_members(entity, change)
        return self._in_groups(entity, change) if self._groups else iter(())

    def _in_groups(self, entity: Entity, change: Mapping[str, Json]) -> Consequences:
        for endpoint, payload in _by_endpoint(entity, change).items():
            for group in self._optimistic(GroupMember(ieee=entity.ieee, endpoint=endpoint)):
                if self._last.get(_number(group)) != payload and _may_show(group, payload):
                    self._last[_number(group)] = payload
                    yield group, payload

    def _in_members(self, group: GroupEntity, change: Mapping[str, Json]) -> Consequences:
        self._last.pop(_number(group), None)
        payload = {key: value for key, value in change.items() if key in SHARED_KEYS}
        if not payload:
            return
        others: dict[int, GroupEntity] = {}
        for entity, endpoint in group.present:
            yield entity, _suffixed(entity, endpoint, _for_member(entity, payload))
            for other in self._optimistic(GroupMember(ieee=entity.ieee, endpoint=endpoint)):
                if other is not group and _may_show(other, payload):
                    others[_number(other)] = other
        for other in others.values():
            yield other, payload

    def _optimistic(self, member: GroupMember) -> list[GroupEntity]:
        return [g for g in self if member in g.belonging and g.options.get("optimistic") is not False]


def _number(group: GroupEntity) -> int:
    assert group.group is not None
    return group.group


def _by_endpoint(entity: Entity, change: Mapping[str, Json]) -> dict[int, JsonObject]:
    """Return the keys that groups share, without suffix, by the endpoint that they are about."""
    found: dict[int, JsonObject] = {}
    if entity.assembled is None or not any(key.startswith(SHARED_KEYS) for key in change):
        return found
    for key, value in change.items():
        bare, name = _split(entity, key)
        if bare in SHARED_KEYS:
            found.setdefault(entity.endpoint(name), {})[bare] = value
    return found


def _split(entity: Entity, key: str) -> tuple[str, str | None]:
    for name in entity.definition.endpoints:
        if key.endswith(f"_{name}"):
            return key[: -len(name) - 1], name
    return key, None


def _may_show(group: GroupEntity, payload: JsonObject) -> bool:
    """Off is only shown when no member is on any more, unless the group follows whoever changed last."""
    if payload.get("state") not in OFF_VALUES or group.options.get("off_state") == "last_member_state":
        return True
    return not any(_state_of(entity, endpoint) in ON_VALUES for entity, endpoint in group.present)


def _state_of(entity: Entity, endpoint: int) -> Json:
    name = entity.endpoint_name(endpoint)
    own = entity.state.get(f"state_{name}") if name else None
    return entity.state.get("state") if own is None else own


def _for_member(entity: Entity, payload: JsonObject) -> JsonObject:
    """The keys that a member has itself."""
    exposes = () if entity.assembled is None else entity.assembled.exposes
    features = {feature.name for expose in exposes if expose.type == "light" for feature in expose.features or ()}
    return {key: value for key, value in payload.items() if _has(key, value, features)}


def _has(key: str, value: Json, features: set[str | None]) -> bool:
    if key == "state":
        return True
    if key == "color":
        return bool(features & {"color_xy", "color_hs"})
    if key == "color_mode":
        return (value == "color_temp" and "color_temp" in features) or f"color_{value}" in features
    return key in features


def _suffixed(entity: Entity, endpoint: int, payload: JsonObject) -> JsonObject:
    name = entity.endpoint_name(endpoint)
    return {f"{key}_{name}": value for key, value in payload.items()} if name else payload
