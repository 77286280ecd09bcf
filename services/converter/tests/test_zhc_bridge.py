"""Steps of the engine as effects and conversations; identities; modules. Values only."""

from __future__ import annotations

from typing import Any

import pytest
from services.converter.tests.zhc_home import VALVE, device, valve

from zigbus.contract.base import Failure, FailureCode, RequestFailed
from zigbus.contract.events import AttributeValue
from zigbus_converter.effects import (
    CancelTimer,
    Consult,
    Conversation,
    Effect,
    Invoke,
    Learn,
    Merge,
    PublishHeard,
    Read,
    Remember,
    SetTimer,
    Wait,
    Wake,
)
from zigbus_converter.entity import Entity
from zigbus_converter.zhc import bridge
from zigbus_converter.zhc import protocol as p
from zigbus_converter.zhc.es_modules import to_commonjs
from zigbus_converter.zhc.identities import Fingerprint, Identities, Identity, Label
from zigbus_converter.zhc.protocol import DefinitionFailed

READ = p.ReadOp(ieee=VALVE, id=1, endpoint=1, cluster=6, attributes=(0,))
DONE = p.Done(result={"state": {"state": "ON"}, "members_state": {}})


def entity() -> Entity:
    """The valve, without a definition."""
    found = Entity(VALVE)
    found.known = valve()
    return found


def held(conversation: Conversation, answer: Any) -> list[Effect]:
    """Hold a conversation; `answer` is called with each effect, and may raise what is thrown in."""
    effects: list[Effect] = []
    try:
        effect = next(conversation)
        while True:
            effects.append(effect)
            try:
                given = answer(effect)
            except RequestFailed as error:
                effect = conversation.throw(error)
            else:
                effect = conversation.send(given)
    except StopIteration:
        return effects


def test_what_stays_in_the_process_is_done_with_the_frame_and_the_rest_in_a_conversation() -> None:
    step = p.Step(
        effects=(
            p.Heard(payload={"a": 1}),
            p.Remember(key="device", value={"b": 2}),
            p.Learn(endpoint=1, cluster=6, values={"0": 1}),
            p.TimerStopped(timer=4),
            READ,
        ),
        done=p.Done(),
        converted=True,
    )
    converted = bridge.converted(step, entity(), "life")
    assert converted.effects == (
        PublishHeard({"a": 1}),
        Remember(key="zhc.device", value={"b": 2}),
        Learn(endpoint=1, cluster=6, values={"0": 1}),
        CancelTimer(key="zhc.timer.4"),
    )
    assert converted.follow_up is not None
    answered = AttributeValue(id=0, type=0x10, value=True)
    effects = held(converted.follow_up, lambda e: (answered,) if isinstance(e, Read) else p.Step())
    assert [type(effect) for effect in effects] == [Read, Consult]


def test_the_state_of_a_set_is_merged_when_all_its_frames_are_answered() -> None:
    invoke = p.InvokeOp(ieee=VALVE, id=1, endpoint=1, cluster=6, command=1, payload="0102")
    steps = iter((p.Step(effects=(invoke,)), p.Step(done=DONE)))
    request = p.Configure(now_ms=0, ieee=VALVE)
    effects = held(bridge.consult(request, entity(), "life"), lambda e: next(steps) if isinstance(e, Consult) else None)
    assert [type(effect) for effect in effects] == [Consult, Invoke, Consult, Merge]
    assert effects[-1] == Merge({"state": "ON"})


def test_the_failure_of_the_radio_is_what_a_set_fails_with() -> None:
    failure = RequestFailed(Failure(code=FailureCode.TIMEOUT, text="no answer"))
    broken = p.Done(error=p.Fault(text="no answer", effect=1))

    def answer(effect: Effect) -> Any:
        if isinstance(effect, Read):
            raise failure
        return p.Step(done=broken)

    with pytest.raises(RequestFailed) as raised:
        held(bridge.conversation(p.Step(effects=(READ,)), entity(), "life"), answer)
    assert raised.value is failure


def test_a_call_that_sleeps_goes_on_when_its_timer_is_over_and_leaves_the_others_running() -> None:
    effects = held(
        bridge.conversation(p.Step(timers=((1, 500), (2, 9000))), entity(), "life"),
        lambda e: p.Step(done=DONE) if isinstance(e, Consult) else None,
    )
    assert [type(effect) for effect in effects] == [Wait, Consult, SetTimer, Merge]
    left = effects[2]
    assert isinstance(left, SetTimer)
    assert (left.key, left.after_s, left.effects) == ("zhc.timer.2", 8.5, (Wake(timer=2, life="life"),))


def test_a_call_that_waits_for_nothing_fails() -> None:
    with pytest.raises(DefinitionFailed, match="never comes"):
        held(bridge.conversation(p.Step(), entity(), "life"), lambda e: None)


def test_timers_of_an_earlier_life_do_nothing() -> None:
    assert held(bridge.woken(entity(), Wake(timer=1, life="earlier"), "life"), lambda e: None) == []
    assert len(held(bridge.woken(entity(), Wake(timer=1, life="life"), "life"), lambda e: p.Step())) == 1


# ---- identities ----------------------------------------------------------------------------------------------------------


def one(model: str, **more: Any) -> Identity:
    """An identity in a file of its own."""
    return Identity(file=model, index=0, model=model, vendor="V", description="D", **more)


def test_a_fingerprint_goes_before_the_model_id_and_the_higher_priority_first() -> None:
    known = Identities.of(
        [
            one("by model", models=("TS0601",)),
            one("low", fingerprints=(Fingerprint(model_id="TS0601", manufacturer_name="A"),)),
            one("high", fingerprints=(Fingerprint(model_id="TS0601", manufacturer_name="A", priority=1),)),
        ]
    )
    assert [found.model for name in ("A", "B") if (found := known.find(device("TS0601", name))) is not None] == [
        "high",
        "by model",
    ]


def test_a_model_id_is_found_without_what_devices_append_and_in_any_case_only_if_alone() -> None:
    known = Identities.of([one("lamp", models=("Lamp",))])
    assert known.find(device("Lamp\0\0", "A")) is not None
    assert known.find(device("LAMP", "A")) is not None
    assert known.find(device("Lamp2", "A")) is None


def test_a_white_label_gives_its_name() -> None:
    label = Label(model="Other", fingerprints=(Fingerprint(manufacturer_name="Maker"),))
    known = Identities.of([one("lamp", models=("Lamp",), labels=(label,))])
    found = known.find(device("Lamp", "Maker"))
    assert found is not None
    assert (found.model, found.vendor, found.description) == ("Other", "V", "D")


# ---- modules -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("import * as m from 'x';", 'const m = require("x");'),
        ('import {a, b as c} from "x";', 'const {a, b: c} = require("x");'),
        ("import 'x';", 'require("x");'),
        ("export default {a: 1};", "module.exports.default = {a: 1};"),
        ("export const a = 1;", "const a = 1;\nexports.a = a;"),
        ("const a = 1;\nexport {a as b};", "const a = 1;\n\nexports.b = a;"),
        ("const fz = require('x');\nmodule.exports = fz;", "const fz = require('x');\nmodule.exports = fz;"),
    ],
)
def test_a_module_becomes_one_that_the_engine_loads(written: str, read: str) -> None:
    assert to_commonjs(written) == read
