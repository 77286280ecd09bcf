"""JavaScript engines behind one small interface. Which one runs is a setting; definitions do not notice.

`quickjs` is the usual one: small and quick to start. `mini-racer` (V8) has wheels for every platform and costs four times the
memory. Neither lets a script reach files, network or processes, and both stop scripts that take too long or too much.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Protocol

WALL_TO_CPU = 4  # a limit of CPU time as one of the clock, on a machine with other work
JOBS_LIMIT = 100_000  # promise jobs of one call; more is a loop that never ends


class ScriptFailed(Exception):
    """A script raised or was stopped.

    `exhausted`: it took too much memory. `unending`: what it left behind goes on in whatever runs next.
    """

    def __init__(self, text: str, *, exhausted: bool = False, unending: bool = False) -> None:
        super().__init__(text)
        self.exhausted, self.unending = exhausted, unending


class Engine(Protocol):
    """One isolated world of JavaScript. Used by one thread at a time."""

    def run(self, name: str, source: str, limit_s: float) -> None:
        """Run a script. Raises ScriptFailed."""

    def call(self, request: str, limit_s: float) -> str:
        """Hand a request to `zigbus.begin`, run all promise jobs, return what `zigbus.end` says. Raises ScriptFailed."""

    def collect(self) -> int:
        """Collect garbage; return the octets that the scripts still hold, 0 if that is not known."""

    def close(self) -> None:
        """End it, whatever still runs in it."""


class QuickJS:
    """The engine of package `quickjs`."""

    def __init__(self, memory_limit: int) -> None:
        """Start a world that may take this many octets."""
        quickjs: Any = import_module("quickjs")  # untyped, the written exception: docs/decisions/zhc-in-quickjs.md
        self._failed: type[Exception] = quickjs.JSException
        self._limit = memory_limit
        self._context: Any = quickjs.Context()
        self._context.set_memory_limit(memory_limit)
        self._begin: Any = None
        self._end: Any = None

    def run(self, name: str, source: str, limit_s: float) -> None:
        """Run a script."""
        self._start(limit_s)
        try:
            self._context.eval(source)
        except self._failed as error:
            raise self._failure(error, name) from None

    def call(self, request: str, limit_s: float) -> str:
        """Run a request with all promise jobs that it leads to."""
        if self._begin is None:
            self._context.eval("var zigbusBegin = zigbus.begin, zigbusEnd = zigbus.end")
            self._begin, self._end = self._context.get("zigbusBegin"), self._context.get("zigbusEnd")
        started = self._start(limit_s)
        try:
            self._begin(request)
            if self._run_jobs(started + limit_s):
                return str(self._end())
        except self._failed as error:
            raise self._failure(error, "call") from None
        self._drain()
        raise ScriptFailed("call: interrupted", unending=True)

    def _run_jobs(self, deadline: float) -> bool:
        """Run promise jobs until there is none; returns False if they took too long.

        A job that is interrupted returns as if all were well: only the time tells.
        """
        jobs = 0
        while self._context.execute_pending_job():
            jobs += 1
            if jobs > JOBS_LIMIT or (jobs % 64 == 0 and time.process_time() > deadline):
                return False
        return not jobs or time.process_time() <= deadline

    def collect(self) -> int:
        """Collect garbage."""
        self._context.set_memory_limit(self._limit * 2)  # what counts the memory needs some
        try:
            self._context.gc()
            return int(self._context.memory()["memory_used_size"])
        finally:
            self._context.set_memory_limit(self._limit)

    def close(self) -> None:
        """Let go of it."""
        self._context = self._begin = self._end = None

    def _start(self, limit_s: float) -> float:
        self._context.set_time_limit(limit_s)
        return time.process_time()

    def _drain(self) -> None:
        """Take what the stopped call left out of the way of the next."""
        with contextlib.suppress(self._failed):
            self._end()

    def _failure(self, error: Exception, name: str) -> ScriptFailed:
        text = str(error)
        exhausted = "out of memory" in text or text.strip() == "null"  # no memory left even for the error
        if self._end is not None and name == "call":
            self._drain()
        return ScriptFailed(f"{name}: {text.strip()}", exhausted=exhausted)


class MiniRacer:
    """The engine of package `mini-racer`: V8."""

    def __init__(self, memory_limit: int) -> None:
        """Start a world that may take this many octets."""
        self._module: Any = import_module("py_mini_racer")  # an extra of this package
        self._context: Any = self._module.MiniRacer()
        self._context.set_hard_memory_limit(memory_limit * 2)  # V8 needs about twice the memory for the same
        self._limit = memory_limit

    def run(self, name: str, source: str, limit_s: float) -> None:
        """Run a script."""
        self._eval(f"{source}\n;0", limit_s)

    def call(self, request: str, limit_s: float) -> str:
        """Run a request; promise jobs run when the script is done."""
        self._eval(f"zigbus.begin({json.dumps(request)}); 0", limit_s)
        return str(self._eval("zigbus.end()", limit_s))

    def collect(self) -> int:
        """Collect garbage."""
        self._context.low_memory_notification()
        return 0

    def close(self) -> None:
        """End it."""
        self._context.close()

    def _eval(self, code: str, limit_s: float) -> Any:
        try:
            return self._context.eval(code, timeout_sec=limit_s * WALL_TO_CPU)
        except self._module.JSTimeoutException:
            raise ScriptFailed("interrupted", unending=True) from None  # promise jobs may be left
        except self._module.JSOOMException as error:
            raise ScriptFailed(str(error), unending=True) from None  # V8 does not recover from this
        except self._module.JSEvalException as error:
            raise ScriptFailed(str(error)) from None


ENGINES: dict[str, type[QuickJS] | type[MiniRacer]] = {"quickjs": QuickJS, "mini-racer": MiniRacer}
_MODULES = {"quickjs": "quickjs", "mini-racer": "py_mini_racer"}


def installed() -> list[str]:
    """The names of the engines whose packages are there, the usual one first."""
    return [name for name in ENGINES if find_spec(_MODULES[name]) is not None]


def chosen() -> str:
    """The engine to use: what the environment says, else the usual one of those that are there."""
    return os.environ.get("ZIGBUS_JAVASCRIPT_ENGINE") or next(iter(installed()), "quickjs")
