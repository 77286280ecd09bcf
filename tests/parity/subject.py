"""Our side of a comparison: one device in the converter, from wire bytes to payloads and radio requests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from tests.parity.corpus import Session, Step
from tests.parity.requests import Answers, call_of
from zigbus.contract.base import JsonObject, RequestFailed
from zigbus.contract.events import ZclEvent
from zigbus.contract.household import ConverterSettings
from zigbus.zcl.frames import parse_frame
from zigbus_converter.conversations import conversation_of
from zigbus_converter.definition import Definition
from zigbus_converter.effects import Bind, Conversation, Effect, Invoke, Now, Publish, Read, Report, Wait, Write
from zigbus_converter.entity import Entity
from zigbus_converter.frames import frame_of
from zigbus_converter.planning import plan, result_keys
from zigbus_converter.receive import Outcome, Turn, command_result, fire_due, receive
from zigbus_radio.frames import event_of
from zigbus_radio.mt import ApsFrame

SETTINGS = ConverterSettings()
NOBODY = 0x0000


class Done(msgspec.Struct):
    """What came of one step."""

    out: list[JsonObject] = []
    calls: list[JsonObject] = []
    failed: list[str] = []


class Subject:
    """A device with a definition made of parts."""

    def __init__(self, session: Session, definition: Definition) -> None:
        self.entity = Entity(session.device.ieee)
        self.entity.known = session.device.description()
        self.entity.set_options(session.options)
        self.entity.use(definition)
        self._position = 0
        self._at_s = 0.0
        self._done = Done()
        self._answers = Answers(())

    def exposes(self) -> Any:
        """What clients see, without the link quality that every device has."""
        assert self.entity.assembled is not None
        return msgspec.to_builtins(self.entity.assembled.exposes[:-1])

    def options(self) -> Any:
        """The options that the definition offers."""
        assert self.entity.assembled is not None
        return msgspec.to_builtins(self.entity.assembled.options)

    def go(self, step: Step) -> Done:
        """Do what a step says; the radio answers as it did in the recording."""
        self._done = Done([], [], [])
        self._answers = Answers(step.calls)
        started_s = step.at - step.wait / 1000
        self._at_s = max(step.at, started_s)
        self._fire_due(step.at)
        match step.kind:
            case "hear":
                assert step.hear is not None
                self._hear(*step.hear)
            case "set" | "get":
                self._command(step)
            case "configure":
                self._configure()
            case "start":
                self._start()
        return self._done

    # ---- frames and time ---------------------------------------------------------------------------------------------

    def _hear(self, endpoint: int, cluster: int, wire: str) -> None:
        self._position += 1
        event = event_for((endpoint, cluster, wire), self.entity.ieee, self._at_s)
        self._take(receive(self.entity, frame_of(event, self._position), self._at_s, SETTINGS))

    def _fire_due(self, at_s: float) -> None:
        for _, out in fire_due(self.entity, at_s, SETTINGS):
            self._take(out)

    def _take(self, out: Outcome) -> None:
        self._done.out += [emission.payload for emission in out.emissions]
        self._done.failed += [f"{failure.converter}: {failure.error}" for failure in out.failures]
        if out.effects:
            self._try(conversation_of(out.effects))

    # ---- conversations -----------------------------------------------------------------------------------------------

    def _command(self, step: Step) -> None:
        way = "set" if step.set is not None else "get"
        result: JsonObject = {}
        message = step.set if step.set is not None else step.get
        assert message is not None
        for part in plan(self.entity, message, None, "set" if way == "set" else "get", SETTINGS):
            if part.failure is not None:
                self._done.failed.append(part.failure.text)
            elif part.ask is not None and part.function is not None:
                merged = self._try(part.function(part.ask))
                result.update(result_keys(merged, part.ask.endpoint_name))
        if result:
            self._take(command_result(self.entity, result, self._at_s, SETTINGS))

    def _start(self) -> None:
        for part in self.entity.definition.parts:
            for occasion in part.occasions:
                self._try(occasion(self.entity, "started"))

    def _configure(self) -> None:
        for part in self.entity.definition.parts:
            for step in part.configure:
                self._try(step(self.entity))

    def _try(self, conversation: Conversation) -> JsonObject:
        try:
            return self._hold(conversation)
        except RequestFailed as error:
            self._done.failed.append(error.failure.text)
        except Exception as error:  # as in the service: it costs this conversation
            self._done.failed.append(repr(error))
        return {}

    def _hold(self, conversation: Conversation) -> JsonObject:
        payload: JsonObject = {}
        answer: Any = None
        try:
            effect = next(conversation)
            while True:
                answer, payload = self._perform(effect, payload)
                effect = conversation.send(answer)
        except StopIteration:
            return payload

    def _perform(self, effect: Effect, payload: JsonObject) -> tuple[Any, JsonObject]:
        match effect:
            case Read() | Write() | Invoke() | Bind() | Report():
                return self._radio(effect), payload
            case Wait():
                self._at_s += effect.seconds
                return None, payload
            case Now():
                return self._at_s, payload
            case Publish():
                self._publish((payload, effect.payload))
                return None, {}
        turn = Turn(self.entity, self._at_s, SETTINGS, "command")
        payload = turn.apply((effect,), payload)
        self._take(turn.out)
        return None, payload

    def _publish(self, payloads: Iterable[JsonObject]) -> None:
        for payload in payloads:
            if payload:
                self._take(command_result(self.entity, payload, self._at_s, SETTINGS))

    def _radio(self, effect: Read | Write | Invoke | Bind | Report) -> Any:
        for call in call_of(effect):
            self._done.calls.append(call)
        if isinstance(effect, Read):
            records = self._answers.to_read(effect)
            self.entity.learn(effect.endpoint, effect.cluster, records)
            return records
        if isinstance(effect, Write):
            self.entity.learn(effect.endpoint, effect.cluster, effect.attributes)
        return None


def event_for(heard: tuple[int, int, str], ieee: str, at_s: float) -> ZclEvent:
    """Return the event that the radio makes of a frame: endpoint, cluster, octets in hex."""
    endpoint, cluster, wire = heard
    data = bytes.fromhex(wire)
    aps = ApsFrame(
        nwk=NOBODY,
        endpoint=endpoint,
        to_endpoint=1,
        cluster=cluster,
        data=data,
        received_at_s=at_s,
        group=None,
        broadcast=False,
        lqi=100,
    )
    return event_of(aps, parse_frame(data), "main", ieee, at_s)
