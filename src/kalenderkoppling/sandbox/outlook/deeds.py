"""What people do in Outlook, done to the world: make, change, move, hide and delete bookings."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import assert_never
from zoneinfo import ZoneInfo

from kalenderkoppling.sandbox import zones
from kalenderkoppling.sandbox.event import Event, EventFields, EventKind, OccurrenceFields, When
from kalenderkoppling.sandbox.outlook.form import Draft, Refused, read_form, values_of
from kalenderkoppling.sandbox.outlook.words import NORMAL, PRIVATE, ShowAs, Standing, is_private
from kalenderkoppling.sandbox.series import Recurrence
from kalenderkoppling.sandbox.world import World

_DAY = timedelta(days=1)
HALF_HOUR = timedelta(minutes=30)


class QuickBooking(StrEnum):
    """Bookings that one click makes."""

    MEETING_NOW = "meeting_now"
    LUNCH = "lunch"
    DAY_OFF = "day_off"
    DOCTOR = "doctor"


def make_quickly(world: World, user: str, kind: QuickBooking, subject: str) -> Event:
    """Make one of the quick bookings, relative to the world's present in the mailbox's zone."""
    zone = ZoneInfo(world.mailbox(user).zone)
    now = world.clock().astimezone(UTC).replace(second=0, microsecond=0)
    today = now.astimezone(zone).date()
    match kind:
        case QuickBooking.MEETING_NOW:
            return world.create_event(user, start=now, end=now + HALF_HOUR, subject=subject)
        case QuickBooking.LUNCH:
            start, end = _hours(today, 12, 13, zone)
            return world.create_event(user, start=start, end=end, subject=subject, show_as=ShowAs.OUT)
        case QuickBooking.DAY_OFF:
            first = today + _DAY
            return world.create_event(user, start=first, end=first + _DAY, subject=subject, show_as=ShowAs.OUT)
        case QuickBooking.DOCTOR:
            start, end = _hours(today, 15, 16, zone)
            return world.create_event(user, start=start, end=end, subject=subject, sensitivity=PRIVATE)
        case _:
            assert_never(kind)


def make(world: World, user: str, draft: Draft) -> Event:
    """Make the booking of a form: a single one, or a series (returns its first occurrence)."""
    fields = _fields(draft)
    if draft.frequency is None:
        return world.create_event(user, start=draft.start, end=draft.end, **fields)
    recurrence = Recurrence(freq=draft.frequency, count=draft.count, zone=world.mailbox(user).zone)
    master = world.create_series(user, recurrence, start=draft.start, end=draft.end, **fields)
    return first_of(world, master)


def as_read(world: World, event: Event, zone: ZoneInfo) -> Draft | None:
    """Return a booking as its form shows it; None for one that the form cannot represent (reversed, centuries away)."""
    values = values_of(event, zone, recurrence_of(world, event))
    year = event.hidden_start.astimezone(UTC)
    try:
        return read_form(values, zone, year)
    except Refused:
        return None


def change(world: World, event: Event, before: Draft | None, after: Draft) -> Event:
    """Change the fields that differ between two versions of the form; untouched fields keep unusual values.

    A series with its old times keeps its exceptions, as in Outlook.
    """
    changed = _changed(before, after)
    if event.kind is not EventKind.MASTER:
        return world.update_event(event.token, **changed) if changed else event
    recurrence = None
    old = recurrence_of(world, event)
    if after.frequency is not None and old and (after.frequency, after.count) != (old.freq, old.count):
        recurrence = Recurrence(freq=after.frequency, count=after.count, zone=old.zone)
    if not changed and recurrence is None:
        return event
    return world.update_event(event.token, recurrence=recurrence, **changed)


def move(world: World, event: Event, steps: int) -> Event:
    """Move a booking by half hours, an all-day one by days; earlier with negative steps."""
    by = steps * (_DAY if event.is_all_day else HALF_HOUR)
    return world.update_event(event.token, start=event.start + by, end=event.end + by)


def set_private(world: World, event: Event, *, private: bool) -> Event:
    """Make a booking private, or normal again."""
    if private == is_private(event):
        return event
    return world.update_event(event.token, sensitivity=PRIVATE if private else NORMAL)


def recurrence_of(world: World, event: Event) -> Recurrence | None:
    """Return the pattern of a series' master; None for other bookings."""
    series = world.owner(event.token).series.get(event.token)
    return series.recurrence if series else None


def first_of(world: World, master: Event) -> Event:
    """Return the first occurrence of a series; the master where all of them are deleted."""
    series = world.owner(master.token).series[master.token]
    year = timedelta(days=366)
    for day in series.recurrence.dates(series.first_day, series.first_day, series.first_day + year):
        if day not in series.skipped:
            return series.occurrence(day)
    return master


def _hours(day: date, first: int, last: int, zone: ZoneInfo) -> tuple[datetime, datetime]:
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    start, end = (zones.instant(midnight + timedelta(hours=hour), zone) for hour in (first, last))
    return start, end


def _fields(draft: Draft) -> EventFields:
    return {
        "subject": draft.subject,
        "show_as": draft.show_as,
        "sensitivity": PRIVATE if draft.is_private else NORMAL,
        "is_cancelled": draft.standing is Standing.CANCELLED,
        "response": _response(draft.standing),
    }


def _response(standing: Standing) -> str:
    return "declined" if standing is Standing.DECLINED else "organizer"


def _changed(before: Draft | None, after: Draft) -> OccurrenceFields:
    if before is None:
        return {**_fields(after), "start": after.start, "end": after.end}
    fields: OccurrenceFields = {}
    if after.subject != before.subject:
        fields["subject"] = after.subject
    if after.show_as != before.show_as:
        fields["show_as"] = after.show_as
    if after.is_private != before.is_private:
        fields["sensitivity"] = PRIVATE if after.is_private else NORMAL
    if after.standing != before.standing:
        fields["is_cancelled"] = after.standing is Standing.CANCELLED
        fields["response"] = _response(after.standing)
    times: tuple[When, When] = (after.start, after.end)
    if times != (before.start, before.end):
        fields["start"], fields["end"] = times
    return fields
