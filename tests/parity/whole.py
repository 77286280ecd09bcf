"""Compares the whole catalogue, in parts: what was done before an interruption need not be done again."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import msgspec

from tests.parity.compare import verdict
from tests.parity.corpus import Session, sessions
from tests.parity.sides import LISTED, UNLISTED, Sort
from tests.parity.tally import Tally

PARTS = 40
FRAMES = 160  # heard of each definition at most
FOLDER = Path("build/parity")


def compare_all(workers: int, folder: Path = FOLDER, tell: Callable[[str], None] = print) -> Tally:
    """Compare all parts that are not done yet and return the sum of all."""
    folder.mkdir(parents=True, exist_ok=True)
    open_parts = [part for part in range(PARTS) if not _file(folder, part).exists()]
    with ProcessPoolExecutor(workers) as pool:
        for part in pool.map(_compare_part, open_parts, [folder] * len(open_parts)):
            tell(f"part {part + 1} of {PARTS}")
    return summed(folder)


def start_over(folder: Path = FOLDER) -> None:
    """Forget what was done."""
    shutil.rmtree(folder, ignore_errors=True)


def summed(folder: Path = FOLDER) -> Tally:
    """Return the sum of the parts that are done."""
    result = Tally({}, {}, [], [])
    for file in sorted(folder.glob("part-*.json")):
        result.add(msgspec.json.decode(file.read_bytes(), type=Tally))
    return result


def _compare_part(part: int, folder: Path) -> int:
    result = Tally({}, {}, [], [])
    started_s = time.process_time() + sum(os.times()[2:4])
    _compare(sessions(part=f"{part}/{PARTS}", limit=FRAMES), LISTED, result)
    if part == 0:
        _compare(sessions(unknown=True), UNLISTED, result)
    result.cpu_s = time.process_time() + sum(os.times()[2:4]) - started_s
    half_done = _file(folder, part).with_suffix(".new")
    half_done.write_bytes(msgspec.json.encode(result))
    half_done.rename(_file(folder, part))
    return part


def _compare(corpus: Iterable[Session], sorts: Mapping[str, Sort], into: Tally) -> None:
    for session in corpus:
        for name, sort in sorts.items():
            compared = verdict(session, sort)
            if compared is not None:
                into.take(name, compared)
            elif name == "zhc":
                into.missing.append(f"{session.vendor} {session.model}")


def _file(folder: Path, part: int) -> Path:
    return folder / f"part-{part:02}.json"
