"""What a definition wants done. Converters say it with these values; the engine does it. No converter does I/O.

Two ways to say it, both yielding effects:

- a *receiver* (something was heard) returns effects in order;
- a *conversation* (set, get, configure) is a generator: it yields one effect at a time and is sent the answer, so a
  converter can read, look at the value and write, in plain code. A failed radio effect is thrown into the generator
  as `zigbus.contract.base.RequestFailed`; what it does not catch fails the key that was being handled.

Effects are plain values: they can be stored (timers survive a restart) and can come from another language's engine.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import Any, Literal

import msgspec

from zigbus.contract.base import Ieee, JsonObject
from zigbus.contract.events import AttributeValue


class _Effect(msgspec.Struct, frozen=True, tag=True):
    """Base: tagged by class name, so that stored effects are told apart."""


class Merge(_Effect, frozen=True, kw_only=False):
    """Add keys to the one message that this frame or command gives (later keys win)."""

    payload: JsonObject


class Publish(_Effect, frozen=True, kw_only=False):
    """Publish a message of its own, in order with others; what was merged so far is published before it."""

    payload: JsonObject


class PublishHeard(_Effect, frozen=True, kw_only=False):
    """Publish a message that goes the way of what was heard: corrected, debounced. For what is said later than heard."""

    payload: JsonObject


class Read(_Effect, frozen=True, kw_only=True):
    """Read attributes. Answer: the records of the response, a tuple of AttributeValue. Values also come as a frame."""

    endpoint: int
    cluster: int
    attributes: tuple[int, ...]
    manufacturer: int | None = None


class Write(_Effect, frozen=True, kw_only=True):
    """Write attributes. Answer: None."""

    endpoint: int
    cluster: int
    attributes: tuple[AttributeValue, ...]
    manufacturer: int | None = None


class Invoke(_Effect, frozen=True, kw_only=True):
    """Send a cluster-specific command. Answer: the payload of its own response, None if that was a default response."""

    endpoint: int
    cluster: int
    command: int
    payload: bytes = b""
    manufacturer: int | None = None
    disable_default_response: bool = False
    to_client: bool = False
    timeout_s: float = 10.0
    expects_response: bool = False  # the command has a response of its own, and no default response is wanted
    sequence: int | None = None  # ZCL sequence number to use, for what answers a frame
    general: bool = False  # a general command (a frame that is none of the cluster's own)


class Bind(_Effect, frozen=True, kw_only=True):
    """Bind clusters of an endpoint, one after the other, to the coordinator or to another target. Answer: None."""

    endpoint: int
    clusters: tuple[int, ...]
    group: int | None = None  # bind to this group instead
    target: Ieee | None = None  # or to an endpoint of this device
    target_endpoint: int | None = None
    bind: bool = True  # False: unbind


class ReportItem(msgspec.Struct, frozen=True, kw_only=True):
    """One attribute to be reported."""

    attribute: int
    type: int  # ZCL data type
    min_interval_s: int
    max_interval_s: int
    change: float | int | None = None  # None for discrete types
    manufacturer: int | None = None


class Report(_Effect, frozen=True, kw_only=True):
    """Configure reporting of attributes of one cluster. Answer: None."""

    endpoint: int
    cluster: int
    items: tuple[ReportItem, ...]
    manufacturer: int | None = None


class Wait(_Effect, frozen=True, kw_only=True):
    """Pause this conversation. Answer: None."""

    seconds: float


class Now(_Effect, frozen=True, kw_only=True):
    """Ask for the time, in a conversation. Answer: Unix time in seconds, a float."""


class Remember(_Effect, frozen=True, kw_only=True):
    """Keep a JSON value in the device's memory (`Device.memory`); it persists. None forgets the key."""

    key: str
    value: Any = None


class Learn(_Effect, frozen=True, kw_only=True):
    """Keep attribute values, by number or by a name of the definition's own, in the cache of an endpoint."""

    endpoint: int
    cluster: int
    values: JsonObject


class SetTimer(_Effect, frozen=True, kw_only=True):
    """(Re)start the device's timer `key`: after that time the effects are performed. Survives a restart."""

    key: str
    after_s: float
    effects: tuple[Effect, ...]
    repeats: bool = False  # performed again and again, until the timer is set anew or cancelled


class CancelTimer(_Effect, frozen=True, kw_only=True):
    """Stop the device's timer `key`, if it runs."""

    key: str


class Log(_Effect, frozen=True, kw_only=True):
    """Write a log line about the device."""

    level: Literal["debug", "info", "warning", "error"]
    event: str
    fields: JsonObject = {}


class Wake(_Effect, frozen=True, kw_only=True):
    """In a timer: go on in the engine that the definition runs in. `life` names the life of the engine that set it."""

    timer: int
    life: str


class Consult(_Effect, frozen=True, kw_only=True):
    """In a conversation: hand a request to the engine that the definition runs in. Answer: what it says."""

    request: Any


class ShowAgain(_Effect, frozen=True, kw_only=True):
    """What the device exposes may have changed: show it anew."""


class ForMember(_Effect, frozen=True, kw_only=False):
    """In a conversation with a group: what one of its members says, remembers or logs of it."""

    ieee: Ieee
    effect: Merge | Remember | Log


Effect = (
    Merge
    | Publish
    | PublishHeard
    | Read
    | Write
    | Invoke
    | Bind
    | Report
    | Wait
    | Now
    | Remember
    | Learn
    | SetTimer
    | CancelTimer
    | Log
    | Wake
    | Consult
    | ShowAgain
    | ForMember
)
Effects = Iterable[Effect]
Conversation = Generator[Effect, Any, None]
