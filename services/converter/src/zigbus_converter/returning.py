"""What happens when a device shows up: the definition's own steps, and reading back what a lamp may have lost."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

from zigbus.contract.base import Ieee, RequestFailed
from zigbus.contract.household import Availability
from zigbus.contract.requests import GetRequest
from zigbus_converter.commands import Commands
from zigbus_converter.conversations import Conversations
from zigbus_converter.definition import Occasion
from zigbus_converter.engine import Engine
from zigbus_converter.entity import Entity

log = structlog.get_logger()

READ_BACK_AFTER_S = 2.0  # after the last announcement: devices repeat it (behaviour 13.9)
READ_BACK_APART_S = 0.5
READ_BACK = ((("state",), False), (("brightness",), True), (("color", "color_temp"), True))
"""Keys of which the first readable one is read, and whether only of a lamp that is on."""

Spawn = Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]]


class Returning:
    """Tells definitions of occasions, and reads back the state of devices that returned."""

    def __init__(
        self,
        find: Callable[[Ieee], Entity | None],
        conversations: Conversations,
        commands: Commands,
        engine: Engine,
        spawn: Spawn,
    ) -> None:
        self._find, self._conversations, self._commands = find, conversations, commands
        self._engine, self._spawn = engine, spawn
        self._away: set[Ieee] = set()  # devices that cannot be reached
        self._reading: dict[Ieee, asyncio.Task[None]] = {}

    def announced(self, entity: Entity) -> None:
        """A device that was interviewed before said that it is there, maybe after its power was gone."""
        self.occasion(entity, "announced")
        self.read_back(entity)

    def availability_changed(self, ieee: Ieee, availability: Availability | None) -> None:
        """Who can be reached again may have changed, or missed what it was told, meanwhile."""
        if availability is None or availability.available:
            entity = self._find(ieee) if ieee in self._away else None
            self._away.discard(ieee)
            if entity is not None and availability is not None:
                self.read_back(entity)
        else:
            self._away.add(ieee)

    def occasion(self, entity: Entity, what: Occasion) -> None:
        """Let the definition do what it wants to do now (behaviour 12.11)."""
        if not entity.converts or entity.options.get("disabled"):
            return
        if any(part.occasions for part in entity.definition.parts):
            self._spawn(self._tell(entity, what))

    def read_back(self, entity: Entity) -> None:
        """Read the state in a moment; a further call puts that off."""
        earlier = self._reading.get(entity.ieee)
        if earlier is not None:
            earlier.cancel()
        task = self._reading[entity.ieee] = self._spawn(self._read_back(entity))
        task.add_done_callback(lambda done: self._forget(entity.ieee, done))

    def _forget(self, ieee: Ieee, done: asyncio.Task[None]) -> None:
        if self._reading.get(ieee) is done:
            del self._reading[ieee]

    async def _tell(self, entity: Entity, what: Occasion) -> None:
        try:
            await self._conversations.in_line(entity, lambda: self._steps(entity, what))
        except RequestFailed as error:
            log.warning("occasion_dropped", ieee=entity.ieee, occasion=what, error=error.failure.text)

    async def _steps(self, entity: Entity, what: Occasion) -> None:
        for step in [step for part in entity.definition.parts for step in part.occasions]:
            try:
                await self._conversations.hold(entity, step(entity, what))
            except RequestFailed as error:
                log.info("occasion_failed", ieee=entity.ieee, occasion=what, error=error.failure.text)
            except Exception as error:  # a definition's fault costs this step of this device
                self._engine.tell(entity, what, error)

    async def _read_back(self, entity: Entity) -> None:
        await asyncio.sleep(READ_BACK_AFTER_S)
        for keys, only_when_on in READ_BACK:
            if only_when_on and entity.state.get("state", "ON") != "ON":
                continue
            key = next((key for key in keys if _readable(entity, key)), None)
            if key is not None:
                with contextlib.suppress(RequestFailed):  # its definition went meanwhile
                    await self._commands.get(GetRequest(ieee=entity.ieee, payload={key: ""}))
                await asyncio.sleep(READ_BACK_APART_S)


def _readable(entity: Entity, key: str) -> bool:
    sender = entity.assembled.sender_of(key, None) if entity.assembled is not None and entity.converts else None
    return sender is not None and sender.get is not None
