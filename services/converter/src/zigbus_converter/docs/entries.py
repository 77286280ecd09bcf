"""Which pages there are: one per definition, and one per white label that is recognised by a fingerprint of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from zigbus_converter.assembly import exposes_of, options_of
from zigbus_converter.definition import Definition, WhiteLabel
from zigbus_converter.docs.page import Entry, file_name

ReadNotes = Callable[[str], str]  # name of a page's file -> the notes kept beside the definitions, "" if there are none


def entries_of(definitions: Iterable[Definition], notes: ReadNotes) -> list[Entry]:
    """Return the pages of these definitions. A model that two vendors sell gets one page for each."""
    taken: dict[str, Entry] = {}
    for definition in definitions:
        for entry in _entries(definition, notes):
            _take(taken, entry)
    return list(taken.values())


def _take(taken: dict[str, Entry], entry: Entry) -> None:
    """Keep the first entry of a vendor and model; the file of a further vendor gets the vendor's name."""
    other = taken.get(entry.file)
    if other is not None and other.vendor != entry.vendor:
        entry = replace(entry, file=file_name(f"{entry.model}_{entry.vendor}"))
    taken.setdefault(entry.file, entry)


def _entries(definition: Definition, notes: ReadNotes) -> Iterator[Entry]:
    exposes = exposes_of(definition, None)
    file = file_name(definition.model)
    own = Entry(
        file=file,
        model=definition.model,
        vendor=definition.vendor,
        description=definition.description,
        exposes=exposes,
        options=options_of(definition, exposes),
        ota=definition.ota,
        white_labels=tuple(f"{label.vendor} {label.model}" for label in definition.white_labels),
        profile=definition.page.profile,
        image=definition.page.image,
        added_at=definition.page.added_at,
        notes=notes(file),
    )
    yield own
    yield from (_white_label(own, label, notes) for label in definition.white_labels if label.fingerprints)


def _white_label(own: Entry, label: WhiteLabel, notes: ReadNotes) -> Entry:
    """Return the page of a white label: the same device, so the notes are the same unless it has its own."""
    file = file_name(label.model)
    return replace(
        own,
        file=file,
        model=label.model,
        vendor=label.vendor,
        description=label.description or own.description,
        white_labels=(),
        image=None,
        notes=notes(file) or own.notes,
    )
