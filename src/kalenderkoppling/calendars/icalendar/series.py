"""The occurrences of one event with all its overrides, computed by the library."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar
from icalendar import Event as Component
from icalendar.prop import vDDDLists, vDDDTypes, vRecur
from recurring_ical_events import of as occurrences_of

from kalenderkoppling.calendars.icalendar.content import Event, Line
from kalenderkoppling.calendars.icalendar.meaning import says_whole_days
from kalenderkoppling.calendars.icalendar.times import (
    Time,
    UnreadableTimeError,
    Zones,
    duration_of,
    later,
    time_of,
    times_of,
)
from kalenderkoppling.domain.time import Interval

MARGIN = timedelta(days=2)
"""How far around the window occurrences are computed; those outside of it are dropped afterwards."""

_OCCURRENCES_AT_MOST = 200_000
_RULE: Any = vRecur  # the library types none of its parsers
_NUMBER = "X-KALENDERKOPPLING-NUMBER"
_TOO_OFTEN = frozenset({"SECONDLY", "MINUTELY"})
_MIDNIGHT = "T000000"


@dataclass(slots=True, kw_only=True)
class Part:
    """One VEVENT of a series: the master, or an override of an occurrence.

    `of` is the occurrence that an override replaces, with `onwards` all later ones as well.
    """

    event: Event
    start: Time
    end: Time
    of: Time | None
    onwards: bool = False
    is_private: bool = False

    @property
    def has_length(self) -> bool:
        """Tell whether it ends after it starts (C-19)."""
        return _comparable(self.end) > _comparable(self.start)


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One occurrence: which part it comes from, its times, and its identity in the series (None for a single event)."""

    part: Part
    start: Time
    end: Time
    identity: str | None


@dataclass(slots=True, kw_only=True)
class Series:
    """All parts of one UID; `recurs` where there can be more than one occurrence."""

    parts: Sequence[Part]
    recurs: bool
    _master: Part | None = field(init=False)

    def __post_init__(self) -> None:
        self._master = next((each for each in self.parts if each.of is None), None)

    def is_private(self, occurrence: Occurrence) -> bool:
        """Tell whether an occurrence is private, also by a private part that names its day instead of its time."""
        days = {
            f"{each.of:%Y%m%d}" for each in self.parts if each.is_private and not isinstance(each.of, datetime | None)
        }
        return occurrence.part.is_private or (occurrence.identity or "")[:8] in days

    def occurrences(self, window: Interval, zones: Zones, zone: ZoneInfo) -> Iterator[Occurrence]:
        """Give the occurrences in a window and some days around it.

        Raises:
            ValueError: a rule cannot be read, or gives more occurrences than a calendar has.
        """
        if not self.recurs:
            yield from (Occurrence(part=each, start=each.start, end=each.end, identity=None) for each in self.parts)
            return
        calendar = Calendar()
        for number, part in enumerate(self.parts):
            calendar.add_component(_component(part, number, zones, zone, window))
        first, after = (each.astimezone(zone).replace(tzinfo=None) for each in (window.start, window.end))
        for found in occurrences_of(calendar).between(first - MARGIN, after + MARGIN):
            part = self.parts[int(found[_NUMBER])]
            start: Time = found["DTSTART"].dt
            yield Occurrence(part=part, start=start, end=found["DTEND"].dt, identity=self._identity(part, start))

    def _identity(self, part: Part, start: Time) -> str:
        """Return which occurrence it is: its original time by the series' own clock, whatever it was moved to."""
        original: Time = start
        if part.of is not None:
            original = part.of
            if part.onwards and isinstance(start, datetime) and isinstance(part.start, datetime):
                original = start - (part.start - _as_datetime(part.of, part.start))
            elif part.onwards and not isinstance(start, datetime) and not isinstance(part.of, datetime):
                original = start - (_day(part.start) - part.of)
        return self._written(original)

    def _written(self, moment: Time) -> str:
        if not isinstance(moment, datetime):
            return f"{moment:%Y%m%d}"
        master = self._master.start if self._master else moment
        if not isinstance(master, datetime):
            return f"{moment:%Y%m%d}"
        return f"{moment.astimezone(master.tzinfo):%Y%m%dT%H%M%S}"


def read_part(event: Event, zones: Zones) -> Part:
    """Read the times of an event.

    Raises:
        UnreadableTimeError: one is missing or cannot be read.
        ValueError: a property that may occur once is there twice.
    """
    event = _with_dates(event) if says_whole_days(event) else event
    begins, replaced = event.one("DTSTART"), event.one("RECURRENCE-ID")
    if begins is None:
        raise UnreadableTimeError
    start = time_of(begins, zones)
    end = _end(event, start, zones)
    if isinstance(start, datetime) != isinstance(end, datetime):
        raise UnreadableTimeError
    return Part(
        event=event,
        start=start,
        end=end,
        of=time_of(replaced, zones) if replaced is not None else None,
        onwards=replaced is not None and replaced.params.get("RANGE", "").upper() == "THISANDFUTURE",
    )


