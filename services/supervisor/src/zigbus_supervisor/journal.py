"""The one readable log: lines of all processes, each with the name of who said it. A stuck terminal holds nobody up."""

from __future__ import annotations

import contextlib
import queue
import re
import sys
import threading
from typing import TextIO

WAITING_LINES = 5_000  # for a terminal that does not take them; further ones are dropped and counted
NAME_WIDTH = 10
COLOURS = {"registry": 35, "radio": 36, "converter": 34, "gateway": 32, "simulator": 33}
DIM, RED, YELLOW = 2, 31, 33
# `2026-11-20T10:00:00.123456Z warning event ...`, as the services write it
LINE = re.compile(r"^\d{4}-\d\d-\d\dT(?P<clock>\d\d:\d\d:\d\d)\S* (?P<level>debug|info|warning|error)\s+(?P<rest>.*)$")


class Journal:
    """Writes lines to a stream from a thread of its own. On a terminal: colours and short times."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self._is_terminal = self._stream.isatty()
        self._lines: queue.Queue[str | None] = queue.Queue(WAITING_LINES)
        self._dropped = 0
        self._thread = threading.Thread(target=self._write, name="journal", daemon=True)
        self._thread.start()

    def say(self, text: str) -> None:
        """Write something of the supervisor's own, for people."""
        for line in text.splitlines() or [""]:
            self._put(line)

    def line(self, name: str, text: str) -> None:
        """Write one line of a process."""
        self._put(render(name, text, colourful=self._is_terminal))

    def close(self) -> None:
        """Write what is left, for at most a second."""
        with contextlib.suppress(queue.Full):
            self._lines.put_nowait(None)
        self._thread.join(timeout=1.0)

    def _put(self, line: str) -> None:
        try:
            self._lines.put_nowait(line)
        except queue.Full:
            self._dropped += 1

    def _write(self) -> None:
        while (line := self._lines.get()) is not None:
            if self._dropped:
                line, self._dropped = f"({self._dropped} lines of the log were dropped)\n{line}", 0
            try:
                self._stream.write(line + "\n")
                if self._lines.empty():
                    self._stream.flush()
            except (OSError, ValueError):  # nobody reads any more: the home goes on
                return


def render(name: str, text: str, *, colourful: bool) -> str:
    """Return a line of a process as it is shown."""
    match = LINE.match(text)
    if not colourful:
        return f"{name:<{NAME_WIDTH}} {text}"
    shown = _paint(f"{name:<{NAME_WIDTH}}", COLOURS.get(name, DIM))
    if match is None:
        return f"         {shown} {text}"
    rest = {"error": _paint(match["rest"], RED), "warning": _paint(match["rest"], YELLOW)}.get(
        match["level"], match["rest"]
    )
    return f"{_paint(match['clock'], DIM)} {shown} {rest}"


def _paint(text: str, colour: int) -> str:
    return f"\x1b[{colour}m{text}\x1b[0m"
