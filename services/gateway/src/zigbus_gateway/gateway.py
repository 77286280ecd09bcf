"""The gateway as a whole: connects the bus, the picture of the household and the broker. Decisions are made elsewhere."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec
import structlog

from zigbus.bus import Bus, Delivery, Lease
from zigbus.contract import operations, storage, subjects
from zigbus.contract.base import Json, JsonObject, RequestFailed
from zigbus.contract.census import Census, ServiceStatus
from zigbus.contract.household import GatewaySettings, MqttSettings
from zigbus.contract.logs import Level, LogEvent
from zigbus.contract.requests import CheckHealth
from zigbus.contract.updates import BridgeEvent, Update
from zigbus.service import Service
from zigbus_gateway import metrics
from zigbus_gateway.availability import AvailabilityTopics
from zigbus_gateway.bridge_events import event_overviews, event_payload
from zigbus_gateway.broker import Broker
from zigbus_gateway.desk import REVISION_WITHIN_S, RequestDesk
from zigbus_gateway.entities import Household
from zigbus_gateway.health import Machine, health_payload
from zigbus_gateway.homeassistant.discovery import Discovery
from zigbus_gateway.in_flight import Publication
from zigbus_gateway.json_text import to_json
from zigbus_gateway.log_texts import BridgeLog
from zigbus_gateway.ordered_work import OrderedWork
from zigbus_gateway.overviews import FRESH_S, Overviews
from zigbus_gateway.picture import Picture
from zigbus_gateway.retained import Retained
from zigbus_gateway.states import States
from zigbus_gateway.topics import BridgeRequest, TopicReader

log = structlog.get_logger()

SERVED_WITHIN_S = 30.0  # a stick may have to form its network first
ASK_AGAIN_S = 0.1
OFFLINE_AFTER_S = 3.0  # a radio or NATS server that is started again is no news
COMPLETE_WITHIN_S = 10.0  # a converter that is dead must not keep the rest from being seen
STANDS_BY_AFTER_S = 0.5  # an active gateway that stops in order gives its lease up
CENSUS_WITHIN_S = 1.0  # for all services to say how they are
WORK_LIMIT = 5_000  # commands and requests that may wait; more are refused


class Gateway:
    """One gateway, from start to stop. Watches the picture and listens to the broker."""

    def __init__(self, service: Service) -> None:
        self.bus: Bus = service.bus
        self._service = service
        self._picture = Picture(service.bus, self)
        self._overviews = Overviews(self._picture, self._publish_overview, self._show_renamed)
        self._availability = AvailabilityTopics(self._picture, self._send)
        self._states = States(self._picture, self._send, self._may_publish)
        self._discovery = self._states.companion = Discovery(self._picture, self._states, self._say)
        self._log = BridgeLog(partial(self._publish_bridge, "logging"), self._name_of)
        self._published: set[str] = set()  # every topic this process published to: never a command (mqtt.md 1.3)
        self._renamed: list[str] = []
        self._desk = RequestDesk(self.bus, self._picture, self._overviews, self._publish_bridge, self._say)
        self._broker: Broker | None = None
        self._announced = False
        self._consuming = False
        self._reader: TopicReader
        self._work: OrderedWork
        self._tasks: asyncio.TaskGroup

    @property
    def household(self) -> Household:
        """The live picture."""
        return self._picture.household

    async def run(self) -> None:
        """Work until the service stops."""
        self._service.health.report("broker", ok=False, reason="not connected yet")
        self._service.health.report("tables", ok=False, reason="waiting for the registry's settings")
        stopping = asyncio.ensure_future(self._service.stopping.wait())
        opening = asyncio.ensure_future(self._open())
        await asyncio.wait({opening, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if self._service.stopping.is_set() and not opening.done():
            while not opening.done():  # in Python 3.11 `wait_for` may swallow a cancellation
                opening.cancel()
                await asyncio.wait({opening}, timeout=0.2)
            return
        opening.result()
        lease = self.bus.lease("gateway", _identity(self._service.settings.metrics_port))
        if not await self._stand_by(lease, stopping):
            return
        try:
            await self._be_active(lease)
        finally:
            await lease.give_up()

    async def _stand_by(self, lease: Lease, stopping: asyncio.Future[Any]) -> bool:
        """Wait until no other gateway is active, with the picture kept up to date. Returns False if the service stops."""
        taking = asyncio.ensure_future(lease.take())
        await asyncio.wait({taking, stopping}, timeout=STANDS_BY_AFTER_S, return_when=asyncio.FIRST_COMPLETED)
        if not taking.done():
            log.info("standing_by")
            self._service.health.report("broker", ok=True, reason="standing by: another gateway is active")
            await asyncio.wait({taking, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not taking.done():
            taking.cancel()
            await asyncio.wait({taking})
            return False
        taking.result()
        metrics.ACTIVE.set(1)
        self._service.health.report("broker", ok=False, reason="not connected yet")
        return True

    async def _be_active(self, lease: Lease) -> None:
        async with asyncio.TaskGroup() as tasks:
            self._tasks, self._work = tasks, OrderedWork(tasks, WORK_LIMIT)
            helpers = [
                tasks.create_task(self._stop_broker()),
                tasks.create_task(self._keep(lease)),
                tasks.create_task(self._watch_network()),
                tasks.create_task(self._report_health()),
            ]
            while not self._service.stopping.is_set():
                await self._serve_broker()
            for helper in helpers:
                helper.cancel()
            self._discovery.end()
        self._overviews.stop()

    async def _open(self) -> None:
        await self._picture.open()
        await self._await_completeness()
        await self.bus.subscribe(subjects.ALL_LOGS, LogEvent, self._on_log)

    async def _await_completeness(self) -> None:
        """Announce nothing before it can be right: names and definitions complete, the network served (each with a deadline)."""
        health, picture = self._service.health, self._picture
        health.report("tables", ok=False, reason=picture.incomplete() or "complete")
        first_s = COMPLETE_WITHIN_S if self.household.coordinator() is not None else SERVED_WITHIN_S
        if not await picture.until_complete(first_s):
            log.warning("picture_incomplete", reason=picture.incomplete(), waited_s=first_s)
        health.report("tables", ok=False, reason="the network is not served yet: waiting for the radio")
        await self._await_network()
        health.report("tables", ok=True)

    async def _await_network(self) -> None:
        try:
            async with asyncio.timeout(SERVED_WITHIN_S):
                while not await self._network_served():  # noqa: ASYNC110  # only an answer can tell
                    await asyncio.sleep(ASK_AGAIN_S)
        except TimeoutError:
            log.warning("network_not_served", waited_s=SERVED_WITHIN_S)

    async def _network_served(self) -> bool:
        try:
            return (await self.bus.call(operations.HEALTH, CheckHealth())).healthy
        except RequestFailed:
            return False

    async def _serve_broker(self) -> None:
        """One broker with one set of settings."""
        settings = self._picture.settings
        self._reader = TopicReader(settings.mqtt.base_topic)
        self._log.level, self._log.debug_wanted = settings.log_level, settings.log_debug_to_mqtt_frontend
        self._announced = False
        self._broker = Broker(settings.mqtt, self, self._service.health, Retained(), self._published)
        self._hear_names()
        await self._broker.run()

    async def _stop_broker(self) -> None:
        await self._service.stopping.wait()
        if self._broker is not None:
            self._broker.leave()

    async def _keep(self, lease: Lease) -> None:
        """Make way for the gateway that has taken over, and begin again behind it."""
        await lease.keep()
        if self._broker is not None:
            self._broker.leave(farewell=False)
        self._service.stopping.set()

    async def _watch_network(self) -> None:
        """Show in `bridge/state` when devices cannot be reached for want of the stick or of the bus."""
        since_s = time.monotonic()
        while True:
            await asyncio.sleep(1.0)
            coordinator = self.household.coordinator()
            away = coordinator is not None and coordinator.adapter is not None and not coordinator.adapter.reachable
            if self.bus.connected and not away:
                since_s = time.monotonic()
            if self._broker is not None:
                self._broker.show_online(time.monotonic() - since_s < OFFLINE_AFTER_S)

    async def _report_health(self) -> None:
        """Tell how everything is, every some minutes; the first time after one interval, as the original does."""
        while True:
            settings = self._picture.settings
            await asyncio.sleep(settings.health_interval_s)
            census = Census(reset=settings.health_reset)
            services = await self.bus.ask_all(subjects.CENSUS, census, ServiceStatus, CENSUS_WITHIN_S)
            if self._broker is None or not self._announced:
                continue
            payload = to_json(health_payload(Machine.measured(), services, self._broker, time.time()))
            topic = f"{settings.mqtt.base_topic}/bridge/health"
            self._send(Publication(topic, payload, qos=1, retain=True))
            if settings.health_reset:
                self._broker.published = self._broker.received = 0

    # ---- the broker's listener ---------------------------------------------------------------------------------------

    def on_connected(self) -> None:
        """Announce everything the first time, what the broker missed every other time."""
        if not self._announced:
            self._tasks.create_task(self._announce())
            return
        assert self._broker is not None
        for topic, payload, qos in self._broker.retained.missing():
            self._send(Publication(topic, payload, qos, retain=True))
        self._states.flush()

    def on_confirmed(self, publication: Publication) -> None:
        """The broker has it."""
        if publication.acknowledge is not None:
            publication.acknowledge()
        self._states.confirmed(publication)

    def on_lost(self, unconfirmed: list[Publication], unsent: list[Publication]) -> None:
        """The broker is gone."""
        for publication in (*unconfirmed, *unsent):
            if publication.acknowledge is not None:
                publication.acknowledge()
        self._states.lost(unconfirmed, unsent)

    def on_message(self, topic: str, payload: bytes, retain: bool) -> None:
        """Somebody wrote below the base topic, or something for Home Assistant."""
        if self._discovery.take(topic, payload):
            return
        asked = self._reader.read(topic)
        if asked is None:
            return
        taken = True
        if isinstance(asked, BridgeRequest):
            taken = self._desk.take_request(self._work, topic, asked, payload)
        elif self.household.find(self._reader.below(topic)) is None:  # else our own: a device may be named `x/set`
            taken = self._desk.take_command(self._work, asked, payload)
        if not taken:
            self._refuse(topic)

    def _refuse(self, what: str) -> None:
        metrics.REJECTED.labels("too_many_waiting").inc()
        log.warning("too_many_waiting", refused=what, limit=WORK_LIMIT)

    # ---- the bus -----------------------------------------------------------------------------------------------------

    def _on_publication(self, delivery: Delivery[Any]) -> None:
        if isinstance(delivery.message, BridgeEvent):
            event = delivery.message
            if not self._work.submit(f"event {event.ieee}", lambda: self._show_event(event, delivery.ack)):
                self._refuse(event.kind)
        else:
            self._states.take(delivery)

    async def _show_event(self, event: BridgeEvent, acknowledge: Callable[[], None]) -> None:
        if self._broker is None or not self._broker.connected:
            acknowledge()  # nobody hears it, and what it changed is in the overviews
            return
        await self._desk.settled(event.revisions)
        successful = event.kind == "device_interview" and event.status == "successful"
        if successful and not await self._picture.until_defined(event.ieee, REVISION_WITHIN_S):
            log.warning("definition_not_seen", ieee=event.ieee)
        self._overviews.flush(*event_overviews(event), fresh_s=0.0 if event.kind == "device_leave" else FRESH_S)
        payload = to_json(event_payload(event, self.household.definitions.get(event.ieee)))
        topic = f"{self._picture.settings.mqtt.base_topic}/bridge/event"
        if not self._send(Publication(topic, payload, acknowledge=acknowledge)):
            acknowledge()

    def _on_log(self, _: str, event: LogEvent) -> None:
        if event.service != self._service.name:  # our own lines are shown where they arise
            self._log.show(event.level, event.event, event.fields)

    # ---- the picture's watcher ---------------------------------------------------------------------------------------

    def on_overview_changed(self, *names: str) -> None:
        """These overviews look different now."""
        self._overviews.changed(*names)

    def on_device_changed(self, key: str) -> None:
        """The entry of this device looks different now."""
        self._overviews.device_changed(key)
        self._states.device_changed(key)
        self._discovery.changed(key)
        self._hear_names()

    def on_renamed(self, key: str, old: str, new: str | None) -> None:
        """The old topic is cleared at once, the state under the new name follows the overviews (mqtt.md 4.6.1)."""
        self._states.clear(old)
        self.on_availability(key)
        if new is not None:
            self._renamed.append(key)
            if self._desk.gives_new_ids:
                self._discovery.give_new_ids(key)

    def on_gone(self, key: str) -> None:
        """A device or group is gone. After a request to remove it everything about it follows in order (mqtt.md 7.4)."""
        self._states.gone(key)
        self._discovery.gone(key)
        self.on_availability(key)
        name = self._desk.name_of_removed(key)
        if name is not None:
            self._states.clear(name)
            self._overviews.flush("groups", "devices", "definitions")

    def on_availability(self, key: str) -> None:
        """What is said before everything is announced comes with the announcement."""
        if self._announced:
            self._availability.show(key)
            self._discovery.changed(key)

    def on_settings(self, settings: GatewaySettings) -> None:
        """Log settings count at once, the connection is made anew if it is concerned."""
        self._log.level, self._log.debug_wanted = settings.log_level, settings.log_debug_to_mqtt_frontend
        if self._broker is not None and _connection(settings.mqtt) != _connection(self._broker.settings):
            log.info("broker_settings_changed", server=settings.mqtt.server)
            self._broker.leave()
        elif self._announced:
            self._discovery.settings_changed()

    def _hear_names(self) -> None:
        if self._broker is not None:
            slashes = max((name.friendly_name.count("/") for name in self.household.names.values()), default=0)
            self._broker.hear(slashes + 2)  # as many levels, and an endpoint

    def _show_renamed(self) -> None:
        renamed, self._renamed = self._renamed, []
        for key in renamed:
            self._states.show_known(key)

    # ---- publishing --------------------------------------------------------------------------------------------------

    async def _announce(self) -> None:
        """Everything, in the order of mqtt.md 7.1; then the updates begin."""
        settings = self._picture.settings
        if not self._consuming:
            await self._load_states()
        if self._announced or self._broker is None or not self._broker.connected:
            return  # the connection broke meanwhile: the next one begins anew
        self._overviews.start()
        self._availability.show_all()
        self._discovery.begin(self._broker, self._tasks)
        if settings.enable_external_js:
            self._publish_overview("extensions", b"[]")
        if settings.cache_state and settings.cache_state_send_on_startup:
            self._states.show_all([*self._overviews.device_order(), *self.household.groups])
        self._announced = True
        log.info("announced", devices=len(self.household.devices), groups=len(self.household.groups))
        if not self._consuming:
            self._consuming = True
            await self.bus.consume(storage.UPDATES, name="gateway", handler=self._on_publication)
        self._states.flush()

    async def _load_states(self) -> None:
        """The stored states, and updates of the last seconds that the converter has not stored yet."""
        for key, state in (await self.bus.bucket(storage.STATE).entries()).items():
            self._states.remember(key, state)
        for update in await self.bus.newest(storage.UPDATES):
            if isinstance(update, Update):
                self._states.remember_newer(update)

    def _publish_overview(self, name: str, payload: bytes) -> None:
        self._send(Publication(f"{self._picture.settings.mqtt.base_topic}/bridge/{name}", payload, retain=True))

    def _publish_bridge(self, name: str, value: Json) -> None:
        self._send(Publication(f"{self._picture.settings.mqtt.base_topic}/bridge/{name}", to_json(value)))

    def _send(self, publication: Publication) -> bool:
        return self._broker is not None and self._broker.publish(publication)

    def _may_publish(self) -> bool:
        return self._announced and self._broker is not None and self._broker.window_open

    def _name_of(self, ieee: str) -> str | None:
        entity = self.household.by_key(ieee)
        return entity.name if entity is not None else None

    def _say(self, level: Level, event: str, fields: JsonObject) -> None:
        getattr(log, level)(event, **fields)
        self._log.show(level, event, fields)


def _identity(status_port: int) -> str:
    """Return what names this process before and after a restart; without a port of its own it is another one then."""
    return f"{socket.gethostname()}:{status_port or os.getpid()}"


def _connection(settings: MqttSettings) -> MqttSettings:
    """What of the settings a connection is made of."""
    return msgspec.structs.replace(settings, include_device_information=False)


async def serve(service: Service) -> None:
    """Run the gateway until the service stops."""
    await Gateway(service).run()
