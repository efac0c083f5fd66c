"""Validates the booking form: returns a draft, or a problem for each wrong field."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from kalenderkoppling.sandbox import zones
from kalenderkoppling.sandbox.event import Event, When
from kalenderkoppling.sandbox.outlook.words import CHOICES, ShowAs, Standing, is_private
from kalenderkoppling.sandbox.series import Frequency, Recurrence

LONGEST_SUBJECT = 255
MOST_TIMES = 200
YEARS_EITHER_WAY = 5
_DAY = timedelta(days=1)
_HALF_HOUR = timedelta(minutes=30)
NO_REPEAT = "none"

Values = Mapping[str, str]
"""Field names and values as browsers send them; a checkbox that is not ticked is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why a field is refused: the key of a text, and the text's values."""

    key: str
    limit: str = ""


Problems = Mapping[str, Problem]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A booking to be made; dates for all day, the end not included. `frequency` None: only once."""

    subject: str
    start: When
    end: When
    show_as: ShowAs
    is_private: bool
    standing: Standing
    frequency: Frequency | None
    count: int | None


class Refused(Exception):
    """The form is not valid; `problems` by field."""

    def __init__(self, problems: Problems) -> None:
        super().__init__(", ".join(problems))
        self.problems = problems


# Initial contents of a form


def empty_values(start: datetime) -> dict[str, str]:
    """Fill in a new booking of half an hour from a local time."""
    end = start + _HALF_HOUR
    return {
        "subject": "",
        "start": _minutes(start),
        "end": _minutes(end),
        "first_day": start.date().isoformat(),
        "last_day": start.date().isoformat(),
        "show_as": ShowAs.BUSY,
        "standing": Standing.ON,
        "repeat": NO_REPEAT,
        "count": "5",
    }


def values_of(event: Event, zone: ZoneInfo, recurrence: Recurrence | None) -> dict[str, str]:
    """Fill in an existing booking, in the mailbox's zone."""
    values = {
        "subject": event.subject,
        "show_as": ShowAs.of(event),
        "standing": Standing.of(event),
        "repeat": recurrence.freq if recurrence else NO_REPEAT,
        "count": str(recurrence.count or "") if recurrence else "",
    }
    if is_private(event):
        values["private"] = "on"
    return values | _times_of(event, zone)


def _times_of(event: Event, zone: ZoneInfo) -> dict[str, str]:
    if isinstance(event.start, datetime) and isinstance(event.end, datetime):
        start, end = event.start.astimezone(zone), event.end.astimezone(zone)
        days = {"first_day": start.date().isoformat(), "last_day": end.date().isoformat()}
        return {"start": _minutes(start), "end": _minutes(end), **days}
    return {
        "all_day": "on",
        "start": f"{event.start.isoformat()}T09:00",
        "end": f"{event.start.isoformat()}T10:00",
        "first_day": event.start.isoformat(),
        "last_day": (event.end - _DAY).isoformat(),
    }


def _minutes(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M")


# Reading it back


def read_form(values: Values, zone: ZoneInfo, now: datetime) -> Draft:
    """Read a whole form.

    Args:
        values: What the browser sent.
        zone: The mailbox's, for local times.
        now: Aware; dates more than five years away are typing errors.

    Raises:
        Refused: with a problem for each wrong field.
    """
    reading = _Reading(values, zone, now.astimezone(zone).year)
    subject, show_as, standing = reading.subject(), reading.show_as(), reading.standing()
    start, end = reading.days() if "all_day" in values else reading.times()
    frequency, count = reading.repeat()
    if reading.problems or start is None or end is None:
        raise Refused(reading.problems)
    return Draft(
        subject=subject,
        start=start,
        end=end,
        show_as=show_as,
        is_private="private" in values,
        standing=standing,
        frequency=frequency,
        count=count,
    )


class _Reading:
    """Reads field by field and collects problems."""

    def __init__(self, values: Values, zone: ZoneInfo, year: int) -> None:
        self._values = values
        self._zone = zone
        self._years = range(year - YEARS_EITHER_WAY, year + YEARS_EITHER_WAY + 1)
        self.problems: dict[str, Problem] = {}

    def subject(self) -> str:
        subject = " ".join(self._values.get("subject", "").split())
        if len(subject) > LONGEST_SUBJECT:
            self._refuse("subject", "subject_long", str(LONGEST_SUBJECT))
        elif any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in subject):
            self._refuse("subject", "subject_odd")
        return subject

    def show_as(self) -> ShowAs:
        word = self._values.get("show_as", "")
        if word in CHOICES:
            return ShowAs(word)
        self._refuse("show_as", "choose")
        return ShowAs.UNKNOWN

    def standing(self) -> Standing:
        word = self._values.get("standing", Standing.ON)
        if word in set(Standing):
            return Standing(word)
        self._refuse("standing", "choose")
        return Standing.ON

    def times(self) -> tuple[datetime | None, datetime | None]:
        start, end = self._time("start"), self._time("end")
        if start is not None and end is not None and end <= start:
            self._refuse("end", "end_before_start")
        return start, end

    def days(self) -> tuple[date | None, date | None]:
        first, last = self._date("first_day"), self._date("last_day")
        if first is not None and last is not None and last < first:
            self._refuse("last_day", "last_before_first")
        return first, last and last + _DAY

    def repeat(self) -> tuple[Frequency | None, int | None]:
        word = self._values.get("repeat", NO_REPEAT)
        if word == NO_REPEAT:
            return None, None
        if word not in set(Frequency):
            self._refuse("repeat", "choose")
            return None, None
        return Frequency(word), self._count()

    def _count(self) -> int | None:
        typed = self._values.get("count", "").strip()
        if not typed:
            return None
        if typed.isascii() and typed.isdigit() and len(typed) <= len(str(MOST_TIMES)) and 0 < int(typed) <= MOST_TIMES:
            return int(typed)
        self._refuse("count", "count_wrong", str(MOST_TIMES))
        return None

    def _time(self, field: str) -> datetime | None:
        typed = self._values.get(field, "").strip()
        try:
            # What browsers send for datetime-local; seconds only where somebody typed them.
            local = datetime.strptime(typed[:16], "%Y-%m-%dT%H:%M")  # noqa: DTZ007 wall-clock time, the zone is put on below
        except ValueError:
            self._refuse(field, "time_missing" if not typed else "time_odd")
            return None
        if typed[16:] and not _is_seconds(typed[16:]):
            self._refuse(field, "time_odd")
            return None
        return zones.instant(local, self._zone) if self._is_near(field, local.year) else None

    def _date(self, field: str) -> date | None:
        typed = self._values.get(field, "").strip()
        try:
            day = datetime.strptime(typed, "%Y-%m-%d").date()  # noqa: DTZ007 only the date is kept
        except ValueError:
            self._refuse(field, "day_missing" if not typed else "day_odd")
            return None
        return day if self._is_near(field, day.year) else None

    def _is_near(self, field: str, year: int) -> bool:
        if year in self._years:
            return True
        self._refuse(field, "year_far", f"{self._years[0]}–{self._years[-1]}")
        return False

    def _refuse(self, field: str, key: str, limit: str = "") -> None:
        self.problems[field] = Problem(key=key, limit=limit)


def _is_seconds(tail: str) -> bool:
    digits = tail[1:].replace(".", "", 1)
    return tail[0] == ":" and digits.isascii() and digits.isdigit()
