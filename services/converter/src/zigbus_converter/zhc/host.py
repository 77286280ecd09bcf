"""Runs definitions of zigbee-herdsman-converters. Synchronous, for one thread; see `worker` for the service's own.

    host = Host(Catalogue())
    found = host.identify(description)              # which definition, None if the catalogue has none
    opened = host.open(description, found).opened   # exposes, options, senders ... (see protocol.Opened)
    step = host.receive(ieee, frame)                # frame: zigbus_converter.definition.Frame
    step = host.ask(Set(...)); step = host.ask(Answer(...))      # conversations, see protocol

Every answer is a `Step`: effects in order, timers, and whether the call is done. `host.run(request, air)` holds a whole
conversation: it asks `air` for the answer to each effect that goes over the air and returns all effects with the end.

User files: `host.load(name, text)` takes a module in CommonJS or ES form that imports from "zigbee-herdsman-converters",
its "/lib/…", "/converters/…", "/devices/…", or "zigbee-herdsman"; it returns the identities of the definitions that the
module exports (`module.exports = definition`, a list of them, or `export default`). `Identities.of(...)` finds a device in
them, and `host.open(description, found)` works as for upstream's. `host.unload(name)` takes the module out again.
"""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from zigbus.contract.base import Ieee, JsonObject
from zigbus.contract.devices import DeviceDescription
from zigbus_converter.definition import Frame
from zigbus_converter.zhc import protocol as p
from zigbus_converter.zhc.catalogue import UPSTREAM, Catalogue
from zigbus_converter.zhc.engines import ENGINES, Engine, ScriptFailed, chosen
from zigbus_converter.zhc.es_modules import to_commonjs
from zigbus_converter.zhc.identities import Found, Identity, to_json
from zigbus_converter.zhc.protocol import DefinitionFailed

CALL_LIMIT_S = 1.0  # CPU time of one request; a usual one takes 0.1 ms
LOAD_LIMIT_S = 20.0  # CPU time of a script; the largest takes 0.15 s
MEMORY_LIMIT = 192 * 1024 * 1024  # octets; the whole catalogue at once takes 150 MB
STUFFED = 0.7  # share of the memory limit that may be in use when garbage is collected
STEPS_LIMIT = 1000  # of one conversation

_PLAIN_TYPES = frozenset(
    (0x10, *range(0x08, 0x0D), *range(0x18, 0x1D), *range(0x20, 0x26), *range(0x28, 0x2E), 0x30, 0x31, 0x39, 0x3A)
)

_OTHER_DEVICES = re.compile(
    r"""require\(["'](?:zigbee-herdsman-converters/devices/|\.\./devices/|\./)([\w.-]+)["']\)"""
)

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(p.Step).decode

AirAnswer = Callable[[p.AirOp], Any]
"""Answers an effect: what `Answered.result` should be. An exception that it raises fails the effect with its text."""


