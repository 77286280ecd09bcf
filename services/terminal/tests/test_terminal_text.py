from __future__ import annotations

import pytest

from zigbus.contract.base import Failure, FailureCode
from zigbus.contract.definitions import DefinitionRecord
from zigbus.contract.devices import DeviceDescription, InterviewState, LogicalType
from zigbus.contract.household import Name
from zigbus.contract.requests import KeyOutcome, KeysResult
from zigbus.contract.updates import EntityState
from zigbus_terminal.asking import exit_of, tell
from zigbus_terminal.devices import cells
from zigbus_terminal.home import Home, Target
from zigbus_terminal.session import Exit
from zigbus_terminal.text import ago, assignments, pairs, table

LAMP, SWITCH, STICK = "0x00158d0001a2b3c4", "0x00158d0001a2b3c5", "0x00124b0000000001"
HOME = Home(
    devices={
        LAMP: DeviceDescription(
            ieee=LAMP,
            coordinator="main",
            nwk=1,
            logical_type=LogicalType.ROUTER,
            interview=InterviewState.SUCCESSFUL,
            last_seen_s=940.0,
        ),
        SWITCH: DeviceDescription(ieee=SWITCH, coordinator="main", nwk=2, model="lumi.switch", manufacturer="LUMI"),
        STICK: DeviceDescription(ieee=STICK, coordinator="main", nwk=0, logical_type=LogicalType.COORDINATOR),
    },
    definitions={
        LAMP: DefinitionRecord(ieee=LAMP, device_revision=1, supported=True, model="LED1545G12", vendor="IKEA"),
        SWITCH: DefinitionRecord(ieee=SWITCH, device_revision=1, endpoint_names={"left": 2}),
    },
    names={
        LAMP: Name(friendly_name="desk/lamp"),
        SWITCH: Name(friendly_name="switch"),
        "7": Name(friendly_name="upstairs"),
    },
    states={LAMP: EntityState(state={"state": "ON", "brightness": 120}, lqi=99)},
)


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("desk/lamp", Target(ieee=LAMP)),
        (LAMP, Target(ieee=LAMP)),
        (LAMP.upper().replace("X", "x"), Target(ieee=LAMP)),
        ("upstairs", Target(group=7)),
        ("7", Target(group=7)),
        ("switch/left", Target(ieee=SWITCH, endpoint="left")),
        ("switch/2", Target(ieee=SWITCH, endpoint="2")),
        ("switch/nowhere", None),
        ("desk", None),
        ("", None),
    ],
)
def test_name_ieee_group_id_and_endpoint_are_understood(text: str, target: Target | None) -> None:
    assert HOME.find(text) == target


def test_devices_come_by_name_and_without_coordinators() -> None:
    assert [row.name for row in HOME.rows()] == ["desk/lamp", "switch"]


def test_row_shows_the_definition_and_where_there_is_none_what_the_device_says() -> None:
    lamp, switch = HOME.rows()
    assert cells(lamp, now_s=1000.0) == (
        "desk/lamp", LAMP, "LED1545G12", "IKEA", "router", "successful", "99", "1 min ago", "state=ON brightness=120",
    )  # fmt: skip
    assert cells(switch, now_s=1000.0)[2:8] == ("lumi.switch", "LUMI", "unknown", "pending", "-", "never")


def test_table_is_aligned_and_cut_to_the_terminal() -> None:
    assert (
        table(("A", "B"), [("long name", "x"), ("s", "yyyyyyyy")], width=14)
        == "A          B\nlong name  x\ns          yy…"
    )


@pytest.mark.parametrize(
    ("seconds", "text"), [(None, "never"), (0.4, "0 s ago"), (61, "1 min ago"), (7200, "2 h ago"), (200_000, "2 d ago")]
)
def test_age_is_told_in_its_largest_unit(seconds: float | None, text: str) -> None:
    assert ago(seconds) == text


def test_values_are_json_where_they_can_be_and_text_elsewhere() -> None:
    assert assignments(["state=ON", "brightness=120", 'color={"x":0.3}', "effect=", "note=a=b", "on=true"]) == {
        "state": "ON", "brightness": 120, "color": {"x": 0.3}, "effect": "", "note": "a=b", "on": True,
    }  # fmt: skip


def test_json_object_is_taken_as_it_is() -> None:
    assert assignments(['{"state": "ON", "transition": 2}']) == {"state": "ON", "transition": 2}


@pytest.mark.parametrize("word", ["state", "=ON", "{broken"])
def test_word_that_assigns_nothing_is_an_error_that_quotes_it(word: str) -> None:
    with pytest.raises(ValueError, match=r"'.*'"):
        assignments([word])


def test_null_values_are_not_shown() -> None:
    assert pairs({"a": None, "b": False, "c": "x y"}) == "b=false c=x y"


FAILED = KeyOutcome(key="state", failure=Failure(code=FailureCode.TIMEOUT, text="The device did not answer"))
AWAY = KeyOutcome(key="state", failure=Failure(code=FailureCode.UNAVAILABLE, text="The stick is away"))
DONE = KeyOutcome(key="brightness", value=120)


@pytest.mark.parametrize(
    ("keys", "code"),
    [((DONE,), Exit.DONE), ((DONE, FAILED), Exit.FAILED), ((AWAY,), Exit.UNREACHABLE), ((AWAY, FAILED), Exit.FAILED)],
)
def test_exit_code_is_done_only_if_every_key_is(keys: tuple[KeyOutcome, ...], code: Exit) -> None:
    assert exit_of(KeysResult(keys=keys)) is code


def test_outcome_of_each_key_is_told_values_to_stdout_failures_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    tell(KeysResult(keys=(DONE, FAILED, KeyOutcome(key="x", value=1, queued=True))), {}, as_json=False)
    said = capsys.readouterr()
    assert said.out.splitlines()[0] == "brightness=120"
    assert "sleeps" in said.out.splitlines()[1]
    assert said.err == "zigbus: state: The device did not answer\n"
