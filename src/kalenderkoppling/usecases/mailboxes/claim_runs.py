"""Claim mailboxes in one transaction, and read on which conditions they are looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from kalenderkoppling.domain.kept import Choices
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.usecases.core import Unit
from kalenderkoppling.usecases.mailboxes.run import Run
from kalenderkoppling.usecases.mailboxes.timing import LEASE
from kalenderkoppling.usecases.mailboxes.unchanged import Basis
from kalenderkoppling.usecases.situation import policies

_NO_CHOICES = Choices()


def claim_runs(
    people: Sequence[PersonId], remembered: AbstractSet[PersonId], basis: Basis, unit: Unit
) -> Mapping[PersonId, Run]:
    """Claim mailboxes that nobody else holds, and read on which conditions they are looked at."""
    tx = unit.tx
    claims = tx.mailboxes.claim_many(people, unit.now, LEASE)
    known = tx.people.many(claims)
    if not known:
        return {}
    settings, policy_of = tx.people.settings(), policies(tx, known)
    wanted = known.keys() & remembered
    choices, versions = (tx.choices.of(wanted), tx.absences.kept_versions(wanted)) if wanted else ({}, {})

    def basis_of(id_: PersonId) -> bytes | None:
        if id_ not in wanted:
            return None
        return basis.of(policy_of[id_], settings, choices.get(id_, _NO_CHOICES), versions.get(id_, ()))

    return {
        id_: Run(
            claim=claims[id_],
            person=person,
            settings=settings,
            policy=policy_of[id_],
            began=unit.now,
            basis=basis_of(id_),
        )
        for id_, person in known.items()
    }
