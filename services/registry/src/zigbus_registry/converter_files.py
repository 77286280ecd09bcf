"""Files of the household with definitions of its own: from the data folder to the converters, once one accepts them.

A file counts within two seconds after it was saved. One that is refused changes nothing: its predecessor stays.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import Self

import msgspec
import structlog

from zigbus.bus import Bus
from zigbus.contract import operations, storage
from zigbus.contract import requests as r
from zigbus.contract.base import FailureCode, Message, RequestFailed
from zigbus.contract.household import UserConverter
from zigbus_registry.folder import DataFolder
from zigbus_registry.mirror import Mirror

log = structlog.get_logger()

FOLDER = "external_converters"
EXTENSIONS = "external_extensions"  # of zigbee2mqtt, written for its inside: they do not run here
ENDINGS = (".py", ".js", ".mjs", ".cjs")
LOOK_EVERY_S = 0.5  # at the folder; a saved file counts within 2 s
LARGEST = 512 * 1024  # octets; the longest definition that is known has 200 kB, and the bus carries 1 MiB

Stamps = Mapping[str, tuple[int, int]]  # file name -> time of change and size
TRY_LATER = (FailureCode.UNAVAILABLE, FailureCode.TIMEOUT)


def endings_fault(name: str) -> str:
    """What is wrong with the ending of a file's name; empty if nothing is."""
    return "" if name.endswith(ENDINGS) else "Converter file must have '.py', '.js' or '.mjs' extension"


def is_plain_name(name: str) -> bool:
    """Tell whether a name is that of a visible file, and not a way out of the folder."""
    return bool(name) and not name.startswith(".") and ".." not in name and not set(name) & set("/\\\0")


