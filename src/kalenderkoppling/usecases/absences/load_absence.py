"""An absence by its id with everything that determines its present form, loaded once per unit of work."""

from __future__ import annotations

from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from kalenderkoppling.absences.derive import derive
from kalenderkoppling.domain.absence import Absence, AbsenceId
from kalenderkoppling.domain.errors import ConflictError, NotFoundError
from kalenderkoppling.domain.kept import Choices, Kept
from kalenderkoppling.domain.person import Person
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.ports.store.absences import Owned
from kalenderkoppling.rules.model import Policy
from kalenderkoppling.usecases.absences.changed import Before
from kalenderkoppling.usecases.actor import Actor
from kalenderkoppling.usecases.situation import policies, zone_of


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedAbsence:
    """An absence as it is stored, its person, and what the rules, choices and zone make of it."""

    id: AbsenceId
    owned: Owned
    person: Person
    zone: ZoneInfo
    policy: Policy
    choices: Choices

    @property
    def absence(self) -> Absence | None:
        """The absence as it holds now; None where it is removed, or where the rules give none."""
        if self.owned.kept is None:
            return self.owned.by_hand
        return derive(self.owned.kept, self.choices, self.policy, self.zone)

    @property
    def before(self) -> Before:
        """What an undo needs to put the absence back."""
        kept = self.owned.kept
        return Before(edit=kept.edit if kept else None, by_hand=self.owned.by_hand, is_from_calendar=kept is not None)

    def with_kept(self, kept: Kept) -> LoadedAbsence:
        """Return the same absence with other stored content; nothing is written."""
        return replace(self, owned=replace(self.owned, kept=kept))


def load_absence(tx: Transaction, absence: AbsenceId) -> LoadedAbsence | None:
    """Load an absence with what it rests on, or None where there is no such absence."""
    owned = tx.absences.owned(absence)
    person = tx.people.get(owned.person) if owned else None
    if owned is None or person is None or not _may_be_shown(tx, owned):
        return None
    return LoadedAbsence(
        id=absence,
        owned=owned,
        person=person,
        zone=zone_of(person, tx.people.settings()),
        policy=policies(tx, {person.id: person})[person.id],
        choices=tx.choices.of([person.id]).get(person.id, Choices()),
    )


def _may_be_shown(tx: Transaction, owned: Owned) -> bool:
    """Tell whether an absence is set by hand, or from a calendar that has been read since a restore (F-31)."""
    mailbox = tx.mailboxes.state([owned.person]).get(owned.person)
    return owned.kept is None or mailbox is None or mailbox.is_confirmed


def load_to_change(tx: Transaction, actor: Actor, absence: AbsenceId, version: int | None) -> LoadedAbsence:
    """Load an absence that the actor may change; `version` is the one that the actor saw, None for any.

    Raises:
        NotFoundError: there is none for this actor.
        ConflictError: it has changed since `version`.
    """
    loaded = load_absence(tx, absence)
    if loaded is None or not actor.may_change(loaded.person.id):
        raise NotFoundError
    if version is not None and version != loaded.owned.version:
        raise ConflictError
    return loaded
