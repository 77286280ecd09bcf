"""zigbus docs: write the device pages into a folder. The only module here that touches files or the clock."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

from zigbus_converter.docs.entries import entries_of
from zigbus_converter.docs.index import index_page
from zigbus_converter.docs.page import Entry, Kept, read_kept, render
from zigbus_converter.provider import native_definitions


def main(argv: list[str]) -> int:
    """Write a Markdown page for every known device, and a list of them, into DIR/devices."""
    parser = argparse.ArgumentParser(prog="zigbus docs", description=main.__doc__)
    parser.add_argument("directory", metavar="DIR", type=Path)
    folder = parser.parse_args(argv).directory / "devices"
    entries = entries_of(native_definitions(), notes_of)
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    try:
        written = write_pages(folder, entries, now)
    except OSError as error:
        sys.stderr.write(f"zigbus docs: cannot write {error.filename or folder}: {error.strerror or error}\n")
        return 1
    sys.stdout.write(f"{len(entries)} device pages in {folder}, {written} files changed\n")
    return 0


def write_pages(folder: Path, entries: Iterable[Entry], now: str) -> int:
    """Write the pages and their list; return how many files got another content. `now`: for pages without a date."""
    folder.mkdir(parents=True, exist_ok=True)
    written, rows = 0, []
    for entry in entries:
        path = folder / f"{entry.file}.md"
        old = path.read_text(encoding="utf-8") if path.exists() else None
        kept = Kept() if old is None else read_kept(old)
        written += _write(path, old, render(entry, kept, now))
        rows.append((entry.vendor, entry.model, entry.file, entry.description))
    path = folder / "README.md"
    old = path.read_text(encoding="utf-8") if path.exists() else None
    return written + _write(path, old, index_page(rows))


def notes_of(file: str) -> str:
    """Return the notes kept beside the definitions for the page of that name."""
    path = files("zigbus_converter").joinpath("pages", f"{file}.md")
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _write(path: Path, old: str | None, new: str) -> bool:
    if new == old:
        return False
    path.write_text(new, encoding="utf-8", newline="\n")
    return True
