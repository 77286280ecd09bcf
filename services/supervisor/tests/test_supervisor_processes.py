"""The supervisor with real, tiny processes."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from zigbus.bus.nats_server import free_port
from zigbus.health import Health
from zigbus.waiting import until
from zigbus_supervisor.child import Child, Probe, StopStage
from zigbus_supervisor.journal import Journal
from zigbus_supervisor.plan import Plan
from zigbus_supervisor.supervisor import Supervisor

LISTEN = (
    "import socket,sys; s = socket.create_server(('127.0.0.1', int(sys.argv[1]))); print('listening', flush=True)\n"
)
FOREVER = "import time\nwhile True: time.sleep(1)\n"
STUBBORN = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
SAY_GOODBYE = (
    "import signal, sys, time\n"
    "def end(*_): open(sys.argv[2], 'a').write(f'{sys.argv[3]} {time.monotonic()}\\n'); time.sleep(0.1); sys.exit(0)\n"
    "signal.signal(signal.SIGTERM, end)\n"
)


def listener(name: str, extra: str = "", *arguments: str, **facts: object) -> Child:
    port = free_port()
    command = (sys.executable, "-S", "-c", extra + LISTEN + FOREVER, str(port), *arguments)
    return Child(name, command, Probe("tcp", port), **facts)  # type: ignore[arg-type]  # as given


class Run:
    """A supervisor that runs some children."""

    def __init__(self, *children: Child) -> None:
        self.log = io.StringIO()
        self.journal = Journal(self.log)
        self.health = Health()
        self.stopping = asyncio.Event()
        self.ready = asyncio.Event()
        self.supervisor = Supervisor(Plan(children, None, None, is_demo=False), self.journal, self.health)

    async def until_log(self, text: str) -> None:
        await until(lambda: text in self.log.getvalue(), what=text)

    def pid(self, name: str) -> int:
        pid = self.supervisor.pid(name)
        assert pid is not None
        return pid


@asynccontextmanager
async def running(*children: Child) -> AsyncIterator[Run]:
    run = Run(*children)
    task = asyncio.create_task(run.supervisor.run(run.stopping, lambda _: run.ready.set()))
    try:
        yield run
    finally:
        run.stopping.set()
        await task
        run.journal.close()


async def test_killed_process_is_running_again_within_two_seconds() -> None:
    async with running(listener("radio")) as run:
        await run.ready.wait()
        before = run.pid("radio")
        began = time.monotonic()
        os.kill(before, signal.SIGKILL)
        await until(lambda: run.supervisor.pid("radio") not in (before, None), what="a new process")
        await run.supervisor.until_ready("radio")
        assert time.monotonic() - began < 2.0
        await run.until_log("radio was ended by SIGKILL; starting it again at once")


async def test_process_that_keeps_dying_is_started_less_and_less_often_and_the_others_go_on() -> None:
    dying = Child("radio", (sys.executable, "-S", "-c", "raise SystemExit(3)"), Probe("tcp", free_port()))
    async with running(dying, listener("registry")) as run:
        await run.until_log("radio ended with code 3; starting it again at once")
        await run.until_log("radio ended with code 3; starting it again in 0.5 s")
        await run.until_log("radio ended with code 3; starting it again in 1.0 s")
        await run.supervisor.until_ready("registry")


async def test_program_that_does_not_exist_is_a_line_in_the_log_and_no_crash() -> None:
    async with running(Child("radio", ("/nonexistent/program",), Probe("tcp", free_port()))) as run:
        await run.until_log("cannot be started")
        await run.until_log("starting it again in 0.5 s")


async def test_lines_of_processes_carry_their_name() -> None:
    async with running(listener("converter")) as run:
        await run.until_log("converter  listening")


async def test_process_waits_until_what_it_needs_is_ready() -> None:
    late = listener("registry", "import time; time.sleep(0.4)\n")
    async with running(late, listener("radio", needs=("registry",))) as run:
        await run.ready.wait()
        said = run.log.getvalue()
        assert said.index("registry   listening") < said.index("radio      listening")


async def test_stop_is_in_order_of_stages(tmp_path: Path) -> None:
    farewells = tmp_path / "farewells"
    stages = {
        "nats": StopStage.SERVER,
        "gateway": StopStage.FRONTEND,
        "radio": StopStage.SERVICE,
        "simulator": StopStage.SURROUNDINGS,
    }
    async with running(*(listener(n, SAY_GOODBYE, str(farewells), n, stop_stage=s) for n, s in stages.items())) as run:
        await run.ready.wait()
    assert [line.split()[0] for line in farewells.read_text().splitlines()] == ["gateway", "radio", "simulator", "nats"]


async def test_process_that_ignores_the_request_to_stop_is_killed_in_time() -> None:
    async with running(listener("gateway", STUBBORN, stop_stage=StopStage.FRONTEND)) as run:
        await run.ready.wait()
        pid = run.pid("gateway")
        began = time.monotonic()
    assert time.monotonic() - began < 4.0
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert "gateway did not stop within 2 s and is killed" in run.log.getvalue()


async def test_health_names_the_process_that_is_missing() -> None:
    dying = Child("radio", (sys.executable, "-S", "-c", "raise SystemExit(3)"), Probe("tcp", free_port()))
    async with running(dying, listener("registry")) as run:
        await until(lambda: run.health.parts["registry"].ok, what="registry in health")
        assert not run.health.ready
        assert not run.health.parts["radio"].ok


CHILD_OF_A_SUPERVISOR = """
import asyncio, sys
sys.path[:0] = sys.argv[1].split(":")
from zigbus_supervisor.child import Child, Probe
from zigbus_supervisor.journal import Journal
from zigbus_supervisor.keeper import Keeper
async def now(child): pass
async def main():
    keeper = Keeper(Child("x", (sys.executable, "-S", "-c", "import os,time; print(os.getpid(), flush=True); time.sleep(60)"), Probe("process")), Journal(), now)
    await keeper.run()
asyncio.run(main())
"""


def _start_supervisor() -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CHILD_OF_A_SUPERVISOR, ":".join(sys.path)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


async def test_children_die_with_a_killed_supervisor() -> None:
    process = _start_supervisor()
    assert process.stdout is not None
    with process.stdout:
        pid = int((await asyncio.to_thread(process.stdout.readline)).split()[1])
        process.kill()
        process.wait()
    await until(lambda: not Path(f"/proc/{pid}/cmdline").exists() or _is_zombie(pid), what="the child's end")


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True
