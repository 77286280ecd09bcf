"""The short ways of the connection: what is heard at once, what is said in one write."""

from __future__ import annotations

import nats.aio.msg
import pytest

from zigbus.bus import Bus
from zigbus.bus.nats_server import MAX_PAYLOAD, NatsServer
from zigbus.waiting import until


async def test_what_is_said_is_heard_in_order_with_its_headers(bus: Bus) -> None:
    heard: list[nats.aio.msg.Msg] = []
    connection = bus._connection
    await connection.hear("test.>", heard.append)
    for n in range(100):
        connection.say("test.plain", str(n).encode(), "answer.here")
    connection.say("test.headed", b"last", headers={"Nats-Msg-Id": "main.1", "Other": "two words"})
    await until(lambda: len(heard) == 101)
    assert [message.data for message in heard[:-1]] == [str(n).encode() for n in range(100)]
    assert {(message.subject, message.reply, message.headers) for message in heard[:-1]} == {
        ("test.plain", "answer.here", None)
    }
    assert (heard[-1].subject, heard[-1].reply) == ("test.headed", "")
    assert heard[-1].headers == {"Nats-Msg-Id": "main.1", "Other": "two words"}


async def test_a_message_that_crashes_its_handler_does_not_end_the_connection(bus: Bus) -> None:
    heard: list[bytes] = []

    def take(message: nats.aio.msg.Msg) -> None:
        if message.data == b"bad":
            raise RuntimeError("a defect")
        heard.append(message.data)

    await bus._connection.hear("test", take)
    for payload in (b"one", b"bad", b"two"):
        bus._connection.say("test", payload)
    await until(lambda: heard == [b"one", b"two"])
    assert bus.connected


async def test_nothing_is_heard_after_the_end_of_a_subscription(bus: Bus) -> None:
    first: list[bytes] = []
    second: list[bytes] = []
    ended = await bus._connection.hear("test", lambda message: first.append(message.data))
    await bus._connection.hear("test", lambda message: second.append(message.data))
    await ended.unsubscribe()
    bus._connection.say("test", b"late")
    await until(lambda: second == [b"late"])
    assert first == []


async def test_a_subscription_hears_again_after_nats_was_killed(nats_server: NatsServer, bus: Bus) -> None:
    heard: list[bytes] = []
    await bus._connection.hear("test", lambda message: heard.append(message.data))
    await nats_server.stop(kill=True)
    await until(lambda: not bus.connected)
    await nats_server.start()
    await until(lambda: bus.connected)
    await bus._connection.flush()
    bus._connection.say("test", b"again")
    await until(lambda: heard == [b"again"])


async def test_a_message_that_nats_would_end_the_connection_for_is_refused(bus: Bus) -> None:
    outbox = bus.publisher()
    with pytest.raises(ValueError, match="too big"):
        outbox.send("zigbus.v1.update.device.0x1", b"x" * MAX_PAYLOAD, "m1")
    assert bus.connected
