"""What `set` and `get` share: the name that was typed, and how the outcome of each key is told."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping

from zigbus.contract.base import FailureCode, Json
from zigbus.contract.requests import KeyOutcome, KeysResult
from zigbus_terminal.home import Home, Target
from zigbus_terminal.session import Exit, ToolError
from zigbus_terminal.text import pairs


def target_of(home: Home, name: str) -> Target:
    """Return what a name stands for. Raises ToolError that says how to find the right one."""
    target = home.find(name)
    if target is None:
        raise ToolError(f"There is no device or group '{name}'; `zigbus devices` lists them.")
    return target


def tell(result: KeysResult, values: Mapping[str, Json], *, as_json: bool) -> Exit:
    """Print the outcome of every key and return the exit code. `values`: what is known of a key by now."""
    for outcome in result.keys:
        value = values.get(outcome.key, outcome.value)
        if as_json:
            sys.stdout.write(json.dumps(_facts(outcome, value), ensure_ascii=False) + "\n")
        elif outcome.failure is not None:
            sys.stderr.write(f"zigbus: {outcome.key}: {outcome.failure.text}\n")
        else:
            note = "  (the device sleeps; it is sent as soon as it is heard)" if outcome.queued else ""
            sys.stdout.write(f"{pairs({outcome.key: value}) or outcome.key}{note}\n")
    return exit_of(result)


def exit_of(result: KeysResult) -> Exit:
    """Return the exit code: done only if every key is."""
    codes = [outcome.failure.code for outcome in result.keys if outcome.failure is not None]
    if not codes:
        return Exit.DONE
    return Exit.UNREACHABLE if all(code is FailureCode.UNAVAILABLE for code in codes) else Exit.FAILED


def _facts(outcome: KeyOutcome, value: Json) -> dict[str, Json]:
    error = None if outcome.failure is None else {"code": outcome.failure.code.value, "text": outcome.failure.text}
    return {
        "key": outcome.key,
        "value": value,
        "done": outcome.failure is None,
        "queued": outcome.queued,
        "error": error,
    }
