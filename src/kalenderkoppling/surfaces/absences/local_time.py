"""From a day and a time of day, as people write them, to an instant; clock changes minded."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from kalenderkoppling.domain.errors import FieldProblem, RefusedError
from kalenderkoppling.domain.time import local_midnight

_DATE = re.compile(r"(?P<year>[0-9]{4,6})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})")
_TIME = re.compile(r"(?P<hour>[0-9]{1,2})[:.](?P<minute>[0-9]{2})([:.][0-9]{2})?")
_FIRST_YEAR, _LAST_YEAR = 1970, 2200
"""Dates in years outside this range are refused before date arithmetic can overflow."""


def read_date(written: str, field: str) -> date:
    """Read a date as a date field sends it: `2026-11-23`.

    Raises:
        RefusedError: it is none, such as 31 April, or lies in a year that nobody means.
    """
    found = _DATE.fullmatch(written.strip())
    if found is None:
        raise refused(field, "not_a_date" if written.strip() else "required")
    if int(found["year"]) > _LAST_YEAR:
        raise refused(field, "too_far_ahead")
    try:
        day = date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError as error:
        raise refused(field, "not_a_date") from error
    if day.year < _FIRST_YEAR:
        raise refused(field, "too_far_back")
    return day


def read_time(written: str, field: str) -> time:
    """Read a time of day as a time field sends it, or as Nordic hands write it: `13:00`, `13.00`.

    Raises:
        RefusedError: it is none.
    """
    found = _TIME.fullmatch(written.strip())
    if found is None:
        raise refused(field, "not_a_time" if written.strip() else "required")
    try:
        return time(int(found["hour"]), int(found["minute"]))
    except ValueError as error:
        raise refused(field, "not_a_time") from error


def instant(day: date, clock: time, zone: ZoneInfo, field: str) -> datetime:
    """Return the instant (UTC) of a wall clock in a zone; where it comes twice, the first.

    Raises:
        RefusedError: the clocks are put forward over it that day.
    """
    wall = datetime.combine(day, clock, tzinfo=zone)
    there = wall.astimezone(UTC)
    if there.astimezone(zone).replace(tzinfo=None) != wall.replace(tzinfo=None):
        raise refused(field, "no_such_time")
    return there


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """Return when a day begins in a zone (UTC)."""
    return local_midnight(day, zone)


def day_end(day: date, zone: ZoneInfo) -> datetime:
    """Return when a day has ended in a zone (UTC)."""
    return local_midnight(day + timedelta(days=1), zone)


def refused(field: str, problem: str) -> RefusedError:
    """Make the refusal of one field."""
    return RefusedError(FieldProblem(field=field, problem=problem))
