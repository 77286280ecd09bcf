"""Values that stand in another file: `!FILE KEY` in the settings means the value of KEY in FILE of the data folder."""

from __future__ import annotations

from dataclasses import dataclass

from zigbus.contract.base import Json

REFERABLE = (  # where the original resolves references (contract/configuration.md 2.2)
    ("mqtt", "server"),
    ("mqtt", "user"),
    ("mqtt", "password"),
    ("advanced", "network_key"),
    ("frontend", "auth_token"),
)


@dataclass(frozen=True)
class Reference:
    """A value is the one of `key` in `file` of the data folder."""

    file: str
    key: str


def parse_reference(value: Json) -> Reference | None:
    """Return what `!FILE KEY` refers to, None for every other value. `.yaml` is added to a name without an ending."""
    if not isinstance(value, str) or not value.startswith("!"):
        return None
    file, _, key = value[1:].partition(" ")
    if not file or not key.strip():
        return None
    return Reference(file if file.endswith((".yaml", ".yml")) else f"{file}.yaml", key.strip())


def file_names(value: Json) -> tuple[str, ...] | None:
    """Return the files that `devices` or `groups` name instead of holding a mapping; None if it is no file name."""
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list) and value and all(isinstance(name, str) for name in value):
        return tuple(value)
    return None
