"""zigbus docs: write the device pages into a folder. The only module here that touches files or the clock."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

from zigbus_converter.docs.entries import entries_of
from zigbus_converter.docs.index import index_page, models_list
from zigbus_converter.docs.page import Entry, Kept, read_kept, render
from zigbus_converter.provider import native_definitions
from zigbus_converter.supported import not_native
from zigbus_converter.zhc.supported import read_supported


def main(argv: list[str]) -> int:
    """Write a Markdown page for every known device, a list of them and a search page, into DIR/devices."""
    parser = argparse.ArgumentParser(prog="zigbus docs", description=main.__doc__)
    parser.add_argument("directory", metavar="DIR", type=Path)
    folder = parser.parse_args(argv).directory / "devices"
    catalogue = list(read_supported())
    if not catalogue:
        sys.stderr.write("zigbus docs: the catalogue is not built (`make catalogue`): native definitions only\n")
    native = native_definitions()
    entries = entries_of(native, notes_of, not_native(catalogue, native))
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    try:
        written = write_pages(folder, entries, now)
    except OSError as error:
        sys.stderr.write(f"zigbus docs: cannot write {error.filename or folder}: {error.strerror or error}\n")
        return 1
    sys.stdout.write(f"{len(entries)} device pages in {folder}, {written} files changed\n")
    return 0


def write_pages(folder: Path, entries: Sequence[Entry], now: str) -> int:
    """Write the pages and their lists; return how many files got another content. `now`: for pages without a date."""
    folder.mkdir(parents=True, exist_ok=True)
    written = 0
    for entry in entries:
        path = folder / f"{entry.file}.md"
        old = _present(path)
        written += _write(path, old, render(entry, Kept() if old is None else read_kept(old), now))
    models = models_list(entries)
    search = files("zigbus_converter").joinpath("docs", "search.html").read_text(encoding="utf-8")
    for name, text in (
        ("README.md", index_page(entries)),
        ("models.json", models),
        ("models.js", f"const MODELS = {models}"),
        ("index.html", search),
    ):
        written += _write(folder / name, _present(folder / name), text)
    return written


def _present(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def notes_of(file: str) -> str:
    """Return the notes kept beside the definitions for the page of that name."""
    path = files("zigbus_converter").joinpath("pages", f"{file}.md")
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _write(path: Path, old: str | None, new: str) -> bool:
    if new == old:
        return False
    path.write_text(new, encoding="utf-8", newline="\n")
    return True
