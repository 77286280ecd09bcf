"""A group as the converter knows it: a cache of its own, and converters that are those of its members."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from zigbus.contract.base import Ieee, Json
from zigbus.contract.devices import DeviceDescription, LogicalType
from zigbus.contract.household import GroupMember
from zigbus_converter.assembly import Assembled, in_order
from zigbus_converter.definition import Definition, Member
from zigbus_converter.entity import Entity

NOBODY: Ieee = "0x0000000000000000"  # a group has no address of that kind
EMPTY = Definition(model="", vendor="", description="", parts=())


class GroupEntity(Entity):
    """One group. What converters ask of a device is answered by its first member."""

    def __init__(self, number: int, find: Callable[[Ieee], Entity | None]) -> None:
        super().__init__(NOBODY)
        self.group = number
        self.belonging: tuple[GroupMember, ...] = ()
        self._find = find

    @property
    def present(self) -> tuple[tuple[Entity, int], ...]:
        """The endpoints that can take part now: known, with a definition, not disabled."""
        found = ((self._find(member.ieee), member.endpoint) for member in self.belonging)
        return tuple(
            (entity, endpoint)
            for entity, endpoint in found
            if entity is not None and entity.converts and not entity.options.get("disabled")
        )

    @property
    def members(self) -> tuple[Member, ...]:
        """The same for converters."""
        return tuple(Member(entity, endpoint) for entity, endpoint in self.present)

    @property
    def devices(self) -> tuple[Entity, ...]:
        """The devices behind it, each once."""
        return tuple({entity.ieee: entity for entity, _ in self.present}.values())

    def assemble(self) -> None:
        """Make a definition of those of the members as they are now; with nobody in it a group understands nothing."""
        definitions = tuple(dict.fromkeys(id(m.device.definition) for m in self.members))
        by_id = {id(m.device.definition): m.device.definition for m in self.members}
        listed = [by_id[key] for key in definitions]
        parts = tuple(part for definition in listed for part in definition.parts)
        own = [sender for part in parts for sender in part.senders]
        self.assembled = Assembled(
            definition=replace(EMPTY, parts=parts, meta=_common_facts(listed)),
            exposes=(),
            options=(),
            properties=frozenset(),
            corrections={},
            senders=tuple(replace(sender, endpoints=None) for sender in in_order(own)) if listed else (),
        )

    # ---- what converters see -----------------------------------------------------------------------------------------

    @property
    def description(self) -> DeviceDescription:
        """That of the first member."""
        members = self.members
        if members:
            return members[0].device.description
        return DeviceDescription(ieee=NOBODY, coordinator="none", nwk=0, logical_type=LogicalType.UNKNOWN)

    @property
    def converts(self) -> bool:
        """Always: whether somebody takes a key is decided key by key."""
        return True

    def attribute(self, endpoint: int, cluster: int, attribute: int) -> Json:
        """What the first member reported."""
        members = self.members
        return members[0].device.attribute(members[0].endpoint, cluster, attribute) if members else None

    def endpoint(self, name: str | None) -> int:
        """That of the first member: a groupcast goes to all, whatever name is given."""
        members = self.members
        return members[0].endpoint if members else 1


def _common_facts(definitions: list[Definition]) -> dict[str, Json]:
    """What all members' definitions state alike."""
    if not definitions:
        return {}
    first, others = definitions[0].meta, definitions[1:]
    return {key: value for key, value in first.items() if all(other.meta.get(key) == value for other in others)}
