"""Load an absence, or the defaults of a new one, for the editor of the person or an attendant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from kalenderkoppling.domain.absence import AbsenceId
from kalenderkoppling.domain.errors import NotFoundError
from kalenderkoppling.domain.person import Person, PersonId, Role
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.usecases.absences.changed import about
from kalenderkoppling.usecases.absences.load_absence import load_to_change
from kalenderkoppling.usecases.actor import Actor
from kalenderkoppling.usecases.core import Core, Unit, look_up, perform
from kalenderkoppling.usecases.directory.person_card import ShownAbsence, shown_absences
from kalenderkoppling.usecases.record_reading import record_reading
from kalenderkoppling.usecases.situation import Situation, situation


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The person, the zone in which times are shown, and the absence; None for a new one."""

    person: Person
    zone: ZoneInfo
    may_divert: bool
    absence: ShownAbsence | None
    now: datetime


async def open_new_absence(core: Core, actor: Actor, person: PersonId) -> Opened:
    """Return what is needed to set an absence for a person.

    Raises:
        NotFoundError: there is no such person for this actor to change.
    """
    actor.must_change(person)
    now = core.clock.now()
    return await look_up(core, actor.tenant, lambda tx: _opened(_known(tx, person, now), None))


async def open_absence(core: Core, actor: Actor, absence: AbsenceId) -> Opened:
    """Return an absence as this actor may change it, with its version.

    An administrator's reading of somebody else's absence is in the audit log (S-12).

    Raises:
        NotFoundError: there is no such absence for this actor, or it is removed or gives nothing now.
    """
    now = core.clock.now()

    def work(unit: Unit) -> Opened:
        tx = unit.tx
        loaded = load_to_change(tx, actor, absence, None)
        stands = loaded.absence
        if stands is None:
            raise NotFoundError
        known = situation(tx, loaded.person.id, now, stands.interval)
        of_person = [each for each in known.absences if each.id == absence] if known else []
        if known is None or not of_person:
            raise NotFoundError
        record_reading(unit, actor, loaded.person.id, about(loaded.owned, absence))
        return _opened(known, shown_absences(tx, known, actor, of_person)[0])

    if Role.ADMINISTRATOR in actor.roles:
        return await perform(core, actor.tenant, work)
    return await look_up(core, actor.tenant, lambda tx: work(Unit(tx=tx, now=now)))


def _known(tx: Transaction, person: PersonId, now: datetime) -> Situation:
    known = situation(tx, person, now)
    if known is None:
        raise NotFoundError
    return known


def _opened(known: Situation, absence: ShownAbsence | None) -> Opened:
    return Opened(
        person=known.person,
        zone=known.zone,
        may_divert=known.policy.referral,
        absence=absence,
        now=known.now,
    )
