"""Ends code of the household that runs too long: an endless loop costs one call, not the service.

The time is that of a clock, taken by SIGALRM in the main thread; elsewhere nothing is limited. Code that catches what
is raised here is interrupted again and again.
"""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType

AGAIN_S = 0.1  # between interruptions of code that goes on


class TookTooLong(Exception):
    """The code ran longer than it may."""


class TimeLimit:
    """`with TimeLimit(seconds):` raises TookTooLong inside the block when the time is over. The outermost one counts."""

    _running = False

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._armed = False

    def __enter__(self) -> None:
        if TimeLimit._running or threading.current_thread() is not threading.main_thread():
            return
        TimeLimit._running = self._armed = True
        self._former = signal.signal(signal.SIGALRM, self._over)
        self._timer = signal.setitimer(signal.ITIMER_REAL, self._seconds, AGAIN_S)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if not self._armed:
            return
        TimeLimit._running = self._armed = False  # first of all: from here on the alarm does nothing
        signal.setitimer(signal.ITIMER_REAL, *self._timer)
        signal.signal(signal.SIGALRM, self._former)

    def _over(self, number: int, frame: FrameType | None) -> None:
        if self._armed:
            raise TookTooLong(f"ran longer than {self._seconds:g} s")
