"""Change an absence, whether it came from a booking or was set by hand; the booking is not touched (R22, R24)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from kalenderkoppling.absences.derive import derive
from kalenderkoppling.domain.absence import Absence, AbsenceId, Edit
from kalenderkoppling.domain.errors import ConflictError, NotFoundError
from kalenderkoppling.domain.kept import Choices, Kept
from kalenderkoppling.domain.time import Interval, as_utc
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.ports.store.absences import Owned
from kalenderkoppling.ports.store.audit import Act, Entry
from kalenderkoppling.usecases.absences.changed import Before, Changed, about, version_now
from kalenderkoppling.usecases.absences.described import described
from kalenderkoppling.usecases.absences.fields import Allowed, Fields, check
from kalenderkoppling.usecases.absences.placed import placed
from kalenderkoppling.usecases.actor import Actor
from kalenderkoppling.usecases.core import Core, Unit, perform
from kalenderkoppling.usecases.reasons import known_reasons
from kalenderkoppling.usecases.standing import policies, zone_of


async def edit_absence(
    core: Core, actor: Actor, absence: AbsenceId, fields: Fields, *, version: int | None = None
) -> Changed:
    """Lay fields over an absence; fields left at None go on following the calendar (semantics 4).

    Args:
        core: The shared ports.
        actor: Who changes it: the person, or an attendant.
        absence: Its id.
        fields: What to set.
        version: The version that the actor saw, to notice that somebody was faster; None changes the newest.

    Raises:
        NotFoundError: there is no such absence for this actor.
        ConflictError: it has changed since `version`.
        RefusedError: a field is wrong; the problem names it.
    """
    return await perform(core, actor.tenant, lambda unit: edit_within(unit, actor, absence, fields, version))


def edit_within(unit: Unit, actor: Actor, absence: AbsenceId, fields: Fields, version: int | None) -> Changed:
    """Lay fields over an absence as `edit_absence` does, within a unit of work that has begun."""
    fields = _in_utc(fields)
    owned = owned_by(unit.tx, actor, absence, version)
    before = as_it_stands(unit.tx, owned)
    if before is None:
        raise NotFoundError
    _check(unit, owned, fields, before)
    after = _write(unit, owned, fields)
    unit.tx.audit.append(
        Entry(
            at=unit.now,
            act=Act.EDIT_ABSENCE,
            actor=actor.person,
            person=owned.person,
            about=about(owned, absence),
            before=described(before),
            after=described(after),
        )
    )
    unit.tell(owned.person)
    return Changed(id=absence, person=owned.person, before=before_of(owned), version=version_now(unit.tx, absence))


def owned_by(tx: Transaction, actor: Actor, absence: AbsenceId, version: int | None) -> Owned:
    """Return an absence that the actor may change.

    Raises:
        NotFoundError: there is none for this actor.
        ConflictError: it has changed since `version`.
    """
    owned = tx.absences.owned(absence)
    if owned is None or not actor.may_change(owned.person):
        raise NotFoundError
    if version is not None and version != owned.version:
        raise ConflictError
    return owned


def as_it_stands(tx: Transaction, owned: Owned) -> Absence | None:
    """Return the absence as it holds now; None for a removed or sleeping one."""
    if owned.kept is None:
        return owned.by_hand
    person = tx.people.get(owned.person)
    if person is None:
        return None
    policy = policies(tx, {person.id: person})[person.id]
    choices = tx.choices.of([person.id]).get(person.id, Choices())
    return derive(owned.kept, choices, policy, zone_of(person, tx.people.settings()))


def before_of(owned: Owned) -> Before:
    """Return what an undo needs."""
    return Before(
        edit=owned.kept.edit if owned.kept else None,
        by_hand=owned.by_hand,
        is_from_calendar=owned.kept is not None,
    )


def _check(unit: Unit, owned: Owned, fields: Fields, before: Absence) -> None:
    person = unit.tx.people.get(owned.person)
    check(
        fields,
        Allowed(
            start=fields.start or before.interval.start,
            end=fields.end or before.interval.end,
            referral=person is not None and person.entitlements.referral,
            reasons=known_reasons(unit.tx),
            now=unit.now,
        ),
    )


def _write(unit: Unit, owned: Owned, fields: Fields) -> Absence | None:
    if owned.kept is not None:
        edited = _edited(owned.kept, fields)
        unit.tx.absences.change(owned.person, [placed(unit.tx, owned.person, edited)])
        return as_it_stands(unit.tx, Owned(person=owned.person, version=owned.version, kept=edited))
    absence = _changed_by_hand(owned.by_hand, fields)
    unit.tx.absences.put_by_hand(owned.person, absence)
    return absence


def _edited(kept: Kept, fields: Fields) -> Kept:
    edit = kept.edit or Edit()
    return replace(
        kept,
        edit=replace(
            edit,
            start=fields.start or edit.start,
            end=fields.end or edit.end,
            reason=fields.reason or edit.reason,
            diversion=fields.diversion or edit.diversion,
            note=edit.note if fields.note is None else fields.note.strip(),
        ),
    )


def _changed_by_hand(absence: Absence | None, fields: Fields) -> Absence:
    if absence is None:
        raise NotFoundError
    return replace(
        absence,
        interval=Interval(
            start=fields.start or absence.interval.start,
            end=fields.end or absence.interval.end,
        ),
        reason=fields.reason or absence.reason,
        diversion=fields.diversion or absence.diversion,
        note=absence.note if fields.note is None else fields.note.strip(),
    )


def _in_utc(fields: Fields) -> Fields:
    def utc(instant: datetime | None) -> datetime | None:
        return None if instant is None else as_utc(instant)

    return replace(fields, start=utc(fields.start), end=utc(fields.end))
