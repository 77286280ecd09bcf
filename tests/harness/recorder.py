"""An MQTT client that remembers everything it hears, with the time it heard it. Reads the socket in the event loop, so
that the time is the time of arrival; reconnects by itself."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.subscribeoptions import SubscribeOptions

from zigbus.waiting import until
from zigbus_gateway import payload_types

BASE = "zigbee2mqtt"


@dataclass(frozen=True, slots=True)
class Heard:
    """One message."""

    topic: str
    payload: bytes
    retain: bool
    qos: int
    at_s: float  # time.monotonic()

    @property
    def json(self) -> Any:
        """The payload as JSON, None if it is empty."""
        return json.loads(self.payload) if self.payload else None


class Recorder:
    """Subscribed to everything below `topic`."""

    def __init__(self, port: int, topic: str = "#", on_message: Callable[[Heard], None] | None = None) -> None:
        self.messages: list[Heard] = []
        self.connected = False
        self._sent: set[str] = set()  # topics of the test itself
        self._port, self._topic, self._on_message = port, topic, on_message or self.messages.append
        self._client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
        self._client.on_message = self._heard
        self._client.on_connect = self._opened
        self._client.on_disconnect = self._closed
        self._client.on_subscribe = self._subscribed
        self._client.on_socket_open = lambda _c, _u, sock: self._loop.add_reader(sock, self._client.loop_read)
        self._client.on_socket_close = self._reading_ends
        self._client.on_socket_register_write = lambda _c, _u, sock: self._loop.add_writer(
            sock, self._client.loop_write
        )
        self._client.on_socket_unregister_write = self._writing_ends
        self._keeper: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Recorder:
        self._loop = asyncio.get_running_loop()
        self._keeper = asyncio.create_task(self._keep())
        await until(lambda: self.connected, what="recorder connected")
        return self

    async def __aexit__(self, kind: object, *_: object) -> None:
        if self._keeper is not None:
            self._keeper.cancel()
        self._client.disconnect()
        if kind is None:
            self.check_forms()

    def check_forms(self) -> None:
        """Hold everything that was heard of the gateway below its base topic against the documented forms."""
        for message in self.messages:
            base, _, topic = message.topic.partition("/")
            if base == BASE and message.topic not in self._sent:
                payload_types.check(topic, message.payload)

    def publish(self, topic: str, payload: Any, *, qos: int = 0, retain: bool = False) -> None:
        """Publish text as it is, anything else as JSON."""
        self._sent.add(topic)
        self._client.publish(
            topic, payload if isinstance(payload, (str, bytes)) else json.dumps(payload), qos=qos, retain=retain
        )

    def divert(self, on_message: Callable[[Heard], None] | None) -> None:
        """Hand every message to a callback instead of remembering it; None ends that."""
        self._on_message = on_message or self.messages.append

    def of(self, topic: str, since: int = 0) -> list[Heard]:
        """The messages of one topic, in order, from position `since` of `messages`."""
        return [m for m in self.messages[since:] if m.topic == topic]

    def last(self, topic: str) -> Any:
        """JSON of the newest message of a topic, None without one."""
        found = self.of(topic)
        return found[-1].json if found else None

    async def expect(
        self, topic: str, match: Callable[[Any], object] = lambda _: True, *, since: int = 0, timeout_s: float = 60.0
    ) -> Any:
        """Wait for a message whose JSON matches, return that JSON."""
        found: list[Any] = []

        def seen() -> bool:
            found[:] = [m.json for m in self.of(topic, since) if _matches(match, m)]
            return bool(found)

        await until(seen, timeout_s, f"message on {topic}")
        return found[0]

    async def _keep(self) -> None:
        while True:
            if not self.connected:
                with contextlib.suppress(OSError):
                    self._client.connect("127.0.0.1", self._port)
            self._client.loop_misc()
            await asyncio.sleep(0.1 if not self.connected else 1.0)

    def _reading_ends(self, _client: paho.Client, _userdata: object, sock: Any) -> None:
        self._loop.remove_reader(sock)

    def _writing_ends(self, _client: paho.Client, _userdata: object, sock: Any) -> None:
        self._loop.remove_writer(sock)

    def _opened(self, *_: object) -> None:
        self._client.subscribe(self._topic, options=SubscribeOptions(qos=2, retainAsPublished=True))

    def _subscribed(self, *_: object) -> None:
        self.connected = True

    def _closed(self, *_: object) -> None:
        self.connected = False

    def _heard(self, _client: paho.Client, _userdata: object, message: paho.MQTTMessage) -> None:
        self._on_message(Heard(message.topic, bytes(message.payload), message.retain, message.qos, time.monotonic()))


def _matches(match: Callable[[Any], object], message: Heard) -> bool:
    try:
        return bool(match(message.json))
    except (KeyError, TypeError, IndexError, ValueError):
        return False
