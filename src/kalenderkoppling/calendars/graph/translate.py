"""From Graph's rows to a view: what is private, what holds for the person, when, and what is in the window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import cast
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
from kalenderkoppling.domain.booking import Booking, BookingKey, ItemChoice, Private, ShowAs, Standing, View
from kalenderkoppling.domain.errors import ReadFailedError, ReadProblem
from kalenderkoppling.domain.time import Interval, When
from kalenderkoppling.ports.calendar import Fields

SHOW_AS: dict[str | None, ShowAs] = {
    "free": ShowAs.FREE,
    "workingElsewhere": ShowAs.WORKING_ELSEWHERE,
    "tentative": ShowAs.TENTATIVE,
    "busy": ShowAs.BUSY,
    "oof": ShowAs.OUT_OF_OFFICE,
}
"""Graph's words; `unknown`, and those that it may invent, are none of ours."""

_DECLINED = "declined"
_HELD = Standing.HELD


class _Draft:
    """A booking being made: the same slots, but not yet frozen.

    A frozen dataclass sets its fields one by one through `object.__setattr__`, which costs more than all the rest
    of a row. A draft is filled as a plain object and then becomes the booking: a third of the time.
    """

    __slots__ = Booking.__slots__

    def __init__(  # noqa: PLR0917 - keywords would cost what this class saves
        self,
        key: BookingKey,
        series_key: BookingKey | None,
        when: When | None,
        show_as: ShowAs | None,
        standing: Standing,
        subject: str | None,
        item_choice: ItemChoice | None,
    ) -> None:
        self.key = key
        self.series_key = series_key
        self.when = when
        self.show_as = show_as
        self.standing = standing
        self.subject = subject
        self.item_choice = item_choice


class _Span:
    """A stretch of time being made, whose ends have been compared already: the same, for Interval."""

    __slots__ = Interval.__slots__

    def __init__(self, start: datetime, end: datetime) -> None:
        self.start = start
        self.end = end


_DRAFT = cast("Callable[..., Booking]", _Draft)
_SPAN = cast("Callable[[datetime, datetime], Interval]", _Span)


class Look:
    """One look at a mailbox: rows are taken in page by page, the view is drawn when the last page has come.

    Rows can come twice, on two pages, when the calendar changes meanwhile: the last is right, but private wins.
    """

    def __init__(self, window: Interval, zone: ZoneInfo, fields: Fields) -> None:
        self._window = window
        self._zone = zone
        self._fields = fields
        self._bookings: dict[BookingKey, Booking] = {}
        self._private: dict[BookingKey, Private] = {}
        self._unreadable: set[BookingKey] = set()

    def view(self) -> View:
        """Return all that was taken in."""
        for key in self._private:
            self._bookings.pop(key, None)
            self._unreadable.discard(key)
        return View(
            window=self._window,
            bookings=tuple(self._bookings.values()),
            private=tuple(self._private.values()),
            unreadable=frozenset(self._unreadable),
        )

    def take(self, rows: Sequence[Row]) -> None:
        """Take in the rows of one page.

        The usual row (normal, timed, in UTC, accepted) is dealt with here, at the price of a straight script; every
        other goes the careful way.

        Raises:
            ReadFailedError: MALFORMED: a row has no id.
        """
        begins, ends, full = self._window.start, self._window.end, self._fields.subject or self._fields.item_choices
        bookings, unreadable, subject, choice = self._bookings, self._unreadable, None, None
        read_time = datetime.fromisoformat
        for row in rows:
            start, end, answer, key = row.start, row.end, row.response_status, row.id
            if (
                row.sensitivity != NORMAL
                or row.is_all_day is not False
                or start is None
                or end is None
                or start.time_zone != UTC_LABEL
                or end.time_zone != UTC_LABEL
                or row.is_cancelled
                or (answer is not None and answer.response == _DECLINED)
                or not key
                or key in unreadable
            ):
                self._take_carefully(row)
                continue
            try:
                first, last = read_time(start.date_time + "Z"), read_time(end.date_time + "Z")
            except ValueError:
                self._take_carefully(row)
                continue
            if not EARLIEST <= first < last < LATEST:
                self._take_carefully(row)
            elif first < ends and begins < last:
                if full:
                    subject, choice = self._extras(row)
                when = _SPAN(first, last)
                when.__class__ = Interval
                made = _DRAFT(key, row.series_master_id, when, SHOW_AS.get(row.show_as), _HELD, subject, choice)
                made.__class__ = Booking
                bookings[key] = made
            else:
                bookings.pop(key, None)

    def _take_carefully(self, row: Row) -> None:
        key = row.id
        if not key:
            raise ReadFailedError(ReadProblem.MALFORMED, "a row without id")
        self._bookings.pop(key, None)
        self._unreadable.discard(key)
        if row.sensitivity != NORMAL:
            self._private[key] = Private(key=key, series_key=row.series_master_id)
            return
        try:
            when, touches = _place(row, self._window, self._zone)
        except UnreadableTimeError:
            self._unreadable.add(key)
            return
        if touches:
            subject, choice = self._extras(row)
            self._bookings[key] = Booking(
                key=key,
                series_key=row.series_master_id,
                when=when,
                show_as=SHOW_AS.get(row.show_as),
                standing=_standing(row, when),
                subject=subject,
                item_choice=choice,
            )

    def _extras(self, row: Row) -> tuple[str | None, ItemChoice | None]:
        """Return subject and choice, each only where it was asked for, whatever the answer bears (S-2)."""
        if not isinstance(row, FullRow):
            return None, None
        properties = row.single_value_extended_properties
        return (
            row.subject if self._fields.subject else None,
            item_choice(properties) if properties and self._fields.item_choices else None,
        )


def _standing(row: Row, when: When | None) -> Standing:
    if row.is_cancelled:
        return Standing.CANCELLED
    if row.response_status is not None and row.response_status.response == _DECLINED:
        return Standing.DECLINED
    return Standing.HELD if when is not None else Standing.NO_LENGTH


def _place(row: Row, window: Interval, zone: ZoneInfo) -> tuple[When | None, bool]:
    """Return when a booking is, None for no length (C-19), and whether that touches the window.

    Raises:
        UnreadableTimeError: nobody can tell when it is.
    """
    if row.start is None or row.end is None or row.is_all_day is None:
        raise UnreadableTimeError
    if row.is_all_day:
        days = days_between(row.start, row.end, zone)
        return days, days is None or days.interval(zone).overlaps(window)
    first, last = instant_of(row.start), instant_of(row.end)
    if last <= first:
        return None, window.holds(first)
    when = Interval(start=first, end=last)
    return when, when.overlaps(window)
