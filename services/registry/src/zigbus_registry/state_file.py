"""`state.json`: what the devices were last known to be, in the original's form (contract/configuration.md 9.3)."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Collection, Mapping
from typing import Any

import msgspec
import structlog

from zigbus.bus import Bus, Table
from zigbus.contract import storage
from zigbus.contract.base import JsonObject, Message
from zigbus.contract.household import ImportedState
from zigbus_registry import metrics
from zigbus_registry.folder import DataFolder

log = structlog.get_logger()

STATE_FILE = "state.json"
COLLECT_S = 4.0  # a change is in the file after this and the time of writing: 5 s at the latest
IEEE = re.compile("0x[0-9a-f]{16}")


class StateOnly(Message, frozen=True, kw_only=True):
    """The part of an entry of STATE that goes into the file; it is kept as text, for speed."""

    state: msgspec.Raw = msgspec.Raw(b"{}")


def parse_states(text: str) -> dict[str, JsonObject]:
    """Return the states of a file by key; a broken file, or a broken entry, is empty."""
    try:
        content = json.loads(text)
    except ValueError:
        return {}
    return (
        {key: value for key, value in content.items() if isinstance(value, dict)} if isinstance(content, dict) else {}
    )


def without_updates(states: Mapping[str, JsonObject]) -> dict[str, JsonObject]:
    """Return states without `update`, as the migration to version 5 wants it."""
    return {key: {name: value for name, value in state.items() if name != "update"} for key, state in states.items()}


def without_entry(states: Mapping[str, JsonObject], present: Collection[str]) -> ImportedState:
    """Return the states of devices and groups that are not in `present`."""
    missing = {key: state for key, state in states.items() if key not in present}
    return ImportedState(
        states={key: state for key, state in missing.items() if IEEE.fullmatch(key)},
        groups={key: state for key, state in missing.items() if key.isdecimal()},
    )


class StateFile:
    """The file, kept up to date from bucket STATE."""

    def __init__(self, bus: Bus, folder: DataFolder) -> None:
        self._bus, self._folder = bus, folder
        self._stored: dict[str, bytes] = {}  # from STATE
        self._imported: dict[str, JsonObject] = {}  # from the file; counts until STATE has the key
        self._dirty = asyncio.Event()
        self._failing = False
        self._table: Table[Any]

    async def open(self, *, drop_updates: bool) -> ImportedState:
        """Read file and bucket; returns the states that only the file knows."""
        self._table = await self._bus.table(storage.STATE, self._changed, kind=StateOnly)
        states = await asyncio.to_thread(self._read)
        if drop_updates:
            states = without_updates(states)
            self._dirty.set()
        self._imported = {key: state for key, state in states.items() if key not in self._stored}
        return without_entry(states, self._stored)

    async def run(self, stopping: asyncio.Event) -> None:
        """Write the file a few seconds after a change, until `stopping`; then once more, if needed, by `close`."""
        while not stopping.is_set():
            await _either(self._dirty, stopping)
            try:
                async with asyncio.timeout(COLLECT_S):
                    await stopping.wait()
            except TimeoutError:
                await self.write()

    async def close(self, known: Collection[str]) -> None:
        """Write the file for the last time, without entities that nobody knows any more."""
        unknown = [key for key in (*self._imported, *self._stored) if key not in known]
        for key in unknown:
            self._imported.pop(key, None)
            self._stored.pop(key, None)
        if unknown or self._dirty.is_set():
            await self.write()

    async def write(self) -> None:
        """Write the file now. A failure is logged once; the next change tries again."""
        self._dirty.clear()
        try:
            await asyncio.to_thread(self._write, {**self._imported}, {**self._stored})
        except OSError as error:
            metrics.STATE_WRITES.labels("failed").inc()
            if not self._failing:
                log.warning("state_not_writable", file=str(self._folder.path / STATE_FILE), error=str(error))
            self._failing = True
        else:
            metrics.STATE_WRITES.labels("ok").inc()
            self._failing = False

    def _read(self) -> dict[str, JsonObject]:
        try:
            text = (self._folder.path / STATE_FILE).read_text("utf-8")
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError) as error:
            log.warning("state_unreadable", file=STATE_FILE, error=str(error))
            return {}
        states = parse_states(text)
        if not states and text.strip() not in ("", "{}"):
            log.warning("state_unreadable", file=STATE_FILE, error="not a JSON object of states")
        return states

    def _write(self, imported: Mapping[str, JsonObject], stored: Mapping[str, bytes]) -> None:
        states = {**imported, **{key: json.loads(raw) for key, raw in stored.items()}}
        text = json.dumps(states, indent=4, ensure_ascii=False)
        self._folder.write(STATE_FILE, text.encode("utf-8", "surrogatepass"))

    def _changed(self, key: str, value: StateOnly | None, revision: int) -> None:
        del revision
        state = None if value is None else bytes(value.state)
        if state == self._stored.get(key):
            return
        if state is None:
            del self._stored[key]
        else:
            self._stored[key] = state
        self._imported.pop(key, None)
        self._dirty.set()


async def _either(*events: asyncio.Event) -> None:
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
