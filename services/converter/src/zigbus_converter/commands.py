"""Carries out set and get messages, and keeps what a sleeping device did not take."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from zigbus.contract import storage
from zigbus.contract.base import Failure, FailureCode, JsonObject, RequestFailed
from zigbus.contract.household import ConverterSettings
from zigbus.contract.requests import GetRequest, KeyOutcome, KeysResult, SetRequest
from zigbus_converter.assembly import kept_for_s
from zigbus_converter.cache import KeyFilter, texts
from zigbus_converter.conversations import Conversations, now_s
from zigbus_converter.engine import Engine
from zigbus_converter.entity import Entity, Kept
from zigbus_converter.groups import Groups
from zigbus_converter.keeper import Keeper
from zigbus_converter.metrics import FAILURES, KEPT, KEYS
from zigbus_converter.planning import Step, Way, ask_for, plan, result_keys
from zigbus_converter.roster import Roster
from zigbus_converter.scenes import CHANGING_KEYS

log = structlog.get_logger()

ASLEEP = (FailureCode.DELIVERY_FAILED, FailureCode.TIMEOUT)


class Commands:
    """Answers the operations `set` and `get`."""

    def __init__(
        self,
        roster: Roster,
        groups: Groups,
        conversations: Conversations,
        engine: Engine,
        keeper: Keeper,
        *,
        settings: Callable[[], ConverterSettings],
    ) -> None:
        self._roster, self._groups, self._conversations = roster, groups, conversations
        self._engine, self._keeper = engine, keeper
        self._settings = settings
        self._resending: set[str] = set()

    async def set(self, ask: SetRequest) -> KeysResult:
        """Make a device take on values."""
        return await self._carry_out(ask, "set")

    async def get(self, ask: GetRequest) -> KeysResult:
        """Read properties of a device."""
        return await self._carry_out(ask, "get")

    async def resend(self, entity: Entity) -> None:
        """The device was heard: send what was kept for it."""
        if entity.ieee in self._resending:
            return
        self._resending.add(entity.ieee)
        try:
            await self._conversations.in_line(entity, lambda: self._send_kept(entity))
        finally:
            self._resending.discard(entity.ieee)

    async def _carry_out(self, ask: SetRequest | GetRequest, way: Way) -> KeysResult:
        entity = self._addressed(ask)
        outcomes = await self._conversations.in_line(entity, lambda: self._steps(entity, ask, way))
        for outcome in outcomes:
            KEYS.labels(
                way, "kept" if outcome.queued else outcome.failure.code.value if outcome.failure else "ok"
            ).inc()
        revisions: dict[str, int] = {}
        if way == "set":
            if any(scene_key in key for key in ask.payload for scene_key in CHANGING_KEYS):
                revisions = await self._scenes_changed(entity)
            await self._keeper.stored(entity)
        return KeysResult(keys=tuple(outcomes), revisions=revisions)

    async def _scenes_changed(self, entity: Entity) -> dict[str, int]:
        """Show the scenes that the device, or the group's members, remember now; they survive a restart."""
        for device in entity.devices:
            self._roster.scenes_changed(device)
            await self._keeper.stored(device)
        return {storage.DEFINITIONS.name: await self._roster.written()}

    def _addressed(self, ask: SetRequest | GetRequest) -> Entity:
        if ask.group is not None:
            group = self._groups.find(ask.group)
            if group is None:
                raise RequestFailed.of(FailureCode.NOT_FOUND, "No such group", group=ask.group)
            group.assemble()
            return group
        entity = None if ask.ieee is None else self._roster.find(ask.ieee)
        if entity is None or entity.known is None:
            raise RequestFailed.of(FailureCode.NOT_FOUND, "No such device", ieee=ask.ieee)
        if not entity.converts:
            raise RequestFailed.of(
                FailureCode.UNSUPPORTED, "The device has no definition (yet)", ieee=ask.ieee, reason="no_definition"
            )
        return entity

    async def _steps(self, entity: Entity, ask: SetRequest | GetRequest, way: Way) -> list[KeyOutcome]:
        outcomes: dict[str, KeyOutcome] = {}
        result: JsonObject = {}
        endpoint = ask.endpoint if entity.group is None else None  # a groupcast goes to all of a member
        for step in plan(entity, ask.payload, endpoint, way, self._settings()):
            failure, queued = step.failure, False
            if step.done_by is not None:
                failure, queued = outcomes[step.done_by].failure, outcomes[step.done_by].queued
            elif failure is None:
                started_s = now_s()
                failure = await self._step(entity, step, result)
                queued = failure is not None and way == "set" and self._keep(entity, step, failure, started_s)
            outcomes[step.key] = KeyOutcome(
                key=step.key, value=step.value, failure=None if queued else failure, queued=queued
            )
        self._publish(entity, result)
        return list(outcomes.values())

    async def _step(self, entity: Entity, step: Step, result: JsonObject) -> Failure | None:
        assert step.ask is not None
        assert step.function is not None
        self._drop_kept(entity, step)
        try:
            merged = await self._conversations.hold(entity, step.function(step.ask))
        except RequestFailed as error:
            return error.failure
        except Exception as error:  # a converter that raises costs one key of one message
            FAILURES.labels(entity.ieee, entity.definition.model, entity.definition.provider).inc()
            log.exception("converter_failed", ieee=entity.ieee, definition=entity.definition.model, key=step.key)
            return Failure(code=FailureCode.INTERNAL, text=str(error) or repr(error), facts={"key": step.key})
        result.update(result_keys(merged, step.ask.endpoint_name))
        return None

    def _publish(self, entity: Entity, result: JsonObject) -> None:
        """Results hold at once, unless the household does not want that (behaviour 7.2)."""
        if entity.options.get("optimistic") is False:
            return
        unwanted = KeyFilter(texts(entity.options.get("filtered_optimistic")))
        payload = {key: value for key, value in result.items() if key not in unwanted}
        if payload:
            self._engine.command_done(entity, payload)

    # ---- sleeping devices --------------------------------------------------------------------------------------------

    def _keep(self, entity: Entity, step: Step, failure: Failure, started_s: float) -> bool:
        """Keep a set that the device did not hear, if it sleeps. Returns whether it is kept."""
        assert step.ask is not None
        seconds = 0 if entity.group is not None else kept_for_s(entity.definition, entity.description)
        if failure.code not in ASLEEP or not seconds:
            return False
        ask = step.ask
        entity.mind.kept.append(Kept(ask.key, ask.value, dict(ask.message), ask.endpoint_name, now_s() + seconds))
        KEPT.inc()
        log.info("request_kept", ieee=entity.ieee, key=step.key, seconds=seconds)
        if (entity.last_seen_s or 0.0) > started_s:
            self._engine.on_heard(entity)  # it woke up while we waited: try again behind this message
        return True

    def _drop_kept(self, entity: Entity, step: Step) -> None:
        """A newer write replaces the kept one (behaviour 7.10)."""
        assert step.ask is not None
        older = [k for k in entity.mind.kept if (k.key, k.endpoint_name) == (step.ask.key, step.ask.endpoint_name)]
        for kept in older:
            self._forget(entity, kept)

    async def _send_kept(self, entity: Entity) -> None:
        result: JsonObject = {}
        for kept in list(entity.mind.kept):
            if kept.until_s < now_s() or not entity.converts or await self._sent(entity, kept, result):
                self._forget(entity, kept)
        self._publish(entity, result)
        self._keeper.changed(entity)

    async def _sent(self, entity: Entity, kept: Kept, result: JsonObject) -> bool:
        """Try a kept request again. Returns whether that is the end of it."""
        assert entity.assembled is not None
        sender = entity.assembled.sender_of(kept.key, kept.endpoint_name)
        if sender is None or sender.set is None:
            return True
        try:
            ask = ask_for(entity, kept.key, kept.value, kept.endpoint_name, kept.message)
            merged = await self._conversations.hold(entity, sender.set(ask))
        except RequestFailed as error:
            log.info("kept_request_failed", ieee=entity.ieee, key=kept.key, error=error.failure.text)
            return error.failure.code not in ASLEEP
        except Exception:  # as in _step
            log.exception("converter_failed", ieee=entity.ieee, definition=entity.definition.model, key=kept.key)
            return True
        result.update(result_keys(merged, kept.endpoint_name))
        return True

    def _forget(self, entity: Entity, kept: Kept) -> None:
        if kept in entity.mind.kept:
            entity.mind.kept.remove(kept)
            KEPT.dec()
