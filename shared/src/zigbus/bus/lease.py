"""A lease: what only one process at a time may do. Renewed every second; whoever waits gets it when it has run out.

The entry of bucket LEASES is the truth: NATS forgets it LEASE_S after it was written last, and takes a new one only from
who knows its revision. A process that is cut off from NATS keeps what it holds: nobody can tell it otherwise.
"""

from __future__ import annotations

import asyncio
import time

import msgspec
import nats.aio.client
import nats.errors
import nats.js.errors
import structlog

from zigbus.contract.household import LeaseHolder
from zigbus.contract.storage import LEASE_S, LEASES

log = structlog.get_logger()

RENEW_EVERY_S = 1.0
ANSWER_WITHIN_S = 1.0
WRONG_REVISION = 10071  # JetStream: the entry has changed meanwhile
OUT_OF_REACH = (nats.errors.Error, nats.js.errors.ServiceUnavailableError, OSError, TimeoutError)


class Lease:
    """One lease as one process sees it. Made by `Bus.lease`."""

    def __init__(self, connection: nats.aio.client.Client, key: str, holder: str) -> None:
        self._connection, self._holder = connection, holder
        self._subject = f"$KV.{LEASES.name}.{key}"
        self._revision = 0  # of our entry; 0: we have none

    async def take(self) -> None:
        """Return as soon as the lease is ours. What an earlier life of the same holder left is ours at once."""
        while not await self._claim():  # noqa: ASYNC110  # others give no sign when they end
            await asyncio.sleep(RENEW_EVERY_S)

    async def keep(self) -> None:
        """Renew the lease; return when somebody else has it."""
        held_until_s = time.monotonic() + LEASE_S
        while True:
            await asyncio.sleep(RENEW_EVERY_S)
            if await self._renew():
                held_until_s = time.monotonic() + LEASE_S
            elif self._revision == 0 and not await self._claim():
                log.warning("lease_lost", late_s=round(time.monotonic() - held_until_s, 1))
                return

    async def give_up(self) -> None:
        """Let the next one have it at once."""
        if self._revision:
            await self._write(b"", self._revision)
            self._revision = 0

    async def _renew(self) -> bool:
        """Whether our entry was written anew. If it has changed meanwhile it is ours no more."""
        written = await self._write(self._entry, self._revision)
        if written is not None:
            self._revision = written
        return bool(written)

    async def _claim(self) -> bool:
        try:
            found = await self._connection.jetstream().get_last_msg(f"KV_{LEASES.name}", self._subject, direct=True)
        except nats.js.errors.NotFoundError:
            known = 0
        except OUT_OF_REACH:
            return False
        else:
            if found.data and msgspec.json.decode(found.data, type=LeaseHolder).holder != self._holder:
                return False
            known = found.seq or 0
        self._revision = await self._write(self._entry, known) or 0
        return self._revision > 0

    @property
    def _entry(self) -> bytes:
        return msgspec.json.encode(LeaseHolder(holder=self._holder, renewed_at_s=round(time.time(), 3)))

    async def _write(self, entry: bytes, expected: int) -> int | None:
        """Return the new revision; 0 if the entry is not at the expected one, None if NATS does not answer."""
        headers = {"Nats-Expected-Last-Subject-Sequence": str(expected)}
        try:
            stored = await self._connection.jetstream().publish(
                self._subject, entry, timeout=ANSWER_WITHIN_S, headers=headers
            )
        except nats.js.errors.APIError as error:
            return 0 if error.err_code == WRONG_REVISION else None
        except OUT_OF_REACH:
            return None
        return stored.seq
