"""The bench runs through, so that it does not rot; with tiny sizes its figures mean nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

from kktest.checkout import ROOT


@pytest.mark.slow
def test_every_measure_of_the_bench_runs_and_stands_in_the_report(tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    command = [sys.executable, "-m", "bench", "--quick", "--output", str(page)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=1_200, check=False)  # noqa: S603 our own words
    assert done.returncode == 0, done.stderr
    titles = [line.removeprefix("## ") for line in page.read_text(encoding="utf-8").splitlines() if line[:3] == "## "]
    assert titles == [
        "Goals",
        "Decode and normalise a page",
        "Whole pipeline: pretend Graph to SQLite",
        "An unchanged sweep",
        "Notification to page",
        "Search",
        "Memory",
        "A rule change for everybody (F-29)",
        "How cost grows",
        "Engine",
        "What a call meets",
        "Calls set up",
        "Many callers at once",
        "Rendering an announcement",
    ]
