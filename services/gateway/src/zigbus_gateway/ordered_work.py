"""Work that must keep its order per key and may run side by side otherwise."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

Work = Callable[[], Awaitable[None]]


class OrderedWork:
    """Runs coroutines in a task group, one after another per key. A coroutine that raises ends the group."""

    def __init__(self, tasks: asyncio.TaskGroup, limit: int) -> None:
        self._tasks, self._limit, self._waiting = tasks, limit, 0
        self._lines: dict[str, deque[Work]] = {}

    def submit(self, key: str, work: Work) -> bool:
        """Do `work` after everything submitted under `key` before. Returns False, and does nothing, if too much waits."""
        if self._waiting >= self._limit:
            return False
        self._waiting += 1
        line = self._lines.get(key)
        if line is not None:
            line.append(work)
        else:
            self._lines[key] = deque((work,))
            self._tasks.create_task(self._run(key))
        return True

    async def _run(self, key: str) -> None:
        line = self._lines[key]
        try:
            while line:
                work = line.popleft()
                self._waiting -= 1
                await work()
        finally:
            del self._lines[key]
