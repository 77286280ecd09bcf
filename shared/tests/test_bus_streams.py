"""Publishing to and consuming from streams, while servers and consumers come and go."""

from __future__ import annotations

import asyncio
from typing import Any

from prometheus_client import REGISTRY

from zigbus.bus import Bus, Delivery
from zigbus.bus.nats_server import NatsServer
from zigbus.bus.provision import create_storage
from zigbus.contract import storage, subjects
from zigbus.contract.updates import Update
from zigbus.waiting import until

IEEE = "0x00158d0001a2b3c4"
SUBJECT = subjects.update_of_device(IEEE)


def numbered(number: int) -> Update:
    return Update(ieee=IEEE, sequence=number, changed={"n": number}, state={"n": number})


class Reader:
    """Collects what a consumer hands out; acknowledges unless told not to."""

    def __init__(self, *, acknowledge: bool = True) -> None:
        self.numbers: list[int] = []
        self.deliveries: list[Delivery[Any]] = []
        self._acknowledge = acknowledge

    def __call__(self, delivery: Delivery[Any]) -> None:
        self.numbers.append(delivery.message.sequence)
        self.deliveries.append(delivery)
        if self._acknowledge:
            delivery.ack()


def retries() -> float:
    return REGISTRY.get_sample_value("zigbus_publish_retries_total") or 0.0


async def test_messages_come_once_and_in_order(bus: Bus) -> None:
    outbox, reader = bus.publisher(), Reader()
    await bus.consume(storage.UPDATES, "reader", reader)
    for n in range(500):
        outbox.send(SUBJECT, numbered(n), f"m{n}")
    await until(lambda: len(reader.numbers) >= 500)
    assert reader.numbers == list(range(500))


async def test_a_message_sent_twice_with_one_id_is_stored_once(bus: Bus) -> None:
    outbox = bus.publisher()
    first, second = outbox.send(SUBJECT, numbered(1), "same"), outbox.send(SUBJECT, numbered(1), "same")
    assert await first == await second


async def test_a_new_consumer_goes_on_behind_what_the_old_one_acknowledged(nats_server: NatsServer, bus: Bus) -> None:
    outbox = bus.publisher()
    for n in range(10):
        await outbox.send(SUBJECT, numbered(n), f"m{n}")
    killed, first = await Bus.connect(nats_server.url, "killed"), Reader(acknowledge=False)
    consumer = await killed.consume(storage.UPDATES, "reader", first)
    await until(lambda: len(first.numbers) == 10)
    for delivery in first.deliveries[:4]:
        delivery.ack()
    info = killed._connection.jetstream()
    await until(lambda: consumer.unacknowledged == 6)
    await killed._connection.flush()
    await info.account_info()
    await killed.close()
    second = Reader()
    await bus.consume(storage.UPDATES, "reader", second)
    await until(lambda: len(second.numbers) == 6)
    assert second.numbers == [4, 5, 6, 7, 8, 9]


async def test_nothing_is_lost_doubled_or_out_of_order_while_nats_is_killed(nats_server: NatsServer, bus: Bus) -> None:
    outbox, reader = bus.publisher(), Reader()
    await bus.consume(storage.UPDATES, "reader", reader)
    for n in range(1000):
        outbox.send(SUBJECT, numbered(n), f"m{n}")
        if n in (200, 600):
            await until(lambda: len(reader.numbers) > 10)
            await nats_server.stop(kill=True)
        if n in (400, 800):
            await nats_server.start()
    await until(lambda: len(reader.numbers) >= 1000, timeout_s=60)
    assert reader.numbers == list(range(1000))
    assert await outbox.drain(5)