class Host:
    """One engine with the scripts that its devices need."""

    def __init__(
        self,
        catalogue: Catalogue,
        engine: str | None = None,
        *,
        memory_limit: int = MEMORY_LIMIT,
        call_limit_s: float = CALL_LIMIT_S,
    ) -> None:
        self.catalogue = catalogue
        self._make, self._memory_limit, self._call_limit_s = ENGINES[engine or chosen()], memory_limit, call_limit_s
        self._sources: dict[str, str] = {}  # user modules
        self._calls = itertools.count(1)
        self._opened: dict[Ieee, p.Open] = {}
        self._lost: set[Ieee] = set()  # opened in an engine that is no more
        self._start()

    # ---- which definition ------------------------------------------------------------------------------------------------

    def identify(self, description: DeviceDescription) -> Found | None:
        """Return the catalogue's definition of a device."""
        return self.catalogue.identities.find(description)

    def load(self, name: str, text: str) -> tuple[Identity, ...]:
        """Load a user's module; returns the identities of its definitions. Raises DefinitionFailed with what is wrong."""
        self.unload(name)
        self._sources[name] = text
        try:
            return _sound(self.ask(p.AskIdentities(now_ms=now_ms(), file=self._required(name)))).identities
        except DefinitionFailed:
            self.unload(name)
            raise

    def unload(self, name: str) -> None:
        """Take a user's module out."""
        if self._sources.pop(name, None) is not None:
            self._loaded.discard(name)
            self.ask(p.Forget(now_ms=now_ms(), file=name))

    # ---- devices -----------------------------------------------------------------------------------------------------------

    def open(
        self,
        description: DeviceDescription,
        found: Found,
        *,
        options: Mapping[str, Any] | None = None,
        state: Mapping[str, Any] | None = None,
        attributes: Mapping[str, Any] | None = None,
        remembered: Mapping[str, Any] | None = None,
        coordinator: Ieee | None = None,
        at_s: float | None = None,
    ) -> p.Step:
        """Make a device known and start its definition; again when descriptors or definition changed.

        The step has the effects of the start and `opened`. Raises DefinitionFailed if the definition cannot be used.
        """
        request = p.Open(
            now_ms=now_ms(at_s), ieee=description.ieee, call=next(self._calls), description=description, identity=to_json(found), coordinator=coordinator,
            options=dict(options or {}), state=dict(state or {}), attributes=dict(attributes or {}), remembered=dict(remembered or {}),
        )  # fmt: skip
        started = _sound(self.ask(request))
        described = self.describe(description.ieee, at_s=at_s)
        return msgspec.structs.replace(started, opened=described.opened)

    def describe(self, ieee: Ieee, *, options: JsonObject | None = None, at_s: float | None = None) -> p.Step:
        """Return what an open device's definition comes down to now: its exposes may depend on options and device."""
        return _sound(self.ask(p.Describe(now_ms=now_ms(at_s), ieee=ieee, options=options)))

    def close(self, ieee: Ieee) -> None:
        """Forget a device."""
        self.ask(p.Close(now_ms=now_ms(), ieee=ieee))

    def receive(
        self, ieee: Ieee, frame: Frame, *, state: JsonObject | None = None, options: JsonObject | None = None
    ) -> p.Step:
        """Have a frame converted. The clock of the definition shows when it was heard."""
        return self.ask(receive_request(ieee, frame, state=state, options=options, call=next(self._calls)))

    # ---- requests ------------------------------------------------------------------------------------------------------------

    def ask(self, request: p.Request) -> p.Step:
        """Have one request worked on. Raises DefinitionFailed if it cannot start, takes too long or too much."""
        if isinstance(request, p.Open):
            self._opened[request.ieee] = request
            self._lost.discard(request.ieee)
            self._required(request.identity["file"])
        elif isinstance(request, p.Close):
            self._opened.pop(request.ieee, None)
        elif request.ieee in self._lost:
            self.ask(self._opened[request.ieee])
        step = self._work(request)
        for op in step.effects:
            if isinstance(op, p.Remember) and op.ieee in self._opened:
                self._opened[op.ieee].remembered[op.key] = op.value
        return step

    def run(self, request: p.Request, air: AirAnswer) -> tuple[list[p.AnyOp], p.Done]:
        """Hold a whole conversation, timers and all; returns its effects in order and its end."""
        if not request.call:
            request.call = next(self._calls)
        effects: list[p.AnyOp] = []
        timers: list[tuple[float, int]] = []
        done: p.Done | None = None
        at_ms, step = request.now_ms, self.ask(request)
        for _ in range(STEPS_LIMIT):
            effects += step.effects
            timers += [(at_ms + ms, number) for number, ms in step.timers]
            done = done or step.done
            waiting = [op for op in step.effects if isinstance(op, p.AirOp)]
            if waiting:
                step = self.ask(
                    p.Answer(now_ms=at_ms, ieee=request.ieee, answers=[_answered(op, air) for op in waiting])
                )
            elif done is None and timers:
                timers.sort()
                at_ms, number = timers.pop(0)
                step = self.ask(p.Fire(now_ms=at_ms, ieee=request.ieee, timer=number))
            elif done is None:
                raise DefinitionFailed("the conversation never ends: it waits for nothing")
            else:
                return effects, done
        raise DefinitionFailed(f"more than {STEPS_LIMIT} steps in one conversation")

    # ---- inside ----------------------------------------------------------------------------------------------------------------

    def _work(self, request: p.Request) -> p.Step:
        try:
            step = _decode(self._engine.call(_encode(request).decode(), self._call_limit_s))
        except msgspec.MsgspecError as error:
            raise DefinitionFailed(f"the definition returned nonsense: {error}") from None
        except ScriptFailed as error:
            self._relieve(error)
            raise DefinitionFailed(str(error)) from None
        faults = [op.error for op in step.effects if isinstance(op, p.Failed)]
        faults += [step.done.error] if step.done is not None and step.done.error is not None else []
        if any("out of memory" in fault.text or fault.text == "null" for fault in faults):
            self._relieve(ScriptFailed("caught by the definition", exhausted=True))
        return step

    def _relieve(self, error: ScriptFailed) -> None:
        """Get rid of what a definition left behind that would harm the next."""
        if error.unending or (error.exhausted and self._engine.collect() > self._memory_limit * STUFFED):
            self._begin_again()

    def _begin_again(self) -> None:
        """A definition holds on to too much memory: start a new engine. Devices are opened there when they are needed."""
        self._lost = set(self._opened)
        self._engine.close()
        self._start()

    def _start(self) -> None:
        self._engine: Engine = self._make(self._memory_limit)
        self._loaded: set[str] = set()
        for name, text in self.catalogue.start_scripts():
            self._engine.run(name, text, LOAD_LIMIT_S)

    def _required(self, file: str) -> str:
        """Load the script of a module if it is not there yet; returns its name."""
        if file not in self._loaded:
            script = self._script(file)
            try:
                self._engine.run(file, script, LOAD_LIMIT_S)
            except ScriptFailed as error:
                self._relieve(error)
                raise DefinitionFailed(str(error)) from None
            self._loaded.add(file)
            for other in _OTHER_DEVICES.findall(script):
                self._required(f"{UPSTREAM}{other}")
        return file

    def _script(self, file: str) -> str:
        if file in self._sources:
            body = to_commonjs(self._sources[file])
            return f"zigbus.define({_encode(file).decode()}, function (exports, require, module) {{{body}\n}});"
        if not file.startswith(UPSTREAM):
            raise DefinitionFailed(f"no module {file!r}")
        return self.catalogue.device_script(file)


