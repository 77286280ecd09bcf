"""Which pages there are: one per definition, and one for every other name that its device is sold under."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import chain

from zigbus_converter.assembly import LINK_QUALITY, exposes_of, options_of
from zigbus_converter.definition import Definition
from zigbus_converter.docs.page import Entry, file_name
from zigbus_converter.supported import model_ids_of
from zigbus_converter.zhc.supported import SoldAs, Supported

ReadNotes = Callable[[str], str]  # name of a page's file -> the notes kept beside the definitions, "" if there are none


def entries_of(definitions: Iterable[Definition], notes: ReadNotes, catalogue: Iterable[Supported] = ()) -> list[Entry]:
    """Return the pages of these definitions, then of what only the catalogue has.

    A model that two vendors sell gets one page for each; of several definitions of one model the first is shown.
    """
    taken: dict[str, Entry] = {}
    native = (_entries(_native(definition, notes), _labels(definition), notes) for definition in definitions)
    further = (_entries(_upstream(entry, notes), entry.labels, notes) for entry in catalogue)
    for entry in chain.from_iterable(chain(native, further)):
        _take(taken, entry)
    return list(taken.values())


def _take(taken: dict[str, Entry], entry: Entry) -> None:
    """Keep the first entry of a vendor and model; the file of a further vendor gets the vendor's name."""
    other = taken.get(entry.file.lower())  # names that differ in case alone are one file on some systems
    if other is not None and other.vendor != entry.vendor:
        entry = replace(entry, file=file_name(f"{entry.model}_{entry.vendor}"))
    taken.setdefault(entry.file.lower(), entry)


def _native(definition: Definition, notes: ReadNotes) -> Entry:
    exposes = exposes_of(definition, None)
    file = file_name(definition.model)
    return Entry(
        file=file,
        model=definition.model,
        vendor=definition.vendor,
        description=definition.description,
        exposes=exposes,
        options=options_of(definition, exposes),
        ota=definition.ota,
        model_ids=model_ids_of(definition),
        white_labels=tuple(f"{label.vendor} {label.model}" for label in definition.white_labels),
        profile=definition.page.profile,
        image=definition.page.image,
        added_at=definition.page.added_at,
        notes=notes(file),
    )


def _upstream(definition: Supported, notes: ReadNotes) -> Entry:
    file = file_name(definition.model)
    return Entry(
        file=file,
        model=definition.model,
        vendor=definition.vendor,
        description=definition.description,
        exposes=(*definition.exposes, LINK_QUALITY),
        options=definition.options,
        ota=definition.ota,
        model_ids=definition.models,
        provider="zhc",
        white_labels=tuple(f"{label.vendor or definition.vendor} {label.model}" for label in definition.labels),
        notes=notes(file),
    )


def _labels(definition: Definition) -> tuple[SoldAs, ...]:
    return tuple(SoldAs(label.model, label.vendor, label.description) for label in definition.white_labels)


def _entries(own: Entry, labels: Iterable[SoldAs], notes: ReadNotes) -> Iterator[Entry]:
    """Yield the page of a definition and those of its other names: the same device, so the notes are the same."""
    yield own
    for label in labels:
        file = file_name(label.model)
        yield replace(
            own,
            file=file,
            model=label.model,
            vendor=label.vendor or own.vendor,
            description=label.description or own.description,
            white_labels=(),
            image=None,
            notes=notes(file) or own.notes,
        )
