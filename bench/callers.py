"""Load of calls: sipp scenarios with timers, and the times that sipp reports."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bench.figures import milliseconds
from kktest.sipp import sipp
from kktest.sipp_scenarios import Scenario, Step, caller, caller_refused, pause

TALK_SECONDS = 0.1
"""Duration of a call before the caller hangs up."""

_MOST_AT_ONCE = 2_000
_PATIENCE_SECONDS = 45
_WATCH = "asked"
_COUNTED = f"ResponseTimeRepartition{_WATCH}_"
# Upper bounds of sipp's histogram of response times: milliseconds, from here on tens, and hundreds.
_BOUNDS = (*range(1, 100), *range(100, 1_000, 10), *range(1_000, 10_001, 100))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """Calls that were placed: failures, retransmissions, and the histogram of response times."""

    rate: int
    calls: int
    failed: int
    repeated: int
    times: tuple[tuple[float, int], ...]

    def within(self, share: float) -> float:
        """Return the percentile of the response time in seconds, rounded up to the histogram's bounds."""
        wanted, seen = share * sum(count for _, count in self.times), 0
        for seconds, count in self.times:
            seen += count
            if count and seen >= wanted:
                return seconds
        return math.inf

    def row(self, name: str) -> Sequence[str]:
        """Return a row of the table."""
        times = (milliseconds(self.within(share)) for share in (0.5, 0.99, 1.0))
        return (name, f"{self.rate}/s", f"{self.calls:,}", f"{self.failed:,}", f"{self.repeated:,}", *times)


def who_listens() -> Scenario:
    """Call, be answered, listen for a moment and hang up; timed from INVITE to 200."""
    return _watched(caller(pause(TALK_SECONDS)), 200)


def who_is_sent_on() -> Scenario:
    """Call and be redirected; timed from INVITE to 302."""
    return _watched(caller_refused(302), 302)


async def place(scenario: Scenario, folder: Path, *, to: str, number: str, calls: int, rate: int) -> Answered:
    """Place calls at a fixed rate, whatever the outcome of earlier ones; return when all are over."""
    within = calls / rate + _PATIENCE_SECONDS
    with sipp(
        scenario,
        folder,
        to=to,
        number=number,
        calls=calls,
        rate=rate,
        at_once=_MOST_AT_ONCE,
        within=within,
        traced=False,
    ) as run:
        statistics = (await asyncio.to_thread(run.wait, within + _PATIENCE_SECONDS)).statistics
    answered = int(statistics["SuccessfulCall(C)"])
    return Answered(
        rate=rate,
        calls=calls,
        # Calls that never started count as failed.
        failed=calls - answered,
        repeated=int(statistics["Retransmissions(C)"]),
        times=_times(statistics),
    )


def _watched(scenario: Scenario, status: int) -> Scenario:
    """Start the timer with the INVITE and read it at the first response with the status."""
    first, *others = scenario.steps
    awaited = f'<recv response="{status}"'
    place_of_it = next(place for place, step in enumerate(others) if step.startswith(awaited))
    others[place_of_it] = Step(others[place_of_it].replace(awaited, f'{awaited} rtd="{_WATCH}"', 1))
    begun = Step(first.replace("<send ", f'<send start_rtd="{_WATCH}" ', 1))
    counted = Step(f'<ResponseTimeRepartition value="{",".join(map(str, _BOUNDS))}"/>')
    return replace(scenario, steps=(begun, *others, counted))


def _times(statistics: Mapping[str, str]) -> tuple[tuple[float, int], ...]:
    within = ((bound / 1_000, int(statistics[f"{_COUNTED}<{bound}"])) for bound in _BOUNDS)
    return (*within, (math.inf, int(statistics[f"{_COUNTED}>={_BOUNDS[-1]}"])))
