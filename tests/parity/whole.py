"""Compares the whole catalogue, in parts: what was done before an interruption need not be done again."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import msgspec

from tests.parity.compare import verdict
from tests.parity.corpus import Session, sessions
from tests.parity.sides import LISTED, UNLISTED, Sort
from tests.parity.tally import Tally

PARTS = 40
FRAMES = 160  # heard of each definition at most, and a quarter of them with each option
FOLDER = Path("build/parity")


def compare_all(workers: int, only: str | None = None, frames: int = FRAMES, folder: Path = FOLDER) -> Tally:
    """Compare all parts that are not done yet and return the sum of all. `only`: with one source of definitions."""
    folder.mkdir(parents=True, exist_ok=True)
    names = tuple(LISTED) if only is None else (only,)
    label = only or "part"
    open_parts = [part for part in range(PARTS) if not _file(folder, label, part).exists()]
    with ProcessPoolExecutor(workers) as pool:
        for part in pool.map(
            partial(_compare_part, label=label, names=names, frames=frames, folder=folder), open_parts
        ):
            print(f"{label} {part + 1} of {PARTS}", flush=True)  # noqa: T201 - it takes long, so it says how far it is
    return summed(folder)


def start_over(folder: Path = FOLDER) -> None:
    """Forget what was done."""
    shutil.rmtree(folder, ignore_errors=True)


def summed(folder: Path = FOLDER) -> Tally:
    """Return the sum of the parts that are done."""
    result = Tally({}, {}, [], [])
    for file in sorted(folder.glob("*.json")):
        result.add(msgspec.json.decode(file.read_bytes(), type=Tally))
    result.explain()
    return result


def _compare_part(part: int, label: str, names: Sequence[str], frames: int, folder: Path) -> int:
    result = Tally({}, {}, [], [])
    started_s = time.process_time() + sum(os.times()[2:4])
    sorts = {name: LISTED[name] for name in names}
    _compare(sessions(part=f"{part}/{PARTS}", limit=frames), sorts, result)
    if part == 0 and len(names) > 1:
        _compare(sessions(unknown=True), UNLISTED, result)
    result.cpu_s = time.process_time() + sum(os.times()[2:4]) - started_s
    half_done = _file(folder, label, part).with_suffix(".new")
    half_done.write_bytes(msgspec.json.encode(result))
    half_done.rename(_file(folder, label, part))
    return part


def _compare(corpus: Iterable[Session], sorts: Mapping[str, Sort], into: Tally) -> None:
    for session in corpus:
        for name, sort in sorts.items():
            compared = verdict(session, sort)
            if compared is not None:
                into.take(name, compared)
            elif name == "zhc":
                into.missing.append(f"{session.vendor} {session.model}")


def _file(folder: Path, label: str, part: int) -> Path:
    return folder / f"{label}-{part:02}.json"
