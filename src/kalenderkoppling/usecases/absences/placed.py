"""Where in time a kept booking's absence lies, for its person."""

from __future__ import annotations

from kalenderkoppling.absences.derive import effective_interval
from kalenderkoppling.domain.errors import NotFoundError
from kalenderkoppling.domain.kept import Kept
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.ports.store.absences import Placed
from kalenderkoppling.usecases.standing import zone_of


def placed(tx: Transaction, person: PersonId, kept: Kept) -> Placed:
    """Return what is kept with its stretch of time, edits and the person's zone counted in.

    Raises:
        NotFoundError: there is no such person.
    """
    who = tx.people.get(person)
    if who is None:
        raise NotFoundError
    return Placed(kept=kept, interval=effective_interval(kept, zone_of(who, tx.people.settings())))
