"""An absence: an interval of a person with a reason, and what calls meet meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from kalenderkoppling.domain.time import Interval

AbsenceId = NewType("AbsenceId", str)
"""Opaque and random: it tells neither booking nor origin (R19)."""

ReasonKey = NewType("ReasonKey", str)
"""Key of a reason in the tenant's list, for instance `meeting`."""

MEETING = ReasonKey("meeting")
OUT_OF_OFFICE = ReasonKey("out_of_office")
SICK = ReasonKey("sick")


class ReasonKind(StrEnum):
    """What the editor proposes for a hand-made absence: an hour, or whole days."""

    CLOCK = "clock"
    DATE = "date"


class Diversion(StrEnum):
    """What a call meets: nothing, the phone and then the announcement, or the announcement at once (R17)."""

    NONE = "none"
    OPEN = "open"
    DIRECT = "direct"

    @property
    def diverts(self) -> bool:
        """Tell whether an absence with this diversion is a referral (hänvisning)."""
        return self is not Diversion.NONE


class Origin(StrEnum):
    """Where an absence comes from, in the order in which equals govern (C-02); never shown to colleagues (R19)."""

    OUT_OF_OFFICE = "out_of_office"
    BUSY = "busy"
    TENTATIVE = "tentative"
    WORKING_ELSEWHERE = "working_elsewhere"
    FREE = "free"
    BY_HAND = "by_hand"


class ReturnForm(StrEnum):
    """How a return is said (C-10): it follows from the instants alone."""

    TIME = "time"
    TOMORROW = "tomorrow"
    DATE_TIME = "date_time"
    DATE = "date"


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """A person's absence as it holds now: rules, choice and edits are already in it.

    It has no subject: only `absences.visible` returns one. `tie` is the key that decides between equals (C-02): the
    booking's key, else the absence's id.
    """

    id: AbsenceId
    interval: Interval
    reason: ReasonKey
    diversion: Diversion
    origin: Origin
    tie: str
    note: str = ""

    @property
    def is_from_calendar(self) -> bool:
        """Tell whether it came from a booking."""
        return self.origin is not Origin.BY_HAND


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Fields that a person or attendant laid over an absence from the calendar; None follows the calendar.

    It stands while the booking's start, end, all-day and show-as are unchanged (C-11).
    """

    start: datetime | None = None
    end: datetime | None = None
    reason: ReasonKey | None = None
    diversion: Diversion | None = None
    note: str | None = None
    removed: bool = False
