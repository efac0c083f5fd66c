"""Take over the directory from its source: who is new, who changed, who is gone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kalenderkoppling.domain.errors import FieldProblem, RefusedError
from kalenderkoppling.domain.mailbox import EVERYBODY
from kalenderkoppling.domain.person import Person, PersonId, TenantId
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.ports.store.audit import Act, Entry
from kalenderkoppling.usecases.core import Core, Unit, look_up, perform
from kalenderkoppling.usecases.people.place_again import place_again
from kalenderkoppling.usecases.people.set_service import apply_service
from kalenderkoppling.usecases.rules.tidy import tidy

MOST_GONE = 5
MOST_GONE_SHARE = 0.2
"""What may go in one import without being asked for: five people, or a fifth of the directory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What an import changes; people who are gone are removed with everything that is kept about them."""

    added: tuple[Person, ...]
    changed: tuple[Person, ...]
    gone: tuple[PersonId, ...]

    @property
    def is_empty(self) -> bool:
        """Tell whether the directory is as its source says."""
        return not (self.added or self.changed or self.gone)


async def preview_import(core: Core, tenant: TenantId, people: Iterable[Person]) -> Difference:
    """Tell what an import would change, without changing it."""
    wanted = {each.id: each for each in people}
    return await look_up(core, tenant, lambda tx: _difference(tx, wanted))


async def import_people(
    core: Core, tenant: TenantId, actor: str, people: Iterable[Person], *, may_empty: bool = False
) -> Difference:
    """Make the directory as its source says; services switched on or off take effect at once (C-06).

    Raises:
        RefusedError: more than a fifth of the directory would go, or everybody, and `may_empty` does not allow it:
            a source that was cut short would take people's absences with it.
    """
    wanted = {each.id: each for each in people}

    def work(unit: Unit) -> Difference:
        before = dict(unit.tx.people.many(wanted))
        difference = _difference(unit.tx, wanted)
        if difference.is_empty:
            return difference
        known = len(unit.tx.people.ids())
        most = max(MOST_GONE, known * MOST_GONE_SHARE)
        if not may_empty and difference.gone and (not wanted or len(difference.gone) > most):
            raise RefusedError(FieldProblem(field="people", problem="too_many_gone"))
        unit.tx.people.put([*difference.added, *difference.changed])
        for person in (*difference.added, *difference.changed):
            _follow(unit, before.get(person.id), person)
        for id_ in difference.gone:
            _remove(unit, id_)
        unit.tx.audit.append(
            Entry(
                at=unit.now,
                act=Act.IMPORT_PEOPLE,
                actor=actor,
                after={
                    "added": len(difference.added),
                    "changed": len(difference.changed),
                    "gone": len(difference.gone),
                },
            )
        )
        unit.tell(EVERYBODY)
        return difference

    return await perform(core, tenant, work)


def _difference(tx: Transaction, wanted: Mapping[PersonId, Person]) -> Difference:
    ids = tx.people.ids()
    known = tx.people.many(ids)
    return Difference(
        added=tuple(each for id_, each in wanted.items() if id_ not in known),
        changed=tuple(each for id_, each in wanted.items() if id_ in known and known[id_] != each),
        gone=tuple(id_ for id_ in ids if id_ not in wanted),
    )


def _follow(unit: Unit, before: Person | None, after: Person) -> None:
    """Let what hangs on a person follow: services, another mailbox address (F-13), zone, groups and their rules."""
    was = before.entitlements.calendar_coupling and bool(before.mailbox) if before else False
    wants = after.entitlements.calendar_coupling and bool(after.mailbox)
    if was != wants or (before is not None and wants and before.mailbox != after.mailbox):
        apply_service(unit, after, after.entitlements)
    if before is None:
        return
    if before.mailbox != after.mailbox:
        unit.tx.subscriptions.renew_now(after.id, unit.now)
    if before.zone != after.zone:
        place_again(unit, [after.id])
    if before.groups != after.groups:
        tidy(unit, [after.id])
        unit.wake([after.id])


def _remove(unit: Unit, person: PersonId) -> None:
    unit.tx.people.remove(person)
    unit.scrub = True
