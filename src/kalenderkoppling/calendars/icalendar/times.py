"""iCalendar's times: dates, instants and floating times, in zones by name or by the file's own definition."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Timezone
from icalendar.prop import vDDDTypes, vDuration, vPeriod

from kalenderkoppling.calendars.icalendar.content import Line
from kalenderkoppling.domain.zones import zone_named

Time = date | datetime
"""A whole day, or an aware instant; floating times are taken in the person's zone."""

Period = tuple[datetime, datetime]

_FIRST_YEAR, _LAST_YEAR = 1601, 4500
# YYYYMMDD, and YYYYMMDDTHHMMSS with or without Z.
_LENGTHS = frozenset({8, 15, 16})

# The library types none of its parsers.
_ZONE: Any = Timezone
_TIME: Any = vDDDTypes
_DURATION: Any = vDuration
_PERIOD: Any = vPeriod


class UnreadableTimeError(ValueError):
    """A time that cannot be read: it is malformed, or its zone is unknown."""


class Zones:
    """The zones of one file: well-known names first, then the file's own definitions.

    The library caches definitions by name for the whole process; two files may define "Customized Time Zone"
    differently, so that cache is not used.
    """

    def __init__(self, definitions: Mapping[str, str], persons: ZoneInfo) -> None:
        self._definitions = definitions
        self._persons = persons
        self._known: dict[str, tzinfo | None] = {}

    def of(self, line: Line) -> tzinfo:
        """Return the zone of a line's local times; floating times are in the person's zone (RFC 5545, 3.3.5).

        Raises:
            UnreadableTimeError: the zone is unknown.
        """
        name = line.params.get("TZID")
        if name is None:
            return self._persons
        if name not in self._known:
            self._known[name] = self._find(name)
        found = self._known[name]
        if found is None:
            raise UnreadableTimeError
        return found

    def _find(self, name: str) -> tzinfo | None:
        found = zone_named(name)
        # "/citadel.org/20210210_1/Europe/Stockholm": globally unique names end in the common one (3.8.3.1).
        parts = name.split("/")
        for start in range(1, len(parts)) if found is None and name.startswith("/") else ():
            found = found or zone_named("/".join(parts[start:]))
        if found is not None or name not in self._definitions:
            return found
        try:
            defined: tzinfo = _ZONE.from_ical(self._definitions[name]).to_tz(lookup_tzid=False)
            datetime(2027, 1, 1, tzinfo=defined).astimezone(UTC)
        except Exception:  # noqa: BLE001 - whatever is wrong with a definition, it defines no zone
            return None
        return defined


def time_of(line: Line, zones: Zones) -> Time:
    """Return the one time of a line.

    Raises:
        UnreadableTimeError: it is malformed, or its zone is unknown.
    """
    return _time(line.value, line, zones)


def times_of(line: Line, zones: Zones) -> list[Time | Period]:
    """Return the times of a line that may have several, and periods (RDATE, EXDATE).

    Raises:
        UnreadableTimeError: one of them is malformed, or its zone is unknown.
    """
    return [_period(each, line, zones) if "/" in each else _time(each, line, zones) for each in line.value.split(",")]


def duration_of(line: Line) -> timedelta:
    """Return a length (RFC 5545, 3.3.6).

    Raises:
        UnreadableTimeError: it is malformed.
    """
    try:
        found: timedelta = _DURATION.from_ical(line.value)
    except (ValueError, OverflowError) as error:
        raise UnreadableTimeError from error
    return found


def later(start: Time, length: timedelta) -> Time:
    """Return start plus length: days by the wall clock, the rest as elapsed time (RFC 5545, 3.3.6)."""
    try:
        if not isinstance(start, datetime):
            return start + length if not length.seconds else datetime.combine(start, time.min) + length
        days = timedelta(days=length.days)
        by_clock = start + days
        return (by_clock.astimezone(UTC) + (length - days)).astimezone(start.tzinfo)
    except OverflowError as error:
        raise UnreadableTimeError from error


def _period(text: str, line: Line, zones: Zones) -> Period:
    try:
        start, end = _PERIOD.from_ical(text)
    except ValueError as error:
        raise UnreadableTimeError from error
    first = _placed(start, line, zones)
    last = later(first, end) if isinstance(end, timedelta) else _placed(end, line, zones)
    return first, last if isinstance(last, datetime) else first


def _time(text: str, line: Line, zones: Zones) -> Time:
    if len(text) not in _LENGTHS:
        raise UnreadableTimeError
    try:
        found = _TIME.from_ical(text)
    except (ValueError, OverflowError) as error:
        raise UnreadableTimeError from error
    if not isinstance(found, date) or not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        raise UnreadableTimeError
    return _placed(found, line, zones) if isinstance(found, datetime) else found


def _placed(found: datetime, line: Line, zones: Zones) -> datetime:
    return found.replace(tzinfo=UTC) if found.tzinfo is not None else found.replace(tzinfo=zones.of(line))
