"""The page of one model, put together from what is known of it (`exposes` 7 of the contract)."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from zigbus.contract.definitions import Expose
from zigbus_converter.docs.exposes import Profile, section, summary
from zigbus_converter.docs.options import option_line
from zigbus_converter.docs.words import anchor

IMAGES = "https://www.zigbee2mqtt.io/images/devices"  # pictures are shown from where they are kept, zigbus has none
NOT_IN_FILES = "/|: "  # characters of a model that file names have another one for
NOT_IN_IMAGES = "/:' "
NOTES_BEGIN = "<!-- Notes BEGIN"
NOTES_END = "<!-- Notes END"


@dataclass(frozen=True, slots=True)
class Entry:
    """One page: a model, or a white label that is recognised as such."""

    file: str  # without .md
    model: str
    vendor: str
    description: str
    exposes: tuple[Expose, ...]
    options: tuple[Expose, ...] = ()
    ota: bool = False
    model_ids: tuple[str, ...] = ()  # Basic 0x0005
    provider: str = "native"  # who defines it: native, zhc
    white_labels: tuple[str, ...] = ()  # "VENDOR MODEL" of each
    profile: Profile = "B"
    image: str | None = None  # file name; None: made from the model
    added_at: str | None = None
    notes: str = ""  # kept beside the definitions


@dataclass(frozen=True, slots=True)
class Kept:
    """What an existing page gives to the one that replaces it."""

    notes: str | None = None  # None: nobody edited them on the page
    added_at: str | None = None


def read_kept(text: str) -> Kept:
    """Return what must survive of an existing page.

    Its notes count as edited unless their checksum still is the one that was written beside them.
    """
    head, mark, rest = text.partition(NOTES_BEGIN)
    added = next((line.partition(":")[2].strip() for line in head.splitlines() if line.startswith("addedAt:")), None)
    begin, _, body = rest.partition("-->")
    notes, end, _ = body.partition(NOTES_END)
    notes = notes.strip()
    untouched = not mark or not end or not notes or f"[{_checksum(notes)}]" in begin
    return Kept(notes=None if untouched else notes, added_at=added or None)


def render(entry: Entry, kept: Kept, now: str) -> str:
    """Return the text of a page. `now`: ISO time in UTC with seconds, for a page without a date."""
    return "\n".join((*_head(entry, kept.added_at or entry.added_at or now), *_notes(entry, kept), *_tail(entry)))


def _head(entry: Entry, added_at: str) -> Iterator[str]:
    name = f"{entry.vendor} {entry.model}"
    promise = f"All that the {name} tells and takes on MQTT when zigbus runs it in place of the bridge it was sold for."
    yield from ("---", f"title: {_quoted(f'{name} on MQTT with zigbus')}", f"description: {_quoted(promise)}")
    yield from (f"addedAt: {added_at}", "pageClass: device-page", "---", "")
    yield from ("<!-- !!!! -->", "<!-- Written by zigbus docs: what you change here is overwritten the next time. -->")
    yield '<!-- Only the notes are yours: the text from "Notes BEGIN" to "Notes END", with headings of level 3 or less. -->'
    yield from ("<!-- !!!! -->", "", f"# {name}", "")
    yield from _table(entry, name)


def _table(entry: Entry, name: str) -> Iterator[str]:
    vendor = entry.vendor if entry.profile == "A" else f"[{entry.vendor}](README.md#{anchor(entry.vendor)})"
    suffix = "jpg" if entry.profile == "A" else "png"
    image = entry.image or f"{_replaced(entry.model, NOT_IN_IMAGES, '-')}.{suffix}"
    yield from (
        "|     |     |",
        "|-----|-----|",
        f"| Model | {_cell(entry.model)}  |",
        f"| Vendor  | {_cell(vendor)}  |",
    )
    yield f"| Description | {_cell(entry.description)} |"
    yield f"| Exposes | {summary(entry.exposes)} |"
    yield f"| Picture | ![{_cell(name)}]({IMAGES}/{image}) |"
    if entry.white_labels:
        yield f"| White-label | {_cell(', '.join(entry.white_labels))} |"
    yield from ("", "")


def _notes(entry: Entry, kept: Kept) -> Iterator[str]:
    source = entry.notes.strip()
    notes = source if kept.notes is None else kept.notes
    yield f'{NOTES_BEGIN}: edit here, below a "## Notes" headline; what you change stays. [{_checksum(source)}] -->'
    yield notes or "\n"
    yield f"{NOTES_END}: the rest is generated. -->"


def _tail(entry: Entry) -> Iterator[str]:
    if entry.profile == "B":
        yield ""
    if entry.ota:
        yield from ("", "## OTA updates")
        yield "New firmware can be sent to this device over the air: [how OTA updates work](README.md#ota-updates)."
    yield ""
    if entry.options:
        yield from ("", "## Options", "*[How to set the options of a device](README.md#options)*", "")
        yield "\n\n".join(map(option_line, entry.options))
    yield from ("", "", "## Exposes", "")
    yield "\n\n".join(section(expose, entry.profile) for expose in entry.exposes)
    yield from ("", "")


def file_name(model: str) -> str:
    """Return the name of a model's page, without .md."""
    return _replaced(model, NOT_IN_FILES, "_")


def _replaced(text: str, characters: str, by: str) -> str:
    return text.translate({ord(character): by for character in characters})


def _cell(text: str) -> str:
    """Return text that stays inside its table cell."""
    return " ".join(text.split()).replace("|", "\\|")


def _quoted(text: str) -> str:
    """Return text as a YAML scalar; a JSON string is one."""
    return json.dumps(text, ensure_ascii=False)


def _checksum(text: str) -> str:
    """Return 8 hex digits that tell whether notes are still what was written."""
    return f"{zlib.crc32(text.encode()):08x}"
