"""Device icons given as base64 data URLs become files of the data folder."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re

from zigbus.contract.base import Json

DATA_URL = re.compile(r"\Adata:image/([A-Za-z0-9.+-]+);base64,(.*)\Z", re.DOTALL)
ENDINGS = {"jpeg": "jpg", "svg+xml": "svg", "x-icon": "ico"}


def icon_file(icon: Json) -> tuple[str, bytes] | None:
    """Return name (`device_icons/MD5.EXT`) and content of the picture in a data URL, None if it is none."""
    match = DATA_URL.match(icon) if isinstance(icon, str) else None
    if match is None:
        return None
    try:
        content = base64.b64decode(match[2], validate=True)
    except binascii.Error:
        return None
    kind = match[1].lower()
    digest = hashlib.md5(content, usedforsecurity=False).hexdigest()  # the contract's name of the file
    return f"device_icons/{digest}.{ENDINGS.get(kind, kind)}", content
