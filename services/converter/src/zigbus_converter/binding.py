"""Binds devices to each other and to groups, and sees to the reporting that goes with it (behaviour 11.1, 11.2)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator

import structlog

from zigbus.bus import Bus
from zigbus.contract import binding_requests as b
from zigbus.contract import operations, storage
from zigbus.contract.base import FailureCode, Ieee, RequestFailed
from zigbus.contract.devices import Binding, EndpointDescription, LogicalType
from zigbus.contract.group_requests import FollowMembership
from zigbus.contract.household import GroupMember
from zigbus_converter.air import Air
from zigbus_converter.binding_plan import Side, bindable, needs_reporting, set_up, superfluous, take_down
from zigbus_converter.configuring import Configuring
from zigbus_converter.conversations import Conversations
from zigbus_converter.definition import Part
from zigbus_converter.effects import Bind, Conversation, Report, ReportItem
from zigbus_converter.entity import Entity
from zigbus_converter.groups import Groups
from zigbus_converter.naming import attribute_called, attribute_id, cluster_called, type_id
from zigbus_converter.roster import Roster

log = structlog.get_logger()

TABLE_WITHIN_S = 2.0  # for the radio's entry of a device to come here after the radio's answer


class Bindings:
    """Answers the operations about bindings and reporting."""

    def __init__(
        self, roster: Roster, groups: Groups, conversations: Conversations, air: Air, configuring: Configuring
    ) -> None:
        self.seen: Callable[[str, int], Awaitable[object]]  # waits until a bucket's mirror shows a revision
        self._roster, self._groups, self._conversations = roster, groups, conversations
        self._air, self._configuring = air, configuring

    async def serve(self, bus: Bus) -> None:
        """Start to answer."""
        await bus.serve(operations.BIND_ENDPOINT, self.bind)
        await bus.serve(operations.FORGET_BINDINGS, self.forget)
        await bus.serve(operations.FOLLOW_MEMBERSHIP, self.follow_membership)
        await bus.serve(operations.REPORT_ATTRIBUTE, self.report)
        await bus.serve(operations.SHOW_REPORTING, self.show)

    async def bind(self, ask: b.BindEndpoint) -> b.BindEndpointResult:
        """Bind or unbind; what fails is told cluster by cluster."""
        source = self._entity(ask.ieee)
        target = None if ask.target is None else self._side(self._entity(ask.target), ask.target_endpoint or 1)
        done: list[int] = []
        failed: list[int] = []
        for cluster in bindable(self._side(source, ask.endpoint), target, ask.clusters):
            effect = Bind(
                endpoint=ask.endpoint,
                clusters=(cluster,),
                group=ask.group,
                target=ask.target,
                target_endpoint=ask.target_endpoint,
                bind=ask.bind,
            )
            went_well = await self._hold(source, _one(effect), "bind_failed" if ask.bind else "unbind_failed", cluster)
            (done if went_well else failed).append(cluster)
        await self._seen()
        if done and ask.bind:
            for cluster in done:
                await self._set_up(cluster, self._bound_to(ask))
        elif done and not ask.keep_reporting:
            await self._take_down(self._bound_to(ask))
        return b.BindEndpointResult(done=tuple(done), failed=tuple(failed), revisions=self._revisions())

    async def forget(self, ask: b.ForgetBindings) -> b.Revisions:
        """Make a device forget bindings."""
        call = b.ClearBindings(ieee=ask.ieee, targets=ask.targets)
        answer = await self._air.call(self._entity(ask.ieee), operations.CLEAR_BINDINGS, call)
        return b.Revisions(revisions={storage.DEVICES.name: answer.revision})

    async def follow_membership(self, ask: FollowMembership) -> b.Revisions:
        """Set up reporting where something is bound to the group, or take down what a former member reported for it."""
        await self.seen(storage.GROUPS.name, ask.revision)
        if ask.added:
            for cluster in {binding.cluster: None for binding in self._all() if binding.group == ask.group}:
                await self._set_up(cluster, self._members(ask.group))
        else:
            await self._take_down([(self._entity(ask.ieee), ask.endpoint)])
        return b.Revisions(revisions=self._revisions())

    # ---- reporting on request ----------------------------------------------------------------------------------------

    async def report(self, ask: b.ReportAttribute) -> b.Revisions:
        """Have one attribute reported to the coordinator, as somebody asks for it."""
        entity = self._entity(ask.ieee)
        parts = _parts(entity)
        cluster = cluster_called(ask.cluster, parts)
        given = ask.attribute if isinstance(ask.attribute, dict) else {"ID": ask.attribute}
        info = attribute_called(given.get("ID"), cluster, parts)
        kind = given.get("type", None if info is None else info.type)
        if kind is None:
            text = f"Attribute '{given.get('ID')}' of '{cluster.name}' is not known; give {{\"ID\": …, \"type\": …}}"
            raise RequestFailed.of(FailureCode.INVALID, text, attribute=ask.attribute)
        item = ReportItem(
            attribute=attribute_id(given.get("ID"), cluster, parts),
            type=type_id(kind),
            min_interval_s=ask.min_interval_s,
            max_interval_s=ask.max_interval_s,
            change=ask.reportable_change,
        )
        code = ask.manufacturer or (info and info.manufacturer) or cluster.manufacturer
        effects = _two(
            Bind(endpoint=ask.endpoint, clusters=(cluster.id,)),
            Report(endpoint=ask.endpoint, cluster=cluster.id, items=(item,), manufacturer=code),
        )
        await self._conversations.in_line(entity, lambda: self._conversations.hold(entity, effects))
        return b.Revisions(revisions=self._revisions())

    async def show(self, ask: b.ShowReporting) -> b.ShowReportingResult:
        """Ask a device how it reports."""
        entity = self._entity(ask.ieee)
        parts = _parts(entity)
        cluster = cluster_called(ask.cluster, parts)
        names = [(name.get("ID") if isinstance(name, dict) else name, way) for name, way in ask.attributes]
        call = b.ReadReporting(
            ieee=ask.ieee,
            endpoint=ask.endpoint,
            cluster=cluster.id,
            attributes=tuple(
                b.ReportingSource(attribute=attribute_id(name, cluster, parts), direction=way) for name, way in names
            ),
            manufacturer=ask.manufacturer or cluster.manufacturer,
        )
        answer = await self._air.call(entity, operations.READ_REPORTING, call)
        return b.ShowReportingResult(records=answer.records, revisions={storage.DEVICES.name: answer.revision})

    # ---- reporting for the sake of bindings --------------------------------------------------------------------------

    async def _set_up(self, cluster: int, endpoints: list[tuple[Entity, int]]) -> None:
        for entity, number in endpoints:
            if needs_reporting(_described(entity, number), cluster, self._coordinator_of(entity)):
                await self._hold(entity, set_up(entity, number, cluster), "reporting_failed", cluster)

    async def _take_down(self, endpoints: list[tuple[Entity, int]]) -> None:
        for entity, number in endpoints:
            to_it = [binding for binding in self._all() if self._means(binding, entity, number)]
            for cluster in superfluous(_described(entity, number), to_it, self._coordinator_of(entity)):
                await self._hold(entity, take_down(entity, number, cluster), "reporting_failed", cluster)
            await self._configuring.again(entity)

    def _bound_to(self, ask: b.BindEndpoint) -> list[tuple[Entity, int]]:
        """The endpoints behind the target of a binding; the coordinator needs no reports of itself."""
        if ask.target is not None:
            return [(self._entity(ask.target), ask.target_endpoint or 1)]
        return [] if ask.group is None else self._members(ask.group)

    def _members(self, group: int | None) -> list[tuple[Entity, int]]:
        found = None if group is None else self._groups.find(group)
        return [] if found is None else list(found.present)

    def _all(self) -> Iterator[Binding]:
        """Every binding of every device."""
        for entity in self._roster:
            if entity.known is not None and entity.known.logical_type is not LogicalType.COORDINATOR:
                for endpoint in entity.known.endpoints.values():
                    yield from endpoint.bindings

    def _means(self, binding: Binding, entity: Entity, endpoint: int) -> bool:
        """Tell whether a binding is to this endpoint, by itself or through a group."""
        if binding.group is None:
            return (binding.ieee, binding.endpoint) == (entity.ieee, endpoint)
        group = self._groups.find(binding.group)
        return group is not None and GroupMember(ieee=entity.ieee, endpoint=endpoint) in group.belonging

    # ---- inside ------------------------------------------------------------------------------------------------------

    async def _hold(self, entity: Entity, conversation: Conversation, event: str, cluster: int) -> bool:
        """Hold a conversation; a failure is logged. Returns whether it went well."""
        try:
            await self._conversations.in_line(entity, lambda: self._conversations.hold(entity, conversation))
        except RequestFailed as error:
            log.warning(event, ieee=entity.ieee, cluster=cluster, error=error.failure.text)
            return False
        return True

    def _entity(self, ieee: Ieee) -> Entity:
        entity = self._roster.find(ieee)
        if entity is None or entity.known is None:
            raise RequestFailed.of(FailureCode.NOT_FOUND, "No such device", ieee=ieee)
        return entity

    def _side(self, entity: Entity, endpoint: int) -> Side:
        extra = {} if entity.assembled is None else entity.definition.extra_output_clusters
        return Side.of(_described(entity, endpoint), extra.get(endpoint, ()))

    def _coordinator_of(self, entity: Entity) -> Ieee:
        name = entity.description.coordinator
        devices = (other.known for other in self._roster if other.known is not None)
        ours = (d.ieee for d in devices if d.logical_type is LogicalType.COORDINATOR and d.coordinator == name)
        return next(ours, "")

    async def _seen(self) -> None:
        await self.seen(storage.DEVICES.name, self._air.devices_revision)

    def _revisions(self) -> dict[str, int]:
        return {storage.DEVICES.name: self._air.devices_revision}


def _described(entity: Entity, endpoint: int) -> EndpointDescription:
    """Return the descriptor of an endpoint. Raises RequestFailed if there is none."""
    found = entity.description.endpoints.get(endpoint)
    if found is None:
        text = f"The device has no endpoint '{endpoint}'"
        raise RequestFailed.of(FailureCode.NOT_FOUND, text, ieee=entity.ieee, endpoint=endpoint)
    return found


def _parts(entity: Entity) -> tuple[Part, ...]:
    return () if entity.assembled is None else entity.definition.parts


def _one(effect: Bind) -> Conversation:
    yield effect


def _two(first: Bind, second: Report) -> Conversation:
    yield first
    yield second
