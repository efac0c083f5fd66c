"""Recurring bookings, expanded as Exchange does: local times stay when the clocks change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from zoneinfo import ZoneInfo

from kalenderkoppling.sandbox import ids, zones
from kalenderkoppling.sandbox.event import Event, EventKind, OccurrenceFields, When, as_utc

_DAY = timedelta(days=1)


class Frequency(StrEnum):
    """How a series repeats; the two kinds that scenarios use."""

    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    """A pattern and its range.

    `zone` is the series' own time zone: dates, weekdays and wall-clock times are counted there. `days` (Monday = 0) are
    for weekly series; empty means the weekday of the first occurrence. `week_starts` matters when `interval` > 1: the
    weeks that are counted begin on it. `count` occurrences, or `until` a local date (included), or neither: without
    end. Having both is refused. Occurrences that were deleted still count.

    Raises:
        ValueError: interval or count under 1, a weekday out of range, or both count and until.
    """

    freq: Frequency
    interval: int = 1
    days: tuple[int, ...] = ()
    count: int | None = None
    until: date | None = None
    zone: str = "Europe/Stockholm"
    week_starts: int = 0

    def __post_init__(self) -> None:
        """Refuse a pattern that Exchange would refuse."""
        if self.interval < 1 or (self.count is not None and self.count < 1):
            raise ValueError("interval and count start at 1")
        if any(day not in range(7) for day in (*self.days, self.week_starts)):
            raise ValueError("weekdays are 0 (Monday) to 6")
        if self.count is not None and self.until is not None:
            raise ValueError("a series has a count or an end date, not both")

    def dates(self, first: date, low: date, high: date) -> Iterator[date]:
        """Return the original local dates of the occurrences between `low` and `high`, both included.

        It starts near `low`, however long ago the series began.
        """
        high = high if self.until is None else min(high, self.until)
        for position, day in self._numbered(first, low):
            if day > high or (self.count is not None and position >= self.count):
                return
            if day >= low:
                yield day

    def _numbered(self, first: date, low: date) -> Iterator[tuple[int, date]]:
        return self._daily(first, low) if self.freq is Frequency.DAILY else self._weekly(first, low)

    def _daily(self, first: date, low: date) -> Iterator[tuple[int, date]]:
        position = max(0, (low - first).days // self.interval)
        while True:
            yield position, first + position * self.interval * _DAY
            position += 1

    def _weekly(self, first: date, low: date) -> Iterator[tuple[int, date]]:
        days = sorted((day - self.week_starts) % 7 for day in (self.days or (first.weekday(),)))
        week0 = first - ((first.weekday() - self.week_starts) % 7) * _DAY
        skipped = sum(1 for day in days if week0 + day * _DAY < first)
        week = max(0, (low - week0).days // (7 * self.interval))
        while True:
            for index, day in enumerate(days):
                position = week * len(days) + index - skipped
                if position >= 0:
                    yield position, week0 + (week * 7 * self.interval + day) * _DAY
            week += 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A master, its pattern, and its exceptions (by original local date)."""

    master: Event
    recurrence: Recurrence
    changes: Mapping[date, OccurrenceFields] = field(default_factory=lambda: MappingProxyType({}))
    skipped: frozenset[date] = frozenset()

    @property
    def first_day(self) -> date:
        """The local date of the first occurrence, were it on the pattern."""
        return _local(self.master.start, self._zone).date()

    def has(self, day: date) -> bool:
        """Tell whether the pattern has an occurrence on that original date (deleted or not)."""
        return day in self.recurrence.dates(self.first_day, day, day)

    def occurrence(self, day: date) -> Event:
        """Return the occurrence of an original local date, with its exception applied.

        Raises:
            KeyError: the pattern has none on that date, or it was deleted.
        """
        if day in self.skipped or not self.has(day):
            raise KeyError(f"{self.master.token} has no occurrence on {day}")
        return self._made(day)

    def view(self, start: datetime, end: datetime) -> Iterator[Event]:
        """Return the occurrences that calendarView returns for [start, end), moved ones at their new times."""
        for day in sorted(self._candidates(start, end)):
            event = self._made(day)
            if event.overlaps(start, end):
                yield event

    def regular_start(self, day: date) -> datetime:
        """Return the start of an occurrence by the pattern alone."""
        start = _local(self.master.start, self._zone)
        return zones.instant(start + (day - start.date()), self._zone)

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.recurrence.zone)

    def _candidates(self, start: datetime, end: datetime) -> set[date]:
        length = self.master.hidden_end - self.master.hidden_start
        low = (start - abs(length)).astimezone(self._zone).date() - 2 * _DAY
        high = end.astimezone(self._zone).date() + 2 * _DAY
        regular = set(self.recurrence.dates(self.first_day, low, high))
        return (regular | {day for day in self.changes if self.has(day)}) - self.skipped

    def _made(self, day: date) -> Event:
        master = self.master
        start, end = self._times(day)
        regular = replace(
            master,
            token=ids.occurrence_token(master.token, day),
            start=start,
            end=end,
            kind=EventKind.OCCURRENCE,
            master=master.token,
            original_day=day,
        )
        changed = self.changes.get(day)
        return regular if changed is None else replace(regular, kind=EventKind.EXCEPTION, **changed)

    def _times(self, day: date) -> tuple[When, When]:
        start, end = _local(self.master.start, self._zone), _local(self.master.end, self._zone)
        shift = day - start.date()
        if self.master.is_all_day:
            return day, end.date() + shift
        first, last = (zones.instant(when + shift, self._zone) for when in (start, end))
        if end > start and last <= first:
            # The clock change skipped the start but not the end: the meeting keeps its length.
            last = first + (end - start)
        return first, last


def _local(when: When, zone: ZoneInfo) -> datetime:
    if isinstance(when, datetime):
        return when.astimezone(zone).replace(tzinfo=None)
    return datetime(when.year, when.month, when.day, tzinfo=UTC).replace(tzinfo=None)


def with_change(series: Series, day: date, changed: OccurrenceFields) -> Series:
    """Change one occurrence; it becomes an exception."""
    if day in series.skipped or not series.has(day):
        raise KeyError(f"{series.master.token} has no occurrence on {day}")
    merged: OccurrenceFields = {**series.changes.get(day, {}), **changed}
    if "start" in merged:
        merged["start"] = as_utc(merged["start"])
    if "end" in merged:
        merged["end"] = as_utc(merged["end"])
    return replace(series, changes={**series.changes, day: merged})
