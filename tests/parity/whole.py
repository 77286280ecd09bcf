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
from tests.parity.requests import Answers
from tests.parity.tally import Tally
from zigbus_converter.generated import generate
from zigbus_converter.provider import Generated, Native, Provider

PARTS = 40
FRAMES = 160  # heard of each definition at most
FOLDER = Path("build/parity")

CATALOGUE: dict[str, Callable[[], Provider]] = {"native": Native}
OWN_WORDS = ("native", "generated")


def generated_for(session: Session) -> Provider:
    """Return the provider that generates a definition, knowing what the device answered to the original's questions."""
    answers = Answers(session.steps[0].calls)
    return Generated(lambda device: generate(device, answers.value))


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
    result = Tally({}, {}, [])
    started_s = time.process_time() + sum(os.times()[2:4])
    _compare(sessions(part=f"{part}/{PARTS}", limit=FRAMES), CATALOGUE, result)
    if part == 0:
        for session in sessions(unknown=True):
            result.take("generated", verdict(session, generated_for(session), own_words=True))
    result.cpu_s = time.process_time() + sum(os.times()[2:4]) - started_s
    half_done = _file(folder, part).with_suffix(".new")
    half_done.write_bytes(msgspec.json.encode(result))
    half_done.rename(_file(folder, part))
    return part


def _compare(corpus: Iterable[Session], providers: Mapping[str, Callable[[], Provider]], into: Tally) -> None:
    asked = {name: make() for name, make in providers.items()}
    for session in corpus:
        for name, provider in asked.items():
            compared = verdict(session, provider, own_words=name in OWN_WORDS)
            if compared.known:
                into.take(name, compared)


def _file(folder: Path, part: int) -> Path:
    return folder / f"part-{part:02}.json"
