"""A person's own day: what colleagues see now, what changes next, and the absences to come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kalenderkoppling.absences.call import diverting
from kalenderkoppling.absences.in_force import governing, in_force
from kalenderkoppling.domain.absence import Diversion, ReasonKey
from kalenderkoppling.domain.errors import NotFoundError
from kalenderkoppling.domain.mailbox import MailboxState
from kalenderkoppling.domain.person import Person
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.usecases.actor import Actor
from kalenderkoppling.usecases.core import Core, look_up
from kalenderkoppling.usecases.directory.live_status import LiveStatus, live_status
from kalenderkoppling.usecases.directory.person_card import COMING, ShownAbsence, shown_absences
from kalenderkoppling.usecases.situation import Situation, situation


@dataclass(frozen=True, slots=True, kw_only=True)
class NextChange:
    """The next change (UTC) of what governs: an absence's reason and diversion, or None where the person is free."""

    at: datetime
    reason: ReasonKey | None
    diversion: Diversion


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnDay:
    """What a person's own page shows; `coming` has not ended and starts within the next 28 days.

    `mailbox` is None without the calendar coupling.
    """

    person: Person
    status: LiveStatus
    next_change: NextChange | None
    coming: Sequence[ShownAbsence]
    may_divert: bool
    is_fresh: bool
    mailbox: MailboxState | None
    now: datetime


async def own_day(core: Core, actor: Actor) -> OwnDay:
    """Return the actor's own day.

    Raises:
        NotFoundError: the person is no longer in the directory.
    """
    now = core.clock.now()

    def work(tx: Transaction) -> OwnDay:
        mine = situation(tx, actor.person, now)
        if mine is None:
            raise NotFoundError
        until = now + COMING
        return OwnDay(
            person=mine.person,
            status=live_status(mine, actor),
            next_change=next_change(mine),
            coming=shown_absences(tx, mine, actor, [each for each in mine.absences if each.interval.start < until]),
            may_divert=mine.policy.referral,
            is_fresh=mine.is_fresh,
            mailbox=mine.mailbox,
            now=now,
        )

    return await look_up(core, actor.tenant, work)


def next_change(mine: Situation) -> NextChange | None:
    """Return the next instant at which another reason or diversion governs, or no absence at all; None for never."""
    present = _governs(mine, mine.now)
    edges = {edge for each in mine.absences for edge in (each.interval.start, each.interval.end)}
    for edge in sorted(edge for edge in edges if edge > mine.now):
        reason, diversion = _governs(mine, edge)
        if (reason, diversion) != present:
            return NextChange(at=edge, reason=reason, diversion=diversion)
    return None


def _governs(mine: Situation, instant: datetime) -> tuple[ReasonKey | None, Diversion]:
    leader = governing(in_force(diverting(mine.absences, mine.terms), instant))
    return (None, Diversion.NONE) if leader is None else (leader.reason, leader.diversion)
