"""Files of the household with definitions: what is taken, and how a wrong one is refused."""

from __future__ import annotations

import contextlib
import time
from typing import Any

import pytest

from zigbus.contract.base import FailureCode, RequestFailed
from zigbus_converter.definition import Receiver
from zigbus_converter.effects import Merge, Read
from zigbus_converter.guarded import CALL_S
from zigbus_converter.time_limit import TimeLimit, TookTooLong
from zigbus_converter.user_code import Refused, python_definitions

IMPORTS = """\
from zigbus_converter.definition import Definition, Part, Receiver
from zigbus_converter.effects import Merge, Read
from zigbus_converter.parts.sensors import temperature
"""


def one(parts: str = "(temperature(),)", models: str = '("TH-9",)', before: str = "") -> str:
    """Return a file with one definition; it stands in line 7 if nothing comes before."""
    return f"""{IMPORTS}{before}
DEFINITIONS = (
    # the only one
    Definition(models={models}, model="TH-9", vendor="Acme", description="Thermometer", parts={parts}),
)
"""


def refusal(code: str) -> Refused:
    with pytest.raises(Refused) as refused:
        python_definitions("acme.py", code)
    return refused.value


def test_file_in_the_native_form_gives_external_definitions() -> None:
    (definition,) = python_definitions("acme.py", one())
    assert (definition.model, definition.vendor, definition.source) == ("TH-9", "Acme", "external")


def test_file_may_define_its_own_dataclasses() -> None:
    before = "from __future__ import annotations\nfrom dataclasses import dataclass\n"
    python_definitions("acme.py", before + one(before="@dataclass\nclass Limits:\n    low: int = 1\n"))


@pytest.mark.parametrize(
    ("code", "line", "reason"),
    [
        ("DEFINITIONS = (\n  Definition(", 2, "SyntaxError: '(' was never closed"),
        ("import zigbus_converter.parts.toaster", 1, "ModuleNotFoundError: No module named 'zigbus_converter.parts.toaster'"),
        (one(parts="(temperatur(),)"), 7, "NameError: name 'temperatur' is not defined"),
        (one(parts="(temperature(scale=10),)"), 7, "unexpected keyword argument 'scale'"),
        (one(parts="(temperature(),), colour='red'"), 7, "unexpected keyword argument 'colour'"),
        (one(parts="temperature()"), 7, "parts of TH-9 must be a tuple of Part, got Part "),
        (one(parts="(temperature,)"), 7, "parts of TH-9 must be a tuple of Part, got function "),
        (one(models='"TH-9"'), 7, "models of TH-9 must be a tuple of str, got str 'TH-9'"),
        (one(models="()"), 7, "TH-9 would match no device"),
        (one(before="exit()\n"), 4, "SystemExit"),
        ("# nothing", None, "the file defines no DEFINITIONS"),
        ("DEFINITIONS = 3", 1, "DEFINITIONS must be a tuple"),
        ("A = 1\nDEFINITIONS = (A,)", 2, "DEFINITIONS holds int 1, not a Definition"),
        ("\0", None, "cannot contain null bytes"),
    ],
)  # fmt: skip
def test_wrong_file_is_refused_with_line_and_reason(code: str, line: int | None, reason: str) -> None:
    refused = refusal(code)
    assert reason in refused.reason
    assert refused.line == line


def test_exposes_that_cannot_be_made_are_refused_with_their_line() -> None:
    refused = refusal(one(parts="(Part(exposes=(lambda device: device.definition,)),)"))
    assert "the exposes of TH-9 cannot be made" in refused.reason
    assert refused.line == 7


def receiver(body: str) -> Receiver:
    """Return the receiver of a file whose receive function has this body."""
    before = f"def receive(frame, device):\n    {body}\n"
    parts = '(Part(receivers=(Receiver(6, ("report",), receive),)),)'
    (definition,) = python_definitions("acme.py", one(parts=parts, before=before))
    return definition.parts[0].receivers[0]


def test_function_of_the_household_keeps_its_name_for_the_log() -> None:
    function = receiver("yield Merge({'a': 1})").receive
    assert (function.__module__, function.__qualname__) == ("external_converters.acme", "receive")
    assert list(function(None, None)) == [Merge({"a": 1})]  # type: ignore[arg-type]  # this one looks at neither


@pytest.mark.parametrize(
    "body",
    [
        "while True: pass",
        "yield 1\n    while True: pass",
        "while True:\n        try: 1 / 0\n        except Exception: pass",
    ],
)
def test_endless_loop_of_the_household_is_ended(body: str) -> None:
    function = receiver(body).receive
    started = time.monotonic()
    with pytest.raises(TookTooLong):
        list(function(None, None))  # type: ignore[arg-type]  # this one looks at neither
    assert time.monotonic() - started >= CALL_S


def test_file_that_never_ends_is_refused() -> None:
    refused = refusal(one(before="while True: pass\n"))
    assert refused.line == 4
    assert "TookTooLong" in refused.reason


def nested(until_s: float) -> None:
    with TimeLimit(0.2):
        with TimeLimit(0.01):
            pass
        while time.monotonic() < until_s:
            pass


def test_inner_limit_does_not_end_the_outer_one() -> None:
    with pytest.raises(TookTooLong):
        nested(time.monotonic() + 20)


def test_every_step_of_a_conversation_is_limited_and_its_answers_and_failures_arrive() -> None:
    before = """\
from zigbus_converter.definition import Sender
from zigbus_converter.effects import Read
from zigbus.contract.base import RequestFailed
def converse(ask):
    try:
        records = yield Read(endpoint=1, cluster=6, attributes=(0,))
    except RequestFailed as error:
        yield Merge({"failed": error.failure.text})
        while True:
            pass
    yield Merge({"read": records})
"""
    parts = '(Part(senders=(Sender(("state",), get=converse),), configure=(converse,), occasions=()),)'
    (definition,) = python_definitions("acme.py", one(parts=parts, before=before))
    get = definition.parts[0].senders[0].get
    assert get is not None
    talk: Any = get(None)  # type: ignore[arg-type]  # this one does not look at what is asked
    assert isinstance(next(talk), Read)
    assert talk.send("records") == Merge({"read": "records"})
    with pytest.raises(StopIteration):
        next(talk)
    (step,) = definition.parts[0].configure
    talk = step(None)  # type: ignore[arg-type]  # this one does not look at the device
    next(talk)
    assert talk.throw(RequestFailed.of(FailureCode.TIMEOUT, "asleep")) == Merge({"failed": "asleep"})
    with pytest.raises(TookTooLong):
        next(talk)


def test_limit_that_ends_with_its_block_leaves_nothing_behind() -> None:
    until_s = time.monotonic() + 0.5
    ended = 0
    while time.monotonic() < until_s:  # so that alarms ring anywhere, also where a block begins or ends
        with contextlib.suppress(TookTooLong), TimeLimit(0.001):
            ended += sum(range(2000)) > 0
    deadline_s = time.monotonic() + 0.3
    while time.monotonic() < deadline_s:
        pass
    assert ended
    with pytest.raises(TookTooLong):
        nested(time.monotonic() + 20)
