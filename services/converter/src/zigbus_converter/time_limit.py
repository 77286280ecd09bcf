"""Ends code of the household that runs too long: an endless loop costs one call, not the service.

The time is that of a clock, taken by SIGALRM in the main thread; elsewhere nothing is limited. Code that catches what
is raised here is interrupted again and again. An alarm that is not needed any more is left to ring: setting one costs
more than all that is done here otherwise.
"""

from __future__ import annotations

import math
import signal
import threading
import time
from types import FrameType, TracebackType

MAIN_THREAD = threading.main_thread().ident
AGAIN_S = 0.1  # between interruptions of code that goes on


class TookTooLong(Exception):
    """The code ran longer than it may."""


class TimeLimit:
    """`with TimeLimit(seconds):` raises TookTooLong inside the block when the time is over. The outermost one counts."""

    _until_s = math.inf  # of the block that runs, monotonic; infinite: none runs
    _alarm_s = math.inf  # when the next alarm rings

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._counts = False

    def __enter__(self) -> None:
        if TimeLimit._until_s < math.inf or threading.get_ident() != MAIN_THREAD:
            return
        self._counts = True
        TimeLimit._until_s = time.monotonic() + self._seconds
        if TimeLimit._alarm_s > TimeLimit._until_s:
            signal.signal(signal.SIGALRM, _rings)
            _set_alarm(self._seconds)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._counts:
            TimeLimit._until_s = math.inf


def _set_alarm(after_s: float) -> None:
    TimeLimit._alarm_s = time.monotonic() + after_s
    signal.setitimer(signal.ITIMER_REAL, after_s)


def _rings(number: int, frame: FrameType | None) -> None:
    TimeLimit._alarm_s = math.inf
    left_s = TimeLimit._until_s - time.monotonic()
    if left_s == math.inf:
        return
    _set_alarm(max(left_s, AGAIN_S))
    if left_s <= 0 and (frame is None or frame.f_code.co_filename != __file__):  # not while a block begins or ends
        raise TookTooLong("ran longer than it may")
