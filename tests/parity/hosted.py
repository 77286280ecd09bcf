"""The other side of a comparison where definitions run in the embedded engine: the host without the service around it."""

from __future__ import annotations

from typing import Any

import msgspec

from tests.parity.corpus import Session, Step
from tests.parity.requests import Answers, masked
from tests.parity.subject import Done, event_for
from zigbus.contract.base import JsonObject
from zigbus.zcl import frames
from zigbus_converter.cache import merged, never_stored
from zigbus_converter.frames import frame_of
from zigbus_converter.planning import in_order
from zigbus_converter.zhc import protocol as p
from zigbus_converter.zhc.host import Host
from zigbus_converter.zhc.protocol import DefinitionFailed

TICKS = 10_000  # of timers in one step
PATIENCE_MS = 120_000  # how long a conversation may wait for its own timers


class HostedSubject:
    """A device whose definition runs in an engine."""

    def __init__(self, session: Session, host: Host) -> None:
        self._session, self._host = session, host
        self._device = session.device.description()
        self._state: JsonObject = {}
        self._forget = never_stored({})
        self._timers: dict[int, float] = {}
        self._done = Done([], [], [])
        self._answers = Answers(())
        self._position = 0
        self._at_ms = 0.0
        self._call = 0
        found = host.identify(self._device)
        self.known = found is not None and (found.identity.file.rpartition("/")[2], found.identity.index) == (
            session.file,
            session.index,
        )
        self._found = found
        self._opened: p.Opened | None = None

    def start(self, step: Step) -> Done:
        """Open the device: its definition starts."""
        assert self._found is not None
        self._begin(step)
        started = self._host.open(self._device, self._found, options=self._session.options, at_s=step.at)
        self._opened = started.opened
        self._work(started)
        return self._done

    def close(self) -> None:
        """Let the engine forget the device."""
        self._host.close(self._device.ieee)

    def exposes(self) -> Any:
        """What clients see."""
        assert self._opened is not None
        return self._opened.exposes

    def options(self) -> Any:
        """The options that the definition offers."""
        assert self._opened is not None
        return self._opened.options

    def go(self, step: Step) -> Done:
        """Do what a step says; the radio answers as it did in the recording."""
        if step.start:
            return self.start(step)
        self._begin(step)
        self._let_pass(step.at * 1000)
        try:
            self._act(step)
        except DefinitionFailed as error:
            self._done.failed.append(str(error))
        return self._done

    def _begin(self, step: Step) -> None:
        self._done = Done([], [], [])
        self._answers = Answers(step.calls)
        self._call += 1
        if step.start:
            self._at_ms = step.at * 1000

    def _act(self, step: Step) -> None:
        if step.hear is not None:
            self._position += 1
            event = event_for(step.hear, self._device.ieee, step.at)
            frame = frame_of(event, self._position)
            self._work(self._host.receive(self._device.ieee, frame, state=self._state))
        elif step.configure:
            self._ask(p.Configure(now_ms=self._at_ms, ieee=self._device.ieee, state=self._state))
        elif step.set is not None:
            self._command(step.set, p.Set)
        elif step.get is not None:
            self._command(step.get, p.Get)

    # ---- requests ----------------------------------------------------------------------------------------------------

    def _command(self, message: JsonObject, kind: type[p.Set] | type[p.Get]) -> None:
        assert self._opened is not None
        result: JsonObject = {}
        used: set[tuple[int, int]] = set()
        for key in in_order(message):
            bare, name = self._split(key)
            endpoint = self._opened.endpoints[name] if name else self._default()
            place = self._sender_of(bare, name)
            if place is not None and kind is p.Set and (endpoint, place) in used:
                continue
            if place is None or not getattr(self._opened.senders[place], "set" if kind is p.Set else "get"):
                self._done.failed.append(f"no converter for {bare}")
                continue
            used.add((endpoint, place))
            more: Any = {"value": message[key]} if kind is p.Set else {}
            ask = kind(
                now_ms=self._at_ms,
                ieee=self._device.ieee,
                state=self._state,
                call=self._call,
                converter=place,
                endpoint=endpoint,
                key=bare,
                message=self._bare(message, name),
                endpoint_name=name,
                **more,
            )
            done = self._ask(ask)
            if done is not None and done.result and kind is p.Set:
                state = done.result.get("state") or {}
                result.update({f"{k}_{name}" if name else k: v for k, v in state.items()})
        if result:
            self._publish(result)

    def _split(self, key: str) -> tuple[str, str | None]:
        assert self._opened is not None
        names = [name for name in self._opened.endpoints if name != "default"]
        found = [n for n in names if key.endswith(f"_{n}")]
        name = max(found, key=len) if found else None
        return (key[: -len(name) - 1], name) if name else (key, None)

    def _default(self) -> int:
        assert self._opened is not None
        return self._opened.endpoints.get("default") or next(iter(self._device.endpoints))

    def _bare(self, message: JsonObject, name: str | None) -> JsonObject:
        if name is None:
            return message
        return {k[: -len(name) - 1] if k.endswith(f"_{name}") else k: v for k, v in message.items()}

    def _sender_of(self, key: str, name: str | None) -> int | None:
        assert self._opened is not None
        for place, sender in enumerate(self._opened.senders):
            fits = sender.keys is None or key in sender.keys
            if fits and (sender.endpoints is None or name in sender.endpoints):
                return place
        return None

    def _ask(self, request: p.Request) -> p.Done | None:
        return self._work(self._host.ask(request), waits=True)

    # ---- steps of the engine -----------------------------------------------------------------------------------------

    def _work(self, step: p.Step, *, waits: bool = False) -> p.Done | None:
        """Do what the engine wants; with `waits`, time passes until the call is done."""
        until_ms = self._at_ms + PATIENCE_MS
        done = step.done
        while True:
            done = done or step.done
            waiting = self._take(step)
            if waiting:
                answer = p.Answer(now_ms=self._at_ms, ieee=self._device.ieee, answers=waiting)
                step = self._host.ask(answer)
                continue
            if not waits or done is not None or not self._timers:
                break
            number = min(self._timers, key=lambda n: self._timers[n])
            if self._timers[number] > until_ms:
                break
            step = self._fire(number)
        if done is not None and done.error is not None:
            self._done.failed.append(done.error.text)
        return done

    def _let_pass(self, to_ms: float) -> None:
        for _ in range(TICKS):
            due = [number for number, at in self._timers.items() if at <= to_ms]
            if not due:
                break
            self._work(self._fire(min(due, key=lambda n: self._timers[n])))
        self._at_ms = max(self._at_ms, to_ms)

    def _fire(self, number: int) -> p.Step:
        self._at_ms = max(self._at_ms, self._timers.pop(number))
        return self._host.ask(p.Fire(now_ms=self._at_ms, ieee=self._device.ieee, timer=number, state=self._state))

    def _take(self, step: p.Step) -> list[p.Answered]:
        self._timers.update({number: self._at_ms + ms for number, ms in step.timers})
        answers: list[p.Answered] = []
        for op in step.effects:
            match op:
                case p.Heard() | p.Published():
                    self._publish(op.payload)
                case p.Failed():
                    self._done.failed.append(op.error.text)
                case p.TimerStopped():
                    self._timers.pop(op.timer, None)
                case p.AirOp():
                    answers.append(self._air(op))
                case _:
                    pass
        return answers

    def _publish(self, payload: JsonObject) -> None:
        if payload:
            self._done.out.append(payload)
            self._state = merged(self._state, payload, self._forget)

    def _air(self, op: p.AirOp) -> p.Answered:
        call = call_of(op)
        self._done.calls.append(call)
        answer = self._answers.frame(call)
        wanted = isinstance(op, p.ReadOp) or (isinstance(op, p.InvokeOp) and op.expects_response)
        return p.Answered(id=op.id, result=answer.payload.hex() if wanted and answer is not None else None)


