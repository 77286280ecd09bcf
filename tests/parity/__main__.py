"""Compares our definitions with zigbee-herdsman-converters: of some models, or all and into `docs/parity.md`."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import msgspec

from tests.parity.compare import KINDS, Difference, Verdict, same, verdict
from tests.parity.corpus import sessions
from tests.parity.report import REPORT, report
from tests.parity.whole import CATALOGUE, OWN_WORDS, compare_all, generated_for, start_over
from zigbus.contract.base import Json

GENERATED = "generated"


def main() -> int:
    """Compare; returns 1 if something of the named models differs."""
    parser = argparse.ArgumentParser(prog="python -m tests.parity", description=__doc__)
    parser.add_argument("models", nargs="*", help="model, model id, or manufacturer name (Tuya); none: everything")
    parser.add_argument(
        "--provider",
        choices=(*CATALOGUE, GENERATED),
        default="native",
        help="whose definitions of these models; `generated`: of devices that nobody lists",
    )
    parser.add_argument("--show", type=int, default=6, help="differences shown of each session")
    parser.add_argument("--again", action="store_true", help="everything: also what an earlier run has done")
    asked = parser.parse_args()
    return _models(asked) if asked.models or asked.provider == GENERATED else _everything(again=asked.again)


def _everything(*, again: bool) -> int:
    if again:
        start_over()
    tally = compare_all(os.cpu_count() or 1)
    Path(REPORT).write_text(report(tally), encoding="utf-8")
    sys.stdout.write(f"{REPORT} is written; {len(tally.differences)} differences\n")
    return 0


def _models(asked: argparse.Namespace) -> int:
    listed = CATALOGUE[asked.provider]() if asked.provider in CATALOGUE else None
    worst = 0
    for session in sessions(asked.models, unknown=asked.provider == GENERATED):
        result = verdict(session, listed or generated_for(session), own_words=asked.provider in OWN_WORDS)
        worst = max(worst, len(result.differences), not result.known)
        _print(result, asked.show)
    return 1 if worst else 0


def _print(result: Verdict, shown: int) -> None:
    session = result.session
    name = f"{session.vendor} {session.model} ({session.file}.{session.index}) {_json(session.options)}"
    if not result.known:
        sys.stdout.write(f"{name}: not known\n")
        return
    counts = [f"{kind} {result.compared[kind] - result.differing(kind)}/{result.compared[kind]}" for kind in KINDS]
    sys.stdout.write(f"{name}: {', '.join(counts)}\n")
    for difference in result.differences[:shown]:
        _print_difference(difference)


def _print_difference(difference: Difference) -> None:
    step = difference.step
    asked = "" if step is None else _json(step.hear or step.set or step.get or step.wait)
    theirs, ours = _differing(difference.theirs, difference.ours)
    sys.stdout.write(f"  {difference.kind} {asked}\n    upstream {_json(theirs)}\n    ours     {_json(ours)}\n")
    if step is not None and step.failed:
        sys.stdout.write(f"    upstream says {_json(step.failed)}\n")


def _differing(theirs: Json, ours: Json) -> tuple[Json, Json]:
    """Return only what is not equal of two objects or lists of the same length."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        keys = [key for key in {**theirs, **ours} if not same(theirs.get(key), ours.get(key))]
        return {key: theirs.get(key) for key in keys}, {key: ours.get(key) for key in keys}
    if isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        pairs = [(one, other) for one, other in zip(theirs, ours, strict=True) if not same(one, other)]
        return [one for one, _ in pairs], [other for _, other in pairs]
    return theirs, ours


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


sys.exit(main())
