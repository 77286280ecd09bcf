"""Backups of the network: after the first start, when members have changed, every day, and on stop (`behaviour` 17.5)."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import structlog

from zigbus_radio.adapter import Adapter
from zigbus_radio.store import Store

log = structlog.get_logger()

EVERY_S = 24 * 3600.0
SETTLED_S = 60.0  # after the last join, so that pairing a house makes one backup
LOOK_EVERY_S = 10.0
STOP_WITHIN_S = 3.0  # a service has 8 s to stop


class Backups:
    """Keeps the newest backup as new as the network."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._newest_s: float | None = None
        self._changed_s: float | None = None  # when members last changed, None: not since the newest backup
        self._making = asyncio.Lock()

    async def load(self) -> None:
        """Find out how old the newest backup is."""
        self._newest_s = await self._store.newest_backup_s()

    def members_changed(self) -> None:
        """Somebody joined or left."""
        self._changed_s = time.time()

    async def keep(self, adapter: Adapter) -> None:
        """Make backups as long as this stick is there. A stick that refuses costs nothing but the backup."""
        while True:
            if self._due(time.time()):
                try:
                    await self.make(adapter)
                except Exception as error:  # zigpy raises whatever a table of the stick made it stumble over
                    log.warning("backup_failed", error=repr(error))
                    self._newest_s = time.time()  # not again before tomorrow or the next change
            await asyncio.sleep(LOOK_EVERY_S)

    async def make(self, adapter: Adapter) -> dict[str, Any]:
        """Make a backup now and return it."""
        async with self._making:
            started_s = time.time()
            backup = await adapter.back_up()
            await self._store.add_backup(started_s, backup)
            self._newest_s = started_s
            if self._changed_s is not None and self._changed_s < started_s:
                self._changed_s = None
            log.info(
                "backup_made",
                devices=len(backup["network_info"]["key_table"]),
                took_s=round(time.time() - started_s, 3),
            )
            return backup

    async def make_last(self, adapter: Adapter) -> None:
        """Make a backup before the service stops, if members have changed since the newest."""
        if self._changed_s is None:
            return
        try:
            async with asyncio.timeout(STOP_WITHIN_S):
                await self.make(adapter)
        except Exception as error:  # the stop goes on
            log.warning("backup_failed", error=repr(error))

    def _due(self, now_s: float) -> bool:
        if self._newest_s is None or now_s - self._newest_s >= EVERY_S:
            return True
        return self._changed_s is not None and now_s - self._changed_s >= SETTLED_S
