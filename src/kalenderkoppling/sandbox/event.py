"""One booking as Outlook stores it, including values that Microsoft's schema would refuse."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import TypedDict
from zoneinfo import ZoneInfo

from kalenderkoppling.sandbox import zones

DEFAULT_CALENDAR = "default"
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)

When = datetime | date
"""An aware instant, or a date: all-day bookings run from a date to a date, the last one not included."""


class EventKind(StrEnum):
    """Graph's `type` of an event."""

    SINGLE = "singleInstance"
    OCCURRENCE = "occurrence"
    EXCEPTION = "exception"
    MASTER = "seriesMaster"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendee:
    """An attendee; `response` is Graph's value (none, accepted, declined, ...)."""

    name: str
    address: str
    response: str = "none"


class EventFields(TypedDict, total=False):
    """Fields of a booking that can be set when it is made or changed; named as in `Event`."""

    zone: str
    subject: str
    body: str
    show_as: str | None
    sensitivity: str | None
    is_cancelled: bool
    response: str
    location: str
    attendees: tuple[Attendee, ...]
    categories: tuple[str, ...]
    properties: Mapping[str, str]
    left_out: frozenset[str]
    raw: Mapping[str, object]
    zone_label: str | None


class OccurrenceFields(EventFields, total=False):
    """Fields of one occurrence that can be set: the same, and its time."""

    start: When
    end: When


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A booking, an occurrence of a series, or the master of a series.

    `token` is the caller's stable name for it (see `ids`); occurrences are named `master@YYYY-MM-DD`.
    `start` and `end` are both aware instants, or both dates (all day); reversed and zero-length ones are carried.
    `zone` (IANA) is where it was made: an all-day booking's hidden instants are midnights there.
    `show_as`, `sensitivity` and `response` are any text; None is written as null.
    `properties` are extended properties by id (`String {...} Name cecp-...`).
    `left_out` names Graph properties that its rows lack; `raw` lays any JSON over a row (odd dates, wrong types).
    `zone_label` is put on start and end whatever zone was asked for.
    """

    token: str
    start: When
    end: When
    calendar: str = DEFAULT_CALENDAR
    zone: str = "Europe/Stockholm"
    subject: str = ""
    body: str = ""
    show_as: str | None = "busy"
    sensitivity: str | None = "normal"
    is_cancelled: bool = False
    response: str = "organizer"
    location: str = ""
    attendees: tuple[Attendee, ...] = ()
    categories: tuple[str, ...] = ()
    properties: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    left_out: frozenset[str] = frozenset()
    raw: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    zone_label: str | None = None
    kind: EventKind = EventKind.SINGLE
    master: str | None = None
    original_day: date | None = None
    version: int = 1
    moves: int = 0
    created: datetime = EPOCH
    modified: datetime = EPOCH

    @property
    def is_all_day(self) -> bool:
        """Tell whether it is an all-day booking."""
        return not isinstance(self.start, datetime)

    @property
    def hidden_start(self) -> datetime:
        """The UTC instant that the server matches windows on (docs#1802: all-day too, by the creator's midnight)."""
        return _hidden(self.start, self.zone)

    @property
    def hidden_end(self) -> datetime:
        """The UTC instant at which it ends for the server."""
        return _hidden(self.end, self.zone)

    def overlaps(self, start: datetime, end: datetime) -> bool:
        """Tell whether calendarView returns it for [start, end): it overlaps, or has no length and is inside."""
        first, last = sorted((self.hidden_start, self.hidden_end))
        if first == last:
            return start <= first < end
        return first < end and last > start


def check_times(start: When, end: When) -> None:
    """Refuse what not even the pretend Graph can represent.

    Raises:
        ValueError: one is a date and the other an instant, or an instant has no time zone.
    """
    if isinstance(start, datetime) != isinstance(end, datetime):
        raise ValueError("start and end must both be dates or both be instants")
    for when in (start, end):
        if isinstance(when, datetime) and when.tzinfo is None:
            raise ValueError("instants must have a time zone")


def _hidden(when: When, zone: str) -> datetime:
    if isinstance(when, datetime):
        return when.astimezone(UTC)
    return zones.midnight(when, ZoneInfo(zone))


def as_utc(when: When) -> When:
    """Convert instants to UTC, so that equal ones compare equal whatever their zone."""
    return when.astimezone(UTC) if isinstance(when, datetime) else when
