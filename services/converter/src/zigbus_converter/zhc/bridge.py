"""What definitions in the engine want, as effects; and their conversations. Pure: the engine is asked by an effect.

A step of the engine lists what a definition wants in order. What stays in this process is done at once. What goes over
the air is done one after the other, and the answers go back together; so it goes on until the call has its end.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import Any

from zigbus.contract.base import FailureCode, JsonObject, RequestFailed
from zigbus.contract.events import AttributeValue
from zigbus.zcl.frames import encode_read_response
from zigbus.zcl.types import decode_value
from zigbus_converter.definition import Converted, Device
from zigbus_converter.effects import (
    Bind,
    CancelTimer,
    Consult,
    Conversation,
    Effect,
    ForMember,
    Invoke,
    Learn,
    Log,
    Merge,
    Publish,
    PublishHeard,
    Read,
    Remember,
    Report,
    ReportItem,
    SetTimer,
    ShowAgain,
    Wait,
    Wake,
    Write,
)
from zigbus_converter.zhc import protocol as p
from zigbus_converter.zhc.protocol import DefinitionFailed

MEMORY = "zhc."  # what definitions remember, by keys that begin so
STEPS_LIMIT = 1000  # of one conversation; more is a loop that yields
DEFAULT_TIMEOUT_S = 10.0


def converted(step: p.Step, device: Device, life: str) -> Converted:
    """Return what came of a frame."""
    waits = any(isinstance(op, p.AirOp) for op in step.effects) or step.done is None
    failures = tuple(
        (op.converter, DefinitionFailed(op.error.text, op.error)) for op in step.effects if isinstance(op, p.Failed)
    )
    if step.done is not None and step.done.error is not None:
        failures += (("receive", DefinitionFailed(step.done.error.text, step.done.error)),)
    return Converted(
        taken=step.converted,
        effects=(*_local_effects(step, device), *(() if waits else _timers(step.timers, life))),
        failures=failures,
        follow_up=conversation(step, device, life, told=True) if waits else None,
    )


def conversation(step: p.Step, device: Device, life: str, *, told: bool = False) -> Conversation:
    """Carry a call that has begun with this step to its end. `told`: what stays in this process is done already.

    Raises what it failed with: the radio's own failure if that is why, else DefinitionFailed.
    """
    done, failures = step.done, dict[int, RequestFailed]()
    timers: dict[int, float] = {}  # milliseconds left
    for _ in range(STEPS_LIMIT):
        if not told:
            yield from _local_effects(step, device, timers)
        told = False
        timers.update(step.timers)
        done = done or step.done
        waiting = [op for op in step.effects if isinstance(op, p.AirOp)]
        if waiting:
            step = yield Consult(request=_request(p.Answer, device, answers=(yield from _answers(waiting, failures))))
        elif done is not None:
            yield from _timers(timers.items(), life)
            yield from _result(done, failures)
            return
        elif timers:
            number = min(timers, key=timers.__getitem__)
            passed = timers.pop(number)
            timers = {other: left - passed for other, left in timers.items()}
            yield Wait(seconds=passed / 1000)
            step = yield Consult(request=_request(p.Fire, device, timer=number))
        else:
            raise DefinitionFailed("it waits for something that never comes")
    raise DefinitionFailed(f"more than {STEPS_LIMIT} steps in one conversation")


def consult(request: p.Request, device: Device, life: str) -> Conversation:
    """Hold a conversation that begins with a request."""
    step: p.Step = yield Consult(request=request)
    yield from conversation(step, device, life)


def woken(device: Device, wake: Wake, life: str) -> Conversation:
    """Go on when a timer's time has come, if the engine that set it still lives."""
    if wake.life == life:
        step: p.Step = yield Consult(request=_request(p.Fire, device, timer=wake.timer))
        ended = p.Step(effects=step.effects, timers=step.timers, done=step.done or p.Done())
        yield from conversation(ended, device, life)


def remembered(device: Device) -> JsonObject:
    """What definitions remember of a device."""
    return {key.removeprefix(MEMORY): value for key, value in device.memory.items() if key.startswith(MEMORY)}


def _request(kind: type[Any], device: Device, **fields: Any) -> Any:
    return kind(now_ms=0.0, ieee=device.ieee, **fields)


# ---- what stays in this process --------------------------------------------------------------------------------------------


