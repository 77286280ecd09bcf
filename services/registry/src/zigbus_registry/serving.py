"""Answers an operation of the registry and counts how that went."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from zigbus.bus import Bus
from zigbus.contract.base import FailureCode, Message, Reply, RequestFailed
from zigbus.contract.operations import Operation
from zigbus_registry import metrics

AskT = TypeVar("AskT", bound=Message)
AnswerT = TypeVar("AnswerT", bound=Reply)


async def serve_counted(
    bus: Bus, operation: Operation[AskT, AnswerT], handler: Callable[[AskT], Coroutine[Any, Any, AnswerT]]
) -> None:
    """Start to answer an operation."""

    async def counted(ask: AskT) -> AnswerT:
        outcome = FailureCode.INTERNAL.value
        try:
            answer = await handler(ask)
            outcome = "ok"
        except RequestFailed as error:
            outcome = error.failure.code.value
            raise
        finally:
            metrics.REQUESTS.labels(operation.name, outcome).inc()
        return answer

    await bus.serve(operation, counted)
