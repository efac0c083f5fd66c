"""From the content of a file to a view: what is private, which bookings take place, when, and what is in the window."""

from __future__ import annotations

import time as machine_time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from kalenderkoppling.calendars.icalendar.content import Content, Event, read_content
from kalenderkoppling.calendars.icalendar.meaning import is_cancelled, show_as_of, subject_of
from kalenderkoppling.calendars.icalendar.series import Occurrence, Part, Series, read_part, repeats, with_privacy
from kalenderkoppling.calendars.icalendar.times import Time, Zones
from kalenderkoppling.calendars.view_builder import ViewBuilder
from kalenderkoppling.domain.booking import Booking, BookingKey, Standing, Validator, View
from kalenderkoppling.domain.time import Days, Interval, When
from kalenderkoppling.ports.calendar import Fields

EXPANSION_SECONDS = 20.0
"""Timeout of expanding all series of one file; the remaining ones are unreadable."""


def view_of(
    body: bytes, mailbox: str, window: Interval, zone: ZoneInfo, fields: Fields, *, validator: Validator | None = None
) -> View:
    """Return what a file holds in a window; see the port for the promises and errors.

    The view has `validator`, unless series were left out after the timeout: then the same file is to be read again.
    """
    content = read_content(body, mailbox, subject=fields.subject)
    look = _Look(content, window, zone)
    for uid, events in _by_uid(content).items():
        look.take(BookingKey(uid), events)
    return replace(look.view(), validator=None if look.is_late else validator)


def _by_uid(content: Content) -> Mapping[str, list[Event]]:
    found: dict[str, list[Event]] = {}
    for each in content.events:
        found.setdefault(each.uid, []).append(each)
    return found


class _BrokenSeriesError(Exception):
    """The occurrences of a series cannot be computed; without the cause, whose message quotes the file."""


class _Look:
    """One look: `take` is called for each UID, `view` after the last."""

    def __init__(self, content: Content, window: Interval, zone: ZoneInfo) -> None:
        self._zone = zone
        self._zones = Zones(content.zones, zone)
        self._found = ViewBuilder(window)
        self._deadline = machine_time.monotonic() + EXPANSION_SECONDS
        self.is_late = False

    def view(self) -> View:
        """Return the view of all events taken."""
        return self._found.view()

    def take(self, uid: BookingKey, events: Sequence[Event]) -> None:
        """Take in all events of one UID; where one cannot be read, all are private or unreadable together (C-07, C-22).

        A part that is not public may replace any occurrence, so that all are private.
        """
        recurs = len(events) > 1 or any(repeats(each) or _is_override(each) for each in events)
        try:
            series = self._series(events, recurs=recurs)
            found = list(self._occurrences(series))
        except _BrokenSeriesError:
            if any(each.is_public is False for each in events):
                self._found.add_private(uid, uid if recurs else None)
            else:
                self._found.unreadable.add(uid)
            return
        for each in found:
            self._add(uid, series, each)

    def _series(self, events: Sequence[Event], *, recurs: bool) -> Series:
        if not all(each.is_identified for each in events):
            raise _BrokenSeriesError
        try:
            return Series(parts=with_privacy([read_part(each, self._zones) for each in events]), recurs=recurs)
        except ValueError:
            raise _BrokenSeriesError from None

    def _occurrences(self, series: Series) -> Iterator[tuple[Occurrence, When | None]]:
        """Give the occurrences that touch the window, with their times.

        Raises:
            _BrokenSeriesError: a rule cannot be read or gives too many occurrences, or the timeout has passed.
        """
        if series.recurs and machine_time.monotonic() > self._deadline:
            self.is_late = True
            raise _BrokenSeriesError
        try:
            for each in series.occurrences(self._found.window, self._zones, self._zone):
                when, touches = self._place(each)
                if touches:
                    yield each, when
        except Exception:  # noqa: BLE001 - the library raises whatever it meets in a rule
            raise _BrokenSeriesError from None

    def _add(self, uid: BookingKey, series: Series, found: tuple[Occurrence, When | None]) -> None:
        occurrence, when = found
        key = uid if occurrence.identity is None else BookingKey(f"{uid}/{occurrence.identity}")
        series_key = None if occurrence.identity is None else uid
        if series.is_private(occurrence):
            self._found.add_private(key, series_key)
            return
        event = occurrence.part.event
        self._found.bookings[key] = Booking(
            key=key,
            series_key=series_key,
            when=when,
            show_as=show_as_of(event),
            standing=_standing(event, when),
            subject=subject_of(event),
        )

    def _place(self, found: Occurrence) -> tuple[When | None, bool]:
        """Return when an occurrence is, None for no length (C-19), and whether that touches the window."""
        if not found.part.has_length:
            return None, self._found.window.holds(_instant(found.start, self._zone))
        when: When
        if isinstance(found.start, datetime) and isinstance(found.end, datetime):
            when = Interval(start=found.start, end=_end_of(found.start, found.end, found.part))
            return when, when.overlaps(self._found.window)
        when = Days(first=found.start, after=found.end)
        return when, when.interval(self._zone).overlaps(self._found.window)


def _is_override(event: Event) -> bool:
    return "RECURRENCE-ID" in event.lines


def _instant(moment: Time, zone: tzinfo) -> datetime:
    if isinstance(moment, datetime):
        return moment.astimezone(UTC)
    return datetime(moment.year, moment.month, moment.day, tzinfo=zone).astimezone(UTC)


def _end_of(start: datetime, end: datetime, part: Part) -> datetime:
    """Return the end by the wall clock; where that is not after the start (a clock change), add the elapsed length."""
    if end.astimezone(UTC) > start.astimezone(UTC):
        return end
    return start.astimezone(UTC) + (_instant(part.end, UTC) - _instant(part.start, UTC))


def _standing(event: Event, when: When | None) -> Standing:
    if is_cancelled(event):
        return Standing.CANCELLED
    if event.declined:
        return Standing.DECLINED
    return Standing.HELD if when is not None else Standing.NO_LENGTH
