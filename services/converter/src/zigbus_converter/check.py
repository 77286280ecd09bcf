"""`zigbus converter --check FILE`: what a file with definitions gives, or where it is wrong. The only module here that prints."""

from __future__ import annotations

import sys
from pathlib import Path

from zigbus_converter.assembly import exposes_of
from zigbus_converter.calibration import flattened
from zigbus_converter.definition import Definition
from zigbus_converter.user_code import Refused
from zigbus_converter.user_converters import load


def check(path: Path) -> int:
    """Print what each definition of a file matches and shows. Returns the exit code: 1 if the file is refused."""
    try:
        definitions = load(path.name, path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        sys.stderr.write(f"{path} cannot be read: {error}\n")
        return 1
    except Refused as error:
        sys.stderr.write(f"{path} is refused, {error}\n")
        return 1
    sys.stdout.writelines(f"{line}\n" for definition in definitions for line in _lines(definition))
    return 0


def _lines(definition: Definition) -> tuple[str, ...]:
    shown = dict.fromkeys(e.property for e in flattened(exposes_of(definition, None)) if e.property)
    matches = [repr(model) for model in definition.models] + [str(f) for f in definition.fingerprints]
    return (
        f"{definition.vendor} {definition.model}: {definition.description}",
        f"  matches {', '.join(matches)}",
        f"  shows   {', '.join(shown)}",
    )
