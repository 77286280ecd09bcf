"""The permissions on a real server: every service can do its work, and not the others'."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import nats
import pytest

from zigbus.bus import Bus, BusAddress
from zigbus.bus.nats_server import find_server, free_port
from zigbus.contract import operations, storage, subjects
from zigbus.contract.base import Message, Reply, RequestFailed
from zigbus.contract.household import ConverterSettings
from zigbus.contract.requests import CheckHealth, HealthResult, SetRequest
from zigbus.permissions import ROLES, server_settings
from zigbus.waiting import until

COMMITTED = Path(__file__).parents[2] / "deploy" / "nats" / "nats.conf"
LAMP = "0x00158d0001a2b3c4"


def test_committed_server_settings_are_those_of_the_contract() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == server_settings(), (
        "run: python -m zigbus.permissions > deploy/nats/nats.conf"
    )


@pytest.fixture
async def url(tmp_path: Path) -> AsyncIterator[str]:
    """A server with the committed settings, but for address and folder."""
    port = free_port()
    config = tmp_path / "nats.conf"
    config.write_text(
        server_settings().replace("0.0.0.0:4222", f"127.0.0.1:{port}").replace("/data", str(tmp_path / "store"))
    )
    passwords = {f"ZIGBUS_NATS_PASSWORD_{role.name.upper()}": f"of-{role.name}" for role in ROLES}
    process = await asyncio.create_subprocess_exec(
        find_server(), "-c", str(config), "-l", str(tmp_path / "log"), env={**os.environ, **passwords}
    )
    await until(lambda: accepts(port), what="the server")
    yield f"nats://127.0.0.1:{port}"
    process.terminate()
    await process.wait()


def accepts(port: int) -> bool:
    """Whether somebody listens on a port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


async def connect(url: str, name: str) -> Bus:
    async with asyncio.timeout(60):
        return await Bus.connect(BusAddress(url, name, f"of-{name}"), name)


async def until_denied(url: str, name: str, subject: str, *, subscribe: bool = False) -> None:
    """Return when the server has refused a service to publish, or to subscribe, to a subject."""
    errors: list[str] = []

    async def remember(error: Exception) -> None:
        errors.append(str(error).lower())

    connection = await nats.connect(url, user=name, password=f"of-{name}", error_cb=remember)
    if subscribe:
        await connection.subscribe(subject)
    else:
        await connection.publish(subject, b"{}")
    await until(lambda: any("permissions violation" in error for error in errors), what="the refusal")
    await connection.close()


@pytest.mark.parametrize("name", [role.name for role in ROLES])
async def test_every_service_can_connect_and_read_what_it_needs(url: str, name: str) -> None:
    role = next(role for role in ROLES if role.name == name)
    bus = await connect(url, name)
    async with asyncio.timeout(60):
        for bucket in storage.BUCKETS:
            if bucket is not storage.SETTINGS:
                await bus.table(bucket)
        for key in role.settings:
            await bus.table(storage.SETTINGS, kind=Message, key_filter=">" if key == "*" else key)
        for stream in role.consumes:
            await bus.consume(stream, name, lambda _: None)
    await bus.close()


async def test_owner_writes_its_bucket_and_reader_sees_it(url: str) -> None:
    registry, converter = await connect(url, "registry"), await connect(url, "converter")
    await registry.bucket(storage.SETTINGS).put("converter", ConverterSettings(elapsed=True))
    async with asyncio.timeout(60):
        assert (await converter.settings("converter", ConverterSettings)).elapsed
    await registry.close()
    await converter.close()


async def test_request_of_the_gateway_is_answered_by_its_owner(url: str) -> None:
    registry, gateway = await connect(url, "registry"), await connect(url, "gateway")

    async def healthy(_: CheckHealth) -> HealthResult:
        return HealthResult(healthy=True)

    await registry.serve(operations.HEALTH, healthy)
    await registry.serve(operations.RESTART_ALL, lambda _: _nothing())
    assert (await gateway.call(operations.HEALTH, CheckHealth())).healthy
    with pytest.raises(RequestFailed, match="No converter is running"):
        await gateway.call(operations.SET, SetRequest(payload={}, ieee=LAMP), ieee=LAMP)
    await registry.close()
    await gateway.close()


async def _nothing() -> Reply:
    return Reply()


async def test_restart_broadcast_of_the_registry_reaches_all(url: str) -> None:
    registry, radio = await connect(url, "registry"), await connect(url, "radio")
    heard: list[str] = []
    await radio.subscribe(subjects.RESTART, Message, lambda subject, _: heard.append(subject))

    def said_and_heard() -> bool:  # said again: a subscription takes a moment to reach the server
        registry.publish(subjects.RESTART, Message())
        return bool(heard)

    await until(said_and_heard, what="the broadcast")
    await registry.close()
    await radio.close()


@pytest.mark.parametrize(
    ("name", "subject"),
    [
        ("gateway", subjects.radio_request("main", "leave")),
        ("terminal", subjects.RESTART),
        ("gateway", "$KV.NAMES.0x00158d0001a2b3c4"),
        ("converter", "$KV.SETTINGS.radio"),
        ("radio", subjects.update_of_device(LAMP)),
        ("converter", subjects.event("main", LAMP, "report")),
        ("gateway", "$JS.API.DIRECT.GET.KV_SETTINGS.$KV.SETTINGS.radio"),
        ("gateway", "$JS.API.CONSUMER.CREATE.KV_SETTINGS.spy.$KV.SETTINGS.>"),
        ("terminal", "$JS.API.STREAM.DELETE.UPDATES"),
        ("terminal", "$JS.API.STREAM.MSG.GET.KV_SETTINGS"),
    ],
)
async def test_service_may_not_do_what_is_not_its_work(url: str, name: str, subject: str) -> None:
    await until_denied(url, name, subject)


@pytest.mark.parametrize(
    ("name", "subject"), [("gateway", "$KV.SETTINGS.>"), ("terminal", ">"), ("gateway", "zigbus.v1.*.event.>")]
)
async def test_service_may_not_hear_what_is_not_for_it(url: str, name: str, subject: str) -> None:
    await until_denied(url, name, subject, subscribe=True)
