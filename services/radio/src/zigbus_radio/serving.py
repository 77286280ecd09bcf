"""Answers an operation of a coordinator; counts and times how that went."""

from __future__ import annotations

import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import structlog

from zigbus.bus import Bus
from zigbus.contract.base import Json, Message, Reply, RequestFailed
from zigbus.contract.operations import Operation
from zigbus_radio import metrics

log = structlog.get_logger()

AskT = TypeVar("AskT", bound=Message)
AnswerT = TypeVar("AnswerT", bound=Reply)


async def serve_counted(
    bus: Bus,
    coordinator: str,
    operation: Operation[AskT, AnswerT],
    handle: Callable[[AskT], Coroutine[Any, Any, AnswerT]],
) -> None:
    """Start to answer."""
    seconds = metrics.REQUEST_SECONDS.labels(operation.name)

    async def counted(ask: AskT) -> AnswerT:
        started, outcome = time.monotonic(), "internal"
        try:
            answer = await handle(ask)
            outcome = "ok"
        except RequestFailed as error:
            outcome = error.failure.code.value
            facts = _loggable(error.failure.facts)
            log.debug("request_failed", operation=operation.name, code=outcome, error=error.failure.text, **facts)
            raise
        else:
            return answer
        finally:
            metrics.REQUESTS.labels(operation.name, outcome).inc()
            seconds.observe(time.monotonic() - started)

    await bus.serve(operation, counted, coordinator=coordinator)


def _loggable(facts: dict[str, Json]) -> dict[str, Json]:
    return {name: value for name, value in facts.items() if name not in ("operation", "code", "error", "event")}
