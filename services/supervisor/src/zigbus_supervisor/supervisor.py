"""Runs a plan: all processes at once as far as they can, readiness of each, and the end in order."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from prometheus_client import Gauge

from zigbus.health import Health
from zigbus_supervisor import ports
from zigbus_supervisor.child import Child, StopStage
from zigbus_supervisor.journal import Journal
from zigbus_supervisor.keeper import Keeper
from zigbus_supervisor.plan import Plan
from zigbus_supervisor.ports import Condition

READY = Gauge("zigbus_supervisor_child_ready", "1 while the process does its job", ["child"])

ASK_EVERY_S = 0.05  # while something is not ready yet
LOOK_EVERY_S = 2.0  # afterwards
PATIENCE_S = 5.0  # before it is said what is not ready
NEEDED_WITHIN_S = 15.0  # a service starts without what it needs after this: it knows how to wait by itself
# All together below the 10 s that a system's service manager, or a person, waits.
STOP_WITHIN_S = {StopStage.FRONTEND: 2.0, StopStage.SERVICE: 4.0, StopStage.SURROUNDINGS: 1.0, StopStage.SERVER: 2.0}


class Supervisor:
    """One run of a plan."""

    def __init__(self, plan: Plan, journal: Journal, health: Health) -> None:
        self._journal = journal
        self._health = health
        self._conditions: dict[str, Condition] = {child.name: Condition(ready=False) for child in plan.children}
        self._keepers = {child.name: Keeper(child, journal, self._until_needs_are_met) for child in plan.children}
        for name in self._keepers:
            health.report(name, ok=False, reason="starting")

    def pid(self, name: str) -> int | None:
        """Process id of a child, None while it does not run."""
        return self._keepers[name].pid

    async def run(self, stopping: asyncio.Event, on_ready: Callable[[float], None]) -> None:
        """Run everything until `stopping` is set, then stop everything. `on_ready(seconds)` once, when all is well."""
        began = time.monotonic()
        async with asyncio.TaskGroup() as tasks:
            keeping = [tasks.create_task(keeper.run(), name=name) for name, keeper in self._keepers.items()]
            watching = tasks.create_task(self._watch(began, on_ready), name="watch")
            await stopping.wait()
            watching.cancel()
            await self._stop()
            await asyncio.wait(keeping)

    async def until_ready(self, name: str) -> None:
        """Return when a child does its job."""
        probe = self._keepers[name].child.probe
        while not (await ports.ask(probe)).ready:  # noqa: ASYNC110  # another process has no event
            await asyncio.sleep(ASK_EVERY_S)

    async def _until_needs_are_met(self, child: Child) -> None:
        try:
            async with asyncio.timeout(NEEDED_WITHIN_S):
                for name in child.needs:
                    await self.until_ready(name)
        except TimeoutError:
            self._journal.say(f"zigbus: {child.name} is started although {' and '.join(child.needs)} are not ready")

    async def _watch(self, began: float, on_ready: Callable[[float], None]) -> None:
        told: set[tuple[str, str]] = set()
        first = True
        while True:
            await asyncio.gather(*(self._look(keeper) for keeper in self._keepers.values()))
            waited_s = time.monotonic() - began
            if first and all(condition.ready for condition in self._conditions.values()):
                first = False
                on_ready(waited_s)
            if first and waited_s > PATIENCE_S:
                self._tell_faults(told)
            await asyncio.sleep(ASK_EVERY_S if first and waited_s < 60 else LOOK_EVERY_S)

    async def _look(self, keeper: Keeper) -> None:
        name = keeper.child.name
        condition = (
            await ports.ask(keeper.child.probe)
            if keeper.is_running
            else Condition(ready=False, faults=("it does not run",))
        )
        READY.labels(name).set(condition.ready)
        self._health.report(name, condition.ready, "; ".join(condition.faults) or "it does not answer")
        self._conditions[name] = condition

    def _tell_faults(self, told: set[tuple[str, str]]) -> None:
        for name, condition in self._conditions.items():
            for fault in condition.faults:
                if (name, fault) not in told:
                    told.add((name, fault))
                    self._journal.say(f"zigbus: {name} is not ready: {fault}")

    async def _stop(self) -> None:
        for stage in StopStage:
            keepers = [keeper for keeper in self._keepers.values() if keeper.child.stop_stage is stage]
            await asyncio.gather(*(keeper.stop(STOP_WITHIN_S[stage]) for keeper in keepers))
