"""What a scenario starts from: the company, its rules, people and bookings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import Enum
from zoneinfo import ZoneInfo

from kalenderkoppling.domain.absence import Diversion
from kalenderkoppling.domain.booking import ShowAs


class Reset(Enum):
    """Reset to the default."""

    DEFAULT = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleForm:
    """A rule with its reason as a label; None for the template's."""

    reason: str | None = None
    diversion: Diversion = Diversion.NONE
    ask: bool = False


RulesForm = Mapping[ShowAs, RuleForm | Reset | None] | Reset
"""Rules to apply over the existing ones: None is no update, a reset removes what was set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursForm:
    """Working hours: weekdays, Monday = 0, and local times."""

    days: frozenset[int]
    start: time
    end: time


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantForm:
    """The company; `working_hours` None means none."""

    zone: ZoneInfo
    plugin_allowed: bool = True
    show_subject: bool = False
    rules: RulesForm = Reset.DEFAULT
    working_hours: HoursForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserForm:
    """A person; `zone` None is the company's."""

    name: str
    service: bool = True
    referral: bool = False
    zone: ZoneInfo | None = None
    rules: RulesForm = Reset.DEFAULT
    update: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesForm:
    """How a booking repeats; `zone` None is its owner's."""

    freq: str
    interval: int = 1
    count: int | None = None
    until: date | None = None
    zone: ZoneInfo | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingForm:
    """A booking, or changes of one: `said` has the fields that were written, by their names in the file."""

    user: str = ""
    said: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The state before the first step."""

    now: datetime
    tenant: TenantForm
    users: Mapping[str, UserForm]
    bookings: Mapping[str, BookingForm]
