"""Anything may come on any topic: each request is answered in the contract's form, an error changes nothing, and every
service goes on."""

from __future__ import annotations

import itertools
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.harness import Stack
from tests.harness.stack import BASE

from zigbus.waiting import until
from zigbus_gateway.desk import HANDLERS
from zigbus_simulator import Simulator, home

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

NAMES = ("bulb_color", "plug_innr", "wall_switch", "cover", "lock", "trv")
SPARE = "remote_onoff"  # may get another name
GROUP = "lamps"
SERVICES = ("registry", "converter", "gateway", "radio")
DEFECTS = ("request_crashed", "Traceback", "_crashed")
PATHS = tuple(sorted(set(HANDLERS) - {"restart"}))  # which ends the run
ROUNDS = 10  # examples of each path and property

LAMP, REPORTED = "bulb_color", {"endpoint": 11, "cluster": "genOnOff", "attribute": "onOff"}
INTERVALS = {"minimum_report_interval": 1, "maximum_report_interval": 60, "reportable_change": 0}
BINDING = {"from": "plug_innr", "to": GROUP, "clusters": ["genOnOff"], "from_endpoint": 1}
MEMBER = {"group": GROUP, "device": "plug_innr", "endpoint": 1}
# right requests, but none that takes away what other tests here speak of
RIGHT: dict[str, dict[str, Any]] = {
    "action": {"action": "raw", "params": {"ieee": "0x1", "endpoint": 1, "payload": []}},
    "converter/remove": {"name": "own.py"},
    "converter/save": {"name": "own.py", "code": "nothing"},
    "device/bind": BINDING,
    "device/binds/clear": {"target": "plug_innr", "ieee_list": ["0xffffffffffffffff"]},
    "device/configure": {"id": LAMP},
    "device/configure_reporting": {"id": LAMP, **REPORTED, **INTERVALS},
    "device/generate_external_definition": {"id": LAMP},
    "device/interview": {"id": LAMP},
    "device/options": {"id": LAMP, "options": {"retain": True, "qos": 1, "transition": 1, "filtered_cache": ["x"]}},
    "device/remove": {"id": "nobody", "force": True, "block": False},
    "device/rename": {"from": SPARE, "to": SPARE, "homeassistant_rename": False, "last": False},
    "device/reporting/configure": {"id": LAMP, **REPORTED, **INTERVALS, "options": {"manufacturerCode": 4107}},
    "device/reporting/read": {"id": LAMP, **REPORTED, "configs": [{"attribute": "onOff", "direction": 0}]},
    "device/unbind": BINDING,
    "group/add": {"friendly_name": "few", "id": 77},
    "group/members/add": MEMBER,
    "group/members/remove": MEMBER,
    "group/members/remove_all": MEMBER,
    "group/options": {"id": GROUP, "options": {"off_state": "last_member_state", "retain": False}},
    "group/remove": {"id": "few", "force": True},
    "group/rename": {"from": "few", "to": "some"},
    "options": {"options": {"advanced": {"last_seen": "ISO_8601", "elapsed": True}, "availability": {"active": {}}}},
    "permit_join": {"time": 10, "device": LAMP},
}

WORDS = st.sampled_from(
    (GROUP, "nobody", "", "a/b", "11", "genOnOff", "onOff", "default", "raw", "ON", "é\0", "x" * 300)
)
PLAIN = (
    st.none()
    | st.booleans()
    | st.integers(-(2**65), 2**65)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
)
LEAVES = PLAIN | WORDS | st.integers(-2, 300)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
NUMBERS = itertools.count(1)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    specs = home.devices(*NAMES, SPARE)
    wanted = {"devices": {spec.ieee: {"friendly_name": spec.name} for spec in specs}}
    folder = tmp_path_factory.mktemp("fuzz")
    async with Simulator(devices=specs) as simulator, Stack(folder, simulator, wanted) as running:
        await running.request("permit_join", {"time": 254})
        for spec in specs:
            simulator.device(spec.name).join()
        await until(lambda: interviewed(running) >= {*NAMES, SPARE}, 120, "all devices interviewed")
        for name in (*NAMES, SPARE):  # no set-up that changes bridge/devices may still go on
            assert (await running.request("device/configure", {"id": name}))["status"] == "ok"
        assert (await running.request("group/add", {"friendly_name": GROUP, "id": 11}))["status"] == "ok"
        yield running


def interviewed(stack: Stack) -> set[str]:
    devices = stack.recorder.last(f"{BASE}/bridge/devices") or []
    return {d["friendly_name"] for d in devices if d["interview_completed"] and d.get("definition")}


def nearly(right: Any) -> st.SearchStrategy[Any]:
    """Values like a right one, with something missing or something else in some places."""
    if isinstance(right, dict):
        parts = {key: nearly(value) for key, value in right.items()}
        return st.fixed_dictionaries(parts) | st.fixed_dictionaries({}, optional=parts)
    return st.just(right) | st.just(right) | VALUES


