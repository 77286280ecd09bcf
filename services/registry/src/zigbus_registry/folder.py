"""The data folder: reads the settings with everything they refer to, and writes changes back where they belong."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from zigbus.contract.base import Json, JsonObject
from zigbus.contract.household import SettingChange
from zigbus_registry.atomic_file import replace_file
from zigbus_registry.references import REFERABLE, Reference, file_names, parse_reference
from zigbus_registry.yaml_document import UnreadableYaml, YamlDocument

MAIN = "configuration.yaml"
PARTS = ("devices", "groups")
FIRST_LINES = """\
# Settings of zigbus, in the format of zigbee2mqtt. What you change here counts after the next start.
# Your broker:  mqtt.server, for example  mqtt://192.168.1.2:1883
# Your stick:   serial.port, for example  /dev/serial/by-id/usb-... or tcp://192.168.1.3:6638
"""


class InvalidFile(Exception):
    """A file of the data folder cannot be used; `error` is one sentence for the user."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


@dataclass
class Files:
    """The files that make up the settings, as they were read."""

    main: YamlDocument
    settings: JsonObject  # what they say together: references resolved, devices and groups merged
    others: dict[str, YamlDocument] = field(default_factory=dict)  # by file name
    references: dict[tuple[str, ...], Reference] = field(default_factory=dict)
    parts: dict[str, tuple[str, ...]] = field(default_factory=dict)  # "devices" or "groups" -> files that hold it


class DataFolder:
    """The folder at `path`. Nothing is kept between calls: every call works on the files as they are then."""

    def __init__(
        self,
        path: Path,
        *,
        parts: Mapping[str, Json] | None = None,
        write: Callable[[Path, bytes], None] = replace_file,
    ) -> None:
        """Use the folder at `path`. `parts`: file names for devices or groups that count instead of the file's."""
        self.path = path
        self._parts = parts or {}
        self._write = write
        self._parsed: dict[str, tuple[str, YamlDocument]] = {}  # by file: its text, and what was made of it

    @property
    def main_file(self) -> Path:
        """Where the settings are."""
        return self.path / MAIN

    def read(self) -> Files:
        """Read the settings. Raises FileNotFoundError if there are none, InvalidFile if they cannot be understood."""
        main = self._document(MAIN)
        files = Files(main, self._plain(main, MAIN))
        for path in REFERABLE:
            self._resolve_reference(files, path)
        for part in PARTS:
            self._merge_part(files, part)
        return files

    def write_changes(self, changes: Sequence[SettingChange]) -> list[str]:
        """Make the changes in the files as they are on disk now; returns the names of the files that were written.

        Raises OSError if one cannot be written, InvalidFile if somebody made one unreadable meanwhile.
        """
        try:
            files = self.read()
        except FileNotFoundError:
            files = Files(YamlDocument(FIRST_LINES), {})
        self._parsed.clear()  # documents are changed from here on; they are right again when they were written
        for change in changes:
            self._route(files, change)
        documents = {MAIN: files.main, **files.others}
        changed = [name for name, document in documents.items() if document.is_changed]
        return [name for name in changed if self._write_document(name, documents[name])]

    def write(self, name: str, content: bytes) -> bool:
        """Write a file unless it has that content already; returns whether it was written. Raises OSError."""
        path = self.path / name
        if path.exists() and path.read_bytes() == content:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        self._write(path, content)
        return True

    def _write_document(self, name: str, document: YamlDocument) -> bool:
        text = document.text()
        written = self.write(name, text.encode())
        document.is_changed = False
        self._parsed[name] = text, document
        return written

    def _document(self, name: str) -> YamlDocument:
        try:
            text = (self.path / name).read_text("utf-8-sig")
            known = self._parsed.get(name)
            if known is None or known[0] != text:  # parsing takes 1.5 ms per device, three times that on a small board
                known = self._parsed[name] = text, YamlDocument(text)
            return known[1]
        except UnreadableYaml as error:
            raise InvalidFile(f"{name} is not valid YAML, {error}") from error
        except UnicodeDecodeError as error:
            raise InvalidFile(f"{name} is not UTF-8 text (byte {error.start})") from error
        except (IsADirectoryError, PermissionError) as error:
            raise InvalidFile(f"{name} cannot be read: {error.strerror}") from error

    def _plain(self, document: YamlDocument, name: str) -> JsonObject:
        try:
            return document.plain()
        except UnreadableYaml as error:
            raise InvalidFile(f"{name} is not valid YAML, {error}") from error

    def _other(self, files: Files, name: str, *, required: bool) -> YamlDocument:
        if name not in files.others:
            try:
                files.others[name] = self._document(name)
            except FileNotFoundError:
                if required:
                    raise InvalidFile(f"{MAIN} refers to {name}, which does not exist") from None
                files.others[name] = YamlDocument()
        return files.others[name]

    def _resolve_reference(self, files: Files, path: tuple[str, str]) -> None:
        section = files.settings.get(path[0])
        reference = parse_reference(section.get(path[1])) if isinstance(section, dict) else None
        if reference is None or not isinstance(section, dict):
            return
        values = self._plain(self._other(files, reference.file, required=True), reference.file)
        if reference.key not in values:
            raise InvalidFile(
                f"{'/'.join(path)} refers to key '{reference.key}' of {reference.file}, which has no such key"
            )
        section[path[1]] = values[reference.key]
        files.references[path] = reference

    def _merge_part(self, files: Files, part: str) -> None:
        names = file_names(self._parts.get(part, files.settings.get(part)))
        if names is None:
            return
        merged: JsonObject = {}
        for name in names:
            merged.update(self._plain(self._other(files, name, required=False), name))
        files.settings[part] = merged
        files.parts[part] = names

    def _route(self, files: Files, change: SettingChange) -> None:
        reference = files.references.get(change.path)
        if reference is not None and not change.removed:
            files.others[reference.file].change([SettingChange(path=(reference.key,), value=change.value)])
        elif change.path[0] not in files.parts:
            files.main.change([change])
        elif len(change.path) > 1:
            self._change_part(files, change)

    def _change_part(self, files: Files, change: SettingChange) -> None:
        """Change an entity in the file that has it; a new one goes into the first (the original forgets the former)."""
        names = files.parts[change.path[0]]
        inner = SettingChange(path=change.path[1:], value=change.value, removed=change.removed)
        holders = [name for name in names if change.path[1] in self._plain(files.others[name], name)]
        whole_entity_goes = change.removed and len(inner.path) == 1
        targets = holders if whole_entity_goes else holders[-1:] or names[:1]  # of several, the last one counts
        for name in targets:
            files.others[name].change([inner])
