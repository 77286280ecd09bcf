"""A bench to test definitions on: one device, no radio. Frames go in, messages come out; sets go in, frames come out.

Effects are shown as short lines, so that a test reads like a protocol: `1:0x0008 command 0x04 8000000000`,
`1:0x0300 read 0x0008 0x0007`, `1:0x0006 write 0x4003=0`, `1:0x0006 bind`, `1:0x0006 report 0x0000 0/65000/1`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from zigbus.contract.base import FailureCode, Json, JsonObject, RequestFailed
from zigbus.contract.devices import DeviceDescription, EndpointDescription, InterviewState, LogicalType
from zigbus.contract.events import AttributeValue
from zigbus.contract.household import ConverterSettings
from zigbus_converter.calibration import flattened
from zigbus_converter.definition import Definition, Frame, Kind
from zigbus_converter.definitions import find
from zigbus_converter.effects import (
    Bind,
    CancelTimer,
    Conversation,
    Effect,
    Invoke,
    Merge,
    Now,
    Publish,
    Read,
    Remember,
    Report,
    SetTimer,
    Wait,
    Write,
)
from zigbus_converter.entity import Entity, Timer
from zigbus_converter.generated import generate
from zigbus_converter.planning import Way, plan
from zigbus_converter.receive import fire_due, receive
from zigbus_converter.user_code import python_definitions

IEEE = "0x0011223344556677"
NOON_S = 1_800_000_000.0  # the time on the bench when it is set up
SETTINGS = ConverterSettings()

Attributes = dict[tuple[int, int, int], Json]  # endpoint, cluster, attribute -> value that the device holds


def described(
    model: str,
    endpoints: Mapping[int, tuple[Iterable[int], Iterable[int]]],
    *,
    manufacturer: str = "",
    code: int | None = None,
    build: str | None = None,
    application: int | None = None,
) -> DeviceDescription:
    """Return a device; `endpoints`: number -> clusters it serves, clusters it uses."""
    return DeviceDescription(
        ieee=IEEE,
        coordinator="main",
        nwk=1,
        logical_type=LogicalType.ROUTER,
        interview=InterviewState.SUCCESSFUL,
        endpoints={
            number: EndpointDescription(
                profile=0x0104, device_type=0, input_clusters=tuple(inputs), output_clusters=tuple(outputs)
            )
            for number, (inputs, outputs) in endpoints.items()
        },
        manufacturer_code=code,
        manufacturer=manufacturer,
        model=model,
        software_build=build,
        application_version=application,
    )


class Bench:
    """One device on the bench. `holds`: attribute values that it answers reads with."""

    def __init__(
        self,
        device: DeviceDescription,
        *,
        definition: Definition | None = None,
        holds: Attributes | None = None,
        **options: Json,
    ) -> None:
        """Put a device on the bench, with its native or generated definition if none is given."""
        self.entity = Entity(device.ieee)
        self.entity.known = device
        self.entity.set_options(options)
        found = definition or find(device) or generate(device)
        if found is None:
            raise LookupError(f"nothing defines {device.model}")
        self.definition = found
        self.entity.use(found)
        self.holds: Attributes = dict(holds or {})
        self.refuses: set[int] = set()  # clusters whose commands and reporting are refused
        self.now_s = NOON_S
        self.sequence = 0
        for (endpoint, cluster, attribute), value in self.holds.items():
            self.entity.learn(endpoint, cluster, (AttributeValue(id=attribute, type=0, value=value),))

    @classmethod
    def of_file(
        cls, path: Path, model: str | None = None, *, holds: Attributes | None = None, **options: Json
    ) -> Bench:
        """Put the first device of a Python file of the household on the bench, or the one called `model`.

        Its endpoints have every cluster that the definition listens to or keeps a value of in `holds`. Raises
        `user_code.Refused` with line and reason if the file is wrong.
        """
        definitions = python_definitions(path.name, path.read_text(encoding="utf-8"))
        definition = next(d for d in definitions if model in (None, d.model))
        clusters = {receiver.cluster for part in definition.parts for receiver in part.receivers}
        clusters |= {cluster for _, cluster, _ in holds or {}}
        endpoints = dict.fromkeys((*definition.endpoints.values(), 1), (sorted(clusters), sorted(clusters)))
        device = described(next(iter(definition.models), definition.model), endpoints)
        return cls(device, definition=definition, holds=holds, **options)

    @property
    def properties(self) -> list[str]:
        """What clients see of the device: the keys of its messages."""
        assembled = self.entity.assembled
        return [] if assembled is None else [str(e.property) for e in flattened(assembled.exposes) if e.property]

    # ---- from the device -----------------------------------------------------------------------------------------

    def report(
        self,
        cluster: int,
        attributes: Mapping[int, Json],
        *,
        endpoint: int = 1,
        kind: Kind = "report",
        manufacturer: int | None = None,
    ) -> list[JsonObject]:
        """Let the device report attributes; octet strings are given as bytes. Returns what is published."""
        records = {
            number: AttributeValue(
                id=number,
                type=0x41 if isinstance(value, bytes) else 0x21,
                value=None if isinstance(value, bytes) else value,
                octets=value if isinstance(value, bytes) else None,
            )
            for number, value in attributes.items()
        }
        return self._hear(kind, cluster, endpoint, manufacturer, attributes=records)

    def command(
        self, cluster: int, command: int, payload: str = "", *, endpoint: int = 1, to_us: bool = False, group: int = 0
    ) -> list[JsonObject]:
        """Let the device send a command, payload in hex. Returns what is published."""
        octets = bytes.fromhex(payload)
        return self._hear("command", cluster, endpoint, None, command=command, octets=octets, to_us=to_us, group=group)

    def pass_time(self, seconds: float) -> list[JsonObject]:
        """Let time pass; returns what timers publish."""
        self.now_s += seconds
        fired = fire_due(self.entity, self.now_s, SETTINGS)
        return [emission.payload for _, outcome in fired for emission in outcome.emissions]

    def next_frames(self, seconds: float) -> list[str]:
        """Let time pass; returns the frames that timers send."""
        self.now_s += seconds
        fired = fire_due(self.entity, self.now_s, SETTINGS)
        return [shown(effect) for _, outcome in fired for effect in outcome.effects]

    def _hear(
        self,
        kind: Kind,
        cluster: int,
        endpoint: int,
        manufacturer: int | None,
        *,
        attributes: Mapping[int, AttributeValue] | None = None,
        command: int | None = None,
        octets: bytes = b"",
        to_us: bool = False,
        group: int = 0,
    ) -> list[JsonObject]:
        self.sequence = (self.sequence + 1) % 256
        frame = Frame(
            kind=kind,
            endpoint=endpoint,
            cluster=cluster,
            sequence=self.sequence,
            manufacturer=manufacturer,
            group=group or None,
            attributes=attributes or {},
            command=command,
            from_server=to_us,
            payload=octets,
            position=self.sequence,
            heard_at_s=self.now_s,
        )
        self.outcome = receive(self.entity, frame, self.now_s, SETTINGS)
        for failure in self.outcome.failures:
            raise failure.error
        return [emission.payload for emission in self.outcome.emissions]

    def answered(self) -> list[str]:
        """Return what the last frame made us send."""
        return [shown(effect) for effect in self.outcome.effects]

    # ---- to the device -------------------------------------------------------------------------------------------

    def set(self, message: JsonObject, endpoint: str | None = None) -> tuple[list[str], JsonObject]:
        """Carry out a set message. Returns the frames, and what is published as its result."""
        return self._carry_out(message, endpoint, "set")

    def get(self, message: JsonObject, endpoint: str | None = None) -> list[str]:
        """Carry out a get message. Returns the frames."""
        return self._carry_out(message, endpoint, "get")[0]

    def set_up(self) -> list[str]:
        """Run the definition's set-up. Returns the frames."""
        frames: list[str] = []
        for part in self.definition.parts:
            for step in part.configure:
                frames += self._hold(step(self.entity))[0]
        return frames

    def _carry_out(self, message: JsonObject, endpoint: str | None, way: Way) -> tuple[list[str], JsonObject]:
        frames: list[str] = []
        result: JsonObject = {}
        for step in plan(self.entity, message, endpoint, way, SETTINGS):
            if step.failure is not None:
                raise RequestFailed(step.failure)
            if step.ask is not None and step.function is not None:
                sent, merged = self._hold(step.function(step.ask))
                frames += sent
                result |= merged
        self.entity.state = {**self.entity.state, **result}
        return frames, result

    def _hold(self, conversation: Conversation) -> tuple[list[str], JsonObject]:
        frames: list[str] = []
        payload: JsonObject = {}
        answer: Any = None
        failed: RequestFailed | None = None
        while True:
            try:
                effect = conversation.throw(failed) if failed else conversation.send(answer)
            except StopIteration:
                return frames, payload
            answer, failed = None, None
            if isinstance(effect, Merge):
                payload |= effect.payload
            elif isinstance(effect, Now):
                answer = self.now_s
            elif isinstance(effect, Wait):
                frames.append(f"wait {effect.seconds:g}")
            elif isinstance(effect, Read | Write | Invoke | Bind | Report):
                frames.append(shown(effect))
                answer, failed = self._answer(effect)
            else:
                self._keep_in_mind(effect)

    def _keep_in_mind(self, effect: Effect) -> None:
        mind = self.entity.mind
        if isinstance(effect, Remember) and effect.value is not None:
            mind.remembered[effect.key] = effect.value
        elif isinstance(effect, Remember):
            mind.remembered.pop(effect.key, None)
        elif isinstance(effect, SetTimer):
            mind.timers[effect.key] = Timer(self.now_s + effect.after_s, effect.effects)
        elif isinstance(effect, CancelTimer):
            mind.timers.pop(effect.key, None)

    def _answer(self, effect: Effect) -> tuple[Any, RequestFailed | None]:
        if isinstance(effect, Invoke | Report) and effect.cluster in self.refuses:
            return None, RequestFailed.of(FailureCode.REJECTED, "The device refused")
        if not isinstance(effect, Read):
            return None, None
        keys = [(effect.endpoint, effect.cluster, attribute) for attribute in effect.attributes]
        records = tuple(
            AttributeValue(id=key[2], type=0, value=self.holds.get(key), status=0 if key in self.holds else 0x86)
            for key in keys
        )
        if not any(record.status == 0 for record in records):
            return None, RequestFailed.of(FailureCode.REJECTED, "The device refused: UNSUPPORTED_ATTRIBUTE")
        self.entity.learn(effect.endpoint, effect.cluster, records)
        return records, None


