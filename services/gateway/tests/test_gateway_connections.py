"""The ways to a broker: protocol versions, WebSocket, unix socket, TLS with and without certificates of our own."""

from __future__ import annotations

import datetime
import ipaddress
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from services.gateway.tests.gateway_rig import LAMP, Rig, rig_in

from zigbus.bus.nats_server import free_port
from zigbus.waiting import until

BROKER_NAME = "broker.home"  # in its certificate, beside 127.0.0.1


@dataclass
class Paper:
    """A certificate and its key, in files."""

    cert: Path
    key: Path


class Authority:
    """Signs certificates, its own first."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._key = folder, ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "zigbus test authority")])
        self.paper = self._write(
            "ca", self._key, self._name, x509.BasicConstraints(ca=True, path_length=0), critical=True
        )

    def sign(self, name: str) -> Paper:
        """Make a certificate for a host of this name at 127.0.0.1, or for a client."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        names = x509.SubjectAlternativeName([x509.DNSName(name), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
        return self._write(name, key, subject, names, critical=False)

    def _write(
        self,
        file: str,
        key: ec.EllipticCurvePrivateKey,
        subject: x509.Name,
        more: x509.ExtensionType,
        *,
        critical: bool,
    ) -> Paper:
        now, day = datetime.datetime.now(datetime.UTC), datetime.timedelta(days=1)
        signed = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - day)
            .not_valid_after(now + day)
            .add_extension(more, critical=critical)
            .sign(self._key, hashes.SHA256())
        )
        paper = Paper(self._folder / f"{file}.crt", self._folder / f"{file}.key")
        paper.cert.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
        paper.key.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return paper


@dataclass
class Ways:
    """A rig whose broker has more listeners."""

    rig: Rig
    port: int
    socket: Path
    authority: Authority

    async def state(self, **mqtt: Any) -> None:
        """Connect with these settings and see that a state arrives."""
        await self.rig.furnish(self.rig.settings(mqtt=mqtt))
        await self.rig.start()
        await self.rig.update(LAMP, {"state": "ON"})
        assert (await self.rig.mqtt.wait_for("lamp"))["state"] == "ON"

    async def refusal(self, **mqtt: Any) -> str:
        """Connect with settings that cannot work; returns the reason that health gives."""
        await self.rig.furnish(self.rig.settings(mqtt=mqtt))
        await self.rig.start(until_announced=False)
        parts = self.rig.health.parts
        await until(
            lambda: "broker" in parts and parts["broker"].reason not in ("", "not connected yet"), 20.0, "reason"
        )
        return parts["broker"].reason


@pytest.fixture(params=["websockets", "unix", "tls", "both"])
async def ways(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Ways]:
    """A broker that listens in one more way; `both`: TLS and it wants a certificate of the client's."""
    port, socket, authority = free_port(), tmp_path / "mqtt.sock", Authority(tmp_path)
    server = authority.sign(BROKER_NAME)
    tls = (
        f"listener {port} 127.0.0.1",
        f"cafile {authority.paper.cert}",
        f"certfile {server.cert}",
        f"keyfile {server.key}",
    )
    more = {
        "websockets": (f"listener {port} 127.0.0.1", "protocol websockets"),
        "unix": (f"listener 0 {socket}",),
        "tls": tls,
        "both": (*tls, "require_certificate true"),
    }[request.param]
    async with rig_in(tmp_path, more=more) as rig:
        yield Ways(rig, port, socket, authority)


def only(*kinds: str) -> pytest.MarkDecorator:
    """Use the fixture with these listeners."""
    return pytest.mark.parametrize("ways", kinds, indirect=True)


@pytest.mark.parametrize("version", [3, 4, 5])
async def test_every_version_of_the_protocol_works(tmp_path: Path, version: int) -> None:
    async with rig_in(tmp_path) as rig:
        ways = Ways(rig, rig.broker.port, tmp_path, Authority(tmp_path))
        await ways.state(version=version, client_id=f"zigbus-{version}")


@only("websockets")
async def test_a_broker_is_reached_through_a_websocket(ways: Ways) -> None:
    await ways.state(server=f"ws://127.0.0.1:{ways.port}/mqtt")


@only("unix")
async def test_a_broker_is_reached_through_a_unix_socket(ways: Ways) -> None:
    await ways.state(server=f"mqtt+unix://{ways.socket}")


@only("tls")
async def test_a_broker_with_a_certificate_is_verified_by_its_name(ways: Ways) -> None:
    ca = str(ways.authority.paper.cert)
    await ways.state(server=f"mqtts://127.0.0.1:{ways.port}", ca=ca, server_name=BROKER_NAME)


@only("tls")
async def test_a_certificate_of_somebody_else_is_refused_with_the_reason(ways: Ways) -> None:
    ca = str(ways.authority.paper.cert)
    reason = await ways.refusal(server=f"mqtts://127.0.0.1:{ways.port}", ca=ca, server_name="other.home")
    assert "certificate" in reason.lower()


@only("tls")
async def test_any_certificate_is_accepted_if_the_settings_say_so(ways: Ways) -> None:
    await ways.state(server=f"mqtts://127.0.0.1:{ways.port}", reject_unauthorized=False)


@only("both")
async def test_a_certificate_of_our_own_is_shown_to_the_broker(ways: Ways) -> None:
    paper = ways.authority.sign("zigbus")
    await ways.state(
        server=f"mqtts://127.0.0.1:{ways.port}",
        ca=str(ways.authority.paper.cert),
        cert=str(paper.cert),
        key=str(paper.key),
    )


@only("tls")
async def test_a_certificate_file_that_is_missing_is_named(ways: Ways, tmp_path: Path) -> None:
    reason = await ways.refusal(server=f"mqtts://127.0.0.1:{ways.port}", ca=str(tmp_path / "nothing.crt"))
    assert "mqtt.ca" in reason