class ConverterFiles:
    """Follows the folder, and answers the requests that change it. Made by `open`."""

    def __init__(self, bus: Bus, folder: DataFolder) -> None:
        self._bus, self._folder = bus, folder
        self._path = folder.path / FOLDER
        self._accepted: dict[str, UserConverter] = {}  # by name
        self._seen: dict[str, tuple[int, int]] = {}  # files as they were last dealt with
        self._mirror: Mirror
        self._lost = asyncio.Event()
        self._lock = asyncio.Lock()

    @classmethod
    async def open(cls, bus: Bus, folder: DataFolder, *, enabled: bool) -> Self | None:
        """Take over what converters accepted earlier, and start to answer.

        None, and nothing on the bus, if the household wants no such code.
        """
        await asyncio.to_thread(_say_ignored, folder.path / EXTENSIONS)
        files = cls(bus, folder)
        files._mirror = await Mirror.open(bus, storage.CONVERTERS, files._lost.set)
        if not enabled:
            await files._mirror.show({})
            return None
        files._accepted = {file.name: file for file in files._mirror.table.values()}
        await bus.serve(operations.SAVE_CONVERTER, files.save)
        await bus.serve(operations.REMOVE_CONVERTER, files.remove)
        return files

    async def run(self) -> None:
        """Follow the folder until cancelled."""
        while True:
            try:
                stamps: Stamps = await asyncio.to_thread(_stamps, self._path)
            except OSError as error:
                log.debug("converters_unreadable", folder=str(self._path), error=str(error))
                stamps = self._seen
            if stamps != self._seen or self._lost.is_set():
                self._lost.clear()
                async with self._lock:
                    await self._follow(stamps)
            await asyncio.sleep(LOOK_EVERY_S)

    async def save(self, ask: r.SaveConverter) -> r.ConvertersResult:
        """Write a file that a converter accepts."""
        fault = endings_fault(ask.name) if is_plain_name(ask.name) else "Invalid payload"
        if fault:
            raise RequestFailed.of(FailureCode.INVALID, fault, name=ask.name)
        async with self._lock:
            try:
                await self._check(ask.name, ask.code)
            except RequestFailed as error:
                if error.failure.code is not FailureCode.INVALID:
                    raise
                text = f"{ask.name} contains invalid code: {error.failure.text}"
                raise RequestFailed.of(FailureCode.INVALID, text, **error.failure.facts) from None
            try:
                await asyncio.to_thread(self._folder.write, f"{FOLDER}/{ask.name}", ask.code.encode())
            except OSError as error:
                text = f"{ask.name} cannot be written: {error.strerror or error}"
                raise RequestFailed.of(FailureCode.UNAVAILABLE, text, name=ask.name) from None
            self._accepted[ask.name] = UserConverter(name=ask.name, code=ask.code)
            return await self._show()

    async def remove(self, ask: r.RemoveConverter) -> r.ConvertersResult:
        """Delete a file, and what is known of it."""
        if not is_plain_name(ask.name):
            raise RequestFailed.of(FailureCode.INVALID, "Invalid payload", name=ask.name)
        async with self._lock:
            path = self._path / ask.name
            try:
                await asyncio.to_thread(path.unlink)
            except FileNotFoundError:
                text = f"{ask.name} ({path}) doesn't exists"  # as the original spells it
                raise RequestFailed.of(FailureCode.NOT_FOUND, text, name=ask.name) from None
            except OSError as error:
                text = f"{ask.name} cannot be removed: {error.strerror or error}"
                raise RequestFailed.of(FailureCode.UNAVAILABLE, text, name=ask.name) from None
            self._accepted.pop(ask.name, None)
            log.info("user_converter_removed", file=ask.name)
            return await self._show()

    async def _follow(self, stamps: Stamps) -> None:
        """Deal with every file that is new, changed or gone."""
        for name in self._accepted.keys() - stamps.keys():
            del self._accepted[name]
            log.info("user_converter_removed", file=name)
        for name in sorted(stamps):
            if self._seen.get(name) != stamps[name] and await self._take(name):
                self._seen[name] = stamps[name]
        self._seen = {name: stamp for name, stamp in self._seen.items() if name in stamps}
        await self._show()

    async def _take(self, name: str) -> bool:
        """Have a file of the folder accepted or refused; returns whether that was decided."""
        try:
            code = await asyncio.to_thread((self._path / name).read_text, "utf-8")
        except FileNotFoundError:
            return False
        except (OSError, UnicodeDecodeError) as error:
            self._refuse(name, None, f"the file cannot be read: {error}")
            return True
        known = self._accepted.get(name)
        if known is not None and known.code == code:
            return True
        try:
            await self._check(name, code)
        except RequestFailed as error:
            if error.failure.code in TRY_LATER:
                return False
            self._refuse(name, error.failure.facts.get("line"), error.failure.text)
            return True
        self._accepted[name] = UserConverter(name=name, code=code)
        return True

    async def _check(self, name: str, code: str) -> None:
        if len(msgspec.json.encode(code)) > LARGEST:
            raise RequestFailed.of(FailureCode.INVALID, f"the file is larger than {LARGEST // 1024} KiB")
        await self._bus.call(operations.CHECK_CONVERTER, r.CheckConverter(name=name, code=code))

    def _refuse(self, name: str, line: int | None, reason: str) -> None:
        effect = "the one before it stays" if name in self._accepted else "it is not used"
        log.error("user_converter_refused", file=name, line=line, error=reason, effect=effect)

    async def _show(self) -> r.ConvertersResult:
        entries: dict[str, Message] = {storage.converter_key(file.name): file for file in self._accepted.values()}
        await self._mirror.show(entries)
        return r.ConvertersResult(revisions={storage.CONVERTERS.name: self._mirror.revision})


def _stamps(path: Path) -> dict[str, tuple[int, int]]:
    """Time of change and size of every file with definitions. Raises OSError if the folder cannot be read."""
    if not path.is_dir():
        return {}
    found = {}
    for file in path.iterdir():
        if is_plain_name(file.name) and not endings_fault(file.name):
            with contextlib.suppress(FileNotFoundError):  # gone meanwhile
                facts = file.stat()
                found[file.name] = (facts.st_mtime_ns, facts.st_size)
    return found


def _say_ignored(path: Path) -> None:
    """Name the extensions of a taken-over folder, once a start."""
    with contextlib.suppress(OSError):
        for file in sorted(path.iterdir()):
            if file.suffix in ENDINGS:
                log.warning("external_extension_ignored", name=file.name)
