"""End an absence now: one in force ends at this instant; one that has just begun, or is to come, is removed."""

from __future__ import annotations

from kalenderkoppling.domain.absence import AbsenceId
from kalenderkoppling.domain.errors import ConflictError, NotFoundError
from kalenderkoppling.usecases.absences.changed import Changed
from kalenderkoppling.usecases.absences.edit_absence import edit_within
from kalenderkoppling.usecases.absences.fields import Fields
from kalenderkoppling.usecases.absences.load_absence import load_to_change
from kalenderkoppling.usecases.absences.remove_absence import remove_within
from kalenderkoppling.usecases.actor import Actor
from kalenderkoppling.usecases.core import Core, Unit, perform


async def end_absence(core: Core, actor: Actor, absence: AbsenceId, *, version: int | None = None) -> Changed:
    """End an absence at this instant; the booking in Outlook is not touched.

    One that began within the present minute is removed, instead of leaving an absence of a few seconds.

    Raises:
        NotFoundError: there is no such absence for this actor.
        ConflictError: it has changed since `version`, or has ended by itself.
    """

    def work(unit: Unit) -> Changed:
        loaded = load_to_change(unit.tx, actor, absence, version)
        before = loaded.absence
        if before is None:
            raise NotFoundError
        if before.interval.end <= unit.now:
            raise ConflictError
        if before.interval.start >= unit.now.replace(second=0, microsecond=0):
            return remove_within(unit, actor, loaded)
        return edit_within(unit, actor, loaded, Fields(end=unit.now))

    return await perform(core, actor.tenant, work)