def shown(effect: Effect) -> str:
    """Return an effect as one line."""
    if isinstance(effect, Bind):
        target = "" if effect.group is None else f" group {effect.group}"
        return f"{effect.endpoint}:{','.join(f'0x{cluster:04x}' for cluster in effect.clusters)} bind{target}"
    if isinstance(effect, Read | Write | Invoke | Report):
        maker = f" of 0x{effect.manufacturer:04x}" if effect.manufacturer is not None else ""
        return f"{effect.endpoint}:0x{effect.cluster:04x}{maker} {_content(effect)}".rstrip()
    if isinstance(effect, Publish | Merge):
        return f"publish {effect.payload}"
    if isinstance(effect, SetTimer):
        return f"timer {effect.key} {effect.after_s:g} s: " + "; ".join(shown(inner) for inner in effect.effects)
    if isinstance(effect, CancelTimer | Remember):
        return f"{type(effect).__name__} {effect.key}"
    return repr(effect)


def _content(effect: Read | Write | Invoke | Report) -> str:
    if isinstance(effect, Read):
        return "read " + " ".join(f"0x{attribute:04x}" for attribute in effect.attributes)
    if isinstance(effect, Write):
        return "write " + " ".join(f"0x{record.id:04x}={record.value}" for record in effect.attributes)
    if isinstance(effect, Invoke):
        return f"command 0x{effect.command:02x} {effect.payload.hex()}"
    return "report " + " ".join(
        f"0x{item.attribute:04x} {item.min_interval_s}/{item.max_interval_s}/{item.change}" for item in effect.items
    )
