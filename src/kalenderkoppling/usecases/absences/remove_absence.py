"""Remove an absence; one from a booking stays away while the booking's time and show-as are unchanged (R22, R24)."""

from __future__ import annotations

from dataclasses import replace

from kalenderkoppling.domain.absence import AbsenceId, Edit
from kalenderkoppling.domain.errors import NotFoundError
from kalenderkoppling.domain.kept import Kept
from kalenderkoppling.ports.store.audit import Act, Entry
from kalenderkoppling.usecases.absences.changed import Changed, about, version_now
from kalenderkoppling.usecases.absences.described import described
from kalenderkoppling.usecases.absences.edit_absence import as_it_stands, before_of, owned_by
from kalenderkoppling.usecases.absences.placed import placed
from kalenderkoppling.usecases.actor import Actor
from kalenderkoppling.usecases.core import Core, Unit, perform


async def remove_absence(core: Core, actor: Actor, absence: AbsenceId, *, version: int | None = None) -> Changed:
    """Remove an absence; the booking in Outlook is not touched.

    Raises:
        NotFoundError: there is no such absence for this actor, or it is removed already.
        ConflictError: it has changed since `version`.
    """
    return await perform(core, actor.tenant, lambda unit: remove_within(unit, actor, absence, version))


def remove_within(unit: Unit, actor: Actor, absence: AbsenceId, version: int | None) -> Changed:
    """Remove an absence as `remove_absence` does, within a unit of work that has begun."""
    owned = owned_by(unit.tx, actor, absence, version)
    if owned.kept is not None and owned.kept.is_removed:
        raise NotFoundError
    before = as_it_stands(unit.tx, owned)
    if owned.kept is None:
        unit.tx.absences.drop([absence])
    else:
        unit.scrub = owned.kept.booking.subject is not None
        unit.tx.absences.change(owned.person, [placed(unit.tx, owned.person, _removed(owned.kept))])
    unit.tx.audit.append(
        Entry(
            at=unit.now,
            act=Act.REMOVE_ABSENCE,
            actor=actor.person,
            person=owned.person,
            about=about(owned, absence),
            before=described(before),
        )
    )
    unit.tell(owned.person)
    return Changed(id=absence, person=owned.person, before=before_of(owned), version=version_now(unit.tx, absence))


def _removed(kept: Kept) -> Kept:
    """Return what is kept of a removal: the booking's facts, no subject, and nothing of an earlier edit (S-15)."""
    return replace(kept, booking=replace(kept.booking, subject=None), edit=Edit(removed=True))
