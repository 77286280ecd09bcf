"""The desk where commands and requests of clients are worked off: in order for each entity, each answered."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from functools import partial

import structlog

from zigbus.bus import Bus
from zigbus.contract.base import Json, JsonObject
from zigbus.contract.logs import Level
from zigbus_gateway import metrics
from zigbus_gateway.action_requests import ACTION_HANDLERS
from zigbus_gateway.binding_requests import BINDING_HANDLERS
from zigbus_gateway.commands import TRANSACTION, Command, CommandError, carry_out, changes_scenes, read_command, report
from zigbus_gateway.definition_requests import DEFINITION_HANDLERS
from zigbus_gateway.entities import Entity, Household
from zigbus_gateway.envelopes import RequestError, failure, success
from zigbus_gateway.group_requests import GROUP_HANDLERS
from zigbus_gateway.log_texts import text_of
from zigbus_gateway.ordered_work import OrderedWork
from zigbus_gateway.overviews import Overviews
from zigbus_gateway.payloads import request_payload
from zigbus_gateway.picture import Picture
from zigbus_gateway.requests import HANDLERS as DEVICE_HANDLERS
from zigbus_gateway.requests import Handler
from zigbus_gateway.topics import BridgeRequest, EntityCommand

log = structlog.get_logger()

REVISION_WITHIN_S = 5.0  # for a mirror to show what an event or answer speaks of
HANDLERS = {**DEVICE_HANDLERS, **DEFINITION_HANDLERS, **GROUP_HANDLERS, **BINDING_HANDLERS, **ACTION_HANDLERS}


class RequestDesk:
    """What handlers of requests work with (`requests.Desk`). Answers go to `publish(topic below bridge/, value)`."""

    def __init__(
        self,
        bus: Bus,
        picture: Picture,
        overviews: Overviews,
        publish: Callable[[str, Json], None],
        say: Callable[[Level, str, JsonObject], None],
    ) -> None:
        self.bus = bus
        self._picture, self._overviews, self._publish, self._say = picture, overviews, publish, say
        self._removing: dict[str, str] = {}  # key -> name
        self.gives_new_ids = False  # a renaming that goes on wants new entity ids in Home Assistant
        self._later: dict[str, tuple[str, ...]] = {}

    # ---- what comes in -----------------------------------------------------------------------------------------------

    def take_request(self, work: OrderedWork, topic: str, asked: BridgeRequest, payload: bytes) -> bool:
        """Put a request into the line of its kind; False if the line is full."""
        path = asked.path.lower()
        handler = HANDLERS.get(path)
        if handler is None:
            metrics.REJECTED.labels("unknown_request").inc()
            return True
        return work.submit(f"request {path}", lambda: self._answer(topic, asked, handler, payload))

    def take_command(self, work: OrderedWork, asked: EntityCommand, payload: bytes) -> bool:
        """Put a set or get into the line of its entity; False if the line is full."""
        try:
            command = read_command(self.household, asked, payload, time.time())
        except CommandError as error:
            metrics.COMMANDS.labels(asked.kind, "rejected").inc()
            self._complain(error.event, error.fields)
            request = request_payload(payload)
            if isinstance(request, dict) and TRANSACTION in request:
                self._answer_command(asked.kind, failure(text_of(error.event, error.fields), request))
            return True
        return command is None or work.submit(command.entity.key, partial(self._run_command, command))

    async def _answer(self, topic: str, asked: BridgeRequest, handler: Handler, payload: bytes) -> None:
        value = request_payload(payload)
        outcome, path = "ok", asked.path.lower()
        try:
            answer = success(await handler(self, value), value)
        except RequestError as error:
            outcome, answer = "error", failure(str(error), value)
        except Exception as error:  # one request must not end the service; a defect of ours is said loudly
            log.exception("request_crashed", topic=topic)
            outcome, answer = "crashed", failure(repr(error), value)
        if outcome != "ok":
            self._complain("request_failed", {"topic": topic, "error": answer["error"]})
        metrics.REQUESTS.labels(path, outcome).inc()
        self._publish(f"response/{asked.path}", answer)
        self._overviews.flush(*self._later.pop(path, ()))

    async def _run_command(self, command: Command) -> None:
        result = await carry_out(self.bus, command)
        if changes_scenes(command):
            await self.shown(result.revisions, "devices", "groups")
        report(command, result.keys, self._complain, self._answer_command, time.time())

    def _answer_command(self, kind: str, answer: JsonObject) -> None:
        self._publish(f"response/{kind}", answer)

    def _complain(self, event: str, fields: JsonObject) -> None:
        self._say("error", event, fields)

    # ---- what handlers need ------------------------------------------------------------------------------------------

    @property
    def household(self) -> Household:
        """The live picture."""
        return self._picture.household

    @property
    def external_converters(self) -> bool:
        """Whether the household wants definitions of its own."""
        return self._picture.settings.enable_external_js

    async def settled(self, revisions: dict[str, int]) -> None:
        """Wait until the mirrors show the revisions."""
        if not await self._picture.until(revisions, REVISION_WITHIN_S):
            log.warning("revision_not_seen", revisions=revisions)

    async def shown(self, revisions: dict[str, int], *names: str) -> None:
        """Wait until the mirrors show the revisions, then tell these overviews (changed or not) and all changed ones."""
        await self.settled(revisions)
        self._overviews.flush(*names)

    async def told(self, revisions: dict[str, int], name: str) -> None:
        """Wait until the mirrors show the revisions, then tell this one overview; the others follow by themselves."""
        await self.settled(revisions)
        self._overviews.flush(name, only=(name,))

    @contextlib.contextmanager
    def removing(self, device: Entity) -> Iterator[None]:
        """While this lasts the end of the device is told in the contract's order as soon as it is seen."""
        self._removing[device.key] = device.name
        try:
            yield
        finally:
            del self._removing[device.key]

    def name_of_removed(self, key: str) -> str | None:
        """The name of a device that is being removed on request, None for others."""
        return self._removing.get(key)

    @contextlib.contextmanager
    def renaming(self, *, new_ids: bool) -> Iterator[None]:
        """Who gets another name while this lasts may get new entity ids in Home Assistant too.

        The overviews are told once, with the answer: writing the settings of 300 devices takes longer than their pause.
        """
        self.gives_new_ids = new_ids
        try:
            with self._overviews.held():
                yield
        finally:
            self.gives_new_ids = False

    def say(self, event: str, fields: JsonObject) -> None:
        """Log a warning line of the contract."""
        self._say("warning", event, fields)

    def after_answer(self, path: str, names: tuple[str, ...]) -> None:
        """Tell these overviews once more after the answer to this request."""
        self._later[path] = names
