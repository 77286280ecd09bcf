"""Compares our definitions with zigbee-herdsman-converters: of some models, or all and into `docs/parity.md`."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import msgspec

from tests.parity.compare import KINDS, Difference, Verdict, same, verdict
from tests.parity.corpus import Session, sessions
from tests.parity.report import REPORT, report
from tests.parity.sides import LISTED, UNLISTED
from tests.parity.whole import FRAMES, compare_all, start_over
from zigbus.contract.base import Json


def main() -> int:
    """Compare; returns 1 if something of the named models differs."""
    parser = argparse.ArgumentParser(prog="python -m tests.parity", description=__doc__)
    parser.add_argument("models", nargs="*", help="model, model id, or manufacturer name (Tuya); none: everything")
    parser.add_argument(
        "--provider",
        choices=(*LISTED, *UNLISTED),
        help="whose definitions; `generated`: of devices that nobody lists",
    )
    parser.add_argument("--show", type=int, default=6, help="differences shown of each session")
    parser.add_argument("--again", action="store_true", help="everything: also what an earlier run has done")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="everything: at the same time")
    parser.add_argument("--frames", type=int, default=FRAMES, help="everything: heard of each definition at most")
    asked = parser.parse_args()
    return _models(asked) if asked.models or asked.provider in UNLISTED else _everything(asked)


def _everything(asked: argparse.Namespace) -> int:
    if asked.again:
        start_over()
    tally = compare_all(asked.workers, asked.provider, asked.frames)
    Path(REPORT).write_text(report(tally), encoding="utf-8")
    sys.stdout.write(f"{REPORT} is written; {len(tally.differences)} differences\n")
    return 0


def _models(asked: argparse.Namespace) -> int:
    sort = {**LISTED, **UNLISTED}[asked.provider or "native"]
    worst = 0
    for session in sessions(asked.models, unknown=asked.provider in UNLISTED):
        result = verdict(session, sort)
        worst = max(worst, 1 if result is None else len(result.differences))
        _print(session, result, asked.show)
    return 1 if worst else 0


def _print(session: Session, result: Verdict | None, shown: int) -> None:
    name = f"{session.vendor} {session.model} ({session.file}.{session.index}) {_json(session.options)}"
    if result is None:
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