def examples(strategy: st.SearchStrategy[Any], count: int) -> list[Any]:
    """The same examples at each run."""
    found: list[Any] = []

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        deadline=None,
    )
    @given(strategy)
    def collect(value: Any) -> None:
        found.append(value)

    collect()
    return found


def configuration(stack: Stack) -> list[Any]:
    """Settings, who is there, and the groups. Bindings and reporting may still follow an earlier request."""
    info, devices, groups = (stack.recorder.last(f"{BASE}/bridge/{name}") for name in ("info", "devices", "groups"))
    facts = ("ieee_address", "friendly_name", "network_address", "disabled")
    return [info["config"], [[device[fact] for fact in facts] for device in devices], groups]


async def answer_to(stack: Stack, topic: str, answered_on: str, payload: dict[str, Any]) -> Any:
    """Send a request with a transaction of its own and return its only answer."""
    mark, transaction = len(stack.recorder.messages), next(NUMBERS)
    stack.recorder.publish(f"{BASE}/{topic}", json.dumps({**payload, "transaction": transaction}))

    def is_answer(told: Any) -> bool:
        return bool(told["transaction"] == transaction)

    answer = await stack.recorder.expect(f"{BASE}/bridge/response/{answered_on}", is_answer, since=mark, timeout_s=60)
    assert answer["status"] in ("ok", "error")
    assert isinstance(answer["data"], dict)
    return answer


def pids(stack: Stack) -> dict[str, int | None]:
    return {service: stack.pid_of(service) for service in SERVICES}


def properties(exposes: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """All properties that can be set or read, with their exposes."""
    for expose in exposes:
        if "property" in expose and expose.get("access", 0) & 6:
            yield expose["property"], expose
        elif "features" in expose:
            yield from properties(expose["features"])


def near(expose: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that the property takes, or nearly."""
    kept = expose.get("values") or [expose.get("value_on"), expose.get("value_off")]
    low, high = int(expose.get("value_min", 0)), int(expose.get("value_max", 255))
    parts = [feature["name"] for feature in expose.get("features", ())] or ["x"]
    composed = st.dictionaries(st.sampled_from(parts), st.integers(-1, 70000) | PLAIN, max_size=4)
    return st.sampled_from(kept) | st.integers(low - 1, high + 1) | composed | VALUES


@pytest.mark.parametrize("path", PATHS)
async def test_each_request_is_answered_once_and_an_error_changes_nothing(stack: Stack, path: str) -> None:
    alive, said = pids(stack), len(stack.log)
    for payload in examples(nearly(RIGHT.get(path, {})), ROUNDS):
        mark, before = len(stack.recorder.messages), configuration(stack)
        answer = await answer_to(stack, f"bridge/request/{path}", path, payload)
        await stack.request("health_check", "")  # what follows an answer was told when the next one is there
        if answer["status"] == "error":
            assert answer["error"]
            assert answer["data"] == {}
            assert configuration(stack) == before, payload
        assert len(stack.recorder.of(f"{BASE}/bridge/response/{path}", mark)) == 1 + (path == "health_check")
    assert pids(stack) == alive
    assert [line for line in stack.log[said:].splitlines() if any(word in line for word in DEFECTS)] == []


@pytest.mark.parametrize("way", ["set", "get"])
@pytest.mark.parametrize("name", NAMES)
async def test_each_property_takes_any_value_or_says_what_is_wrong(stack: Stack, name: str, way: str) -> None:
    alive, said, before = pids(stack), len(stack.log), configuration(stack)
    device = next(d for d in stack.recorder.last(f"{BASE}/bridge/devices") if d["friendly_name"] == name)
    for key, expose in properties(device["definition"]["exposes"]):
        for value in examples(near(expose), 3 if way == "set" else 1):
            answer = await answer_to(stack, f"{name}/{way}", way, {key: value})
            assert set(answer["data"]["keys"]) == {key}
    assert pids(stack) == alive
    assert configuration(stack) == before
    assert [line for line in stack.log[said:].splitlines() if any(word in line for word in DEFECTS)] == []


@pytest.mark.parametrize("path", PATHS)
async def test_a_request_that_is_no_object_is_answered(stack: Stack, path: str) -> None:
    alive, said = pids(stack), len(stack.log)
    for payload in ("", "{", b"\xff\x00", "[]", "17", "null", '"x"', "[" * 200, "1e999"):
        before = configuration(stack)
        answer = await stack.request(path, payload)
        if answer["status"] == "error":
            assert configuration(stack) == before, payload
    assert pids(stack) == alive
    assert [line for line in stack.log[said:].splitlines() if any(word in line for word in DEFECTS)] == []
