"""The page that lists all device pages and says once what is true of each of them, and the list that is searched."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import groupby
from urllib.parse import quote

from zigbus.contract.base import JsonObject
from zigbus_converter.docs.exposes import names
from zigbus_converter.docs.page import Entry

INTRODUCTION = """# Devices that zigbus knows

One page for each model: what it shows, what it takes, and what to know when pairing it. Written by `zigbus docs`.
Open `index.html` to search them by words; `models.json` has the same list for programs.

## About these pages

### Topics
Replace `FRIENDLY_NAME` by the name that you gave the device, and `zigbee2mqtt` by your base topic if you changed it.
A page says *published state* for the JSON object that arrives on `zigbee2mqtt/FRIENDLY_NAME`.

### Options
Options are set per device in `configuration.yaml`, or for all devices at once under `device_options`:

```yaml
devices:
  '0x00158d0001a2b3c4':
    friendly_name: my_device
    debounce: 0.5
```

A request on `zigbee2mqtt/bridge/request/device/options` does the same while zigbus runs.

### OTA updates
The page of a device has this heading if its vendor's firmware can be sent to it over the air.

## Vendors
"""


def models_list(entries: Iterable[Entry]) -> str:
    """Return what is searched: all models by vendor, as JSON, one a line."""
    rows = (json.dumps(_row(entry), ensure_ascii=False) for entry in by_vendor(entries))
    return "[\n" + ",\n".join(rows) + "\n]\n"


def by_vendor(entries: Iterable[Entry]) -> list[Entry]:
    """Return entries in the order of their vendors' names, then of their models."""
    return sorted(entries, key=lambda entry: (entry.vendor.lower(), entry.vendor, entry.model))


def index_page(entries: Iterable[Entry]) -> str:
    """Return the list of pages by vendor."""
    return "\n".join((INTRODUCTION, *_vendors(by_vendor(entries))))


def _vendors(entries: list[Entry]) -> Iterator[str]:
    for vendor, models in groupby(entries, key=lambda entry: entry.vendor):
        yield from (f"### {vendor}", "")
        yield from (f"- [{entry.model}]({quote(entry.file)}.md): {entry.description}" for entry in models)
        yield ""


def _row(entry: Entry) -> JsonObject:
    return {
        "vendor": entry.vendor,
        "model": entry.model,
        "description": entry.description,
        "model_ids": list(entry.model_ids),
        "exposes": list(names(entry.exposes)),
        "provider": entry.provider,
        "file": entry.file,
    }
