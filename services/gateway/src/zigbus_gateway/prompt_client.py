"""An MQTT client that can publish without a task, a timer or a turn of the event loop."""

from __future__ import annotations

import asyncio
from typing import Any

import aiomqtt
from paho.mqtt.client import MQTT_ERR_SUCCESS
from paho.mqtt.properties import Properties


class PromptClient(aiomqtt.Client):
    """aiomqtt's client, and a short way out beside `publish`: `put` messages, then `write` them.

    aiomqtt lets the loop say, for every packet anew, when the socket takes something: five system calls and two turns
    of the loop. A socket nearly always does, so we write at once, and ask the loop only if something was left over.
    """

    _putting = False

    def put(self, topic: str, payload: bytes, qos: int, retain: bool, properties: Properties | None) -> None:
        """Queue a message for `write`. Raises MqttCodeError if there is no connection."""
        self._putting = True
        try:
            info = self._client.publish(topic, payload, qos, retain, properties)
        finally:
            self._putting = False
        if info.rc != MQTT_ERR_SUCCESS:
            raise aiomqtt.MqttCodeError(info.rc, "Could not publish message")

    def write(self) -> None:
        """Write what is queued. A broken connection shows where messages are read, as in aiomqtt."""
        try:
            self._client.loop_write()
        except Exception as error:
            if not self._disconnected.done():
                self._disconnected.set_exception(error)
        link = self._client.socket()
        if link is not None and self._client.want_write():
            self._loop.add_writer(link.fileno(), self.write)  # paho has us remove it when all is written

    def _on_socket_register_write(self, client: Any, userdata: Any, sock: Any) -> None:
        """Something is queued that was not `put`. While connecting, this is called in another thread."""
        if self._putting:
            return
        try:
            asyncio.get_running_loop().call_soon(self.write)
        except RuntimeError:
            super()._on_socket_register_write(client, userdata, sock)
