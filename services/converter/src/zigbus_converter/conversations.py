"""Runs conversations with devices: one at a time per device, in order of arrival; devices do not wait for each other."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import Any, Protocol, TypeVar

from zigbus.contract.base import FailureCode, JsonObject, RequestFailed
from zigbus_converter.air import Air
from zigbus_converter.effects import (
    Bind,
    Consult,
    Conversation,
    Effect,
    Invoke,
    Now,
    Publish,
    Read,
    Report,
    Wait,
    Wake,
    Write,
)
from zigbus_converter.entity import Entity

T = TypeVar("T")

EFFECTS_LIMIT = 1000  # of one conversation; more is an endless generator
CONVERSATIONS_LIMIT = 100  # that may wait for one device; a client that sends more gets an error


class LocalEffects(Protocol):
    """Performs what does not go over the air."""

    def __call__(self, entity: Entity, effect: Effect, payload: JsonObject) -> JsonObject:
        """Perform an effect; returns `payload` with what it merges."""


class Consultation(Protocol):
    """Hands requests to the engine that a definition runs in."""

    def __call__(self, request: Any) -> Awaitable[Any]:
        """Return what the engine says. Raises what the definition raised."""


class Conversations:
    """Takes conversations in and runs them."""

    def __init__(self, air: Air, local: LocalEffects, consult: Consultation | None = None) -> None:
        self._air, self._local, self._consult = air, local, consult
        self._lines: dict[str, tuple[asyncio.Lock, list[int]]] = {}

    async def in_line(self, entity: Entity, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run `work` when all earlier work of the device is done. Raises RequestFailed if too much waits."""
        lock, waiting = self._lines.setdefault(entity.key, (asyncio.Lock(), [0]))
        if waiting[0] >= CONVERSATIONS_LIMIT:
            raise RequestFailed.of(FailureCode.UNAVAILABLE, "Too many requests wait for this device", key=entity.key)
        waiting[0] += 1
        try:
            async with lock:
                return await work()
        finally:
            waiting[0] -= 1
            if not waiting[0]:
                self._lines.pop(entity.key, None)

    async def hold(self, entity: Entity, conversation: Conversation) -> JsonObject:
        """Hold one conversation to its end; returns what it merged. Raises what the conversation raises."""
        payload: JsonObject = {}
        try:
            effect = next(conversation)
            for _ in range(EFFECTS_LIMIT):
                try:
                    answer, payload = await self._perform(entity, effect, payload)
                except RequestFailed as error:
                    effect = conversation.throw(error)
                else:
                    effect = conversation.send(answer)
        except StopIteration:
            return payload
        conversation.close()
        raise RuntimeError(f"more than {EFFECTS_LIMIT} effects in one conversation")

    async def _perform(self, entity: Entity, effect: Effect, payload: JsonObject) -> tuple[Any, JsonObject]:
        if isinstance(effect, Read | Write | Invoke | Bind | Report):
            return await self._air.perform(entity, effect), payload
        if isinstance(effect, Consult):
            assert self._consult is not None, "a definition that runs elsewhere comes with its engine"
            return await self._consult(effect.request), payload
        if isinstance(effect, Wait):
            await asyncio.sleep(effect.seconds)
            return None, payload
        if isinstance(effect, Now):
            return now_s(), payload
        if isinstance(effect, Publish) and payload:
            self._local(entity, Publish(payload), {})
            payload = {}
        return None, self._local(entity, effect, payload)


def conversation_of(effects: Iterable[Effect], entity: Entity | None = None) -> Conversation:
    """Return effects that nobody waits for as a conversation; answers are not listened to."""
    for effect in effects:
        if not isinstance(effect, Wake):
            yield effect
        elif entity is not None and entity.assembled is not None and entity.definition.elsewhere is not None:
            yield from entity.definition.elsewhere.woken(entity, effect)


def now_s() -> float:
    """Unix time."""
    return time.time()
