"""Publishing without the event loop's help, at a real broker."""

from __future__ import annotations

import asyncio

import aiomqtt
import pytest
from services.gateway.tests.gateway_rig import BASE, Rig

from zigbus_gateway.mqtt_client import build_client


def has_writer(client: aiomqtt.Client) -> bool:
    """Whether the loop was asked to say when the client's socket takes something. Ends that."""
    link = client._client.socket()
    assert link is not None
    return asyncio.get_running_loop().remove_writer(link.fileno())


async def test_nothing_is_left_to_the_loop_when_the_socket_took_everything(rig: Rig) -> None:
    async with build_client(rig.settings().mqtt, asyncio.Queue) as client:
        receipt = asyncio.ensure_future(client.unsubscribe("nothing"))
        await asyncio.sleep(0)  # its packet is queued now, and the loop was told
        client.put(f"{BASE}/lamp", b'{"state":"ON"}', 0, False, None)
        client.write()
        await receipt
        assert not has_writer(client)
    await rig.mqtt.wait_for("lamp")


async def test_a_message_bigger_than_the_sockets_buffer_arrives_whole(rig: Rig) -> None:
    text = '"' + "x" * 8_000_000 + '"'
    async with build_client(rig.settings().mqtt, asyncio.Queue) as client:
        client.put(f"{BASE}/big", text.encode(), 0, False, None)
        client.put(f"{BASE}/behind", b"1", 0, False, None)
        client.write()
        await rig.mqtt.wait_for("behind")
        assert not has_writer(client)
    assert rig.mqtt.of("big")[0].payload == text


async def test_a_message_without_a_connection_is_refused(rig: Rig) -> None:
    client = build_client(rig.settings().mqtt, asyncio.Queue)
    async with client:
        pass
    with pytest.raises(aiomqtt.MqttError):
        client.put(f"{BASE}/lamp", b"1", 0, False, None)
