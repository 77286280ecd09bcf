"""The built catalogue: a folder with scripts and lists, made by `make catalogue`. Reads files, nothing else."""

from __future__ import annotations

import os
import sys
from functools import cached_property
from pathlib import Path

import msgspec

from zigbus_converter.zhc.identities import Identities

UPSTREAM = "zigbee-herdsman-converters/devices/"
JAVASCRIPT = Path(__file__).parent / "javascript"


class Manifest(msgspec.Struct, frozen=True):
    """What the catalogue was built from, and the hashes of its files."""

    versions: dict[str, str]
    counts: dict[str, int] = {}
    sha256: dict[str, str] = {}


class CatalogueMissing(Exception):
    """There is no (whole) catalogue in the folder: it was not built, as on a machine without network."""

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(f"no catalogue in {folder}: {reason}")
        self.folder, self.reason = folder, reason


class Catalogue:
    """The scripts and lists of one build."""

    def __init__(self, folder: Path | None = None) -> None:
        """Open the catalogue in `folder`, by default where `make catalogue` puts it. Raises CatalogueMissing."""
        self.folder = default_folder() if folder is None else folder
        try:
            self.manifest = msgspec.json.decode((self.folder / "manifest.json").read_bytes(), type=Manifest)
        except (OSError, msgspec.MsgspecError) as error:
            raise CatalogueMissing(self.folder, str(error)) from None

    @cached_property
    def identities(self) -> Identities:
        """Which device is which."""
        return Identities.decode((self.folder / "identities.json").read_bytes())

    @cached_property
    def captured(self) -> dict[str, msgspec.Raw]:
        """Definitions that are nothing but building blocks, by "module/index"; undecoded, to cost little memory."""
        try:
            data = (self.folder / "captured.json").read_bytes()
        except OSError:  # of an older build: then the engine runs all of them
            return {}
        return msgspec.json.decode(data, type=dict[str, msgspec.Raw])

    def start_scripts(self) -> list[tuple[str, str]]:
        """Return name and text of the scripts that an engine runs first, in order."""
        core = self.folder / "core.js"
        files = (JAVASCRIPT / "engine.js", core, JAVASCRIPT / "devices.js", JAVASCRIPT / "calls.js")
        return [(file.name, file.read_text(encoding="utf-8")) for file in files]

    def device_script(self, file: str) -> str:
        """Return the script that defines a module of upstream, named as in an identity. Raises FileNotFoundError."""
        return (self.folder / "devices" / f"{file.removeprefix(UPSTREAM)}.js").read_text(encoding="utf-8")


def default_folder() -> Path:
    """Where the catalogue is: what the environment says, else beside the installed packages."""
    return Path(os.environ.get("ZIGBUS_CATALOGUE") or Path(sys.prefix) / "catalogue")
