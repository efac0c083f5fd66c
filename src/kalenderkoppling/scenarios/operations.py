"""The operations of a scenario's step: one class each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kalenderkoppling.domain.absence import Diversion
from kalenderkoppling.domain.booking import ChoiceKind
from kalenderkoppling.scenarios.given import BookingForm, HoursForm, RulesForm


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateBooking:
    """booking.create."""

    id: str
    booking: BookingForm


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateBooking:
    """booking.update, of a booking, a series or an occurrence; series.exception is one too."""

    id: str
    change: BookingForm


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteBooking:
    """booking.delete; series.skip is the deletion of an occurrence."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelBooking:
    """booking.cancel."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminRules:
    """admin.rules."""

    rules: RulesForm


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminSettings:
    """admin.set: only the keys in `said` were written."""

    said: frozenset[str]
    plugin_allowed: bool = True
    show_subject: bool = False
    working_hours: HoursForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminUser:
    """admin.user: None is left as it is."""

    user: str
    service: bool | None = None
    referral: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetOwnRules:
    """user.rules."""

    user: str
    rules: RulesForm


@dataclass(frozen=True, slots=True, kw_only=True)
class SetOwnSwitch:
    """user.update."""

    user: str
    update: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """user.override: a choice on a booking, a series or an occurrence."""

    user: str
    target: str
    kind: ChoiceKind
    reason: str | None = None
    diversion: Diversion | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditAbsence:
    """edit: None is left as it is."""

    by_attendant: bool
    target: str
    start: datetime | None = None
    end: datetime | None = None
    reason: str | None = None
    diversion: Diversion | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveAbsence:
    """remove."""

    by_attendant: bool
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateAbsence:
    """absence.create."""

    by_attendant: bool
    user: str
    id: str
    start: datetime
    end: datetime
    reason: str | None
    diversion: Diversion


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """call.start and call.end."""

    user: str
    is_on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarReach:
    """calendar.down and calendar.up."""

    is_up: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Resync:
    """resync: look at every mailbox now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restart:
    """restart and crash; a crash skips the orderly shutdown."""

    is_crash: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """fault: its number, and its parameters by their names in the file."""

    number: str
    said: Mapping[str, int | bool | str | timedelta]


# The only lists of operations; both are also used at run time, with isinstance.
OnBookings = CreateBooking | UpdateBooking | DeleteBooking | CancelBooking
ByPeople = (
    AdminRules
    | AdminSettings
    | AdminUser
    | SetOwnRules
    | SetOwnSwitch
    | Override
    | EditAbsence
    | RemoveAbsence
    | CreateAbsence
    | Call
)
Operation = OnBookings | ByPeople | CalendarReach | Resync | Restart | Trouble


def occurrence(series: str, day: date) -> str:
    """Name an occurrence after its series and its original local date."""
    return f"{series}@{day.isoformat()}"
