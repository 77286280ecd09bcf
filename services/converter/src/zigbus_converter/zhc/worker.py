"""The host in a thread of its own: no definition holds up the event loop, however long it takes.

The engine lets go of Python's lock while it runs, so the loop goes on meanwhile. Requests are worked on in order.
"""

from __future__ import annotations

import asyncio
import itertools
import queue
import threading
from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar

from zigbus.contract.base import CoordinatorName, Ieee
from zigbus_converter.conversations import now_s
from zigbus_converter.zhc import protocol as p
from zigbus_converter.zhc.host import Host

T = TypeVar("T")

Work = Callable[[Host], Any]
Done = Callable[[Any, BaseException | None], None]
_LIVES = itertools.count(1)


class Worker:
    """A thread with a host. Started by the first request; ends with the process."""

    def __init__(self, make: Callable[[], Host]) -> None:
        self.life = f"{now_s():.6f}.{next(_LIVES)}"  # names the timers of this engine
        self.coordinators: dict[CoordinatorName, Ieee] = {}  # to be filled by whoever sees the network
        self._make = make
        self._todo: queue.SimpleQueue[tuple[Work, Done]] = queue.SimpleQueue()
        self._results: deque[tuple[Done, Any, BaseException | None]] = deque()
        self._loop: asyncio.AbstractEventLoop | None = None

    def submit(self, work: Work, done: Done) -> None:
        """Have work done; `done` is called in the event loop with its result or what it raised."""
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            threading.Thread(target=self._run, name="definitions", daemon=True).start()
        self._todo.put((work, done))

    async def run(self, work: Callable[[Host], T]) -> T:
        """Have work done; return its result or raise what it raised."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()

        def done(result: Any, error: BaseException | None) -> None:
            if future.cancelled():
                return
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)

        self.submit(work, done)
        return await future

    def close(self, ieee: Ieee) -> None:
        """Let the engine forget a device, if there is an engine."""
        if self._loop is not None:
            self.submit(lambda host: host.close(ieee), lambda result, error: None)

    async def ask(self, request: p.Request) -> p.Step:
        """Have one request of a conversation worked on, at the time it is now."""
        request.now_ms = now_s() * 1000
        return await self.run(lambda host: host.ask(request))

    # ---- the thread ------------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        host: Host | None = None
        while True:
            work, done = self._todo.get()
            result, failure = None, None
            try:
                host = host or self._make()
                result = work(host)
            except Exception as error:  # belongs to whoever asked
                failure = error
            self._results.append((done, result, failure))
            if len(self._results) == 1 and not self._tell():
                return

    def _tell(self) -> bool:
        assert self._loop is not None
        try:
            self._loop.call_soon_threadsafe(self._deliver)
        except RuntimeError:  # the loop has been closed: the process ends
            return False
        return True

    def _deliver(self) -> None:
        while self._results:
            done, result, failure = self._results.popleft()
            try:
                done(result, failure)
            except Exception as error:  # as the loop does with callbacks: what one raises does not touch the others
                context = {"message": "Exception in an answer of the engine", "exception": error}
                asyncio.get_running_loop().call_exception_handler(context)
