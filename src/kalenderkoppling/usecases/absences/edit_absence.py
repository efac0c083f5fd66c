"""Change an absence, whether it came from a booking or was set by hand; the booking is not touched (R22, R24)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from kalenderkoppling.domain.absence import Absence, AbsenceId, Edit
from kalenderkoppling.domain.errors import NotFoundError
from kalenderkoppling.domain.kept import Kept
from kalenderkoppling.domain.person import Person
from kalenderkoppling.domain.time import Interval, as_utc
from kalenderkoppling.ports.store.audit import Act, Entry
from kalenderkoppling.usecases.absences.changed import Changed, about, version_now
from kalenderkoppling.usecases.absences.described import described
from kalenderkoppling.usecases.absences.fields import Allowed, Fields, check
from kalenderkoppling.usecases.absences.load_absence import LoadedAbsence, load_to_change
from kalenderkoppling.usecases.actor import Actor
from kalenderkoppling.usecases.core import Core, Unit, perform
from kalenderkoppling.usecases.placed import placed
from kalenderkoppling.usecases.reasons import known_reasons


async def edit_absence(
    core: Core, actor: Actor, absence: AbsenceId, fields: Fields, *, version: int | None = None
) -> Changed:
    """Lay fields over an absence; fields left at None go on following the calendar (semantics 4).

    Args:
        core: The shared ports.
        actor: Who changes it: the person, or an attendant.
        absence: Its id.
        fields: What to set.
        version: The version that the actor saw (optimistic locking); None changes the newest.

    Raises:
        NotFoundError: there is no such absence for this actor.
        ConflictError: it has changed since `version`.
        RefusedError: a field is wrong; the problem names it.
    """
    return await perform(
        core,
        actor.tenant,
        lambda unit: edit_within(unit, actor, load_to_change(unit.tx, actor, absence, version), fields),
    )


def edit_within(unit: Unit, actor: Actor, loaded: LoadedAbsence, fields: Fields) -> Changed:
    """Lay fields over a loaded absence as `edit_absence` does, in a unit of work that has begun.

    Raises:
        NotFoundError: it is removed, or the rules give no absence now.
        RefusedError: a field is wrong; the problem names it.
    """
    fields = _in_utc(fields)
    before = loaded.absence
    if before is None:
        raise NotFoundError
    _check(unit, loaded.person, fields, before)
    after = _write(unit, loaded, fields)
    person = loaded.person.id
    unit.tx.audit.append(
        Entry(
            at=unit.now,
            act=Act.EDIT_ABSENCE,
            actor=actor.person,
            person=person,
            about=about(loaded.owned, loaded.id),
            before=described(before),
            after=described(after),
        )
    )
    unit.tell(person)
    return Changed(id=loaded.id, person=person, before=loaded.before, version=version_now(unit.tx, loaded.id))


def _check(unit: Unit, person: Person, fields: Fields, before: Absence) -> None:
    check(
        fields,
        Allowed(
            start=fields.start or before.interval.start,
            end=fields.end or before.interval.end,
            referral=person.entitlements.referral,
            reasons=known_reasons(unit.tx),
            now=unit.now,
        ),
    )


def _write(unit: Unit, loaded: LoadedAbsence, fields: Fields) -> Absence | None:
    if loaded.owned.kept is not None:
        edited = _edited(loaded.owned.kept, fields)
        unit.tx.absences.change(loaded.person.id, placed([edited], loaded.zone))
        return loaded.with_kept(edited).absence
    absence = _changed_by_hand(loaded.owned.by_hand, fields)
    unit.tx.absences.put_by_hand(loaded.person.id, absence)
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
