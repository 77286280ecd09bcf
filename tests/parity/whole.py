"""Compares the whole catalogue, in parts: what was done before an interruption need not be done again."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import msgspec

from tests.parity.compare import verdict
from tests.parity.corpus import sessions
from tests.parity.tally import Tally
from zigbus_converter.provider import Native, Provider

PARTS = 40
FRAMES = 160  # heard of each definition at most
FOLDER = Path("build/parity")

PROVIDERS: dict[str, Callable[[], Provider]] = {"native": Native}


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
    result = Tally({}, {}, [])
    for file in sorted(folder.glob("part-*.json")):
        result.add(msgspec.json.decode(file.read_bytes(), type=Tally))
    return result


def _compare_part(part: int, folder: Path) -> int:
    providers = {name: make() for name, make in PROVIDERS.items()}
    result = Tally({}, {}, [])
    started_s = time.process_time() + sum(os.times()[2:4])
    for session in sessions(part=f"{part}/{PARTS}", limit=FRAMES):
        for name, provider in providers.items():
            compared = verdict(session, provider, own_words=name == "native")
            if compared.known:
                result.take(name, compared)
    result.cpu_s = time.process_time() + sum(os.times()[2:4]) - started_s
    half_done = _file(folder, part).with_suffix(".new")
    half_done.write_bytes(msgspec.json.encode(result))
    half_done.rename(_file(folder, part))
    return part


def _file(folder: Path, part: int) -> Path:
    return folder / f"part-{part:02}.json"
