"""Quick keys: an absence in one click, for what people do every day."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from kalenderkoppling.domain.absence import MEETING, OUT_OF_OFFICE, ReasonKey
from kalenderkoppling.domain.time import Interval
from kalenderkoppling.surfaces.absences.local_time import day_end, day_start

LUNCH_STARTS, LUNCH_ENDS = time(12), time(13)
LAST_LUNCH = time(13, 30)
SHORTEST = timedelta(minutes=10)
"""A key whose absence would be shorter than this is not offered."""


class Quick(StrEnum):
    """The quick keys, in the order in which they are offered."""

    QUARTER = "quarter"
    HOUR = "hour"
    TILL_LUNCH = "till_lunch"
    LUNCH = "lunch"
    REST_OF_DAY = "rest_of_day"
    TOMORROW = "tomorrow"


REASONS = {
    Quick.QUARTER: ReasonKey("away"),
    Quick.HOUR: MEETING,
    Quick.TILL_LUNCH: ReasonKey("busy"),
    Quick.LUNCH: ReasonKey("lunch"),
    Quick.REST_OF_DAY: ReasonKey("gone_for_the_day"),
    Quick.TOMORROW: OUT_OF_OFFICE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class QuickAbsence:
    """What a key would set now."""

    key: Quick
    reason: ReasonKey
    interval: Interval


def quick_absences(now: datetime, zone: ZoneInfo, offered: Collection[ReasonKey]) -> Sequence[QuickAbsence]:
    """Return the keys that make sense at an instant, with reasons that the tenant offers."""
    made = ((key, _interval(key, now, zone)) for key in Quick if REASONS[key] in offered)
    return [QuickAbsence(key=key, reason=REASONS[key], interval=each) for key, each in made if each is not None]


def _interval(key: Quick, now: datetime, zone: ZoneInfo) -> Interval | None:
    # Rounded down to the minute, so that it is in force at once and has a plain start time.
    start = now.astimezone(UTC).replace(second=0, microsecond=0)
    today = start.astimezone(zone).date()
    lunch = datetime.combine(today, LUNCH_STARTS, tzinfo=zone).astimezone(UTC)
    ends = {
        Quick.QUARTER: start + timedelta(minutes=15),
        Quick.HOUR: start + timedelta(hours=1),
        Quick.TILL_LUNCH: lunch,
        Quick.REST_OF_DAY: day_end(today, zone),
    }
    if key in ends:
        return Interval(start=start, end=ends[key]) if ends[key] - start >= SHORTEST else None
    if key is Quick.TOMORROW:
        tomorrow = today + timedelta(days=1)
        return Interval(start=day_start(tomorrow, zone), end=day_end(tomorrow, zone))
    return _lunch(start, lunch, zone)


def _lunch(start: datetime, lunch: datetime, zone: ZoneInfo) -> Interval | None:
    if start < lunch:
        over = datetime.combine(lunch.astimezone(zone).date(), LUNCH_ENDS, tzinfo=zone).astimezone(UTC)
        return Interval(start=lunch, end=over)
    if start.astimezone(zone).time() <= LAST_LUNCH:
        return Interval(start=start, end=start + timedelta(hours=1))
    return None
