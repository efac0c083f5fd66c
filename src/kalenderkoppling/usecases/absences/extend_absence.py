"""Extend an absence: move its end later."""

from __future__ import annotations

from datetime import timedelta

from kalenderkoppling.domain.absence import AbsenceId
from kalenderkoppling.domain.errors import ConflictError, NotFoundError
from kalenderkoppling.usecases.absences.changed import Changed
from kalenderkoppling.usecases.absences.edit_absence import edit_within
from kalenderkoppling.usecases.absences.fields import Fields
from kalenderkoppling.usecases.absences.load_absence import load_to_change
from kalenderkoppling.usecases.actor import Actor
from kalenderkoppling.usecases.core import Core, Unit, perform


async def extend_absence(
    core: Core, actor: Actor, absence: AbsenceId, by: timedelta, *, version: int | None = None
) -> Changed:
    """Move the end of an absence later; the booking in Outlook is not touched.

    Raises:
        NotFoundError: there is no such absence for this actor.
        ConflictError: it has changed since `version`, or has ended by itself.
        RefusedError: it would end too far ahead.
    """

    def work(unit: Unit) -> Changed:
        loaded = load_to_change(unit.tx, actor, absence, version)
        before = loaded.absence
        if before is None:
            raise NotFoundError
        if before.interval.end <= unit.now:
            raise ConflictError
        return edit_within(unit, actor, loaded, Fields(end=before.interval.end + by))

    return await perform(core, actor.tenant, work)