def _local_effects(step: p.Step, device: Device, timers: dict[int, float] | None = None) -> Iterator[Effect]:
    for op in step.effects:
        match op:
            case p.Heard():
                yield PublishHeard(op.payload)
            case p.Published():
                yield Publish(op.payload)
            case p.Remember():
                yield Remember(key=MEMORY + op.key, value=op.value)
            case p.Learn():
                yield Learn(endpoint=op.endpoint, cluster=op.cluster, values=op.values)
            case p.LogLine():
                yield Log(level=op.level, event="definition_says", fields={"text": op.text})
            case p.TimerStopped() if timers is None or timers.pop(op.timer, None) is None:
                yield CancelTimer(key=_timer_key(op.timer))
            case _:
                pass
    if step.exposes_changed:
        yield ShowAgain()


def _timers(timers: Iterable[tuple[int, float]], life: str) -> Iterator[Effect]:
    for number, ms in timers:
        yield SetTimer(key=_timer_key(number), after_s=ms / 1000, effects=(Wake(timer=number, life=life),))


def _timer_key(number: int) -> str:
    return f"{MEMORY}timer.{number}"


def _result(done: p.Done, failures: dict[int, RequestFailed]) -> Iterator[Effect]:
    if done.error is not None:
        failure = failures.get(done.error.effect or 0)
        raise failure if failure is not None else DefinitionFailed(done.error.text, done.error)
    if isinstance(done.result, dict):
        if done.result.get("state"):
            yield Merge(done.result["state"])
        for ieee, state in (done.result.get("members_state") or {}).items():
            yield ForMember(ieee, Merge(state))


# ---- what goes over the air ------------------------------------------------------------------------------------------------


def _answers(
    waiting: Sequence[p.AirOp], failures: dict[int, RequestFailed]
) -> Generator[Effect, Any, list[p.Answered]]:
    """Do what a step wants over the air, one after the other; returns the answers."""
    answers: list[p.Answered] = []
    for op in waiting:
        try:
            result = yield _effect(op)
        except RequestFailed as error:
            failures[op.id] = error
            answers.append(p.Answered(id=op.id, error=error.failure.text))
        else:
            answers.append(p.Answered(id=op.id, result=_heard(op, result)))
    return answers


def _heard(op: p.AirOp, result: Any) -> Any:
    if isinstance(op, p.ReadOp):
        return encode_read_response(result).hex()  # as it came: the engine reads it with upstream's tables
    return result.hex() if isinstance(result, bytes) else None


def _effect(op: p.AirOp) -> Effect:
    match op:
        case p.ReadOp():
            return Read(
                endpoint=op.endpoint, cluster=op.cluster, attributes=op.attributes, manufacturer=op.manufacturer
            )
        case p.WriteOp():
            records = tuple(_record(value) for value in op.attributes)
            return Write(endpoint=op.endpoint, cluster=op.cluster, attributes=records, manufacturer=op.manufacturer)
        case p.InvokeOp():
            return _invoke(op)
        case p.ReportOp():
            items = tuple(
                ReportItem(
                    attribute=i.attribute,
                    type=i.type,
                    min_interval_s=i.min_interval_s,
                    max_interval_s=i.max_interval_s,
                    change=i.change,
                )
                for i in op.items
            )
            return Report(endpoint=op.endpoint, cluster=op.cluster, items=items, manufacturer=op.manufacturer)
        case p.BindOp():
            return Bind(
                endpoint=op.endpoint, clusters=(op.cluster,), group=op.group, target=op.target, target_endpoint=op.target_endpoint,
                bind=not isinstance(op, p.UnbindOp),
            )  # fmt: skip
        case p.GroupcastOp():
            return Invoke(
                endpoint=1, cluster=op.cluster, command=op.command, payload=bytes.fromhex(op.payload), manufacturer=op.manufacturer,
                general=op.general,
            )  # fmt: skip
        case _:
            text = f"A definition asked for what is not offered here: {type(op).__struct_config__.tag}"
            raise RequestFailed.of(FailureCode.UNSUPPORTED, text)


def _invoke(op: p.InvokeOp) -> Invoke:
    return Invoke(
        endpoint=op.endpoint,
        cluster=op.cluster,
        command=op.command,
        payload=bytes.fromhex(op.payload),
        manufacturer=op.manufacturer,
        disable_default_response=op.disable_default_response,
        to_client=op.to_client,
        timeout_s=DEFAULT_TIMEOUT_S if op.timeout_ms is None else op.timeout_ms / 1000,
        expects_response=op.expects_response,
        sequence=op.sequence,
        general=isinstance(op, p.GeneralOp),
    )


def _record(wire: p.WireValue) -> AttributeValue:
    value, octets, _ = decode_value(wire.type, bytes.fromhex(wire.octets))
    return AttributeValue(id=wire.id, type=wire.type, value=value, octets=octets)
