"""The connection to the MQTT broker: for ever, with what is needed to know that a message has arrived there.

Decides nothing about content. Publishing never waits: a writer hands everything to the client in order. Now and then the
broker is asked to end a subscription that does not exist; its answer confirms what was sent before, for one small packet
instead of one message back for each of ours. Callers hear of connections through `Listener`.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import Any, Protocol

import aiomqtt
import structlog

from zigbus.backoff import Backoff
from zigbus.contract.household import MqttSettings
from zigbus.health import Health
from zigbus.metrics import observe_hop
from zigbus_gateway import metrics
from zigbus_gateway.in_flight import InFlight, Publication
from zigbus_gateway.mqtt_client import CALL_TIMEOUT_S, BadServer, build_client, expiry_properties
from zigbus_gateway.prompt_client import PromptClient
from zigbus_gateway.retained import Retained
from zigbus_gateway.topics import has_wildcard

log = structlog.get_logger()

ONLINE, OFFLINE = b'{"state":"online"}', b'{"state":"offline"}'
REFUSED_CODES = frozenset((4, 5, 134, 135))  # CONNACK: bad user name or password, not authorised (MQTT 3.1.1 and 5)
REFUSED_PAUSE_S = 20.0  # brokers ban clients that keep guessing
RECEIPT_AFTER_S = 0.25  # states may wait so long for their receipt; what happens once is confirmed at once
RECEIPT_AFTER = 50  # so many publications do not wait
USUAL_LEVELS = 8  # command topics are subscribed for names so deep, with endpoint; deeper where there are such names
RETAINED_CHECK_S = 2.0  # after connecting (mqtt.md 1.5)
LAST_WORDS_S = 1.0  # for what is under way when we leave
WINDOW = 1000  # unconfirmed publications; a broker that is this far behind has more in its socket than it needs


class Listener(Protocol):
    """Who the connection works for."""

    def on_message(self, topic: str, payload: bytes, retain: bool) -> None:
        """A message of somebody else."""

    def on_connected(self) -> None:
        """The broker is there, and knows that we are online."""

    def on_confirmed(self, publication: Publication) -> None:
        """The broker has this publication."""

    def on_lost(self, unconfirmed: list[Publication], unsent: list[Publication]) -> None:
        """The broker is gone: what it may or may not have, and what it certainly has not, oldest first."""


class Broker:
    """One broker, as long as the settings stay the same."""

    def __init__(
        self, settings: MqttSettings, listener: Listener, health: Health, retained: Retained, published: set[str]
    ) -> None:
        self.settings, self.retained, self.connected = settings, retained, False
        self.published = self.received = 0  # messages, for `bridge/health`
        self._listener, self._health, self._published = listener, health, published
        self._in_flight = InFlight()
        self._outgoing: deque[Publication] = deque()
        self._wake, self._leave, self._drained = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._unconfirmed, self._urgent = asyncio.Event(), asyncio.Event()
        self._info_seen = self._troubled = self._was_up = False
        self._online = self._farewell = True
        self._levels, self._rewired = USUAL_LEVELS, asyncio.Event()
        self._beside: set[str] = set()  # topics to hear that are not below the base topic

    @property
    def waiting(self) -> int:
        """How many publications the broker has not confirmed yet."""
        return len(self._in_flight) + len(self._outgoing)

    @property
    def window_open(self) -> bool:
        """Whether more may be published now."""
        return self.connected and self.waiting < WINDOW

    def leave(self, *, farewell: bool = True) -> None:
        """Say goodbye to the broker, aloud (`bridge/state` offline) or not; `run` returns after that."""
        self._farewell = self._farewell and farewell
        self._leave.set()

    def show_online(self, online: bool) -> None:
        """Say in `bridge/state` whether the household can be reached at all; saying it again is free."""
        if online != self._online:
            self._online = online
            self.tell_state()

    def hear(self, levels: int) -> None:
        """Hear commands for names of so many levels, endpoint included. Never hears less than before."""
        if levels > self._levels:
            self._levels = levels
            self._rewired.set()

    def hear_beside(self, *topics: str) -> None:
        """Hear these topics (filters), and of those below other base topics no others."""
        if set(topics) != self._beside:
            self._beside = set(topics)
            self._rewired.set()

    def tell_state(self) -> None:
        """Say in `bridge/state` once more what was said last."""
        state = ONLINE if self._online else OFFLINE
        self.publish(Publication(f"{self.settings.base_topic}/bridge/state", state, int(self._online), retain=True))

    def publish(self, publication: Publication) -> bool:
        """Publish as soon as the loop turns. Returns False if the broker is away; retained values are then told later."""
        if has_wildcard(publication.topic):
            log.error("topic_has_wildcard", topic=publication.topic)
            self._listener.on_confirmed(publication)
            return True
        if publication.retain:
            self.retained.want(publication.topic, publication.payload, publication.qos)
        if not self.connected:
            return False
        self._published.add(publication.topic)
        self._outgoing.append(publication)
        self._wake.set()
        return True

    async def run(self) -> None:
        """Hold a connection until `leave`, with pauses that grow while it cannot be had."""
        backoff = Backoff()
        while not self._leave.is_set():
            pause_s = None
            try:
                client = build_client(self.settings, _sink(self._received))
                async with client:
                    try:
                        await self._session(client)
                    finally:
                        self._lost()
            except* (aiomqtt.MqttError, BadServer, OSError, ValueError) as errors:
                pause_s = self._trouble(_first(errors), backoff)
            if pause_s is not None:
                await _wait(self._leave, pause_s)

    # ---- one session -------------------------------------------------------------------------------------------------

    async def _session(self, client: PromptClient) -> None:
        base, keep = self.settings.base_topic, not self.settings.force_disable_retain
        self._published.add(f"{base}/bridge/state")
        await client.publish(f"{base}/bridge/state", ONLINE if self._online else OFFLINE, qos=1, retain=keep)
        self._info_seen = False
        heard = self._heard()
        await client.subscribe([(topic, 0) for topic in heard])
        self.connected = self._was_up = True
        metrics.CONNECTED.set(1)
        self._health.report("broker", ok=True)
        log.info("broker_connected", server=self.settings.server)
        self._troubled = False
        self._listener.on_connected()
        async with asyncio.TaskGroup() as tasks:
            parts = (self._until_lost(client), self._write(client), self._confirm(client), self._check_retained())
            work = [tasks.create_task(part) for part in (*parts, self._rewire(client, heard))]
            await self._leave.wait()
            self._drained.clear()
            self._urgent.set()
            await _wait(self._drained, LAST_WORDS_S if self.waiting else 0.0)
            for task in work:
                task.cancel()
        if self._farewell:
            await client.publish(f"{base}/bridge/state", OFFLINE, qos=0, retain=keep)

    async def _until_lost(self, client: aiomqtt.Client) -> None:
        async for _ in client.messages:  # nothing ever comes this way; it raises when the connection breaks
            raise AssertionError("messages go to the sink")

    def _heard(self) -> list[str]:
        return [*subscriptions(self.settings.base_topic, self._levels), *self._beside]

    async def _rewire(self, client: aiomqtt.Client, heard: list[str]) -> None:
        """Hear what is to be heard, whenever that changes."""
        while True:
            self._rewired.clear()
            wanted = self._heard()
            new, old = [topic for topic in wanted if topic not in heard], [t for t in heard if t not in wanted]
            heard = wanted
            if new:
                await client.subscribe([(topic, 0) for topic in new])
            if old:
                await client.unsubscribe(old)
            await self._rewired.wait()

    async def _write(self, client: PromptClient) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._outgoing:
                publication = self._outgoing[0]
                self._put(client, publication)
                self._in_flight.add(self._outgoing.popleft())
                if publication.urgent or len(self._in_flight) >= RECEIPT_AFTER:
                    self._urgent.set()
            client.write()
            self._unconfirmed.set()

    def _put(self, client: PromptClient, publication: Publication) -> None:
        expiry = publication.expiry_s is not None and self.settings.version == 5
        retain = publication.retain and not self.settings.force_disable_retain
        properties = expiry_properties(publication.expiry_s or 0) if expiry else None
        client.put(publication.topic, publication.payload, publication.qos, retain, properties)

    async def _confirm(self, client: aiomqtt.Client) -> None:
        """Ask for receipts. A broker that gives none within the client's timeout hangs: that ends the session."""
        nothing = f"{self.settings.base_topic}/bridge/receipt"
        while True:
            await self._unconfirmed.wait()
            if not self._urgent.is_set():
                await _wait(self._urgent, RECEIPT_AFTER_S)
            self._urgent.clear()
            sent, asked_s = len(self._in_flight), time.monotonic()
            await client.unsubscribe(nothing)
            observe_hop("gateway_to_broker", time.monotonic() - asked_s)
            metrics.PUBLISHED.inc(sent)
            self.published += sent
            for publication in self._in_flight.confirm(sent):
                if publication.retain:
                    self.retained.confirm(publication.topic, publication.payload)
                self._listener.on_confirmed(publication)
            metrics.IN_FLIGHT.set(len(self._in_flight))
            if not self._in_flight:
                self._unconfirmed.clear()
                self._drained.set()

    async def _check_retained(self) -> None:
        await asyncio.sleep(RETAINED_CHECK_S)
        if not self._info_seen:
            missing = self.retained.missing(everything=True)
            log.info("retained_messages_lost", topics=len(missing))
            for topic, payload, qos in missing:
                self.publish(Publication(topic, payload, qos, retain=True))

    # ---- what comes in -----------------------------------------------------------------------------------------------

    def _received(self, message: aiomqtt.Message) -> None:
        topic = message.topic.value
        if topic == f"{self.settings.base_topic}/bridge/info":
            self._info_seen = True
        elif topic == f"{self.settings.base_topic}/bridge/state":
            self._correct(bytes(message.payload))
        elif topic not in self._published:
            metrics.RECEIVED.inc()
            self.received += 1
            self._listener.on_message(topic, message.payload, message.retain)

    def _correct(self, state: bytes) -> None:
        """The will of a gateway that was active before us may come after we have said that we are online."""
        if state == OFFLINE and self._online and not self._leave.is_set():
            self.tell_state()

    # ---- trouble -----------------------------------------------------------------------------------------------------

    def _lost(self) -> None:
        if not self.connected:
            return
        self.connected = False
        metrics.CONNECTED.set(0)
        unsent = list(self._outgoing)
        self._outgoing.clear()
        for event in (self._unconfirmed, self._urgent, self._wake):
            event.clear()
        self._listener.on_lost(self._in_flight.drain(), unsent)

    def _trouble(self, error: BaseException, backoff: Backoff) -> float:
        """Say once what is wrong and what to do; return the pause before the next attempt."""
        refused = isinstance(error, aiomqtt.MqttCodeError) and _code(error) in REFUSED_CODES
        reason, advice = _diagnosis(error, refused, self.settings)
        if self._was_up:
            self._was_up = False
            backoff.reset()
            metrics.CONNECTIONS_LOST.inc()
        else:
            metrics.CONNECTIONS_REFUSED.labels(
                "login" if refused else "settings" if isinstance(error, BadServer) else "unreachable"
            ).inc()
        self._health.report("broker", ok=False, reason=f"{reason}; {advice}" if advice else reason)
        say = log.debug if self._troubled else log.error if refused or isinstance(error, BadServer) else log.warning
        say("broker_unavailable", server=self.settings.server, reason=reason, **({"advice": advice} if advice else {}))
        self._troubled = True
        return REFUSED_PAUSE_S if refused else backoff.next_s()


