"""Writes the description of the bus for people and tools outside: an AsyncAPI 3 document and a JSON Schema.

    python -m zigbus.contract.asyncapi [--check] [DIR]

Everything comes from the tables of this package (subjects, streams, buckets, operations) and the message types; the
stored examples of `DIR/examples` go along. DIR is docs/bus by default, seen from the top of the repository.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

import msgspec

from zigbus.contract import schema, storage, subjects
from zigbus.contract.base import JsonObject, Message
from zigbus.contract.census import Census, ServiceStatus
from zigbus.contract.events import Event
from zigbus.contract.logs import LogEvent
from zigbus.contract.operations import OPERATIONS, Operation
from zigbus.contract.requests import RestartAll
from zigbus.contract.updates import BridgeEvent, Update

Examples = Mapping[str, Mapping[str, Any]]  # message type -> name of the example -> payload

TITLE = "zigbus"
ABOUT = (
    "The bus of zigbus, as a frontend sees it: `receive` is what it may listen to, `send` what it may ask for. "
    "Messages are JSON; octets are base64; readers ignore fields that they do not know. "
    "The streams, buckets and requests that services use among themselves are here too."
)
PARAMETERS = {
    "coordinator": "name of a coordinator (a stick), `[a-z0-9-]`",
    "partition": f"CRC-32 of the 8 bytes of the ieee (or of the group id as 8 bytes), modulo {subjects.PARTITIONS}; `any` for no device",
    "ieee": "EUI-64 of a device: `0x` and 16 lower-case hex digits",
    "group": "id of a group, decimal",
    "kind": "kind of the event",
    "service": "name of the service",
    "level": "debug, info, warning or error",
    "key": "ieee of a device or id of a group, decimal; of a file its name in URL-safe base64 without padding",
}


@dataclass(frozen=True)
class Channel:
    """One subject, or the subjects of one pattern, with what is said there."""

    name: str
    address: str
    messages: tuple[type[Message], ...]
    action: Literal["receive", "send"]
    about: str
    facts: JsonObject = field(default_factory=dict)  # what AsyncAPI has no word for, as x-zigbus-…
    answer: type[Message] | None = None


def channels() -> Iterator[Channel]:
    """Yield every channel of the bus."""
    yield from _events()
    yield from _updates()
    for bucket in storage.BUCKETS:
        yield from _entries(bucket)
    yield from map(_request, OPERATIONS)
    log = _named(subjects.log("*", "*"), "service", "level")
    yield Channel("log", log, (LogEvent,), "receive", "Log lines of all services; not stored.")
    about = "Every service ends with code 0 and is started again by its runner; not stored."
    about = "Ask every service how it is; each answers for itself."
    yield Channel("census", subjects.CENSUS, (Census,), "send", about, answer=ServiceStatus)
    yield Channel("restart", subjects.RESTART, (RestartAll,), "receive", about)


def message_kinds() -> dict[str, type[Message]]:
    """Return every message type that is sent as a whole, by name."""
    kinds = [kind for channel in channels() for kind in (*channel.messages, channel.answer) if kind is not None]
    return {kind.__name__: kind for kind in sorted(kinds, key=lambda kind: kind.__name__)}


def document(examples: Examples) -> JsonObject:
    """Return the AsyncAPI document."""
    listed = list(channels())
    kinds = message_kinds()
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": TITLE,
            "version": subjects.ROOT.rpartition(".")[2],
            "description": ABOUT,
            "license": {"name": "GPL-3.0-or-later", "url": "https://www.gnu.org/licenses/gpl-3.0.html"},
        },
        "servers": {"local": {"host": "127.0.0.1:4222", "protocol": "nats"}},
        "defaultContentType": "application/json",
        "channels": {name: value for channel in listed for name, value in _channel(channel)},
        "operations": {channel.name: _operation(channel) for channel in listed},
        "components": {
            "messages": {name: _message(kind, examples.get(name, {})) for name, kind in kinds.items()},
            "schemas": schema.schemas(kinds.values(), "#/components/schemas/{name}"),
        },
    }


# ---- channels from the tables ----------------------------------------------------------------------------------------


def _named(pattern: str, *names: str) -> str:
    """Return a subject filter with its `*` replaced by parameters, in order."""
    for name in names:
        pattern = pattern.replace("*", f"{{{name}}}", 1)
    return pattern


def _events() -> Iterator[Channel]:
    facts = _stream_facts(storage.ZIGBEE)
    for kind in get_args(Event):
        tag = kind.__struct_config__.tag
        address = _named(subjects.all_events(tag), "coordinator", "partition", "ieee")
        yield Channel(f"event_{tag}", address, (kind,), "receive", _first_line(kind), facts)


def _updates() -> Iterator[Channel]:
    contents: dict[str, tuple[str, type[Message]]] = {
        "device": ("ieee", Update),
        "group": ("group", Update),
        "bridge": ("kind", BridgeEvent),
    }
    for pattern in storage.UPDATES.subjects:
        entity = pattern.split(".")[-2]
        parameter, kind = contents[entity]
        facts = _stream_facts(storage.UPDATES)
        yield Channel(f"update_{entity}", _named(pattern, parameter), (kind,), "receive", _first_line(kind), facts)


def _entries(bucket: storage.BucketSpec) -> Iterator[Channel]:
    facts = {"x-zigbus-bucket": {"name": bucket.name, "writer": bucket.writer, "history": bucket.history}}
    subject = f"$KV.{bucket.name}"
    if bucket.content is not None:
        about = _first_line(bucket.content)
        yield Channel(f"bucket_{bucket.name}", f"{subject}.{{key}}", (bucket.content,), "receive", about, facts)
        return
    for key, kind in storage.SETTINGS_CONTENT.items():
        yield Channel(f"bucket_{bucket.name}_{key}", f"{subject}.{key}", (kind,), "receive", _first_line(kind), facts)


def _request(operation: Operation[Any, Any]) -> Channel:
    address = {
        "radio": _named(subjects.radio_request("*", operation.name), "coordinator"),
        "converter": _named(subjects.converter_request("*", operation.name), "partition"),
        "registry": subjects.registry_request(operation.name),
    }[operation.owner]
    return Channel(
        name=f"{operation.owner}_{operation.name}",
        address=address,
        messages=(operation.ask,),
        action="send",
        about=_first_line(operation.ask),
        facts={"x-zigbus-answered-by": operation.owner, "x-zigbus-timeout-s": operation.timeout_s},
        answer=operation.answer,
    )


def _stream_facts(stream: storage.StreamSpec) -> JsonObject:
    return {
        "x-zigbus-stream": {
            "name": stream.name,
            "writers": list(stream.writers),
            "max_age_s": stream.max_age_s,
            "max_bytes": stream.max_bytes,
            "duplicate_window_s": stream.duplicate_window_s,
        }
    }


def _first_line(kind: type[Message]) -> str:
    return (kind.__doc__ or "").strip().partition("\n")[0]


# ---- AsyncAPI objects ------------------------------------------------------------------------------------------------


def _channel(channel: Channel) -> Iterator[tuple[str, JsonObject]]:
    parameters = {name: {"description": text} for name, text in PARAMETERS.items() if f"{{{name}}}" in channel.address}
    yield (
        channel.name,
        {
            "address": channel.address,
            "description": channel.about,
            "messages": _message_refs(channel.messages),
            **({"parameters": parameters} if parameters else {}),
            **channel.facts,
        },
    )
    if channel.answer is not None:
        about = "The subject that the request names for its answer."
        yield (
            f"{channel.name}_answer",
            {"address": None, "description": about, "messages": _message_refs((channel.answer,))},
        )


def _message_refs(kinds: tuple[type[Message], ...]) -> JsonObject:
    return {kind.__name__: {"$ref": f"#/components/messages/{kind.__name__}"} for kind in kinds}


def _operation(channel: Channel) -> JsonObject:
    said: JsonObject = {"action": channel.action, **_of_channel(channel.name, channel.messages)}
    if channel.answer is not None:
        said["reply"] = _of_channel(f"{channel.name}_answer", (channel.answer,))
    return said


def _of_channel(name: str, kinds: tuple[type[Message], ...]) -> JsonObject:
    return {
        "channel": {"$ref": f"#/channels/{name}"},
        "messages": [{"$ref": f"#/channels/{name}/messages/{kind.__name__}"} for kind in kinds],
    }


def _message(kind: type[Message], examples: Mapping[str, Any]) -> JsonObject:
    return {
        "name": kind.__name__,
        "summary": _first_line(kind),
        "payload": {"$ref": f"#/components/schemas/{kind.__name__}"},
        **(
            {"examples": [{"name": name, "payload": payload} for name, payload in examples.items()]} if examples else {}
        ),
    }


# ---- files -----------------------------------------------------------------------------------------------------------


def read_examples(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the stored examples of a folder: files TYPE.json, or TYPE.NAME.json where a type has several."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(folder.glob("*.json")):
        kind, _, name = path.stem.partition(".")
        found.setdefault(kind, {})[name or kind] = msgspec.json.decode(path.read_bytes())
    return found


def generated(folder: Path) -> dict[Path, str]:
    """Return the files of the folder as they should be, by path."""
    made = {
        "asyncapi.json": document(read_examples(folder / "examples")),
        "schema.json": schema.document(message_kinds().values()),
    }
    return {folder / name: json.dumps(value, indent=2, ensure_ascii=False) + "\n" for name, value in made.items()}


def main(argv: list[str]) -> int:
    """Write the files, or with --check only tell whether they are what they should be (exit code 1 if not)."""
    parser = argparse.ArgumentParser(prog="python -m zigbus.contract.asyncapi", description=main.__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    parser.add_argument("folder", metavar="DIR", type=Path, nargs="?", default=Path("docs/bus"))
    arguments = parser.parse_args(argv)
    stale = [
        path for path, text in generated(arguments.folder).items() if not path.exists() or path.read_text() != text
    ]
    for path in stale:
        sys.stdout.write(f"{path}: {'differs from the contract' if arguments.check else 'written'}\n")
        if not arguments.check:
            path.write_text(generated(arguments.folder)[path])
    return 1 if stale and arguments.check else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
