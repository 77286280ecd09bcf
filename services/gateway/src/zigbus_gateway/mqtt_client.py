"""From the settings to an MQTT client: address, credentials, TLS, last will."""

from __future__ import annotations

import asyncio
import socket
import ssl
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

import aiomqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from zigbus.contract.household import MqttSettings
from zigbus_gateway.prompt_client import PromptClient

CALL_TIMEOUT_S = 10.0  # CONNACK, SUBACK, PUBACK
DEFAULT_PORTS = {"mqtt": 1883, "tcp": 1883, "mqtts": 8883, "ssl": 8883, "ws": 80, "wss": 443, "mqtt+unix": 0}
VERSIONS = {3: aiomqtt.ProtocolVersion.V31, 4: aiomqtt.ProtocolVersion.V311, 5: aiomqtt.ProtocolVersion.V5}


class BadServer(Exception):
    """The server address or a TLS file in the settings cannot be used; the text says which and why."""


@dataclass(frozen=True)
class ServerAddress:
    """Where the broker is, from `mqtt.server`."""

    host: str
    port: int
    transport: Literal["tcp", "websockets", "unix"]
    tls: bool
    path: str | None = None

    @classmethod
    def parse(cls, url: str) -> ServerAddress:
        """Read `mqtt://host:port` and its relatives. Raises BadServer."""
        parts = urlsplit(url)
        if parts.scheme not in DEFAULT_PORTS:
            raise BadServer(
                f"mqtt.server '{url}' must start with one of {', '.join(sorted(DEFAULT_PORTS))}, e.g. mqtt://localhost:1883"
            )
        if parts.scheme == "mqtt+unix":
            return cls(unquote(parts.path), 0, "unix", tls=False)
        try:
            host, port = parts.hostname, parts.port or DEFAULT_PORTS[parts.scheme]
        except ValueError as error:
            raise BadServer(f"mqtt.server '{url}': {error}") from None
        if not host:
            raise BadServer(f"mqtt.server '{url}' names no host")
        web = parts.scheme in ("ws", "wss")
        path = (parts.path or "/mqtt") if web else None
        return cls(host, port, "websockets" if web else "tcp", parts.scheme in ("mqtts", "ssl", "wss"), path)


def build_client(settings: MqttSettings, incoming: type[asyncio.Queue[aiomqtt.Message]]) -> PromptClient:
    """Return a client for one connection. `incoming` gets every message by `put_nowait`. Raises BadServer."""
    address = ServerAddress.parse(settings.server)
    version = VERSIONS[settings.version]
    is_v5 = version is aiomqtt.ProtocolVersion.V5
    return PromptClient(
        address.host,
        address.port or 1883,
        transport=address.transport,
        websocket_path=address.path,
        username=settings.user,
        password=settings.password,
        identifier=settings.client_id,
        protocol=version,
        clean_session=None if is_v5 else True,
        keepalive=settings.keepalive_s,
        timeout=CALL_TIMEOUT_S,
        properties=_connect_properties(settings) if is_v5 else None,
        tls_context=_tls(settings) if address.tls else None,
        queue_type=incoming,
        socket_options=((socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),) if address.transport == "tcp" else (),
        will=aiomqtt.Will(
            f"{settings.base_topic}/bridge/state",
            b'{"state":"offline"}',
            qos=1,
            retain=not settings.force_disable_retain,
        ),
    )


def expiry_properties(seconds: int) -> Properties:
    """MQTT 5 properties of a message that the broker forgets after some seconds."""
    properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]  # paho has no types here
    properties.MessageExpiryInterval = seconds
    return properties


def _connect_properties(settings: MqttSettings) -> Properties:
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho has no types here
    properties.MaximumPacketSize = settings.maximum_packet_size
    return properties


def _tls(settings: MqttSettings) -> ssl.SSLContext:
    try:
        context = _NamedContext(ssl.PROTOCOL_TLS_CLIENT)
        context.server_name = settings.server_name
        if not settings.reject_unauthorized:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        elif settings.ca:
            context.load_verify_locations(settings.ca)
        else:
            context.load_default_certs()
        if settings.cert:
            context.load_cert_chain(settings.cert, settings.key)
    except (OSError, ssl.SSLError) as error:
        raise BadServer(f"mqtt.ca, mqtt.cert or mqtt.key cannot be used: {error}") from error
    return context


class _NamedContext(ssl.SSLContext):
    """Asks for, and verifies, the name of `mqtt.server_name` instead of the host's."""

    server_name: str | None = None

    def wrap_socket(self, *args: Any, **kwargs: Any) -> ssl.SSLSocket:
        """As paho calls it, with the host's name as `server_hostname`."""
        if self.server_name is not None:
            kwargs["server_hostname"] = self.server_name
        return super().wrap_socket(*args, **kwargs)
