"""Definitions from files of the household: loaded from bucket CONVERTERS, asked before all others.

Python files run here (`user_code`), JavaScript files in the engine's thread (`zhc`), where every version of a file has a
name of its own: devices are opened anew by another definition, not by the same one with other code.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from itertools import chain
from pathlib import PurePath
from typing import Protocol

import structlog

from zigbus.contract.devices import DeviceDescription
from zigbus.contract.household import UserConverter
from zigbus.contract.requests import SupportedModel
from zigbus_converter.definition import Definition
from zigbus_converter.matching import Catalogue
from zigbus_converter.supported import supported_models
from zigbus_converter.user_code import Refused, python_definitions
from zigbus_converter.zhc.user_scripts import ScriptFile, Scripts

log = structlog.get_logger()

PYTHON = ".py"
JAVASCRIPT = (".js", ".mjs", ".cjs")


class LoadedFile(Protocol):
    """A file that was accepted."""

    def identify(self, device: DeviceDescription) -> Definition | None:
        """Return the definition that matches best."""

    def models(self) -> Iterable[SupportedModel]:
        """Return what the file defines."""


class PythonFile:
    """A file in our own form. Raises Refused if it is wrong."""

    def __init__(self, name: str, code: str) -> None:
        self.definitions = python_definitions(name, code)
        self._catalogue = Catalogue(self.definitions)

    def identify(self, device: DeviceDescription) -> Definition | None:
        """Return the definition that matches best."""
        return self._catalogue.find(device)

    def models(self) -> Iterable[SupportedModel]:
        """Return what the file defines."""
        return supported_models(self.definitions, "user")


class UserConverters:
    """The files as they were last accepted, in the order of their names."""

    def __init__(self, scripts: Scripts) -> None:
        self._scripts = scripts
        self._files: dict[str, tuple[UserConverter, LoadedFile]] = {}  # by key of the bucket
        self._order: tuple[LoadedFile, ...] = ()
        self._lock = asyncio.Lock()  # changes of a file take effect in their order

    def identify(self, device: DeviceDescription) -> Definition | None:
        """Return the definition of the first file that knows the device."""
        return next((found for file in self._order if (found := file.identify(device)) is not None), None)

    def models(self) -> list[SupportedModel]:
        """Return everything that the household defines."""
        return list(chain.from_iterable(file.models() for file in self._order))

    async def check(self, name: str, code: str) -> list[SupportedModel]:
        """Load a file, throw it away again, and return what it defines. Raises Refused."""
        file = await self._load(name, code)
        models = list(file.models())
        self._drop(file)
        return models

    async def changed(self, key: str, file: UserConverter | None) -> bool:
        """Take over an entry of bucket CONVERTERS; returns whether definitions changed by it."""
        async with self._lock:
            before = self._files.get(key)
            if (before[0] if before is not None else None) == file:
                return False
            if file is None:
                del self._files[key]
            elif not await self._take(key, file):
                return False
            self._order = tuple(loaded for _, loaded in sorted(self._files.values(), key=lambda entry: entry[0].name))
            if before is not None:
                self._drop(before[1])
            return True

    async def _take(self, key: str, file: UserConverter) -> bool:
        try:
            loaded = await self._load(file.name, file.code)
        except Refused as error:  # accepted once, by another version of us
            log.warning(
                "user_converter_refused",
                file=file.name,
                line=error.line,
                error=str(error),
                effect="the one before it stays",
            )
            return False
        self._files[key] = file, loaded
        models = [f"{model.vendor} {model.model}" for model in loaded.models()]
        log.info("user_converter_loaded", file=file.name, models=models)
        return True

    async def _load(self, name: str, code: str) -> LoadedFile:
        ending = PurePath(name).suffix
        if ending == PYTHON:
            return PythonFile(name, code)
        if ending in JAVASCRIPT:
            return await self._scripts.load(name, code)
        raise Refused(f"files with this ending are not understood; there are {', '.join((PYTHON, *JAVASCRIPT))}")

    def _drop(self, file: LoadedFile) -> None:
        if isinstance(file, ScriptFile):
            self._scripts.drop(file)
