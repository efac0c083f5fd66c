"""What a change of an absence leaves behind so that it can be undone."""

from __future__ import annotations

from dataclasses import dataclass

from kalenderkoppling.domain.absence import Absence, AbsenceId, Edit
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.ports.store.absences import Owned


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """How it was: the edit that lay on a booking's absence, or the hand-made absence; both None for a new one."""

    edit: Edit | None = None
    by_hand: Absence | None = None
    is_from_calendar: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A change that was made: which absence, whose, and how it was before.

    `version` is the one that the change made, so that an undo does not undo what came after it; None where nothing is
    left, or where it is not known.
    """

    id: AbsenceId
    person: PersonId
    before: Before
    version: int | None = None


def about(owned: Owned, absence: AbsenceId) -> str:
    """Return what the log names a change after: the booking's key, by which it is erased when that turns private."""
    return owned.kept.booking.key if owned.kept else absence


def version_now(tx: Transaction, absence: AbsenceId) -> int | None:
    """Return an absence's version in this transaction, None where there is none."""
    owned = tx.absences.owned(absence)
    return owned.version if owned else None