def repeats(event: Event) -> bool:
    """Tell whether an event repeats by itself."""
    return "RRULE" in event.lines or "RDATE" in event.lines


def with_privacy(parts: Sequence[Part]) -> Sequence[Part]:
    """Decide which parts of a series are private: unknown means private.

    CLASS decides; an override without one is as private as what it overrides. Of two parts for the same occurrence, or
    two masters, private wins.
    """
    for each in parts:
        each.is_private = each.event.is_public is False
    has_private_master = any(each.is_private for each in parts if each.of is None)
    has_private_base = has_private_master or any(each.is_private for each in parts if each.onwards)
    for each in parts:
        if each.of is None:
            each.is_private = has_private_master
        elif each.event.is_public is None:
            each.is_private = has_private_base
    private = [each.of for each in parts if each.is_private and each.of is not None]
    for each in parts:
        each.is_private = each.is_private or each.of in private
    return parts


def _end(event: Event, start: Time, zones: Zones) -> Time:
    """Return the end: DTEND, else DTSTART with DURATION, else a whole day, or no length (RFC 5545, 3.6.1)."""
    ends, length = event.one("DTEND"), event.one("DURATION")
    if ends is not None:
        return time_of(ends, zones)
    if length is not None:
        return later(start, duration_of(length))
    return start if isinstance(start, datetime) else start + timedelta(days=1)


def _with_dates(event: Event) -> Event:
    """Return an event with dates for its midnights, where Outlook says that it is all-day (C-09)."""
    own = [each for name in ("DTSTART", "DTEND") for each in event.lines.get(name, ())]
    if not own or not all(each.value.endswith(_MIDNIGHT) for each in own):
        return event
    lines = dict(event.lines)
    for name in ("DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE", "RDATE"):
        if name in lines:
            lines[name] = [
                Line(params=_without_zone(each), value=each.value.replace(_MIDNIGHT, "")) for each in lines[name]
            ]
    return replace(event, lines=lines)


def _without_zone(line: Line) -> dict[str, str]:
    return {name: value for name, value in line.params.items() if name != "TZID"}


def _component(part: Part, number: int, zones: Zones, zone: ZoneInfo, window: Interval) -> Component:
    """Make the library's event, with only its times and the number of its part."""
    lines = part.event.lines
    made = Component()
    made["UID"] = "series"
    made["SEQUENCE"] = _sequence(part.event)
    made[_NUMBER] = str(number)
    made["DTSTART"] = vDDDTypes(part.start)
    # The library swaps start and end where the end is earlier.
    made["DTEND"] = vDDDTypes(part.end if part.has_length else part.start)
    if part.of is not None:
        made["RECURRENCE-ID"] = vDDDTypes(part.of)
        if part.onwards:
            made["RECURRENCE-ID"].params["RANGE"] = "THISANDFUTURE"
        return made
    for name in ("RDATE", "EXDATE"):
        if name in lines:
            made[name] = vDDDLists([moment for each in lines[name] for moment in times_of(each, zones)])
    if "RRULE" in lines:
        made["RRULE"] = [_rule(each.value, part.start, zone, window) for each in lines["RRULE"]]
    return made


def _sequence(event: Event) -> int:
    try:
        return int(event.lines["SEQUENCE"][0].value)
    except (KeyError, ValueError):
        return 0


def _rule(text: str, start: Time, zone: ZoneInfo, window: Interval) -> vRecur:
    """Read a rule, with UNTIL in the form that the library expects; raise where it has too many occurrences."""
    rule: vRecur = _RULE.from_ical(text)
    (often,) = rule["FREQ"]
    within_a_day = math.prod(len(rule.get(each, (0,))) for each in ("BYHOUR", "BYMINUTE", "BYSECOND"))
    a_day = within_a_day * (24 if often == "HOURLY" else 1)
    days = (window.end - _comparable(start)).days + 1
    if often in _TOO_OFTEN or days * a_day > _OCCURRENCES_AT_MOST:
        raise ValueError("a rule gives too many occurrences")
    if "UNTIL" in rule:
        (until,) = rule["UNTIL"]
        rule["UNTIL"] = [_until(until, start, zone)]
    return rule


def _until(until: Time, start: Time, zone: ZoneInfo) -> Time:
    """Return the last possible start: a date for dates, else an instant in UTC; a date means until that day's end."""
    if not isinstance(start, datetime):
        return until.astimezone(zone).date() if isinstance(until, datetime) and until.tzinfo else _day(until)
    if not isinstance(until, datetime):
        until = datetime.combine(until, time(23, 59, 59))
    return (until if until.tzinfo else until.replace(tzinfo=start.tzinfo)).astimezone(UTC)


def _day(moment: Time) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _as_datetime(moment: Time, like: datetime) -> datetime:
    return moment if isinstance(moment, datetime) else datetime.combine(moment, time.min, tzinfo=like.tzinfo)


def _comparable(moment: Time) -> datetime:
    return moment.astimezone(UTC) if isinstance(moment, datetime) else datetime.combine(moment, time.min, tzinfo=UTC)
