"""Figures: several rounds in turn, their median and spread, and the parts of the report."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Taken:
    """A figure that was measured several times."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The median."""
        return statistics.median(self.values)

    def __str__(self) -> str:
        return f"{shown(self.median)} ({shown(min(self.values))}-{shown(max(self.values))})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A goal, and the result."""

    what: str
    wanted: str
    reached: str
    met: bool


@dataclass(slots=True, kw_only=True)
class Section:
    """One part of the report: text, a table, goals."""

    title: str
    text: str
    header: Sequence[str] = ()
    rows: list[Sequence[str]] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)
    after: str = ""


def rates(contestants: Mapping[str, Callable[[], int]], rounds: int, seconds: float) -> dict[str, Taken]:
    """Return the units per second of CPU of each contestant; they take turns, so that noise affects all alike.

    A contestant does its work once and returns the number of units.
    """
    found: dict[str, list[float]] = {name: [] for name in contestants}
    for contestant in contestants.values():
        contestant()
    # The contestants' modules differ a hundredfold in size: exclude them from garbage collection.
    gc.collect()
    gc.freeze()
    for _ in range(rounds):
        for name, contestant in contestants.items():
            found[name].append(_rate(contestant, seconds))
    return {name: Taken(tuple(each)) for name, each in found.items()}


def _rate(contestant: Callable[[], int], seconds: float) -> float:
    gc.collect()
    units, began = 0, time.process_time()
    while (took := time.process_time() - began) < seconds or not units:
        units += contestant()
    return units / took


def ratio(ours: Taken, other: Taken) -> Taken:
    """Return ours as a share of another's, round by round."""
    return Taken(tuple(mine / theirs for mine, theirs in zip(ours.values, other.values, strict=True)))


def percentile(values: Sequence[float], share: float) -> float:
    """Return a percentile (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))]


_THOUSANDS = 1_000
_TENS = 10
_TINY_SECONDS = 0.000_05


def shown(value: float) -> str:
    """Return a figure with two or three significant digits."""
    if value >= 100 * _THOUSANDS:
        return f"{value / _THOUSANDS:,.0f} k"
    if value >= _THOUSANDS:
        return f"{value / _THOUSANDS:,.1f} k"
    if value >= 10 * _TENS:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= _TENS else f"{value:.2f}"


def milliseconds(seconds: float) -> str:
    """Return a duration in milliseconds, a tiny one in microseconds, a long one in seconds."""
    if 0 < seconds < _TINY_SECONDS:
        return f"{shown(seconds * 1_000_000)} µs"
    if seconds >= 1:
        return f"{shown(seconds)} s"
    return f"{shown(seconds * 1_000)} ms"