async def test_positions_handed_out_before_a_reconnect_are_not_handed_out_again(
    nats_server: NatsServer, bus: Bus
) -> None:
    outbox, reader = bus.publisher(), Reader(acknowledge=False)
    consumer = await bus.consume(storage.UPDATES, "reader", reader)
    for n in range(5):
        await outbox.send(SUBJECT, numbered(n), f"m{n}")
    await until(lambda: len(reader.numbers) == 5)
    await nats_server.stop()
    await nats_server.start()
    await until(lambda: bus.connected)
    await outbox.send(SUBJECT, numbered(5), "m5")
    await until(lambda: len(reader.numbers) == 6)
    assert reader.numbers == [0, 1, 2, 3, 4, 5]
    for delivery in reader.deliveries:
        delivery.ack()
    assert consumer.unacknowledged == 0


async def test_gathered_receipts_confirm_everything_sent_before(bus: Bus) -> None:
    outbox, reader, before = bus.publisher(gather=True), Reader(), retries()
    await bus.consume(storage.UPDATES, "reader", reader)
    stored = [outbox.send(SUBJECT, numbered(n), f"m{n}") for n in range(200)]
    async with asyncio.timeout(60):
        sequences = [await future for future in stored]
    await until(lambda: len(reader.numbers) == 200)
    assert reader.numbers == list(range(200))
    assert all(sequence >= n + 1 for n, sequence in enumerate(sequences))
    assert outbox.depth == 0
    assert retries() == before, "no receipt was refused"


async def test_gathered_receipts_lose_and_double_nothing_while_nats_is_killed(
    nats_server: NatsServer, bus: Bus
) -> None:
    outbox, reader = bus.publisher(gather=True), Reader()
    await bus.consume(storage.UPDATES, "reader", reader)
    await outbox.send(SUBJECT, numbered(0), "m0")  # from now on the stream is trusted to be there
    for n in range(1, 1000):
        outbox.send(SUBJECT, numbered(n), f"m{n}")
        if n in (200, 600):
            await until(lambda: len(reader.numbers) > 10)
            await nats_server.stop(kill=True)
        if n in (400, 800):
            await nats_server.start()
    await until(lambda: len(reader.numbers) >= 1000, timeout_s=60)
    assert reader.numbers == list(range(1000))
    assert await outbox.drain(10)


async def test_messages_that_vanished_under_a_gathering_line_are_sent_again(bus: Bus) -> None:
    outbox = bus.publisher(gather=True)
    await outbox.send(SUBJECT, numbered(0), "m0")
    js = bus._connection.jetstream()
    await js.purge_stream(storage.UPDATES.name)
    await js.delete_stream(storage.UPDATES.name)
    lost = [outbox.send(SUBJECT, numbered(n), f"m{n}") for n in (1, 2)]
    await until(lambda: outbox.depth == 2 and not outbox._waiting)
    await create_storage(bus._connection)
    async with asyncio.timeout(60):
        for future in lost:
            await future
    assert [update.sequence for update in await bus.newest(storage.UPDATES)] == [2]
    assert (await js.stream_info(storage.UPDATES.name)).state.messages == 2


async def test_the_newest_message_of_every_subject_is_listed(bus: Bus) -> None:
    outbox, other = bus.publisher(), "0x00158d0001a2b3c5"
    assert await bus.newest(storage.UPDATES) == []
    for n in range(3):
        await outbox.send(SUBJECT, numbered(n), f"m{n}")
    await outbox.send(subjects.update_of_device(other), numbered(7), "other")
    await outbox.send(SUBJECT, numbered(3), "m3")
    assert [update.sequence for update in await bus.newest(storage.UPDATES)] == [7, 3]


async def test_a_connection_that_breaks_again_while_it_resumes_leaves_one_consumer(
    nats_server: NatsServer, bus: Bus
) -> None:
    outbox, reader = bus.publisher(), Reader()
    await bus.consume(storage.UPDATES, "reader", reader)
    for _ in range(3):
        await nats_server.stop(kill=True)
        await nats_server.start()
        await until(lambda: bus.connected)
    await outbox.send(SUBJECT, numbered(1), "m1")
    await until(lambda: reader.numbers == [1])

    async with asyncio.timeout(60):
        while len(await bus._connection.jetstream().consumers_info(storage.UPDATES.name)) != 1:  # noqa: ASYNC110  # the server has no event for it
            await asyncio.sleep(0.02)
