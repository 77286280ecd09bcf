"""nats-py's client with two short ways: messages that reach their handler at once, and one write per turn of the loop.

nats-py puts every message into a queue that a task of its subscription empties, and every publication into a list that
another task writes out. At home rates that is most of what a message costs after the waking up itself. Both ways lead
through four members of the client that are not public; `test_bus_connection.py` fails if they change their meaning.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import nats.aio.client
import nats.aio.msg
import nats.aio.subscription
import structlog

log = structlog.get_logger()

Take = Callable[[nats.aio.msg.Msg], None]

HEADER_LINE = b"NATS/1.0\r\n"


class Connection(nats.aio.client.Client):
    """One connection to NATS."""

    def __init__(self) -> None:
        super().__init__()
        self._direct: dict[int, Take] = {}  # subscription -> who takes its messages
        self._write_due = False

    async def hear(self, subject: str, take: Take) -> nats.aio.subscription.Subscription:
        """Subscribe: every message is handed over as soon as it is read. `take` must not wait."""

        async def received(message: nats.aio.msg.Msg) -> None:
            take(message)

        subscription = await self.subscribe(subject, cb=received)
        self._direct[subscription._id] = take
        return subscription

    def say(self, subject: str, payload: bytes, reply: str = "", headers: Mapping[str, str] | None = None) -> None:
        """Publish in this turn of the loop. The caller sees to it that the connection is there."""
        if headers is None:
            command = f"PUB {subject} {reply} {len(payload)}\r\n".encode() + payload + b"\r\n"
        else:
            lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            header = HEADER_LINE + lines.encode() + b"\r\n"
            sizes = f"{len(header)} {len(header) + len(payload)}"
            command = f"HPUB {subject} {reply} {sizes}\r\n".encode() + header + payload + b"\r\n"
        self._pending.append(command)
        self._pending_data_size += len(command)
        self._write_soon()

    async def _flush_pending(self, force_flush: bool = False) -> Any:
        if force_flush or not self.is_connected:
            return await super()._flush_pending(force_flush)
        self._write_soon()
        return None

    def _write_soon(self) -> None:
        if not self._write_due:
            self._write_due = True
            asyncio.get_running_loop().call_soon(self._write)

    def _write(self) -> None:
        self._write_due = False
        if self._pending and self._transport and self.is_connected:
            pending, self._pending, self._pending_data_size = self._pending, [], 0
            self._transport.writelines(pending)

    async def _process_msg(self, sid: int, subject: bytes, reply: bytes, data: bytes, headers: bytes) -> None:
        take = self._direct.get(sid)
        if take is None or sid not in self._subs:
            await super()._process_msg(sid, subject, reply, data, headers)
            return
        header = await self._process_headers(headers) if headers else None
        try:
            take(self._build_message(sid, subject, reply, data, header))
        except Exception:  # one message must not end the connection; a defect of ours is said loudly
            log.exception("message_crashed", subject=subject.decode(errors="replace"))
