"""Set an absence or referral by hand (R25)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kalenderkoppling.domain.absence import Absence, Diversion, Origin, ReasonKey
from kalenderkoppling.domain.errors import FieldProblem, NotFoundError, RefusedError
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.domain.time import Interval, as_utc
from kalenderkoppling.ports.store.audit import Act, Entry
from kalenderkoppling.usecases.absences.changed import Before, Changed, version_now
from kalenderkoppling.usecases.absences.described import described
from kalenderkoppling.usecases.absences.fields import FARTHEST_AHEAD, Allowed, Fields, check
from kalenderkoppling.usecases.actor import Actor
from kalenderkoppling.usecases.core import Core, Unit, perform
from kalenderkoppling.usecases.reasons import known_reasons

MOST_BY_HAND = 500
"""How many absences set by hand a person can have: over two years of daily ones; what is beyond is a mishap (S-14)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAbsence:
    """An absence to be set; instants are aware."""

    start: datetime
    end: datetime
    reason: ReasonKey
    diversion: Diversion = Diversion.NONE
    note: str = ""


async def create_absence(core: Core, actor: Actor, person: PersonId, new: NewAbsence) -> Changed:
    """Set an absence for a person: one's own, or anybody's as an attendant (R25).

    Raises:
        NotFoundError: there is no such person for this actor.
        RefusedError: a field is wrong, the problem names it; or the person has too many absences (`start`, `too_many`).
    """
    actor.must_change(person)

    def work(unit: Unit) -> Changed:
        who = unit.tx.people.get(person)
        if who is None:
            raise NotFoundError
        fields = Fields(start=new.start, end=new.end, reason=new.reason, diversion=new.diversion, note=new.note)
        check(
            fields,
            Allowed(
                start=new.start,
                end=new.end,
                referral=who.entitlements.referral,
                reasons=known_reasons(unit.tx),
                now=unit.now,
            ),
        )
        if new.end <= unit.now:
            raise RefusedError(FieldProblem(field="end", problem="end_is_past"))
        if _set_by_hand(unit, person) >= MOST_BY_HAND:
            raise RefusedError(FieldProblem(field="start", problem="too_many"))
        absence = _absence(core, new)
        unit.tx.absences.put_by_hand(person, absence)
        unit.tx.audit.append(
            Entry(
                at=unit.now,
                act=Act.CREATE_ABSENCE,
                actor=actor.person,
                person=person,
                about=absence.id,
                after=described(absence),
            )
        )
        unit.tell(person)
        return Changed(id=absence.id, person=person, before=Before(), version=version_now(unit.tx, absence.id))

    return await perform(core, actor.tenant, work)


def _set_by_hand(unit: Unit, person: PersonId) -> int:
    """Return how many of a person's absences were set by hand; what has ended counts until it is erased."""
    every = Interval(start=unit.now - FARTHEST_AHEAD, end=unit.now + FARTHEST_AHEAD)
    return len(unit.tx.absences.by_hand_between([person], every).get(person, ()))


def _absence(core: Core, new: NewAbsence) -> Absence:
    id_ = core.new_id()
    return Absence(
        id=id_,
        interval=Interval(start=as_utc(new.start), end=as_utc(new.end)),
        reason=new.reason,
        diversion=new.diversion,
        origin=Origin.BY_HAND,
        tie=id_,
        note=new.note.strip(),
    )
