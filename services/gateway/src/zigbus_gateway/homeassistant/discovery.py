"""Tells Home Assistant what there is, and keeps that right. Thin: what is told is decided by `Planner`.

Everything told is retained, so the broker's memory is read first and only what is new or different is published.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Protocol

import structlog

from zigbus.contract.base import JsonObject
from zigbus.contract.household import GatewaySettings
from zigbus.contract.logs import Level
from zigbus_gateway.broker import Broker
from zigbus_gateway.entities import Entity
from zigbus_gateway.homeassistant.bundle import MIGRATE, is_bundle
from zigbus_gateway.homeassistant.found import address_of, is_ours
from zigbus_gateway.homeassistant.ledger import Ledger
from zigbus_gateway.homeassistant.planner import BRIDGE, Planner, refusal
from zigbus_gateway.homeassistant.shape import Shape
from zigbus_gateway.in_flight import Publication
from zigbus_gateway.json_text import to_json
from zigbus_gateway.picture import Picture

log = structlog.get_logger()

COLLECT_S = 5.0  # for the broker to send what it holds
AFTER_BIRTH_S = 30.0  # Home Assistant has set up its entities by then
AFTER_CLEARING_S = 2.0  # Home Assistant has forgotten cleared entities by then; else it numbers the new ones
CROWD = 50  # publications that may be on their way to the broker: states must not wait behind more
LOOK_AGAIN_S = 0.005
GATHER_S = 0.1  # what changes together (name, options, availability) comes in several pieces
BREATHE_S = 0.002  # between two entities (3 ms work each): states go meanwhile, and 300 devices are told within 3 s

Messages = dict[str, bytes]  # topic below the discovery topic -> payload


class States(Protocol):
    """Who publishes states."""

    def show_known(self, key: str) -> None:
        """Show the known state of an entity."""


class Discovery:
    """Discovery of one household. `say` logs a line of the contract."""

    def __init__(self, picture: Picture, states: States, say: Callable[[Level, str, JsonObject], None]) -> None:
        self._picture, self._states, self._say = picture, states, say
        self._planner: Planner | None = None  # None: nothing is told
        self._shapes: dict[str, Shape] = {}
        self._collected: Messages | None = None  # while the broker sends what it holds
        self._changed: dict[str, None] = {}  # keys of entities, in order
        self._wake = asyncio.Event()
        self._pauses: dict[str, asyncio.TimerHandle] = {}  # of entities that Home Assistant has yet to forget
        self._new_ids: set[str] = set()
        self._scenes: dict[str, JsonObject] = {}  # name by topic, as last told
        self._birth: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self._broker: Broker | None = None
        self._begun_at: tuple[object, ...] = ()
        self._tasks: asyncio.TaskGroup
        self._ledger: Ledger

    # ---- life --------------------------------------------------------------------------------------------------------

    def begin(self, broker: Broker, tasks: asyncio.TaskGroup) -> None:
        """From now on messages get their shape, and Home Assistant is told."""
        self.end()
        self._broker, self._tasks = broker, tasks
        self._shapes, self._changed, self._scenes = {}, {}, {}
        settings = self._picture.settings
        self._begun_at = _place(settings)
        if not settings.home_assistant:
            broker.hear_beside()
            return
        reason = refusal(settings)
        if reason:
            self._say("error", reason, {"topic": settings.mqtt.base_topic})
            return
        if not settings.cache_state:
            self._say("warning", "home_assistant_without_cache", {})
        self._ledger = Ledger(settings.discovery.discovery_topic, broker.retained, broker.publish)
        self._planner = self._plan()
        self._task = tasks.create_task(self._run(broker))

    def end(self) -> None:
        """Tell nothing more. What was told stays."""
        for timer in (*self._pauses.values(), *((self._birth,) if self._birth is not None else ())):
            timer.cancel()
        self._pauses, self._birth, self._planner, self._collected = {}, None, None, None
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def settings_changed(self) -> None:
        """Something in the settings changed. Switched on, or with other topics, all begins anew."""
        if self._broker is None:
            return
        if _place(self._picture.settings) != self._begun_at:
            self.begin(self._broker, self._tasks)
        elif self._planner is not None:
            self._planner = self._plan()
            self._shapes.clear()
            self._mark(*self._keys())

    def _plan(self) -> Planner:
        return Planner(self._picture.household, self._picture.settings, self._picture.availability)

    async def _run(self, broker: Broker) -> None:
        topics = self._picture.settings.discovery
        collected = self._collected = {}
        broker.hear_beside(topics.status_topic, f"{topics.discovery_topic}/#")
        await asyncio.sleep(COLLECT_S)
        self._collected = None
        broker.hear_beside(topics.status_topic)
        for topic, payload in collected.items():
            self._take_held(topic, payload)
        self._mark(*self._keys())
        await self._tell_changed(broker)
        log.info("home_assistant_told", messages=len(self._ledger))
        while True:
            await self._tell_changed(broker)

    async def _tell_changed(self, broker: Broker) -> None:
        """Wait for changes, then tell all of them."""
        await self._wake.wait()
        await asyncio.sleep(GATHER_S)
        self._wake.clear()
        while self._changed:
            key = next(iter(self._changed))
            del self._changed[key]
            while broker.connected and broker.waiting > CROWD:  # noqa: ASYNC110  # the broker only counts
                await asyncio.sleep(LOOK_AGAIN_S)
            self._tell(key)
            await asyncio.sleep(BREATHE_S)

    # ---- what is heard -----------------------------------------------------------------------------------------------

    def take(self, topic: str, payload: bytes) -> bool:
        """Take a message that may be for discovery; False if it is not."""
        if self._planner is None:
            return False
        topics = self._picture.settings.discovery
        if topic == topics.status_topic:
            if payload.lower() == b"online" and self._birth is None:
                self._birth = asyncio.get_running_loop().call_later(AFTER_BIRTH_S, self._show_states)
            return True
        if not topic.startswith(f"{topics.discovery_topic}/"):
            return False
        if self._collected is not None and payload:
            self._collected[topic[len(topics.discovery_topic) + 1 :]] = payload
        return True

    def _show_states(self) -> None:
        """Home Assistant was started: it knows no state, and thinks that nothing is available."""
        self._birth = None
        if self._broker is not None:
            self._broker.tell_state()
        for key in self._keys():
            self._states.show_known(key)

    def _take_held(self, topic: str, payload: bytes) -> None:
        """Remember what the broker holds for an entity; clear it if it is ours and there is no such entity."""
        address, household = address_of(topic), self._picture.household
        if address is None or not is_ours(address, payload, self._picture.settings.mqtt.base_topic):
            return
        coordinator = household.coordinator()
        key = BRIDGE if coordinator is not None and address.key == coordinator.ieee else address.key
        self._ledger.found(key, topic, payload)
        if key != BRIDGE and household.by_key(key) is None:
            self._ledger.forget(key)

    # ---- what changes ------------------------------------------------------------------------------------------------

    def changed(self, key: str) -> None:
        """A device or group is not what it was; groups show what their members can do."""
        self._shapes.pop(key, None)
        coordinator = self._picture.household.coordinator()
        if coordinator is not None and key == coordinator.ieee:
            self._mark(BRIDGE)
            return
        groups = self._picture.household.groups.items()
        self._mark(key, *(other for other, group in groups if any(member.ieee == key for member in group.members)))

    def gone(self, key: str) -> None:
        """A device or group is no more."""
        self._shapes.pop(key, None)
        self._scenes.pop(key, None)
        if self._planner is not None:
            self._ledger.forget(key)

    def give_new_ids(self, key: str) -> None:
        """With its next name an entity gets new entity ids in Home Assistant."""
        if self._planner is not None:
            self._new_ids.add(key)

    def _mark(self, *keys: str) -> None:
        """Tell these entities anew when it is their turn; before everything was told once it is their turn anyway."""
        if self._planner is not None and self._collected is None:
            self._changed.update(dict.fromkeys(keys))
            self._wake.set()

    def _keys(self) -> list[str]:
        """The bridge and all devices and groups; groups last, because they name entities of their members."""
        home, coordinator = self._picture.household, self._picture.household.coordinator()
        devices = [key for key in home.devices if coordinator is None or key != coordinator.ieee]
        return [BRIDGE, *devices, *home.groups]

    # ---- state messages ----------------------------------------------------------------------------------------------

    def adjusted(self, key: str, message: JsonObject) -> JsonObject:
        """Return a state message as Home Assistant needs it."""
        if self._planner is None:
            return message
        shape = self._shapes.get(key)
        if shape is None:
            shape = self._shapes[key] = self._planner.shape(key)
        return shape.adjusted(message)

    def followers(self, entity: Entity, message: JsonObject) -> Iterator[Publication]:
        """Yield what follows a state message: states of endpoints, and the action for device triggers."""
        shape = self._shapes.get(entity.key)
        if self._planner is None or entity.ieee is None or shape is None:
            return
        topic = f"{self._picture.settings.mqtt.base_topic}/{entity.name}"
        for endpoint, part in shape.endpoint_messages(message):
            yield Publication(f"{topic}/{endpoint}", to_json(part))
        action = message.get("action")
        if not action or self._planner.definition(entity.key) is None:
            return
        told = self._planner.trigger(entity.key, str(action))
        if told is not None:
            self._ledger.tell(entity.key, told[0], to_json(told[1]))
        if self._picture.settings.output == "json":  # otherwise its attribute has told it
            yield Publication(f"{topic}/action", str(action).encode())

    # ---- telling -----------------------------------------------------------------------------------------------------

    def _tell(self, key: str) -> None:
        """Publish what is new or different of an entity, and clear what is told no more."""
        planner, ledger = self._planner, self._ledger
        if planner is None or key in self._pauses:
            return
        messages = planner.messages(key)
        if messages is None and not planner.is_unwanted(key):
            return  # not known well enough yet
        if self._must_pause(key, messages or {}):
            return
        wanted = {topic: to_json(payload) for topic, payload in (messages or {}).items()}
        outdated = [topic for topic in ledger.entities(key) if topic not in wanted]
        for topic in outdated:
            if wanted and is_bundle(topic) != any(map(is_bundle, wanted)):
                ledger.tell(key, topic, to_json(MIGRATE))
        for topic, payload in wanted.items():
            ledger.tell(key, topic, payload)
        for topic in outdated:
            ledger.clear(key, topic)
        self._renew_triggers(planner, key)

    def _renew_triggers(self, planner: Planner, key: str) -> None:
        for topic in self._ledger.triggers(key):
            address = address_of(topic)
            told = planner.trigger(key, address.action) if address is not None else None
            if told is None:
                self._ledger.clear(key, topic)
            else:
                self._ledger.tell(key, topic, to_json(told[1]))

    def _must_pause(self, key: str, messages: JsonObject) -> bool:
        """Clear what Home Assistant must forget before it hears of it anew: scenes, or all if ids are to be new."""
        scenes = {topic: message.get("name") for topic, message in messages.items() if topic.startswith("scene/")}
        before, self._scenes[key] = self._scenes.get(key, scenes), scenes
        cleared = [topic for topic in self._ledger.entities(key) if topic in before] if scenes != before else []
        if key in self._new_ids:
            self._new_ids.discard(key)
            cleared = self._ledger.entities(key)
        for topic in cleared:
            self._ledger.clear(key, topic)
        if cleared:
            self._pauses[key] = asyncio.get_running_loop().call_later(AFTER_CLEARING_S, self._resume, key)
        return bool(cleared)

    def _resume(self, key: str) -> None:
        del self._pauses[key]
        self._mark(key)


def _place(settings: GatewaySettings) -> tuple[object, ...]:
    """What decides whether and where discovery happens."""
    topics = settings.discovery
    return settings.home_assistant, settings.output, topics.discovery_topic, topics.status_topic
