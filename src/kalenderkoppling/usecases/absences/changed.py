"""The result of a change of an absence, with what is needed to undo it."""

from __future__ import annotations

from dataclasses import dataclass

from kalenderkoppling.domain.absence import Absence, AbsenceId, Edit
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.ports.store.absences import Owned


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """The state before: the edit of a booking's absence, or the absence set by hand; both None for a new one."""

    edit: Edit | None = None
    by_hand: Absence | None = None
    is_from_calendar: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A completed change: which absence, whose, and its state before.

    `version` is the absence's version after the change, so that an undo does not overwrite later changes; None where
    nothing is left, or where it is not known.
    """

    id: AbsenceId
    person: PersonId
    before: Before
    version: int | None = None


def about(owned: Owned, absence: AbsenceId) -> str:
    """Return what an audit entry is filed under: the booking's key, by which it is erased when that becomes private."""
    return owned.kept.booking.key if owned.kept else absence


def version_now(tx: Transaction, absence: AbsenceId) -> int | None:
    """Return an absence's version in this transaction, None where there is none."""
    owned = tx.absences.owned(absence)
    return owned.version if owned else None
