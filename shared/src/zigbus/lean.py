"""Imports that leave out what a package can do without: half of a service's start was spent on unused extras."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import cast


@contextlib.contextmanager
def without(name: str) -> Iterator[None]:
    """Let an optional `import name` fail while the block runs; afterwards it can be imported as ever."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = cast(ModuleType, None)  # the import system's own way to say: there is none
    try:
        yield
    finally:
        del sys.modules[name]
