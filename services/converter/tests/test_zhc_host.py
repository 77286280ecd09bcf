"""Definitions of zigbee-herdsman-converters in the embedded engines: what they say, and what stops the bad ones."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from services.converter.tests.zhc_home import (
    ON,
    VALVE,
    catalogue,
    definition,
    device,
    heard,
    payloads,
    sender,
    use,
    valve,
)

from zigbus.contract.base import JsonObject
from zigbus_converter.zhc import protocol as p
from zigbus_converter.zhc.engines import installed
from zigbus_converter.zhc.host import Host
from zigbus_converter.zhc.identities import Identities
from zigbus_converter.zhc.protocol import DefinitionFailed


@pytest.fixture(scope="module", params=installed())
def host(request: pytest.FixtureRequest) -> Host:
    """A host of its own for each engine."""
    return Host(catalogue(), request.param, call_limit_s=0.5)


@pytest.fixture
def opened(host: Host) -> Iterator[p.Opened]:
    """The valve, open."""
    found = host.identify(valve())
    assert found is not None
    step = host.open(valve(), found)
    assert step.opened is not None
    yield step.opened
    host.close(VALVE)


def test_a_device_that_only_the_catalogue_knows_is_described(opened: p.Opened) -> None:
    assert (opened.vendor, opened.model) == ("AVATTO", "ME167_1")
    assert {"child_lock", "schedule_monday"} <= {expose.get("property") for expose in opened.exposes}
    assert opened.configures


def test_a_datapoint_becomes_a_property(host: Host, opened: p.Opened) -> None:
    step = heard(host, valve(), "09SS02 0001 07 01 0001 01", 0xEF00)
    assert (step.converted, payloads(step)) == (True, [{"child_lock": "LOCK"}])


def test_a_set_asks_for_a_command_and_gives_a_state(host: Host, opened: p.Opened) -> None:
    message: JsonObject = {"child_lock": "LOCK"}
    place = sender(opened, "child_lock")
    ask = p.Set(
        now_ms=0, ieee=VALVE, converter=place, endpoint=1, key="child_lock", value="LOCK", message=message, state={}
    )
    asked: list[p.AirOp] = []
    _, done = host.run(ask, asked.append)
    assert done.result == {"state": {"child_lock": "LOCK"}, "members_state": {}}
    assert [(type(op), getattr(op, "cluster", None)) for op in asked] == [(p.InvokeOp, 0xEF00)]
    assert getattr(asked[0], "payload", "").endswith("0701000101")


def test_a_failed_command_fails_the_set(host: Host) -> None:
    def refuse(op: p.AirOp) -> None:
        raise TimeoutError("no answer")

    sends = "[{key: ['state'], convertSet: async (entity) => { await entity.command('genOnOff', 'on', {}); }}]"
    code = f"module.exports = {definition('fails', '() => null', toZigbee=sends)}"
    described, step = use(host, "fails.js", code, "fails")
    place = sender(step.opened, "state")
    ask = p.Set(now_ms=0, ieee=described.ieee, converter=place, endpoint=1, key="state", value="ON", message={})
    _, done = host.run(ask, refuse)
    assert done.error is not None
    assert done.error.text == "no answer"
    assert done.error.effect is not None


def test_the_set_up_reads_from_the_device(host: Host, opened: p.Opened) -> None:
    effects, done = host.run(p.Configure(now_ms=0, ieee=VALVE), lambda op: "" if isinstance(op, p.ReadOp) else None)
    assert done.error is None
    assert [type(op) for op in effects if isinstance(op, p.AirOp)] == [p.ReadOp, p.InvokeOp]


def test_the_clock_shows_when_a_frame_was_heard(host: Host) -> None:
    described, _ = use(host, "clock.js", f"module.exports = {definition('clock', '() => ({at: Date.now()})')}", "clock")
    assert payloads(heard(host, described, ON, 6, at_s=1234.5)) == [{"at": 1234500}]


def test_attributes_of_an_earlier_life_are_known(host: Host) -> None:
    told = "(m, msg) => ({level: msg.endpoint.getClusterAttributeValue('genLevelCtrl', 'currentLevel')})"
    described, _ = use(host, "memory.js", f"module.exports = {definition('memory', told)}", "memory")
    found = host.load("memory.js", f"module.exports = {definition('memory', told)}")
    assert len(found) == 1
    host.close(described.ieee)
    matched = Identities.of(found).find(described)
    assert matched is not None
    host.open(described, matched, attributes={"1/8/0": 77})
    assert payloads(heard(host, described, ON, 6)) == [{"level": 77}]


def test_what_a_definition_saves_is_remembered(host: Host) -> None:
    saves = "(m, msg) => { msg.device.meta.seen = 3; msg.device.save(); }"
    described, _ = use(host, "saves.js", f"module.exports = {definition('saves', saves)}", "saves")
    kept = [op for op in heard(host, described, ON, 6).effects if isinstance(op, p.Remember)]
    assert [(op.key, op.value) for op in kept] == [("device", {"seen": 3})]


def test_a_timer_is_started_stopped_and_fired(host: Host) -> None:
    timed = (
        "(m, msg, publish) => { clearTimeout(globalThis.t); globalThis.t = setTimeout(() => publish({late: 1}), 500); }"
    )
    described, _ = use(host, "timer.js", f"module.exports = {definition('timer', timed)}", "timer")
    first = heard(host, described, ON, 6).timers
    second = heard(host, described, ON, 6)
    assert [ms for _, ms in first] == [500]
    assert any(isinstance(op, p.TimerStopped) and op.timer == first[0][0] for op in second.effects)
    assert payloads(host.ask(p.Fire(now_ms=0, ieee=described.ieee, timer=first[0][0]))) == []
    assert payloads(host.ask(p.Fire(now_ms=0, ieee=described.ieee, timer=second.timers[0][0]))) == [{"late": 1}]


def test_a_user_module_in_es_form_uses_the_libraries(host: Host) -> None:
    code = """
