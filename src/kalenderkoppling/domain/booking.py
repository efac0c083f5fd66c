"""A booking: one instance in a person's default calendar, as the calendar system expands it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

from kalenderkoppling.domain.absence import Diversion, ReasonKey
from kalenderkoppling.domain.time import Interval, When

BookingKey = NewType("BookingKey", str)
"""Opaque id, stable when the booking is moved or renamed. A series' master has one too."""


class ShowAs(StrEnum):
    """How a booking is shown in Outlook (R15)."""

    FREE = "free"
    WORKING_ELSEWHERE = "working_elsewhere"
    TENTATIVE = "tentative"
    BUSY = "busy"
    OUT_OF_OFFICE = "out_of_office"


class Standing(StrEnum):
    """Whether a booking takes place for the person (C-08, C-19)."""

    HELD = "held"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    NO_LENGTH = "no_length"


class ChoiceKind(StrEnum):
    """What a person chose for one booking or series (R16, R18)."""

    RULE = "rule"
    NO = "no"
    SET = "set"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A person's choice on a booking or a series; it survives changes of the booking (C-17).

    With `set`, a reason or a diversion left at None follows the rules.
    `at` is when it was made, aware; the newest wins.
    """

    kind: ChoiceKind
    at: datetime
    reason: ReasonKey | None = None
    diversion: Diversion | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemChoice:
    """A choice as the add-in left it on the item in Outlook: for the occurrence or for its series."""

    choice: Choice
    for_series: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """A booking whose sensitivity was read as `normal`; any other is never represented as a Booking (C-07).

    `when` is None exactly when the booking has no positive length (C-19); `show_as` is None for an unknown value.
    `subject` is None unless the administrator shows subjects (C-18).
    """

    key: BookingKey
    series_key: BookingKey | None = None
    when: When | None
    show_as: ShowAs | None
    standing: Standing = Standing.HELD
    subject: str | None = None
    item_choice: ItemChoice | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Private:
    """A booking that was not read as `normal`: only its keys, in memory, to purge what was kept of it (C-07)."""

    key: BookingKey
    series_key: BookingKey | None = None


Validator = NewType("Validator", bytes)
"""Opaque stand-in for one view (a validator in the sense of RFC 9110, section 8.8).

It means something only to the source that gave it, and only in that process: it is held in memory, never stored,
logged or sent (S-1).
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Everything in a mailbox's window, from one look; an incomplete look never becomes a View.

    `unreadable` are keys of normal bookings, or of whole series, that could not be read: what is stored of them stays.
    `is_empty` tells that the calendar answered without a single row, private and cancelled ones included. `validator`
    is what the source recognises this view by next time, None where it cannot; it is not content.
    """

    window: Interval
    bookings: Sequence[Booking]
    private: Sequence[Private] = ()
    unreadable: frozenset[BookingKey] = field(default_factory=frozenset)
    validator: Validator | None = field(default=None, compare=False, repr=False)

    @property
    def is_empty(self) -> bool:
        """Tell whether the calendar answered with no row at all."""
        return not self.bookings and not self.private and not self.unreadable
