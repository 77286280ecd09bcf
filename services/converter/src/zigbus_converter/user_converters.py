"""Definitions from files of the household: loaded from bucket CONVERTERS, asked before all others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import chain
from pathlib import PurePath

import structlog

from zigbus.contract.devices import DeviceDescription
from zigbus.contract.household import UserConverter
from zigbus_converter.definition import Definition
from zigbus_converter.matching import Catalogue
from zigbus_converter.user_code import Refused, python_definitions

log = structlog.get_logger()

Load = Callable[[str, str], tuple[Definition, ...]]  # name and code of a file -> its definitions; raises Refused

LOADERS: Mapping[str, Load] = {".py": python_definitions}


def load(name: str, code: str) -> tuple[Definition, ...]:
    """Return the definitions of a file, by the language of its ending. Raises Refused."""
    loader = LOADERS.get(PurePath(name).suffix)
    if loader is None:
        raise Refused(f"files with this ending are not understood; there are {', '.join(LOADERS)}")
    return loader(name, code)


class UserConverters:
    """The files as they were last accepted, in the order of their names."""

    def __init__(self) -> None:
        self._files: dict[str, tuple[UserConverter, tuple[Definition, ...]]] = {}  # by key of the bucket
        self._catalogue = Catalogue()

    def identify(self, device: DeviceDescription) -> Definition | None:
        """Return the definition that matches best."""
        return self._catalogue.find(device)

    @property
    def definitions(self) -> tuple[Definition, ...]:
        """All definitions of the household."""
        files = sorted(self._files.values(), key=lambda entry: entry[0].name)
        return tuple(chain.from_iterable(definitions for _, definitions in files))

    def changed(self, key: str, file: UserConverter | None) -> bool:
        """Take over an entry of bucket CONVERTERS; returns whether definitions changed by it."""
        before = self._files.get(key)
        if (before[0] if before is not None else None) == file:
            return False
        if file is None:
            del self._files[key]
        elif not self._take(key, file):
            return False
        self._catalogue = Catalogue(self.definitions)
        return True

    def _take(self, key: str, file: UserConverter) -> bool:
        try:
            definitions = load(file.name, file.code)
        except Refused as error:  # accepted once, by another version of us
            log.warning(
                "user_converter_refused",
                file=file.name,
                line=error.line,
                error=str(error),
                effect="the one before it stays",
            )
            return False
        self._files[key] = file, definitions
        log.info("user_converter_loaded", file=file.name, models=[f"{d.vendor} {d.model}" for d in definitions])
        return True
