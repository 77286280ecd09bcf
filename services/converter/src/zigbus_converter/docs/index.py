"""The page that lists all device pages, and says once what is true of each of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

INTRODUCTION = """# Devices that zigbus knows

One page for each model: what it shows, what it takes, and what to know when pairing it. Written by `zigbus docs`.

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


def anchor(heading: str) -> str:
    """Return the link target of a heading, as the usual Markdown renderers make it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def index_page(rows: Iterable[tuple[str, str, str, str]]) -> str:
    """Return the list of pages by vendor. `rows`: vendor, model, file without .md, description."""
    return "\n".join((INTRODUCTION, *_vendors(sorted(rows, key=lambda row: (row[0].lower(), row[0], row[1])))))


def _vendors(rows: list[tuple[str, str, str, str]]) -> Iterator[str]:
    for vendor, models in groupby(rows, key=lambda row: row[0]):
        yield from (f"### {vendor}", "")
        yield from (f"- [{model}]({file}.md): {description}" for _, model, file, description in models)
        yield ""
