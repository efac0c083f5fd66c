"""Small builders of values: instants in Stockholm time, bookings, kept rows, absences, policies."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from kalenderkoppling.absences.back import Surroundings
from kalenderkoppling.absences.call import CallTerms
from kalenderkoppling.domain.absence import MEETING, Absence, AbsenceId, Diversion, Edit, Origin, ReasonKey
from kalenderkoppling.domain.booking import (
    Booking,
    BookingKey,
    Choice,
    ChoiceKind,
    ItemChoice,
    Private,
    ShowAs,
    Standing,
    View,
)
from kalenderkoppling.domain.kept import Choices, Kept
from kalenderkoppling.domain.time import Days, Interval, When
from kalenderkoppling.rules.model import Layer, LayerKind, OwnRule, OwnRules, Policy, Rule, Rules, WorkingHours
from kalenderkoppling.sync.plan import Known, Terms
from kalenderkoppling.sync.window import window_at

STOCKHOLM = ZoneInfo("Europe/Stockholm")
MONDAY = date(2026, 11, 23)
"""The day that a bare time of day is on."""

TRAVEL = ReasonKey("business_trip")
LUNCH = ReasonKey("lunch")
OFFICE_HOURS = WorkingHours(days=frozenset(range(5)), start=time(8), end=time(17))


def at(text: str, zone: ZoneInfo = STOCKHOLM) -> datetime:
    """Read `2026-11-23 13:00`, or `13:00` on that Monday, as local time in a zone; the answer is in UTC."""
    local = datetime.fromisoformat(text if len(text) > len("13:00") else f"{MONDAY} {text}")
    return local.replace(tzinfo=zone).astimezone(UTC)


def between(start: str, end: str, zone: ZoneInfo = STOCKHOLM) -> Interval:
    """Read a stretch of time, as `at` reads its ends."""
    return Interval(start=at(start, zone), end=at(end, zone))


def days(first: str, after: str) -> Days:
    """Read whole days [first, after)."""
    return Days(first=date.fromisoformat(first), after=date.fromisoformat(after))


TEN_TO_ELEVEN = between("10:00", "11:00")


def booking(
    key: str = "b",
    when: When | None = TEN_TO_ELEVEN,
    *,
    show_as: ShowAs | None = ShowAs.BUSY,
    series: str | None = None,
    standing: Standing = Standing.HELD,
    subject: str | None = None,
    item_choice: ItemChoice | None = None,
) -> Booking:
    """Make a booking: busy on that Monday from ten to eleven, unless told otherwise."""
    return Booking(
        key=BookingKey(key),
        series_key=None if series is None else BookingKey(series),
        when=when,
        show_as=show_as,
        standing=standing,
        subject=subject,
        item_choice=item_choice,
    )


def private(key: str = "b", series: str | None = None) -> Private:
    """Make what is known of a private booking."""
    return Private(key=BookingKey(key), series_key=None if series is None else BookingKey(series))


def kept(of: Booking | None = None, edit: Edit | None = None, id_: str | None = None) -> Kept:
    """Make what is kept of a booking; its id follows the booking's key."""
    of = of or booking()
    return Kept(id=AbsenceId(id_ or f"id-{of.key}"), booking=of, edit=edit)


def rule(reason: ReasonKey = MEETING, diversion: Diversion = Diversion.NONE) -> Rule:
    """Make a rule: a meeting, information only, unless told otherwise."""
    return Rule(reason=reason, diversion=diversion)


def choice(
    kind: ChoiceKind = ChoiceKind.SET,
    *,
    reason: ReasonKey | None = None,
    diversion: Diversion | None = None,
    made: str = "07:00",
) -> Choice:
    """Make a choice, made at seven that Monday unless told otherwise."""
    return Choice(kind=kind, at=at(made), reason=reason, diversion=diversion)


def choices(**by_key: Choice) -> Choices:
    """Make a person's choices by the key of booking or series."""
    return Choices(by_key={BookingKey(key): each for key, each in by_key.items()})


