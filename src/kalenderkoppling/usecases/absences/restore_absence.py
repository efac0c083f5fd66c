"""Undo a change: put an absence back as it was before."""

from __future__ import annotations

from dataclasses import replace

from kalenderkoppling.domain.absence import AbsenceId
from kalenderkoppling.domain.errors import ConflictError, NotFoundError
from kalenderkoppling.domain.person import Person
from kalenderkoppling.ports.store.absences import Owned
from kalenderkoppling.ports.store.audit import Act, Entry
from kalenderkoppling.usecases.absences.changed import Before, Changed, about, version_now
from kalenderkoppling.usecases.absences.described import described, described_edit
from kalenderkoppling.usecases.actor import Actor
from kalenderkoppling.usecases.core import Core, Unit, perform
from kalenderkoppling.usecases.placed import placed
from kalenderkoppling.usecases.situation import zone_of


async def restore_absence(core: Core, actor: Actor, changed: Changed) -> None:
    """Undo a change of an absence.

    A booking's absence that had been removed gets its subject back from the read that follows at once.

    Raises:
        NotFoundError: it is not for this actor to change, or the person is gone.
        ConflictError: the absence or its booking has changed or gone since; the later state stands.
    """
    actor.must_change(changed.person)

    def work(unit: Unit) -> None:
        person = unit.tx.people.get(changed.person)
        if person is None:
            raise NotFoundError
        unit.tx.mailboxes.lock([person.id])
        if changed.version is not None and version_now(unit.tx, changed.id) != changed.version:
            raise ConflictError
        owned = unit.tx.absences.owned(changed.id)
        if changed.before.is_from_calendar:
            _restore_kept(unit, person, changed, owned)
        else:
            _restore_by_hand(unit, changed, owned)
        unit.tx.audit.append(
            Entry(
                at=unit.now,
                act=Act.RESTORE_ABSENCE,
                actor=actor.person,
                person=changed.person,
                about=about(owned, changed.id) if owned else changed.id,
                after=_told(changed.before),
            )
        )
        unit.tell(changed.person)

    await perform(core, actor.tenant, work)


def _restore_kept(unit: Unit, person: Person, changed: Changed, owned: Owned | None) -> None:
    if owned is None or owned.kept is None or owned.person != changed.person:
        raise ConflictError
    was = replace(owned.kept, edit=changed.before.edit)
    unit.tx.absences.change(person.id, placed([was], zone_of(person, unit.tx.people.settings())))
    unit.wake([person.id])


def _restore_by_hand(unit: Unit, changed: Changed, owned: Owned | None) -> None:
    if owned is not None and (owned.person != changed.person or owned.kept is not None):
        raise NotFoundError
    if changed.before.by_hand is None:
        unit.tx.absences.drop([AbsenceId(changed.id)])
    else:
        unit.tx.absences.put_by_hand(changed.person, changed.before.by_hand)


def _told(before: Before) -> dict[str, object]:
    return {**described(before.by_hand), **described_edit(before.edit)}
