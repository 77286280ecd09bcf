"""The words every message is made of: base type, identities, JSON values, typed failures.

Evolution rules: new fields are optional with a default; no field changes type, unit or meaning; a removed name is
not used again; readers ignore fields that they do not know.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import msgspec

Ieee = Annotated[str, msgspec.Meta(pattern="^0x[0-9a-f]{16}$", description="EUI-64 of a device, lower-case hex")]
CoordinatorName = Annotated[str, msgspec.Meta(pattern="^[a-z0-9-]+$", description="name of a coordinator")]

Json = Any  # one JSON value: msgspec has no recursive alias, so the schema says "any"
JsonObject = dict[str, Any]


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """Base of every message on the bus. JSON on the wire, encoded by msgspec."""


class FailureCode(StrEnum):
    """Who can act on a failure, and how. Callers decide by this, never by the text."""

    INVALID = "invalid"  # the request itself is wrong: change it
    NOT_FOUND = "not_found"  # no such device, group, endpoint or definition
    UNSUPPORTED = "unsupported"  # this device cannot do that
    DELIVERY_FAILED = "delivery_failed"  # the device did not confirm: asleep, out of reach, no route
    REJECTED = "rejected"  # the device answered with a ZCL or ZDO status other than success
    TIMEOUT = "timeout"  # it was sent, no answer came in time
    UNAVAILABLE = "unavailable"  # the service or the stick cannot do its job now: try later
    CONFLICT = "conflict"  # the name or id is in use, or another operation runs
    INTERNAL = "internal"  # a defect of ours


class Failure(Message, frozen=True, kw_only=True):
    """Why a request was not carried out."""

    code: FailureCode
    text: str  # one sentence for people: what went wrong and what to do
    facts: JsonObject = {}  # what the text was made of: ieee, endpoint, cluster, status, key, value ...


class Reply(Message, frozen=True, kw_only=True):
    """Base of every answer: `error` is None if and only if the request was carried out."""

    error: Failure | None = None


class RequestFailed(Exception):
    """The other side answered with a failure, or nobody answered (then code is UNAVAILABLE or TIMEOUT)."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(f"{failure.code}: {failure.text}")
        self.failure = failure

    @classmethod
    def of(cls, code: FailureCode, text: str, **facts: Json) -> RequestFailed:
        """Build the exception from the parts of a Failure."""
        return cls(Failure(code=code, text=text, facts=facts))