def receive_request(
    ieee: Ieee,
    frame: Frame,
    *,
    state: JsonObject | None = None,
    options: JsonObject | None = None,
    call: int = 0,
) -> p.Receive:
    """Return the request that has a frame converted."""
    records = frame.attributes.values()
    plain = (
        bool(records)
        and not frame.malformed
        and all(record.type in _PLAIN_TYPES and record.value is not None for record in records)
    )
    heard = p.FrameIn(
        kind=frame.kind, endpoint=frame.endpoint, cluster=frame.cluster, sequence=frame.sequence, payload=frame.payload.hex(),
        manufacturer=frame.manufacturer, group=frame.group, lqi=frame.lqi, malformed=frame.malformed, command=frame.command, from_server=frame.from_server,
        frame_control=frame.frame_control,
        values=[(r.id, int(r.value) if r.value is True or r.value is False else r.value) for r in records if r.status == 0] if plain else None,
    )  # fmt: skip
    return p.Receive(now_ms=frame.heard_at_s * 1000, ieee=ieee, call=call, frame=heard, state=state, options=options)


def now_ms(at_s: float | None = None) -> float:
    """Unix time in milliseconds: of the clock, or the one given in seconds."""
    return (time.time() if at_s is None else at_s) * 1000


def _sound(step: p.Step) -> p.Step:
    """Return a step that did not end with an error. Raises DefinitionFailed if it did."""
    if step.done is not None and step.done.error is not None:
        raise DefinitionFailed(step.done.error.text, step.done.error)
    return step


def _answered(op: p.AirOp, air: AirAnswer) -> p.Answered:
    try:
        return p.Answered(id=op.id, result=air(op))
    except Exception as error:  # what a test's stand-in for the air raises is the failure of the effect
        return p.Answered(id=op.id, error=str(error) or repr(error))
