"""Who may say and hear what on the bus: one NATS user per service, with its subjects only.

Made from the tables of the contract. `python -m zigbus.permissions` prints the server's settings; the copy in
`deploy/nats/` is kept equal by a test. Passwords come from the server's environment, ZIGBUS_NATS_PASSWORD_<SERVICE>.

What is not kept apart: reply inboxes (random names), and the creation of streams and buckets, which whoever starts
first does.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from zigbus.bus.nats_server import MAX_PAYLOAD
from zigbus.contract import operations, subjects
from zigbus.contract.storage import BUCKETS, SETTINGS, STREAMS, UPDATES, ZIGBEE, StreamSpec

ANY: Literal["*"] = "*"
REPLY_WITHIN = "3m"  # an interview takes up to two
INBOXES = "_INBOX.>"


@dataclass(frozen=True)
class Role:
    """What one service does on the bus, besides what it owns by the contract's tables."""

    name: str
    answers: str | None = None  # owner name of the operations that it answers
    asks: tuple[str, ...] = ()  # owners of the operations that it may request
    consumes: tuple[StreamSpec, ...] = ()
    settings: tuple[str, ...] = ()  # keys of bucket SETTINGS that it may read; passwords and keys are in there
    hears_updates: bool = False  # as they pass, without a place in the stream
    hears_logs: bool = False
    hears_events: bool = False  # as they pass, without a place in the stream
    says_restart: bool = False
    takes_census: bool = False
    is_service: bool = True  # one of those that answer it; the others are tools


ROLES = (
    Role("radio", answers="radio", settings=("radio", "logging")),
    Role(
        "converter",
        answers="converter",
        asks=("radio",),
        consumes=(ZIGBEE, UPDATES),  # of UPDATES it reads back at the start what it said last
        settings=("converter", "imported_state", "logging"),
    ),
    Role(
        "registry",
        answers="registry",
        asks=("radio", "converter"),
        consumes=(ZIGBEE,),
        settings=(ANY,),
        hears_logs=True,
        hears_events=True,
        says_restart=True,
    ),
    Role(
        "gateway",
        asks=("converter", "registry"),
        consumes=(UPDATES,),
        settings=("gateway", "public", "logging"),
        hears_logs=True,
        takes_census=True,
    ),
    Role("terminal", asks=("converter", "registry"), hears_updates=True, is_service=False),
    Role("supervisor", asks=("registry",), is_service=False),
)


def publishes(role: Role) -> Iterator[str]:
    """Return the subjects that a service may publish to."""
    yield subjects.log(role.name, ANY)
    if role.takes_census:
        yield subjects.CENSUS
    if role.says_restart:
        yield subjects.RESTART
    for operation in operations.OPERATIONS:
        if operation.owner in role.asks:
            yield _request(operation.owner, operation.name)
    for stream in STREAMS:
        if role.name in stream.writers:
            yield from stream.subjects
    for bucket in BUCKETS:
        if bucket.writer == role.name:
            yield f"$KV.{bucket.name}.>"
    yield from _storage_calls(role)


def subscribes(role: Role) -> Iterator[str]:
    """Return the subjects that a service may subscribe to."""
    yield INBOXES
    yield subjects.RESTART
    if role.is_service:
        yield subjects.CENSUS
    for operation in operations.OPERATIONS:
        if operation.owner == role.answers:
            yield _request(operation.owner, operation.name)
    if role.hears_updates:
        yield from UPDATES.subjects
    if role.hears_events:
        yield subjects.all_events()
    if role.hears_logs:
        yield subjects.ALL_LOGS


def _request(owner: str, name: str) -> str:
    if owner == "radio":
        return subjects.radio_request(ANY, name)
    return subjects.converter_request(ANY, name) if owner == "converter" else subjects.registry_request(name)


def _storage_calls(role: Role) -> Iterator[str]:
    """The JetStream API: make all storage, follow the consumed streams, read all buckets but foreign settings."""
    names = [stream.name for stream in STREAMS] + [f"KV_{bucket.name}" for bucket in BUCKETS]
    for name in names:
        yield f"$JS.API.STREAM.CREATE.{name}"
        yield f"$JS.API.STREAM.UPDATE.{name}"
    for stream in role.consumes:
        for call in ("CREATE", "DURABLE.CREATE"):
            yield f"$JS.API.CONSUMER.{call}.{stream.name}.>"
        yield f"$JS.API.CONSUMER.LIST.{stream.name}"
        yield f"$JS.API.CONSUMER.INFO.{stream.name}.*"
        yield f"$JS.API.CONSUMER.DELETE.{stream.name}.*"
        yield f"$JS.ACK.{stream.name}.>"
    for bucket in BUCKETS:
        keys = role.settings if bucket is SETTINGS else (">",)
        for key in keys:
            wanted = f"$KV.{bucket.name}.{'>' if key == ANY else key}"
            yield f"$JS.API.CONSUMER.CREATE.KV_{bucket.name}.*.{wanted}"
            yield f"$JS.API.DIRECT.GET.KV_{bucket.name}.{wanted}"
        if keys:
            yield f"$JS.API.CONSUMER.DELETE.KV_{bucket.name}.*"


def server_settings() -> str:
    """Return the settings of a NATS server that serves all services and nobody else."""
    users = "\n".join(_user(role) for role in ROLES)
    return f"""\
# Made by `python -m zigbus.permissions` from the contract's tables; a test keeps it equal.
listen: "0.0.0.0:4222"
max_payload: {MAX_PAYLOAD}
jetstream {{
  store_dir: "/data"
  sync_interval: "2m"  # how long a power cut may cost; a killed server loses nothing
}}
authorization {{
  users: [
{users}
  ]
}}
"""


def _user(role: Role) -> str:
    answering = f'\n        allow_responses: {{ max: 1, expires: "{REPLY_WITHIN}" }}' if role.is_service else ""
    return f"""\
    {{
      user: {role.name}
      password: $ZIGBUS_NATS_PASSWORD_{role.name.upper()}
      permissions: {{
        publish: {{ allow: [{_lines(publishes(role))}] }}
        subscribe: {{ allow: [{_lines(subscribes(role))}] }}{answering}
      }}
    }}"""


def _lines(allowed: Iterator[str]) -> str:
    return "".join(f'\n          "{subject}"' for subject in allowed) + "\n        "


if __name__ == "__main__":
    sys.stdout.write(server_settings())
