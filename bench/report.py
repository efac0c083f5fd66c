"""Writes docs/benchmarks.md."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.figures import Goal, Section


def report(machine: Sequence[str], sections: Sequence[Section], *, seconds: float, is_quick: bool) -> str:
    """Return the whole page."""
    return "\n".join(_lines(machine, sections, seconds=seconds, is_quick=is_quick)) + "\n"


def _lines(machine: Sequence[str], sections: Sequence[Section], *, seconds: float, is_quick: bool) -> Iterator[str]:
    yield "# Benchmarks"
    yield ""
    yield "Written by `make bench`; figures are medians with (lowest-highest) in brackets unless they are percentiles."
    yield "Each stands beside its limit or its peers, measured in the same run on the same machine."
    yield ""
    if is_quick:
        yield "**A quick run with tiny sizes: it shows that the bench runs, its figures mean nothing.**"
        yield ""
    yield from (f"- {line}" for line in machine)
    yield f"- The run took {seconds:.0f} s"
    yield ""
    yield "## Goals"
    yield ""
    yield from _table(("goal", "wanted", "reached", ""), [_goal(goal) for each in sections for goal in each.goals])
    for section in sections:
        yield ""
        yield f"## {section.title}"
        yield ""
        yield section.text
        yield ""
        yield from _table(section.header, section.rows)
        if section.after:
            yield ""
            yield section.after


def _goal(goal: Goal) -> Sequence[str]:
    return goal.what, goal.wanted, goal.reached, "met" if goal.met else "**missed**"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(header)} |"
    yield f"|{'---|' * len(header)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)
