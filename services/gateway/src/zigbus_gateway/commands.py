"""Set and get: from a topic and a payload to a request for the converter, and from its answer to log lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from zigbus.bus import Bus
from zigbus.contract import operations
from zigbus.contract.base import FailureCode, Json, JsonObject, RequestFailed
from zigbus.contract.requests import GetRequest, KeyOutcome, KeysResult, SetRequest
from zigbus_gateway import metrics
from zigbus_gateway.entities import Entity, Household
from zigbus_gateway.envelopes import command_outcome
from zigbus_gateway.log_texts import value_text
from zigbus_gateway.payloads import InvalidMessage, entity_payload
from zigbus_gateway.topics import EntityCommand

TRANSACTION = "transaction"


class CommandError(Exception):
    """A command that reaches nobody: the event of the log line that says so."""

    def __init__(self, event: str, **fields: Json) -> None:
        super().__init__(event)
        self.event, self.fields = event, fields


@dataclass(frozen=True)
class Command:
    """A set or get that can be carried out."""

    kind: Literal["set", "get"]
    entity: Entity
    endpoint: str | None
    payload: JsonObject
    received_at_s: float
    transaction: Json = None
    answered: bool = False  # whether the sender asked for an answer


def read_command(home: Household, topic: EntityCommand, payload: bytes, now_s: float) -> Command | None:
    """Return what is to be done, None if the message asks for nothing. Raises CommandError (mqtt.md 5.4)."""
    found = home.find_with_endpoint(topic.target)
    if found is None or found[0].is_coordinator:
        raise CommandError("entity_unknown", entity=topic.target)
    entity, endpoint = found
    if entity.ieee is not None:
        definition = home.definitions.get(entity.ieee)
        if definition is None or definition.model is None:
            raise CommandError("device_unsupported", name=entity.name)
        if endpoint is not None and not home.has_endpoint(entity.ieee, endpoint):
            raise CommandError("endpoint_unknown", name=entity.name, endpoint=endpoint)
    try:
        keys = entity_payload(payload, topic.attribute)
    except InvalidMessage as error:
        raise CommandError("message_invalid", message=error.shown) from None
    answered = topic.attribute is None and TRANSACTION in keys
    transaction = keys.pop(TRANSACTION) if answered else None
    if not keys and not answered:
        return None
    return Command(topic.kind, entity, endpoint, keys, now_s, transaction, answered)


SCENE_KEYS = ("scene_store", "scene_add", "scene_remove", "scene_remove_all", "scene_rename")


async def carry_out(bus: Bus, command: Command) -> KeysResult:
    """Ask the converter. A request that fails as a whole fails for each key."""
    entity, payload = command.entity, command.payload
    if not payload:
        return KeysResult()
    try:
        if command.kind == "set":
            ask = SetRequest(
                payload=payload,
                ieee=entity.ieee,
                group=entity.group,
                endpoint=command.endpoint,
                requested_at_s=command.received_at_s,
            )
            return await bus.call(operations.SET, ask, ieee=entity.ieee, group=entity.group)
        get = GetRequest(
            payload=payload,
            ieee=entity.ieee,
            group=entity.group,
            endpoint=command.endpoint,
            requested_at_s=command.received_at_s,
        )
        return await bus.call(operations.GET, get, ieee=entity.ieee, group=entity.group)
    except RequestFailed as error:
        return KeysResult(keys=tuple(KeyOutcome(key=key, failure=error.failure) for key in payload))


def failure_line(command: Command, outcome: KeyOutcome) -> tuple[str, JsonObject] | None:
    """Return event and fields of the log line about one key, None if it was done."""
    failure = outcome.failure
    if failure is None:
        return None
    fields: JsonObject = {"key": outcome.key, "name": command.entity.name}
    if failure.code is FailureCode.UNSUPPORTED:
        value = failure.facts.get("value", command.payload.get(outcome.key))
        readable = failure.facts.get("readable", True)  # False: a converter knows the key, but cannot read it
        bare = not readable and isinstance(value, str)  # the original puts text into this line without quotes
        return ("key_unsupported" if readable else "key_not_readable"), fields | {
            "value": value if bare else value_text(value)
        }
    if failure.code is FailureCode.NOT_FOUND and "endpoint" in failure.facts and command.endpoint is not None:
        return "endpoint_unknown", {"name": command.entity.name, "endpoint": command.endpoint}
    return "key_failed", fields | {"kind": command.kind, "cause": failure.text}


def changes_scenes(command: Command) -> bool:
    """Whether the overviews that list scenes are told again after it (mqtt.md 6.7)."""
    return command.kind == "set" and any(key.startswith(SCENE_KEYS) for key in command.payload)


def report(
    command: Command,
    outcomes: Sequence[KeyOutcome],
    say: Callable[[str, JsonObject], None],
    answer: Callable[[str, JsonObject], None],
    now_s: float,
) -> None:
    """Log each key that failed once, and answer if asked to."""
    lines = [line for line in (failure_line(command, outcome) for outcome in outcomes) if line is not None]
    for place, line in enumerate(lines):
        if line not in lines[:place]:
            say(*line)
    metrics.COMMANDS.labels(command.kind, "failed" if lines else "ok").inc()
    if command.answered:
        took_ms = round((now_s - command.received_at_s) * 1000)
        answer(command.kind, command_outcome(command.entity.name, outcomes, took_ms, command.transaction))
