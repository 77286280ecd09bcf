"""Runs a definition's set-up on devices: binds, reporting, reads and writes (behaviour 12.7)."""

from __future__ import annotations

import asyncio

import structlog

from zigbus.contract.base import FailureCode, Ieee, JsonObject, Reply, RequestFailed
from zigbus.contract.devices import InterviewState, LogicalType
from zigbus.contract.requests import ConfigureDevice
from zigbus_converter.conversations import Conversations
from zigbus_converter.engine import Engine
from zigbus_converter.entity import Entity
from zigbus_converter.metrics import CONFIGURED, FAILURES
from zigbus_converter.roster import Roster

log = structlog.get_logger()

ATTEMPTS = 3  # failing ones per device and life of this process (behaviour 12.7)
ROUTERS_APART_S = 10.0  # at start, so that a big network is not flooded


class Configuring:
    """Knows who still needs the set-up, and answers the operation `configure`."""

    def __init__(self, roster: Roster, conversations: Conversations, engine: Engine) -> None:
        self._roster, self._conversations, self._engine = roster, conversations, engine
        self._failed: dict[Ieee, int] = {}
        self._running: set[Ieee] = set()

    def wanted(self, entity: Entity) -> bool:
        """Tell whether the set-up should run now that the device is there."""
        return (
            not self._roster.configured(entity)
            and entity.converts
            and entity.description.interview == InterviewState.SUCCESSFUL
            and not entity.options.get("disabled")
            and entity.ieee not in self._running
            and self._failed.get(entity.ieee, 0) < ATTEMPTS
        )

    def start_over(self, entity: Entity) -> None:
        """The device is new in the network: what was set up is gone."""
        self._failed.pop(entity.ieee, None)
        self._roster.mark_configured(entity, configured=False)

    async def configure(self, ask: ConfigureDevice) -> Reply:
        """Run the set-up on request, whatever ran before."""
        entity = self._roster.find(ask.ieee)
        if entity is None or entity.known is None:
            raise RequestFailed.of(FailureCode.NOT_FOUND, "No such device", ieee=ask.ieee)
        if not _configurable(entity):
            raise RequestFailed.of(
                FailureCode.UNSUPPORTED, "The device's definition has no set-up", ieee=ask.ieee, reason="no_configure"
            )
        await self._conversations.in_line(entity, lambda: self._run(entity))
        return Reply()

    async def run(self, entity: Entity) -> None:
        """Run the set-up if it is still wanted; a failure is logged and tried again when the device is heard."""
        if not self.wanted(entity):
            return
        self._running.add(entity.ieee)
        try:
            await self._conversations.in_line(entity, lambda: self._run(entity))
        except RequestFailed as error:
            self._failed[entity.ieee] = attempt = self._failed.get(entity.ieee, 0) + 1
            log.warning("configure_failed", ieee=entity.ieee, attempt=attempt, error=error.failure.text)
        finally:
            self._running.discard(entity.ieee)

    async def again(self, entity: Entity) -> None:
        """What was set up may have been taken down for another reason: set it up anew."""
        self.start_over(entity)
        await self.run(entity)

    async def run_on_routers(self) -> None:
        """At start: set up routers that never were, one after the other."""
        for entity in list(self._roster):
            if self.wanted(entity) and entity.description.logical_type == LogicalType.ROUTER:
                await self.run(entity)
                await asyncio.sleep(ROUTERS_APART_S)

    async def _run(self, entity: Entity) -> None:
        payload: JsonObject = {}
        steps = [step for part in entity.definition.parts for step in part.configure]
        try:
            for step in steps:
                payload.update(await self._conversations.hold(entity, step(entity)))
        except RequestFailed:
            CONFIGURED.labels("failed").inc()
            raise
        except Exception as error:  # a defect in a definition is a failed run
            CONFIGURED.labels("crashed").inc()
            FAILURES.labels(entity.ieee, entity.definition.model, entity.definition.provider).inc()
            log.exception("configure_crashed", ieee=entity.ieee, definition=entity.definition.model)
            raise RequestFailed.of(FailureCode.INTERNAL, str(error) or repr(error), ieee=entity.ieee) from error
        if payload:
            self._engine.command_done(entity, payload)
        self._roster.mark_configured(entity, configured=True)
        if steps:
            CONFIGURED.labels("ok").inc()
            log.info("configured", ieee=entity.ieee, definition=entity.definition.model)


def _configurable(entity: Entity) -> bool:
    """Whether its definition says how to set it up, or at least how long it sleeps."""
    if not entity.converts:
        return False
    definition = entity.definition
    return definition.check_in_interval_s is not None or any(part.configure for part in definition.parts)
