"""Copy recordings without what zigbus does otherwise on purpose, so that a comparison shows the rest.

`python tests/compat/wanted_differences.py RECORDINGS COPY` reads the transcripts (one JSON object per line, as the
comparison of `docs/differences.md` records them) and writes them again without: the modes of both seed devices and
`click`, messages of theirs that then repeat the one before, steps about `debounce_ignore`, texts in events, and the order
of what the seed devices expose. Run it over both sides, then compare the copies.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

SEEDS = {"zigbee2mqtt/wall_switch": "QBKG04LM", "zigbee2mqtt/knob": "ZNXNKG02LM"}  # topic -> model
KEYS = ("operation_mode", "operation_mode_left", "click")
LEFT_OUT = "debounce, action kept"  # beginning of the names of steps
EVENTS = "zigbee2mqtt/bridge/event"


def masked(lines: Iterable[dict[str, Any]], blobs: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the lines of one transcript without wanted differences."""
    step, last = "", dict[str, Any]()
    for line in lines:
        step = line["name"] if line.get("dir") == "step" else step
        topic, payload = line.get("topic"), line.get("payload")
        if line.get("dir") == "out" and topic in SEEDS and isinstance(payload, dict):
            payload = {key: value for key, value in payload.items() if key not in KEYS}
            if step.startswith(LEFT_OUT) or not payload or payload == last.get(topic):
                continue
            last[topic] = payload
        elif line.get("dir") == "out" and topic == EVENTS:
            payload = _without_texts(_whole(payload, blobs))
        yield {**line, "payload": payload} if topic is not None else line


def _whole(value: Any, blobs: dict[str, Any]) -> Any:
    """Return a value with its shared parts put in."""
    if isinstance(value, dict):
        if value.keys() == {"$blob"}:
            return _whole(blobs[value["$blob"]], blobs)
        return {key: _whole(item, blobs) for key, item in value.items()}
    return [_whole(item, blobs) for item in value] if isinstance(value, list) else value


def _without_texts(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_texts(item) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {key: _without_texts(item) for key, item in value.items() if key != "description"}
    if kept.get("model") in SEEDS.values():
        del kept["options"], kept["vendor"]
        for expose in kept["exposes"]:
            expose.pop("category", None)
        kept["exposes"].sort(key=lambda expose: str(expose.get("property")))
    return kept


def main() -> None:
    """Read the arguments and copy."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recordings", type=Path)
    parser.add_argument("copy", type=Path)
    arguments = parser.parse_args()
    arguments.copy.mkdir(parents=True, exist_ok=True)
    blobs = json.loads((arguments.recordings / "blobs.json").read_text())
    for file in arguments.recordings.glob("*.json*"):
        target = arguments.copy / file.name
        if file.suffix != ".jsonl" or file.name.endswith(".radio.jsonl"):
            shutil.copyfile(file, target)
            continue
        lines = map(json.loads, file.read_text().splitlines())
        target.write_text("".join(f"{json.dumps(line)}\n" for line in masked(lines, blobs)))


if __name__ == "__main__":
    main()
