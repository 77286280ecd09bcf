"""Files with definitions over MQTT, and definitions generated for a device; the test answers in the place of the others."""

from __future__ import annotations

from typing import Any

import pytest
from services.gateway.tests.gateway_rig import LAMP, Rig

from zigbus.contract import operations, storage
from zigbus.contract import requests as r
from zigbus.contract.base import FailureCode, RequestFailed
from zigbus.contract.household import UserConverter

CODE = "DEFINITIONS = ()"
DISABLED = "External converters are disabled, set 'advanced.enable_external_js' to true and restart"


async def registry(rig: Rig) -> None:
    """Play a registry that takes every file but `bad.py`."""
    bucket = rig.bus.bucket(storage.CONVERTERS)

    async def save(ask: r.SaveConverter) -> r.ConvertersResult:
        if ask.name == "bad.py":
            raise RequestFailed.of(FailureCode.INVALID, "bad.py contains invalid code: line 1: no")
        file = UserConverter(name=ask.name, code=ask.code)
        revision = await bucket.put(storage.converter_key(ask.name), file)
        return r.ConvertersResult(revisions={storage.CONVERTERS.name: revision})

    async def remove(ask: r.RemoveConverter) -> r.ConvertersResult:
        revision = await bucket.delete(storage.converter_key(ask.name))
        return r.ConvertersResult(revisions={storage.CONVERTERS.name: revision})

    await rig.bus.serve(operations.SAVE_CONVERTER, save)
    await rig.bus.serve(operations.REMOVE_CONVERTER, remove)


async def request(rig: Rig, path: str, payload: Any) -> Any:
    """Send a request and return the answer; what was heard before is forgotten."""
    rig.mqtt.seen.clear()
    await rig.mqtt.publish(f"bridge/request/{path}", payload)
    return await rig.mqtt.wait_for(f"bridge/response/{path}")


async def test_files_are_listed_before_the_answer_that_changed_them(rig: Rig) -> None:
    await registry(rig)
    await rig.start()
    for path, payload, listed in (
        ("converter/save", {"name": "b.py", "code": CODE}, ["b.py"]),
        ("converter/save", {"name": "a.py", "code": CODE, "transaction": 7}, ["a.py", "b.py"]),
        ("converter/remove", {"name": "b.py"}, ["a.py"]),
    ):
        answer = await request(rig, path, payload)
        assert answer == {"data": {}, "status": "ok"} | {k: v for k, v in payload.items() if k == "transaction"}
        topics = [topic for topic in rig.mqtt.topics() if topic in ("bridge/converters", f"bridge/response/{path}")]
        assert topics == ["bridge/converters", f"bridge/response/{path}"]
        (shown,) = rig.mqtt.of("bridge/converters")
        assert shown.json == [{"code": CODE, "name": name} for name in listed]
        assert shown.retain


@pytest.mark.parametrize(
    ("path", "payload", "error"),
    [
        ("converter/save", {"name": "bad.py", "code": "x"}, "bad.py contains invalid code: line 1: no"),
        ("converter/save", {"name": "a.py"}, "Invalid payload"),
        ("converter/save", {"name": "a.py", "code": ""}, "Invalid payload"),
        ("converter/save", {"name": 1, "code": "x"}, "Invalid payload"),
        ("converter/save", "a.py", "Invalid payload"),
        ("converter/remove", {}, "Invalid payload"),
        ("device/generate_external_definition", {"id": "nobody"}, "Device 'nobody' does not exist"),
        ("device/generate_external_definition", "lamp", "Invalid payload"),
    ],
)
async def test_wrong_request_about_definitions_is_answered_with_its_fault(
    rig: Rig, path: str, payload: Any, error: str
) -> None:
    await registry(rig)
    await rig.start()
    assert await request(rig, path, payload) == {"data": {}, "error": error, "status": "error"}


async def test_files_are_neither_taken_nor_listed_while_they_are_off(rig: Rig) -> None:
    await registry(rig)
    await rig.put(storage.SETTINGS, "gateway", rig.settings(enable_external_js=False))
    await rig.start(until_announced=False)
    await rig.mqtt.wait_for("bridge/definitions")
    assert rig.mqtt.of("bridge/converters") == []
    for path in ("converter/save", "converter/remove"):
        answer = await request(rig, path, {"name": "a.py", "code": CODE})
        assert answer == {"data": {}, "error": DISABLED, "status": "error"}


async def test_definition_is_generated_in_both_languages(rig: Rig) -> None:
    asked: list[str] = []

    async def generate(ask: r.GenerateDefinition) -> r.GenerateDefinitionResult:
        asked.append(ask.ieee)
        return r.GenerateDefinitionResult(python="DEFINITIONS = ()", javascript="export default {}")

    await rig.bus.serve(operations.GENERATE_DEFINITION, generate)
    await rig.start()
    answer = await request(rig, "device/generate_external_definition", {"id": "lamp"})
    data = {"id": "lamp", "python": "DEFINITIONS = ()", "source": "export default {}"}
    assert answer == {"data": data, "status": "ok"}
    assert asked == [LAMP]
