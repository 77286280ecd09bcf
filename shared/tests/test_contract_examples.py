"""Every message of the bus has a stored example, and the examples together use every field."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from zigbus.contract import asyncapi
from zigbus.contract.base import Message, Reply

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "bus" / "examples"
KINDS = asyncapi.message_kinds()
STORED = [(kind, name, raw) for kind, named in asyncapi.read_examples(EXAMPLES).items() for name, raw in named.items()]


def decoded(kind: str, raw: Any) -> Message:
    return msgspec.json.decode(msgspec.json.encode(raw), type=KINDS[kind])


def subclasses(kind: type[Any]) -> Iterator[type[Any]]:
    for child in kind.__subclasses__():
        if child.__module__.startswith("zigbus.contract."):
            yield child
            yield from subclasses(child)


def parts(value: Any) -> Iterator[msgspec.Struct]:
    """Yield every struct inside a decoded message, itself included."""
    if isinstance(value, msgspec.Struct):
        yield value
        for name in value.__struct_fields__:
            yield from parts(getattr(value, name))
    elif isinstance(value, tuple | list):
        for item in value:
            yield from parts(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from parts(item)


def used_fields() -> dict[type, set[str]]:
    """Return, per type, the fields that some example gives another value than the default."""
    used: dict[type, set[str]] = {}
    for kind, _, raw in STORED:
        for part in parts(decoded(kind, raw)):
            defaults = {field.name: field.default for field in msgspec.structs.fields(part)}
            mine = used.setdefault(type(part), set())
            mine.update(name for name, default in defaults.items() if getattr(part, name) not in (default, {}, ()))
    return used


USED = used_fields()


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_message_type_has_a_stored_example(kind: str) -> None:
    assert kind in {stored for stored, _, _ in STORED}


def test_every_stored_example_belongs_to_a_message_type() -> None:
    assert {kind for kind, _, _ in STORED} <= KINDS.keys()


@pytest.mark.parametrize(("kind", "name", "raw"), STORED, ids=[f"{kind}-{name}" for kind, name, _ in STORED])
def test_stored_example_is_decoded_and_encoded_to_the_same_message(kind: str, name: str, raw: Any) -> None:
    assert msgspec.json.decode(msgspec.json.encode(decoded(kind, raw))) == raw


@pytest.mark.parametrize("kind", sorted(USED, key=str), ids=str)
def test_examples_use_every_field_of(kind: type[msgspec.Struct]) -> None:
    wanted = set(kind.__struct_fields__)
    if issubclass(kind, Reply) and kind is not Reply:
        wanted.discard("error")  # the same in every answer: the example of Reply shows it
    assert wanted - USED[kind] == set()


def test_every_message_type_of_the_contract_is_sent_or_part_of_one_that_is() -> None:
    bases = {kind for kind in subclasses(Message) if kind.__subclasses__()}
    assert {kind.__name__ for kind in set(subclasses(Message)) - bases - USED.keys()} == set()


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_reader_ignores_fields_that_it_does_not_know(kind: str) -> None:
    raw = next(raw for stored, _, raw in STORED if stored == kind)
    later = raw | {"field_of_a_later_version": 1}
    assert decoded(kind, later) == decoded(kind, raw)
