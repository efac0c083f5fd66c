"""Graph's times: local text with seven digits and a zone's label in three dialects, to instants and dates."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from kalenderkoppling.calendars.graph.wire import Moment
from kalenderkoppling.domain.time import Days
from kalenderkoppling.domain.zones import zone_named

UTC_LABEL = "UTC"

# The years that Exchange supports; others are placeholders such as 0001-01-01.
_FIRST_YEAR, _LAST_YEAR = 1601, 4500
EARLIEST = datetime(_FIRST_YEAR, 1, 1, tzinfo=UTC)
LATEST = datetime(_LAST_YEAR + 1, 1, 1, tzinfo=UTC)
"""Exchange supports the times between these."""


class UnreadableTimeError(Exception):
    """A time that cannot be read: it is malformed, or its zone is unknown."""


def instant_of(moment: Moment) -> datetime:
    """Return a time as an instant, by its zone's label; seven digits are cut to microseconds.

    Raises:
        UnreadableTimeError: it is malformed, outside of the years that Exchange supports, or its zone is unknown.
    """
    local = _local(moment.date_time)
    if local.tzinfo is not None:
        return local.astimezone(UTC)
    zone = zone_named(moment.time_zone)
    if zone is None:
        raise UnreadableTimeError
    return local.replace(tzinfo=zone).astimezone(UTC)


def days_between(start: Moment, end: Moment, zone: ZoneInfo) -> Days | None:
    """Return the whole days of an all-day booking, None where it has no length.

    Midnight to midnight is taken as the dates that are written, whatever the label (C-09; Graph does it by design).
    Other times are instants: where they are midnights in the person's zone they are those dates, otherwise the days
    are ambiguous.

    Raises:
        UnreadableTimeError: a time is malformed, or the days are ambiguous.
    """
    first, after = _local(start.date_time), _local(end.date_time)
    if first.time() != time.min or after.time() != time.min or first.tzinfo or after.tzinfo:
        first, after = (instant_of(each).astimezone(zone) for each in (start, end))
    return _days(first, after)


def _days(first: datetime, after: datetime) -> Days | None:
    if first.time() != time.min or after.time() != time.min:
        raise UnreadableTimeError
    first_day: date = first.date()
    return Days(first=first_day, after=after.date()) if after.date() > first_day else None


def _local(text: str) -> datetime:
    try:
        local = datetime.fromisoformat(text)
    except ValueError as error:
        raise UnreadableTimeError from error
    if not _FIRST_YEAR <= local.year <= _LAST_YEAR:
        raise UnreadableTimeError
    return local
