"""Leases: one holder at a time, the next one within seconds."""

from __future__ import annotations

import asyncio

from zigbus.bus import Bus
from zigbus.bus.nats_server import NatsServer
from zigbus.waiting import until


async def test_who_waits_gets_the_lease_as_soon_as_it_is_given_up(bus: Bus) -> None:
    first, second = bus.lease("work", "one"), bus.lease("work", "two")
    await first.take()
    waiting = asyncio.create_task(second.take())
    assert not await _done_soon(waiting)
    await first.give_up()
    async with asyncio.timeout(60):
        await waiting


async def test_a_holder_that_is_started_again_has_its_lease_at_once(bus: Bus) -> None:
    await bus.lease("work", "one").take()
    again = bus.lease("work", "one")
    assert await _done_soon(asyncio.create_task(again.take()))


async def test_who_does_not_renew_loses_the_lease_and_is_told(bus: Bus) -> None:
    first, second = bus.lease("work", "one"), bus.lease("work", "two")
    await first.take()
    async with asyncio.timeout(60):
        await second.take()  # nobody renewed it
        await first.keep()


async def test_who_renews_keeps_the_lease_while_nats_is_killed(bus: Bus, nats_server: NatsServer) -> None:
    first, second = bus.lease("work", "one"), bus.lease("work", "two")
    await first.take()
    keeping = asyncio.create_task(first.keep())
    await nats_server.stop(kill=True)
    await until(lambda: not bus.connected)
    assert not keeping.done()
    await nats_server.start()
    await until(lambda: bus.connected)
    revision = first._revision
    await until(lambda: first._revision > 0 and first._revision != revision, what="renewed")
    waiting = asyncio.create_task(second.take())
    assert not await _done_soon(waiting)
    for task in (keeping, waiting):
        assert not task.done()
        task.cancel()


async def _done_soon(task: asyncio.Task[None]) -> bool:
    """Whether a task is done after it had time to ask twice."""
    done, _ = await asyncio.wait({task}, timeout=2.5)
    return bool(done)
