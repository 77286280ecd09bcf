"""What a friendly name may be, with the exact texts of contract/behaviour.md 2.4."""

from __future__ import annotations

import re

NONCHARACTERS = "".join(chr(plane << 16 | low) for plane in range(17) for low in (0xFFFE, 0xFFFF))
CONTROL = re.compile(f"[\u0000-\u001f\u007f-\u009f\ufdd0-\ufdef{NONCHARACTERS}]")
NUMBER_AT_END = re.compile(r"(?:^|/)\d*\Z", re.ASCII)


def name_errors(name: str) -> list[str]:
    """Return every rule that `name` breaks, in the order in which the rules are checked."""
    errors = []
    if not name:
        errors.append("friendly_name must be at least 1 char long")
    if name.startswith("/") or name.endswith("/"):
        errors.append("friendly_name is not allowed to end or start with /")
    if CONTROL.search(name):
        errors.append("friendly_name is not allowed to contain control char")
    if "/" in name and NUMBER_AT_END.search(name):
        errors.append(f"Friendly name cannot end with a \"/DIGIT\" ('{name}')")
    if "#" in name or "+" in name:
        errors.append(f"MQTT wildcard (+ and #) not allowed in friendly_name ('{name}')")
    return errors