import {temperature} from 'zigbee-herdsman-converters/lib/modernExtend';
import * as exposes from 'zigbee-herdsman-converters/lib/exposes';
const e = exposes.presets;
export default {zigbeeModel: ['es'], model: 'ES', vendor: 'Household', description: 'Test', extend: [temperature()], exposes: [e.battery()]};
"""
    described, step = use(host, "es.mjs", code, "es")
    assert step.opened is not None
    assert [expose["name"] for expose in step.opened.exposes] == ["battery", "temperature"]
    assert payloads(heard(host, described, "18SS0a 0000 29 6608", 0x0402)) == [{"temperature": 21.5}]


def test_a_user_module_that_is_replaced_is_used_anew(host: Host) -> None:
    for value in (1, 2):
        described, _ = use(
            host, "again.js", f"module.exports = [{definition('again', f'() => ({{v: {value}}})')}]", "again"
        )
        assert payloads(heard(host, described, ON, 6)) == [{"v": value}]


def test_a_module_with_a_fault_is_refused(host: Host) -> None:
    with pytest.raises(DefinitionFailed, match="nosuchthing"):
        host.load("fault.js", "module.exports = nosuchthing;")


BAD = {
    "raises": "() => { throw new Error('no'); }",
    "loops": "() => { for (;;); }",
    "promises without end": "() => { const again = () => Promise.resolve().then(again); again(); }",
    "loops in a promise": "() => { Promise.resolve().then(() => { for (;;); }); return {a: 1}; }",
    "takes all memory": "() => { const a = []; for (;;) a.push('x'.repeat(10000) + a.length); }",
    "hoards memory": "() => { for (;;) (globalThis.hoard ??= []).push(new Array(1000).fill(1)); }",
    "returns a circle": "() => { const a = {}; a.a = a; return a; }",
    "recurses for ever": "() => { const f = () => f() + 1; return f(); }",
    "publishes for ever": "(m, msg, publish) => { for (;;) publish({a: 1}); }",
}


def outlive(host: Host, bad: str, number: int) -> None:
    """Have a bad definition convert a message; what was there before it and what comes after it still works."""
    code = f"module.exports = [{definition('bad', bad)}, {definition('good', '() => ({v: 1})')}]"
    found = host.identify(other := device("TS0601", "_TZE200_p3dbf6qs", 0xEF00, ieee="0xa4c1380000000009"))
    assert found is not None
    host.open(other, found)
    described, _ = use(host, "bad.js", code, "bad")
    try:
        step = heard(host, described, ON, 6)
    except DefinitionFailed:
        pass
    else:
        assert any(isinstance(op, p.Failed) for op in step.effects) or (step.done is not None and step.done.error)
        assert payloads(step) == []
    lock = heard(host, other, "09SS02 0001 07 01 0001 00", 0xEF00, sequence=number)
    assert payloads(lock) == [{"child_lock": "UNLOCK"}]
    healthy, _ = use(host, "bad.js", code, "good")
    assert payloads(heard(host, healthy, ON, 6)) == [{"v": 1}]


def test_a_bad_definition_costs_one_message() -> None:
    host = Host(catalogue(), call_limit_s=0.5)
    for number, bad in enumerate(BAD.values()):
        outlive(host, bad, number)


def test_a_bad_definition_costs_one_message_in_the_second_engine_too() -> None:
    # in a process of its own: V8 reports the end of what it stopped to a loop that may be gone, which pytest takes ill
    catalogue()
    program = f"import {__name__} as t; h = t.Host(t.catalogue(), 'mini-racer', call_limit_s=0.5)"
    program += "\nfor n, bad in enumerate(t.BAD.values()): t.outlive(h, bad, n)\nprint('outlived')"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=240)
    assert "outlived" in ran.stdout, ran.stderr[-2000:]


def test_what_is_no_object_is_not_published(host: Host) -> None:
    described, _ = use(host, "nonsense.js", f"module.exports = {definition('nonsense', '() => 12')}", "nonsense")
    assert payloads(heard(host, described, ON, 6)) == []


def test_there_is_no_file_no_network_and_no_process(host: Host) -> None:
    probe = "() => ({v: [typeof fetch, typeof XMLHttpRequest, typeof std, typeof os, typeof Deno].join()})"
    described, _ = use(host, "probe.js", f"module.exports = {definition('probe', probe)}", "probe")
    assert payloads(heard(host, described, ON, 6)) == [{"v": ",".join(["undefined"] * 5)}]
    with pytest.raises(DefinitionFailed, match="not available"):
        host.load("file.js", "require('node:fs').readFileSync('/etc/passwd'); module.exports = [];")
