"""A person's card: who it is, status now, the week's absences, what comes, and when the person is next free (R21)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from kalenderkoppling.absences.status import next_free
from kalenderkoppling.absences.visible import Viewer, reason, title
from kalenderkoppling.domain.absence import Absence, AbsenceId, Diversion, ReasonKey
from kalenderkoppling.domain.errors import NotFoundError
from kalenderkoppling.domain.mailbox import MailboxState
from kalenderkoppling.domain.person import Person, PersonId
from kalenderkoppling.domain.time import Interval
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.usecases.actor import Actor
from kalenderkoppling.usecases.core import Core, Unit, look_up, perform
from kalenderkoppling.usecases.directory.live_status import LiveStatus, live_status
from kalenderkoppling.usecases.record_reading import is_recorded, record_reading
from kalenderkoppling.usecases.situation import Situation, situation

COMING = timedelta(days=28)


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What only the person and attendants see of an absence: origin, edits, note, version (R19)."""

    is_from_calendar: bool
    is_edited: bool
    note: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownAbsence:
    """An absence as a viewer sees it; `title` is the subject where the administrator shows subjects.

    `details` is None for colleagues: they cannot tell a booking's absence from a hand-made one.
    """

    id: AbsenceId
    interval: Interval
    diversion: Diversion
    reason: ReasonKey
    title: str | None
    details: Details | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A contact card. `shown` overlap the stretch asked for; `coming` are what has not ended, the next 28 days.

    `next_free` is the first instant without absence and within working hours (UTC). `mailbox`, for the person,
    attendants and administrators only, tells the age of what is known of the calendar.
    """

    person: Person
    status: LiveStatus
    shown: Sequence[ShownAbsence]
    coming: Sequence[ShownAbsence]
    next_free: datetime | None
    may_change: bool
    may_divert: bool
    is_favourite: bool
    is_fresh: bool
    mailbox: MailboxState | None
    situation_now: datetime


async def person_card(core: Core, actor: Actor, person: PersonId, between: Interval) -> Card:
    """Return a person's card with the absences that overlap a stretch, such as a week.

    An administrator's reading of somebody else's card is in the audit log (S-12).

    Raises:
        NotFoundError: there is no such person.
    """
    now = core.clock.now()

    def work(tx: Transaction) -> Card:
        today = situation(tx, person, now)
        week = situation(tx, person, now, between)
        if today is None or week is None:
            raise NotFoundError
        until = now + COMING
        may_change = actor.may_change(person)
        return Card(
            person=today.person,
            status=live_status(today, actor),
            shown=shown_absences(tx, week, actor, week.absences),
            coming=shown_absences(tx, today, actor, [each for each in today.absences if each.interval.start < until]),
            next_free=next_free(today.absences, now, today.terms.around) if today.is_fresh or not today.kept else None,
            may_change=may_change,
            may_divert=today.policy.referral,
            is_favourite=person in tx.favourites.of(actor.person),
            is_fresh=today.is_fresh,
            mailbox=today.mailbox if actor.may_ask_why(person) else None,
            situation_now=now,
        )

    def work_and_record(unit: Unit) -> Card:
        card = work(unit.tx)
        record_reading(unit, actor, person)
        return card

    if is_recorded(actor, person):
        return await perform(core, actor.tenant, work_and_record)
    return await look_up(core, actor.tenant, work)


def shown_absences(
    tx: Transaction, situation: Situation, actor: Actor, absences: Sequence[Absence]
) -> Sequence[ShownAbsence]:
    """Return absences as an actor sees them, in order: start, end, key."""
    viewer = actor.viewer_of(situation.person.id)
    return [_shown(tx, situation, viewer, each) for each in absences]


def _shown(tx: Transaction, situation: Situation, viewer: Viewer, absence: Absence) -> ShownAbsence:
    kept = situation.kept.get(absence.id)
    return ShownAbsence(
        id=absence.id,
        interval=absence.interval,
        diversion=absence.diversion,
        reason=reason(absence.reason, viewer, sick_to_attendants=situation.settings.sick_to_attendants),
        title=title(kept, situation.policy) if kept else None,
        details=None if viewer is Viewer.COLLEAGUE else _details(tx, situation, absence),
    )


def _details(tx: Transaction, situation: Situation, absence: Absence) -> Details:
    kept = situation.kept.get(absence.id)
    owned = tx.absences.owned(absence.id)
    return Details(
        is_from_calendar=absence.is_from_calendar,
        is_edited=kept is not None and kept.edit is not None,
        note=absence.note,
        version=owned.version if owned else 0,
    )