def layer(
    rules: Rules | None = None,
    *,
    kind: LayerKind = LayerKind.TENANT,
    show_subject: bool | None = None,
    addin_allowed: bool | None = None,
    ring: timedelta | None = None,
    working_hours: WorkingHours | None = None,
) -> Layer:
    """Make one of the administrator's layers: the tenant's, and nothing set."""
    return Layer(
        kind=kind,
        rules=rules or {},
        show_subject=show_subject,
        addin_allowed=addin_allowed,
        ring=ring,
        working_hours=working_hours,
    )


def policy(
    *layers: Layer,
    coupled: bool = True,
    referral: bool = True,
    update: bool = True,
    own: Mapping[ShowAs, Rule | None] | None = None,
) -> Policy:
    """Make a policy: coupled, with the referral service, and nothing set."""
    by_show_as = {show_as: OwnRule(rule=each) for show_as, each in (own or {}).items()}
    return Policy(
        calendar_coupling=coupled,
        referral=referral,
        own=OwnRules(update=update, by_show_as=by_show_as),
        layers=layers,
    )


ADDIN_OFF = layer(addin_allowed=False)
SUBJECTS_SHOWN = layer(show_subject=True)


def absence(
    start: str,
    end: str,
    diversion: Diversion = Diversion.NONE,
    *,
    origin: Origin = Origin.BUSY,
    reason: ReasonKey = MEETING,
    tie: str = "a",
    zone: ZoneInfo = STOCKHOLM,
) -> Absence:
    """Make an absence, of a busy booking unless told otherwise; its id follows its tie."""
    return Absence(
        id=AbsenceId(f"id-{tie}"),
        interval=between(start, end, zone),
        reason=reason,
        diversion=diversion,
        origin=origin,
        tie=tie,
    )


def around(hours: WorkingHours | None = None, country: str = "SE", zone: ZoneInfo = STOCKHOLM) -> Surroundings:
    """Make surroundings: Stockholm, Swedish holidays, no working hours."""
    return Surroundings(zone=zone, working_hours=hours, country=country)


def call_terms(
    *,
    may_divert: bool = True,
    fresh: bool = True,
    ring: timedelta = timedelta(seconds=15),
    surroundings: Surroundings | None = None,
) -> CallTerms:
    """Make the terms of calls: entitled, fresh, fifteen seconds."""
    return CallTerms(may_divert=may_divert, ring=ring, around=surroundings or around(), calendar_is_fresh=fresh)


NOON = at("12:00")


def terms(of: Policy | None = None, now: datetime = NOON, zone: ZoneInfo = STOCKHOLM) -> Terms:
    """Make the terms of a plan: noon that Monday, seven days of retention, ids new-1, new-2, ..."""
    numbers = count(1)
    return Terms(
        policy=of or policy(),
        zone=zone,
        now=now,
        retention=timedelta(days=7),
        new_id=lambda: AbsenceId(f"new-{next(numbers)}"),
    )


def view(
    *sightings: Booking | Private, now: datetime = NOON, unreadable: Sequence[str] = (), zone: ZoneInfo = STOCKHOLM
) -> View:
    """Make a complete look at the window around an instant."""
    return View(
        window=window_at(now, zone),
        bookings=[each for each in sightings if isinstance(each, Booking)],
        private=[each for each in sightings if isinstance(each, Private)],
        unreadable=frozenset(map(BookingKey, unreadable)),
    )


def known(*rows: Kept, **by_key: Choice) -> Known:
    """Make what is known of a person: rows, and choices by key."""
    return Known(kept=rows, choices=choices(**by_key))


def with_item_choice(of: Booking, made: Choice, *, for_series: bool = False) -> Booking:
    """Return a booking that bears a choice on the item in Outlook."""
    return replace(of, item_choice=ItemChoice(choice=made, for_series=for_series))