def call_of(op: p.AirOp) -> JsonObject:
    """Return an effect of the engine in the form in which requests are compared."""
    match op:
        case p.BindOp():
            group = {} if op.group is None else {"to_group": op.group}
            way = "unbind" if isinstance(op, p.UnbindOp) else "bind"
            return {way: {"endpoint": op.endpoint, "cluster": op.cluster, **group}}
        case p.GroupcastOp():
            frame = frames.build_frame(
                0, op.command, bytes.fromhex(op.payload), cluster_specific=not op.general, manufacturer=op.manufacturer
            )
            return {"group": op.group, "cluster": op.cluster, "frame": masked(frame.hex(), op.cluster)}
        case p.EndpointOp():
            return {"endpoint": op.endpoint, "cluster": op.cluster, "frame": masked(_frame_of(op).hex(), op.cluster)}
        case _:
            builtins: JsonObject = msgspec.to_builtins(op)
            return builtins


def _frame_of(op: p.EndpointOp) -> bytes:
    code = op.manufacturer
    match op:
        case p.ReadOp():
            return frames.build_frame(0, frames.READ, frames.encode_read(op.attributes), manufacturer=code)
        case p.WriteOp():
            payload = b"".join(
                r.id.to_bytes(2, "little") + bytes((r.type,)) + bytes.fromhex(r.octets) for r in op.attributes
            )
            return frames.build_frame(0, frames.WRITE, payload, manufacturer=code)
        case p.ReportOp():
            payload = frames.encode_configure_reporting(
                frames.ReportingRecord(i.attribute, i.type, i.min_interval_s, i.max_interval_s, i.change)
                for i in op.items
            )
            return frames.build_frame(0, frames.CONFIGURE_REPORTING, payload, manufacturer=code)
        case p.InvokeOp():
            return frames.build_frame(
                0,
                op.command,
                bytes.fromhex(op.payload),
                cluster_specific=not isinstance(op, p.GeneralOp),
                manufacturer=code,
                from_server=op.to_client,
            )
    raise TypeError(op)
