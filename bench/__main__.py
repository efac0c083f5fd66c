"""Runs the measures and writes the report: `python -m bench [--quick] [--output FILE] [MEASURE …]`."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bench import (
    deciding,
    decoding,
    engine,
    growth,
    live,
    memory,
    pipeline,
    rendering,
    searching,
    setting_up,
    streaming,
)
from bench.company import employees, import_into, keep, opened
from bench.figures import Section
from bench.machine import described
from bench.report import report
from bench.sizes import FULL, QUICK, Sizes

ROOT = Path(__file__).resolve().parent.parent


class Bench:
    """The measures by name, and what they share: a folder, and the store of a large company."""

    def __init__(self, sizes: Sizes, folder: Path) -> None:
        self._sizes = sizes
        self._folder = folder
        self._people = employees(sizes.people)
        self._large: Path | None = None
        self.measures: dict[str, Callable[[], Section]] = {
            "decode": lambda: decoding.measure(sizes),
            "pipeline": lambda: asyncio.run(pipeline.measure(sizes, folder)),
            "sweep": lambda: asyncio.run(pipeline.measure_sweep(sizes, folder)),
            "live": lambda: asyncio.run(live.measure(sizes, folder)),
            "search": lambda: asyncio.run(searching.measure(sizes, self._large_company(), self._people)),
            "memory": lambda: memory.measure(sizes, folder),
            "rules": lambda: asyncio.run(engine.measure_rule_change(sizes, self._large_company(), self._people)),
            "growth": lambda: growth.measure(sizes, folder),
            "engine": lambda: asyncio.run(engine.measure(sizes, self._large_company(), self._people)),
            "decide": lambda: deciding.measure(sizes, self._large_company(), self._people),
            "calls": lambda: asyncio.run(setting_up.measure(sizes, folder)),
            "streams": lambda: asyncio.run(streaming.measure(sizes)),
            "render": lambda: rendering.measure(sizes, folder, self._people),
        }

    def _large_company(self) -> Path:
        """Return the store of everybody with some bookings each; it is made at the first call."""
        if self._large is None:
            self._large = self._folder / "large.db"
            asyncio.run(import_into(self._large, self._people))
            with opened(self._large) as core:
                keep(core.store, self._people, self._sizes.kept_per_person)
        return self._large


def main(arguments: Sequence[str]) -> int:
    """Run the requested measures and write the page."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="tiny sizes: only to see that it runs")
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "benchmarks.md", help="the page to write")
    parser.add_argument("measures", nargs="*", help="only these")
    chosen = parser.parse_args(arguments)
    began, sections = time.perf_counter(), []
    with tempfile.TemporaryDirectory(prefix="kalenderkoppling-bench-") as folder:
        bench = Bench(QUICK if chosen.quick else FULL, Path(folder))
        unknown = set(chosen.measures) - bench.measures.keys()
        if unknown:
            parser.error(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(bench.measures)}")
        for name in chosen.measures or bench.measures:
            since = time.perf_counter()
            sections.append(bench.measures[name]())
            print(f"{name}: {time.perf_counter() - since:.0f} s", flush=True)
    seconds = time.perf_counter() - began
    page = report(described(), sections, seconds=seconds, is_quick=chosen.quick)
    chosen.output.write_text(page, encoding="utf-8")
    missed = [goal.what for each in sections for goal in each.goals if not goal.met]
    outcome = f"missed: {', '.join(missed)}" if missed else "every goal met"
    print(f"written to {chosen.output.name}; {outcome}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
