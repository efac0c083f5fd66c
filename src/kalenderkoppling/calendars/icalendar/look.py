"""From the content of a file to a view: what is private, what holds for the person, when, and what is in the window."""

from __future__ import annotations

import time as machine_time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from kalenderkoppling.calendars.icalendar.content import Content, Event, read_content
from kalenderkoppling.calendars.icalendar.meaning import is_cancelled, show_as_of, subject_of
from kalenderkoppling.calendars.icalendar.series import Occurrence, Part, Series, read_part, repeats, with_privacy
from kalenderkoppling.calendars.icalendar.times import Time, Zones
from kalenderkoppling.domain.booking import Booking, BookingKey, Private, Standing, View
from kalenderkoppling.domain.errors import ReadFailedError, ReadProblem
from kalenderkoppling.domain.time import Days, Interval, When
from kalenderkoppling.ports.calendar import Fields

LOOK_SECONDS = 60.0
"""How long the expansion of one file's series may take."""


def view_of(body: bytes, mailbox: str, window: Interval, zone: ZoneInfo, fields: Fields) -> View:
    """Return what a file holds in a window; see the port for the promises and errors."""
    content = read_content(body, mailbox, subject=fields.subject)
    look = _Look(content, window, zone)
    deadline = machine_time.monotonic() + LOOK_SECONDS
    for uid, events in _by_uid(content).items():
        if machine_time.monotonic() > deadline:
            raise ReadFailedError(ReadProblem.MALFORMED, "its series take too long to expand")
        look.take(uid, events)
    return look.view()


def _by_uid(content: Content) -> Mapping[str, list[Event]]:
    found: dict[str, list[Event]] = {}
    for each in content.events:
        uids = {line.value for line in each.lines.get("UID", ())}
        if len(uids) != 1 or "" in uids:
            # Without it nothing could be recognised at the next look (RFC 5545, 3.8.4.7).
            raise ReadFailedError(ReadProblem.MALFORMED, "an event without one UID")
        found.setdefault(uids.pop(), []).append(each)
    return found


class _Look:
    """One look: series are taken in one by one, the view is drawn when all are."""

    def __init__(self, content: Content, window: Interval, zone: ZoneInfo) -> None:
        self._window = window
        self._zone = zone
        self._zones = Zones(content.zones, zone)
        self._bookings: dict[BookingKey, Booking] = {}
        self._private: dict[BookingKey, Private] = {}
        self._unreadable: set[BookingKey] = set()

    def view(self) -> View:
        """Return all that was taken in; private wins over what else bears its key."""
        for key in self._private:
            self._bookings.pop(key, None)
            self._unreadable.discard(key)
        return View(
            window=self._window,
            bookings=tuple(self._bookings.values()),
            private=tuple(self._private.values()),
            unreadable=frozenset(self._unreadable),
        )

    def take(self, uid: str, events: Sequence[Event]) -> None:
        """Take in all events of one UID.

        Raises:
            ReadFailedError: MALFORMED: a series that is not private cannot be expanded, so nobody knows what it holds.
        """
        recurs = len(events) > 1 or any(repeats(each) or _is_override(each) for each in events)
        parts = [self._part(each) for each in events]
        if all(parts):
            series = Series(parts=with_privacy([each for each in parts if each is not None]), recurs=recurs)
            self._take_series(uid, series)
        elif any(each.is_public is False for each in events):
            # What is private may be any occurrence: all are taken for it.
            self._add_private(BookingKey(uid), BookingKey(uid) if recurs else None)
        elif recurs:
            raise ReadFailedError(ReadProblem.MALFORMED, "a series whose times cannot be read")
        else:
            self._unreadable.add(BookingKey(uid))

    def _part(self, event: Event) -> Part | None:
        try:
            return read_part(event, self._zones)
        except ValueError:
            return None

    def _take_series(self, uid: str, series: Series) -> None:
        try:
            for each in series.occurrences(self._window, self._zones, self._zone):
                self._add(uid, series, each)
        except Exception as error:  # noqa: BLE001 - the library raises whatever it meets in a rule
            if any(each.is_private for each in series.parts):
                self._add_private(BookingKey(uid), BookingKey(uid))
                return
            # Only the kind of failure: its words bear what the file holds.
            detail = f"a series cannot be expanded: {type(error).__name__}"
            raise ReadFailedError(ReadProblem.MALFORMED, detail) from None

    def _add(self, uid: str, series: Series, found: Occurrence) -> None:
        key = BookingKey(uid if found.identity is None else f"{uid}/{found.identity}")
        series_key = None if found.identity is None else BookingKey(uid)
        when, touches = self._place(found)
        if not touches:
            return
        if series.is_private(found):
            self._add_private(key, series_key)
            return
        event = found.part.event
        self._bookings[key] = Booking(
            key=key,
            series_key=series_key,
            when=when,
            show_as=show_as_of(event),
            standing=_standing(event, when),
            subject=subject_of(event),
        )

    def _add_private(self, key: BookingKey, series_key: BookingKey | None) -> None:
        self._private[key] = Private(key=key, series_key=series_key)

    def _place(self, found: Occurrence) -> tuple[When | None, bool]:
        """Return when an occurrence is, None for no length (C-19), and whether that touches the window."""
        if not found.part.has_length:
            return None, self._window.holds(_instant(found.start, self._zone))
        when: When
        if isinstance(found.start, datetime) and isinstance(found.end, datetime):
            when = Interval(start=found.start, end=_end_of(found.start, found.end, found.part))
            return when, when.overlaps(self._window)
        when = Days(first=found.start, after=found.end)
        return when, when.interval(self._zone).overlaps(self._window)


def _is_override(event: Event) -> bool:
    return "RECURRENCE-ID" in event.lines


def _instant(moment: Time, zone: tzinfo) -> datetime:
    if isinstance(moment, datetime):
        return moment.astimezone(UTC)
    return datetime(moment.year, moment.month, moment.day, tzinfo=zone).astimezone(UTC)


def _end_of(start: datetime, end: datetime, part: Part) -> datetime:
    """Return the end by the wall clock; where a clock change leaves nothing between, the length is elapsed time."""
    if end.astimezone(UTC) > start.astimezone(UTC):
        return end
    return start.astimezone(UTC) + (_instant(part.end, UTC) - _instant(part.start, UTC))


def _standing(event: Event, when: When | None) -> Standing:
    if is_cancelled(event):
        return Standing.CANCELLED
    if event.declined:
        return Standing.DECLINED
    return Standing.HELD if when is not None else Standing.NO_LENGTH