def subscriptions(base: str, levels: int) -> list[str]:
    """Everything that may be meant for us, and one own topic that shows whether the broker keeps retained messages.

    zigbee2mqtt subscribes to everything below the base topic, and gets each of its own messages back.
    """
    return [f"{base}/bridge/request/#", f"{base}/bridge/info", *command_topics(base, range(1, levels + 1))]


def command_topics(base: str, levels: range) -> list[str]:
    """Topic filters for set and get; MQTT has no wildcard for any number of levels in the middle."""
    targets = ["/".join("+" * count) for count in levels]
    return [f"{base}/{target}/{kind}/#" for target in targets for kind in ("set", "get")]


def _diagnosis(error: BaseException, refused: bool, settings: MqttSettings) -> tuple[str, str]:
    if refused:
        who = f"user '{settings.user}'" if settings.user else "a client without a user name"
        return f"the broker refuses {who}", "check mqtt.user and mqtt.password in configuration.yaml"
    if isinstance(error, BadServer):
        return str(error), "correct it in configuration.yaml"
    if str(error) == "Operation timed out":  # aiomqtt's words for all of its deadlines
        return f"the broker did not answer within {CALL_TIMEOUT_S:.0f} s", ""
    return str(error) or repr(error), ""


def _code(error: aiomqtt.MqttCodeError) -> int | None:
    return error.rc if isinstance(error.rc, int) or error.rc is None else error.rc.value


def _first(errors: BaseExceptionGroup[Any]) -> BaseException:
    first: BaseException = errors
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    return first


async def _wait(event: asyncio.Event, timeout_s: float) -> None:
    """Wait for an event, at most so long."""
    if timeout_s <= 0:
        return
    try:
        async with asyncio.timeout(timeout_s):
            await event.wait()
    except TimeoutError:
        return


def _sink(receive: Any) -> type[asyncio.Queue[aiomqtt.Message]]:
    """A queue type that hands messages on at once: aiomqtt's iterator costs two tasks a message."""

    class Sink(asyncio.Queue[aiomqtt.Message]):
        def put_nowait(self, item: aiomqtt.Message) -> None:
            try:
                receive(item)
            except Exception:  # one message of somebody must not end the connection
                metrics.REJECTED.labels("crashed").inc()
                log.exception("message_crashed", topic=item.topic.value)

    return Sink
