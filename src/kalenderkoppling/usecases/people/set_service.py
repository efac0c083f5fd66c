"""Give a person the calendar coupling or the referral service, or take it away (R7, C-05, C-06)."""

from __future__ import annotations

from dataclasses import replace

from kalenderkoppling.domain.errors import NotFoundError
from kalenderkoppling.domain.person import Entitlements, Person, PersonId, TenantId
from kalenderkoppling.ports.store.audit import Act, Entry
from kalenderkoppling.usecases.core import Core, Unit, perform


async def set_service(core: Core, tenant: TenantId, actor: str, person: PersonId, entitlements: Entitlements) -> None:
    """Set what a person has been given; what it takes away goes at once.

    Raises:
        NotFoundError: there is no such person.
    """

    def work(unit: Unit) -> None:
        who = unit.tx.people.get(person)
        if who is None:
            raise NotFoundError
        if who.entitlements == entitlements:
            return
        unit.tx.mailboxes.lock([person])
        unit.tx.people.set_entitlements(person, entitlements)
        apply_service(unit, who, entitlements)
        unit.tx.audit.append(
            Entry(
                at=unit.now,
                act=Act.SET_SERVICE,
                actor=actor,
                person=person,
                before=_described(who.entitlements),
                after=_described(entitlements),
            )
        )
        unit.tell(person)

    await perform(core, tenant, work)


def apply_service(unit: Unit, person: Person, entitlements: Entitlements) -> None:
    """Start or stop reading a person's mailbox.

    Switched off, what was synchronised goes at once (absences, edits, removals); choices sleep, what was set by
    hand stays. Switched on, a full look follows (C-06). Somebody without a mailbox address is not looked at.
    """
    if entitlements.calendar_coupling and person.mailbox:
        unit.tx.mailboxes.add(person.id, unit.now)
        unit.wake([person.id])
        return
    _let_end(unit, person.id)
    unit.tx.mailboxes.remove(person.id)
    if unit.tx.absences.drop_kept_of(person.id):
        unit.scrub = True


def _let_end(unit: Unit, person: PersonId) -> None:
    """Make the end of the subscription due as soon as the mailbox's pause is over (S-8)."""
    subscription = unit.tx.subscriptions.of(person)
    state = unit.tx.mailboxes.state([person]).get(person)
    if subscription is not None:
        at = max(unit.now, (state.paused_until if state else None) or unit.now)
        unit.tx.subscriptions.put(replace(subscription, renew_at=at))


def _described(entitlements: Entitlements) -> dict[str, object]:
    return {"calendar_coupling": entitlements.calendar_coupling, "referral": entitlements.referral}
