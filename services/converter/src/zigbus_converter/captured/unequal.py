"""Definitions that our parts would build, but not exactly: the comparison with upstream has shown it (tests/parity).

Each is "file/index" in upstream's catalogue of the pinned version; the engine runs them.
"""

UNEQUAL: frozenset[str] = frozenset()
