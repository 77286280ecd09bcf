"""Imports that wait until they are used.

zigpy imports an HTTP client and a JSON schema validator for OTA index files. Loading them costs 0.3 s and 12 MiB at
every start, which counts when a killed radio has to be back within 2 s, and running a network needs neither.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

POSTPONED = ("aiohttp", "jsonschema")


class _Postponed(ModuleType):
    """Stands in `sys.modules` for a module and becomes it when the first of its attributes is asked for."""

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("__"):  # the import machinery looks at __spec__, which must not load anything
            raise AttributeError(attribute)
        name = self.__name__
        if sys.modules.get(name) is self:
            del sys.modules[name]
        return getattr(importlib.import_module(name), attribute)


def postpone(names: tuple[str, ...] = POSTPONED) -> None:
    """Let `import NAME` succeed at once for each name that is not loaded yet, and load it on first use."""
    for name in names:
        if name not in sys.modules:
            sys.modules[name] = _Postponed(name)
