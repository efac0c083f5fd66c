"""Mapping between kept bookings and rows: for bulk writes, plain tuples in column order."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from kalenderkoppling.domain.absence import AbsenceId, Edit
from kalenderkoppling.domain.booking import Booking, BookingKey, ShowAs, Standing
from kalenderkoppling.domain.kept import Kept
from kalenderkoppling.domain.time import Days, Interval, When
from kalenderkoppling.ports.store.absences import Placed
from kalenderkoppling.store.instants import from_micros, to_micros

WEEK_MICROS = 7 * 24 * 3_600 * 1_000_000

# Behind the key (tenant_id, person_id, absence_id) and the version.
CONTENT = (
    "starts_at",
    "ends_at",
    "booking_key",
    "series_key",
    "begins",
    "finishes",
    "first_day",
    "after_day",
    "show_as",
    "standing",
    "subject",
    "edit",
    "removed",
    "week",
    "late_end",
)

_SHOW_AS: dict[str | None, ShowAs | None] = {None: None, **{str(each): each for each in ShowAs}}
_STANDING = {str(each): each for each in Standing}
_encode = msgspec.json.Encoder().encode
_decode_edit = msgspec.json.Decoder(Edit).decode


def content_of(placed: Placed) -> tuple[object, ...]:
    """Return a row's columns of CONTENT; an item's own choice is no part of what is kept (S-15)."""
    kept, interval = placed.kept, placed.interval
    booking = kept.booking
    starts_at, ends_at = to_micros(interval.start), to_micros(interval.end)
    week = starts_at // WEEK_MICROS
    begins = finishes = first_day = after_day = None
    match booking.when:
        case Interval() as when:
            same = when is interval or when == interval
            begins, finishes = (starts_at, ends_at) if same else (to_micros(when.start), to_micros(when.end))
        case Days() as when:
            first_day, after_day = when.first.isoformat(), when.after.isoformat()
        case None:
            pass
    return (
        starts_at,
        ends_at,
        booking.key,
        booking.series_key,
        begins,
        finishes,
        first_day,
        after_day,
        booking.show_as,
        booking.standing,
        booking.subject,
        None if kept.edit is None else _encode(kept.edit).decode(),
        kept.is_removed,
        week,
        ends_at if ends_at // WEEK_MICROS != week else None,
    )


def kept_of(absence_id: str, content: Any) -> Kept:  # noqa: ANN401 - rows of the driver
    """Return what is kept from a row's columns of CONTENT."""
    (_, _, key, series_key, begins, finishes, first_day, after_day, show_as, standing, subject, edit) = content[:12]
    booking = Booking(
        key=BookingKey(key),
        series_key=None if series_key is None else BookingKey(series_key),
        when=_when(begins, finishes, first_day, after_day),
        show_as=_SHOW_AS[show_as],
        standing=_STANDING[standing],
        subject=subject,
    )
    return Kept(id=AbsenceId(absence_id), booking=booking, edit=None if edit is None else _decode_edit(edit))


def _when(begins: int | None, finishes: int | None, first_day: str | None, after_day: str | None) -> When | None:
    if begins is not None and finishes is not None:
        return Interval(start=from_micros(begins), end=from_micros(finishes))
    if first_day is not None and after_day is not None:
        return Days(first=date.fromisoformat(first_day), after=date.fromisoformat(after_day))
    return None
