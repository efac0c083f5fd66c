"""Translates Graph's rows into a view: separates private rows, converts times, drops what is outside the window."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from kalenderkoppling.calendars.graph.choice import item_choice
from kalenderkoppling.calendars.graph.times import (
    EARLIEST,
    LATEST,
    UTC_LABEL,
    UnreadableTimeError,
    days_between,
    instant_of,
)
from kalenderkoppling.calendars.graph.wire import NORMAL, FullRow, Row
from kalenderkoppling.calendars.view_builder import ViewBuilder
from kalenderkoppling.domain.booking import Booking, ItemChoice, ShowAs, Standing, View
from kalenderkoppling.domain.errors import ReadFailedError, ReadProblem
from kalenderkoppling.domain.text import storable
from kalenderkoppling.domain.time import Days, Interval, When
from kalenderkoppling.ports.calendar import Fields

SHOW_AS: dict[str | None, ShowAs] = {
    "free": ShowAs.FREE,
    "workingElsewhere": ShowAs.WORKING_ELSEWHERE,
    "tentative": ShowAs.TENTATIVE,
    "busy": ShowAs.BUSY,
    "oof": ShowAs.OUT_OF_OFFICE,
}
"""Graph's values; `unknown`, and any value that Graph may add, is not in it."""

_SHOW_AS_IN_ANY_CASE = {word.lower(): meant for word, meant in SHOW_AS.items() if word is not None}
_DECLINED = "declined"
_HELD = Standing.HELD


# A frozen dataclass sets each field through `object.__setattr__`, which costs more than all the rest of a row; so the
# usual row, whose times have been compared already, writes the slots themselves. Share of the speed of the
# straight-line script that makes the same types (`python -m bench decode`): 0.77 with constructors, 1.05 with slots.
_new = object.__new__
_set_start, _set_end = (Interval.__dict__[name].__set__ for name in ("start", "end"))
_set_key, _set_series_key, _set_when, _set_show_as, _set_standing, _set_subject, _set_item_choice = (
    Booking.__dict__[name].__set__ for name in Booking.__slots__
)


class Look:
    """One look at a mailbox: `take` is called for each page, `view` after the last.

    A row can occur on two pages when the calendar changes between them: the later row counts, but private wins.
    """

    def __init__(self, window: Interval, zone: ZoneInfo, fields: Fields) -> None:
        self._found = ViewBuilder(window)
        self._zone = zone
        self._fields = fields
        self._first_day, self._last_day = (each.astimezone(zone).date() for each in (window.start, window.end))

    def view(self) -> View:
        """Return the view of all pages taken."""
        return self._found.view()

    def take(self, rows: Sequence[Row]) -> None:
        """Take in the rows of one page.

        The usual row (normal, timed, in UTC, wholly inside the window) is handled here, in a fast path; every other
        row goes to `_take_carefully`.

        Raises:
            ReadFailedError: MALFORMED: a row has no id.
        """
        begins, ends = max(self._found.window.start, EARLIEST), min(self._found.window.end, LATEST)
        full = self._fields.subject or self._fields.item_choices
        bookings, unreadable, subject, choice = self._found.bookings, self._found.unreadable, None, None
        read_time, show_as = datetime.fromisoformat, SHOW_AS.get
        for row in rows:
            start, end, answer, key = row.start, row.end, row.response_status, row.id
            if (
                row.sensitivity != NORMAL
                or row.is_all_day is not False
                or start is None
                or end is None
                or start.time_zone != UTC_LABEL
                or end.time_zone != UTC_LABEL
                or not key
                or (unreadable and key in unreadable)
            ):
                self._take_carefully(row)
                continue
            try:
                first, last = read_time(start.date_time + "Z"), read_time(end.date_time + "Z")
            except ValueError:
                self._take_carefully(row)
                continue
            if not begins <= first < last < ends:
                self._take_carefully(row)
                continue
            if full:
                subject, choice = self._extras(row)
            when = _new(Interval)
            _set_start(when, first)
            _set_end(when, last)
            declined = answer is not None and _is_declined(answer.response)
            made = _new(Booking)
            _set_key(made, key)
            _set_series_key(made, row.series_master_id)
            _set_when(made, when)
            _set_show_as(made, show_as(row.show_as) or _show_as(row.show_as))
            _set_standing(made, _standing(row, when) if declined or row.is_cancelled else _HELD)
            _set_subject(made, subject)
            _set_item_choice(made, choice)
            bookings[key] = made

    def _take_carefully(self, row: Row) -> None:
        key = row.id
        if not key:
            raise ReadFailedError(ReadProblem.MALFORMED, "a row without id")
        self._found.bookings.pop(key, None)
        self._found.unreadable.discard(key)
        if row.sensitivity != NORMAL:
            self._found.add_private(key, row.series_master_id)
            return
        try:
            when, touches = self._place(row)
        except UnreadableTimeError:
            self._found.unreadable.add(key)
            return
        if touches:
            subject, choice = self._extras(row)
            self._found.bookings[key] = Booking(
                key=key,
                series_key=row.series_master_id,
                when=when,
                show_as=_show_as(row.show_as),
                standing=_standing(row, when),
                subject=subject,
                item_choice=choice,
            )

    def _place(self, row: Row) -> tuple[When | None, bool]:
        """Return when a booking is, None for no length (C-19), and whether that touches the window.

        Raises:
            UnreadableTimeError: start or end is missing or cannot be read.
        """
        if row.start is None or row.end is None or row.is_all_day is None:
            raise UnreadableTimeError
        if row.is_all_day:
            days = days_between(row.start, row.end, self._zone)
            return days, days is None or self._touched_by(days)
        first, last = instant_of(row.start), instant_of(row.end)
        if last <= first:
            return None, self._found.window.holds(first)
        when = Interval(start=first, end=last)
        return when, when.overlaps(self._found.window)

    def _touched_by(self, days: Days) -> bool:
        """Tell whether whole days overlap the window; days well inside it need no time zone conversion."""
        if self._first_day < days.first and days.after < self._last_day:
            return True
        return days.interval(self._zone).overlaps(self._found.window)

    def _extras(self, row: Row) -> tuple[str | None, ItemChoice | None]:
        """Return subject and choice, each only where it was asked for, whatever the answer contains (S-2)."""
        if not isinstance(row, FullRow):
            return None, None
        properties = row.single_value_extended_properties
        return (
            storable(row.subject) if self._fields.subject and row.subject is not None else None,
            item_choice(properties) if properties and self._fields.item_choices else None,
        )


def _show_as(word: str | None) -> ShowAs | None:
    """Return what Graph's word means, whatever its case; None for any other (clients of Graph write `Busy`, too)."""
    return None if word is None else _SHOW_AS_IN_ANY_CASE.get(_lower(word))


def _is_declined(word: str | None) -> bool:
    return word == _DECLINED or (word is not None and _lower(word) == _DECLINED)


def _lower(word: str) -> str:
    """Return an ASCII word in lower case, any other as it is: the Kelvin sign would become `k`."""
    return word.lower() if word.isascii() else word


def _standing(row: Row, when: When | None) -> Standing:
    if row.is_cancelled:
        return Standing.CANCELLED
    if row.response_status is not None and _is_declined(row.response_status.response):
        return Standing.DECLINED
    return Standing.HELD if when is not None else Standing.NO_LENGTH
