"""What the built catalogue says of every definition without running it: one line of `supported.jsonl` each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from zigbus.contract.base import JsonObject
from zigbus.contract.definitions import Expose
from zigbus_converter.zhc.catalogue import default_folder

LIST = "supported.jsonl"


class SoldAs(msgspec.Struct, frozen=True):
    """Another name of the same device."""

    model: str
    vendor: str | None = None
    description: str | None = None


class Supported(msgspec.Struct, frozen=True):
    """One definition. `exposes` are those without a device, and without the link quality that every device shows."""

    model: str
    vendor: str
    description: str
    models: tuple[str, ...] = ()
    labels: tuple[SoldAs, ...] = ()
    ota: bool = False
    exposes: tuple[Expose, ...] = ()
    options: tuple[Expose, ...] = ()


def read_supported(folder: Path | None = None) -> Iterator[Supported]:
    """Yield the definitions of the catalogue in `folder` (default: where it is built); nothing if there is none."""
    path = (folder or default_folder()) / LIST
    if not path.exists():
        return
    with path.open("rb") as lines:
        for line in lines:
            definition = msgspec.json.decode(line)
            for expose in (*definition["exposes"], *definition["options"]):
                _drop_empty_presets(expose)
            yield msgspec.convert(definition, Supported)


def _drop_empty_presets(expose: JsonObject) -> None:
    """A few presets of upstream have a value that is no number; JSON has null there."""
    if "presets" in expose:
        expose["presets"] = [preset for preset in expose["presets"] if preset["value"] is not None]
