"""Requests between services: answers, failures, nobody there."""

from __future__ import annotations

import pytest

from zigbus.bus import Bus
from zigbus.bus.nats_server import NatsServer
from zigbus.contract import operations
from zigbus.contract.base import FailureCode, RequestFailed
from zigbus.contract.requests import (
    CheckHealth,
    GetRequest,
    HealthResult,
    KeyOutcome,
    KeysResult,
    ReadAttributes,
    ReadAttributesResult,
)
from zigbus.waiting import until

IEEE = "0x00158d0001a2b3c4"


async def test_an_answer_comes_back_typed(bus: Bus) -> None:
    async def get(ask: GetRequest) -> KeysResult:
        return KeysResult(keys=(KeyOutcome(key=next(iter(ask.payload))),))

    await bus.serve(operations.GET, get)
    answer = await bus.call(operations.GET, GetRequest(payload={"state": ""}, ieee=IEEE), ieee=IEEE)
    assert answer.keys == (KeyOutcome(key="state"),)


async def test_a_failure_raised_by_the_handler_reaches_the_caller_with_code_and_facts(bus: Bus) -> None:
    async def read(ask: ReadAttributes) -> ReadAttributesResult:
        raise RequestFailed.of(FailureCode.DELIVERY_FAILED, "no route", status=0xE9)

    await bus.serve(operations.READ, read, coordinator="main")
    with pytest.raises(RequestFailed) as caught:
        await bus.call(
            operations.READ, ReadAttributes(ieee=IEEE, endpoint=1, cluster=6, attributes=(0,)), coordinator="main"
        )
    assert caught.value.failure.code is FailureCode.DELIVERY_FAILED
    assert caught.value.failure.facts == {"status": 0xE9}


async def test_a_defect_in_a_handler_is_answered_and_the_service_goes_on(bus: Bus) -> None:
    calls = []

    async def health(ask: CheckHealth) -> HealthResult:
        calls.append(ask)
        if len(calls) == 1:
            raise ZeroDivisionError
        return HealthResult()

    await bus.serve(operations.HEALTH, health)
    with pytest.raises(RequestFailed) as caught:
        await bus.call(operations.HEALTH, CheckHealth())
    assert caught.value.failure.code is FailureCode.INTERNAL
    assert (await bus.call(operations.HEALTH, CheckHealth())).healthy


async def test_nobody_there_is_an_error_at_once(bus: Bus) -> None:
    with pytest.raises(RequestFailed) as caught:
        await bus.call(operations.HEALTH, CheckHealth())
    assert caught.value.failure.code is FailureCode.UNAVAILABLE


async def test_a_request_while_nats_is_away_fails_at_once(nats_server: NatsServer, bus: Bus) -> None:
    await nats_server.stop()
    await until(lambda: not bus.connected)
    with pytest.raises(RequestFailed) as caught:
        await bus.call(operations.HEALTH, CheckHealth())
    assert caught.value.failure.code is FailureCode.UNAVAILABLE
