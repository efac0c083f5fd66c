"""Which absences are in force at an instant, and which of them governs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from kalenderkoppling.domain.absence import Absence, Diversion, Origin

_STRENGTH = {Diversion.DIRECT: 0, Diversion.OPEN: 1, Diversion.NONE: 2}
_PRECEDENCE = {origin: place for place, origin in enumerate(Origin)}


def in_order(absences: Iterable[Absence]) -> list[Absence]:
    """Return absences in the order in which they are shown: start, end, key."""
    return sorted(absences, key=lambda each: (each.interval.start, each.interval.end, each.tie))


def in_force(absences: Iterable[Absence], now: datetime) -> list[Absence]:
    """Return the absences in force at `now`; at its end instant an absence is over (C-01)."""
    return [each for each in absences if each.interval.holds(now)]


def governing(standing: Sequence[Absence]) -> Absence | None:
    """Return the strongest of the absences in force; its reason is the person's reason (C-02).

    direct > open > none; then out of office > busy > tentative > working elsewhere > free > by hand;
    then the later end; then the key.
    """
    return min(
        standing,
        key=lambda each: (
            _STRENGTH[each.diversion],
            _PRECEDENCE[each.origin],
            -each.interval.end.timestamp(),
            each.tie,
        ),
        default=None,
    )
