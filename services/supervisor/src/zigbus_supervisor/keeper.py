"""Keeps one process running: starts it, passes its lines on, starts it again when it ended, stops it."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import time
from collections.abc import Awaitable, Callable

from prometheus_client import Counter, Gauge

from zigbus_supervisor.child import Child, RestartPolicy, ending
from zigbus_supervisor.journal import Journal

UP = Gauge("zigbus_supervisor_child_up", "1 while the process runs", ["child"])
STARTS = Counter("zigbus_supervisor_child_starts_total", "Times that the process was started", ["child"])
LONGEST_LINE = 64 * 1024  # bytes; what is longer is cut into lines of this length
PR_SET_PDEATHSIG = 1  # linux/prctl.h

_libc = ctypes.CDLL(None, use_errno=True)


class Keeper:
    """One child and its restarts. `ready_for` returns when what the child needs is there."""

    def __init__(self, child: Child, journal: Journal, ready_for: Callable[[Child], Awaitable[None]]) -> None:
        self.child = child
        self._journal = journal
        self._ready_for = ready_for
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = asyncio.Event()

    @property
    def is_running(self) -> bool:
        """Whether the process is there now."""
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int | None:
        """Process id of the running process."""
        return self._process.pid if self._process is not None and self._process.returncode is None else None

    async def run(self) -> None:
        """Keep the process running until `stop`."""
        policy, orderly = RestartPolicy(), True
        while not self._stopping.is_set():
            if orderly:  # at the first start, and after a restart that was asked for: settings may have changed
                await self._unless_stopped(self._ready_for(self.child))
            await self._unless_stopped(asyncio.sleep(policy.pause_s))
            if self._stopping.is_set():
                return
            began = time.monotonic()
            code = await self._run_once()
            policy, orderly = policy.after(time.monotonic() - began, code), code == 0
            if not self._stopping.is_set():
                again = f"in {policy.pause_s:.1f} s" if policy.pause_s else "at once"
                self._journal.say(f"zigbus: {self.child.name} {ending(code)}; starting it again {again}")

    async def stop(self, within_s: float) -> bool:
        """Ask the process to end, and kill it after `within_s` seconds. Returns whether it ended by itself."""
        self._stopping.set()
        if not self.is_running or self._process is None:
            return True
        self._signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(within_s):
                await self._process.wait()
        except TimeoutError:
            self._journal.say(f"zigbus: {self.child.name} did not stop within {within_s:.0f} s and is killed")
            self._signal(signal.SIGKILL)
            await self._process.wait()
            return False
        return True

    async def _run_once(self) -> int:
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self.child.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                env={**os.environ, **self.child.environment},
                start_new_session=True,  # Ctrl-C is for the supervisor, which stops the others in order
                preexec_fn=_dies_with(os.getpid(), self.child.orphan_signal),
            )
        except OSError as error:
            self._journal.line(self.child.name, f"cannot be started: {error}")
            return 127
        UP.labels(self.child.name).set(1)
        STARTS.labels(self.child.name).inc()
        if self._stopping.is_set():  # asked to stop while it was being started
            self._signal(signal.SIGTERM)
        try:
            reader = asyncio.create_task(self._pass_lines_on(self._process))
            code = await self._process.wait()
            # what it said last is still in the pipe; a grandchild that holds the pipe open must not hold us up
            await asyncio.wait({reader}, timeout=0.2)
            reader.cancel()
            return code
        finally:
            UP.labels(self.child.name).set(0)

    async def _pass_lines_on(self, process: asyncio.subprocess.Process) -> None:
        if process.stdout is None:
            return
        rest = b""
        while chunk := await process.stdout.read(LONGEST_LINE):
            *lines, rest = (rest + chunk).split(b"\n")
            if len(rest) >= LONGEST_LINE:
                lines, rest = [*lines, rest], b""
            for line in lines:
                self._journal.line(self.child.name, line.decode(errors="replace"))
        if rest:
            self._journal.line(self.child.name, rest.decode(errors="replace"))

    async def _unless_stopped(self, work: Awaitable[None]) -> None:
        doing, stopped = asyncio.ensure_future(work), asyncio.ensure_future(self._stopping.wait())
        await asyncio.wait({doing, stopped}, return_when=asyncio.FIRST_COMPLETED)
        for task in (doing, stopped):
            task.cancel()

    def _signal(self, number: int) -> None:
        # the whole session: a helper that the process started must not outlive it
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            if number == signal.SIGKILL:
                os.killpg(self._process.pid, number)
            else:
                self._process.send_signal(number)


def _dies_with(supervisor: int, number: int) -> Callable[[], None]:
    """Return what a new process does before it becomes the child: bind its life to the supervisor's."""

    def bind() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
        if os.getppid() != supervisor:  # it died between fork and here
            os._exit(1)

    return bind
