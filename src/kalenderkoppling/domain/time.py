"""Instants, intervals and whole days. Instants are kept in UTC; intervals are half-open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from kalenderkoppling.domain.errors import InvalidValueError


def as_utc(instant: datetime) -> datetime:
    """Return an aware instant in UTC.

    Raises:
        InvalidValueError: the instant is naive.
    """
    if instant.tzinfo is None:
        message = "an instant must say its time zone"
        raise InvalidValueError(message)
    return instant.astimezone(UTC)


def local_midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant at which a day begins in a zone, in UTC.

    Where a clock change skips midnight, it is the instant of the change (C-09).
    """
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Half-open interval [start, end); both ends are aware and converted to UTC.

    A meeting 10:00-11:00 and one 11:00-12:00 touch but do not overlap (C-01).

    Raises:
        InvalidValueError: an end is naive, or `end` is not after `start`.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        # Python compares datetimes of one zone by wall clock, which is wrong around a clock change: compare in UTC.
        if self.start.tzinfo is not UTC or self.end.tzinfo is not UTC:
            object.__setattr__(self, "start", as_utc(self.start))
            object.__setattr__(self, "end", as_utc(self.end))
        if self.end <= self.start:
            message = "an interval must end after it starts"
            raise InvalidValueError(message)

    def holds(self, instant: datetime) -> bool:
        """Tell whether an instant is inside: the start is, the end is not."""
        return self.start <= instant < self.end

    def overlaps(self, other: Interval) -> bool:
        """Tell whether the two share any instant."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """Whole days [first, after): dates without a zone, as an all-day booking is (C-09).

    Raises:
        InvalidValueError: `after` is not later than `first`.
    """

    first: date
    after: date

    def __post_init__(self) -> None:
        if self.after <= self.first:
            message = "whole days must be at least one"
            raise InvalidValueError(message)

    def interval(self, zone: ZoneInfo) -> Interval:
        """Return local midnight to local midnight: 23 or 25 hours on the days of clock changes."""
        return Interval(start=local_midnight(self.first, zone), end=local_midnight(self.after, zone))


When = Interval | Days
"""When a booking is: instants, or dates that get their instants from the person's zone."""


def interval_of(when: When, zone: ZoneInfo) -> Interval:
    """Return the interval of a booking for a person in `zone` (C-09)."""
    return when.interval(zone) if isinstance(when, Days) else when
