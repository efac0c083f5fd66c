"""Remove an absence; one from a booking stays away while the booking's time and show-as are unchanged (R22, R24)."""

from __future__ import annotations

from dataclasses import replace

from kalenderkoppling.domain.absence import AbsenceId, Edit
from kalenderkoppling.domain.errors import NotFoundError
from kalenderkoppling.domain.kept import Kept
from kalenderkoppling.ports.store.audit import Act, Entry
from kalenderkoppling.usecases.absences.changed import Changed, about, version_now
from kalenderkoppling.usecases.absences.described import described
from kalenderkoppling.usecases.absences.load_absence import LoadedAbsence, load_to_change
from kalenderkoppling.usecases.actor import Actor
from kalenderkoppling.usecases.core import Core, Unit, perform
from kalenderkoppling.usecases.placed import placed


async def remove_absence(core: Core, actor: Actor, absence: AbsenceId, *, version: int | None = None) -> Changed:
    """Remove an absence; the booking in Outlook is not touched.

    Raises:
        NotFoundError: there is no such absence for this actor, or it is removed already.
        ConflictError: it has changed since `version`.
    """
    return await perform(
        core, actor.tenant, lambda unit: remove_within(unit, actor, load_to_change(unit.tx, actor, absence, version))
    )


def remove_within(unit: Unit, actor: Actor, loaded: LoadedAbsence) -> Changed:
    """Remove a loaded absence as `remove_absence` does, in a unit of work that has begun."""
    kept, person = loaded.owned.kept, loaded.person.id
    if kept is not None and kept.is_removed:
        raise NotFoundError
    if kept is None:
        unit.tx.absences.drop([loaded.id])
    else:
        unit.scrub = kept.booking.subject is not None
        unit.tx.absences.change(person, placed([_removed(kept)], loaded.zone))
    unit.tx.audit.append(
        Entry(
            at=unit.now,
            act=Act.REMOVE_ABSENCE,
            actor=actor.person,
            person=person,
            about=about(loaded.owned, loaded.id),
            before=described(loaded.absence),
        )
    )
    unit.tell(person)
    return Changed(id=loaded.id, person=person, before=loaded.before, version=version_now(unit.tx, loaded.id))


def _removed(kept: Kept) -> Kept:
    """Return what is stored of a removal: the booking's facts, without subject and earlier edits (S-15)."""
    return replace(kept, booking=replace(kept.booking, subject=None), edit=Edit(removed=True))
