"""The store: what is saved is there again, whatever happened to the file."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import msgspec

from zigbus.contract.devices import DeviceDescription
from zigbus_radio.store import BACKUPS_KEPT, DeviceRecord, Store

RECORD = DeviceRecord(description=DeviceDescription(ieee="0x00158d0001a2b3c4", coordinator="main", nwk=7), lqi=90)


async def test_a_saved_device_is_there_when_the_file_is_opened_again(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "radio.sqlite")
    newer = msgspec.structs.replace(RECORD, lqi=91)
    store.save("0x00158d0001a2b3c4", RECORD)
    store.save("0x00158d0001a2b3c4", newer)
    store.save("0x00158d00000000ff", RECORD)
    store.save("0x00158d00000000ff", None)
    await store.close()
    again = await Store.open(tmp_path / "radio.sqlite")
    assert await again.devices() == [newer]
    await again.close()


async def test_a_file_that_is_no_database_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "radio.sqlite"
    path.write_bytes(b"no database at all, but long enough to be mistaken for one" * 30)
    store = await Store.open(path)
    assert await store.devices() == []
    assert (tmp_path / "radio.broken").exists()
    await store.close()


async def test_an_entry_that_cannot_be_read_costs_only_itself(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "radio.sqlite")
    store.save("0x00158d0001a2b3c4", RECORD)
    await store.close()
    with sqlite3.connect(tmp_path / "radio.sqlite") as database:
        database.execute("INSERT INTO devices VALUES ('0x1', '{}')")
    database.close()
    again = await Store.open(tmp_path / "radio.sqlite")
    assert await again.devices() == [RECORD]
    await again.close()


async def test_only_the_newest_backups_are_kept_in_order(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "radio.sqlite")
    assert await store.newest_backup_s() is None
    for number in range(BACKUPS_KEPT + 3):
        await store.add_backup(float(number), {"number": number})
    assert [backup["number"] for backup in await store.backups()] == list(range(3, BACKUPS_KEPT + 3))
    assert await store.newest_backup_s() == BACKUPS_KEPT + 2
    await store.close()


async def test_what_could_not_be_written_is_written_when_the_disk_works_again(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "radio.sqlite")
    blocker = sqlite3.connect(tmp_path / "radio.sqlite", isolation_level=None)
    store._database.execute("PRAGMA busy_timeout=1")  # type: ignore[union-attr]  # it is open
    blocker.execute("BEGIN IMMEDIATE")
    store.save("0x00158d0001a2b3c4", RECORD)
    await asyncio.wait({store._flushing}, timeout=0.1)  # type: ignore[type-var]  # a task by now
    blocker.execute("COMMIT")
    blocker.close()
    await store.close()
    again = await Store.open(tmp_path / "radio.sqlite")
    assert await again.devices() == [RECORD]
    await again.close()
