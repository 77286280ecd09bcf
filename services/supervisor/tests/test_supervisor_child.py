from __future__ import annotations

import pytest

from zigbus_supervisor.child import LONGEST_PAUSE_S, RestartPolicy, ending
from zigbus_supervisor.journal import render


def test_first_restart_is_at_once_and_later_ones_wait_longer_and_longer() -> None:
    policy, pauses = RestartPolicy(), []
    for _ in range(8):
        policy = policy.after(ran_s=0.1, code=-9)
        pauses.append(policy.pause_s)
    assert pauses == [0.0, 0.5, 1.0, 2.0, 4.0, 8.0, LONGEST_PAUSE_S, LONGEST_PAUSE_S]


def test_long_run_makes_the_next_restart_immediate_again() -> None:
    policy = RestartPolicy(failures=6).after(ran_s=60.0, code=1)
    assert policy.pause_s == 0.0


def test_orderly_end_is_no_failure() -> None:
    policy = RestartPolicy(failures=3).after(ran_s=0.5, code=0)
    assert policy.pause_s == 0.0


@pytest.mark.parametrize(
    ("code", "words"), [(0, "ended with code 0"), (-9, "was ended by SIGKILL"), (-200, "was ended by signal 200")]
)
def test_ending_is_told_in_words(code: int, words: str) -> None:
    assert ending(code) == words


def test_plain_log_keeps_the_line_and_names_the_process() -> None:
    assert (
        render("radio", "2026-11-20T10:00:00Z warning adapter_lost", colourful=False)
        == "radio      2026-11-20T10:00:00Z warning adapter_lost"
    )


def test_terminal_log_shows_the_clock_and_colours_what_needs_attention() -> None:
    shown = render("radio", "2026-11-20T10:00:00.123Z warning adapter_lost port=x", colourful=True)
    assert "10:00:00" in shown
    assert "2026" not in shown
    assert "\x1b[33madapter_lost port=x\x1b[0m" in shown
