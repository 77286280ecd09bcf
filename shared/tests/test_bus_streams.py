"""Publishing to and consuming from streams, while servers and consumers come and go."""

from __future__ import annotations

from typing import Any

from zigbus.bus import Bus, Delivery
from zigbus.bus.nats_server import NatsServer
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
    await until(lambda: len(reader.numbers) >= 1000, timeout_s=30)
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
