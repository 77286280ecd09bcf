"""Print the packages that the parts of Home Assistant which the test starts need; run by Home Assistant's own Python."""

import importlib.util
import json
import sys
from pathlib import Path

PARTS = ("frontend", "onboarding", "config", "api", "mqtt")


def packages(names: tuple[str, ...]) -> set[str]:
    """Return the requirements of these integrations and all that they depend on."""
    package = importlib.util.find_spec("homeassistant")
    folder = Path(package.origin if package is not None and package.origin else "").parent / "components"
    found: set[str] = set()
    seen: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            manifest = json.loads((folder / name / "manifest.json").read_text())
            found.update(manifest.get("requirements", ()))
            waiting += manifest.get("dependencies", ())
    return found


sys.stdout.write("\n".join(sorted(packages(PARTS))) + "\n")
