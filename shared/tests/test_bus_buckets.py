"""Buckets and their live mirrors."""

from __future__ import annotations

import asyncio

from zigbus.bus import Bus
from zigbus.bus.nats_server import NatsServer
from zigbus.contract import storage
from zigbus.contract.household import ConverterSettings, Name
from zigbus.waiting import until


async def test_a_value_can_be_read_back_and_deleted(bus: Bus) -> None:
    names = bus.bucket(storage.NAMES)
    await names.put("1", Name(friendly_name="hall"))
    assert await names.get("1") == Name(friendly_name="hall")
    await names.delete("1")
    assert await names.get("1") is None


async def test_a_table_starts_complete_and_follows_changes(bus: Bus) -> None:
    names = bus.bucket(storage.NAMES)
    for n in range(50):
        names.put(str(n), Name(friendly_name=f"n{n}"))
    await names.delete("7")
    seen: list[tuple[str, Name | None]] = []
    table = await bus.table(storage.NAMES, lambda key, value, _: seen.append((key, value)))
    assert len(table) == 49
    revision = await names.put("7", Name(friendly_name="back"))
    assert await table.until(revision, 60)
    assert table["7"] == Name(friendly_name="back")
    await names.delete("8")
    await until(lambda: "8" not in table)
    assert seen[-2:] == [("7", Name(friendly_name="back")), ("8", None)]


async def test_a_table_of_an_empty_bucket_is_ready_at_once(bus: Bus) -> None:
    async with asyncio.timeout(60):
        assert len(await bus.table(storage.GROUPS)) == 0


async def test_a_table_is_true_again_after_nats_was_killed_and_changed_meanwhile(
    nats_server: NatsServer, bus: Bus
) -> None:
    names = bus.bucket(storage.NAMES)
    await names.put("1", Name(friendly_name="one"))
    await names.put("2", Name(friendly_name="two"))
    changes: list[tuple[str, Name | None]] = []
    table = await bus.table(storage.NAMES, lambda key, value, _: changes.append((key, value)))
    changes.clear()
    await nats_server.stop(kill=True)
    put, deleted = names.put("1", Name(friendly_name="uno")), names.delete("2")
    await nats_server.start()
    await put
    await deleted
    await until(lambda: dict(table) == {"1": Name(friendly_name="uno")})
    assert changes == [("1", Name(friendly_name="uno")), ("2", None)]


async def test_a_table_forgets_what_a_new_empty_server_does_not_have(nats_server: NatsServer, bus: Bus) -> None:
    await bus.bucket(storage.NAMES).put("1", Name(friendly_name="one"))
    table = await bus.table(storage.NAMES)
    await nats_server.stop()
    nats_server.store = nats_server.store.with_name("replaced")
    await nats_server.start()
    await until(lambda: len(table) == 0)


async def test_settings_are_waited_for_and_only_changes_are_told(bus: Bus) -> None:
    settings = bus.bucket(storage.SETTINGS)
    changes: list[ConverterSettings] = []
    waiting = asyncio.create_task(bus.settings("converter", ConverterSettings, changes.append))
    await settings.put("converter", ConverterSettings(elapsed=True))
    assert (await waiting).elapsed
    await settings.put("converter", ConverterSettings(elapsed=True))
    await settings.put("converter", ConverterSettings(elapsed=False))
    await until(lambda: changes)
    assert changes == [ConverterSettings(elapsed=False)]
