"""Capped exponential backoff with jitter, for everything that reconnects for ever."""

from __future__ import annotations

import random


class Backoff:
    """Pauses that double from `first_s` to `cap_s`, each shortened by up to half so that many do not come at once."""

    def __init__(self, first_s: float = 0.1, cap_s: float = 5.0) -> None:
        self._first_s, self._cap_s = first_s, cap_s
        self._next_s = first_s

    def next_s(self) -> float:
        """Return the pause before the next attempt, in seconds."""
        pause_s, self._next_s = self._next_s, min(self._next_s * 2, self._cap_s)
        return pause_s * random.uniform(0.5, 1.0)

    def reset(self) -> None:
        """It worked: start again from `first_s`."""
        self._next_s = self._first_s
