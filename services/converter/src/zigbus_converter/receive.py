"""From a frame to publications: conversion, correction, elapsed, debounce or throttle, cache (behaviour 1, 3, 5, 8).

Works on one `Entity` and changes its cache and memory; what must leave the process comes back as an `Outcome`. The
time is that of the frame, not of a clock: a frame that is worked in again after a crash gives the same again.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal, NamedTuple

import msgspec

from zigbus.contract.base import Json, JsonObject
from zigbus.contract.household import ConverterSettings
from zigbus_converter.cache import merged
from zigbus_converter.calibration import corrected
from zigbus_converter.definition import Converted, Frame, Receiver
from zigbus_converter.effects import CancelTimer, Effect, Learn, Log, Merge, Publish, PublishHeard, Remember, SetTimer
from zigbus_converter.entity import Entity, HeardFrame, Timer
from zigbus_converter.pacing import Waiting, due, overtaken, submit

EFFECTS_LIMIT = 1000  # of one converter for one frame; more is an endless generator
HEARD_FRAMES = 5  # kept per endpoint to know repetitions (behaviour 1.9)
REPEATED_WITHIN_S = 5.0  # seeds 2.2
SEQUENCE_COUNTS_S = 10.0  # then a sequence number may come again: a device has only 256 of them

Cause = Literal["report", "command", "timer", "refresh"]


class Emission(NamedTuple):
    """One message to publish: what changed, the cache after it, its number, and why.

    `token` names what had waited, so that it has one name whether its time came or an event let it go first.
    """

    payload: JsonObject
    state: JsonObject
    sequence: int
    cause: Cause
    token: str | None = None


class ConverterFailure(NamedTuple):
    """A converter raised: its place in the code, and what."""

    converter: str
    error: Exception


class Outcome(msgspec.Struct):
    """What came of a frame, a timer or a command."""

    emissions: list[Emission] = []
    effects: list[Effect] = []  # to be performed over the air, in order
    logs: list[Log] = []
    failures: list[ConverterFailure] = []
    changes: list[JsonObject] = []  # of the cache, for groups to follow
    converted: bool = False  # some converter fitted
    produced: bool = False  # something was published or waits


@dataclass(slots=True)
class Turn:
    """One frame, timer or command being worked in: for which device, when, why, and what came of it so far."""

    entity: Entity
    at_s: float
    settings: ConverterSettings
    cause: Cause
    out: Outcome = field(default_factory=Outcome)

    def apply(self, effects: Iterable[Effect], payload: JsonObject) -> JsonObject:
        """Apply effects in order; returns `payload` with what was merged and not yet published."""
        memory = self.entity.mind
        for effect in effects:
            match effect:
                case Merge():
                    payload = {**payload, **effect.payload} if payload else effect.payload
                case Publish() | PublishHeard():
                    self.hand_over(payload)
                    self.hand_over(effect.payload)
                    payload = {}
                case Remember(value=None):
                    memory.remembered.pop(effect.key, None)
                case Remember():
                    memory.remembered[effect.key] = effect.value
                case Learn():
                    self.entity.learn_values(effect.endpoint, effect.cluster, effect.values)
                case SetTimer():
                    every_s = effect.after_s if effect.repeats else None
                    memory.timers[effect.key] = Timer(self.at_s + effect.after_s, tuple(effect.effects), every_s)
                case CancelTimer():
                    memory.timers.pop(effect.key, None)
                case Log():
                    self.out.logs.append(effect)
                case _:
                    self.out.effects.append(effect)
        return payload

    def hand_over(self, payload: JsonObject) -> None:
        """Take one payload from the radio side: correct it, add `elapsed`, then debounce, throttle or publish."""
        if not payload:
            return
        entity = self.entity
        assert entity.assembled is not None
        payload = plain(corrected(payload, entity.assembled.corrections, entity.options))
        if self.settings.elapsed:
            if entity.mind.converted_at_s is not None:
                payload["elapsed"] = round((self.at_s - entity.mind.converted_at_s) * 1000)
            entity.mind.converted_at_s = self.at_s
        self.pace(payload)

    def pace(self, payload: JsonObject) -> None:
        """Cache a payload, and publish now what debounce and throttle let through."""
        entity = self.entity
        self.out.produced = True
        waited = entity.mind.waiting
        now, entity.mind.waiting = submit(waited, payload, self.at_s, entity.pace)
        for held in now:
            if held is not payload and waited is not None:
                self.emit(held, token_of(waited))
        if payload:
            entity.state = merged(entity.state, payload, entity.forget)
            self.out.changes.append(payload)
        if now and now[-1] is payload:
            self.emit(payload)

    def emit(self, payload: JsonObject, token: str | None = None) -> None:
        """Publish one message, and behind an action the empty one that old Home Assistant set-ups need (8.3, 8.4)."""
        self._number(payload, token)
        if self.settings.home_assistant and self.settings.legacy_action_sensor:
            for key in ("action", "click"):
                if payload.get(key):
                    self._number({key: ""}, token)

    def _number(self, payload: JsonObject, token: str | None) -> None:
        self.entity.sequence += 1
        emission = Emission(payload, self.entity.state, self.entity.sequence, self.cause, token)
        self.out.emissions.append(emission)


def token_of(waiting: Waiting) -> str:
    """Name what waits by its deadline, which is the same when its events are worked in again."""
    return f"waiting:{waiting.deadline_s!r}"


def receive(
    entity: Entity, frame: Frame, at_s: float, settings: ConverterSettings, converted: Converted | None = None
) -> Outcome:
    """Work one frame in. `converted`: the answer of a definition that runs elsewhere."""
    turn = Turn(entity, at_s, settings, "report")
    if frame.attributes and frame.kind != "write":
        entity.learn(frame.endpoint, frame.cluster, tuple(frame.attributes.values()))
    if converted is not None:
        turn.out.converted = converted.taken
        turn.out.failures += (ConverterFailure(*failure) for failure in converted.failures)
        turn.hand_over(turn.apply(converted.effects, {}))
    elif entity.converts:
        _convert(turn, frame)
    if not turn.out.produced:
        _refresh(turn)
    return turn.out


def refresh(entity: Entity, at_s: float, settings: ConverterSettings) -> Outcome:
    """Work in that a device was heard without anything to say."""
    turn = Turn(entity, at_s, settings, "refresh")
    _refresh(turn)
    return turn.out


def command_result(
    entity: Entity, payload: JsonObject, at_s: float, settings: ConverterSettings, *, shared: bool = False
) -> Outcome:
    """Publish at once what a command made so; it overtakes what waits (behaviour 5.3).

    `shared`: what a group told its member, or a member its group; that goes no further.
    """
    turn = Turn(entity, at_s, settings, "command")
    tidy = plain(payload)
    entity.mind.waiting = overtaken(entity.mind.waiting, tidy)
    entity.state = merged(entity.state, tidy, entity.forget)
    turn.emit(tidy)
    if not shared:
        turn.out.changes.append(tidy)
    return turn.out


def fire_due(entity: Entity, now_s: float, settings: ConverterSettings) -> list[tuple[str, Outcome]]:
    """Do what is due by `now_s`, in the order of the deadlines. Each comes with a token that names it also after a crash."""
    fired: list[tuple[str, Outcome]] = []
    while (deadline_s := entity.next_deadline_s()) is not None and deadline_s <= now_s and len(fired) < EFFECTS_LIMIT:
        fired.append(_fire_one(entity, deadline_s, settings))
    return fired


def plain(payload: JsonObject) -> JsonObject:
    """Return a payload with numbers in the form clients know: whole ones without fraction, what is no number as null."""
    return {key: _plain_value(value) for key, value in payload.items()}


def is_action(payload: JsonObject) -> bool:
    """Tell whether a payload carries an event: something that must not be repeated or come late."""
    return any(key in {"action", "click"} or key.startswith("action_") for key in payload)


# ---- conversion ----------------------------------------------------------------------------------------------------------


def _convert(turn: Turn, frame: Frame) -> None:
    entity = turn.entity
    assert entity.assembled is not None
    receivers, mind_repeats = entity.assembled.listeners(frame.cluster, frame.kind, frame.endpoint)
    if mind_repeats:
        turn.out.converted = True
        receivers = _without_repeated(turn, frame, receivers)
    payload: JsonObject = {}
    for receiver in receivers:
        turn.out.converted = True
        try:
            effects = _effects_of(receiver, frame, entity)
        except Exception as error:  # a converter that raises costs one message of one device
            turn.out.failures.append(ConverterFailure(_name_of(receiver), error))
            continue
        payload = turn.apply(_with_suffix(effects, entity, frame.endpoint), payload)
    turn.hand_over(payload)


def _effects_of(receiver: Receiver, frame: Frame, entity: Entity) -> Sequence[Effect]:
    given = receiver.receive(frame, entity)
    effects = given if isinstance(given, tuple) else list(islice(given, EFFECTS_LIMIT + 1))
    if len(effects) > EFFECTS_LIMIT:
        raise RuntimeError(f"more than {EFFECTS_LIMIT} effects for one frame")
    return effects


def _refresh(turn: Turn) -> None:
    """Publish the cache again if clients want to see when the device was heard (behaviour 1.7)."""
    if turn.settings.last_seen_updates and turn.entity.known is not None:
        turn.cause = "refresh"
        turn.pace({})


def _without_repeated(turn: Turn, frame: Frame, receivers: Sequence[Receiver]) -> tuple[Receiver, ...]:
    heard = turn.entity.mind.heard
    earlier = heard.get(frame.endpoint, [])
    this = HeardFrame(frame.sequence, zlib.crc32(frame.payload, frame.cluster), turn.at_s)
    heard[frame.endpoint] = [*earlier[-(HEARD_FRAMES - 1) :], this]
    alike = [o for o in earlier if o.sequence == this.sequence and turn.at_s - o.at_s < SEQUENCE_COUNTS_S]
    same = any(o.checksum == this.checksum and turn.at_s - o.at_s <= REPEATED_WITHIN_S for o in alike)
    return tuple(r for r in receivers if not (r.once_per_sequence and alike) and not (r.drop_repeats and same))


def _with_suffix(effects: Sequence[Effect], entity: Entity, endpoint: int) -> Iterable[Effect]:
    """Reports of named endpoints get the name as suffix of their keys, where the definition says so."""
    if not entity.definition.multi_endpoint:
        return effects
    name = entity.endpoint_name(endpoint)
    return effects if name is None else (_suffixed(effect, entity, name) for effect in effects)


def _suffixed(effect: Effect, entity: Entity, name: str) -> Effect:
    if isinstance(effect, Merge | Publish):
        return type(effect)({_suffixed_key(key, entity, name): value for key, value in effect.payload.items()})
    if isinstance(effect, SetTimer):
        return msgspec.structs.replace(effect, effects=tuple(_suffixed(e, entity, name) for e in effect.effects))
    return effect


def _suffixed_key(key: str, entity: Entity, name: str) -> str:
    assert entity.assembled is not None
    if key in entity.definition.multi_endpoint_skip or key == "action" or key.startswith("action_"):
        return key
    exposed = entity.assembled.properties
    return key if key in exposed and f"{key}_{name}" not in exposed else f"{key}_{name}"


def _name_of(receiver: Receiver) -> str:
    function = receiver.receive
    return f"{getattr(function, '__module__', '?')}.{getattr(function, '__qualname__', repr(function))}"


# ---- time ------------------------------------------------------------------------------------------------------------------


def _fire_one(entity: Entity, deadline_s: float, settings: ConverterSettings) -> tuple[str, Outcome]:
    waiting = entity.mind.waiting
    if waiting is not None and waiting.deadline_s <= deadline_s:
        turn = Turn(entity, deadline_s, settings, "report")
        payload, entity.mind.waiting = due(waiting, entity.pace)
        if payload is not None:
            turn.emit(payload)
        return token_of(waiting), turn.out
    turn = Turn(entity, deadline_s, settings, "timer")
    key = next(key for key, timer in entity.mind.timers.items() if timer.deadline_s <= deadline_s)
    timer = entity.mind.timers.pop(key)
    if timer.every_s:
        entity.mind.timers[key] = Timer(deadline_s + timer.every_s, timer.effects, timer.every_s)
    if entity.converts:
        turn.hand_over(turn.apply(timer.effects, {}))
    return f"timer:{key}:{deadline_s!r}", turn.out


def _plain_value(value: Json) -> Json:
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return int(value) if value.is_integer() and abs(value) < 1e21 else value
    if isinstance(value, dict):
        return plain(value)
    if isinstance(value, list | tuple):
        return [_plain_value(item) for item in value]
    return value
