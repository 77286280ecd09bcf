"""State messages: from updates on the bus to publications, each shown once, and acknowledged when the broker has it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Protocol

import structlog

from zigbus.bus import Delivery
from zigbus.contract.base import JsonObject
from zigbus.contract.updates import EntityState, Update
from zigbus.metrics import observe_hop
from zigbus_gateway import metrics
from zigbus_gateway.backlog import Backlog, Item
from zigbus_gateway.entities import Entity
from zigbus_gateway.in_flight import Publication
from zigbus_gateway.messages import DeviceFacts, information_of, merge, message_of, renditions
from zigbus_gateway.picture import Picture

log = structlog.get_logger()

LAG_S = 2.0  # an update that took longer from the converter to here is one of many that wait
CALM_S = 0.03  # late updates are gathered until none came for so long
LONGEST_GATHER_S = 0.5


@dataclass(slots=True)
class Memory:
    """The newest that is known of an entity."""

    state: JsonObject = field(default_factory=dict)
    facts: DeviceFacts = field(default_factory=DeviceFacts)
    sequence: int = 0  # of the last update that is in `state`, if it was shown already


class Companion(Protocol):
    """Who has a say in state messages."""

    def adjusted(self, key: str, message: JsonObject) -> JsonObject:
        """Return the message with what it needs besides."""

    def followers(self, entity: Entity, message: JsonObject) -> Iterable[Publication]:
        """Return what is published right after a message."""


class States:
    """What entities say. `publish` returns False while the broker is away, `may_publish` says whether it is worth trying."""

    companion: Companion | None = None

    def __init__(
        self, picture: Picture, publish: Callable[[Publication], bool], may_publish: Callable[[], bool]
    ) -> None:
        self._picture, self._publish, self._may_publish = picture, publish, may_publish
        self._backlog = Backlog()
        self._memory: dict[str, Memory] = {}
        self._information: dict[str, JsonObject] = {}  # content of the key `device`
        self._cleared: set[str] = set()  # topics where the broker holds nothing because we said so
        self._shown_from_s = 0.0  # when the states of the start were shown
        self._flush: asyncio.TimerHandle | None = None
        self._late_s = self._gathering_s = 0.0  # monotonic: last late update, first one of this gathering
        self._collapsed = self._dropped = 0

    # ---- updates -----------------------------------------------------------------------------------------------------

    def take(self, delivery: Delivery[Update]) -> None:
        """Show an update, or keep it until it can be shown."""
        update, now_s = delivery.message, time.time()
        observe_hop("converter_to_gateway", now_s - update.converted_at_s)
        key = _key_of(update)
        if self._is_in_start_state(key, update):
            delivery.ack()
            return
        self._remember(key, update)
        item = Item(key, delivery.position, update, delivery.ack, update.is_action)
        late = now_s - update.converted_at_s > LAG_S
        if late or item.expired(now_s) or self._backlog or not self._may_publish():
            self._backlog.add(item, now_s)
            self._count()
            if late:
                self._late_s = time.monotonic()
            self._flush_soon()
        else:
            self._show(item)

    def confirmed(self, publication: Publication) -> None:
        """The broker has it."""
        if publication.item is not None:
            publication.item.acknowledge()
        if self._backlog:
            self._flush_soon()

    def lost(self, unconfirmed: list[Publication], unsent: list[Publication]) -> None:
        """The broker is gone: states are shown again, actions that may have arrived are not (an action never comes twice)."""
        for publication in reversed(unsent):
            if publication.item is not None:
                self._backlog.give_back(publication.item)
        for publication in reversed(unconfirmed):
            item = publication.item
            if item is None:
                continue
            if item.is_action:
                metrics.ACTIONS_DROPPED.labels("in_flight").inc()
                log.warning("action_lost_with_broker", ieee=item.key)
            self._backlog.give_back(item.without_action() if item.is_action else item)

    def flush(self) -> None:
        """Show what waits, as far as the broker takes it."""
        now_s = time.time()
        while self._backlog and self._may_publish():
            item = self._backlog.take(now_s)
            if item is not None:
                self._show(item)
        self._count()

    # ---- at the start and on changes ---------------------------------------------------------------------------------

    def remember(self, key: str, state: EntityState) -> None:
        """What the converter knew of an entity when we started. Its link quality is news only when it is heard again."""
        self._memory[key] = Memory(state.state, DeviceFacts(None, state.last_seen_s), state.update_sequence)

    def remember_newer(self, update: Update) -> None:
        """An update from before we started, if it is newer than what is stored."""
        key = _key_of(update)
        memory = self._memory.get(key)
        if memory is None or update.sequence > memory.sequence:
            self._memory[key] = Memory(update.state, DeviceFacts(None, update.last_seen_s), update.sequence)

    def show_all(self, keys: list[str]) -> None:
        """Show the known state of these entities once (behaviour.md 3.5)."""
        self._shown_from_s = time.time()
        for key in keys:
            memory, entity = self._memory.get(key), self._picture.household.by_key(key)
            if memory is not None and memory.state and entity is not None:
                self._publish_message(entity, memory.state, memory.facts, None)

    def show_known(self, key: str) -> None:
        """Show the known state of an entity under its present name."""
        memory, entity = self._memory.get(key), self._picture.household.by_key(key)
        if memory is not None and entity is not None and self._picture.settings.cache_state:
            self._publish_message(entity, memory.state, memory.facts, None)

    def clear(self, name: str) -> None:
        """Make the broker forget the state of the entity that had this name."""
        topic = f"{self._picture.settings.mqtt.base_topic}/{name}"
        if topic not in self._cleared:
            self._cleared.add(topic)
            self._publish(Publication(topic, b"", retain=True))

    def device_changed(self, key: str) -> None:
        """Its descriptors, name or definition changed."""
        self._information.pop(key, None)

    def gone(self, key: str) -> None:
        """The entity is no more."""
        self._memory.pop(key, None)
        self._backlog.forget(key)

    # ---- inside ------------------------------------------------------------------------------------------------------

    def _is_in_start_state(self, key: str, update: Update) -> bool:
        memory = self._memory.get(key)
        return (
            memory is not None
            and not update.is_action
            and update.converted_at_s < self._shown_from_s
            and update.sequence <= memory.sequence
            and self._picture.settings.cache_state
            and self._picture.settings.cache_state_send_on_startup
        )

    def _remember(self, key: str, update: Update) -> None:
        memory = self._memory.get(key)
        if memory is None:
            memory = self._memory[key] = Memory()
        known = memory.facts
        lqi = update.lqi if update.lqi is not None else known.lqi
        seen_s = update.last_seen_s if update.last_seen_s is not None else known.last_seen_s
        memory.state, memory.facts = update.state, DeviceFacts(lqi, seen_s)

    def _show(self, item: Item) -> None:
        entity = self._picture.household.by_key(item.key)
        if entity is None:
            metrics.UPDATES_DROPPED.inc()
            item.acknowledge()
            return
        update = item.update
        content = merge(update.state, update.changed) if self._picture.settings.cache_state else update.changed
        if update.is_action and not item.is_action and not content:
            item.acknowledge()  # an action that came too late, and no state with it
            return
        memory = self._memory.get(item.key)
        self._publish_message(
            entity, content, memory.facts if memory is not None else DeviceFacts(update.lqi, update.last_seen_s), item
        )

    def _publish_message(self, entity: Entity, content: JsonObject, facts: DeviceFacts, item: Item | None) -> None:
        settings, options = self._picture.settings, self._picture.household.publish_options(entity.key)
        about: DeviceFacts | None = None
        if entity.ieee is not None:
            about = (
                replace(facts, information=self._information_of(entity))
                if settings.mqtt.include_device_information
                else facts
            )
        adjust = partial(self.companion.adjusted, entity.key) if self.companion is not None else dict
        message = message_of(content, about, settings.last_seen, options.filtered, adjust)
        if not message:
            if item is not None:
                item.acknowledge()
            return
        topics = [f"{settings.mqtt.base_topic}/{name}" for name in self._names(entity)]
        self._cleared.difference_update(topics)
        parts = [part for topic in topics for part in renditions(topic, message, settings.output)]
        there = True
        for place, (topic, payload) in enumerate(parts, start=1):
            last = item if place == len(parts) else None
            there = self._publish(Publication(topic, payload, options.qos, options.retain, options.retention_s, last))
        if not there and item is not None:
            self._backlog.give_back(item)
        for follower in self.companion.followers(entity, message) if there and self.companion is not None else ():
            self._publish(follower)

    def _names(self, entity: Entity) -> list[str]:
        """Under which names an entity's state is told; the friendly name last, it completes the update."""
        twice = self._picture.settings.ieee_topics and entity.ieee is not None and entity.ieee != entity.name
        return [entity.key, entity.name] if twice else [entity.name]

    def _information_of(self, entity: Entity) -> JsonObject:
        found = self._information.get(entity.key)
        if found is None:
            home = self._picture.household
            found = self._information[entity.key] = information_of(
                home.devices[entity.key], entity.name, home.definitions.get(entity.key)
            )
        return found

    def _flush_soon(self) -> None:
        if self._flush is None:
            self._gathering_s = time.monotonic()
            self._flush = asyncio.get_running_loop().call_later(CALM_S if self._late_s else 0.0, self._due)

    def _due(self) -> None:
        now_s = time.monotonic()
        if now_s - self._late_s < CALM_S and now_s - self._gathering_s < LONGEST_GATHER_S:
            self._flush = asyncio.get_running_loop().call_later(CALM_S, self._due)
            return
        self._flush, self._late_s = None, 0.0
        self.flush()

    def _count(self) -> None:
        backlog = self._backlog
        metrics.STATES_COLLAPSED.inc(backlog.collapsed - self._collapsed)
        metrics.ACTIONS_DROPPED.labels("too_old").inc(backlog.dropped_actions - self._dropped)
        self._collapsed, self._dropped = backlog.collapsed, backlog.dropped_actions
        metrics.WAITING.set(len(backlog))


def _key_of(update: Update) -> str:
    return update.ieee if update.ieee is not None else str(update.group)
