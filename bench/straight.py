"""The limit of decoding: a straight-line script with the same conversions, to plain tuples."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from kalenderkoppling.domain.booking import Booking, BookingKey, Private, ShowAs, Standing
from kalenderkoppling.domain.time import Days, Interval

SHOW_AS: dict[str | None, ShowAs] = {
    "free": ShowAs.FREE,
    "workingElsewhere": ShowAs.WORKING_ELSEWHERE,
    "tentative": ShowAs.TENTATIVE,
    "busy": ShowAs.BUSY,
    "oof": ShowAs.OUT_OF_OFFICE,
}

Tuples = list[tuple[object, ...]]


class _Moment(msgspec.Struct, rename="camel", gc=False):
    date_time: str


class _Response(msgspec.Struct, gc=False):
    response: str


class _Row(msgspec.Struct, rename="camel", gc=False):
    id: str
    sensitivity: str
    is_all_day: bool
    is_cancelled: bool
    series_master_id: str | None
    show_as: str
    response_status: _Response
    start: _Moment
    end: _Moment
    subject: str | None = None


class _Page(msgspec.Struct, gc=False):
    value: list[_Row]


raw_decode = msgspec.json.Decoder(_Page).decode
"""Decodes a page without converting it."""


def tuples(body: bytes) -> Tuples:
    """Decode a page and convert every row: key, series, UTC instants or dates, show-as, cancelled, declined, subject.

    A private booking keeps its two keys only.
    """
    made: Tuples = []
    instant, day, show_as = datetime.fromisoformat, date.fromisoformat, SHOW_AS
    for row in raw_decode(body).value:
        if row.sensitivity != "normal":
            made.append((row.id, row.series_master_id))
            continue
        if row.is_all_day:
            start: object = day(row.start.date_time[:10])
            end: object = day(row.end.date_time[:10])
        else:
            start, end = instant(row.start.date_time + "Z"), instant(row.end.date_time + "Z")
        declined = row.response_status.response == "declined"
        shown = show_as.get(row.show_as)
        made.append((row.id, row.series_master_id, start, end, shown, row.is_cancelled, declined, row.subject))
    return made


def typed(body: bytes) -> list[Booking | Private]:
    """Do the same with the constructors of the product's types: the cost of the types alone."""
    made: list[Booking | Private] = []
    instant, day = datetime.fromisoformat, date.fromisoformat
    for row in raw_decode(body).value:
        key = BookingKey(row.id)
        series = None if row.series_master_id is None else BookingKey(row.series_master_id)
        if row.sensitivity != "normal":
            made.append(Private(key=key, series_key=series))
            continue
        when: Days | Interval
        if row.is_all_day:
            when = Days(first=day(row.start.date_time[:10]), after=day(row.end.date_time[:10]))
        else:
            when = Interval(start=instant(row.start.date_time + "Z"), end=instant(row.end.date_time + "Z"))
        standing = Standing.CANCELLED if row.is_cancelled else Standing.HELD
        if row.response_status.response == "declined":
            standing = Standing.DECLINED
        shown = SHOW_AS.get(row.show_as)
        made.append(
            Booking(key=key, series_key=series, when=when, show_as=shown, standing=standing, subject=row.subject)
        )
    return made
