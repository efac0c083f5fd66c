"""The list of own absences, in groups by day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from kalenderkoppling.surfaces.absences.reading import Reader
from kalenderkoppling.surfaces.absences.row import AbsenceRow, row_of
from kalenderkoppling.usecases.absences.own_day import OwnDay


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOfRows:
    """The rows that begin on one day."""

    heading: str
    rows: Sequence[AbsenceRow]


def rows_now(day: OwnDay, reader: Reader) -> Sequence[AbsenceRow]:
    """Return the rows of the absences in force."""
    return [row_of(day.person.id, each, reader) for each in day.coming if each.interval.holds(reader.now)]


def days_ahead(day: OwnDay, reader: Reader) -> Sequence[DayOfRows]:
    """Return the rows of coming absences, by the day on which each begins."""
    ahead = [each for each in day.coming if each.interval.start > reader.now]
    by_day = groupby(ahead, key=lambda each: reader.local(each.interval.start).date())
    days = ([row_of(day.person.id, each, reader) for each in group] for _, group in by_day)
    starts = dict.fromkeys(reader.day(each.interval.start) for each in ahead)
    return [DayOfRows(heading=heading, rows=rows) for heading, rows in zip(starts, days, strict=True)]
