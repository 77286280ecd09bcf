"""The radio's memory across restarts: one SQLite file with the devices and the network backups.

This file is the truth about the network; bucket DEVICES is a view of it. Writes are done in a thread of
their own, so that a slow disk never holds up the serial line. (zigpy's own database is not used: it stores zigpy's
device objects and attribute caches, which this service does not make, and knows nothing of interview states,
bindings and reportings, which it needs.)
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import structlog

from zigbus.contract.devices import DeviceDescription

log = structlog.get_logger()

BACKUPS_KEPT = 10
RETRY_S = 1.0

_SCHEMA = """
CREATE TABLE IF NOT EXISTS devices (ieee TEXT PRIMARY KEY, record TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS backups (id INTEGER PRIMARY KEY, created_s REAL NOT NULL, backup TEXT NOT NULL);
"""


class DeviceRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What is stored of one device."""

    description: DeviceDescription
    lqi: int | None = None
    check_in_known: bool = False  # its poll control interval has been read


class Store:
    """The file. Made by `Store.open`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        self._database: sqlite3.Connection | None = None
        self._dirty: dict[str, DeviceRecord | None] = {}
        self._flushing: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, path: Path) -> Store:
        """Open the file, and create it if it is not there. A file that is no database is set aside, never overwritten."""
        store = cls(path)
        await store._in_thread(store._connect)
        return store

    async def devices(self) -> list[DeviceRecord]:
        """Return all stored devices; entries that cannot be read are left out and logged."""
        rows = await self._in_thread(self._select, "SELECT ieee, record FROM devices ORDER BY rowid")
        records = []
        for ieee, text in rows:
            try:
                records.append(msgspec.json.decode(text, type=DeviceRecord))
            except msgspec.MsgspecError as error:
                log.warning("stored_device_unreadable", ieee=ieee, error=str(error))
        return records

    async def backups(self) -> list[dict[str, Any]]:
        """Return the network backups, oldest first, as zigpy wrote them."""
        rows = await self._in_thread(self._select, "SELECT backup FROM backups ORDER BY created_s, id")
        return [msgspec.json.decode(text) for (text,) in rows]

    async def newest_backup_s(self) -> float | None:
        """Unix time of the newest backup."""
        rows = await self._in_thread(self._select, "SELECT max(created_s) FROM backups")
        return None if rows[0][0] is None else float(rows[0][0])

    async def add_backup(self, created_s: float, backup: dict[str, Any]) -> None:
        """Store a network backup; of the old ones the newest stay."""
        await self._in_thread(self._insert_backup, created_s, json.dumps(backup))  # msgspec refuses subclasses of int

    def save(self, ieee: str, record: DeviceRecord | None) -> None:
        """Remember a device, or forget it (None). Written at once; what comes while the disk works goes together."""
        self._dirty[ieee] = record
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.get_running_loop().create_task(self._flush_later(), name="store")

    async def set_aside(self, created_s: float) -> Path:
        """Copy the file before its content is given up, and return the copy's path."""
        await self.flush()
        copy = self.path.with_name(f"{self.path.stem}.{int(created_s)}{self.path.suffix}.old")
        await self._in_thread(self._copy, copy)
        return copy

    async def flush(self) -> None:
        """Write what waits, now."""
        if self._dirty:
            dirty, self._dirty = self._dirty, {}
            try:
                await self._in_thread(self._write, dirty)
            except sqlite3.Error:
                self._dirty = dirty | self._dirty
                raise

    async def close(self) -> None:
        """Write what waits and close the file."""
        if self._flushing is not None:
            self._flushing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._flushing
        try:
            await self.flush()
        except sqlite3.Error as error:
            log.warning("store_not_written", path=str(self.path), error=str(error))
        await self._in_thread(self._disconnect)
        self._thread.shutdown()

    async def _flush_later(self) -> None:
        while self._dirty:
            try:
                await asyncio.shield(asyncio.ensure_future(self.flush()))
            except sqlite3.Error as error:  # a full or broken disk: what is in memory goes on, and is tried again
                log.warning("store_not_written", path=str(self.path), error=str(error))
                await asyncio.sleep(RETRY_S)

    async def _in_thread(self, work: Any, *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *arguments)

    # ---- in the thread -----------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._database = self._open_database()
        except sqlite3.DatabaseError as error:
            aside = self.path.with_suffix(".broken")
            self.path.replace(aside)
            log.warning("database_broken", path=str(self.path), set_aside=str(aside), error=str(error))
            self._database = self._open_database()

    def _open_database(self) -> sqlite3.Connection:
        database = sqlite3.connect(self.path, check_same_thread=False, isolation_level=None)
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=NORMAL")  # a killed process loses nothing, a power cut the last moments
        database.executescript(_SCHEMA)
        return database

    def _disconnect(self) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None

    def _select(self, statement: str) -> list[tuple[Any, ...]]:
        assert self._database is not None
        return self._database.execute(statement).fetchall()

    def _insert_backup(self, created_s: float, text: str) -> None:
        assert self._database is not None
        with self._transaction() as database:
            database.execute("INSERT INTO backups (created_s, backup) VALUES (?, ?)", (created_s, text))
            database.execute(
                "DELETE FROM backups WHERE id NOT IN (SELECT id FROM backups ORDER BY created_s DESC, id DESC LIMIT ?)",
                (BACKUPS_KEPT,),
            )

    def _write(self, dirty: dict[str, DeviceRecord | None]) -> None:
        with self._transaction() as database:
            for ieee, record in dirty.items():
                if record is None:
                    database.execute("DELETE FROM devices WHERE ieee = ?", (ieee,))
                else:
                    text = msgspec.json.encode(record).decode()
                    database.execute(
                        "INSERT INTO devices VALUES (?, ?) ON CONFLICT(ieee) DO UPDATE SET record = excluded.record",
                        (ieee, text),
                    )

    def _copy(self, path: Path) -> None:
        assert self._database is not None
        with contextlib.closing(sqlite3.connect(path)) as copy:
            self._database.backup(copy)

    @contextlib.contextmanager
    def _transaction(self) -> Any:
        assert self._database is not None
        self._database.execute("BEGIN")
        try:
            yield self._database
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")
