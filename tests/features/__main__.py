"""Run the tests that `rows.toml` names and write docs/features.md with their results: `make features`."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tests.features.page import page
from tests.features.results import outcomes
from tests.features.rows import ROOT, rows

DOCUMENT = ROOT / "docs" / "features.md"


def main() -> int:
    """Returns pytest's exit code; the page is written in any case."""
    named = rows()
    tests = sorted({test for row in named for test in row.tests})
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "results.xml"
        run = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", f"--junit-xml={report}", *tests], cwd=ROOT, check=False
        )
        found = outcomes(report.read_text(encoding="utf-8"))
    DOCUMENT.write_text(page(named, found, datetime.now(UTC).date().isoformat()), encoding="utf-8")
    return run.returncode


if __name__ == "__main__":
    sys.exit(main())
