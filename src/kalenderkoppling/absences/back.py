"""When a person is back: absences joined, working hours and holidays applied, and how the return is said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from kalenderkoppling.absences.days_off import is_holiday
from kalenderkoppling.absences.in_force import governing, in_force
from kalenderkoppling.domain.absence import Absence, ReturnForm
from kalenderkoppling.domain.time import Interval, local_midnight
from kalenderkoppling.rules.model import WorkingHours

_LONGEST_SEARCH_DAYS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Where and when a person works: time zone, working hours if set, and the country whose holidays count."""

    zone: ZoneInfo
    working_hours: WorkingHours | None = None
    country: str = ""


def caller_return(absences: Iterable[Absence], now: datetime, around: Surroundings) -> datetime | None:
    """Return the first instant from now on at which no diverting absence is in force (C-03, C-04).

    None when no diverting absence is in force: the call rings.
    """
    return _return([each.interval for each in absences if each.diversion.diverts], now, around)


def shown_return(absences: Sequence[Absence], now: datetime, around: Surroundings) -> datetime | None:
    """Return the return that colleagues see: the caller's when a referral governs, else that of all absences."""
    leader = governing(in_force(absences, now))
    if leader is None:
        return None
    if leader.diversion.diverts:
        return caller_return(absences, now, around)
    return _return([each.interval for each in absences], now, around)


def return_form(back_at: datetime, now: datetime, zone: ZoneInfo) -> ReturnForm:
    """Return how a return is said; it follows from the instants alone, in the person's zone (C-10, C-20)."""
    back_local, today = back_at.astimezone(zone), now.astimezone(zone).date()
    # Where a clock change skips midnight, the day begins later; where it repeats midnight, there are two.
    if back_local.time() == time.min or back_at == local_midnight(back_local.date(), zone):
        return ReturnForm.DATE
    days_ahead = (back_local.date() - today).days
    if days_ahead <= 0:
        return ReturnForm.TIME
    return ReturnForm.TOMORROW if days_ahead == 1 else ReturnForm.DATE_TIME


def free_from(away: Sequence[Interval], instant: datetime, around: Surroundings) -> datetime:
    """Return the first instant, from this one on, that is in no interval and within working hours.

    Repeated until the instant no longer moves (C-24).
    """
    expected = _expected(around)
    while (settled := _joined_end(away, expected(instant))) != instant:
        instant = settled
    return instant


def _return(away: Sequence[Interval], now: datetime, around: Surroundings) -> datetime | None:
    """Return when the adjacent and overlapping intervals that contain `now` end, None where none does."""
    return free_from(away, now, around) if any(each.holds(now) for each in away) else None


def _joined_end(away: Sequence[Interval], instant: datetime) -> datetime:
    """Return the first instant, from this one on, that is in no interval."""
    for stretch in sorted(away, key=lambda each: each.start):
        if stretch.holds(instant):
            instant = stretch.end
    return instant


def _expected(around: Surroundings) -> Callable[[datetime], datetime]:
    """Return a function that moves an instant outside working hours to the next start of work."""
    hours = around.working_hours
    if hours is None:
        return lambda instant: instant

    def next_working(instant: datetime) -> datetime:
        local = instant.astimezone(around.zone)
        for ahead in range(_LONGEST_SEARCH_DAYS):
            day = local.date() + timedelta(days=ahead)
            if day.weekday() not in hours.days or is_holiday(day, around.country):
                continue
            opens = datetime.combine(day, hours.start, tzinfo=around.zone).astimezone(UTC)
            closes = datetime.combine(day, hours.end, tzinfo=around.zone).astimezone(UTC)
            if instant < closes:
                return max(instant, opens)
        return instant

    return next_working
