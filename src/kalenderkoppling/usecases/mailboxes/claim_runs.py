"""Claim mailboxes in one transaction, and find out what each calendar is to be asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kalenderkoppling.domain.person import Person, PersonId
from kalenderkoppling.domain.tenant import TenantSettings
from kalenderkoppling.ports.calendar import Fields
from kalenderkoppling.rules.model import Policy
from kalenderkoppling.usecases.core import Unit
from kalenderkoppling.usecases.mailboxes.run import Run
from kalenderkoppling.usecases.mailboxes.timing import LEASE
from kalenderkoppling.usecases.mailboxes.unchanged import Dealt, Question
from kalenderkoppling.usecases.situation import policies, zone_of


def claim_runs(people: Sequence[PersonId], remembered: Mapping[PersonId, Dealt], unit: Unit) -> Mapping[PersonId, Run]:
    """Claim mailboxes that nobody else holds.

    Where a remembered answer fits, nothing of ours has changed, so that the same is asked and nothing has to be read.
    """
    claims = unit.tx.mailboxes.claim_many(people, unit.now, LEASE)
    fitting = {id_: dealt for id_, dealt in remembered.items() if id_ in claims and dealt.fits(claims[id_], unit.now)}
    questions = {id_: dealt.question for id_, dealt in fitting.items()}
    questions |= _questions(unit, [id_ for id_ in claims if id_ not in fitting])
    return {
        id_: Run(claim=claims[id_], question=question, began=unit.now, dealt=fitting.get(id_))
        for id_, question in questions.items()
    }


def _questions(unit: Unit, people: Sequence[PersonId]) -> Mapping[PersonId, Question]:
    if not people:
        return {}
    tx = unit.tx
    known, settings = tx.people.many(people), tx.people.settings()
    policy_of = policies(tx, known)
    return {id_: question_about(person, policy_of[id_], settings) for id_, person in known.items()}


def question_about(person: Person, policy: Policy, settings: TenantSettings) -> Question:
    """Return what a person's calendar is asked."""
    fields = Fields(subject=policy.show_subject, item_choices=settings.reads_item_choices)
    return Question(mailbox=person.mailbox, zone=zone_of(person, settings), fields=fields)
