"""Explain an absence: the steps of the rules, the choice, and the edit."""

from __future__ import annotations

from dataclasses import dataclass

from kalenderkoppling.absences.freshness import is_fresh
from kalenderkoppling.domain.absence import Absence, AbsenceId, Edit
from kalenderkoppling.domain.booking import ShowAs
from kalenderkoppling.domain.errors import NotFoundError
from kalenderkoppling.domain.mailbox import MailboxState
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.rules.explain import explain
from kalenderkoppling.rules.walk import Step
from kalenderkoppling.usecases.absences.changed import about
from kalenderkoppling.usecases.absences.load_absence import load_absence
from kalenderkoppling.usecases.actor import Actor
from kalenderkoppling.usecases.core import Core, Unit, perform
from kalenderkoppling.usecases.record_reading import record_reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why an absence is there; without steps it was set by hand.

    `mailbox` is the state of the calendar that it comes from, None for one that was set by hand; `is_fresh` tells
    whether that calendar may govern calls (C-27).
    """

    person: PersonId
    absence: Absence | None
    steps: tuple[Step, ...] = ()
    show_as: ShowAs | None = None
    edit: Edit | None = None
    mailbox: MailboxState | None = None
    is_fresh: bool = False


async def explain_absence(core: Core, actor: Actor, absence: AbsenceId) -> Explanation:
    """Explain an absence to its person, an attendant or an administrator; never to colleagues (R19).

    An administrator's asking is in the audit log (S-12).

    Raises:
        NotFoundError: there is no such absence for this actor.
    """

    def work(unit: Unit) -> Explanation:
        loaded = load_absence(unit.tx, absence)
        if loaded is None or not actor.may_ask_why(loaded.person.id):
            raise NotFoundError
        person, kept = loaded.person.id, loaded.owned.kept
        record_reading(unit, actor, person, about(loaded.owned, absence))
        if kept is None:
            return Explanation(person=person, absence=loaded.absence)
        limit = unit.tx.people.settings().freshness_limit
        mailbox = unit.tx.mailboxes.state([person]).get(person)
        return Explanation(
            person=person,
            absence=loaded.absence,
            steps=explain(kept.booking, loaded.choices.on(kept.booking), loaded.policy),
            show_as=kept.booking.show_as,
            edit=kept.edit,
            mailbox=mailbox,
            is_fresh=mailbox is not None and is_fresh(mailbox.last_good_look, unit.now, limit),
        )

    return await perform(core, actor.tenant, work)
