"""Works radio events in and does what becomes due. The hot path: nothing here waits."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import structlog

from zigbus.bus import Delivery
from zigbus.contract.base import Ieee, JsonObject
from zigbus.contract.events import (
    AttributeReport,
    CommandReceived,
    DeviceAnnounced,
    DeviceJoined,
    DeviceLeft,
    Event,
    FrameReceived,
    InterviewChanged,
    RadioEvent,
    ZclEvent,
)
from zigbus.contract.household import ConverterSettings
from zigbus.metrics import observe_hop
from zigbus_converter.conversations import conversation_of, now_s
from zigbus_converter.definition import Converted
from zigbus_converter.effects import Conversation, Effect, ForMember, Log, Publish, PublishHeard, ShowAgain
from zigbus_converter.entity import Entity
from zigbus_converter.frames import frame_of
from zigbus_converter.groups import Groups
from zigbus_converter.keeper import Keeper
from zigbus_converter.metrics import CONVERSION_SECONDS, EVENTS, FAILURES, PARSE_ERRORS, REPLAYED, UNCONVERTED
from zigbus_converter.publishing import Updates
from zigbus_converter.receive import Outcome, Turn, command_result, fire_due, receive, refresh
from zigbus_converter.roster import Roster

log = structlog.get_logger()

PASSED_SILENTLY = frozenset((0x0000, 0x000A, 0x0019, 0x0020))  # genBasic, genTime, genOta, genPollCtrl (behaviour 1.4)
DESCRIPTION_WITHIN_S = 10.0  # how long events wait for the DEVICES entry that an interview announced
QUIET_S = 0.01  # no event for this long: none is on its way
LAG_LIMIT_S = 2.0  # how long an alarm waits for events at most, so that a radio's wrong clock cannot stop it
REPLAY_ENDS_AFTER_S = 0.5  # without events: what a former life left unfinished has come by then

_KINDS = (AttributeReport, CommandReceived, FrameReceived, DeviceJoined, DeviceAnnounced, DeviceLeft, InterviewChanged)
_COUNTED = {kind: EVENTS.labels(kind.__name__) for kind in _KINDS}  # looking a series up costs more than counting


@dataclass(slots=True)
class _Held:
    """Events of a device that wait: for its new description, for its definition, or for the conversion of the one before."""

    waits_for: Literal["description", "definition", "conversion"] | None = None
    revision: int = 0  # of the description
    deliveries: deque[Delivery[Event]] = field(default_factory=deque)


class Engine:
    """The live side of the service. Everything happens in the callbacks of one event loop."""

    def __init__(
        self, roster: Roster, groups: Groups, updates: Updates, keeper: Keeper, settings: ConverterSettings
    ) -> None:
        self.settings = settings
        self.perform: Callable[[Entity, Conversation], None] = lambda entity, conversation: None
        self.on_heard: Callable[[Entity], None] = lambda entity: None
        self.on_commanded: Callable[[Entity, CommandReceived], None] = lambda entity, command: None
        self.on_announced: Callable[[Entity], None] = lambda entity: None
        self.on_joined: Callable[[Entity], None] = lambda entity: None
        self.on_exposes_changed: Callable[[Entity], None] = lambda entity: None
        self.on_interviewed: Callable[[Entity], None] = lambda entity: None
        self.revision_seen: Callable[[], int] = lambda: 0  # of DEVICES
        self._roster, self._groups, self._updates, self._keeper = roster, groups, updates, keeper
        self._alarms: dict[str, tuple[float, asyncio.TimerHandle]] = {}
        self._held: dict[Ieee, _Held] = {}
        self._in_interview: set[Ieee] = set()
        self._given_up = 0  # newest revision of DEVICES that was waited for in vain
        self._told: set[tuple[Ieee, str, str]] = set()
        self._commands = 0
        self._started_s = now_s()
        self._last_event_at = time.monotonic()
        self._heard_until_s = 0.0  # newest time of an event
        self._live = False  # alarms run; before that only the time of events moves

    # ---- events ------------------------------------------------------------------------------------------------------

    def handle(self, delivery: Delivery[Event]) -> None:
        """Work one event in."""
        event = delivery.message
        self._last_event_at = time.monotonic()
        self._heard_until_s = max(self._heard_until_s, event.received_at_s)
        if not self._live and delivery.stored_at_s >= self._started_s:
            self._start_alarms()  # nobody worked on this event before us, nor on those behind it
        entity = self._roster.get(event.ieee)
        held = self._held.get(event.ieee)
        if held is not None:
            held.deliveries.append(delivery)
            return
        self._work_in(entity, delivery)

    def device_described(self, entity: Entity) -> None:
        """DEVICES moved on: events that waited for it go on."""
        for ieee, held in list(self._held.items()):
            if held.waits_for == "description" and held.revision <= self.revision_seen():
                self._release(ieee)

    def opened(self, entity: Entity) -> None:
        """The device's definition is ready, or it has none: events that waited for it go on."""
        held = self._held.get(entity.ieee)
        if held is not None and held.waits_for == "definition":
            self._release(entity.ieee)

    def removed(self, entity: Entity) -> None:
        """Forget what runs for a device or group."""
        alarm = self._alarms.pop(entity.key, None)
        if alarm is not None:
            alarm[1].cancel()
        self._keeper.forget(entity.key)

    # ---- commands and conversations ----------------------------------------------------------------------------------

    def command_done(self, entity: Entity, payload: JsonObject) -> None:
        """Publish what a command made so."""
        out = command_result(entity, payload, now_s(), self.settings)
        self.finish(entity, out, self._command_id(entity))

    def local(self, entity: Entity, effect: Effect, payload: JsonObject) -> JsonObject:
        """Perform an effect of a conversation that does not go over the air."""
        if isinstance(effect, Publish):
            self.command_done(entity, effect.payload)
            return payload
        if isinstance(effect, PublishHeard):
            turn = Turn(entity, now_s(), self.settings, "timer")
            turn.hand_over(effect.payload)
            self.finish(entity, turn.out, self._command_id(entity))
            return payload
        if isinstance(effect, ForMember):
            self._local_of_member(entity, effect)
            return payload
        if isinstance(effect, ShowAgain):
            self.on_exposes_changed(entity)
            return payload
        turn = Turn(entity, now_s(), self.settings, "command")
        payload = turn.apply((effect,), payload)
        self.finish(entity, turn.out, self._command_id(entity))
        return payload

    def _local_of_member(self, group: Entity, effect: ForMember) -> None:
        member = self._roster.find(effect.ieee)
        if member is not None and member.converts:
            payload = self.local(member, effect.effect, {})
            if payload and group.options.get("optimistic") is not False:
                self.command_done(member, payload)

    def finish(self, entity: Entity, out: Outcome, msg_id: str, delivery: Delivery[Event] | None = None) -> None:
        """Send what came out, have the state stored, and see to what is due later."""
        event = None if delivery is None else delivery.message
        published = self._updates.send(entity, out.emissions, msg_id, event) if out.emissions else None
        self._keeper.changed(entity, delivery, published)
        for line in out.logs:
            self._write(entity, line)
        for failure in out.failures:
            self.tell(entity, failure.converter, failure.error)
        if out.effects:
            self.perform(entity, conversation_of(out.effects, entity))
        self._set_alarm(entity)
        if out.changes:
            self._share(entity, out.changes, msg_id)

    def _share(self, entity: Entity, changes: Sequence[JsonObject], msg_id: str) -> None:
        """Show in groups what their members show, and in members what their groups show."""
        told: Counter[str] = Counter()
        for change in changes:
            for other, payload in self._groups.after(entity, change):
                shared = command_result(other, payload, now_s(), self.settings, shared=True)
                self.finish(other, shared, f"{other.key}:{msg_id}:{told[other.key]}")
                told[other.key] += 1

    # ---- time --------------------------------------------------------------------------------------------------------

    async def go_live(self) -> None:
        """Start alarms once the events that a former life left unfinished have come again: nothing comes for a while.

        Before that an alarm could fire ahead of an event that was heard earlier.
        """
        while time.monotonic() - self._last_event_at < REPLAY_ENDS_AFTER_S:  # noqa: ASYNC110 - events come in callbacks
            await asyncio.sleep(REPLAY_ENDS_AFTER_S / 10)
        self._start_alarms()

    def _start_alarms(self) -> None:
        self._live = True
        for entity in list(self._roster):
            self._set_alarm(entity)

    def _set_alarm(self, entity: Entity) -> None:
        if not self._live:
            return
        deadline_s = entity.next_deadline_s()
        current = self._alarms.get(entity.key)
        if current is not None:
            if current[0] == deadline_s:
                return
            current[1].cancel()
            del self._alarms[entity.key]
        if deadline_s is not None:
            delay_s = max(deadline_s - now_s(), 0.0) + 0.001  # the loop's timers may come a little early
            self._alarms[entity.key] = (
                deadline_s,
                asyncio.get_running_loop().call_later(delay_s, self._alarm, entity),
            )

    def _alarm(self, entity: Entity) -> None:
        self._alarms.pop(entity.key, None)
        now = now_s()
        deadline_s = entity.next_deadline_s()
        if deadline_s is not None and self._lags_behind(entity, deadline_s, now):
            again = asyncio.get_running_loop().call_later(QUIET_S, self._alarm, entity)
            self._alarms[entity.key] = (deadline_s, again)
            return
        self._fire_due(entity, now)
        self._set_alarm(entity)

    def _lags_behind(self, entity: Entity, deadline_s: float, now: float) -> bool:
        """Tell whether events heard before a deadline may still be on their way: some come, none yet from after it."""
        flowing = time.monotonic() - self._last_event_at < QUIET_S and self._heard_until_s < deadline_s
        return (flowing or entity.ieee in self._held) and now - deadline_s < LAG_LIMIT_S

    def _fire_due(self, entity: Entity, until_s: float) -> None:
        for token, out in fire_due(entity, until_s, self.settings):
            self.finish(entity, out, f"{entity.key}:{token}")
            self._keeper.changed(entity, urgent=True)  # so that a kill finds little to do again

    # ---- inside ------------------------------------------------------------------------------------------------------

    def _must_wait(self, entity: Entity, delivery: Delivery[Event]) -> bool:
        """Tell whether an event, and those behind it, must wait; it is kept then."""
        event = delivery.message
        if isinstance(event, InterviewChanged) and event.device_revision > max(self.revision_seen(), self._given_up):
            held = self._let_wait(entity.ieee, "description")
            held.revision = event.device_revision
            asyncio.get_running_loop().call_later(DESCRIPTION_WITHIN_S, self._give_up, entity.ieee, held.revision)
        elif entity.opening:
            held = self._let_wait(entity.ieee, "definition")
        else:
            return False
        held.deliveries.appendleft(delivery)
        return True

    def _give_up(self, ieee: Ieee, revision: int) -> None:
        """The description has not come: go on without."""
        self._given_up = max(self._given_up, revision)
        held = self._held.get(ieee)
        if held is not None and held.waits_for == "description" and held.revision <= revision:
            self._release(ieee)

    def _release(self, ieee: Ieee) -> None:
        """Work in what waits, until something makes the rest wait again."""
        held = self._held.get(ieee)
        if held is None:
            return
        held.waits_for = None
        while held.deliveries and held.waits_for is None:
            self._work_in(self._roster.get(ieee), held.deliveries.popleft())
        if held.waits_for is None:
            del self._held[ieee]

    def _work_in(self, entity: Entity, delivery: Delivery[Event]) -> None:
        event = delivery.message
        if self._must_wait(entity, delivery):
            return
        if delivery.position <= entity.position and event.received_at_s <= (entity.last_seen_s or 0.0):
            REPLAYED.inc()
            self._keeper.worked_in_before(entity, delivery)
            return
        deadline_s = entity.next_deadline_s()
        if deadline_s is not None and deadline_s <= event.received_at_s:
            self._fire_due(entity, event.received_at_s)
        elsewhere = entity.definition.elsewhere if entity.converts else None
        if elsewhere is None or not isinstance(event, AttributeReport | CommandReceived | FrameReceived):
            self._conclude(entity, delivery)
            return
        self._let_wait(entity.ieee, "conversion")
        frame = frame_of(event, delivery.position)
        elsewhere.receive(entity, frame, lambda converted: self._converted(entity, delivery, converted))

    def _let_wait(self, ieee: Ieee, what: Literal["description", "definition", "conversion"]) -> _Held:
        held = self._held.setdefault(ieee, _Held())
        held.waits_for = what
        return held

    def _converted(self, entity: Entity, delivery: Delivery[Event], converted: Converted) -> None:
        """A definition that runs elsewhere has answered: finish its event, then go on with what came meanwhile."""
        self._conclude(entity, delivery, converted)
        if converted.follow_up is not None and entity.converts:
            self.perform(entity, converted.follow_up)
        self._release(entity.ieee)

    def _conclude(self, entity: Entity, delivery: Delivery[Event], converted: Converted | None = None) -> None:
        event = delivery.message
        started = time.perf_counter()
        _COUNTED[type(event)].inc()
        out = self._outcome(entity, event, delivery.position, converted)
        entity.position = delivery.position
        self.finish(entity, out, str(delivery.position), delivery)
        CONVERSION_SECONDS.inc(time.perf_counter() - started)
        if event.published_at_s:
            observe_hop("radio_to_converter", now_s() - event.published_at_s)
        self._after(entity, event)

    def _outcome(self, entity: Entity, event: Event, position: int, converted: Converted | None) -> Outcome:
        entity.last_seen_s = max(event.received_at_s, entity.last_seen_s or 0.0)
        if isinstance(event, AttributeReport | CommandReceived | FrameReceived):
            return self._frame(entity, event, position, converted)
        if isinstance(event, DeviceAnnounced):
            return refresh(entity, event.received_at_s, self.settings)
        if isinstance(event, DeviceLeft) and event.requested:
            entity.state = {}
        return Outcome()

    def _frame(self, entity: Entity, event: ZclEvent, position: int, converted: Converted | None) -> Outcome:
        if event.lqi is not None:
            entity.lqi = event.lqi
        out = receive(entity, frame_of(event, position), event.received_at_s, self.settings, converted)
        if entity.converts and not out.converted:
            UNCONVERTED.inc()
            if event.cluster not in PASSED_SILENTLY:
                log.debug("no_converter", ieee=entity.ieee, **_content(event))
        return out

    def _after(self, entity: Entity, event: RadioEvent) -> None:
        """What an event sets off beside publications."""
        if isinstance(event, DeviceJoined):
            self._in_interview.add(entity.ieee)
            self.on_joined(entity)
        elif isinstance(event, InterviewChanged):
            if event.status == "started":
                self._in_interview.add(entity.ieee)
            else:
                self._in_interview.discard(entity.ieee)
                self.on_interviewed(entity)
        elif not isinstance(event, DeviceLeft) and entity.known is not None:
            self.on_heard(entity)
            if isinstance(event, CommandReceived):
                self.on_commanded(entity, event)
            if isinstance(event, DeviceAnnounced) and entity.ieee not in self._in_interview:
                self.on_announced(entity)

    def _write(self, entity: Entity, line: Log) -> None:
        if line.event == "parse_error":
            PARSE_ERRORS.labels(entity.ieee).inc()
        getattr(log, line.level)(line.event, ieee=entity.ieee, **line.fields)

    def _command_id(self, entity: Entity) -> str:
        """A command is never worked in twice, so its message id only has to be new."""
        self._commands += 1
        return f"{entity.key}:command:{now_s()!r}:{self._commands}"

    def tell(self, entity: Entity, converter: str, error: Exception) -> None:
        """A converter raised: say so once, count always."""
        definition = None if entity.assembled is None else entity.definition
        model, provider = ("", "") if definition is None else (definition.model, definition.provider)
        FAILURES.labels(entity.ieee, model, provider).inc()
        first = (key := (entity.ieee, converter, repr(error))) not in self._told and len(self._told) < 10_000
        self._told.add(key)
        write = log.error if first else log.debug
        write(
            "converter_failed",
            ieee=entity.ieee,
            definition=model,
            converter=converter,
            error=str(error),
            exc_info=error if first else None,
        )


def _content(event: ZclEvent) -> JsonObject:
    """What a frame that nobody understands says, for people who write a definition."""
    said: JsonObject = {"endpoint": event.endpoint, "cluster": f"0x{event.cluster:04x}"}
    if isinstance(event, AttributeReport):
        return {**said, "attributes": {f"0x{record.id:04x}": record.value for record in event.attributes}}
    return {**said, "command": event.command, "payload": event.payload.hex()}
