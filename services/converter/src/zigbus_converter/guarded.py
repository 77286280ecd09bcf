"""A definition of the household with a time limit around everything that it may do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import ParamSpec, TypeVar

from zigbus.contract.base import RequestFailed
from zigbus.contract.definitions import Expose
from zigbus_converter.definition import (
    Definition,
    Device,
    ExposeSource,
    Frame,
    Part,
    ReceiveFunction,
    Receiver,
    Sender,
    SetFunction,
)
from zigbus_converter.effects import Conversation, Effects
from zigbus_converter.receive import EFFECTS_LIMIT
from zigbus_converter.time_limit import TimeLimit

CALL_S = 1.0  # for one frame or one step of a conversation; our own parts take 4 microseconds

P = ParamSpec("P")
T = TypeVar("T")


def guarded(definition: Definition) -> Definition:
    """Return the definition as external, all its functions limited to `CALL_S`; what takes longer raises TookTooLong."""
    return replace(definition, parts=tuple(map(_part, definition.parts)), source="external")


def _part(part: Part) -> Part:
    return replace(
        part,
        exposes=tuple(map(_exposes, part.exposes)),
        receivers=tuple(map(_receiver, part.receivers)),
        senders=tuple(map(_sender, part.senders)),
        configure=tuple(map(_conversation, part.configure)),
        occasions=tuple(map(_conversation, part.occasions)),
    )


def _exposes(source: ExposeSource) -> ExposeSource:
    if isinstance(source, Expose):
        return source

    def exposes(device: Device | None) -> Iterable[Expose]:
        with TimeLimit(CALL_S):
            return tuple(source(device))

    return exposes


def _receiver(receiver: Receiver) -> Receiver:
    return replace(receiver, receive=_receive(receiver.receive))


def _receive(function: ReceiveFunction) -> ReceiveFunction:
    def receive(frame: Frame, device: Device) -> Effects:
        with TimeLimit(CALL_S):
            return tuple(islice(function(frame, device), EFFECTS_LIMIT + 1))

    return _named_like(function, receive)


def _sender(sender: Sender) -> Sender:
    return replace(sender, set=_asked(sender.set), get=_asked(sender.get))


def _asked(function: SetFunction | None) -> SetFunction | None:
    return None if function is None else _conversation(function)


def _conversation(function: Callable[P, Conversation]) -> Callable[P, Conversation]:
    """Return the same conversation, each step of it limited; the time between its steps is not its own."""

    def conversation(*about: P.args, **more: P.kwargs) -> Conversation:
        with TimeLimit(CALL_S):
            steps = function(*about, **more)
        work = partial(next, steps)
        while True:
            try:
                with TimeLimit(CALL_S):
                    effect = work()
            except StopIteration:
                return
            try:
                work = partial(steps.send, (yield effect))
            except RequestFailed as error:
                work = partial(steps.throw, error)

    return _named_like(function, conversation)


def _named_like(original: Callable[..., object], wrapper: T) -> T:
    """Let the log name the household's function, not ours."""
    for name in ("__module__", "__qualname__"):
        setattr(wrapper, name, getattr(original, name, name))
    return wrapper
